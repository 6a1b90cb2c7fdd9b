//! Forms as a caller may ask for them, sound or not.

use arbitrary::{Arbitrary, Result, Unstructured};
use rebuttal_multipart::Boundary;

use crate::generators::form::Written;
use crate::reference::written::Asked;

/// What is drawn from the input.
pub(super) struct Drawn {
    pub(super) boundary: Boundary,
    pub(super) parts: Vec<Asked>,
}

const NAMES: &[&str] = &[
    "X-More",
    "--b",
    "--b-x",
    "",
    "a b",
    "Content-Length",
    "content-TYPE",
    "!#$%&'*+-.^_`|~9",
];
const VALUES: &[&str] = &[
    "",
    "a",
    "x/y; z=\"w\"",
    "\t",
    "a\r\nb",
    "a\nb",
    "\0",
    "\u{7f}",
    "é",
];
const TEXTS: &[&str] = &[
    "",
    "a\r\nb\rc\nd",
    "\"",
    "a\\",
    "a\\\\b",
    "a\\b",
    "\0",
    "\t",
    "ภาษา",
    "%22",
];
const PIECES: &[&[u8]] = &[
    b"--b", b"-", b"\r\n", b"\n", b"\r", b"b", b"\0\xff", b"--tango", b"x",
];

impl Drawn {
    pub(super) fn new(u: &mut Unstructured<'_>) -> Result<Self> {
        let written = Written::arbitrary(u)?;
        let mut parts = Vec::new();
        for it in written.parts {
            // Bits set ask for what is rarer.
            let odd: u16 = u.arbitrary()?;
            let has = |bit: u16| odd >> bit & 1 != 0;
            let mut part = Asked {
                disposition: !has(0),
                name: Some(it.name).filter(|_| !has(1)),
                filename: it.filename,
                content_type: it
                    .content_type
                    .map(|it| String::from_utf8_lossy(&it).into_owned()),
                headers: Vec::new(),
                content: it.content,
            };
            if has(2) {
                part.name = Some((*u.choose(TEXTS)?).to_owned());
            }
            if has(3) {
                part.filename = Some((*u.choose(TEXTS)?).to_owned());
            }
            if has(4) {
                part.content_type = Some((*u.choose(VALUES)?).to_owned());
            }
            for _ in 0..odd >> 5 & 3 {
                part.headers
                    .push(((*u.choose(NAMES)?).to_owned(), (*u.choose(VALUES)?).to_owned()));
            }
            for _ in 0..odd >> 7 & 7 {
                part.content.extend_from_slice(u.choose(PIECES)?);
            }
            if has(10) {
                part.content.extend_from_slice(b"--");
                part.content
                    .extend_from_slice(boundary(u.arbitrary()?).as_bytes());
            }
            parts.push(part);
        }
        Ok(Self {
            boundary: written.boundary,
            parts,
        })
    }
}

/// One of a few boundaries that contents hold, or nearly.
pub(super) fn boundary(choice: u8) -> Boundary {
    match choice % 12 {
        0 => Boundary::new("b").expect("a boundary"),
        1 => Boundary::new("tango").expect("a boundary"),
        more => Boundary::from_entropy(u128::from(more)),
    }
}
