//! A body on its way out.

#[cfg(feature = "stream")]
mod stream;

use std::io::{self, Read};

use crate::boundary::Boundary;
use crate::memory::Memory;
use crate::plan::Piece;
use crate::watch::Watch;

/// Why a body could not be written to its end. It is final, and the body never looks complete.
///
/// It is found inside an [`io::Error`] of the kind `InvalidData`, by [`io::Error::get_ref`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OutputError {
    /// A source ended early.
    #[error("expected {promised} bytes from the source of part {part}, found {given}")]
    TooShort {
        /// The part, counted from 0.
        part: usize,
        /// The length that was promised for it, in bytes.
        promised: u64,
        /// The length of what came.
        given: u64,
    },
    /// A source went on; nothing of what is too much has been written.
    #[error("expected {promised} bytes from the source of part {part}, found more")]
    TooLong {
        /// The part, counted from 0.
        part: usize,
        /// The length that was promised for it, in bytes.
        promised: u64,
    },
    /// A reader would end the part there. The last byte of the boundary has not been written.
    #[error(
        "expected a boundary that does not occur in what is streamed, found it at byte {offset} of part {part}"
    )]
    BoundaryOccurs {
        /// The part, counted from 0.
        part: usize,
        /// Where two dashes and the boundary stand in its content, in bytes.
        offset: u64,
    },
    /// A stream gave 1,025 empty pieces in a row.
    #[error("expected bytes from the source of part {part}, found too many empty pieces in a row")]
    EmptyPieces {
        /// The part, counted from 0.
        part: usize,
    },
    /// A source has failed before; its own error was handed out then.
    #[error("expected the rest of part {part}, found a source that has failed before")]
    SourceFailed {
        /// The part, counted from 0.
        part: usize,
    },
}

/// The source of a form that is in memory as a whole: there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoSource {}

impl Read for NoSource {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match *self {}
    }
}

/// A body on its way out; made by [`Plan::into_output`](crate::Plan::into_output).
///
/// Each byte that a source gives is held against what the form promised before it is handed on: the length,
/// and that the boundary does not occur. Nobody can look for the boundary in what is streamed beforehand, as
/// it is there for the first time when it is sent; a random boundary makes it as good as impossible, and the
/// search makes the rest an error. After an error the body is incomplete, and whoever sends it has to break
/// the connection off: an incomplete body has no close delimiter, and readers refuse it.
#[derive(Debug)]
pub struct Output<S = NoSource> {
    pieces: std::vec::IntoIter<Piece<S>>,
    current: Current<S>,
    watch: Watch,
    written: u64,
    content_length: Option<u64>,
    failure: Option<OutputError>,
    #[cfg(feature = "stream")]
    pace: crate::pace::Pace,
}

#[derive(Debug)]
enum Current<S> {
    Bytes { bytes: Memory, at: usize },
    Source(Tap<S>),
    End,
}

/// A source that is being read.
#[derive(Debug)]
struct Tap<S> {
    part: usize,
    source: S,
    promised: Option<u64>,
    given: u64,
}

impl<S> Tap<S> {
    /// How much more it may give.
    fn room(&self) -> Option<u64> {
        self.promised.map(|promised| promised.saturating_sub(self.given))
    }
}

impl<S> Output<S> {
    pub(crate) fn new(boundary: &Boundary, pieces: Vec<Piece<S>>, content_length: Option<u64>) -> Self {
        let mut output = Self {
            pieces: pieces.into_iter(),
            current: Current::End,
            watch: Watch::new(boundary),
            written: 0,
            content_length,
            failure: None,
            #[cfg(feature = "stream")]
            pace: crate::pace::Pace::default(),
        };
        output.advance();
        output
    }

    /// How many bytes are left; `None` when a source promises no length.
    pub fn remaining(&self) -> Option<u64> {
        self.content_length.map(|all| all.saturating_sub(self.written))
    }

    /// Moves to the next piece that is not empty.
    fn advance(&mut self) {
        self.current = loop {
            match self.pieces.next() {
                None => break Current::End,
                Some(Piece::Bytes(bytes)) if bytes.is_empty() => {}
                Some(Piece::Bytes(bytes)) => break Current::Bytes { bytes, at: 0 },
                Some(Piece::Source { part, source, length }) => {
                    self.watch.restart();
                    break Current::Source(Tap {
                        part,
                        source,
                        promised: length,
                        given: 0,
                    });
                }
            }
        };
    }

