//! Reads a whole body through the reader, cut as asked, and keeps what it says.

use std::ops::Range;

use rebuttal_multipart::{Boundary, Diagnosis, Event, Events, Limits, Parser, Policy, ViolationId};

/// Everything the reader said, with content joined.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Reading {
    pub(crate) preamble: Option<Range<u64>>,
    pub(crate) parts: Vec<ReadPart>,
    pub(crate) epilogue: Option<Range<u64>>,
    pub(crate) violations: Vec<(ViolationId, u64, Option<u32>)>,
    /// The same and the error, whole.
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) error: Option<(ViolationId, u64, Option<u32>)>,
    pub(crate) ended: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ReadPart {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<Vec<u8>>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) head: Range<u64>,
    pub(crate) content: Vec<u8>,
    /// Of the whole part; `None` when it was not complete.
    pub(crate) span: Option<Range<u64>>,
}

impl Reading {
    fn fail(&mut self, error: Diagnosis) {
        self.error = Some((error.id, error.offset(), error.part));
        self.diagnoses.push(error);
    }
}

/// Feeds the pieces between `cuts`, which ascend.
pub(crate) fn read(
    boundary: Boundary,
    policy: impl Into<Policy>,
    limits: &Limits,
    body: &[u8],
    cuts: &[usize],
) -> Reading {
    let mut parser = Parser::new(boundary, policy, limits.clone());
    let mut reading = Reading::default();
    let mut start = 0;
    for end in cuts.iter().copied().chain([body.len()]) {
        if let Err(error) = take(parser.feed(&body[start..end]), &mut reading) {
            reading.fail(error);
            return reading;
        }
        assert_eq!(parser.offset(), end as u64);
        start = end;
    }
    if let Err(error) = take(parser.finish(), &mut reading) {
        reading.fail(error);
    }
    reading
}

/// Cuts after every `size` bytes.
pub(crate) fn every(size: usize, len: usize) -> Vec<usize> {
    (size..len).step_by(size).collect()
}

fn take(mut events: Events<'_, '_>, reading: &mut Reading) -> Result<(), Diagnosis> {
    while let Some(event) = events.next_event()? {
        assert!(!reading.ended, "{event:?} after the end");
        match event {
            Event::Preamble { span } => reading.preamble = Some(span),
            Event::PartBegin(head) => {
                assert_eq!(head.index as usize, reading.parts.len());
                assert_eq!(head.raw().len() as u64, head.span.end - head.span.start);
                reading.parts.push(ReadPart {
                    name: head.name().map_or_else(String::new, |name| name.to_string()),
                    filename: head.filename().map(|name| name.to_string()),
                    content_type: head.content_type().map(<[u8]>::to_vec),
                    headers: head
                        .headers()
                        .map(|(name, value)| (name.to_vec(), value.to_vec()))
                        .collect(),
                    head: head.span.clone(),
                    content: Vec::new(),
                    span: None,
                });
            }
            Event::Data { bytes, offset } => {
                let part = reading.parts.last_mut().expect("content belongs to a part");
                assert_eq!((part.span.as_ref(), bytes.is_empty()), (None, false));
                assert_eq!(offset, part.head.end + part.content.len() as u64);
                part.content.extend_from_slice(bytes);
            }
            Event::PartEnd { index, span, len } => {
                assert_eq!(index as usize + 1, reading.parts.len());
                let part = reading.parts.last_mut().expect("an end belongs to a part");
                assert_eq!((span.start, len), (part.head.start, part.content.len() as u64));
                assert_eq!(span.end, part.head.end + len);
                part.span = Some(span);
            }
            Event::Epilogue { span } => reading.epilogue = Some(span),
            Event::Violation(violation) => {
                reading
                    .violations
                    .push((violation.id, violation.offset(), violation.part));
                reading.diagnoses.push(violation);
            }
            Event::End => reading.ended = true,
        }
    }
    Ok(())
}
