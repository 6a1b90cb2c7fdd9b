//! The boundary: a validated token of 1 to 70 bytes.

use std::fmt;

use crate::content_type::ContentType;
use crate::error::Diagnosis;
use crate::policy::Mode;

/// A boundary (RFC 2046 §5.1.1): 1 to 70 bytes of its alphabet, not ending in a space. Needs no heap.
///
/// One that was read from a `Content-Type` leniently may be longer (`C04`), or hold other printable ASCII
/// (`C05`).
///
/// ```
/// use rebuttal_multipart::Boundary;
///
/// let boundary = Boundary::from_content_type(b"multipart/form-data; boundary=\"a b\"")?;
/// assert_eq!(boundary.as_str(), "a b");
/// assert_eq!(boundary.content_type(), "multipart/form-data; boundary=\"a b\"");
/// # Ok::<(), rebuttal_multipart::Diagnosis>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Boundary {
    bytes: [u8; Self::MAX_TOLERATED_BYTES],
    len: u16,
}

/// A text that cannot be a boundary.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BoundaryError {
    /// There is none.
    #[error("expected a boundary of 1 to 70 bytes, found an empty one")]
    Empty,
    /// There is too much.
    #[error("expected a boundary of at most 70 bytes, found {len}")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// A byte outside the alphabet.
    #[error(
        "expected letters, digits, spaces or '()+_,-./:=? in a boundary, found byte {byte:#04x} at {offset}"
    )]
    BadByte {
        /// The first such byte.
        byte: u8,
        /// Where it stands in the boundary, in bytes.
        offset: usize,
    },
    /// The last byte is a space, which transports may strip.
    #[error("expected a boundary that does not end in a space, found one that does")]
    EndsInSpace,
}

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected 16 random bytes from the operating system, found none")]
pub struct NoRandomness(#[source] getrandom::Error);

impl Boundary {
    /// The longest boundary, in bytes (RFC 2046 §5.1.1).
    pub const MAX_BYTES: usize = 70;

    /// The longest boundary that is read leniently, in bytes.
    pub(crate) const MAX_TOLERATED_BYTES: usize = 256;

    /// Checks a boundary given as text, without the two dashes.
    ///
    /// # Errors
    ///
    /// When it is empty, longer than 70 bytes, ends in a space, or holds a byte outside the alphabet.
    pub fn new(text: &str) -> Result<Self, BoundaryError> {
        let text = text.as_bytes();
        if text.is_empty() {
            return Err(BoundaryError::Empty);
        }
        if let Some(offset) = text.iter().position(|byte| !is_boundary_byte(*byte)) {
            return Err(BoundaryError::BadByte {
                byte: text[offset],
                offset,
            });
        }
        if text.len() > Self::MAX_BYTES {
            return Err(BoundaryError::TooLong { len: text.len() });
        }
        if text.ends_with(b" ") {
            return Err(BoundaryError::EndsInSpace);
        }
        Ok(Self::holding(text))
    }

    /// Up to 256 bytes, which the caller knows to be printable ASCII.
    pub(crate) fn tolerated(text: &[u8]) -> Option<Self> {
        (1..=Self::MAX_TOLERATED_BYTES)
            .contains(&text.len())
            .then(|| Self::holding(text))
    }

    fn holding(text: &[u8]) -> Self {
        let mut bytes = [0; Self::MAX_TOLERATED_BYTES];
        bytes[..text.len()].copy_from_slice(text);
        let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
        Self { bytes, len }
    }

    /// Reads the boundary out of the whole value of a request's `Content-Type` header, leniently.
    ///
    /// [`ContentType`] reads under any policy and says what else is wrong.
    ///
    /// # Errors
    ///
    /// When the type is not `multipart/form-data`, when `boundary` is missing, given twice, in an extended
    /// form, empty, unprintable or over 256 bytes, or when a parameter's syntax is broken.
    pub fn from_content_type(value: &[u8]) -> Result<Self, Diagnosis> {
        ContentType::read(value, &Mode::Lenient.into())
            .boundary()
            .copied()
    }

    /// Draws a boundary from 128 bits of the operating system's randomness.
    ///
    /// Whoever can guess a boundary can write parts of their own into a body that quotes them, so draw one
    /// for each body.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness to give.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy).map_err(NoRandomness)?;
        Ok(Self::from_entropy(u128::from_be_bytes(entropy)))
    }

    /// Makes a boundary from 128 bits of the caller's randomness: 32 hexadecimal digits after a prefix.
    pub fn from_entropy(entropy: u128) -> Self {
        const PREFIX: &[u8] = b"----rebuttal-";
        const DIGITS: &[u8] = b"0123456789abcdef";
        let mut bytes = [0; Self::MAX_TOLERATED_BYTES];
        bytes[..PREFIX.len()].copy_from_slice(PREFIX);
        let digits = &mut bytes[PREFIX.len()..PREFIX.len() + 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(entropy.to_be_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 0x0f)];
        }
        Self { bytes, len: 32 + 13 }
    }

    /// The boundary as text, without the two dashes.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The boundary as bytes, without the two dashes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The value of the `Content-Type` header for a body with this boundary, quoted where needed.
    pub fn content_type(&self) -> String {
        let text = self.as_str();
        if text.bytes().all(is_token_byte) {
            return format!("multipart/form-data; boundary={text}");
        }
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("multipart/form-data; boundary=\"{escaped}\"")
    }
}

