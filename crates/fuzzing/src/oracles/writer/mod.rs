//! The writer of forms, by every way out of it.

mod draw;
mod sources;

use std::io::Read;

use arbitrary::Unstructured;
use rebuttal_multipart::{Boundary, BoundaryError, Form, FormError, Part};

use self::draw::Drawn;
use crate::reference::written::{self, Asked};

/// Writes the form that is drawn from the input, often one that has to be refused, and holds what comes out against a
/// writer that knows one way. The first byte chooses: `0` in memory, `1` from sources that may break their word,
/// `2` with boundaries that are drawn, `3` the boundary itself.
///
/// # Panics
///
/// When a form is refused that can be written, or written that has to be refused; when two ways out give different
/// bytes, or another number than was announced; when a broken promise of a source goes unnoticed, or is noticed too
/// late; or when an error names the wrong part.
pub fn multipart_writer(input: &[u8]) {
    let [way, rest @ ..] = input else { return };
    let mut u = Unstructured::new(rest);
    if way % 4 == 3 {
        named(&String::from_utf8_lossy(rest));
        return;
    }
    // What sources do is drawn first, since a form takes all that there is.
    let choices: [u8; 10] = if way % 4 == 1 {
        u.arbitrary().unwrap_or_default()
    } else {
        [0; 10]
    };
    let drawn = Drawn::new(&mut u).expect("every input makes a form");
    match way % 4 {
        0 => in_memory(&drawn, way / 4),
        1 => sources::streamed(&drawn, way / 4, &choices),
        _ => boundaries(&drawn, way / 4),
    }
}

/// The part as the caller of the writer makes it.
fn part(asked: &Asked, content: &[u8]) -> Part {
    let mut part = Part::new(asked.name.as_deref().unwrap_or_default(), content);
    if asked.name.is_none() {
        part = part.without_name();
    }
    if !asked.disposition {
        part = part.without_disposition();
    }
    part = asked.filename.iter().fold(part, |part, it| part.filename(it));
    part = asked
        .content_type
        .iter()
        .fold(part, |part, it| part.content_type(it));
    asked
        .headers
        .iter()
        .fold(part, |part, (name, value)| part.header(name, value))
}

/// The form, by the short ways where there is one.
fn form(parts: &[Asked]) -> Form {
    parts.iter().fold(Form::new(), |form, it| {
        let plain = it.disposition && it.headers.is_empty();
        match (&it.name, &it.filename, &it.content_type) {
            (Some(name), Some(filename), content_type) if plain => {
                form.file(name, filename, content_type.as_deref(), &it.content[..])
            }
            (Some(name), None, None) if plain => form.text(name, &it.content[..]),
            _ => form.part(part(it, &it.content)),
        }
    })
}

fn in_memory(drawn: &Drawn, size: u8) {
    let (mut form, mut parts) = (form(&drawn.parts), drawn.parts.clone());
    if size & 1 != 0 {
        form = form.normalize_newlines();
        for part in &mut parts {
            let normal = |text: &mut String| {
                *text = String::from_utf8(written::with_crlf(text.as_bytes())).expect("still UTF-8");
            };
            part.name.iter_mut().for_each(normal);
            if part.filename.is_none() {
                part.content = written::with_crlf(&part.content);
            }
        }
    }
    assert!(
        form.parts()
            .iter()
            .map(Part::content)
            .eq(parts.iter().map(|it| &it.content[..]))
    );
    let boundary = &drawn.boundary;
    let wanted = written::body(&parts, boundary.as_str());
    let written = form.to_vec(boundary);
    let body = match (&written, &wanted) {
        (Ok(body), Some(wanted)) => {
            assert_eq!(body.escape_ascii().to_string(), wanted.escape_ascii().to_string());
            body
        }
        (Err(error), None) => {
            refused(error, &parts, boundary.as_str());
            assert_eq!(form.plan_with(*boundary).err().as_ref(), Some(error));
            return;
        }
        _ => panic!("{written:?}, and it should be {wanted:?}"),
    };
    assert_eq!(form.content_length(boundary), body.len() as u64);
    let segments = form.segments(boundary).expect("it can be written");
    assert_eq!(&segments.collect::<Vec<_>>().concat(), body);

    let plan = || form.clone().plan_with(*boundary).expect("it can be written");
    assert_eq!(
        (plan().boundary(), plan().content_length()),
        (boundary, Some(body.len() as u64))
    );
    assert_eq!(
        Boundary::from_content_type(plan().content_type().as_bytes()),
        Ok(*boundary)
    );
    let mut whole = Vec::new();
    assert_eq!(
        plan().write_to(&mut whole).expect("a Vec takes all"),
        body.len() as u64
    );
    assert_eq!(&whole, body, "written at once");

    // First in pieces, then the rest at once.
    let (mut output, mut sent) = (plan().into_output(), Vec::new());
    let mut buffer = vec![0; usize::from(size) + 1];
    while sent.len() < body.len() / 2 {
        let length = output.read(&mut buffer).expect("no source that could fail");
        sent.extend_from_slice(&buffer[..length]);
        let left = body.len() - sent.len();
        assert_eq!(output.remaining(), Some(left as u64), "what is left to send");
        assert!(length > 0, "an end at {} of {}", sent.len(), body.len());
    }
    assert_eq!(output.read(&mut []).expect("nothing asked for"), 0);
    let left = output.write_to(&mut sent).expect("a Vec takes all");
    assert_eq!(
        (&sent, left <= body.len() as u64),
        (body, true),
        "begun in pieces of {}",
        buffer.len()
    );
}

