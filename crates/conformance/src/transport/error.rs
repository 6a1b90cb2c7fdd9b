//! Why an endpoint could not be asked.

use std::time::Duration;

use thiserror::Error;

use super::wire::Recorder;

/// Why an endpoint could not be asked.
#[derive(Debug, Error)]
pub enum TransportError {
    /// No connection.
    #[error("cannot connect to {authority}: {reason}")]
    Connect {
        /// Host and port.
        authority: String,
        /// The system's reason.
        reason: String,
    },
    /// No TLS session.
    #[error("no TLS session with {authority}: {reason}")]
    Tls {
        /// Host and port.
        authority: String,
        /// The library's reason.
        reason: String,
    },
    /// No whole answer in time.
    #[error("no whole answer within {} s ({received} bytes came)", .after.as_secs_f32())]
    Timeout {
        /// The time that was waited.
        after: Duration,
        /// How many bytes of an answer came.
        received: u64,
    },
    /// The connection was closed before an answer.
    #[error("the connection was closed without an answer, after {sent} bytes of the request")]
    Closed {
        /// How many bytes of the request were sent.
        sent: u64,
    },
    /// The connection was closed within an answer.
    #[error("the connection was closed within the answer, after {received} bytes of it")]
    Truncated {
        /// How many bytes of the answer came.
        received: u64,
    },
    /// The endpoint said something that nobody asked for.
    #[error("{bytes} bytes came after the answer, before another request was sent")]
    Unsolicited {
        /// How many.
        bytes: u64,
    },
    /// The answer is not HTTP/1.
    #[error("the answer is not HTTP: {reason}")]
    NotHttp {
        /// The library's reason.
        reason: String,
    },
    /// The body of the answer does not end in time.
    #[error("the body of the answer is longer than {limit} bytes")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The endpoint wants fewer requests, however long it is waited for.
    #[error("answered 429 (too many requests) {times}{}: {reason}", if *.times == 1 { " time" } else { " times" })]
    Limited {
        /// How often.
        times: u32,
        /// Why it was not asked again.
        reason: String,
    },
    /// The request cannot be written.
    #[error("the request cannot be sent: {reason}")]
    Request {
        /// Why not.
        reason: String,
    },
}

impl TransportError {
    /// Whether the endpoint said nothing at all, and so may be gone.
    pub fn is_silence(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. } | Self::Tls { .. } | Self::Timeout { received: 0, .. }
        )
    }
}

/// What an error of the HTTP library means for the one who asked.
pub(super) fn classify(error: &hyper::Error, recorder: &Recorder) -> TransportError {
    let (sent, received, closed) = recorder.look(|tape| (tape.sent_bytes, tape.received_bytes, tape.closed));
    if error.is_parse() {
        return TransportError::NotHttp { reason: chain(error) };
    }
    if error.is_user() {
        return TransportError::Request { reason: chain(error) };
    }
    match received {
        0 => TransportError::Closed { sent },
        received if closed || error.is_incomplete_message() => TransportError::Truncated { received },
        _ => TransportError::NotHttp { reason: chain(error) },
    }
}

/// An error and its causes, as one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
