//! Known failures: a list of mismatches that a team has seen and lives with for now.
//!
//! It is two-way. A listed mismatch does not fail the run; a list that is no longer true does: an entry that
//! passes, fails otherwise, has expired or is about nothing.

mod apply;
mod report;

use std::{collections::BTreeSet, path::Path, sync::LazyLock};

use rebuttal_model::{Timestamp, schema::schema_to_read};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

pub(crate) use apply::settle;
pub use apply::{Suite, suite};
pub use report::{KnownReport, KnownState};

use crate::{
    diagnostic::{Defects, Lines, Problem},
    shape::{self, Place},
};

/// A list of known failures.
#[derive(Clone, Debug, Default)]
pub struct Known {
    entries: Vec<Listed>,
}

/// An entry, and where it stands.
#[derive(Clone, Debug)]
struct Listed {
    entry: Entry,
    path: String,
    line: usize,
    column: usize,
}

/// Why there is no list.
#[derive(Debug, Error)]
pub enum KnownError {
    /// The file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is wrong.
    #[error(transparent)]
    Defects(#[from] Defects),
}

/// A list of known failures (TOML).
#[derive(Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KnownFailures")]
struct KnownFile {
    /// The known failures.
    #[serde(default)]
    known: Vec<Entry>,
}

/// One known failure: of a clause, of a scenario, or of a clause in a scenario.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KnownFailure")]
struct Entry {
    /// The clause that does not hold.
    #[schemars(length(min = 1))]
    clause: Option<String>,
    /// The scenario that shows it.
    #[schemars(length(min = 1))]
    scenario: Option<String>,
    /// The mismatch, as the report has it.
    mismatch: Pin,
    /// Why it is not mended, and where that is followed.
    #[schemars(length(min = 1))]
    reason: String,
    /// The last day on which the entry is good (UTC), such as 2026-12-31.
    #[schemars(length(min = 1))]
    expires: Option<String>,
}

/// A mismatch; `*` in a text stands for any text, since ids and times differ from run to run.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    /// Where: `status`, a header, or a member of the body by its JSON pointer.
    #[schemars(length(min = 1))]
    place: String,
    /// What the clause asks for; not looked at where it is absent.
    #[schemars(length(min = 1))]
    expected: Option<String>,
    /// What comes instead.
    #[schemars(length(min = 1))]
    found: String,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema_to_read::<KnownFile>("known.json"));

impl Known {
    /// Reads a list of known failures.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is wrong: every problem at once, with line and column.
    pub fn from_file(path: &Path) -> Result<Self, KnownError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| KnownError::Read {
            path: name.clone(),
            source,
        })?;
        Ok(Self::parse(&name, &text)?)
    }

    /// Reads the text of a list; `path` is for messages and reports.
    ///
    /// # Errors
    ///
    /// As [`Known::from_file`], less the reading.
    ///
    /// ```
    /// use rebuttal_conformance::known::Known;
    ///
    /// let list = r#"
    /// [[known]]
    /// clause = "list.limit"
    /// mismatch = { place = "/limit", found = "*" }
    /// reason = "limits over 100 are clamped: TICKET-1"
    /// "#;
    /// assert_eq!(Known::parse("known.toml", list)?.len(), 1);
    ///
    /// let error = Known::parse("known.toml", "[[known]]\nclaus = \"list.limit\"").unwrap_err();
    /// assert!(error.to_string().starts_with("known.toml:"));
    /// # Ok::<(), rebuttal_conformance::diagnostic::Defects>(())
    /// ```
    pub fn parse(path: &str, text: &str) -> Result<Self, Defects> {
        let fitting = shape::read::<KnownFile>(path, text, &SCHEMA)?;
        let at = |index: usize| fitting.span(&[Place::Key("known"), Place::Item(index)]);
        let lines = Lines::of(text);
        let (mut problems, mut entries) = (Vec::new(), Vec::new());
        for (index, entry) in fitting.value.known.iter().enumerate() {
            let member = |key| fitting.span(&[Place::Key("known"), Place::Item(index), Place::Key(key)]);
            problems.extend(entry.check(at(index), member));
            if let Some(first) = fitting.value.known[..index]
                .iter()
                .position(|it| it.is_same(entry))
            {
                let (line, _) = lines.position(at(first).start);
                let message = format!("expected each failure once, found the one of line {line} again");
                problems.push(Problem::new(at(index), message));
            }
            let (line, column) = lines.position(at(index).start);
            entries.push(Listed {
                entry: entry.clone(),
                path: path.to_owned(),
                line,
                column,
            });
        }
        if problems.is_empty() {
            return Ok(Self { entries });
        }
        problems.sort_by_key(|problem| problem.span.start);
        Err(Defects {
            path: path.to_owned(),
            text: text.to_owned(),
            problems,
        })
    }

    /// How many failures are listed.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries that are about a clause, or about one of these scenarios and no clause, each as a line.
    pub fn about(&self, clause: &str, scenarios: &[String]) -> Vec<String> {
        let entries = self
            .entries
            .iter()
            .filter(|it| match (&it.entry.clause, &it.entry.scenario) {
                (Some(named), _) => named == clause,
                (None, Some(named)) => scenarios.contains(named),
                (None, None) => false,
            });
        let line = |it: &Listed| {
            let Entry {
                scenario,
                mismatch,
                reason,
                expires,
                ..
            } = &it.entry;
            let scenario = scenario.as_ref().map_or_else(String::new, |id| format!("{id}, "));
            let expires = expires
                .as_ref()
                .map_or_else(String::new, |day| format!(" (until {day})"));
            let Pin { place, found, .. } = mismatch;
            format!(
                "{}:{}: {scenario}{place}: {found}: {reason}{expires}",
                it.path, it.line
            )
        };
        entries.map(line).collect()
    }

    /// The JSON Schema of a list.
    pub fn schema() -> &'static Value {
        &SCHEMA
    }
}

