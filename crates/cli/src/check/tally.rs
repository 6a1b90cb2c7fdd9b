//! What became of all the files together.

use std::process::ExitCode;

use rebuttal_validate::Outcome;

use super::{files::Files, read::Checked};
use crate::output::{BAD, DIM, DOUBTFUL, GOOD, grouped};

/// How many files came to what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    accepted: u64,
    warned: u64,
    refused: u64,
    unreadable: u64,
    is_cut: bool,
}

impl Tally {
    pub(super) fn count(&mut self, checked: &Checked) {
        let number = match checked {
            Checked::Unreadable(_) => &mut self.unreadable,
            Checked::Read { report, .. } => match report.outcome() {
                Outcome::Accept => &mut self.accepted,
                Outcome::Warn => &mut self.warned,
                Outcome::Reject => &mut self.refused,
            },
        };
        *number += 1;
    }

    /// Says that nobody reads on.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    const fn total(&self) -> u64 {
        self.accepted + self.warned + self.refused + self.unreadable
    }

    /// What could not be read has not passed, whatever the others came to.
    pub(super) fn exit(&self) -> ExitCode {
        ExitCode::from(match (self.unreadable, self.refused) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => 3,
        })
    }

    /// The last line of a listing; `None` where it would repeat the only line above it.
    pub(super) fn line(&self, files: &Files) -> Option<String> {
        let passed = passed_over(files);
        if self.total() <= 1 && passed.is_empty() {
            return None;
        }
        let parts = [
            (self.accepted, GOOD, "acceptable"),
            (self.warned, DOUBTFUL, "acceptable with a warning"),
            (self.refused, BAD, "not acceptable"),
            (self.unreadable, BAD, "cannot be read"),
        ];
        let parts = parts.iter().filter(|(number, ..)| *number > 0);
        let parts: Vec<_> = parts
            .map(|(number, style, what)| format!("{style}{} {what}{style:#}", grouped(*number)))
            .collect();
        let plural = if self.total() == 1 { "" } else { "s" };
        let (total, parts) = (grouped(self.total()), parts.join(", "));
        Some(format!("{total} file{plural}: {parts}{DIM}{passed}{DIM:#}\n"))
    }
}

/// What was passed over in folders, in brackets; empty where nothing was.
pub(super) fn passed_over(files: &Files) -> String {
    let parts = [
        (files.hidden, "hidden"),
        (files.others, "no file, or a link to a folder"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts.map(|(number, what)| format!("{number} {what}")).collect();
    if parts.is_empty() {
        return String::new();
    }
    format!(" (passed over: {})", parts.join(", "))
}
