//! Operations on disputes: listing them, answering them, deciding them, making them.
//!
//! Their bodies are small, JSON or a form; what a body says is checked after the dispute was found.

use bytes::BytesMut;
use http::{HeaderMap, HeaderValue, header};
use rebuttal_model::{ChargeId, DisputeId, DisputeStatus, Timestamp};
use serde_json::{Map, Value};

use crate::{
    answer::{Answer, Context, Success},
    list_body::Listed,
    listing::Page,
    present,
    refusal::Refusal,
    route::Filter,
    service::Service,
    store::{Owner, Record},
};

/// The longest body that these operations take, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest message of a merchant, in bytes.
const MAX_MESSAGE_BYTES: usize = 10_000;

/// A change to a dispute whose head was accepted.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Update(DisputeId),
    Accept(DisputeId),
    Close(DisputeId),
    Open(Owner, ChargeId),
    /// None at all: a list whose parameters stand in the body.
    List(Owner, Listed),
}

/// Reads the body of a change, at most 64 KiB.
pub struct BodyReader {
    context: Context,
    change: Change,
    content_type: Option<HeaderValue>,
    body: BytesMut,
}

impl std::fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BodyReader")
            .field("change", &self.change)
            .finish_non_exhaustive()
    }
}

impl BodyReader {
    pub(crate) fn new(context: Context, change: Change, headers: &HeaderMap) -> Self {
        Self {
            context,
            change,
            content_type: headers.get(header::CONTENT_TYPE).cloned(),
            body: BytesMut::new(),
        }
    }

    /// Takes the next bytes of the body; an answer means that no more are wanted.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Answer> {
        if self.body.len() + bytes.len() > MAX_BODY_BYTES {
            let refusal = Refusal::bad_request(format!("the body may have at most {MAX_BODY_BYTES} bytes"));
            return Some(self.context.answer(Err(refusal)));
        }
        self.body.extend_from_slice(bytes);
        None
    }

    /// Makes the change, now that the body is whole.
    pub fn finish(self, service: &mut Service, now: Timestamp) -> Answer {
        if let Change::List(owner, listed) = &self.change {
            return service.list_by_body(&self.context, *owner, listed, &self.body, now);
        }
        let members = match self.change {
            Change::Update(_) | Change::Close(_) => members(self.content_type.as_ref(), &self.body),
            Change::Accept(_) | Change::Open(..) | Change::List(..) => Ok(Map::new()),
        };
        let outcome = members.and_then(|members| service.change(&self.context, self.change, &members, now));
        self.context.answer(outcome.map(Success::Object))
    }

    /// The answer to a client whose body broke off.
    pub fn abandon(&self) -> Answer {
        self.context
            .answer(Err(Refusal::bad_request("the body broke off")))
    }

    /// The answer to a client that stopped sending.
    pub fn time_out(&self) -> Answer {
        self.context.answer(Err(Refusal::Timeout))
    }
}

impl Service {
    pub(crate) fn list_disputes(
        &self,
        context: &Context,
        owner: Owner,
        filter: Filter,
        query: Option<&str>,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let page = Page::parse(query, context, now)?;
        let (path, wanted): (_, fn(DisputeStatus) -> bool) = match filter {
            Filter::All => ("/disputes", |_| true),
            Filter::Open => ("/disputes/open", |status| status == DisputeStatus::Open),
            Filter::Pending => ("/disputes/pending", |status| status == DisputeStatus::Pending),
            Filter::Closed => ("/disputes/closed", DisputeStatus::is_closed),
        };
        let records: Vec<&Record> = self
            .store
            .disputes(owner)
            .filter(|record| wanted(record.status))
            .collect();
        let (records, total) = page.cut(records, |record| record.created_at, context);
        let data = records
            .into_iter()
            .map(|record| present::dispute(context, record, now))
            .collect();
        Ok(page.to_json(data, total, path, query, context))
    }

