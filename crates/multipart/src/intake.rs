//! What the readers that pull have in common: the events of a chunk, kept until they are asked for.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::task::Poll;

use crate::error::Diagnosis;
use crate::event::Event;
use crate::head::Head;
use crate::parser::{Events, Parser};

/// Why a body could not be read on.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReadError<E> {
    /// What the body comes from failed. Where that can go on, so can the reader: nothing is lost. A source
    /// that ends instead leaves a body that is cut short, which is an error then.
    #[error("expected the next bytes of the body, found that their source failed")]
    Source(#[source] E),
    /// The body is refused. Final: it is repeated.
    #[error(transparent)]
    Body(Diagnosis),
    /// A stream gave 1,025 empty chunks in a row (`X01`). Final: it is repeated.
    #[error("expected bytes of the body, found too many empty chunks in a row at byte {offset} (X01)")]
    EmptyChunks {
        /// Where, in bytes from the start of the body.
        offset: u64,
    },
}

impl From<ReadError<io::Error>> for io::Error {
    /// An error of the source is that error; the others are of the kind `InvalidData` and inside
    /// ([`io::Error::get_ref`]).
    fn from(error: ReadError<Self>) -> Self {
        match error {
            ReadError::Source(error) => error,
            other => Self::new(io::ErrorKind::InvalidData, other),
        }
    }
}

/// Where content is.
pub(crate) enum Place<'a> {
    /// In the chunk.
    Chunk(Range<usize>),
    /// In an earlier one, which ended in what looked like a delimiter: a few bytes.
    Held(&'a [u8]),
}

#[derive(Debug)]
enum Item<D> {
    Part(Box<Head>),
    Data(D),
    PartEnd,
    Violation(Diagnosis),
    End,
    Failed(Diagnosis),
}

/// The reader, and those of its events that nobody has asked for yet. Never more than the events of one
/// chunk, so that it is bounded by the chunk.
#[derive(Debug)]
pub(crate) struct Intake<D> {
    parser: Parser,
    items: VecDeque<Item<D>>,
    violations: Vec<Diagnosis>,
}

impl<D> Intake<D> {
    pub(crate) fn new(parser: Parser) -> Self {
        Self {
            parser,
            items: VecDeque::new(),
            violations: Vec::new(),
        }
    }

    /// Reads a chunk, once everything before it has been asked for.
    pub(crate) fn feed(&mut self, chunk: &[u8], mut keep: impl FnMut(Place<'_>) -> D) {
        let base = self.parser.offset();
        take(self.parser.feed(chunk), &mut self.items, |bytes, offset| {
            // What begins in the chunk is the chunk's, wherever the reader has these bytes from.
            let start = offset
                .checked_sub(base)
                .and_then(|start| usize::try_from(start).ok());
            let range = start.map(|start| start..start + bytes.len());
            keep(match range.filter(|range| range.end <= chunk.len()) {
                Some(range) => Place::Chunk(range),
                None => Place::Held(bytes),
            })
        });
    }

    /// There are no more chunks. Done again it is misuse, which the reader reports.
    pub(crate) fn finish(&mut self, mut keep: impl FnMut(Place<'_>) -> D) {
        take(self.parser.finish(), &mut self.items, |bytes, _| {
            keep(Place::Held(bytes))
        });
    }

    /// The next part, leaving out what is left of this one; pending when another chunk is needed, `None` at
    /// the end of the body.
    pub(crate) fn next_part(&mut self) -> Poll<Result<Option<Head>, Diagnosis>> {
        loop {
            match self.items.front() {
                None => return Poll::Pending,
                Some(Item::End) => return Poll::Ready(Ok(None)),
                Some(Item::Failed(error)) => return Poll::Ready(Err(error.clone())),
                Some(Item::Part(_) | Item::Data(_) | Item::PartEnd | Item::Violation(_)) => {}
            }
            match self.items.pop_front() {
                Some(Item::Part(head)) => return Poll::Ready(Ok(Some(*head))),
                Some(Item::Violation(report)) => self.violations.push(report),
                _ => {}
            }
        }
    }

    /// More content of this part; pending when another chunk is needed, `None` at the end of the part.
    pub(crate) fn next_data(&mut self) -> Poll<Result<Option<D>, Diagnosis>> {
        loop {
            match self.items.front() {
                None => return Poll::Pending,
                Some(Item::Part(_) | Item::PartEnd | Item::End) => return Poll::Ready(Ok(None)),
                Some(Item::Failed(error)) => return Poll::Ready(Err(error.clone())),
                Some(Item::Data(_) | Item::Violation(_)) => {}
            }
            match self.items.pop_front() {
                Some(Item::Data(data)) => return Poll::Ready(Ok(Some(data))),
                Some(Item::Violation(report)) => self.violations.push(report),
                _ => {}
            }
        }
    }

    /// What was wrong with what has been asked for, without stopping the reader.
    pub(crate) fn violations(&self) -> &[Diagnosis] {
        &self.violations
    }

    /// How many bytes of the body have been read.
    #[cfg(feature = "stream")]
    pub(crate) fn offset(&self) -> u64 {
        self.parser.offset()
    }
}

fn take<D>(mut events: Events<'_, '_>, items: &mut VecDeque<Item<D>>, mut keep: impl FnMut(&[u8], u64) -> D) {
    loop {
        let item = match events.next_event() {
            Ok(Some(Event::PartBegin(head))) => Item::Part(Box::new(Head::new(&head))),
            Ok(Some(Event::Data { bytes, offset })) => Item::Data(keep(bytes, offset)),
            Ok(Some(Event::PartEnd { .. })) => Item::PartEnd,
            Ok(Some(Event::Violation(report))) => Item::Violation(report),
            Ok(Some(Event::Preamble { .. } | Event::Epilogue { .. })) => continue,
            Ok(Some(Event::End)) => Item::End,
            Ok(None) => return,
            Err(error) => {
                items.push_back(Item::Failed(error));
                return;
            }
        };
        items.push_back(item);
    }
}
