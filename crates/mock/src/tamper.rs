//! A connection whose bytes are meddled with, for the faults of a server that loses its place in the stream.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use http::{HeaderValue, Request, header};
use hyper::{
    body::Incoming,
    rt::{Read, ReadBuf, ReadBufCursor, Write},
};

use crate::{fault::Fault, passing::passes_on};

/// What a server finds that took a refused body's end for the next request.
const REST: &[u8] = b"rest of the body\r\n\r\n";

/// How much is looked at together, in bytes.
const SEEN_BYTES: usize = 8 * 1024;

/// What connection and service tell each other.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// A request with a body was refused, and nothing was read since.
    pub(crate) refused: AtomicBool,
    /// A head came that frames its body twice.
    pub(crate) framed_twice: AtomicBool,
}

/// Whether a fault is about the bytes of a connection, and so about no single request.
pub(crate) fn meddles(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::RefusalLeavesBody
            | Fault::RefusedBodyServed
            | Fault::BothFramingsAnswer500
            | Fault::AnswersOutOfOrder
            | Fault::AnswerLost
    )
}

/// A stream with a fault, or with none.
pub(crate) struct Tampered<S> {
    stream: S,
    fault: Option<Fault>,
    notes: Arc<Notes>,
    /// The bytes of the last read, for the fault that reads them twice.
    last: Vec<u8>,
}

impl<S> Tampered<S> {
    pub(crate) fn new(stream: S, fault: Option<Fault>, notes: Arc<Notes>) -> Self {
        Self {
            stream,
            fault: fault.filter(|fault| meddles(*fault)),
            notes,
            last: Vec::new(),
        }
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    /// What the server takes for the next request, behind one whose body it refused.
    fn left_over(&self) -> Option<&[u8]> {
        match self.fault {
            Some(Fault::RefusalLeavesBody) => Some(REST),
            Some(Fault::RefusedBodyServed) => {
                let body = match find(&self.last, b"\r\n\r\n") {
                    Some(end) if self.last.starts_with(b"POST ") => end + 4,
                    _ => 0,
                };
                self.last.get(body..).filter(|rest| rest.starts_with(b"GET /"))
            }
            _ => None,
        }
    }

    /// What the server makes of bytes that came together.
    fn tamper(&mut self, read: &[u8]) -> Vec<u8> {
        match self.fault {
            Some(Fault::BothFramingsAnswer500) => {
                let head = find(read, b"\r\n\r\n").map_or(read, |end| &read[..end]);
                let head = head.to_ascii_lowercase();
                let twice = [&b"\r\ncontent-length:"[..], b"\r\ntransfer-encoding:"];
                if twice.iter().all(|name| find(&head, name).is_some()) {
                    self.notes.framed_twice.store(true, Ordering::Relaxed);
                }
            }
            Some(fault @ (Fault::AnswersOutOfOrder | Fault::AnswerLost)) => {
                let mut requests = requests(read);
                if requests.len() > 1 && requests.iter().all(|it| it.starts_with(b"GET ")) {
                    if fault == Fault::AnswerLost {
                        requests.remove(1);
                    } else {
                        requests.swap(0, 1);
                    }
                    return requests.concat();
                }
            }
            Some(Fault::RefusedBodyServed) => self.last = read.to_vec(),
            _ => {}
        }
        read.to_vec()
    }
}

/// Takes the key of an earlier request for one that has none, as a fault does.
pub(crate) fn remember_key(known: &Mutex<Option<HeaderValue>>, request: &mut Request<Incoming>) {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    match (request.headers().get(header::AUTHORIZATION), &*known) {
        (Some(sent), _) => *known = Some(sent.clone()),
        (None, Some(key)) => {
            let key = key.clone();
            request.headers_mut().insert(header::AUTHORIZATION, key);
        }
        (None, None) => {}
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Bytes, cut behind each empty line.
fn requests(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some(end) = find(bytes, b"\r\n\r\n") {
        let (request, rest) = bytes.split_at(end + 4);
        found.push(request);
        bytes = rest;
    }
    found.extend((!bytes.is_empty()).then_some(bytes));
    found
}

impl<S: Read + Unpin> Read for Tampered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.fault.is_none() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        if let Some(rest) = self.left_over()
            && buffer.remaining() >= rest.len()
            && self.notes.refused.swap(false, Ordering::Relaxed)
        {
            buffer.put_slice(rest);
            return Poll::Ready(Ok(()));
        }
        let mut seen = [0; SEEN_BYTES];
        let room = buffer.remaining().min(SEEN_BYTES);
        let mut seen = ReadBuf::new(&mut seen[..room]);
        ready!(Pin::new(&mut self.stream).poll_read(context, seen.unfilled()))?;
        let tampered = self.tamper(seen.filled());
        buffer.put_slice(&tampered);
        Poll::Ready(Ok(()))
    }
}

impl<S: Write + Unpin> Write for Tampered<S> {
    passes_on!(writes);
    passes_on!(ends);

    passes_on!(vectored);
}
