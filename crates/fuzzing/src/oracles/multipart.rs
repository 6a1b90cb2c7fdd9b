//! The reader and the writer of forms.

use rebuttal_multipart::{Boundary, Diagnosis, Event, Limits, Mode, Parser};

use super::cut;
use super::pulled::{self, Outcome};
use crate::generators::{
    Bytes,
    form::{self, Plain},
};

/// Reads a body with the boundary `b`: the first byte of the input chooses mode and limits, the second how
/// the body is cut.
///
/// # Panics
///
/// When reading depends on how the body is cut, or when what is read does not account for the bytes.
pub fn multipart_raw(input: &[u8]) {
    let [setting, cuts, body @ ..] = input else { return };
    let mode = match setting & 5 {
        0 => Mode::Strict,
        1 => Mode::Lenient,
        _ => Mode::Observe,
    };
    let limits = if setting & 2 == 0 {
        Limits::default()
    } else {
        tight()
    };
    let boundary = Boundary::new("b").expect("a boundary");
    chunking_is_invisible(boundary, mode, &limits, body, *cuts);
}

/// Writes the form that is drawn from the input, and reads it back strictly.
///
/// # Panics
///
/// When the parts are not the same, or reading depends on how the body is cut.
pub fn multipart_round_trip(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let cuts = bytes.byte();
    let written = form::written(&mut bytes);
    let Ok(body) = written.form.to_vec(&written.boundary) else {
        return;
    };
    let length = written.form.content_length(&written.boundary);
    assert_eq!(length, body.len() as u64, "content_length is not the length");

    let announced = written.boundary.content_type();
    let boundary = Boundary::from_content_type(announced.as_bytes()).expect("what is announced can be read");
    assert_eq!(boundary, written.boundary);
    let limits = Limits::default();
    chunking_is_invisible(boundary, Mode::Strict, &limits, &body, cuts);
    let read = read(boundary, Mode::Strict, &limits, &[&body]);
    if written.parts.is_empty() {
        assert!(
            matches!(read.last(), Some(Read::Stopped(_))),
            "a form without parts is refused"
        );
        return;
    }
    assert_eq!(read.last(), Some(&Read::End), "{}", body.escape_ascii());
    assert_eq!(parts(&read), written.parts, "{}", body.escape_ascii());
}

/// Limits that short inputs reach.
fn tight() -> Limits {
    Limits {
        body_bytes: 200,
        parts: 3,
        files: 2,
        field_bytes: 8,
        file_bytes: 16,
        fields_bytes: 12,
        preamble_bytes: 8,
        padding_bytes: 2,
        epilogue_bytes: 4,
        header_line_bytes: 80,
        headers: 3,
        header_block_bytes: 120,
        disposition_bytes: 60,
        disposition_parameters: 3,
        name_bytes: 8,
        filename_bytes: 8,
        violations: 3,
    }
}

/// What a reader that is asked takes from its source at once, at least.
const AT_ONCE: usize = 4096;

fn chunking_is_invisible(boundary: Boundary, mode: Mode, limits: &Limits, body: &[u8], cuts: u8) {
    let whole = read(boundary, mode, limits, &[body]);
    accounts_for(&whole, body);
    for chunks in [
        cut::even(body, 1),
        cut::even(body, usize::from(cuts) + 2),
        cut::uneven(body, cuts),
    ] {
        let found = read(boundary, mode, limits, &chunks);
        let lengths: Vec<_> = chunks.iter().map(|chunk| chunk.len()).take(16).collect();
        assert_eq!(found, whole, "cut into {lengths:?}…: {}", body.escape_ascii());
        if chunks.iter().all(|chunk| chunk.len() <= AT_ONCE) {
            let pulled = pulled::read(Parser::new(boundary, mode, limits.clone()), &chunks);
            assert_eq!(
                pulled,
                outcome(&whole),
                "pulled in {lengths:?}…: {}",
                body.escape_ascii()
            );
        }
    }
}

/// One thing that was read, without what may depend on the cutting: where data was split.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Read {
    Part {
        index: u32,
        plain: Plain,
        span: (u64, u64),
    },
    Data {
        bytes: Vec<u8>,
        offset: u64,
    },
    PartEnd {
        index: u32,
        span: (u64, u64),
        len: u64,
    },
    Beside {
        span: (u64, u64),
    },
    Odd(Diagnosis),
    Stopped(Diagnosis),
    End,
}