    fn fail<T>(&mut self, error: OutputError) -> io::Result<T> {
        self.failure = Some(error);
        Err(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn check_alive(&self) -> io::Result<()> {
        match self.failure {
            Some(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            None => Ok(()),
        }
    }

    /// Holds what the current source has given against what was promised.
    fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        let Current::Source(tap) = &mut self.current else {
            return Ok(());
        };
        let (part, len) = (tap.part, piece.len() as u64);
        if let (Some(room), Some(promised)) = (tap.room(), tap.promised)
            && len > room
        {
            return self.fail(OutputError::TooLong { part, promised });
        }
        tap.given += len;
        if let Some(offset) = self.watch.feed(piece) {
            return self.fail(OutputError::BoundaryOccurs { part, offset });
        }
        self.written += len;
        Ok(())
    }

    /// The current source has come to its end.
    fn end_source(&mut self) -> io::Result<()> {
        if let Current::Source(Tap {
            part,
            promised: Some(promised),
            given,
            ..
        }) = self.current
            && given < promised
        {
            return self.fail(OutputError::TooShort {
                part,
                promised,
                given,
            });
        }
        self.advance();
        Ok(())
    }

    /// The current source has failed. Where it might go on, the caller may ask again.
    fn source_failed(&mut self, error: io::Error) -> io::Error {
        let passes = matches!(
            error.kind(),
            io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
        );
        if let (Current::Source(tap), false) = (&self.current, passes) {
            self.failure = Some(OutputError::SourceFailed { part: tap.part });
        }
        error
    }
}

impl<S: Read> Output<S> {
    /// Writes the rest of the body and answers its length in bytes. What is in memory is not copied on the
    /// way. Sources that are interrupted are asked again.
    ///
    /// It takes the output, as nobody knows after an error how much of it has been written.
    ///
    /// # Errors
    ///
    /// Those of the sources and of `to`, and an [`OutputError`] when a source does not keep what the form
    /// promised.
    pub fn write_to<W: io::Write + ?Sized>(mut self, to: &mut W) -> io::Result<u64> {
        let start = self.written;
        let mut buffer = Vec::new();
        loop {
            self.check_alive()?;
            match &mut self.current {
                Current::End => return Ok(self.written - start),
                Current::Bytes { bytes, at } => {
                    to.write_all(&bytes[*at..])?;
                    self.written += (bytes.len() - *at) as u64;
                    self.advance();
                }
                Current::Source(_) => {
                    buffer.resize(64 * 1024, 0);
                    match self.read_source(&mut buffer) {
                        Ok(len) => to.write_all(&buffer[..len])?,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
    }

    /// Reads from the current source, or sees its end and moves on; then it answers 0.
    fn read_source(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Current::Source(tap) = &mut self.current else {
            return Ok(0);
        };
        let room = tap
            .room()
            .map_or(usize::MAX, |room| usize::try_from(room).unwrap_or(usize::MAX));
        // One byte where none may come: that none comes is what makes the length true.
        let mut probe = [0];
        let into = match room.min(buffer.len()) {
            0 => &mut probe[..],
            len => &mut buffer[..len],
        };
        match tap.source.read(into) {
            Ok(0) => self.end_source().map(|()| 0),
            Ok(len) => {
                let len = len.min(into.len());
                self.take(&into[..len]).map(|()| len)
            }
            Err(error) => Err(self.source_failed(error)),
        }
    }
}

impl<S: Read> Read for Output<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            self.check_alive()?;
            match &mut self.current {
                Current::End => return Ok(0),
                Current::Bytes { bytes, at } => {
                    let len = buffer.len().min(bytes.len() - *at);
                    buffer[..len].copy_from_slice(&bytes[*at..*at + len]);
                    *at += len;
                    self.written += len as u64;
                    if *at == bytes.len() {
                        self.advance();
                    }
                    return Ok(len);
                }
                Current::Source(_) => match self.read_source(buffer)? {
                    0 => {}
                    len => return Ok(len),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Form, Part};

    #[test]
    fn what_is_left_is_true_at_every_byte() {
        let boundary = Boundary::new("b").unwrap();
        let form = || {
            Form::streaming()
                .text("n", "ab")
                .streamed(Part::new("m", ""), &b"cde"[..], Some(3))
        };
        let mut whole = Vec::new();
        let plan = form().plan_with(boundary).unwrap();
        let all = plan.write_to(&mut whole).unwrap();
        assert_eq!(all, whole.len() as u64);
        for read in 0..=whole.len() {
            let mut output = form().plan_with(boundary).unwrap().into_output();
            let mut sent = vec![0; read];
            output.read_exact(&mut sent).unwrap();
            let left = all - read as u64;
            assert_eq!(output.remaining(), Some(left), "after {read} bytes");
            assert_eq!(output.write_to(&mut sent).unwrap(), left, "after {read} bytes");
            assert!(sent == whole, "after {read} bytes: {}", sent.escape_ascii());
        }
    }
}
