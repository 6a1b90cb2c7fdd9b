//! What a check came to.

use rebuttal_model::Format;
use serde::Serialize;

use crate::{
    finding::{Finding, Severity},
    other::OtherFormat,
};

/// What a file is, and what was found in it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// What the bytes are, by signature.
    pub detected: Detected,
    /// How many bytes were fed.
    pub bytes: u64,
    /// What was found: the size first, then in the order of discovery; each code at most once.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The verdict: the gravest of the findings decides.
    pub fn outcome(&self) -> Outcome {
        match self.findings.iter().map(|finding| finding.severity).max() {
            None | Some(Severity::Note) => Outcome::Accept,
            Some(Severity::Warning) => Outcome::Warn,
            Some(Severity::Rejection) => Outcome::Reject,
        }
    }

    /// The format, where it is one that the API takes; a file of such a format may still be refused.
    pub fn format(&self) -> Option<Format> {
        match self.detected {
            Detected::Allowed(format) => Some(format),
            Detected::Empty | Detected::Other(_) | Detected::Unknown => None,
        }
    }

    /// Why the file is refused. The size, which stands first, goes before the format (`upload.too-large`,
    /// `upload.bad-format`).
    pub fn rejection(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.severity == Severity::Rejection)
    }
}

/// What the bytes are, by signature; whether they are sound is another matter.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detected {
    /// No bytes.
    Empty,
    /// A format that the API takes.
    Allowed(Format),
    /// A format that it does not take.
    Other(OtherFormat),
    /// Nothing known, or one of the three damaged so far that no viewer knows it.
    Unknown,
}

impl Detected {
    /// The name that people use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "nothing",
            Self::Allowed(format) => format.name(),
            Self::Other(other) => other.name(),
            Self::Unknown => "unknown data",
        }
    }
}

/// The verdict on a file, from best to worst.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It can be evidence.
    Accept,
    /// It can be evidence, and something about it should be looked at.
    Warn,
    /// It cannot be evidence.
    Reject,
}

impl Outcome {
    /// The verdict in one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Warn => "warn",
            Self::Reject => "reject",
        }
    }
}
