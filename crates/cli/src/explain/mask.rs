//! Keeps credentials out of what is printed: what looks like a key, what header lines of credentials say, and
//! the words of those wherever else they stand.

use std::{collections::HashMap, ops::Range};

use rebuttal_conformance::Secrets;
use rebuttal_multipart::{ListedHeader, Window};

use crate::shown::{self, Cell};

/// What stands in place of a credential.
pub(super) const MASK: &str = "***";

/// The headers that hold credentials.
const HEADERS: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
];

/// What keys begin with, and in base64 too.
const BEGINNINGS: [&[u8]; 4] = [b"skey", b"pkey", b"c2tleV", b"cGtleV"];

/// The shortest piece of a credential that is masked, in bytes; shorter ones would mask ordinary words.
const PIECE: usize = 12;

/// How many words of credentials are looked for, and in every form; and how long they are at most, in bytes.
const MOST_WORDS: usize = 64;
const MOST_FORMS: usize = 8;
const MOST_BYTES: usize = 1024;

/// Whether a header holds a credential.
pub(super) fn is_credential(name: &[u8]) -> bool {
    HEADERS
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// What must not show.
#[derive(Default)]
pub(super) struct Mask {
    words: Vec<Vec<u8>>,
    /// A word and the place in it, by the bytes that stand there.
    pieces: HashMap<[u8; PIECE], (usize, usize)>,
    forms: Secrets,
}

impl Mask {
    /// Masks the words of these values, which are credentials.
    pub(super) fn new<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        let mut mask = Self::default();
        let words = values
            .into_iter()
            .flat_map(|value| value.split(|byte| byte.is_ascii_whitespace() || b"=;,\"'".contains(byte)));
        for word in words.filter(|word| may_be_key(word)) {
            if mask.words.len() == MOST_WORDS {
                break;
            }
            let word = &word[..word.len().min(MOST_BYTES)];
            if mask.words.iter().any(|known| known == word) {
                continue;
            }
            for (at, piece) in word.windows(PIECE).enumerate() {
                // A file must not choose which words of ours are masked; none has a digit.
                if let (Ok(piece), true) = (piece.try_into(), piece.iter().any(u8::is_ascii_digit)) {
                    mask.pieces.entry(piece).or_insert((mask.words.len(), at));
                }
            }
            mask.words.push(word.to_vec());
        }
        let words = mask.words.iter().take(MOST_FORMS);
        mask.forms = Secrets::new(words.filter_map(|word| str::from_utf8(word).ok()));
        mask
    }

    /// Text that is made up already, such as a whole page.
    pub(super) fn text(&self, text: &str) -> String {
        let mut hidden = keys(text.as_bytes());
        hidden.extend(self.known(text.as_bytes()));
        let masked = replaced(text.as_bytes(), &merged(hidden));
        self.forms.mask(&String::from_utf8_lossy(&masked))
    }

    /// Bytes of a file.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        replaced(bytes, &self.hidden(bytes))
    }

    /// The value of a header.
    pub(super) fn value(&self, header: &ListedHeader) -> Vec<u8> {
        if is_credential(&header.name) {
            return MASK.as_bytes().to_vec();
        }
        self.bytes(&header.value)
    }

    /// What stood where something is wrong, in words.
    pub(super) fn found(&self, found: &Window, is_secret: bool) -> String {
        if is_secret && !found.as_bytes().is_empty() {
            return format!("`{MASK}`");
        }
        if self.hidden(found.as_bytes()).is_empty() {
            return found.to_string();
        }
        format!("`{}`", shown::plain(&self.bytes(found.as_bytes())))
    }

    /// What bytes look like, those that are hidden without any width behind the mask.
    pub(super) fn cells(&self, bytes: &[u8], start: u64) -> Vec<Cell> {
        masked(bytes, start, &self.hidden(bytes))
    }

    /// The beginning of bytes, cut to a number of columns.
    pub(super) fn cut(&self, bytes: &[u8], columns: usize) -> String {
        shown::cut_cells(&self.cells(bytes, 0), columns)
    }

    /// The places that do not show, in their order.
    fn hidden(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut hidden = keys(bytes);
        hidden.extend(credentials(bytes));
        hidden.extend(self.known(bytes));
        merged(hidden)
    }

    /// Where pieces of known credentials stand.
    fn known(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        if self.pieces.is_empty() {
            return found;
        }
        for (at, piece) in bytes.windows(PIECE).enumerate() {
            // Another word may go on where this one ends.
            if found.last().is_some_and(|last| at + PIECE <= last.end) {
                continue;
            }
            let Some((index, place)) = self.pieces.get(piece) else {
                continue;
            };
            let (before, behind) = self.words[*index].split_at(*place);
            let left = bytes[..at].iter().rev().zip(before.iter().rev());
            let right = bytes[at..].iter().zip(behind);
            let start = at - left.take_while(|(a, b)| a == b).count();
            found.push(start..at + right.take_while(|(a, b)| a == b).count());
        }
        found
    }
}

/// Whether a word looks like a key.
fn may_be_key(word: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/_-.".contains(byte);
    word.len() >= PIECE && word.iter().all(is_plain) && word.iter().any(u8::is_ascii_digit)
}

