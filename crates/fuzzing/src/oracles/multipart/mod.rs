//! The reader and the writer of forms.

mod broken;
mod pulled;
mod trace;
mod value;

use std::cell::RefCell;
use std::io::Read as _;

use arbitrary::{Arbitrary, Unstructured};
use rebuttal_multipart::{Boundary, Explainer, Limits, LineKind, Mode};

use self::{
    pulled::Outcome,
    trace::{Entry, How, Trace},
};
use super::cut::{self, Chunks};
use crate::generators::form::Written;

pub use broken::malform;
pub use value::{content_type, disposition};

thread_local! {
    /// The readings that are compared, kept for their memory.
    static READINGS: RefCell<[Trace; 2]> = RefCell::default();
}

/// Reads a body with the boundary `b`. The first byte of the input chooses mode, limits and what the reading is
/// compared with, the second how the body is cut.
///
/// | bits of the first byte | meaning |
/// | --- | --- |
/// | 0 and 2 | `0` strict, `1` lenient, `4` and `5` observing |
/// | 1 | limits that short bodies reach |
/// | 3 to 5 | compared with: `3` the other modes, `4` the reader that is asked, `5` the listing; `0` and `6` the body as a whole; else nothing |
///
/// # Panics
///
/// When reading depends on how the body is cut or asked for, when what is read does not account for the bytes or
/// passes a limit, when strict mode takes what lenient mode reads otherwise, or when the lines of a listing do not
/// tile the body.
pub fn multipart_raw(input: &[u8]) {
    let [setting, cuts, body @ ..] = input else { return };
    let (defaults, tight);
    let limits = if setting & 2 == 0 {
        defaults = Limits::default();
        &defaults
    } else {
        tight = tight_limits();
        &tight
    };
    let how = How {
        boundary: Boundary::new("b").expect("a boundary"),
        mode: match setting & 5 {
            0 => Mode::Strict,
            1 => Mode::Lenient,
            _ => Mode::Observe,
        },
        limits,
    };
    READINGS.with_borrow_mut(|readings| match setting >> 3 & 7 {
        3 => modes_agree(readings, &how, body),
        4 => asking_is_feeding(readings, &how, body, *cuts),
        5 => lines_tile(readings, &how, body, *cuts),
        0 | 6 => chunking_is_invisible(readings, &how, body, &cut::chosen(body, *cuts)),
        _ => readings[0].read(&how, body, cut::chosen(body, *cuts)),
    });
}

/// Limits that short inputs reach.
fn tight_limits() -> Limits {
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

fn chunking_is_invisible([whole, cut]: &mut [Trace; 2], how: &How<'_>, body: &[u8], chunks: &Chunks<'_>) {
    whole.read(how, body, cut::whole(body));
    cut.read(how, body, chunks.clone());
    assert_eq!(cut, whole, "{how:?}, cut as {chunks:?}");
}

/// What strict mode takes every mode reads the same; what stops it, the others know of.
fn modes_agree([strict, other]: &mut [Trace; 2], how: &How<'_>, body: &[u8]) {
    let in_mode = |mode| How { mode, ..*how };
    strict.read(&in_mode(Mode::Strict), body, cut::whole(body));
    // A limit on violations stops the mode that reports more, so it may stop any.
    let is_limit = |trace: &Trace| trace.stopped().is_some_and(|it| it.id.is_hard());
    if is_limit(strict) {
        return;
    }
    for mode in [Mode::Lenient, Mode::Observe] {
        other.read(&in_mode(mode), body, cut::whole(body));
        if is_limit(other) {
            continue;
        }
        match strict.stopped() {
            None => {
                assert!(strict.reads_as(other), "{mode:?}: {other:?}, strict: {strict:?}");
                let more = other.odd().find(|it| {
                    !strict
                        .odd()
                        .any(|said| (said.id, &said.span) == (it.id, &it.span))
                });
                assert!(more.is_none(), "{mode:?} only: {more:?}");
            }
            Some(error) if other.stopped().is_none() => {
                let said = other
                    .odd()
                    .any(|it| (it.id, &it.span, it.part) == (error.id, &error.span, error.part));
                assert!(said, "{mode:?} does not report {error:?}: {other:?}");
            }
            Some(_) => {}
        }
    }
}

fn asking_is_feeding([whole, _]: &mut [Trace; 2], how: &How<'_>, body: &[u8], cuts: u8) {
    whole.read(how, body, cut::whole(body));
    let asked = pulled::read(how.parser(), cut::chosen(body, cuts));
    let fed = Outcome {
        parts: whole.parts(body),
        violations: whole.odd().count(),
        stopped: whole.stopped().map(|it| (it.id.as_str(), it.offset())),
    };
    assert_eq!(asked, fed, "{how:?}: {}", body.escape_ascii());
}

fn lines_tile([whole, _]: &mut [Trace; 2], how: &How<'_>, body: &[u8], cuts: u8) {
    whole.read(how, body, cut::whole(body));
    let explained = |chunks: Chunks<'_>| {
        let mut explainer = Explainer::new(how.boundary, how.mode, how.limits.clone());
        chunks.for_each(|chunk| explainer.feed(chunk));
        explainer.finish()
    };
    let listing = explained(cut::whole(body));
    let mut at = 0;
    for line in &listing.lines {
        assert_eq!(line.span.start, at, "a gap in {:?}", listing.lines);
        let is_content = line.kind == LineKind::Content;
        assert!(
            line.span.end > at || is_content,
            "an empty line in {:?}",
            listing.lines
        );
        at = line.span.end;
    }
    assert_eq!(
        (at, listing.bytes),
        (body.len() as u64, body.len() as u64),
        "bytes in no line"
    );
    assert!(
        listing.violations.iter().eq(whole.odd()),
        "{listing:?}, read as {whole:?}"
    );
    assert_eq!(listing.stopped.as_ref(), whole.stopped());
    let chunks = cut::chosen(body, cuts);
    assert_eq!(explained(chunks.clone()), listing, "{how:?}, cut as {chunks:?}");
}

