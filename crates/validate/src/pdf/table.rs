//! The lines of a cross-reference table, as far as they can be compared with the objects before it.

use crate::{code::Code, finding::Findings};

/// How many bytes an entry has, its line end included.
const ENTRY_BYTES: u64 = 20;

/// The lines between `xref` and `trailer`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Table {
    /// The number of the next entry's object.
    number: u64,
    /// The integers that no entry has used, with their places.
    integers: [(u64, u64); 2],
    count: usize,
    last: Option<u64>,
}

/// An entry of an object in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    /// The object's number.
    pub(super) number: u64,
    /// Where the object should be.
    pub(super) target: u64,
}

impl Entry {
    /// Tells that the object is not there; the entry is at `offset`.
    pub(super) fn warn(self, offset: u64, findings: &mut Findings) {
        findings.warn(Code::PdfBadXref, offset, || {
            format!(
                "object {} at byte {}, where it does not start",
                self.number, self.target
            )
        });
    }
}

/// What an entry came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Where it is.
    pub(super) offset: u64,
    /// How long the entry before it is, where that is not what it must be.
    pub(super) odd_length: Option<u64>,
    /// What it says, unless it is free.
    pub(super) entry: Option<Entry>,
}

impl Table {
    /// Takes an integer. The third in a row tells that the first two opened a section.
    pub(super) fn integer(&mut self, number: u64, offset: u64) {
        if let Some(place) = self.integers.get_mut(self.count) {
            *place = (number, offset);
            self.count += 1;
        } else {
            self.number = self.integers[0].0;
            self.last = None;
            self.integers[0] = (number, offset);
            self.count = 1;
        }
    }

    /// Takes a keyword: `n` or `f` completes an entry.
    pub(super) fn word(&mut self, word: &[u8]) -> Option<Line> {
        let whole = std::mem::take(&mut self.count) == 2;
        let used = match word {
            b"n" => true,
            b"f" => false,
            _ => return None,
        };
        let (target, offset) = self.integers[0];
        let odd_length = self
            .last
            .map(|last| offset - last)
            .filter(|length| *length != ENTRY_BYTES);
        let number = self.number;
        self.number = number.saturating_add(1);
        self.last = Some(offset);
        // Writers mark what is not used with 0, `n` or `f` alike.
        let entry = (used && target != 0).then_some(Entry { number, target });
        whole.then_some(Line {
            offset,
            odd_length,
            entry,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_get_their_numbers_from_the_section() {
        let mut table = Table::default();
        let mut lines = Vec::new();
        for (offset, part) in [
            (0, "0"),
            (2, "2"),
            (4, "0000000000"),
            (15, "65535"),
            (21, "f"),
            (24, "0000000017"),
            (35, "00000"),
            (41, "n"),
            (43, "7"),
            (45, "1"),
            (47, "0000000099"),
            (58, "00000"),
            (64, "n"),
            (66, "0000000098"),
            (77, "00000"),
            (83, "n"),
            (86, "n"),
        ] {
            match part.parse() {
                Ok(number) => table.integer(number, offset),
                Err(_) => lines.extend(table.word(part.as_bytes())),
            }
        }
        let found: Vec<_> = lines
            .iter()
            .map(|line| (line.offset, line.odd_length, line.entry))
            .collect();
        let entry = |number, target| Some(Entry { number, target });
        assert_eq!(
            found,
            [
                (4, None, None),
                (24, None, entry(1, 17)),
                (47, None, entry(7, 99)),
                (66, Some(19), entry(8, 98))
            ]
        );
    }
}
