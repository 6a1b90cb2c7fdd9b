//! Entries of cross-reference tables, held against the objects that were seen.

use super::{
    super::table::{Entry, Line},
    Document,
};
use crate::{code::Code, finding::Findings};

impl Document {
    /// Whether the object of a table's entry starts where it says, give or take white space; never `false` where
    /// it does, if the whole file was seen.
    pub(in crate::pdf) fn may_start(&self, entry: Entry) -> bool {
        let starts = |target: u64| {
            (target..target.saturating_add(3)).any(|at| self.seen.may_have_at(entry.number, at))
        };
        starts(entry.target) || self.header != 0 && starts(entry.target.saturating_add(self.header))
    }

    /// Compares an entry of a table with the objects before it.
    pub(super) fn check_line(&mut self, line: Line, findings: &mut Findings) {
        if let Some(length) = line.odd_length {
            findings.warn(Code::PdfBadXref, line.offset, || {
                format!("an entry of {length} bytes where 20 belong")
            });
        }
        match line.entry {
            Some(entry) if entry.target >= line.offset => self.facts.ahead.keep(entry, line.offset),
            Some(entry) if !self.may_start(entry) => entry.warn(line.offset, findings),
            _ => {}
        }
    }
}
