//! The reader: chunks in, events out.

use crate::boundary::Boundary;
use crate::error::Diagnosis;
use crate::event::Event;
use crate::limits::Limits;
use crate::machine::{Machine, Source, Step};
use crate::policy::Policy;
use crate::violation::ViolationId;

/// Reads one body.
///
/// Feed it chunks of any size, take every event of each, then `finish`. Content is not copied: an event
/// borrows the chunk. Memory is bounded by [`Limits::header_block_bytes`], work by the length of the input.
/// What it reports does not depend on how the body is cut.
///
/// The [crate] has an example.
#[derive(Debug)]
pub struct Parser {
    machine: Machine,
    phase: Phase,
}

/// Where a caller stands with the reader.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// Events of the last chunk may be left.
    Draining,
    Ready,
    Finished,
}

impl Parser {
    /// A reader for one body with this boundary, under a policy or simply a [`Mode`](crate::Mode).
    pub fn new(boundary: Boundary, policy: impl Into<Policy>, limits: Limits) -> Self {
        Self {
            machine: Machine::new(&boundary, policy.into(), limits),
            phase: Phase::Ready,
        }
    }

    /// Says how many bytes the body has, as the request's `Content-Length` has it: any other number of bytes
    /// is a violation (`F21`), told by [`Parser::finish`].
    #[must_use]
    pub fn expecting(mut self, bytes: u64) -> Self {
        self.machine.expect(bytes);
        self
    }

    /// Takes the next chunk; an empty one is fine.
    ///
    /// Take its events until there are none: feeding or finishing before that is an error (`X02`) from then
    /// on, and so is feeding after [`Parser::finish`].
    #[inline]
    pub fn feed<'p, 'c>(&'p mut self, chunk: &'c [u8]) -> Events<'p, 'c> {
        if self.phase != Phase::Ready {
            self.machine.fail(ViolationId::X02, self.machine.offset(), &[]);
        }
        if self.phase == Phase::Ready {
            self.phase = Phase::Draining;
        }
        let (chunk, beyond) = chunk.split_at(self.machine.room_for(chunk.len()));
        Events {
            parser: self,
            chunk,
            beyond,
            at: 0,
            is_last: false,
        }
    }

    /// Reads a whole body for what is wrong with it, and drops what is in it.
    ///
    /// ```
    /// use rebuttal_multipart::{Boundary, Limits, Mode, Parser};
    ///
    /// let reader = || Parser::new(Boundary::new("b").unwrap(), Mode::Strict, Limits::default());
    /// let part = "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nx\r\n";
    /// assert!(reader().check(format!("{part}--b--\r\n").as_bytes()).is_ok());
    /// assert!(reader().check(part.as_bytes()).is_err(), "it is cut short");
    /// ```
    ///
    /// # Errors
    ///
    /// The first violation that the body is refused for under the reader's policy.
    pub fn check(mut self, body: &[u8]) -> Result<(), Diagnosis> {
        let mut events = self.feed(body);
        while events.next_event()?.is_some() {}
        let mut events = self.finish();
        while events.next_event()?.is_some() {}
        Ok(())
    }

    /// Says that there are no more chunks. The events of this call end with [`Event::End`], or with the
    /// error that the body was cut short; without taking them nobody knows whether the body was whole.
    pub fn finish(&mut self) -> Events<'_, 'static> {
        if self.phase != Phase::Ready {
            self.machine.fail(ViolationId::X02, self.machine.offset(), &[]);
        }
        self.phase = Phase::Finished;
        Events {
            parser: self,
            chunk: &[],
            beyond: &[],
            at: 0,
            is_last: true,
        }
    }

    /// How many bytes of the body have been read: those of every chunk whose events were all taken.
    pub fn offset(&self) -> u64 {
        self.machine.offset()
    }
}

/// The events of one chunk, or those of the end. Not an `Iterator`, because events borrow it.
#[derive(Debug)]
#[must_use = "a reader goes on only when its events are taken"]
pub struct Events<'p, 'c> {
    parser: &'p mut Parser,
    chunk: &'c [u8],
    /// The rest of the chunk, which the limit on the body leaves out.
    beyond: &'c [u8],
    at: usize,
    is_last: bool,
}

impl Events<'_, '_> {
    /// The next event; `None` when the chunk is used up.
    ///
    /// # Errors
    ///
    /// At the first violation that stops the reader in its mode, at a limit, and at the end of a body that
    /// is not whole. An error is final: it is repeated by every later call, on later chunks too.
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Diagnosis> {
        if self.at == 0
            && let Some((taken, offset)) = self.parser.machine.whole_chunk(self.chunk)
        {
            self.at = self.chunk.len();
            if taken > 0 {
                let bytes = &self.chunk[..taken];
                return Ok(Some(Event::Data { bytes, offset }));
            }
        }
        if self.at == self.chunk.len()
            && !self.is_last
            && self.beyond.is_empty()
            && self.parser.machine.is_starved()
        {
            self.end_chunk();
            return Ok(None);
        }
        self.next_step()
    }

    /// The same where more can be said than that there is content.
    fn next_step(&mut self) -> Result<Option<Event<'_>>, Diagnosis> {
        loop {
            let machine = &mut self.parser.machine;
            if machine.is_pending() {
                if let Some(violation) = machine.next_report(self.chunk) {
                    return Ok(Some(Event::Violation(violation)));
                }
                if let Some(error) = machine.failure() {
                    return Err(error.clone());
                }
            }
            let step = match machine.step(self.chunk, &mut self.at) {
                Step::Starved if self.is_last => machine.conclude(),
                step => step,
            };
            return Ok(Some(match step {
                Step::Again => continue,
                Step::Preamble(span) => Event::Preamble { span },
                Step::Head(start) => Event::PartBegin(self.parser.machine.head(self.chunk, start)),
                Step::Data { source, offset } => Event::Data {
                    bytes: self.bytes(&source),
                    offset,
                },
                Step::PartEnd { index, span, len } => Event::PartEnd { index, span, len },
                Step::Epilogue(span) => Event::Epilogue { span },
                Step::End => Event::End,
                Step::Starved if !self.beyond.is_empty() => {
                    machine.advance(&self.chunk[..self.at]);
                    machine.fail(ViolationId::L01, machine.offset(), &self.beyond[..1]);
                    continue;
                }
                Step::Starved if machine.is_pending() => continue,
                Step::Starved => {
                    self.end_chunk();
                    return Ok(None);
                }
            }));
        }
    }

    /// There are no more events in this chunk.
    fn end_chunk(&mut self) {
        let read = &self.chunk[..std::mem::take(&mut self.at)];
        self.parser.machine.advance(read);
        self.chunk = &[];
        if self.parser.phase == Phase::Draining {
            self.parser.phase = Phase::Ready;
        }
    }

    fn bytes(&self, source: &Source) -> &[u8] {
        match source {
            Source::Chunk(range) => &self.chunk[range.clone()],
            Source::Delimiter(range) => &self.parser.machine.delimiter()[range.clone()],
        }
    }
}

#[cfg(test)]
mod tests;
