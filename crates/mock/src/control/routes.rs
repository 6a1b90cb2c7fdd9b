//! The requests of the control API.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rebuttal_model::DisputeId;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    PREFIX,
    desk::Desk,
    fit,
    journal::Filter,
    page,
    problem::{ControlError, missing, nearest, problem},
    query, schema,
    shown::Refused,
    state,
    wire::{Advance, NewDocument},
};
use crate::{
    answer::{Answer, JSON, NOT_IN_CONTRACT},
    service::Service,
};

/// The longest body that makes a document, in bytes: a file over the API's limit in base64.
const MAX_DOCUMENT_BODY_BYTES: usize = 24 * 1024 * 1024;

/// The longest body of any other request, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Route {
    Page,
    State,
    Accounts,
    Charges,
    Disputes,
    Dispute(DisputeId),
    Move(DisputeId),
    Documents(DisputeId),
    Clock,
    SetClock,
    Advance,
    Journal(Filter, Duration),
    Entry(u64),
    ClearJournal,
    Orders,
    Place,
    ClearOrders,
    Order(u64),
    RemoveOrder(u64),
    Faults,
    Reset,
    Snapshots,
    Snapshot(String),
    RemoveSnapshot(String),
    Restore(String),
    Schema,
}

impl Route {
    /// The longest body that the request may have, in bytes.
    pub(crate) fn max_body_bytes(&self) -> usize {
        match self {
            Self::Documents(_) | Self::Disputes => MAX_DOCUMENT_BODY_BYTES,
            _ => MAX_BODY_BYTES,
        }
    }

    /// Reads the method and the path.
    pub(crate) fn read(method: &Method, path: &str, query: Option<&str>) -> Result<Self, ControlError> {
        let below = path.strip_prefix(PREFIX).unwrap_or_default();
        let below = below.strip_suffix('/').unwrap_or(below);
        let segments: Vec<&str> = below.split('/').take(5).collect();
        let (get, post) = (
            *method == Method::GET || *method == Method::HEAD,
            *method == Method::POST,
        );
        let (put, delete) = (*method == Method::PUT, *method == Method::DELETE);
        let (route, allow) = match segments[..] {
            [""] => (get.then_some(Self::Page), "GET"),
            ["state"] => (get.then_some(Self::State), "GET"),
            ["accounts"] => (post.then_some(Self::Accounts), "POST"),
            ["charges"] => (post.then_some(Self::Charges), "POST"),
            ["disputes"] => (post.then_some(Self::Disputes), "POST"),
            ["disputes", id] => {
                let id = dispute_id(id)?;
                let dispute = get.then(|| Self::Dispute(id.clone()));
                (
                    dispute.or((*method == Method::PATCH).then_some(Self::Move(id))),
                    "GET, PATCH",
                )
            }
            ["disputes", id, "documents"] => (post.then_some(Self::Documents(dispute_id(id)?)), "POST"),
            ["clock"] => {
                let clock = get.then_some(Self::Clock);
                (clock.or(put.then_some(Self::SetClock)), "GET, PUT")
            }
            ["clock", "advance"] => (post.then_some(Self::Advance), "POST"),
            ["journal"] => {
                let journal = if get {
                    let (filter, wait) = query::read(query)?;
                    Some(Self::Journal(filter, wait))
                } else {
                    None
                };
                (journal.or(delete.then_some(Self::ClearJournal)), "GET, DELETE")
            }
            ["journal", entry] => (get.then_some(Self::Entry(number(entry)?)), "GET"),
            ["orders"] => {
                let orders = get.then_some(Self::Orders).or(post.then_some(Self::Place));
                (
                    orders.or(delete.then_some(Self::ClearOrders)),
                    "GET, POST, DELETE",
                )
            }
            ["orders", order] => {
                let order = number(order)?;
                let get = get.then_some(Self::Order(order));
                (get.or(delete.then_some(Self::RemoveOrder(order))), "GET, DELETE")
            }
            ["faults"] => (get.then_some(Self::Faults), "GET"),
            ["reset"] => (post.then_some(Self::Reset), "POST"),
            ["snapshots"] => (get.then_some(Self::Snapshots), "GET"),
            ["snapshots", name] => {
                let snapshot = put.then(|| Self::Snapshot(name.to_owned()));
                let remove = delete.then(|| Self::RemoveSnapshot(name.to_owned()));
                (snapshot.or(remove), "PUT, DELETE")
            }
            ["snapshots", name, "restore"] => (post.then(|| Self::Restore(name.to_owned())), "POST"),
            ["schema"] => (get.then_some(Self::Schema), "GET"),
            _ => return Err(unknown(&segments)),
        };
        route.ok_or_else(|| {
            problem("", format!("{allow} for this path"), method.as_str())
                .status(StatusCode::METHOD_NOT_ALLOWED)
        })
    }

