//! Names and filenames: the bytes as sent, what they mean, and how that was found.

use std::borrow::Cow;
use std::fmt;

/// How the text of a [`Text`] follows from its raw bytes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Decoding {
    /// Letter for letter.
    Verbatim,
    /// `\"` became `"`, and `\\` became `\`.
    Unescaped,
    /// From `filename*`, percent-encoded UTF-8 (RFC 8187).
    Extended,
}

/// A name or filename of a part.
///
/// In a quoted value `\"` and `\\` lose their backslash. Everything else is kept: other backslashes, and
/// percent escapes, because nobody can tell a browser's `%22` (it means `"`) from one that was typed. A
/// caller who knows that the sender escapes like a browser can use [`Text::percent_decoded`].
/// Bytes that are not UTF-8 become U+FFFD, and [`Text::is_lossy`] says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Text<'a> {
    pub(crate) raw: &'a [u8],
    pub(crate) value: Cow<'a, str>,
    pub(crate) decoding: Decoding,
    pub(crate) lossy: bool,
    pub(crate) offset: u64,
}

impl<'a> Text<'a> {
    #[inline]
    pub(crate) fn decode(raw: &'a [u8], decoding: Decoding, offset: u64) -> Self {
        let (value, lossy) = match decoding {
            Decoding::Verbatim => match std::str::from_utf8(raw) {
                Ok(text) => (Cow::Borrowed(text), false),
                Err(_) => (String::from_utf8_lossy(raw), true),
            },
            Decoding::Unescaped | Decoding::Extended => Self::decode_escaped(raw, decoding),
        };
        Self {
            raw,
            value,
            decoding,
            lossy,
            offset,
        }
    }

    /// What is meant by text that is not meant letter for letter, and whether it was not UTF-8.
    fn decode_escaped(raw: &[u8], decoding: Decoding) -> (Cow<'a, str>, bool) {
        let mut bytes = Vec::new();
        if decoding == Decoding::Unescaped {
            bytes.extend(unescaped(raw));
        } else if decode_extended(raw, &mut bytes).is_err() {
            bytes.clear(); // It has been reported, and is not taken for a filename.
        }
        match String::from_utf8(bytes) {
            Ok(text) => (Cow::Owned(text), false),
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                (Cow::Owned(text), true)
            }
        }
    }

    /// The decoded text.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The decoded text, without a copy where there is none to make.
    pub fn into_cow(self) -> Cow<'a, str> {
        self.value
    }

    /// The bytes as sent, without quotes; for `filename*` with charset and language.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// How the text was decoded.
    pub fn decoding(&self) -> Decoding {
        self.decoding
    }

    /// Whether the bytes were not UTF-8, so that the text has U+FFFD in places.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// Where the raw bytes begin, in bytes from the start of the body.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What follows the last slash or backslash and a drive: all of a filename that a receiver should keep
    /// (`D20`). `None` where nothing is left, or dots only. Hidden files and names of devices are not
    /// left out.
    pub fn last_segment(&self) -> Option<&str> {
        let last = self.as_str().rsplit(['/', '\\']).next()?;
        let last = match last.as_bytes() {
            [drive, b':', ..] if drive.is_ascii_alphabetic() => &last[2..],
            _ => last,
        };
        last.contains(|c| c != '.').then_some(last)
    }

    /// The text with `%0A`, `%0D` and `%22` decoded, as HTML forms escape them; other escapes are kept.
    pub fn percent_decoded(&self) -> Cow<'_, str> {
        let text = self.as_str();
        let has_any = |escapes: [[u8; 2]; 3]| escapes.iter().any(|it| has_escape(text.as_bytes(), *it));
        if self.decoding == Decoding::Extended || !has_any([*b"0A", *b"0D", *b"22"]) {
            return Cow::Borrowed(text);
        }
        let text = text.replace("%0A", "\n").replace("%0a", "\n");
        Cow::Owned(
            text.replace("%0D", "\r")
                .replace("%0d", "\r")
                .replace("%22", "\""),
        )
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// Whether a percent sign and these two hexadecimal digits, in any case, stand in `bytes`.
pub(crate) fn has_escape(bytes: &[u8], digits: [u8; 2]) -> bool {
    memchr::memchr_iter(b'%', bytes).any(|at| {
        let found = bytes.get(at + 1..at + 3);
        found.is_some_and(|found| found.eq_ignore_ascii_case(&digits))
    })
}

/// The bytes of a quoted value, each backslash off the quote or backslash that it stands before.
pub(crate) fn unescaped(raw: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let (first, after) = rest.split_first()?;
        if let (b'\\', [escaped @ (b'"' | b'\\'), after @ ..]) = (first, after) {
            rest = after;
            return Some(*escaped);
        }
        rest = after;
        Some(*first)
    })
}

