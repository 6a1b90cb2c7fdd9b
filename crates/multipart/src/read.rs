//! Reads a body from an [`io::Read`], part by part. For programs that block.
//!
//! ```
//! use std::io::Read;
//! use rebuttal_multipart::{Form, Limits, Mode, Parser, read};
//!
//! let plan = Form::new().text("kind", "receipt").file("file", "a.png", Some("image/png"), "…").plan()?;
//! let parser = Parser::new(*plan.boundary(), Mode::Lenient, Limits::default());
//! let mut multipart = read::Multipart::new(plan.into_output(), parser);
//! let mut seen = Vec::new();
//! while let Some(mut part) = multipart.next_part()? {
//!     if part.head().filename().is_none() {
//!         continue; // What is not read is skipped.
//!     }
//!     let mut content = String::new();
//!     part.read_to_string(&mut content)?;
//!     seen.push((part.head().name().map(ToString::to_string), content));
//! }
//! assert_eq!(seen, [(Some("file".to_owned()), "…".to_owned())]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::task::Poll;

use crate::error::Diagnosis;
use crate::head::Head;
use crate::intake::{Intake, Place, ReadError};
use crate::parser::Parser;

/// What is read from the source at once, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// A body that is read from a source. It never writes a file, so there is none to leave behind.
#[derive(Debug)]
pub struct Multipart<R> {
    reader: R,
    buffer: Vec<u8>,
    intake: Intake<Piece>,
    /// What is left of the content that was handed out last.
    rest: Piece,
    ended: bool,
}

#[derive(Debug)]
enum Piece {
    Buffer(Range<usize>),
    Held { bytes: Vec<u8>, at: usize },
}

impl Piece {
    fn keep(place: Place<'_>) -> Self {
        match place {
            Place::Chunk(range) => Self::Buffer(range),
            Place::Held(bytes) => Self::Held {
                bytes: bytes.to_vec(),
                at: 0,
            },
        }
    }
}

impl<R: Read> Multipart<R> {
    /// A reader of the body that `reader` gives, by the rules of `parser`.
    pub fn new(reader: R, parser: Parser) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER_BYTES],
            intake: Intake::new(parser),
            rest: Piece::Buffer(0..0),
            ended: false,
        }
    }

    /// The next part; what is left of the one before is skipped. `None` says that the body was whole, to its
    /// end.
    ///
    /// # Errors
    ///
    /// When the body is refused, for good; when the source fails. A source that would block can be asked
    /// again, and one that was interrupted is.
    pub fn next_part(&mut self) -> Result<Option<Part<'_, R>>, ReadError<io::Error>> {
        self.rest = Piece::Buffer(0..0);
        let head = self.pull(Intake::next_part)?;
        Ok(head.map(|head| Part {
            head,
            multipart: self,
        }))
    }

    /// What was wrong with the parts so far, without stopping the reader.
    pub fn violations(&self) -> &[Diagnosis] {
        self.intake.violations()
    }

    /// Asks until there is an answer, and reads on as often as it takes.
    fn pull<T>(
        &mut self,
        next: fn(&mut Intake<Piece>) -> Poll<Result<T, Diagnosis>>,
    ) -> Result<T, ReadError<io::Error>> {
        loop {
            if let Poll::Ready(answer) = next(&mut self.intake) {
                return answer.map_err(ReadError::Body);
            }
            let given = if self.ended {
                Ok(0)
            } else {
                self.reader.read(&mut self.buffer)
            };
            match given {
                Ok(0) => {
                    self.ended = true;
                    self.intake.finish(Piece::keep);
                }
                Ok(len) => {
                    let len = len.min(self.buffer.len());
                    self.intake.feed(&self.buffer[..len], Piece::keep);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::Source(error)),
            }
        }
    }

    fn rest(&self) -> &[u8] {
        match &self.rest {
            Piece::Buffer(range) => &self.buffer[range.clone()],
            Piece::Held { bytes, at } => &bytes[*at..],
        }
    }

    /// The last bytes that were consumed.
    fn last(&self, len: usize) -> &[u8] {
        match &self.rest {
            Piece::Buffer(range) => &self.buffer[range.start - len..range.start],
            Piece::Held { bytes, at } => &bytes[at - len..*at],
        }
    }

    fn consume(&mut self, len: usize) {
        let len = len.min(self.rest().len());
        match &mut self.rest {
            Piece::Buffer(range) => range.start += len,
            Piece::Held { at, .. } => *at += len,
        }
    }
}

/// A part that is being read. Dropped before its end, the rest of it is skipped.
///
/// As [`Read`] its errors are [`io::Error`]s: those of the source as they are, others with a [`ReadError`]
/// inside.
#[derive(Debug)]
pub struct Part<'m, R> {
    head: Head,
    multipart: &'m mut Multipart<R>,
}

impl<R: Read> Part<'_, R> {
    /// What the part says of itself.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// More of the content, not copied; never empty, `None` at the end of the part.
    ///
    /// # Errors
    ///
    /// As [`Multipart::next_part`].
    pub fn chunk(&mut self) -> Result<Option<&[u8]>, ReadError<io::Error>> {
        let len = self.ask()?;
        self.multipart.consume(len);
        Ok((len > 0).then(|| self.multipart.last(len)))
    }

    /// What is left of the content. As long as the limits of the reader allow, so mind
    /// [`Limits::file_bytes`](crate::Limits::file_bytes).
    ///
    /// # Errors
    ///
    /// As [`Multipart::next_part`]; what was read before an error is lost.
    pub fn into_vec(mut self) -> Result<Vec<u8>, ReadError<io::Error>> {
        let mut content = Vec::new();
        while let Some(chunk) = self.chunk()? {
            content.extend_from_slice(chunk);
        }
        Ok(content)
    }

    /// Makes sure that there is content at hand, and answers how much; 0 at the end of the part.
    fn ask(&mut self) -> Result<usize, ReadError<io::Error>> {
        if self.multipart.rest().is_empty()
            && let Some(piece) = self.multipart.pull(Intake::next_data)?
        {
            self.multipart.rest = piece;
        }
        Ok(self.multipart.rest().len())
    }
}

impl<R: Read> BufRead for Part<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ask()?;
        Ok(self.multipart.rest())
    }

    fn consume(&mut self, len: usize) {
        self.multipart.consume(len);
    }
}

impl<R: Read> Read for Part<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let len = self.fill_buf()?.read(buffer)?;
        self.consume(len);
        Ok(len)
    }
}
