//! Refusals of what is no request: HTTP's library answers them without a word, the API has an Error object.
//!
//! The library writes its answer as one piece, without a body and without the header that every answer of ours
//! has; that piece is replaced on its way out.

use std::{
    fmt::Write as _,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use http::StatusCode;
use hyper::rt::{Read, Write};

use crate::{answer::Answer, connection::Shared, passing::passes_on};

/// The longest answer without a word, in bytes.
const MAX_BARE_BYTES: usize = 256;

/// A stream whose bare refusals get their words.
pub(crate) struct Worded<S> {
    stream: S,
    shared: Arc<Shared>,
    /// What is still to be written in place of what was taken.
    pending: Bytes,
}

impl<S> Worded<S> {
    pub(crate) fn new(stream: S, shared: Arc<Shared>) -> Self {
        Self {
            stream,
            shared,
            pending: Bytes::new(),
        }
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream
    }
}

/// The status of an answer that the library made by itself.
fn bare_refusal(bytes: &[u8]) -> Option<StatusCode> {
    let is_short = bytes.len() <= MAX_BARE_BYTES && bytes.ends_with(b"\r\n\r\n");
    if !is_short || !bytes.starts_with(b"HTTP/1.") || bytes.get(8..10) != Some(b" 4") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?.to_ascii_lowercase();
    if head.contains("\r\nx-request-id:") || !head.contains("\r\ncontent-length: 0\r\n") {
        return None;
    }
    StatusCode::from_bytes(bytes.get(9..12)?).ok()
}

/// The words for it.
pub(crate) fn refusal(shared: &Shared, status: StatusCode) -> Answer {
    let told = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            let most = shared.limits.head_bytes;
            format!("the head of a request may have at most {most} bytes and 100 fields")
        }
        StatusCode::URI_TOO_LONG => "the path of the request is too long".to_owned(),
        StatusCode::REQUEST_TIMEOUT => "the head of the request did not arrive in time".to_owned(),
        _ => "the request is not HTTP/1.1: its first line or its header fields cannot be read".to_owned(),
    };
    shared.service().refuse(status, told)
}

/// An answer as it goes over the wire, behind which the connection is closed.
pub(crate) fn written(answer: &Answer) -> Bytes {
    let status = answer.status;
    let mut head = format!(
        "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: {}\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        let Ok(value) = value.to_str() else { continue };
        // Writing to a String does not fail.
        let _ = write!(head, "{}: {value}\r\n", title_case(name.as_str()));
    }
    head += "\r\n";
    [head.as_bytes(), &answer.body].concat().into()
}

/// A name as the library writes it in other answers.
fn title_case(name: &str) -> String {
    let mut starts = true;
    let letter = |character: char| {
        let written = if starts {
            character.to_ascii_uppercase()
        } else {
            character
        };
        starts = character == '-';
        written
    };
    name.chars().map(letter).collect()
}

impl<S: Write + Unpin> Worded<S> {
    /// Writes what stands in for what was taken.
    fn poll_pending(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let bytes = ready!(Pin::new(&mut self.stream).poll_write(context, &self.pending))?;
            if bytes == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.pending.advance(bytes);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes a bare refusal and puts a worded one in its place.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let Some(status) = bare_refusal(bytes) else {
            return false;
        };
        self.pending = written(&refusal(&self.shared, status));
        true
    }
}

impl<S: Read + Unpin> Read for Worded<S> {
    passes_on!(reads);
}

impl<S: Write + Unpin> Write for Worded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.pending.is_empty() && self.take(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    passes_on!(vectored);

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [piece] = pieces
            && self.pending.is_empty()
            && self.take(piece)
        {
            return Poll::Ready(Ok(piece.len()));
        }
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_without_a_word_is_replaced() {
        let bare =
            "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let ours = "HTTP/1.1 400 Bad Request\r\nX-Request-Id: 1\r\nContent-Length: 0\r\n\r\n";
        for (bytes, wanted) in [
            (bare.to_owned(), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
            (
                bare.to_lowercase().replacen("http", "HTTP", 1),
                Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            ),
            (ours.to_owned(), None),
            (bare.replace("431", "200"), None),
            (bare.replace(": 0", ": 1"), None),
            (format!("{bare}more"), None),
            (String::new(), None),
        ] {
            assert_eq!(bare_refusal(bytes.as_bytes()), wanted, "{bytes}");
        }
    }
}
