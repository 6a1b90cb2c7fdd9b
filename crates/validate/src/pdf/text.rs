//! The first bytes of a string, read as they pass: `(a\)\051)` and `<6129>` alike.

/// How many bytes of a string are kept: a document's identifier has 16 as a rule, a password's check 48.
const MAX_TEXT_BYTES: usize = 128;

/// A string, cut to what the rules need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    bytes: [u8; MAX_TEXT_BYTES],
    length: usize,
    cut: bool,
    escape: Escape,
    /// The first digit of a hexadecimal pair.
    high: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Escape {
    None,
    /// Behind a CR that stands for a line end.
    Line,
    Backslash,
    /// Behind a backslash and a CR, which are nothing together.
    Continued,
    Octal {
        value: u8,
        digits: u8,
    },
}

impl Text {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; MAX_TEXT_BYTES],
            length: 0,
            cut: false,
            escape: Escape::None,
            high: None,
        }
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
        self.cut = false;
        self.escape = Escape::None;
        self.high = None;
    }

    /// Whether nothing more is kept.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The string, if it was short enough to be kept.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        (!self.cut).then(|| &self.bytes[..self.length])
    }

    /// The bytes that were kept.
    pub(super) fn start(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Takes a byte between the outermost parentheses.
    pub(super) fn literal(&mut self, byte: u8) {
        match std::mem::replace(&mut self.escape, Escape::None) {
            Escape::Line | Escape::Continued if byte == b'\n' => {}
            Escape::None | Escape::Line | Escape::Continued => match byte {
                b'\\' => self.escape = Escape::Backslash,
                b'\r' => {
                    self.push(b'\n');
                    self.escape = Escape::Line;
                }
                _ => self.push(byte),
            },
            Escape::Backslash => match byte {
                b'n' => self.push(b'\n'),
                b'r' => self.push(b'\r'),
                b't' => self.push(b'\t'),
                b'b' => self.push(8),
                b'f' => self.push(12),
                b'\n' => {}
                b'\r' => self.escape = Escape::Continued,
                b'0'..=b'7' => {
                    self.escape = Escape::Octal {
                        value: byte - b'0',
                        digits: 1,
                    }
                }
                _ => self.push(byte),
            },
            Escape::Octal { value, digits } if digits < 3 && matches!(byte, b'0'..=b'7') => {
                self.escape = Escape::Octal {
                    value: value.wrapping_mul(8).wrapping_add(byte - b'0'),
                    digits: digits + 1,
                };
            }
            Escape::Octal { value, .. } => {
                self.push(value);
                self.literal(byte);
            }
        }
    }

    /// Takes a byte between `<` and `>`.
    pub(super) fn hexadecimal(&mut self, byte: u8) {
        let Some(digit) = char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
        else {
            return;
        };
        match self.high.take() {
            None => self.high = Some(digit),
            Some(high) => self.push(16 * high + digit),
        }
    }

    /// Keeps what the end of the string completes.
    pub(super) fn end(&mut self) {
        if let Escape::Octal { value, .. } = self.escape {
            self.push(value);
        }
        if let Some(high) = self.high.take() {
            self.push(16 * high);
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        } else {
            self.cut = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_long_strings_cut() {
        for (written, wanted) in [
            (&b"plain"[..], Some(&b"plain"[..])),
            (br"(a)\(\\", Some(br"(a)(\")),
            (br"\n\r\t\b\f\x", Some(b"\n\r\t\x08\x0Cx")),
            (br"\0\18\1234\777", Some(b"\0\x018S4\xFF")),
            (b"a\\\nb\\\r\nc\\\rd", Some(b"abcd")),
            (b"a\rb\r\nc\n", Some(b"a\nb\nc\n")),
            (&[b'x'; MAX_TEXT_BYTES], Some(&[b'x'; MAX_TEXT_BYTES])),
            (&[b'x'; MAX_TEXT_BYTES + 1], None),
        ] {
            let mut text = Text::new();
            for byte in written {
                text.literal(*byte);
            }
            text.end();
            assert_eq!(text.whole(), wanted, "{}", written.escape_ascii());
            assert_eq!(text.is_cut(), wanted.is_none());
        }
        let mut text = Text::new();
        b"4a 4\nB\0 5".iter().for_each(|byte| text.hexadecimal(*byte));
        text.end();
        assert_eq!(text.whole(), Some(&b"JKP"[..]));
    }
}
