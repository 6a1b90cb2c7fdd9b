//! Reads the header blocks that nearly every client writes, in one look.
//!
//! A block that is not read here is read by the full grammar, with the same result where both read it; a
//! property holds that.

use super::{Field, Headers};
use crate::boundary::is_token_byte;
use crate::disposition::{Disposition, Spot};
use crate::filename::is_device;
use crate::limits::Limits;
use crate::text::Decoding;

const NAME: &[u8] = b"Content-Disposition: form-data; name=\"";
const FILENAME: &[u8] = b"\"; filename=\"";
const TYPE: &[u8] = b"Content-Type: ";

/// How long the words `Content-Disposition` and `Content-Type` are.
const DISPOSITION_LEN: usize = 19;
const TYPE_LEN: usize = 12;

impl Headers {
    /// Reads the block that `window` begins with, when it is of the simplest form and within all limits:
    /// a name and perhaps a filename of which nothing can be said, then perhaps a type without parameters.
    /// The length of the block; `None` leaves everything to the full grammar. The headers are empty before.
    pub(crate) fn read_simple(&mut self, window: &[u8], limits: &Limits) -> Option<usize> {
        let name_start = NAME.len();
        let name = plain(window.strip_prefix(NAME)?)?;
        let mut end = name_start + name;
        let mut filename = None;
        if let Some(rest) = window[end..].strip_prefix(FILENAME) {
            let start = end + FILENAME.len();
            end = start + plain(rest)?;
            if !is_safe(&window[start..end]) || end - start > limits.filename_bytes {
                return None;
            }
            filename = Some(spot(start, end));
        }
        let value_end = end + 1;
        let rest = window[end..].strip_prefix(b"\"\r\n")?;
        let mut block_end = end + 3;
        let mut type_end = None;
        if let Some(value) = rest.strip_prefix(TYPE) {
            let start = block_end + TYPE.len();
            let len = media_type(value)?;
            type_end = Some(start..start + len);
            if !value[len..].starts_with(b"\r\n") || TYPE.len() + len > limits.header_line_bytes {
                return None;
            }
            block_end = start + len + 2;
        }
        if !window[block_end..].starts_with(b"\r\n") {
            return None;
        }
        block_end += 2;
        let is_within = name <= limits.name_bytes
            && value_end <= limits.header_line_bytes
            && value_end - (DISPOSITION_LEN + 2) <= limits.disposition_bytes
            && usize::from(filename.is_some()) < limits.disposition_parameters
            && usize::from(type_end.is_some()) < limits.headers
            && block_end <= limits.header_block_bytes;
        if !is_within {
            return None;
        }
        self.fields.push(Field {
            name: 0..DISPOSITION_LEN,
            value: DISPOSITION_LEN + 2..value_end,
        });
        if let Some(value) = &type_end {
            let start = value.start - TYPE.len();
            self.fields.push(Field {
                name: start..start + TYPE_LEN,
                value: value.clone(),
            });
        }
        self.content_type = type_end;
        self.disposition = Disposition {
            name: Some(spot(name_start, name_start + name)),
            filename,
        };
        Some(block_end)
    }
}

fn spot(start: usize, end: usize) -> Spot {
    Spot {
        raw: start..end,
        decoding: Decoding::Verbatim,
    }
}

/// How many bytes up to the closing quote, when there are some and each is one that means itself everywhere.
fn plain(text: &[u8]) -> Option<usize> {
    let len = text.iter().position(|byte| !PLAIN[usize::from(*byte)])?;
    (len > 0 && text[len] == b'"').then_some(len)
}

/// Printable ASCII, less what quotes, escapes, or begins an encoded word, a path, a drive or an escape.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        table[byte as usize] = !matches!(byte, b'"' | b'\\' | b'%' | b'=' | b'/' | b':');
        byte += 1;
    }
    table
};

/// Whether a plain filename can be kept as it is.
fn is_safe(name: &[u8]) -> bool {
    let is_odd = matches!(name, [b'.' | b'-', ..] | [.., b'.' | b' ']);
    !is_odd && !is_device(name)
}

