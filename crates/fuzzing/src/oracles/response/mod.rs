//! The two readers of response bodies.

mod decoders;
mod reviewed;
mod schema;

use rebuttal_model::{
    ApiError, ApiVersion, Dispute, Document, List,
    decode::{self as reader, DecodeError, DestroyAnswer, Limits},
    inspect::{self as judge, Departure, Subject, Wanted, Weight},
    json::Node,
};
use serde::de::DeserializeOwned;

pub use decoders::{
    decode_destroyed, decode_dispute, decode_disputes, decode_document, decode_error, decode_legacy,
    decode_list,
};
pub use reviewed::{BORNE, Case, INSPECTED, Reviewed, SCHEMED, UNREAD};
pub use schema::{Shape, difference, schema, shapes};

/// Inspects a body as every subject there is, in both shapes.
///
/// # Panics
///
/// When the inspection panics, when a departure cannot be located or read, when white space changes the
/// judgement, or when a client cannot decode what departs in nothing.
pub fn inspect(body: &[u8]) {
    for version in [ApiVersion::V2019_05_29, ApiVersion::V2017_11_02] {
        judged::<Document>(Subject::Document, version, body);
        judged::<DestroyAnswer>(Subject::DestroyedDocument, version, body);
        judged::<List<Document>>(Subject::DocumentList, version, body);
        judged::<Dispute>(Subject::Dispute, version, body);
        judged::<List<Dispute>>(Subject::DisputeList, version, body);
        judged::<ApiError>(Subject::Error, version, body);
    }
}

fn judged<T: DeserializeOwned>(subject: Subject, version: ApiVersion, body: &[u8]) {
    let wanted = Wanted::new(subject, version);
    let departures = judge::inspect(&wanted, body);
    let node = Node::parse(body).ok();
    for departure in &departures {
        located(node.as_ref(), departure);
        readable(departure);
    }
    if let Some(node) = &node {
        let respaced = judge::inspect(&wanted, node.to_string().as_bytes());
        assert_eq!(respaced, departures, "white space changes the judgement");
    }
    let conforms = departures.iter().all(|it| it.weight != Weight::Breach);
    if conforms && !node.as_ref().is_some_and(has_huge_number) {
        let decoded = reader::decode::<T>(body, Limits::default());
        if let Err(error @ DecodeError::Json { .. }) = decoded {
            panic!("conforms to {subject:?} and does not decode: {error:?}");
        }
    }
}

/// The pointer names a value, or a member that an object lacks.
fn located(node: Option<&Node>, departure: &Departure) {
    let pointer = departure.pointer.as_str();
    let Some(node) = node else {
        assert_eq!(pointer, "", "a place in what is no JSON");
        return;
    };
    let tokens: Vec<_> = pointer
        .split('/')
        .skip(1)
        .map(|it| it.replace("~1", "/").replace("~0", "~"))
        .collect();
    let parent = &tokens[..tokens.len().saturating_sub(1)];
    assert!(
        is_there(node, &tokens) || is_there(node, parent),
        "nothing is at {pointer:?}"
    );
}

/// Whether the tokens lead anywhere, by any of several members of one name.
fn is_there(node: &Node, tokens: &[String]) -> bool {
    let Some((token, rest)) = tokens.split_first() else {
        return true;
    };
    match node {
        Node::Object(members) => members
            .iter()
            .any(|(name, value)| name == token && is_there(value, rest)),
        Node::Array(items) => {
            let item = token.parse().ok().and_then(|index: usize| items.get(index));
            item.is_some_and(|item| is_there(item, rest))
        }
        _ => false,
    }
}

fn readable(departure: &Departure) {
    for text in [&departure.expected, &departure.found] {
        assert!(!text.is_empty() && text.chars().count() <= 300, "{departure:?}");
    }
}

/// Numbers past 32 bits: the contract sets no bound to `offset` or an amount, a client's types do.
fn has_huge_number(node: &Node) -> bool {
    match node {
        Node::Number(number) => number.as_i64().is_none_or(|it| it > i64::from(u32::MAX)),
        Node::Array(items) => items.iter().any(has_huge_number),
        Node::Object(members) => members.iter().any(|(_, value)| has_huge_number(value)),
        _ => false,
    }
}