impl Entry {
    fn check<'t>(
        &self,
        here: std::ops::Range<usize>,
        member: impl Fn(&'t str) -> std::ops::Range<usize>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.clause.is_none() && self.scenario.is_none() {
            let problem = Problem::new(here, "expected `clause` or `scenario`, found neither");
            problems.push(problem.help("name what fails, as the report does: clause = \"list.limit\""));
        }
        if self.reason.trim().is_empty() {
            problems.push(Problem::new(
                member("reason"),
                "expected a reason, found only white space",
            ));
        }
        let letters: BTreeSet<_> = self
            .mismatch
            .found
            .chars()
            .chain(self.mismatch.place.chars())
            .collect();
        if letters.iter().all(|letter| *letter == '*') {
            let message = "expected a mismatch that is told from others, found one that is all stars";
            problems.push(Problem::new(member("mismatch"), message));
        }
        if let Some(expires) = &self.expires
            && format!("{expires}T00:00:00Z").parse::<Timestamp>().is_err()
        {
            let message = format!("expected a date such as 2026-12-31, found {expires:?}");
            problems.push(Problem::new(member("expires"), message));
        }
        problems
    }

    /// Whether both mean the same failures, whatever else they say.
    fn is_same(&self, other: &Self) -> bool {
        (&self.clause, &self.scenario, &self.mismatch) == (&other.clause, &other.scenario, &other.mismatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_told_at_once_with_line_and_column() {
        let text = "\
[[known]]
mismatch = { place = \"status\", found = \"500\" }
reason = \"  \"

[[known]]
clause = \"list.limit\"
mismatch = { place = \"*\", found = \"**\" }
reason = \"slow vendor\"
expires = \"2026-02-30\"

[[known]]
clause = \"list.limit\"
mismatch = { place = \"*\", found = \"**\" }
reason = \"said again\"
";
        let told = Known::parse("known.toml", text).unwrap_err().to_string();
        assert_eq!(
            told.lines().collect::<Vec<_>>(),
            [
                "known.toml:1:1: expected `clause` or `scenario`, found neither",
                "known.toml:3:10: expected a reason, found only white space",
                "known.toml:7:12: expected a mismatch that is told from others, found one that is all stars",
                "known.toml:9:11: expected a date such as 2026-12-31, found \"2026-02-30\"",
                "known.toml:11:1: expected each failure once, found the one of line 5 again",
                "known.toml:13:12: expected a mismatch that is told from others, found one that is all stars",
            ]
        );
    }

    #[test]
    fn a_shape_that_is_wrong_is_told_too() {
        for (text, wanted) in [
            (
                "[[known]]\nclaus = \"list.limit\"\nmismatch = { place = \"a\", found = \"b\" }\nreason = \"r\"",
                "known.toml:2:1: unknown key `claus`",
            ),
            (
                "[[known]]\nclause = \"list.limit\"\nreason = \"r\"",
                "missing key `mismatch`",
            ),
            (
                "[[known]]\nclause = \"list.limit\"\nmismatch = { place = \"a\", found = \"b\" }\nreason = \"\"",
                "known.toml:4:10: expected a text, found an empty one",
            ),
            (
                "[[known]]\nclause = \"list.limit\"\nmismatch = { place = \"a\", found = \"b\" }\nreason = \"r\"\nexpires = 2026-12-31",
                "known.toml:5:11: expected a string, found a datetime",
            ),
        ] {
            let told = Known::parse("known.toml", text).unwrap_err().to_string();
            assert!(told.contains(wanted), "{told}");
        }
    }
}
