//! Forms as a client may write them.

use rebuttal_multipart::{Boundary, Form, Part};

use super::Bytes;

/// A part of a form, as it went in or came out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plain {
    /// The name, escaped as HTML forms do.
    pub name: String,
    /// The filename, escaped likewise.
    pub filename: Option<String>,
    /// The value of `Content-Type`.
    pub content_type: Option<Vec<u8>>,
    /// The content.
    pub content: Vec<u8>,
}

/// A form to be written, and what a reader must make of it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The boundary to write it with.
    pub boundary: Boundary,
    /// The form; it may hold what the writer refuses.
    pub form: Form,
    /// Its parts.
    pub parts: Vec<Plain>,
}

const BOUNDARIES: &[&str] = &[
    "b",
    "--",
    "a b",
    "x'()+_,-./:=?",
    "-----------------------------7",
];
const TYPES: &[&str] = &["image/png", "application/pdf", "text/plain; charset=utf-8", "x/y"];

/// Draws a form of up to five parts.
///
/// # Panics
///
/// Never: the boundaries it draws from are boundaries.
pub fn written(bytes: &mut Bytes<'_>) -> Written {
    let boundary = Boundary::new(bytes.one_of(BOUNDARIES)).expect("a boundary");
    let (mut form, mut parts) = (Form::new(), Vec::new());
    for _ in 0..bytes.below(6) {
        let (name, content) = (bytes.text(12), content(bytes, &boundary));
        let (mut part, mut plain) = (
            Part::new(&name, &content[..]),
            Plain {
                name: escaped(&name),
                filename: None,
                content_type: None,
                content,
            },
        );
        let features = bytes.byte();
        if features & 1 != 0 {
            let filename = bytes.text(20);
            part = part.filename(&filename);
            plain.filename = Some(escaped(&filename));
        }
        if features & 2 != 0 {
            let content_type = bytes.one_of(TYPES);
            part = part.content_type(content_type);
            plain.content_type = Some(content_type.into());
        }
        if features & 4 != 0 {
            part = part.header("X-More", bytes.one_of(&["", "a", "a;b=\"c\""]));
        }
        form = form.part(part);
        parts.push(plain);
    }
    Written {
        boundary,
        form,
        parts,
    }
}

/// Content, often of what a reader might take for a delimiter.
fn content(bytes: &mut Bytes<'_>, boundary: &Boundary) -> Vec<u8> {
    let mut content = Vec::new();
    for _ in 0..bytes.below(6) {
        match bytes.below(5) {
            0 => content.extend_from_slice(b"\r\n"),
            1 => content.extend_from_slice(b"\r\n--"),
            2 => {
                let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
                let length = bytes.below(delimiter.len());
                content.extend_from_slice(&delimiter[..length]);
            }
            3 => content.push(bytes.byte()),
            _ => {
                let length = bytes.below(40);
                content.extend_from_slice(bytes.slice(length));
            }
        }
    }
    content
}

/// What HTML forms write for a name, and what a reader keeps of it: nobody can tell an escape from a text
/// that looks like one.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
