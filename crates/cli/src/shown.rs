//! Makes a stranger's bytes safe to print: nothing that a terminal obeys, or that hides, is left as it is.

use std::{fmt::Write, ops::Range};

use unicode_width::UnicodeWidthChar;

/// One character as it is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// In columns.
    pub(crate) width: usize,
    /// Where its bytes begin.
    pub(crate) at: u64,
    /// Where they end.
    pub(crate) end: u64,
    /// It stands for bytes that cannot be shown.
    pub(crate) is_escape: bool,
}

/// What bytes look like, character by character; `start` is where they stand.
pub(crate) fn cells(bytes: &[u8], start: u64) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(bytes.len());
    let mut at = start;
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            let end = at + char.len_utf8() as u64;
            cells.push(cell(char, at..end));
            at = end;
        }
        for byte in chunk.invalid() {
            cells.push(escape(format!("\\x{byte:02x}"), at..at + 1));
            at += 1;
        }
    }
    cells
}

fn cell(char: char, span: Range<u64>) -> Cell {
    if is_printable(char) {
        return Cell {
            text: char.to_string(),
            width: char.width().unwrap_or(0),
            at: span.start,
            end: span.end,
            is_escape: false,
        };
    }
    escape(
        match char {
            '\r' => "\\r".to_owned(),
            '\n' => "\\n".to_owned(),
            '\t' => "\\t".to_owned(),
            char if char.is_ascii() => format!("\\x{:02x}", u32::from(char)),
            char => char.escape_unicode().to_string(),
        },
        span,
    )
}

fn escape(text: String, span: Range<u64>) -> Cell {
    let width = text.len();
    Cell {
        text,
        width,
        at: span.start,
        end: span.end,
        is_escape: true,
    }
}

/// Whether a character is seen and changes nothing around it. Neither control nor format characters (those of
/// bidirectional text among them), nor what has no width and stands on nothing, are.
fn is_printable(char: char) -> bool {
    if char.is_ascii() {
        return matches!(char, ' '..='~');
    }
    // What `Debug` shows. Of marks that extend a letter it does so only behind one: whole alphabets need them.
    let behind_a_letter = || format!("a{char}");
    char.escape_debug().len() == 1 || behind_a_letter().escape_debug().to_string() == behind_a_letter()
}

/// Bytes as text that is safe to print.
pub(crate) fn plain(bytes: &[u8]) -> String {
    cells(bytes, 0).into_iter().map(|cell| cell.text).collect()
}

/// The beginning of bytes, cut to a number of columns, with an ellipsis when something is missing.
pub(crate) fn cut(bytes: &[u8], columns: usize) -> String {
    cut_cells(&cells(bytes, 0), columns)
}

/// The same for cells.
pub(crate) fn cut_cells(cells: &[Cell], columns: usize) -> String {
    let fits = fitting(cells, columns);
    let mut out: String = cells[..fits].iter().map(|cell| cell.text.as_str()).collect();
    if fits < cells.len() {
        out.push('…');
    }
    out
}

/// How many cells fit into a number of columns, with an ellipsis behind them when they do not all fit.
pub(crate) fn fitting(cells: &[Cell], columns: usize) -> usize {
    let all: usize = cells.iter().map(|cell| cell.width).sum();
    if all <= columns {
        return cells.len();
    }
    let mut left = columns.saturating_sub(1);
    let fits = cells.iter().take_while(|cell| {
        let fits = cell.width <= left;
        left = left.saturating_sub(cell.width);
        fits
    });
    fits.count()
}

/// JSON that is safe to print: every character that is not shown as it is becomes an escape.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char == '\n' || is_printable(char) {
            out.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_what_people_read_is_not() {
        for (name, bytes, wanted) in [
            ("letters", &b"name=\"a b\"\\"[..], "name=\"a b\"\\"),
            ("an escape sequence", b"\x1b[31m\x07", "\\x1b[31m\\x07"),
            ("its 8-bit form", "\u{9b}31m".as_bytes(), "\\u{9b}31m"),
            ("line ends", b"\r\n\t\x00\x7f", "\\r\\n\\t\\x00\\x7f"),
            ("not UTF-8", b"r\xe9sum\xe9", "r\\xe9sum\\xe9"),
            (
                "right to left",
                "a\u{202e}b\u{2066}".as_bytes(),
                "a\\u{202e}b\\u{2066}",
            ),
            (
                "invisible",
                "\u{feff}\u{200b}\u{ad}".as_bytes(),
                "\\u{feff}\\u{200b}\\u{ad}",
            ),
            ("Thai", "ใบเสร็จรับเงิน".as_bytes(), "ใบเสร็จรับเงิน"),
            ("Japanese", "領収書".as_bytes(), "領収書"),
            ("two scripts", "é🧾".as_bytes(), "é🧾"),
        ] {
            assert_eq!(plain(bytes), wanted, "{name}");
        }
    }

    #[test]
    fn text_is_cut_by_columns() {
        for (text, columns, wanted) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("領収書", 6, "領収書"),
            ("領収書", 5, "領収…"),
            ("領収書", 4, "領…"),
        ] {
            assert_eq!(cut(text.as_bytes(), columns), wanted);
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let text = serde_json::to_string(&"a\u{7f}\u{9b}\u{202e}\u{e0001}é\n\"").unwrap();
        let safe = json(&text);
        assert_eq!(safe, "\"a\\u007f\\u009b\\u202e\\udb40\\udc01é\\n\\\"\"");
        let (a, b): (String, String) = (
            serde_json::from_str(&text).unwrap(),
            serde_json::from_str(&safe).unwrap(),
        );
        assert_eq!(a, b);
    }
}
