//! Forms as other clients than ours spell them: what the standards allow, and what they advise against.

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};
use rebuttal_multipart::ViolationId;

use super::{below, form::Plain, one_of, slice};

/// A form in some spelling, and what a reader must make of it.
#[derive(Clone)]
pub struct Spelled {
    /// The boundary that `announced` names.
    pub boundary: &'static str,
    /// The value of the request's `Content-Type`.
    pub announced: String,
    /// The body.
    pub body: Vec<u8>,
    /// Its parts.
    pub parts: Vec<Plain>,
    /// What a strict reader stops at, in the order in which it stands there; nothing where it must take it.
    pub advised_against: Vec<ViolationId>,
}

const BOUNDARIES: &[&str] = &["b", "----7", "a'_+.", "X-Y-Z", "(=?)"];
const NAMES: &[&str] = &["file", "kind", "a b", "ภาพ", "x;y", "", "a,b=c"];
const FILENAMES: &[&str] = &["slip.png", "new slip.png", "สลิป.pdf", "a;b=c.jpg", "", "100%.png"];
const TYPES: &[&str] = &["image/png", "text/plain; charset=\"utf-8\"", "x/y;z=1"];
const MORE: &[&str] = &[
    "Content-Transfer-Encoding: binary",
    "X-More: a; name=\"other\"",
    "content-length: 3",
    "X-Empty:",
];
const BLANKS: &[&str] = &["", " ", "  ", "\t"];

impl<'a> Arbitrary<'a> for Spelled {
    /// A form of one to four parts.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let boundary = *one_of(u, BOUNDARIES)?;
        let mut spelled = Self {
            boundary,
            announced: announced(u, boundary)?,
            body: Vec::new(),
            parts: Vec::new(),
            advised_against: Vec::new(),
        };
        match below(u, 6)? {
            // A lone line end is no preamble.
            1 => spelled.body.extend_from_slice(b"\r\n"),
            2 => {
                spelled.body.extend_from_slice(b"This is a form.\r\n");
                spelled.advised_against.push(ViolationId::F01);
            }
            _ => {}
        }
        for _ in 0..=below(u, 4)? {
            spelled.delimiter(one_of(u, BLANKS)?);
            spelled.part(u)?;
        }
        spelled.delimiter("--");
        match below(u, 6)? {
            1 => {
                // Without the line end, which many writers leave out.
                spelled.body.truncate(spelled.body.len() - 2);
            }
            2 => {
                spelled.body.extend_from_slice(b"That was a form.");
                spelled.advised_against.push(ViolationId::F13);
            }
            _ => {}
        }
        Ok(spelled)
    }
}

impl fmt::Debug for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" announces b\"{}\"; parts {:?}; advised against {:?}",
            self.announced,
            self.body.escape_ascii(),
            self.parts,
            self.advised_against
        )
    }
}

impl Spelled {
    /// A delimiter line, with this behind the boundary.
    fn delimiter(&mut self, end: &str) {
        for text in ["--", self.boundary, end, "\r\n"] {
            self.body.extend_from_slice(text.as_bytes());
        }
    }

    fn part(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let mut plain = Plain {
            name: (*one_of(u, NAMES)?).to_owned(),
            filename: None,
            content_type: None,
            content: slice(u, 20)?.to_vec(),
        };
        let mut parameters = vec![parameter(u, "name", &plain.name)?];
        let mut headers = Vec::new();
        let mut extended = false;
        if u.arbitrary()? {
            let filename = *one_of(u, FILENAMES)?;
            parameters.push(parameter(u, "filename", filename)?);
            plain.filename = Some(filename.to_owned());
            if below(u, 6)? == 1 {
                parameters.push(format!("filename*=UTF-8''{}", percent(filename)));
                extended = true;
            }
        }
        if u.arbitrary()? {
            let value = *one_of(u, TYPES)?;
            headers.push(header(u, "Content-Type", value)?);
            plain.content_type = Some(value.into());
        }
        if u.arbitrary()? {
            headers.push((*one_of(u, MORE)?).to_owned());
        }
        turn(u, &mut parameters)?;
        let mut disposition = (*one_of(u, &["form-data", "Form-Data"])?).to_owned();
        for parameter in &parameters {
            disposition += one_of(u, &["; ", ";", " ; ", ";\t"])?;
            disposition += parameter;
        }
        headers.push(header(u, "Content-Disposition", &disposition)?);
        turn(u, &mut headers)?;
        if extended {
            self.advised_against.push(ViolationId::D07);
        }
        for header in headers {
            self.body.extend_from_slice(header.as_bytes());
            self.body.extend_from_slice(b"\r\n");
        }
        self.body.extend_from_slice(b"\r\n");
        // Content holds a delimiter where one of its lines begins with it: of one line, the first.
        plain.content.retain(|byte| !matches!(byte, b'\r' | b'\n'));
        let rest = plain.content.strip_prefix(b"--");
        if rest.is_some_and(|rest| rest.starts_with(self.boundary.as_bytes())) {
            plain.content.insert(0, b'-');
        }
        self.body.extend_from_slice(&plain.content);
        self.body.extend_from_slice(b"\r\n");
        self.parts.push(plain);
        Ok(())
    }
}

/// The head's way of naming the boundary.
fn announced(u: &mut Unstructured<'_>, boundary: &str) -> Result<String> {
    let mut parameters = vec![parameter(u, "boundary", boundary)?];
    if u.arbitrary()? {
        parameters.push("charset=utf-8".to_owned());
    }
    turn(u, &mut parameters)?;
    let media_type = one_of(u, &["multipart/form-data", "Multipart/Form-Data"])?;
    let between = one_of(u, &["; ", ";", " ; "])?;
    Ok([&[(*media_type).to_owned()], &parameters[..]]
        .concat()
        .join(between))
}

/// A parameter, as a token where it can be one and a draw wants it.
fn parameter(u: &mut Unstructured<'_>, name: &str, value: &str) -> Result<String> {
    let name = in_some_case(u, name)?;
    let is_token = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte));
    Ok(if is_token && u.arbitrary()? {
        format!("{name}={value}")
    } else {
        format!("{name}=\"{value}\"")
    })
}

/// A header, with blanks around its value that mean nothing.
fn header(u: &mut Unstructured<'_>, name: &str, value: &str) -> Result<String> {
    let name = in_some_case(u, name)?;
    Ok(format!(
        "{name}:{}{value}{}",
        one_of(u, BLANKS)?,
        one_of(u, BLANKS)?
    ))
}

fn in_some_case(u: &mut Unstructured<'_>, name: &str) -> Result<String> {
    Ok(match below(u, 4)? {
        1 => name.to_ascii_lowercase(),
        2 => name.to_ascii_uppercase(),
        _ => name.to_owned(),
    })
}

/// Puts another one first.
fn turn(u: &mut Unstructured<'_>, of: &mut [String]) -> Result<()> {
    let by = below(u, of.len().max(1))?;
    of.rotate_left(by);
    Ok(())
}

/// Percent-encoded, as extended parameters are (RFC 8187).
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
