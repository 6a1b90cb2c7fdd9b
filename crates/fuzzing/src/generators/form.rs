//! Forms as a client may write them.

use arbitrary::{Arbitrary, Result, Unstructured};
use rebuttal_multipart::{Boundary, Form, Part};

use super::{below, one_of, slice, text};

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

impl<'a> Arbitrary<'a> for Written {
    /// A form of up to five parts.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let boundary = Boundary::new(one_of(u, BOUNDARIES)?).expect("a boundary");
        let (mut form, mut parts) = (Form::new(), Vec::new());
        for _ in 0..below(u, 6)? {
            let (name, content) = (text(u, 12)?, content(u, &boundary)?);
            let (mut part, mut plain) = (
                Part::new(&name, &content[..]),
                Plain {
                    name: escaped(&name),
                    filename: None,
                    content_type: None,
                    content,
                },
            );
            let features: u8 = u.arbitrary()?;
            if features & 1 != 0 {
                let filename = text(u, 20)?;
                part = part.filename(&filename);
                plain.filename = Some(escaped(&filename));
            }
            if features & 2 != 0 {
                let content_type = *one_of(u, TYPES)?;
                part = part.content_type(content_type);
                plain.content_type = Some(content_type.into());
            }
            if features & 4 != 0 {
                part = part.header("X-More", one_of(u, &["", "a", "a;b=\"c\""])?);
            }
            form = form.part(part);
            parts.push(plain);
        }
        Ok(Self {
            boundary,
            form,
            parts,
        })
    }
}

/// Content, often of what a reader might take for a delimiter.
fn content(u: &mut Unstructured<'_>, boundary: &Boundary) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    for _ in 0..below(u, 6)? {
        match below(u, 5)? {
            0 => content.extend_from_slice(b"\r\n"),
            1 => content.extend_from_slice(b"\r\n--"),
            2 => {
                let length = below(u, boundary.as_bytes().len() + 4)?;
                let delimiter = b"\r\n--".iter().chain(boundary.as_bytes());
                content.extend(delimiter.take(length));
            }
            3 => content.push(u.arbitrary()?),
            _ => content.extend_from_slice(slice(u, 39)?),
        }
    }
    Ok(content)
}

/// What HTML forms write for a name, and what a reader keeps of it: nobody can tell an escape from a text
/// that looks like one.
pub(crate) fn escaped(name: &str) -> String {
    // Counting looks at many bytes at once, and a fuzzer watches none of them.
    let odd = name
        .bytes()
        .filter(|byte| matches!(byte, b'"' | b'\r' | b'\n'))
        .count();
    if odd == 0 {
        return name.to_owned();
    }
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
