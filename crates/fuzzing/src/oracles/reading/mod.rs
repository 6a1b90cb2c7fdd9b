//! What is built on the reader of forms: asking for parts, exceptions from a mode, and listing a body.

mod asked;
mod listed;

use arbitrary::{Arbitrary, Unstructured};
use rebuttal_multipart::{
    Action, Boundary, Diagnosis, Event, Limits, Mode, Parser, Place, Policy, Severity, ViolationId,
};

use super::cut;
use crate::generators::{edited, form::Written};

/// Reads a body with the boundary `b` by what is built on the reader, or one that is drawn. Of the first byte, bits 0
/// and 1 choose `0` parts that are asked for, `1` an exception from the mode, `2` the lines of the body, `3` misuse;
/// bits 2 and 3 the mode; bit 4 says that the body is drawn, bit 5 that another length was announced. The second byte
/// says how the body is cut, or which rule the exception is from.
///
/// # Panics
///
/// When a part that is asked for is not the part that was sent, however it is asked for; when an exception is not kept,
/// or changes what nobody asked for; when a violation is told under another line than its own; when misuse goes
/// unnoticed; or when a diagnosis cannot be read.
pub fn multipart_reading(input: &[u8]) {
    let [setting, choice, rest @ ..] = input else {
        return;
    };
    let mode = [Mode::Strict, Mode::Lenient, Mode::Observe][usize::from(setting >> 2 & 3) % 3];
    let (mut boundary, mut body) = (Boundary::new("b").expect("a boundary"), rest.to_vec());
    if setting & 16 != 0 {
        let mut u = Unstructured::new(rest);
        let written = Written::arbitrary(&mut u).expect("every input makes a form");
        if let Ok(sound) = written.form.to_vec(&written.boundary) {
            boundary = written.boundary;
            body = edited(&mut u, sound).expect("every input makes a body");
        }
    }
    let announced = (body.len() + usize::from(setting >> 5 & 1)) as u64;
    let parser = || Parser::new(boundary, mode, Limits::default()).expecting(announced);
    match setting & 3 {
        0 => asked::parts(&parser, &body, *choice),
        1 => excepted(boundary, mode, &body, *choice),
        2 => listed::lines(boundary, mode, &body, announced, *choice),
        _ => misused(&parser, &body, *choice),
    }
}

/// Everything that is wrong, what stopped the reader last.
pub(super) fn said(mut parser: Parser, chunks: cut::Chunks<'_>) -> (Vec<Diagnosis>, Option<Diagnosis>) {
    let mut said = Vec::new();
    for chunk in chunks.map(Some).chain([None]) {
        let mut events = match chunk {
            Some(chunk) => parser.feed(chunk),
            None => parser.finish(),
        };
        loop {
            match events.next_event() {
                Ok(Some(Event::Violation(it))) => said.push(it),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => return (said, Some(error)),
            }
        }
    }
    (said, None)
}

/// One rule that the mode judges otherwise.
fn excepted(boundary: Boundary, mode: Mode, body: &[u8], choice: u8) {
    let parser = |policy: Policy| Parser::new(boundary, policy, Limits::default());
    let (before, stopped) = said(parser(mode.into()), cut::whole(body));
    // What the body breaks, so that the exception matters, or any.
    let broken: Vec<_> = before.iter().chain(&stopped).map(|it| it.id).collect();
    let of = if broken.is_empty() {
        ViolationId::ALL
    } else {
        &broken
    };
    let id = of[usize::from(choice >> 2) % of.len()];
    let action = [Action::Allow, Action::Report, Action::Deny][usize::from(choice & 3) % 3];
    let policy = Policy::new(mode).with(id, action);
    assert_eq!(policy.mode(), mode);
    for other in ViolationId::ALL {
        let kept = *other != id || id.is_hard();
        let wanted = if kept {
            Policy::new(mode).action(*other)
        } else {
            action
        };
        assert_eq!(policy.action(*other), wanted, "{other} with {id} {action:?}");
    }
    let (told, now) = said(parser(policy.clone()), cut::whole(body));
    for it in told.iter().chain(&now) {
        legible(it, mode);
    }
    if id.is_hard() {
        assert_eq!(
            (&told, &now),
            (&before, &stopped),
            "{id} is hard, and not to be excepted"
        );
        return;
    }
    let is_it = |it: &&Diagnosis| it.id == id;
    // In lenient mode what leaves two readings is refused all the same; the line end around a body stays information.
    let ambiguous = mode == Mode::Lenient;
    let lone = matches!(id, ViolationId::F01 | ViolationId::F13);
    match action {
        Action::Allow => assert_eq!(told.iter().find(is_it), None, "allowed"),
        Action::Report => {}
        Action::Deny => assert!(
            lone || told.iter().find(is_it).is_none(),
            "{id} is denied: {told:?}"
        ),
    }
    if action != Action::Deny && !ambiguous {
        assert_eq!(now.iter().find(is_it), None, "{action:?}");
    }
    if action == Action::Deny && !lone && broken.contains(&id) {
        assert!(now.is_some(), "{id} is denied, and the body is taken");
    }
    let checked = parser(policy).check(body);
    assert_eq!(checked.err(), now, "a body that is only checked");
}

