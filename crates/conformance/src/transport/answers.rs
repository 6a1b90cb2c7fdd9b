//! Reads answers off a connection that hyper did not send the requests on: bytes in, answers out.
//!
//! hyper reads ahead and takes what it finds behind an answer for an error, so it cannot read the answers to
//! requests that were sent together. How an answer ends is RFC 9112 §6.3. Left out: answers to HEAD.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{
    Response, TransportError,
    framing::Framing,
    wire::{Tape, is_interim},
};

/// The longest head of an answer, in bytes, and the most headers in it.
const HEAD_BYTES: usize = 256 * 1024;
const HEADERS: usize = 200;

/// The longest line that gives the size of a chunk, in bytes.
const SIZE_LINE_BYTES: usize = 1024;

/// An answer, and what its connection is good for after it.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) response: Response,
    /// What came of this answer, with the interim answers before it.
    pub(super) tape: Tape,
    /// Whether another request may be sent.
    pub(super) reusable: bool,
}

/// What was read and is not yet an answer.
#[derive(Debug)]
pub(super) struct Answers {
    unread: Vec<u8>,
    /// The most that the body of an answer may have, in bytes.
    limit: usize,
    tape: Tape,
    begun: Option<Begun>,
}

/// An answer whose head is read.
#[derive(Debug)]
struct Begun {
    status: u16,
    reason: String,
    headers: HeaderMap,
    persistent: bool,
    framing: Framing,
    body: Vec<u8>,
}

impl Answers {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            unread: Vec::new(),
            limit,
            tape: Tape::default(),
            begun: None,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// How many bytes are there that belong to no answer yet.
    pub(super) fn pending(&self) -> u64 {
        self.unread.len() as u64 + self.tape.received_bytes
    }

    /// The tape of the answer that is under way.
    pub(super) fn tape(&self) -> Tape {
        let mut tape = self.tape.clone();
        tape.receive(&self.unread);
        tape
    }

    /// The next answer, where it is whole.
    ///
    /// # Errors
    ///
    /// When what came is no HTTP/1 answer, or one that is too long.
    pub(super) fn next(&mut self, closed: bool) -> Result<Option<Answered>, TransportError> {
        loop {
            let Some(begun) = &mut self.begun else {
                let Some(begun) = self.head()? else {
                    return Ok(None);
                };
                if !is_interim(begun.status) {
                    self.begun = Some(begun);
                }
                continue;
            };
            let before = self.unread.len();
            let whole = begun.read(&mut self.unread, &mut self.tape, self.limit)?;
            if whole || closed && begun.framing == Framing::Close {
                break;
            }
            if self.unread.len() == before {
                return Ok(None);
            }
        }
        let Some(begun) = self.begun.take() else {
            return Ok(None);
        };
        Ok(Some(Answered {
            reusable: begun.persistent && begun.framing != Framing::Close && begun.status != 101,
            response: Response {
                status: begun.status,
                reason: begun.reason,
                headers: begun.headers,
                body: Bytes::from(begun.body),
            },
            tape: std::mem::take(&mut self.tape),
        }))
    }

    fn head(&mut self) -> Result<Option<Begun>, TransportError> {
        let not_http = |reason: String| TransportError::NotHttp { reason };
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut head = httparse::Response::new(&mut headers);
        // No more is looked at than a head may have, so that it does not matter how much came at once.
        let window = &self.unread[..self.unread.len().min(HEAD_BYTES)];
        let length = match head.parse(window) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if self.unread.len() > HEAD_BYTES => {
                return Err(not_http(format!("a head of more than {HEAD_BYTES} bytes")));
            }
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(not_http(error.to_string())),
        };
        let mut fields = HeaderMap::with_capacity(head.headers.len());
        for field in &*head.headers {
            let name =
                HeaderName::from_bytes(field.name.as_bytes()).map_err(|error| not_http(error.to_string()))?;
            let value = HeaderValue::from_bytes(field.value).map_err(|error| not_http(error.to_string()))?;
            fields.append(name, value);
        }
        let status = head.code.unwrap_or_default();
        let reason = head.reason.unwrap_or_default().to_owned();
        let framing = Framing::of(status, &fields)?;
        let says = |word: &str| names(&fields, &header::CONNECTION, word);
        let persistent = match head.version {
            Some(1) => !says("close"),
            _ => says("keep-alive"),
        };
        self.tape.receive(&self.unread[..length]);
        self.unread.drain(..length);
        Ok(Some(Begun {
            status,
            reason,
            headers: fields,
            persistent,
            framing,
            body: Vec::new(),
        }))
    }
}