impl fmt::Debug for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Boundary({:?})", self.as_str())
    }
}

/// A byte of a boundary (RFC 2046 §5.1.1).
pub(crate) const fn is_boundary_byte(byte: u8) -> bool {
    BOUNDARY[byte as usize]
}

/// A byte of a token (RFC 9110 §5.6.2).
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    TOKEN[byte as usize]
}

const BOUNDARY: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x7f {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'\'' | b'(' | b')' | b'+'..=b'/' | b':' | b'=' | b'?' | b'_'
            );
        byte += 1;
    }
    table
};

const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x7f {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rfc_2046_allows_is_a_boundary() {
        let longest = "b".repeat(70);
        for (name, text, wanted) in [
            ("one byte", "x", Ok(())),
            ("alphabet", "'()+_,-./:=? 09azAZ", Ok(())),
            ("70 bytes", &longest, Ok(())),
            (
                "71 bytes",
                &"b".repeat(71),
                Err(BoundaryError::TooLong { len: 71 }),
            ),
            ("empty", "", Err(BoundaryError::Empty)),
            (
                "quote",
                "ab\"",
                Err(BoundaryError::BadByte {
                    byte: b'"',
                    offset: 2,
                }),
            ),
            (
                "line break",
                "\r\n",
                Err(BoundaryError::BadByte {
                    byte: b'\r',
                    offset: 0,
                }),
            ),
            (
                "8 bit",
                "é",
                Err(BoundaryError::BadByte {
                    byte: 0xc3,
                    offset: 0,
                }),
            ),
            ("space at the end", "a ", Err(BoundaryError::EndsInSpace)),
        ] {
            let made = Boundary::new(text);
            assert_eq!(made.map(|_| ()), wanted, "{name}");
            if let Ok(boundary) = made {
                assert_eq!(boundary.as_str(), text, "{name}");
            }
        }
    }

    #[test]
    fn entropy_shows_in_full() {
        let boundary = Boundary::from_entropy(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
        assert_eq!(boundary.as_str(), "----rebuttal-0123456789abcdef0011223344556677");
        assert_eq!(Boundary::new(boundary.as_str()), Ok(boundary));
        assert_eq!(
            Boundary::from_content_type(boundary.content_type().as_bytes()),
            Ok(boundary)
        );
    }

    #[test]
    fn random_boundaries_differ() {
        let drawn: std::collections::HashSet<_> = (0..64).map(|_| Boundary::random().unwrap()).collect();
        assert_eq!(drawn.len(), 64);
    }

    #[test]
    fn debug_shows_the_text() {
        assert_eq!(
            format!("{:?}", Boundary::new("abc").unwrap()),
            "Boundary(\"abc\")"
        );
    }
}
