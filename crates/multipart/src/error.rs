//! What a reader reports: what, where, in which part, and a small window on what was found.

use std::fmt::{self, Write as _};
use std::ops::Range;

use crate::violation::{Severity, ViolationId};

/// At most 32 bytes of input, kept for a message. `Display` escapes them.
///
/// The window holds the first bytes of its span. It is empty at the end of the input.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Window {
    bytes: [u8; Self::MAX_BYTES],
    len: u8,
}

impl Window {
    /// The most bytes that a window holds.
    pub const MAX_BYTES: usize = 32;

    pub(crate) const EMPTY: Self = Self {
        bytes: [0; Self::MAX_BYTES],
        len: 0,
    };

    pub(crate) fn new(input: &[u8]) -> Self {
        Self::of([input])
    }

    /// A window on what came in several pieces.
    pub(crate) fn of<'i>(pieces: impl IntoIterator<Item = &'i [u8]>) -> Self {
        let mut window = Self::EMPTY;
        for piece in pieces {
            window.add(piece);
        }
        window
    }

    /// Takes what comes next, as far as there is room.
    pub(crate) fn add(&mut self, input: &[u8]) {
        for (to, from) in self.bytes[usize::from(self.len)..].iter_mut().zip(input) {
            *to = *from;
            self.len += 1;
        }
    }

    /// The bytes, as they came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_bytes() {
            [] => f.write_str("nothing more"),
            bytes => {
                f.write_str("`")?;
                for byte in bytes {
                    match byte {
                        b'"' | b'\'' => f.write_char(char::from(*byte))?,
                        other => write!(f, "{}", other.escape_ascii())?,
                    }
                }
                f.write_str("`")
            }
        }
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.as_bytes().escape_ascii())
    }
}

/// What a span is counted in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Place {
    /// The value of the request's `Content-Type`.
    ContentType,
    /// The body.
    Body,
}

/// One defect, found by a reader. As an error it is why the reader stopped, and final.
///
/// Nothing in it depends on how the body was cut.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnosis {
    /// The rule that was broken.
    pub id: ViolationId,
    /// How serious it is under the reader's policy; [`Severity::Error`] for what stopped it.
    pub severity: Severity,
    /// What the span is counted in.
    pub place: Place,
    /// Which bytes, from the start of that place. Empty at the end of the input.
    pub span: Range<u64>,
    /// The part being read, counted from 0; `None` outside parts.
    pub part: Option<u32>,
    /// What stood there: the beginning of the span.
    pub found: Window,
}

impl Diagnosis {
    /// Where the defect begins, in bytes from the start of its place.
    pub fn offset(&self) -> u64 {
        self.span.start
    }
}

impl std::error::Error for Diagnosis {}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, found, offset) = (self.id, self.found, self.span.start);
        write!(f, "expected {}, found {found} at byte {offset}", id.expected())?;
        if self.place == Place::ContentType {
            write!(f, " of the Content-Type")?;
        }
        if let Some(part) = self.part {
            write!(f, " in part {part}")?;
        }
        write!(f, " ({}, {id})", id.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_was_expected_found_and_where() {
        let mut diagnosis = Diagnosis {
            id: ViolationId::F04,
            severity: Severity::Error,
            place: Place::Body,
            span: 17..22,
            part: None,
            found: Window::of([&b"x\"\r"[..], b"\n\xff"]),
        };
        assert_eq!(
            diagnosis.to_string(),
            "expected CRLF or `--` after the boundary, found `x\"\\r\\n\\xff` at byte 17 \
             (other bytes right after a boundary, F04)"
        );
        diagnosis.part = Some(2);
        diagnosis.place = Place::ContentType;
        assert_eq!(
            diagnosis.to_string(),
            "expected CRLF or `--` after the boundary, found `x\"\\r\\n\\xff` at byte 17 of the Content-Type \
             in part 2 (other bytes right after a boundary, F04)"
        );
    }

    #[test]
    fn a_window_holds_32_bytes() {
        assert_eq!(Window::new(&[b'a'; 40]).as_bytes(), [b'a'; 32]);
        assert_eq!(Window::of([&[b'a'; 31][..], b"bc"]).as_bytes()[30..], *b"ab");
        assert_eq!(Window::new(b"").to_string(), "nothing more");
        assert_eq!(format!("{:?}", Window::new(b"a\"\n")), r#"b"a\"\n""#);
    }
}
