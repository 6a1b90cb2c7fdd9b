//! Values of headers: the announcement of a form, and the disposition of a part.

use rebuttal_multipart::{
    Boundary, ContentType, Decoding, Diagnosis, Event, Limits, Mode, Parser, Part, Place, Policy, Text,
};

use super::{How, READINGS, chunking_is_invisible, modes_agree, tight_limits};
use crate::{oracles::cut, reference::announced};

/// Reads the value of a request's `Content-Type`.
///
/// # Panics
///
/// When a diagnosis is not about bytes of the value, when strict mode takes what another mode reads otherwise or
/// refuses what it does not know of, when it reads another boundary than the grammar has, or when a boundary is not
/// read back from its own announcement.
pub fn content_type(value: &[u8]) {
    let [strict, lenient, observed] =
        [Mode::Strict, Mode::Lenient, Mode::Observe].map(|mode| ContentType::read(value, &Policy::new(mode)));
    for read in [&strict, &lenient, &observed] {
        let error = read.boundary().err();
        // One parameter can break a few rules, and takes a byte at least.
        assert!(
            read.diagnoses().len() <= 4 * value.len() + 4,
            "more to say than bytes"
        );
        for it in read.diagnoses().iter().chain(&error) {
            diagnosed(it, value);
        }
        if let Ok(boundary) = read.boundary() {
            assert!((1..=256).contains(&boundary.as_bytes().len()), "{boundary:?}");
        }
    }
    // No byte outside ASCII is in the grammar of what is asked for, so that how those are read decides nothing.
    let wanted = announced::boundary(&String::from_utf8_lossy(value));
    let read = strict.boundary().ok().map(Boundary::as_str);
    assert_eq!(read, wanted.as_deref(), "{}", value.escape_ascii());
    match strict.boundary() {
        Ok(boundary) => {
            assert_eq!(Boundary::new(boundary.as_str()), Ok(*boundary));
            let announced = boundary.content_type();
            assert_eq!(
                Boundary::from_content_type(announced.as_bytes()),
                Ok(*boundary),
                "{announced}"
            );
            for other in [&lenient, &observed] {
                assert_eq!(other.boundary(), Ok(boundary), "{}", value.escape_ascii());
            }
        }
        Err(error) => {
            for other in [&lenient, &observed]
                .into_iter()
                .filter(|it| it.boundary().is_ok())
            {
                let same = |it: &Diagnosis| (it.id, &it.span) == (error.id, &error.span);
                assert!(
                    other.diagnoses().iter().any(same),
                    "no word of {error:?}: {other:?}"
                );
            }
        }
    }
}

fn diagnosed(it: &Diagnosis, value: &[u8]) {
    assert_eq!((it.place, it.part), (Place::ContentType, None));
    assert!(it.id.as_str().starts_with('C'), "{it:?}");
    let range = usize::try_from(it.span.start)
        .ok()
        .zip(usize::try_from(it.span.end).ok());
    let span = range.and_then(|(start, end)| value.get(start..end));
    let span = span.unwrap_or_else(|| panic!("out of the value: {it:?}"));
    assert_eq!(it.found.as_bytes(), &span[..span.len().min(32)], "{it:?}");
}

/// Reads a part whose disposition is given. Bit 1 of the first byte asks for limits that short values reach, the bits
/// above it say how the body is cut; the rest is what stands behind `form-data` in the header.
///
/// # Panics
///
/// When modes or chunkings disagree, when a name is not what stands where it says, or when it is not read back from
/// where our own writer puts it.
pub fn disposition(input: &[u8]) {
    let [setting, value @ ..] = input else { return };
    let limits = if setting & 2 == 0 {
        Limits::default()
    } else {
        tight_limits()
    };
    let how = How {
        boundary: Boundary::new("b").expect("a boundary"),
        mode: Mode::Lenient,
        limits: &limits,
    };
    let body = [
        b"--b\r\nContent-Disposition: form-data",
        value,
        b"\r\n\r\nv\r\n--b--\r\n",
    ]
    .concat();
    READINGS.with_borrow_mut(|readings| {
        if setting & 1 == 0 {
            modes_agree(readings, &how, &body);
        } else {
            chunking_is_invisible(readings, &how, &body, &cut::chosen(&body, setting >> 2));
        }
    });
    let mut parser = how.parser();
    let mut events = parser.feed(&body);
    while let Ok(Some(event)) = events.next_event() {
        let Event::PartBegin(head) = event else { continue };
        let (name, filename) = (head.name(), head.filename());
        for text in [&name, &filename].into_iter().flatten() {
            stands_there(text, &body);
        }
        if let Some(name) = name {
            written_again(name.as_str(), filename.as_ref().map(Text::as_str));
        }
        return;
    }
}

fn stands_there(text: &Text<'_>, body: &[u8]) {
    let from = usize::try_from(text.offset()).expect("an offset in memory");
    // Folded lines are joined by spaces, byte for byte.
    let raw = body.get(from..from + text.raw().len()).unwrap_or_default();
    let same = raw
        .iter()
        .zip(text.raw())
        .all(|(there, told)| there == told || matches!(there, b'\r' | b'\n') && *told == b' ');
    assert!(
        same && raw.len() == text.raw().len(),
        "does not stand there: {text:?}"
    );
    if text.decoding() == Decoding::Verbatim {
        assert_eq!(text.as_str(), String::from_utf8_lossy(text.raw()));
    }
    assert_eq!(
        text.is_lossy(),
        text.is_lossy() && text.as_str().contains('\u{fffd}')
    );
    assert!(text.as_str().len() <= 3 * text.raw().len(), "{text:?}");
    if let Some(last) = text.last_segment() {
        assert!(
            text.as_str().ends_with(last) && !last.contains(['/', '\\']),
            "{last:?}"
        );
    }
}

/// Names that were read are written and read again, escaped as HTML forms do, or the writer refuses them.
fn written_again(name: &str, filename: Option<&str>) {
    let part = Part::new(name, "");
    let part = filename.into_iter().fold(part, Part::filename);
    let boundary = Boundary::new("b").expect("a boundary");
    let Ok(body) = rebuttal_multipart::Form::new().part(part).to_vec(&boundary) else {
        return;
    };
    // A byte that is no text becomes three, and so a name may have become too long.
    let mut parser = Parser::new(boundary, Mode::Strict, Limits::MAX);
    let mut events = parser.feed(&body);
    loop {
        match events.next_event() {
            Ok(Some(Event::PartBegin(head))) => {
                let escaped = |text: &str| crate::generators::form::escaped(text);
                let read = |text: Option<Text<'_>>| text.map(|it| it.as_str().to_owned());
                assert_eq!(read(head.name()), Some(escaped(name)));
                assert_eq!(read(head.filename()), filename.map(escaped));
                return;
            }
            Ok(Some(Event::Violation(_))) => {}
            other => panic!("{name:?} and {filename:?} are not read back: {other:?}"),
        }
    }
}