fn read(boundary: Boundary, mode: Mode, limits: &Limits, chunks: &[&[u8]]) -> Vec<Read> {
    let mut parser = Parser::new(boundary, mode, limits.clone());
    let mut read = Vec::new();
    for chunk in chunks.iter().copied().map(Some).chain([None]) {
        let mut events = match chunk {
            Some(chunk) => parser.feed(chunk),
            None => parser.finish(),
        };
        loop {
            match events.next_event() {
                Ok(Some(event)) => take(&mut read, &event),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(events.next_event(), Err(error.clone()), "an error is final");
                    read.push(Read::Stopped(error));
                    return read;
                }
            }
        }
    }
    read
}

fn take(read: &mut Vec<Read>, event: &Event<'_>) {
    let taken = match event {
        Event::Preamble { span } | Event::Epilogue { span } => Read::Beside {
            span: (span.start, span.end),
        },
        Event::PartBegin(head) => Read::Part {
            index: head.index,
            span: (head.span.start, head.span.end),
            plain: Plain {
                name: head.name().map_or_else(String::new, |name| name.to_string()),
                filename: head.filename().map(|text| text.as_str().to_owned()),
                content_type: head.content_type().map(<[u8]>::to_owned),
                content: Vec::new(),
            },
        },
        Event::Data { bytes, offset } => {
            assert!(!bytes.is_empty(), "data without bytes");
            if let Some(Read::Data {
                bytes: before,
                offset: start,
            }) = read.last_mut()
            {
                assert_eq!(*start + before.len() as u64, *offset, "a gap in the data");
                before.extend_from_slice(bytes);
                return;
            }
            Read::Data {
                bytes: bytes.to_vec(),
                offset: *offset,
            }
        }
        Event::PartEnd { index, span, len } => Read::PartEnd {
            index: *index,
            span: (span.start, span.end),
            len: *len,
        },
        Event::Violation(it) => Read::Odd(it.clone()),
        Event::End => Read::End,
    };
    read.push(taken);
}

/// Spans and offsets are those of the body, parts come in turn, and each is as long as it says.
fn accounts_for(read: &[Read], body: &[u8]) {
    let (mut open, mut content, mut next) = (None, 0, 0);
    for item in read {
        match item {
            Read::Part { index, span, .. } => {
                assert_eq!((open, *index), (None, next), "parts come in turn");
                assert!(
                    span.0 <= span.1 && span.1 <= body.len() as u64,
                    "a span out of the body"
                );
                (open, content, next) = (Some(*index), 0, next + 1);
            }
            Read::Data { bytes, offset } => {
                assert!(open.is_some(), "data outside a part");
                let from = usize::try_from(*offset).expect("an offset in memory");
                assert_eq!(
                    body.get(from..from + bytes.len()),
                    Some(&bytes[..]),
                    "other bytes than the body's"
                );
                content += bytes.len() as u64;
            }
            Read::PartEnd { index, len, span } => {
                assert_eq!(
                    (open, content),
                    (Some(*index), *len),
                    "another length than the data's"
                );
                assert!(span.1 <= body.len() as u64, "a span out of the body");
                open = None;
            }
            Read::Beside { span } => assert!(span.0 < span.1 && span.1 <= body.len() as u64, "an empty span"),
            Read::Odd(it) | Read::Stopped(it) => {
                assert!(
                    it.span.start <= it.span.end && it.span.end <= body.len() as u64,
                    "a span out of the body: {it:?}"
                );
                let from = usize::try_from(it.offset()).expect("an offset in memory");
                let found = it.found.as_bytes();
                assert!(
                    body[from..].starts_with(found),
                    "found what does not stand there: {it:?}"
                );
                let full = (it.span.end - it.span.start).min(32);
                assert_eq!(found.len() as u64, full, "a window of another length: {it:?}");
            }
            Read::End => assert_eq!(open, None, "the end within a part"),
        }
    }
    let ended = matches!(read.last(), Some(Read::End | Read::Stopped(_)));
    assert!(ended, "neither an end nor an error: {read:?}");
}

fn outcome(read: &[Read]) -> Outcome {
    Outcome {
        parts: parts(read),
        violations: read
            .iter()
            .filter(|item| matches!(item, Read::Odd { .. }))
            .count(),
        stopped: match read.last() {
            Some(Read::Stopped(it)) => Some((it.id.as_str(), it.offset())),
            _ => None,
        },
    }
}

fn parts(read: &[Read]) -> Vec<Plain> {
    let mut parts: Vec<Plain> = Vec::new();
    for item in read {
        match item {
            Read::Part { plain, .. } => parts.push(plain.clone()),
            Read::Data { bytes, .. } => parts.last_mut().expect("a part").content.extend_from_slice(bytes),
            _ => {}
        }
    }
    parts
}
