//! The tolerant reader of response bodies, for clients.
//!
//! It takes what a client can live with: unknown members, members in any order, older versions' shapes.
//! What it never does is panic, recurse without bound or read without bound. Judges use
//! [`inspect`](crate::inspect) instead.

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use thiserror::Error;

use crate::document::{DeletedDocument, Document};

/// Bounds of [`decode`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The longest body that is read, in bytes.
    pub body_bytes: usize,
    /// How many arrays and objects may stand within each other; at most [`MAX_DEPTH`] are read in any case.
    pub depth: usize,
}

impl Default for Limits {
    /// 1 MiB and 32 levels: a hundred documents have about 50 KB and three levels.
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            depth: 32,
        }
    }
}

/// The deepest nesting that is read whatever the limits say; it is `serde_json`'s own bound.
pub const MAX_DEPTH: usize = 127;

/// Why a body could not be decoded.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The body is longer than [`Limits::body_bytes`].
    #[error("expected a body of at most {limit} bytes, found {found}")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
        /// The length of the body, in bytes.
        found: usize,
    },
    /// Arrays and objects nest deeper than [`Limits::depth`].
    #[error("expected at most {limit} levels of nesting, found more at byte {offset}")]
    TooDeep {
        /// The limit, in levels.
        limit: usize,
        /// Where the level too many starts, in bytes.
        offset: usize,
    },
    /// The body is not JSON, or lacks what the type needs; the source says where.
    #[error("expected {wanted}")]
    Json {
        /// The name of the type.
        wanted: &'static str,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
}

/// Reads a body as `T`, tolerantly.
///
/// # Errors
///
/// When the body is longer than the limit, is not JSON, nests too deep, or lacks a member
/// that `T` cannot do without.
///
/// ```
/// use rebuttal_model::{ApiError, ErrorCode, decode};
///
/// let body = br#"{"object":"error","code":"brand_new","message":"m","location":"x","more":1}"#;
/// let error: ApiError = decode::decode(body, decode::Limits::default())?;
/// assert_eq!(error.code, ErrorCode::Unlisted("brand_new".to_owned()));
/// # Ok::<(), decode::DecodeError>(())
/// ```
pub fn decode<T: DeserializeOwned>(body: &[u8], limits: Limits) -> Result<T, DecodeError> {
    if body.len() > limits.body_bytes {
        return Err(DecodeError::TooLong {
            limit: limits.body_bytes,
            found: body.len(),
        });
    }
    if let Some(offset) = too_deep(body, limits.depth) {
        return Err(DecodeError::TooDeep {
            limit: limits.depth,
            offset,
        });
    }
    serde_json::from_slice(body).map_err(|source| DecodeError::Json {
        wanted: name_of::<T>(),
        source,
    })
}

/// The name of a type without its path and what it is made of: `List` for a list of documents.
fn name_of<T>() -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    path.rsplit_once(':').map_or(path, |(_, name)| name)
}

/// Where arrays and objects nest deeper than `limit`, brackets within strings not counted.
fn too_deep(body: &[u8], limit: usize) -> Option<usize> {
    // Most bodies have fewer brackets than levels are allowed.
    let brackets = body.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
    if brackets <= limit {
        return None;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in body.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > limit {
                    return Some(offset);
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The answer to destroy, in either of its shapes (`destroy.answers-document`).
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(untagged)]
pub enum DestroyAnswer {
    /// The whole document, as from 2019-05-29 on.
    Whole(Box<Document>),
    /// The short form of older versions.
    Short(DeletedDocument),
}

impl DestroyAnswer {
    /// Whether the answer says that the document is gone.
    pub fn is_deleted(&self) -> bool {
        match self {
            Self::Whole(document) => document.deleted,
            Self::Short(document) => document.deleted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ApiError, list::List};

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let hidden =
            format!(r#"{{"object":"error","code":"[[[","message":"\"[","location":"l","more":{deep}}}"#);
        let prefix = hidden.find("[[[[").expect("the nested array");
        for (body, wanted) in [(&deep, 32), (&hidden, prefix + 31)] {
            let error = decode::<ApiError>(body.as_bytes(), Limits::default()).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("expected at most 32 levels of nesting, found more at byte {wanted}")
            );
        }
        let unlimited = Limits {
            depth: usize::MAX,
            ..Limits::default()
        };
        assert!(decode::<serde_json::Value>(deep.as_bytes(), unlimited).is_err());
        let error = decode::<ApiError>(
            b"{}",
            Limits {
                body_bytes: 1,
                depth: 1,
            },
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "expected a body of at most 1 bytes, found 2");
    }

    #[test]
    fn an_older_body_decodes_with_its_own_names() {
        let body = br#"{"object":"document","id":"docu_test_1","livemode":false,
            "location":"/disputes/dspt_test_1/documents/docu_test_1","filename":"a.png",
            "created":"2017-11-04T12:13:54Z"}"#;
        let document: Document = decode(body, Limits::default()).unwrap();
        assert_eq!(
            (document.kind, document.download_uri, document.deleted),
            (None, None, false)
        );
        assert_eq!(document.created_at.to_string(), "2017-11-04T12:13:54Z");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = decode::<List<Document>>(b"{\"object\":\"list\"}", Limits::default()).unwrap_err();
        let source = std::error::Error::source(&error).expect("a source").to_string();
        assert_eq!(source, "missing field `from` at line 1 column 17");
        assert_eq!(error.to_string(), "expected List");
    }
}