/// Where keys stand, behind the word that they begin with.
fn keys(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let beginning = BEGINNINGS.iter().find(|known| rest.starts_with(known));
        let Some(beginning) = beginning else {
            at += 1;
            continue;
        };
        at += beginning.len();
        let rest = &rest[beginning.len()..];
        let is_encoded = beginning.len() > 4;
        let lead = match rest {
            _ if is_encoded => 0,
            [b'_', ..] => 1,
            [b'%', b'5', b'F' | b'f', ..] => 3,
            _ => continue,
        };
        let is_key = |byte: &&u8| {
            byte.is_ascii_alphanumeric() || **byte == b'_' || is_encoded && b"+/-".contains(*byte)
        };
        let len = rest[lead..].iter().take_while(is_key).count();
        if len > 0 {
            found.push(at + lead..at + lead + len);
        }
        at += lead + len;
    }
    found
}

/// Where the values of header lines stand that hold credentials, whatever stands before their names.
pub(super) fn credentials(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut is_hidden) = (0, false);
    for line in bytes.split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
        let end = start + line.len();
        let text = line.trim_ascii_end();
        if text.is_empty() {
            is_hidden &= line != b"\r" && start > 0 && bytes[start - 1] == b'\r';
        } else if is_hidden && text[0].is_ascii_whitespace() {
            found.push(start + 1..start + text.len());
        } else {
            let mut colons = colons_of(text);
            let colon = colons.find(|colon| is_credential(name_before(&text[..*colon])));
            is_hidden = colon.is_some();
            if let Some(colon) = colon {
                let value = text[colon + 1..].trim_ascii_start();
                found.push(start + text.len() - value.len()..start + text.len());
            }
        }
        start = end;
    }
    found.retain(|place| !place.is_empty());
    found
}

fn colons_of(text: &[u8]) -> impl Iterator<Item = usize> {
    let colons = text.iter().enumerate().filter(|(_, byte)| **byte == b':');
    colons.map(|(at, _)| at)
}

/// The last word, of the bytes that names of headers have.
fn name_before(text: &[u8]) -> &[u8] {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let end = text.iter().rposition(is_name).map_or(0, |at| at + 1);
    let start = text[..end].iter().rposition(|byte| !is_name(byte));
    &text[start.map_or(0, |at| at + 1)..end]
}

/// Whether a header line holds a credential; so do the lines that go on with it.
pub(super) fn is_credential_line(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    is_credential(name.trim_ascii())
}

/// Bytes that are hidden altogether.
pub(super) fn hidden_cells(bytes: &[u8], start: u64) -> Vec<Cell> {
    let all = 0..bytes.len();
    masked(bytes, start, std::slice::from_ref(&all))
}

fn masked(bytes: &[u8], start: u64, hidden: &[Range<usize>]) -> Vec<Cell> {
    let mut cells = shown::cells(bytes, start);
    for hidden in hidden {
        let first = cells.partition_point(|cell| cell.at < start + hidden.start as u64);
        let behind = cells.partition_point(|cell| cell.at < start + hidden.end as u64);
        let mut text = MASK;
        for cell in &mut cells[first..behind] {
            text.clone_into(&mut cell.text);
            (cell.width, cell.is_escape) = (text.len(), false);
            text = "";
        }
    }
    cells
}

fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

fn replaced(bytes: &[u8], hidden: &[Range<usize>]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for place in hidden {
        out.extend_from_slice(&bytes[at..place.start]);
        out.extend_from_slice(MASK.as_bytes());
        at = place.end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_show_wherever_they_stand() {
        let mask = Mask::new([
            &b"Basic abcdefgh1ijklmnopqrstuvwxyz"[..],
            b"a=multipart9/form-data",
            b"jklmnopqrstuvwxyz23",
        ]);
        for (bytes, wanted) in [
            ("skey_live_4f9a8b7c6d5e.", "skey_***."),
            ("skey_5xuy4w91 pkey_test_1", "skey_*** pkey_***"),
            ("skey%5Ftest_1 skey_ skey", "skey%5F*** skey_ skey"),
            ("x c2tleV90ZXN0XzE6 y", "x c2tleV*** y"),
            (
                "Authorization: Basic x\r\nHost: h",
                "Authorization: ***\r\nHost: h",
            ),
            ("> cookie : a\r\n b\r\n\r\n c", "> cookie : ***\r\n ***\r\n\r\n c"),
            ("-H 'X-API-Key: 1' -d", "-H 'X-API-Key: ***"),
            ("{\"Set-Cookie\":\"1\"}", "{\"Set-Cookie\":***"),
            ("My-Authorization: x", "My-Authorization: x"),
            ("a bcdefgh1ijklm b", "a *** b"),
            ("a=bcdefgh1ijklmnopqrstuvwxyz23", "a=***"),
            ("(1ijklmnopqrstuvwxyz)", "(***)"),
            ("abcdefgh1i multipart/form-data", "abcdefgh1i multipart/form-data"),
        ] {
            let masked = String::from_utf8(mask.bytes(bytes.as_bytes())).unwrap();
            assert_eq!(masked, wanted);
            let cells = mask.cells(bytes.as_bytes(), 7);
            let text: String = cells.iter().map(|cell| cell.text.as_str()).collect();
            assert_eq!(text, shown::plain(wanted.as_bytes()));
            assert_eq!(cells.len(), bytes.len());
        }
    }
}