impl Begun {
    /// Takes what belongs to the body; says whether it is whole.
    fn read(&mut self, unread: &mut Vec<u8>, tape: &mut Tape, limit: usize) -> Result<bool, TransportError> {
        let taken = match self.framing {
            Framing::Length(0) => return Ok(true),
            Framing::Length(left) | Framing::Chunk(left) => {
                let taken = unread.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.body.extend_from_slice(&unread[..taken]);
                let left = left - taken as u64;
                self.framing = match self.framing {
                    Framing::Chunk(_) if left == 0 => Framing::ChunkEnd,
                    Framing::Chunk(_) => Framing::Chunk(left),
                    _ => Framing::Length(left),
                };
                taken
            }
            Framing::Close => {
                self.body.extend_from_slice(unread);
                unread.len()
            }
            Framing::ChunkEnd => match unread.get(..2) {
                None => 0,
                Some(b"\r\n") => {
                    self.framing = Framing::ChunkSize;
                    2
                }
                Some(_) => return Err(no_chunk()),
            },
            Framing::ChunkSize => match httparse::parse_chunk_size(unread) {
                Ok(httparse::Status::Complete((taken, size))) if taken <= SIZE_LINE_BYTES => {
                    self.framing = if size == 0 {
                        Framing::Trailers
                    } else {
                        Framing::Chunk(size)
                    };
                    taken
                }
                Ok(httparse::Status::Partial) if unread.len() <= SIZE_LINE_BYTES => 0,
                _ => return Err(no_chunk()),
            },
            Framing::Trailers => match unread.windows(2).position(|window| window == b"\r\n") {
                Some(0) => {
                    self.framing = Framing::Length(0);
                    2
                }
                Some(end) if end + 2 <= HEAD_BYTES => end + 2,
                Some(_) => return Err(no_chunk()),
                None if unread.len() > HEAD_BYTES => return Err(no_chunk()),
                None => 0,
            },
        };
        tape.receive(&unread[..taken]);
        unread.drain(..taken);
        if self.body.len() > limit {
            return Err(TransportError::TooLong { limit });
        }
        Ok(self.framing == Framing::Length(0))
    }
}

fn no_chunk() -> TransportError {
    TransportError::NotHttp {
        reason: "a body in chunks without the size of a chunk".to_owned(),
    }
}

/// Whether a header that is a list of words has this one.
fn names(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|it| it.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Status, body and whether the connection is good for more, of each answer.
    fn read(bytes: &[u8], step: usize) -> Result<Vec<(u16, Vec<u8>, bool)>, TransportError> {
        let mut answers = Answers::new(1000);
        let mut found = Vec::new();
        let mut chunks = bytes.chunks(step).peekable();
        while let Some(chunk) = chunks.next() {
            answers.feed(chunk);
            while let Some(it) = answers.next(chunks.peek().is_none())? {
                found.push((it.response.status, it.response.body.to_vec(), it.reusable));
            }
        }
        Ok(found)
    }

    #[test]
    fn each_answer_ends_where_its_framing_says_however_it_is_cut() {
        let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\
            HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n\
            HTTP/1.1 204 No Content\r\n\r\nHTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n\
            HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 1\r\n\r\n!\
            HTTP/1.1 500 Oops\r\n\r\nto the end";
        let wanted = [
            (200, &b"ok"[..], true),
            (404, b"abc0123456789", true),
            (204, b"", true),
            (200, b"", true),
            (400, b"!", false),
            (500, b"to the end", false),
        ];
        let wanted: Vec<_> = wanted
            .into_iter()
            .map(|(status, body, more)| (status, body.to_vec(), more))
            .collect();
        for step in [1, 2, 3, 7, 50, bytes.len()] {
            assert_eq!(read(bytes, step).unwrap(), wanted, "in pieces of {step}");
        }
    }

    #[test]
    fn the_last_transfer_coding_says_where_a_body_ends() {
        for (codings, wanted) in [
            ("Transfer-Encoding: gzip, chunked\r\n", &b""[..]),
            ("Transfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n", b""),
            ("Transfer-Encoding: chunked, gzip\r\n", b"0\r\n\r\n"),
            (
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                b"0\r\n\r\n",
            ),
        ] {
            let bytes = format!("HTTP/1.1 200 OK\r\n{codings}\r\n0\r\n\r\n");
            let found = read(bytes.as_bytes(), 5).unwrap();
            assert_eq!(found.len(), 1, "{codings}");
            assert_eq!(found[0].1, wanted, "{codings}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_however_it_comes() {
        let with = |head: usize, size: usize, trailer: usize| {
            let fill = |bytes: usize, rest: &str| "x".repeat(bytes - rest.len());
            let head = fill(
                head,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: \r\n\r\n",
            );
            let (size, trailer) = (fill(size, "0;\r\n"), fill(trailer, "T:\r\n"));
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: {head}\r\n\r\n0;{size}\r\nT:{trailer}\r\n\r\n"
            )
        };
        for (bytes, is_read) in [
            (with(HEAD_BYTES, SIZE_LINE_BYTES, HEAD_BYTES), true),
            (with(HEAD_BYTES + 1, 9, 9), false),
            (with(99, SIZE_LINE_BYTES + 1, 9), false),
            (with(99, 9, HEAD_BYTES + 1), false),
        ] {
            for step in [bytes.len(), 9999] {
                assert_eq!(
                    read(bytes.as_bytes(), step).is_ok(),
                    is_read,
                    "{step} of {}",
                    bytes.len()
                );
            }
        }
    }

    #[test]
    fn switching_protocols_is_the_last_answer() {
        let bytes =
            b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
        let found = read(bytes, bytes.len()).unwrap();
        assert_eq!(found.first(), Some(&(101, Vec::new(), false)));
    }

    #[test]
    fn an_answer_that_is_none_is_an_error_and_one_that_is_cut_is_awaited() {
        for bad in [
            &b"SSH-2.0\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n",
        ] {
            let long = [bad, &[b'a'; 1500][..]].concat();
            assert!(read(&long, 100).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf";
        assert_eq!(read(cut, 10).unwrap(), []);
        let mut answers = Answers::new(10);
        answers.feed(cut);
        assert!(answers.next(true).unwrap().is_none());
        assert_eq!(answers.pending(), cut.len() as u64);
        assert_eq!(answers.tape().received, cut);
    }
}
