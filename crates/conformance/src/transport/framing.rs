//! How the end of the body of an answer is known (RFC 9112 §6.3).

use http::{HeaderMap, header};

use super::TransportError;

/// So many bytes of a value that is wrong are shown.
const MOST_SHOWN: usize = 40;

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Framing {
    /// After so many more bytes.
    Length(u64),
    /// In chunks; so many bytes of this one are still to come.
    Chunk(u64),
    /// Between two chunks, where a line end is due.
    ChunkEnd,
    /// Where the size of a chunk is due.
    ChunkSize,
    /// Behind the last chunk, up to an empty line.
    Trailers,
    /// When the connection is closed.
    Close,
}

impl Framing {
    /// What the status and the headers of an answer say of its body.
    ///
    /// # Errors
    ///
    /// When its `Content-Length` is no number.
    pub(super) fn of(status: u16, headers: &HeaderMap) -> Result<Self, TransportError> {
        if matches!(status, 100..200 | 204 | 304) {
            return Ok(Self::Length(0));
        }
        if let Some(codings) = headers.get_all(header::TRANSFER_ENCODING).iter().next_back() {
            // Of all codings the last one counts.
            let last = codings.to_str().ok().and_then(|it| it.rsplit(',').next());
            return Ok(match last {
                Some(last) if last.trim().eq_ignore_ascii_case("chunked") => Self::ChunkSize,
                _ => Self::Close,
            });
        }
        let Some(length) = headers.get(header::CONTENT_LENGTH) else {
            return Ok(Self::Close);
        };
        let digits = length
            .to_str()
            .ok()
            .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(length) = digits.and_then(|it| it.parse().ok()) {
            return Ok(Self::Length(length));
        }
        let bytes = length.as_bytes();
        let shown = bytes.get(..MOST_SHOWN).unwrap_or(bytes).escape_ascii();
        let rest = if bytes.len() > MOST_SHOWN { "…" } else { "" };
        Err(TransportError::NotHttp {
            reason: format!("a Content-Length of \"{shown}{rest}\""),
        })
    }
}
