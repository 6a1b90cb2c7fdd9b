//! Reads a file: the head of a request if there is one, then the body piece by piece, out of its chunks.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{
    chunked::{Chunked, Chunks},
    request::{self, Head, MAX_HEAD_BYTES},
};

/// How much is read at a time, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// The most that is read of a body, in bytes. Without an end, neither a device nor a pipe would have one.
pub(super) const MAX_BODY_BYTES: u64 = 256 * 1024 * 1024;

/// A file, behind the head.
pub(super) struct Source {
    input: Box<dyn Read>,
    /// What was read of the body while the head was looked for.
    begun: Vec<u8>,
    chunked: Option<Chunked>,
    /// Bytes of the body that were handed out.
    bytes: u64,
    /// Whether there is more than is read.
    pub(super) is_cut: bool,
}

/// Opens a file, `-` being standard input, and reads as far as it takes to know whether it is a request.
pub(super) fn open(path: &Path) -> io::Result<(Option<Head>, Source)> {
    let mut input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path)?)
    };
    let mut begun = Vec::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = read(&mut *input, &mut piece)?;
        begun.extend_from_slice(&piece[..count]);
        if count == 0 || begun.len() >= MAX_HEAD_BYTES || !request::may_go_on(&begun) {
            break;
        }
    }
    let head = request::read(&begun);
    if let Some(head) = &head {
        begun.drain(..head.bytes);
    }
    let chunked = head.as_ref().is_some_and(Head::is_chunked);
    let source = Source {
        input,
        begun,
        chunked: chunked.then(Chunked::default),
        bytes: 0,
        is_cut: false,
    };
    Ok((head, source))
}

impl Source {
    /// The next piece of the body; `None` at its end.
    pub(super) fn next_piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let mut piece = std::mem::take(&mut self.begun);
            if piece.is_empty() {
                piece.resize(PIECE_BYTES, 0);
                let count = read(&mut *self.input, &mut piece)?;
                piece.truncate(count);
            }
            if piece.is_empty() {
                return Ok(None);
            }
            if let Some(chunked) = &mut self.chunked {
                let mut body = Vec::with_capacity(piece.len());
                chunked.decode(&piece, &mut body);
                piece = body;
                // What stands behind the last chunk is counted; behind broken ones it is no use.
                if piece.is_empty() && (chunked.is_broken() || chunked.behind > MAX_BODY_BYTES) {
                    return Ok(None);
                }
            }
            let room = usize::try_from(MAX_BODY_BYTES - self.bytes).unwrap_or(usize::MAX);
            if piece.len() > room {
                piece.truncate(room);
                self.is_cut = true;
            }
            self.bytes += piece.len() as u64;
            if self.is_cut && piece.is_empty() {
                return Ok(None);
            }
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
    }

    /// What is to be told of the chunks, once the body has ended.
    pub(super) fn chunks(&mut self) -> Chunks {
        self.chunked.take().map(Chunked::finish).unwrap_or_default()
    }
}

fn read(input: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
