//! The reader and the writer of forms.

mod account;
mod broken;
mod pulled;
mod spelled;
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
pub use spelled::multipart_spelled;
pub use value::{content_type, disposition};

thread_local! {
    /// The readings that are compared, kept for their memory.
    static READINGS: RefCell<[Trace; 2]> = RefCell::default();
}

/// Reads a body with the boundary `b`. Bit 1 of the first byte of the input asks for limits that short bodies reach, the
/// second byte says how the body is cut. The mode, and what the reading is held against, are drawn from all of the
/// input: were they bytes of their own, inputs would settle on what costs most. [`raw_every_way`] draws nothing.
///
/// # Panics
///
/// When reading depends on how the body is cut or asked for, when what is read does not account for the bytes or
/// passes a limit, when strict mode takes what lenient mode reads otherwise, or when the lines of a listing do not
/// tile the body.
pub fn multipart_raw(input: &[u8]) {
    let hash = hash(input);
    raw(input, drawn_mode(hash), Against::drawn(hash));
}

/// [`multipart_raw`] in every mode, held against everything.
///
/// # Panics
///
/// As [`multipart_raw`].
pub fn raw_every_way(input: &[u8]) {
    for mode in [Mode::Strict, Mode::Lenient, Mode::Observe] {
        for against in Against::ALL {
            raw(input, mode, against);
        }
    }
}

fn raw(input: &[u8], mode: Mode, against: Against) {
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
        mode,
        limits,
    };
    READINGS.with_borrow_mut(|readings| match against {
        Against::Bytes => readings[0].read(&how, body, cut::chosen(body, *cuts)),
        Against::Whole => chunking_is_invisible(readings, &how, body, &cut::chosen(body, *cuts)),
        Against::Modes => modes_agree(readings, &how, body),
        Against::Asked => asking_is_feeding(readings, &how, body, *cuts),
        Against::Lines => lines_tile(readings, &how, body, *cuts),
    });
}

/// What a reading is held against, which costs one more reading or several.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Against {
    /// The bytes alone.
    Bytes,
    /// The body as a whole.
    Whole,
    /// The other modes.
    Modes,
    /// The reader that is asked for parts.
    Asked,
    /// The listing.
    Lines,
}

impl Against {
    const ALL: [Self; 5] = [Self::Bytes, Self::Whole, Self::Modes, Self::Asked, Self::Lines];

    /// One of 32 chances each for what costs most.
    fn drawn(hash: u64) -> Self {
        match hash % 32 {
            0 => Self::Modes,
            1 => Self::Asked,
            2 => Self::Lines,
            3..8 => Self::Whole,
            _ => Self::Bytes,
        }
    }
}

/// The mode to read in. What strict mode stops at costs little, and most of what a fuzzer makes up is that.
fn drawn_mode(hash: u64) -> Mode {
    match hash / 32 % 8 {
        0 => Mode::Observe,
        1 | 2 => Mode::Lenient,
        _ => Mode::Strict,
    }
}

/// A number that every byte has a part in, eight of them at a time: a fuzzer pays for each comparison.
fn hash(input: &[u8]) -> u64 {
    let (words, rest) = input.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mix = |hash: u64, word: &[u8; 8]| {
        (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    let hash = words.iter().chain([&last]).fold(input.len() as u64, mix);
    hash >> 32
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

/// Writes the form that is drawn from the input, and reads it back strictly, cut as the first byte says. What it is
/// written and read with besides is drawn as in [`multipart_raw`].
///
/// # Panics
///
/// When the parts are not the same, when reading depends on how the body is cut, when two ways to write one form
/// give different bytes, or when what is announced is not what is sent.
pub fn multipart_structured(input: &[u8]) {
    let also = match hash(input) % 32 {
        0 => &[Also::Modes],
        1 => &[Also::Asked],
        2 => &[Also::Pieces],
        3..6 => &[Also::Announced],
        6..11 => &[Also::Whole],
        _ => &[][..],
    };
    structured(input, also);
}

/// [`multipart_structured`] in every way at once.
///
/// # Panics
///
/// As [`multipart_structured`].
pub fn structured_every_way(input: &[u8]) {
    use Also::{Announced, Asked, Modes, Pieces, Whole};
    structured(input, &[Modes, Asked, Pieces, Announced, Whole]);
}

/// What is asked of a form besides that it is read back.
#[derive(Clone, Copy, Debug)]
enum Also {
    /// The modes agree on it.
    Modes,
    /// The reader that is asked for parts reads the same.
    Asked,
    /// It is sent as it is written at once.
    Pieces,
    /// Its length and boundary are what is announced.
    Announced,
    /// It is read the same in one chunk.
    Whole,
}

fn structured(input: &[u8], also: &[Also]) {
    let mut u = Unstructured::new(input);
    let cuts: u8 = u.arbitrary().unwrap_or_default();
    let written = Written::arbitrary(&mut u).expect("every input makes a form");
    let Ok(body) = written.form.to_vec(&written.boundary) else {
        return;
    };
    let limits = Limits::default();
    let how = How {
        boundary: written.boundary,
        mode: Mode::Strict,
        limits: &limits,
    };
    READINGS.with_borrow_mut(|readings| {
        for also in also {
            match also {
                Also::Modes => modes_agree(readings, &how, &body),
                Also::Asked => asking_is_feeding(readings, &how, &body, cuts),
                Also::Pieces => written_in_pieces(&written, &body, cuts),
                Also::Announced => announced(&written, &body),
                Also::Whole => chunking_is_invisible(readings, &how, &body, &cut::chosen(&body, cuts)),
            }
        }
        let [read, _] = readings;
        read.read(&how, &body, cut::chosen(&body, cuts));
        if written.parts.is_empty() {
            assert!(read.stopped().is_some(), "a form without parts is refused");
            return;
        }
        assert!(
            read.entries.last() == Some(&Entry::End) && read.has_parts(&body, &written.parts),
            "{:?}, written: {}, read: {read:?}",
            written.parts,
            body.escape_ascii()
        );
    });
}

/// A server knows of a form what its head announces.
fn announced(written: &Written, body: &[u8]) {
    let length = written.form.content_length(&written.boundary);
    assert_eq!(length, body.len() as u64, "content_length is not the length");
    let announced = written.boundary.content_type();
    let boundary = Boundary::from_content_type(announced.as_bytes()).expect("what is announced can be read");
    assert_eq!(boundary, written.boundary);
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
