//! List parameters in the body of a GET, for the one official client that puts them nowhere else.
//!
//! The contract does not read them (`http.body-on-get`); who asks for it has them read where there is no query.

use http::{HeaderMap, HeaderValue, header};
use rebuttal_model::Timestamp;
use serde_json::{Map, Value};

use crate::{
    answer::{Answer, Context, Success},
    change::Change,
    config::ListParameters,
    refusal::Refusal,
    route::{Filter, Operation},
    service::{Head, Service},
    store::Owner,
};

/// Which list is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Listed {
    Disputes(Filter),
    /// The documents of the dispute of this id, as it was sent.
    Documents(String),
}

/// The list whose parameters stand in a body that has yet to be read.
pub(crate) fn wanted(
    context: &Context,
    owner: Owner,
    operation: Operation<'_>,
    head: &Head<'_>,
) -> Option<Change> {
    let reads = context.settings.variants.list_parameters == ListParameters::InBody;
    if !reads
        || head.query.is_some()
        || !is_json(head.headers.get(header::CONTENT_TYPE))
        || !has_body(head.headers)
    {
        return None;
    }
    let listed = match operation {
        Operation::ListDisputes(filter) => Listed::Disputes(filter),
        Operation::List(dispute) => Listed::Documents(dispute.to_owned()),
        _ => return None,
    };
    Some(Change::List(owner, listed))
}

fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let declared = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|length| length != "0")
}

impl Service {
    /// The list that a body asks for.
    pub(crate) fn list_by_body(
        &self,
        context: &Context,
        owner: Owner,
        listed: &Listed,
        body: &[u8],
        now: Timestamp,
    ) -> Answer {
        let outcome = query(body).and_then(|query| {
            let query = Some(query.as_str()).filter(|query| !query.is_empty());
            match listed {
                Listed::Disputes(filter) => self.list_disputes(context, owner, *filter, query, now),
                Listed::Documents(dispute) => self.list(context, owner, dispute, query, now),
            }
        });
        context.answer(outcome.map(Success::Object))
    }
}

/// The query that a body stands for; null is as good as absent.
fn query(body: &[u8]) -> Result<String, Refusal> {
    let members: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| Refusal::bad_request("the body must be one JSON object"))?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &members {
        match value {
            Value::Null => {}
            Value::String(text) => drop(query.append_pair(name, text)),
            other => drop(query.append_pair(name, &other.to_string())),
        }
    }
    Ok(query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_stand_for_queries() {
        for (body, wanted) in [
            ("{}", Some("")),
            (
                r#"{"limit":100,"offset":0,"order":null}"#,
                Some("limit=100&offset=0"),
            ),
            (
                r#"{"from":"2019-12-31T12:59:59Z"}"#,
                Some("from=2019-12-31T12%3A59%3A59Z"),
            ),
            (r#"{"limit":[1]}"#, Some("limit=%5B1%5D")),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(query(body.as_bytes()).ok().as_deref(), wanted, "{body}");
        }
    }
}