    fn change(
        &mut self,
        context: &Context,
        change: Change,
        members: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let id = match change {
            // It is answered without a change.
            Change::List(..) => return Err(Refusal::NoRoute),
            Change::Open(owner, disputed) => self.open(owner, disputed, now),
            Change::Update(id) => {
                update(self.record(&id)?, members)?;
                id
            }
            Change::Accept(id) => {
                let record = self.record(&id)?;
                if record.status != DisputeStatus::Open {
                    return Err(Refusal::not_open());
                }
                record.close(DisputeStatus::Lost, now);
                id
            }
            Change::Close(id) => {
                let status = match members.get("status").and_then(Value::as_str) {
                    Some("won") => DisputeStatus::Won,
                    Some("lost") => DisputeStatus::Lost,
                    _ => return Err(Refusal::bad_request("status must be won or lost")),
                };
                let record = self.record(&id)?;
                if record.status.is_closed() {
                    return Err(Refusal::not_open());
                }
                record.close(status, now);
                id
            }
        };
        Ok(present::dispute(context, self.record(&id)?, now))
    }

    fn open(&mut self, owner: Owner, charge: ChargeId, now: Timestamp) -> DisputeId {
        let id: DisputeId = self.random.id(DisputeId::PREFIX, charge.is_test());
        let amount = 10_000 + 100 * i64::from(self.random.below(9_000));
        self.store
            .add_dispute(Record::open(owner, id.clone(), charge, amount, now));
        id
    }

    /// A dispute whose owner was checked; it may have gone since.
    fn record(&mut self, id: &DisputeId) -> Result<&mut Record, Refusal> {
        self.store.dispute_mut(id).ok_or(Refusal::NotFound("dispute"))
    }
}

/// A `message` answers the dispute and locks its documents; `metadata` alone does not.
fn update(record: &mut Record, members: &Map<String, Value>) -> Result<(), Refusal> {
    let message = match members.get("message") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if !text.is_empty() && text.len() <= MAX_MESSAGE_BYTES => Some(text),
        Some(_) => {
            let wanted = format!("message must be a text of 1 to {MAX_MESSAGE_BYTES} bytes");
            return Err(Refusal::bad_request(wanted));
        }
    };
    let metadata = match members.get("metadata") {
        None | Some(Value::Null) => None,
        Some(Value::Object(metadata)) => Some(metadata),
        Some(_) => return Err(Refusal::bad_request("metadata must be an object")),
    };
    if message.is_some() && record.status != DisputeStatus::Open {
        return Err(Refusal::not_open());
    }
    if let Some(message) = message {
        record.message = Some(message.clone());
        record.status = DisputeStatus::Pending;
    }
    if let Some(metadata) = metadata {
        record.metadata = metadata.clone().into_iter().collect();
    }
    Ok(())
}

/// Reads a body as JSON or as a form, by its declared type; none is needed where there is no body.
fn members(content_type: Option<&HeaderValue>, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let declared = content_type.and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = declared.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return serde_json::from_slice(body)
            .map_err(|_| Refusal::bad_request("the body must be one JSON object"));
    }
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(form_members(body));
    }
    Err(Refusal::bad_request(
        "the body must be application/json or application/x-www-form-urlencoded",
    ))
}

/// A form as an object; `metadata[name]=value` nests.
fn form_members(body: &[u8]) -> Map<String, Value> {
    let mut members = Map::new();
    let mut metadata = Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        let nested = name
            .strip_prefix("metadata[")
            .and_then(|name| name.strip_suffix(']'));
        match nested {
            Some(key) => metadata.insert(key.to_owned(), value.into_owned().into()),
            None => members.insert(name.into_owned(), value.into_owned().into()),
        };
    }
    if !metadata.is_empty() {
        members.insert("metadata".to_owned(), metadata.into());
    }
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies() {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        for (content_type, body, wanted) in [
            (None, "", Some(json!({}))),
            (Some(&json), "{\"message\":\"m\"}", Some(json!({"message": "m"}))),
            (Some(&form), "message=a+b", Some(json!({"message": "a b"}))),
            (
                Some(&form),
                "metadata%5Bk%5D=v",
                Some(json!({"metadata": {"k": "v"}})),
            ),
            (None, "{}", None),
            (Some(&json), "[]", None),
            (Some(&json), "{", None),
        ] {
            let found = members(content_type, body.as_bytes()).ok().map(Value::Object);
            assert_eq!(found, wanted, "{body}");
        }
    }
}