/// An error is about a part that is to blame, and a reader of it learns where.
fn refused(error: &FormError, parts: &[Asked], boundary: &str) {
    let told = error.to_string();
    let is_there = |part: usize, what: &str, offset: usize| {
        let it = &parts[part];
        let one = match what {
            "name" => it.name.as_deref(),
            "filename" => it.filename.as_deref(),
            _ => None,
        };
        let values = it
            .headers
            .iter()
            .map(|it| &*it.1)
            .chain(it.content_type.as_deref());
        one.into_iter()
            .chain(values.filter(|_| one.is_none()))
            .map(move |text| text.as_bytes().get(offset).copied())
            .collect::<Vec<_>>()
    };
    let part = match *error {
        FormError::BoundaryOccurs { part, offset } => {
            let place = written::place(&parts[part].content, boundary);
            assert_eq!(place, Some(offset), "{error:?}");
            part
        }
        FormError::ControlByte {
            part,
            what,
            byte,
            offset,
        } => {
            let found = is_there(part, what, offset);
            assert!(found.contains(&Some(byte)), "{error:?} of {parts:?}");
            part
        }
        FormError::Backslash { part, what, offset } => {
            assert_eq!(
                is_there(part, what, offset),
                [Some(b'\\')],
                "{error:?} of {parts:?}"
            );
            part
        }
        FormError::HeaderName { part, ref name } | FormError::ReservedHeader { part, ref name } => {
            assert!(
                parts[part].headers.iter().any(|it| it.0 == *name),
                "{error:?} of {parts:?}"
            );
            part
        }
        _ => panic!("not of a form in memory: {error:?}"),
    };
    let alone = written::body(&parts[part..=part], boundary);
    assert_eq!(alone, None, "part {part} is sound, and blamed: {error}");
    assert!(
        told.starts_with("expected ") && told.contains(&format!("part {part}")),
        "{told}"
    );
}

/// Boundaries are drawn until one does not occur, eight times at most.
fn boundaries(drawn: &Drawn, first: u8) {
    let candidates: Vec<_> = (0..8_u8)
        .map(|more| draw::boundary(first.wrapping_add(more)))
        .collect();
    let mut asked = 0;
    let plan = form(&drawn.parts).plan_drawing(|| {
        asked += 1;
        candidates[asked - 1]
    });
    let fits = |boundary: &Boundary| written::body(&drawn.parts, boundary.as_str());
    match (candidates.iter().find_map(|it| Some((it, fits(it)?))), plan) {
        (Some((boundary, body)), Ok(plan)) => {
            assert_eq!(plan.boundary(), boundary, "the first that does not occur");
            let mut sent = Vec::new();
            plan.write_to(&mut sent).expect("a Vec takes all");
            assert_eq!(sent, body);
        }
        (None, Err(error)) => refused(&error, &drawn.parts, candidates[7].as_str()),
        (wanted, plan) => panic!("{plan:?}, and it should be {wanted:?}"),
    }
    // By the operating system's randomness, none ever occurs.
    match form(&drawn.parts).plan() {
        Ok(plan) => {
            let boundary = *plan.boundary();
            assert_eq!(boundary.as_bytes().len(), 45, "{boundary:?}");
            let mut sent = Vec::new();
            plan.write_to(&mut sent).expect("a Vec takes all");
            assert_eq!(Some(sent), written::body(&drawn.parts, boundary.as_str()));
        }
        Err(error) => refused(&error, &drawn.parts, candidates[7].as_str()),
    }
}

/// A text is a boundary by the grammar of RFC 2046 §5.1.1, or the first of its faults is told.
fn named(text: &str) {
    let is_bchar = |char: char| char.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(char);
    let odd = text.char_indices().find(|(_, char)| !is_bchar(*char));
    let wanted = match odd {
        _ if text.is_empty() => Err(BoundaryError::Empty),
        Some((offset, _)) => Err(BoundaryError::BadByte {
            byte: text.as_bytes()[offset],
            offset,
        }),
        None if text.len() > Boundary::MAX_BYTES => Err(BoundaryError::TooLong { len: text.len() }),
        None if text.ends_with(' ') => Err(BoundaryError::EndsInSpace),
        None => Ok(text),
    };
    let made = Boundary::new(text);
    assert_eq!(made.as_ref().map(Boundary::as_str), wanted.as_ref().map(|it| *it));
    match made {
        Ok(boundary) => assert_eq!(format!("{boundary:?}"), format!("Boundary({text:?})")),
        Err(error) => assert!(error.to_string().starts_with("expected "), "{error}"),
    }
}