/// The length of a type without parameters, not one of several parts.
fn media_type(value: &[u8]) -> Option<usize> {
    let half = |text: &[u8]| text.iter().position(|byte| !is_token_byte(*byte));
    let first = half(value).filter(|len| *len > 0 && value[*len] == b'/')?;
    let second = half(&value[first + 1..]).filter(|len| *len > 0)?;
    let is_composite = value[..first].eq_ignore_ascii_case(b"multipart");
    (!is_composite).then_some(first + 1 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str =
        "Content-Disposition: form-data; name=\"~ !\"; filename=\"de\"\r\nContent-Type: a/b\r\n\r\n";

    fn simple(block: &str, limits: &Limits) -> Option<usize> {
        Headers::default().read_simple(format!("{block}rest").as_bytes(), limits)
    }

    #[test]
    fn the_blocks_of_clients_take_the_quick_way_up_to_each_limit() {
        let within = Limits {
            header_line_bytes: 57,
            headers: 2,
            header_block_bytes: BLOCK.len(),
            disposition_bytes: 36,
            disposition_parameters: 2,
            name_bytes: 3,
            filename_bytes: 2,
            ..Limits::default()
        };
        assert_eq!(simple(BLOCK, &within), Some(BLOCK.len()));
        let below: [fn(&mut Limits); 7] = [
            |it| it.header_line_bytes -= 1,
            |it| it.headers -= 1,
            |it| it.header_block_bytes -= 1,
            |it| it.disposition_bytes -= 1,
            |it| it.disposition_parameters -= 1,
            |it| it.name_bytes -= 1,
            |it| it.filename_bytes -= 1,
        ];
        for (index, lower) in below.iter().enumerate() {
            let mut limits = within.clone();
            lower(&mut limits);
            assert_eq!(simple(BLOCK, &limits), None, "limit {index}");
        }
        let long = BLOCK.replace("a/b", &format!("a/{}", "b".repeat(60)));
        for (header_line_bytes, wanted) in [(76, Some(long.len())), (75, None)] {
            let limits = Limits {
                header_line_bytes,
                ..Limits::default()
            };
            assert_eq!(simple(&long, &limits), wanted, "{header_line_bytes}");
        }
        let short = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
        let one = Limits {
            headers: 1,
            disposition_parameters: 1,
            ..Limits::default()
        };
        assert_eq!(simple(short, &one), Some(short.len()));
        let typed = short.replace("\r\n\r\n", "\r\nContent-Type: a/b\r\n\r\n");
        assert_eq!(
            (simple(&typed, &one), simple(&typed, &Limits::default())),
            (None, Some(typed.len()))
        );
        let named = short.replace("\"\r", "\"; filename=\"b\"\r");
        assert_eq!(
            (simple(&named, &one), simple(&named, &Limits::default())),
            (None, Some(named.len()))
        );
    }

    #[test]
    fn whatever_may_have_a_finding_does_not() {
        for (name, from, to) in [
            ("a folded line", "b\r\n\r\n", "b\r\n c\r\n\r\n"),
            ("another header", "b\r\n\r\n", "b\r\nX: y\r\n\r\n"),
            ("a type with parameters", "a/b", "a/b; c=d"),
            ("a type of parts", "a/b", "Multipart/b"),
            ("half a type", "a/b", "a/"),
            ("the other half", "a/b", "/b"),
            ("no type", "a/b", "a"),
            ("LF", "b\r\n\r\n", "b\n\r\n"),
            ("LF for the blank line", "b\r\n\r\n", "b\r\n\n"),
            ("no name", "~ !", ""),
            ("no filename", "de", ""),
            ("a hidden file", "de", ".e"),
            ("an option", "de", "-e"),
            ("a dot at the end", "de", "d."),
            ("a space at the end", "de", "d "),
            ("a device", "de", "nul.e"),
            ("a quote in the name", "~ !", "~\\\""),
            ("text behind the quote", "de\"", "de\" "),
            ("a third parameter", "de\"", "de\"; a=b"),
        ] {
            let block = BLOCK.replace(from, to);
            assert_eq!(simple(&block, &Limits::default()), None, "{name}: {block:?}");
        }
        for byte in 0..=255_u8 {
            let is_plain = matches!(byte, b' '..=b'~') && !b"\"\\%=/:".contains(&byte);
            let wanted = is_plain.then_some(1);
            assert_eq!(plain(&[byte, b'"']), wanted, "{byte:#04x}");
        }
        for cut in 0..BLOCK.len() {
            let mut headers = Headers::default();
            let window = &BLOCK.as_bytes()[..cut];
            assert_eq!(
                headers.read_simple(window, &Limits::default()),
                None,
                "cut at {cut}"
            );
        }
    }
}