/// Writes the form that is drawn from the input, and reads it back strictly; by the ways to write it and to read it
/// that the first byte chooses.
///
/// # Panics
///
/// When the parts are not the same, when reading depends on how the body is cut, or when two ways to write one form
/// give different bytes.
pub fn multipart_structured(input: &[u8]) {
    let mut u = Unstructured::new(input);
    let cuts: u8 = u.arbitrary().unwrap_or_default();
    let written = Written::arbitrary(&mut u).expect("every input makes a form");
    let Ok(body) = written.form.to_vec(&written.boundary) else {
        return;
    };
    let length = written.form.content_length(&written.boundary);
    assert_eq!(length, body.len() as u64, "content_length is not the length");

    let announced = written.boundary.content_type();
    let boundary = Boundary::from_content_type(announced.as_bytes()).expect("what is announced can be read");
    assert_eq!(boundary, written.boundary);
    let how = How {
        boundary,
        mode: Mode::Strict,
        limits: &Limits::default(),
    };
    READINGS.with_borrow_mut(|readings| {
        match cuts % 8 {
            5 => asking_is_feeding(readings, &how, &body, cuts),
            6 => modes_agree(readings, &how, &body),
            7 => written_in_pieces(&written, &body, cuts),
            _ => {}
        }
        chunking_is_invisible(readings, &how, &body, &cut::chosen(&body, cuts));
        let [whole, _] = readings;
        if written.parts.is_empty() {
            assert!(whole.stopped().is_some(), "a form without parts is refused");
            return;
        }
        assert_eq!(whole.entries.last(), Some(&Entry::End), "{}", body.escape_ascii());
        assert_eq!(whole.parts(&body), written.parts, "{}", body.escape_ascii());
    });
}

/// The form as it is sent, in pieces that are asked for, is the form as it is written at once.
fn written_in_pieces(written: &Written, body: &[u8], size: u8) {
    let plan = written.form.clone().plan_with(written.boundary);
    let plan = plan.expect("what can be written can be planned");
    assert_eq!(plan.content_length(), Some(body.len() as u64));
    let mut output = plan.into_output();
    let (mut sent, mut buffer) = (Vec::with_capacity(body.len()), [0; 64]);
    let buffer = &mut buffer[..=usize::from(size % 64)];
    loop {
        match output.read(buffer).expect("no source that could fail") {
            0 => break,
            length => sent.extend_from_slice(&buffer[..length]),
        }
    }
    assert_eq!(sent, body, "sent in pieces of {}", buffer.len());
}