/// Decodes the value of `filename*` (RFC 8187 §3.2.1), in UTF-8 only, into `bytes`; otherwise says where it
/// breaks.
pub(crate) fn decode_extended(raw: &[u8], bytes: &mut Vec<u8>) -> Result<(), usize> {
    bytes.clear();
    let charset = b"utf-8'";
    if !raw
        .get(..charset.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(charset))
    {
        return Err(0);
    }
    let language = &raw[charset.len()..];
    let Some(quote) = language.iter().position(|byte| *byte == b'\'') else {
        return Err(charset.len());
    };
    let language = &language[..quote];
    if let Some(bad) = language
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-')
    {
        return Err(charset.len() + bad);
    }
    let start = charset.len() + quote + 1;
    let mut at = start;
    while let Some(byte) = raw.get(at) {
        if *byte == b'%' {
            let digits = (
                raw.get(at + 1).copied().and_then(hex),
                raw.get(at + 2).copied().and_then(hex),
            );
            let (Some(high), Some(low)) = digits else {
                return Err(at);
            };
            bytes.push(high << 4 | low);
            at += 3;
        } else if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(byte) {
            bytes.push(*byte);
            at += 1;
        } else {
            return Err(at);
        }
    }
    std::str::from_utf8(bytes).map(|_| ()).map_err(|_| start)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_pairs_are_unescaped() {
        for (raw, wanted) in [
            (&br#"the \"final\" slip.png"#[..], r#"the "final" slip.png"#),
            (br"C:\\Users\\me", r"C:\Users\me"),
            (br"C:\Users\me", r"C:\Users\me"),
            (br#"a\\\"b"#, r#"a\"b"#),
            (b"%22%0A", "%22%0A"),
        ] {
            assert_eq!(Text::decode(raw, Decoding::Unescaped, 0).as_str(), wanted);
        }
    }

    #[test]
    fn what_is_not_utf_8_is_flagged_and_kept() {
        let text = Text::decode(b"r\xe9sum\xe9.jpg", Decoding::Verbatim, 7);
        assert_eq!(
            (text.as_str(), text.is_lossy(), text.offset()),
            ("r\u{fffd}sum\u{fffd}.jpg", true, 7)
        );
        assert_eq!(text.raw(), b"r\xe9sum\xe9.jpg");
        assert!(!Text::decode("é".as_bytes(), Decoding::Verbatim, 0).is_lossy());
        let unescaped = Text::decode(b"\\\"\xe9", Decoding::Unescaped, 0);
        assert_eq!((unescaped.as_str(), unescaped.is_lossy()), ("\"\u{fffd}", true));
    }

    #[test]
    fn a_text_is_compared_and_shown_as_its_value() {
        let text = Text::decode(b"a/b\\c", Decoding::Verbatim, 0);
        let value: &str = text.as_ref();
        assert_eq!(value, "a/b\\c");
        assert!(text == *value && text == value && text != *"a" && text != "a");
        assert_eq!(
            (text.last_segment(), format!("{text:>7}")),
            (Some("c"), "  a/b\\c".to_owned())
        );
        assert_eq!(text.into_cow(), "a/b\\c");
    }

    #[test]
    fn browsers_escapes_are_decoded_on_demand() {
        let text = Text::decode(b"%22a%22%0d%0A%41%25.png", Decoding::Verbatim, 0);
        assert_eq!(text.percent_decoded(), "\"a\"\r\n%41%25.png");
        let text = Text::decode(b"UTF-8''%2522", Decoding::Extended, 0);
        assert_eq!((text.as_str(), &*text.percent_decoded()), ("%22", "%22"));
    }

    #[test]
    fn extended_values_are_decoded_or_refused_with_the_place() {
        for (raw, wanted) in [
            (&b"utf-8''r%C3%A9sum%c3%a9.jpg"[..], Ok("résumé.jpg")),
            (b"UTF-8'de-AT'a", Ok("a")),
            (b"UTF-8''", Ok("")),
            (b"iso-8859-1''a", Err(0)),
            (b"utf-8", Err(0)),
            (b"utf-8'a", Err(6)),
            (b"utf-8'd_'a", Err(7)),
            (b"utf-8''a%2", Err(8)),
            (b"utf-8''%g0", Err(7)),
            (b"utf-8''a b", Err(8)),
            (b"utf-8''%FF", Err(7)),
        ] {
            let mut bytes = b"left over".to_vec();
            assert_eq!(
                decode_extended(raw, &mut bytes).map(|()| String::from_utf8(bytes).unwrap()),
                wanted.map(str::to_owned),
                "{}",
                raw.escape_ascii()
            );
        }
    }
}
