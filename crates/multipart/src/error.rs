//! What a reader reports: where, in which part, and a small window on what was found.

use std::fmt;

use crate::violation::{Severity, ViolationId};

/// At most 32 bytes of input, kept for a message. `Display` escapes them.
///
/// The window starts at the offset of its violation and holds what had arrived by then, so it is the one
/// thing that depends on how the input was cut. It is empty at the end of the input.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Window {
    bytes: [u8; Self::MAX_BYTES],
    len: u8,
}

impl Window {
    /// The most bytes that a window holds.
    pub const MAX_BYTES: usize = 32;

    pub(crate) fn new(input: &[u8]) -> Self {
        let mut window = Self {
            bytes: [0; Self::MAX_BYTES],
            len: 0,
        };
        for (to, from) in window.bytes.iter_mut().zip(input) {
            *to = *from;
            window.len += 1;
        }
        window
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
            bytes => write!(f, "`{}`", bytes.escape_ascii()),
        }
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.as_bytes().escape_ascii())
    }
}

/// Why a reader stopped. Final: a reader that failed once repeats its error.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    /// The rule that was broken.
    pub violation: ViolationId,
    /// Where, in bytes from the start of the body.
    pub offset: u64,
    /// The part being read, counted from 0; `None` outside parts.
    pub part: Option<u32>,
    /// What stood there.
    pub found: Window,
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, self.violation, self.offset, self.part, self.found)
    }
}

/// A defect that did not stop the reader.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The rule that was broken.
    pub id: ViolationId,
    /// [`Severity::Warning`] or [`Severity::Info`]; an error comes as [`Error`].
    pub severity: Severity,
    /// Where, in bytes from the start of the body.
    pub offset: u64,
    /// The part being read, counted from 0; `None` outside parts.
    pub part: Option<u32>,
    /// What stood there.
    pub found: Window,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, self.id, self.offset, self.part, self.found)
    }
}

fn describe(
    f: &mut fmt::Formatter<'_>,
    id: ViolationId,
    offset: u64,
    part: Option<u32>,
    found: Window,
) -> fmt::Result {
    write!(f, "expected {}, found {found} at byte {offset}", id.expected())?;
    if let Some(part) = part {
        write!(f, " in part {part}")?;
    }
    write!(f, " ({}, {id})", id.summary())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_was_expected_found_and_where() {
        let error = Error {
            violation: ViolationId::F04,
            offset: 17,
            part: None,
            found: Window::new(b"x\"\r\n\xff"),
        };
        assert_eq!(
            error.to_string(),
            "expected CRLF or `--` after the boundary, found `x\\\"\\r\\n\\xff` at byte 17 \
             (other bytes right after a boundary, F04)"
        );
    }

    #[test]
    fn a_window_holds_32_bytes() {
        assert_eq!(Window::new(&[b'a'; 40]).as_bytes(), [b'a'; 32]);
        assert_eq!(Window::new(b"").to_string(), "nothing more");
    }
}
