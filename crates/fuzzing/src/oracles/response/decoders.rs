//! The tolerant reader of response bodies.

use std::fmt::Debug;

use rebuttal_model::{
    ApiError, DeletedDocument, Dispute, Document, LegacyDocument, List,
    decode::{self as reader, DecodeError, DestroyAnswer, Limits},
};
use serde::{Serialize, de::DeserializeOwned};

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