/// A diagnosis is read by people, and looked up by what it says.
fn legible(it: &Diagnosis, mode: Mode) {
    let text = it.to_string();
    let place = format!(" at byte {}", it.offset());
    assert!(text.starts_with("expected ") && text.contains(&place), "{text}");
    assert!(text.ends_with(&format!(", {})", it.id)), "{text}");
    assert_eq!(
        text.contains(" of the Content-Type"),
        it.place == Place::ContentType,
        "{text}"
    );
    let part = it.part.map(|part| format!(" in part {part} ("));
    assert!(part.is_none_or(|part| text.contains(&part)), "{text}");
    assert!(
        text.is_ascii() && !text.contains(|char: char| char.is_ascii_control()),
        "{text:?}"
    );
    assert_eq!(it.id.as_str().parse(), Ok(it.id));
    assert!(format!("{}x", it.id).parse::<ViolationId>().is_err());
    for told in [it.id.summary(), it.id.expected(), it.id.hint(), it.id.clause()] {
        assert!(!told.is_empty() && text_is_one_line(told), "{}: {told:?}", it.id);
    }
    for reading in it.id.readings() {
        assert!(
            !reading.what.is_empty() && !reading.readers.is_empty(),
            "{}: {reading:?}",
            it.id
        );
    }
    let found = format!("b\"{}\"", it.found.as_bytes().escape_ascii());
    assert_eq!(format!("{:?}", it.found), found);
    assert_eq!(it.severity.to_string(), it.severity.as_str());
    let words = [Severity::Info, Severity::Warning, Severity::Error].map(Severity::as_str);
    assert_eq!(
        words.iter().filter(|word| **word == it.severity.as_str()).count(),
        1
    );
    assert!(
        it.severity == Severity::Error || !it.id.is_hard(),
        "{it:?} in {mode:?}"
    );
}

fn text_is_one_line(text: &str) -> bool {
    !text.contains(char::is_control) && text.trim() == text
}

/// Who feeds a reader that is not ready is told, and stays told.
fn misused(parser: &dyn Fn() -> Parser, body: &[u8], choice: u8) {
    let (front, back) = body.split_at(usize::from(choice) % (body.len() + 1));
    let is_misuse = |it: &Diagnosis| it.id == ViolationId::X02 && it.span.start == it.span.end;
    // A second feed before the events of the first are taken.
    let mut reader = parser();
    let is_open = {
        let mut events = reader.feed(front);
        events.next_event().is_ok_and(|event| event.is_some())
    };
    if is_open {
        let mut events = reader.feed(back);
        let error = loop {
            match events.next_event() {
                // What was found before, and not asked for yet.
                Ok(Some(Event::Violation(_))) => {}
                Ok(event) => panic!("{event:?}, though events were left"),
                Err(error) => break error,
            }
        };
        // What had stopped the reader by then goes before what is done to it.
        let (_, stopped) = said(parser(), cut::whole(front));
        assert!(is_misuse(&error) || stopped.as_ref() == Some(&error), "{error:?}");
        assert_eq!(reader.finish().next_event(), Err(error), "and again");
    }
    // A feed behind the end.
    let mut reader = parser();
    let mut stopped = None;
    for last in [false, true] {
        let mut events = if last { reader.finish() } else { reader.feed(body) };
        while let Some(event) = events.next_event().unwrap_or_else(|error| {
            stopped = Some(error);
            None
        }) {
            assert!(event != Event::End || last, "an end before the end");
        }
        if stopped.is_some() {
            break;
        }
    }
    for last in [false, true] {
        let mut events = if last { reader.finish() } else { reader.feed(b"x") };
        let error = events
            .next_event()
            .expect_err("nothing can be read behind the end");
        match &stopped {
            Some(stopped) => assert_eq!(&error, stopped, "what stopped the reader is repeated"),
            None => assert!(is_misuse(&error), "{error:?}"),
        }
    }
}
