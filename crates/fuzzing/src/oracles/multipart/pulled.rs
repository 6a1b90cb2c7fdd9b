//! The reader that is asked for parts says what the reader that is fed says.

use rebuttal_multipart::{Parser, ReadError, read};

use super::cut;
use crate::generators::form::Plain;

/// What a reader has made of a body.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Outcome {
    pub(super) parts: Vec<Plain>,
    /// How many violations did not stop it.
    pub(super) violations: usize,
    /// Which one did, and where.
    pub(super) stopped: Option<(&'static str, u64)>,
}

/// Reads a body that comes in these chunks, part by part.
pub(super) fn read(parser: Parser, chunks: cut::Chunks<'_>) -> Outcome {
    let mut multipart = read::Multipart::new(cut::Source::new(chunks), parser);
    let mut outcome = Outcome::default();
    loop {
        match multipart.next_part() {
            Ok(None) => break,
            Err(ReadError::Body(error)) => {
                outcome.stopped = Some((error.id.as_str(), error.offset()));
                break;
            }
            Err(error) => panic!("a source in memory does not fail: {error}"),
            Ok(Some(mut part)) => {
                let head = part.head();
                let mut plain = Plain {
                    name: head.name().map(ToString::to_string).unwrap_or_default(),
                    filename: head.filename().map(ToString::to_string),
                    content_type: head.content_type().map(<[u8]>::to_owned),
                    content: Vec::new(),
                };
                while let Ok(Some(chunk)) = part.chunk() {
                    plain.content.extend_from_slice(chunk);
                }
                outcome.parts.push(plain);
            }
        }
    }
    outcome.violations = multipart.violations().len();
    outcome
}
