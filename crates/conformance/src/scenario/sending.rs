//! What goes over a connection in another way than an HTTP client would send it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Bytes sent as they are. `{{host}}` and `{{authorization}}` stand for the values of those headers, `{{prefix}}`
/// for what the endpoint has before every path.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawBytes {
    /// The pieces, each sent by itself. Line ends within are sent as CR LF.
    #[schemars(length(min = 1))]
    pub pieces: Vec<String>,
    /// The wait between two pieces, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 2000))]
    pub gap_ms: Option<u64>,
    /// What is done behind the last piece, where it is not waiting for the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// How long a stall lasts, in milliseconds; 500 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2000))]
    pub stall_ms: Option<u64>,
    /// Whether the endpoint may close the connection without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_close: bool,
}

/// What is done behind the last piece.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// The sending side is closed; an answer is still waited for.
    HalfClose,
    /// The connection is closed: nobody hears an answer.
    Close,
    /// Nothing more is sent for a while, then the connection is closed. An endpoint may answer, close, or be
    /// patient.
    Stall,
}

/// How an upload is sent, where it is not at once, whole, and framed in one way.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sending {
    /// Sends the request, its head included, in so many pieces of the same length.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 500))]
    pub pieces: Option<u32>,
    /// The wait between two pieces, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 2000))]
    pub gap_ms: Option<u64>,
    /// Sends only so much of the body, in percent; `then` says how it ends. An endpoint may close the connection
    /// without an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 99))]
    pub percent: Option<u8>,
    /// What is done when so much of the body is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// How long a stall lasts, in milliseconds; 500 where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2000))]
    pub stall_ms: Option<u64>,
    /// Announces the length of the chunked body too. Both ways of reading it end at the same byte.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub both_framings: bool,
}