    /// Does what is asked for. A wait is over when this is called.
    pub(crate) fn serve(
        self,
        desk: &Desk,
        service: &mut Service,
        body: &[u8],
    ) -> Result<Answer, ControlError> {
        match self {
            Self::Page => Ok(page::answer()),
            Self::State => Ok(told(&desk.state(service))),
            Self::Accounts => Ok(made(&Desk::add_account(service, &read("NewAccount", body)?)?)),
            Self::Charges => Ok(made(&Desk::add_charge(service, &read("NewCharge", body)?)?)),
            Self::Disputes => Ok(made(&desk.add_dispute(service, &read("NewDispute", body)?)?)),
            Self::Dispute(id) => Ok(told(&state::dispute(service, &id)?)),
            Self::Move(id) => Ok(told(&desk.move_dispute(service, &id, &read("Move", body)?)?)),
            Self::Documents(id) => {
                desk.add_document(service, &id, &read::<NewDocument>("NewDocument", body)?)?;
                Ok(made(&state::dispute(service, &id)?))
            }
            Self::Clock => Ok(told(&desk.clock.state())),
            Self::SetClock => {
                let setting: super::wire::ClockSetting = read("ClockSetting", body)?;
                desk.clock.set(setting.clock()?);
                Ok(told(&desk.clock.state()))
            }
            Self::Advance => {
                let advance: Advance = read("Advance", body)?;
                desk.clock.advance(advance.seconds);
                Ok(told(&desk.clock.state()))
            }
            Self::Journal(filter, _) => Ok(told(&desk.journal.page(&filter))),
            Self::Entry(number) => {
                let entry = desk.journal.entry(number);
                let gone = || missing("the number of an entry that is kept", number.to_string());
                Ok(told(&entry.ok_or_else(gone)?))
            }
            Self::ClearJournal => {
                desk.journal.clear();
                Ok(nothing())
            }
            Self::Orders => Ok(told(&desk.orders().list())),
            Self::Place => Ok(made(&desk.place(service, read("NewOrder", body)?)?)),
            Self::ClearOrders => {
                desk.orders().clear();
                Ok(nothing())
            }
            Self::Order(number) => {
                let order = desk.orders().get(number);
                Ok(told(&order.ok_or_else(|| no_order(number))?))
            }
            Self::RemoveOrder(number) => {
                if desk.orders().remove(number) {
                    Ok(nothing())
                } else {
                    Err(no_order(number))
                }
            }
            Self::Faults => Ok(told(&state::faults())),
            Self::Reset => {
                desk.reset(service);
                Ok(nothing())
            }
            Self::Snapshots => Ok(told(&desk.snapshot_names())),
            Self::Snapshot(name) => {
                desk.snapshot(service, &name)?;
                Ok(nothing())
            }
            Self::RemoveSnapshot(name) => {
                desk.remove_snapshot(&name)?;
                Ok(nothing())
            }
            Self::Restore(name) => {
                desk.restore(service, &name)?;
                Ok(nothing())
            }
            Self::Schema => Ok(told(schema())),
        }
    }
}

/// What a request is told that is not served.
pub(crate) fn refused(error: ControlError) -> Answer {
    let mut answer = answer(
        error.status,
        &Refused {
            problems: error.problems,
        },
    );
    if answer.status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"mock control\", charset=\"UTF-8\"");
        answer.headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    answer
}

fn read<T: DeserializeOwned>(name: &str, body: &[u8]) -> Result<T, ControlError> {
    fit::read(schema(), name, body)
}

fn told(value: &impl Serialize) -> Answer {
    answer(StatusCode::OK, value)
}

fn made(value: &impl Serialize) -> Answer {
    answer(StatusCode::CREATED, value)
}

fn nothing() -> Answer {
    Answer {
        status: StatusCode::NO_CONTENT,
        headers: headers(),
        body: bytes::Bytes::new(),
    }
}

fn answer(status: StatusCode, value: &impl Serialize) -> Answer {
    let mut headers = headers();
    headers.insert(header::CONTENT_TYPE, JSON);
    // The types of this module serialise; what does not is told as nothing.
    let mut body = serde_json::to_vec_pretty(value).unwrap_or_else(|_| json!(null).to_string().into());
    body.push(b'\n');
    Answer {
        status,
        headers,
        body: body.into(),
    }
}

/// The headers of every answer: what is told is of this moment, and nothing but what it says it is.
pub(crate) fn headers() -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(NOT_IN_CONTRACT, HeaderValue::from_static("control"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers
}

fn dispute_id(text: &str) -> Result<DisputeId, ControlError> {
    text.parse().map_err(|_| {
        let found: String = text.chars().take(64).collect();
        missing("the id of a dispute, such as dspt_test_1", format!("{found:?}"))
    })
}

fn number(text: &str) -> Result<u64, ControlError> {
    text.parse().map_err(|_| {
        let found: String = text.chars().take(64).collect();
        missing("a number", format!("{found:?}"))
    })
}

fn no_order(number: u64) -> ControlError {
    missing("the number of an order", number.to_string())
}

fn unknown(segments: &[&str]) -> ControlError {
    let known = [
        "state",
        "accounts",
        "charges",
        "disputes",
        "clock",
        "journal",
        "orders",
        "faults",
        "reset",
        "snapshots",
        "schema",
    ];
    let first = segments.first().copied().unwrap_or_default();
    let found: String = segments.join("/").chars().take(64).collect();
    let error = missing(
        format!("one of {} below {PREFIX}", known.join(", ")),
        format!("{found:?}"),
    );
    match nearest(first, known.into_iter()).filter(|_| !known.contains(&first)) {
        Some(help) => error.help(help),
        None => error,
    }
}
