//! Reads a body from a stream of `Bytes`, part by part, without copying its content.
//!
//! A chunk of a part is a slice of the chunk that the stream gave, and keeps all of it in memory. Who keeps
//! some bytes for long does better to keep a copy: see [`detach`].
//!
//! Every future here can be dropped before it is ready, and nothing is lost: the next one goes on where it
//! was. A stream that is always ready is left alone after every 32 chunks, so that other tasks come to run.
//!
//! ```
//! # use std::task::{Context, Poll, Waker};
//! # fn block_on<F: Future>(future: F) -> F::Output {
//! #     let mut future = std::pin::pin!(future);
//! #     loop {
//! #         if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
//! #             return output;
//! #         }
//! #     }
//! # }
//! use rebuttal_multipart::{Form, Limits, Mode, Parser, stream};
//!
//! # block_on(async {
//! let plan = Form::new().text("kind", "receipt").file("file", "a.png", Some("image/png"), "…").plan()?;
//! let parser = Parser::new(*plan.boundary(), Mode::Lenient, Limits::default());
//! let mut multipart = stream::Multipart::new(plan.into_output(), parser);
//! let mut bytes = 0;
//! while let Some(mut part) = multipart.next_part().await? {
//!     if part.head().filename().is_none() {
//!         continue; // What is not read is skipped.
//!     }
//!     while let Some(chunk) = part.chunk().await? {
//!         bytes += chunk.len();
//!     }
//! }
//! assert_eq!(bytes, "…".len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

#[cfg(feature = "http-body")]
mod frames;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::error::Diagnosis;
use crate::head::Head;
use crate::intake::{Intake, Place, ReadError};
use crate::pace::Pace;
use crate::parser::Parser;

#[cfg(feature = "http-body")]
pub use frames::Frames;

/// A copy of some bytes, which does not keep the chunk in memory that they are a part of.
pub fn detach(bytes: &Bytes) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

/// A body that is read from a stream. It never writes a file, so there is none to leave behind.
#[derive(Debug)]
pub struct Multipart<S> {
    stream: S,
    intake: Intake<Bytes>,
    pace: Pace,
    flooded: bool,
    ended: bool,
}

impl<S, E> Multipart<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// A reader of the body that `stream` gives, by the rules of `parser`. A stream that cannot be moved
    /// comes in a `Box::pin`.
    pub fn new(stream: S, parser: Parser) -> Self {
        Self {
            stream,
            intake: Intake::new(parser),
            pace: Pace::default(),
            flooded: false,
            ended: false,
        }
    }

    /// The next part; what is left of the one before is skipped. `None` says that the body was whole, to its
    /// end.
    ///
    /// # Errors
    ///
    /// When the body is refused, or after 1,024 empty chunks in a row, both for good; when the stream fails.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_, S>>, ReadError<E>> {
        let head = poll_fn(|context| self.poll_next_part(context)).await?;
        Ok(head.map(|head| Part {
            head,
            multipart: self,
        }))
    }

    /// What was wrong with the parts so far, without stopping the reader.
    pub fn violations(&self) -> &[Diagnosis] {
        self.intake.violations()
    }

    fn poll_next_part(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Head>, ReadError<E>>> {
        self.poll(context, Intake::next_part)
    }

    /// Asks until there is an answer, and takes chunks as often as it takes.
    fn poll<T>(
        &mut self,
        context: &mut Context<'_>,
        next: fn(&mut Intake<Bytes>) -> Poll<Result<T, Diagnosis>>,
    ) -> Poll<Result<T, ReadError<E>>> {
        loop {
            if let Poll::Ready(answer) = next(&mut self.intake) {
                return Poll::Ready(answer.map_err(ReadError::Body));
            }
            ready!(self.poll_chunk(context))?;
        }
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ReadError<E>>> {
        if self.flooded {
            let offset = self.intake.offset();
            return Poll::Ready(Err(ReadError::EmptyChunks { offset }));
        }
        if !self.ended {
            ready!(self.pace.poll(context));
            let Poll::Ready(given) = Pin::new(&mut self.stream).poll_next(context) else {
                self.pace.rest();
                return Poll::Pending;
            };
            match given {
                Some(Ok(chunk)) if chunk.is_empty() => self.flooded = self.pace.is_flooded_by_empty(),
                Some(Ok(chunk)) => {
                    self.pace.saw_bytes();
                    self.intake.feed(&chunk, |place| keep(&chunk, place));
                }
                Some(Err(error)) => return Poll::Ready(Err(ReadError::Source(error))),
                None => self.ended = true,
            }
        }
        if self.ended {
            self.intake.finish(|place| keep(&Bytes::new(), place));
        }
        Poll::Ready(Ok(()))
    }
}

fn keep(chunk: &Bytes, place: Place<'_>) -> Bytes {
    match place {
        Place::Chunk(range) => chunk.slice(range),
        Place::Held(bytes) => Bytes::copy_from_slice(bytes),
    }
}

/// A part that is being read. Dropped before its end, the rest of it is skipped.
#[derive(Debug)]
pub struct Part<'m, S> {
    head: Head,
    multipart: &'m mut Multipart<S>,
}

impl<S, E> Part<'_, S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// What the part says of itself.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// More of the content, as a slice of a chunk of the stream; never empty, `None` at the end of the part.
    ///
    /// A few bytes that an earlier chunk held back, because they looked like a delimiter, are copied.
    ///
    /// # Errors
    ///
    /// As [`Multipart::next_part`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ReadError<E>> {
        poll_fn(|context| self.poll_chunk(context)).await
    }

    /// [`Part::chunk`], for those who poll.
    ///
    /// # Errors
    ///
    /// As [`Multipart::next_part`].
    pub fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, ReadError<E>>> {
        self.multipart.poll(context, Intake::next_data)
    }

    /// What is left of the content. As long as the limits of the reader allow, so mind
    /// [`Limits::file_bytes`](crate::Limits::file_bytes).
    ///
    /// # Errors
    ///
    /// As [`Multipart::next_part`]. With this future the part is dropped, and the rest of it skipped.
    pub async fn into_vec(mut self) -> Result<Vec<u8>, ReadError<E>> {
        let mut content = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            content.extend_from_slice(&chunk);
        }
        Ok(content)
    }
}
