//! What became of a known failure.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::verdict::{RunReport, Verdict};

/// The message of an entry that passes.
pub(super) const HOLDS: &str = "it holds now: take it off the list";

/// Whether a run can tell that a clause holds: all that cover it ran, and it was asked.
pub(super) fn was_asked(clause: &str, covered_by: &[String], report: &RunReport) -> bool {
    let ran: BTreeSet<_> = report.scenarios.iter().map(|it| it.id.as_str()).collect();
    let asked = |verdict| !matches!(verdict, Verdict::Skip | Verdict::Error);
    !covered_by.is_empty()
        && covered_by.iter().all(|it| ran.contains(it.as_str()))
        && report
            .clauses
            .iter()
            .any(|it| it.id == clause && asked(it.verdict))
}

/// What became of a known failure in a run.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct KnownReport {
    /// The file that lists it.
    pub path: String,
    /// The line of its entry, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// The clause that it names.
    pub clause: Option<String>,
    /// The scenario that it names.
    pub scenario: Option<String>,
    /// The mismatch that it pins: where.
    pub place: String,
    /// What should come.
    pub expected: Option<String>,
    /// What comes.
    pub found: String,
    /// Why it is not mended.
    pub reason: String,
    /// The last day on which the entry is good.
    pub expires: Option<String>,
    /// What became of it.
    pub state: KnownState,
    /// That, in words.
    pub message: String,
    /// The scenarios that showed the pinned mismatch.
    pub shown_by: Vec<String>,
    /// Where it names only a clause: the scenarios of the suite that cover the clause, selected or not. It is held to
    /// have passed only where all of them ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered_by: Vec<String>,
}

/// What became of a known failure. The states from `passes` on fail the run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KnownState {
    /// It still fails, as pinned.
    Fails,
    /// This run did not ask, or could not.
    Unasked,
    /// It holds now.
    Passes,
    /// It fails in another way.
    Differs,
    /// Its day is over.
    Expired,
    /// There is no such clause or scenario.
    Nothing,
}

impl KnownState {
    /// The state's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Unasked => "unasked",
            Self::Passes => "passes",
            Self::Differs => "differs",
            Self::Expired => "expired",
            Self::Nothing => "nothing",
        }
    }

    /// Whether the entry is no longer true, which fails the run.
    pub const fn is_stale(self) -> bool {
        match self {
            Self::Fails | Self::Unasked => false,
            Self::Passes | Self::Differs | Self::Expired | Self::Nothing => true,
        }
    }
}

impl KnownReport {
    /// Says of an entry that no part of a suite could decide what the whole comes to.
    pub(crate) fn decide(&mut self, whole: &RunReport) {
        let clause = self.clause.as_deref().filter(|_| self.scenario.is_none());
        let holds = clause.is_some_and(|clause| was_asked(clause, &self.covered_by, whole));
        if holds && self.state == KnownState::Unasked {
            self.state = KnownState::Passes;
            HOLDS.clone_into(&mut self.message);
        }
    }

    /// `path:line:column`.
    pub fn position(&self) -> String {
        format!("{}:{}:{}", self.path, self.line, self.column)
    }

    /// What the entry is about: a clause, a scenario, or one in the other.
    pub fn subject(&self) -> String {
        match (&self.clause, &self.scenario) {
            (Some(clause), Some(scenario)) => format!("{clause} in {scenario}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => String::new(),
        }
    }
}
