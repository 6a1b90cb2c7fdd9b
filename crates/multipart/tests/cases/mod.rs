//! Small bodies with the boundary `B`, and what the reader makes of them, the same at every chunking.
//!
//! A body is written with a `^` where a violation must be placed; [`marked`] takes it out.
#![allow(dead_code, reason = "each test program uses some of these")]

use rebuttal_multipart::{Boundary, ContentType, Diagnosis, Event, Limits, Mode, Parser};

use crate::reading::{every, read};

pub(crate) const BOTH: [Mode; 2] = [Mode::Strict, Mode::Lenient];

/// Bodies up to this many bytes are cut at every place, besides the sizes that all are cut into.
const EVERY_CUT_MAX_BYTES: usize = 400;
/// No body is cut into more chunks than this.
const MOST_CHUNKS: usize = 20_000;

/// A part as read, begun at least.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content: Vec<u8>,
}

/// What the reader made of a body. Violations are told by the text of their id, and their place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) parts: Vec<Part>,
    pub(crate) reported: Vec<(&'static str, u64)>,
    pub(crate) refused: Option<(&'static str, u64)>,
}

impl Outcome {
    /// How often a violation was reported without stopping the reader.
    pub(crate) fn count(&self, id: &str) -> usize {
        self.reported.iter().filter(|(found, _)| *found == id).count()
    }
}

pub(crate) fn boundary() -> Boundary {
    Boundary::new("B").expect("a boundary")
}

/// Reads a body at many chunkings, which must not show.
pub(crate) fn outcome(mode: Mode, limits: &Limits, body: &[u8]) -> Outcome {
    outcome_with(boundary(), mode, limits, body)
}

pub(crate) fn outcome_with(boundary: Boundary, mode: Mode, limits: &Limits, body: &[u8]) -> Outcome {
    let whole = read(boundary, mode, limits, body, &[]);
    assert_eq!(whole.ended, whole.error.is_none(), "{}", shown(body));
    for size in [1, 2, 3, 7, 16, 64, 1000, 4096, 65_536] {
        if size < body.len() && body.len() / size <= MOST_CHUNKS {
            let cut = read(boundary, mode, limits, body, &every(size, body.len()));
            assert!(cut == whole, "chunks of {size}, {mode:?}: {}", shown(body));
        }
    }
    if body.len() <= EVERY_CUT_MAX_BYTES {
        for at in 0..=body.len() {
            let cut = read(boundary, mode, limits, body, &[at]);
            assert!(cut == whole, "cut at {at}, {mode:?}: {}", shown(body));
        }
    }
    Outcome {
        parts: whole
            .parts
            .iter()
            .map(|part| Part {
                name: part.name.clone(),
                filename: part.filename.clone(),
                content: part.content.clone(),
            })
            .collect(),
        reported: whole
            .violations
            .iter()
            .map(|(id, at, _)| (id.as_str(), *at))
            .collect(),
        refused: whole.error.map(|(id, at, _)| (id.as_str(), at)),
    }
}

/// Reads the boundary out of a `Content-Type`: its text and what was reported, or why there is none.
#[expect(clippy::type_complexity, reason = "a helper of these tests only")]
pub(crate) fn announced(
    mode: Mode,
    value: &[u8],
) -> Result<(String, Vec<(&'static str, u64)>), (&'static str, u64)> {
    let read = ContentType::read(value, &mode.into());
    let place = |it: &Diagnosis| (it.id.as_str(), it.offset());
    match read.boundary() {
        Ok(boundary) => {
            let reported = read.diagnoses().iter().map(place).collect();
            Ok((boundary.as_str().to_owned(), reported))
        }
        Err(error) => Err(place(&error)),
    }
}

/// What a reader hands out, counted, and every message that it writes.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) data_events: usize,
    pub(crate) data_bytes: usize,
    pub(crate) messages: Vec<String>,
}

/// Feeds chunks of one size to the end, past an error too, which must then repeat itself.
pub(crate) fn output(mode: Mode, limits: &Limits, body: &[u8], size: usize) -> Output {
    let mut parser = Parser::new(boundary(), mode, limits.clone());
    let mut output = Output::default();
    let mut refused = None;
    for chunk in body.chunks(size).map(Some).chain([None]) {
        let mut events = match chunk {
            Some(chunk) => parser.feed(chunk),
            None => parser.finish(),
        };
        loop {
            match events.next_event() {
                Ok(None) => break,
                Ok(Some(event)) => {
                    assert_eq!(refused, None, "{event:?} after an error");
                    match event {
                        Event::Data { bytes, .. } => {
                            output.data_events += 1;
                            output.data_bytes += bytes.len();
                        }
                        Event::Violation(violation) => output.messages.push(violation.to_string()),
                        _ => {}
                    }
                }
                Err(error) => {
                    let message = error.to_string();
                    if refused.is_none() {
                        output.messages.push(message.clone());
                    }
                    assert_eq!(*refused.get_or_insert(message.clone()), message);
                    break;
                }
            }
        }
    }
    output
}

/// A body without its `^`, and where that stood.
pub(crate) fn marked(body: impl AsRef<[u8]>) -> (Vec<u8>, u64) {
    let body = body.as_ref();
    let at = body
        .iter()
        .position(|byte| *byte == b'^')
        .expect("a mark in the body");
    let mut rest = body.to_vec();
    rest.remove(at);
    (rest, at as u64)
}

/// A body of one part with these header lines, given without the last CRLF.
pub(crate) fn one(head: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Vec<u8> {
    [
        b"--B\r\n",
        head.as_ref(),
        b"\r\n\r\n",
        content.as_ref(),
        b"\r\n--B--\r\n",
    ]
    .concat()
}

/// A field, framed by the delimiter before it.
pub(crate) fn field(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
    [head.as_bytes(), content.as_ref(), b"\r\n"].concat()
}

/// The line that begins most parts here.
pub(crate) const NAMED: &str = "Content-Disposition: form-data; name=\"a\"";

pub(crate) fn part(name: &str, filename: Option<&str>, content: impl AsRef<[u8]>) -> Part {
    Part {
        name: name.to_owned(),
        filename: filename.map(str::to_owned),
        content: content.as_ref().to_vec(),
    }
}

/// In this mode the body is refused for this, at the mark; what was read before that.
pub(crate) fn refused_in(mode: Mode, limits: &Limits, body: impl AsRef<[u8]>, id: &str) -> Vec<Part> {
    let (body, at) = marked(body);
    let outcome = outcome(mode, limits, &body);
    assert_eq!(outcome.refused, Some((id, at)), "{mode:?}: {}", shown(&body));
    outcome.parts
}

/// In both modes, under the limits that are the default.
pub(crate) fn refused(body: impl AsRef<[u8]>, id: &str) {
    for mode in BOTH {
        refused_in(mode, &Limits::default(), &body, id);
    }
}

/// In this mode the body is read to its end, and this is reported once, at the mark; its parts.
pub(crate) fn reported_in(mode: Mode, body: impl AsRef<[u8]>, id: &str) -> Vec<Part> {
    let (body, at) = marked(body);
    let outcome = outcome(mode, &Limits::default(), &body);
    assert_eq!(outcome.refused, None, "{mode:?}: {}", shown(&body));
    assert_eq!(outcome.count(id), 1, "{id}, {mode:?}: {outcome:?}");
    assert!(
        outcome.reported.contains(&(id, at)),
        "{at}, {mode:?}: {outcome:?}"
    );
    outcome.parts
}

/// In both modes the body is read to its end, to the same parts, which are these.
pub(crate) fn taken(body: impl AsRef<[u8]>, wanted: &[Part]) {
    for mode in BOTH {
        let outcome = outcome(mode, &Limits::default(), body.as_ref());
        assert_eq!(outcome.refused, None, "{mode:?}: {}", shown(body.as_ref()));
        assert_eq!(outcome.parts, wanted, "{mode:?}: {}", shown(body.as_ref()));
    }
}

/// The start of a body, for a message.
fn shown(body: &[u8]) -> impl std::fmt::Display {
    body[..body.len().min(300)].escape_ascii()
}
