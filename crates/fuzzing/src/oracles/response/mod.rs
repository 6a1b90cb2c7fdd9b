//! The two readers of response bodies.

mod reviewed;
mod schema;

use std::fmt::Debug;

use rebuttal_model::{
    ApiError, ApiVersion, DeletedDocument, Dispute, Document, LegacyDocument, List,
    decode::{self as reader, DecodeError, DestroyAnswer, Limits},
    inspect::{self as judge, Departure, Subject, Wanted, Weight},
    json::Node,
};
use serde::{Serialize, de::DeserializeOwned};

pub use reviewed::{BORNE, Case, INSPECTED, Reviewed, SCHEMED, UNREAD};
pub use schema::{Shape, difference, schema, shapes};

/// Small enough that inputs of a fuzzer's size reach both bounds.
const LIMITS: Limits = Limits {
    body_bytes: 4096,
    depth: 8,
};

/// Decodes a body as a document.
///
/// # Panics
///
/// When the decoder panics or passes its bounds, or when a value is changed by being written and read back.
pub fn decode_document(body: &[u8]) {
    keeps::<Document>(body);
}

/// Decodes a body as an older version writes it: a document, or the answer to destroy; as [`decode_document`] does.
///
/// # Panics
///
/// As [`decode_document`].
pub fn decode_legacy(body: &[u8]) {
    keeps::<LegacyDocument>(body);
    keeps::<DeletedDocument>(body);
}

/// Decodes a body as the answer to destroy, as [`decode_document`] does.
///
/// # Panics
///
/// As [`decode_document`], and when an answer that says it is gone is read as one that does not.
pub fn decode_destroyed(body: &[u8]) {
    let Some(answer) = bounded::<DestroyAnswer>(body) else {
        return;
    };
    let whole = reader::decode::<Document>(body, LIMITS).ok();
    let short = reader::decode::<DeletedDocument>(body, LIMITS).ok();
    let deleted = whole.map(|it| it.deleted).or(short.map(|it| it.deleted));
    assert_eq!(Some(answer.is_deleted()), deleted, "neither shape");
}

/// Decodes a body as a list of documents, as [`decode_document`] does.
///
/// # Panics
///
/// As [`decode_document`].
pub fn decode_list(body: &[u8]) {
    keeps::<List<Document>>(body);
}

/// Decodes a body as a dispute, as [`decode_document`] does.
///
/// # Panics
///
/// As [`decode_document`].
pub fn decode_dispute(body: &[u8]) {
    keeps::<Dispute>(body);
}

/// Decodes a body as a list of disputes, as [`decode_document`] does.
///
/// # Panics
///
/// As [`decode_document`].
pub fn decode_disputes(body: &[u8]) {
    keeps::<List<Dispute>>(body);
}

/// Decodes a body as an error, as [`decode_document`] does.
///
/// # Panics
///
/// As [`decode_document`].
pub fn decode_error(body: &[u8]) {
    keeps::<ApiError>(body);
}

fn keeps<T: DeserializeOwned + Serialize + PartialEq + Debug>(body: &[u8]) {
    let Some(value) = bounded::<T>(body) else { return };
    let written = serde_json::to_vec(&value).expect("what was read can be written");
    // What is absent is written as null, so the limits of the writer's side are wider.
    let read: T = reader::decode(&written, Limits::default()).expect("what was written can be read");
    assert_eq!(
        read,
        value,
        "changed by being written as {}",
        written.escape_ascii()
    );
}

fn bounded<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    match reader::decode(body, LIMITS) {
        Ok(value) => {
            assert!(body.len() <= LIMITS.body_bytes, "longer than the limit");
            assert!(depth(body) <= LIMITS.depth, "deeper than the limit");
            Some(value)
        }
        Err(DecodeError::TooLong { limit, found }) => {
            assert_eq!((limit, found), (LIMITS.body_bytes, body.len()));
            None
        }
        Err(DecodeError::TooDeep { offset, .. }) => {
            assert!(matches!(body[offset], b'[' | b'{'), "no level starts at {offset}");
            None
        }
        Err(DecodeError::Json { .. }) => None,
    }
}

/// How deep the arrays and objects of a text nest that is JSON.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut rest) = (0_usize, 0, body);
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' => {
                let mut escaped = false;
                let end = rest.iter().position(|byte| {
                    let ends = *byte == b'"' && !escaped;
                    escaped = *byte == b'\\' && !escaped;
                    ends
                });
                rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

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
