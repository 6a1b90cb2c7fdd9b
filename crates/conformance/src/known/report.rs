//! What became of a known failure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
