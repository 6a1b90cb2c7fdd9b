//! One thing that was found, and the bounded list of them.

use std::borrow::Cow;

use rebuttal_model::Clause;
use serde::Serialize;

use crate::{
    advice::{self, Language},
    code::Code,
};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the file is fine.
    Note,
    /// The file opens, and may trouble whoever reads it later.
    Warning,
    /// The file cannot be evidence.
    Rejection,
}

impl Severity {
    /// The severity in one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Rejection => "rejection",
        }
    }
}

/// One thing that was found in a file or a `kind`, in words that a merchant can act on.
///
/// The texts are fragments: `expected {expected}, found {found}` reads as a sentence.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// What it is about; stable.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where it shows: the byte, or the start of the chunk, segment or object around it, counted from 0.
    pub offset: Option<u64>,
    /// What a sound file has there.
    pub expected: String,
    /// What this file has there.
    pub found: String,
    /// What the merchant can do.
    pub advice: String,
}

impl Finding {
    pub(crate) fn new(code: Code, severity: Severity, offset: Option<u64>, found: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            offset,
            expected: code.expected().to_owned(),
            found: found.into(),
            advice: code.advice().to_owned(),
        }
    }

    pub(crate) fn rejection(code: Code, offset: u64, found: impl Into<String>) -> Self {
        Self::new(code, Severity::Rejection, Some(offset), found)
    }

    pub(crate) fn advise(self, advice: impl Into<String>) -> Self {
        Self {
            advice: advice.into(),
            ..self
        }
    }

    /// What the merchant can do, in another language: the translation of [`Finding::advice`], or where there is
    /// none, of what its code advises in general.
    pub fn advice_in(&self, language: Language) -> Cow<'static, str> {
        advice::translated(language, &self.advice)
            .or_else(|| advice::translated(language, self.code.advice()))
            .unwrap_or_else(|| self.advice.clone().into())
    }

    /// The clause that this finding is about, where the contract has one.
    pub fn clause(&self) -> Option<&'static Clause> {
        self.code.clause()
    }
}

/// The findings so far: each code once, where it shows first, so their number has a bound.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    seen: u128,
    rejected: bool,
}

impl Findings {
    pub(crate) fn has(&self, code: Code) -> bool {
        self.seen & code.bit() != 0
    }

    /// Whether the file is already certain to be refused.
    pub(crate) fn rejected(&self) -> bool {
        self.rejected
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        if !self.has(finding.code) {
            self.seen |= finding.code.bit();
            self.rejected |= finding.severity == Severity::Rejection;
            self.list.push(finding);
        }
    }

    pub(crate) fn note(&mut self, code: Code, offset: u64, found: impl FnOnce() -> String) {
        self.once(code, Severity::Note, offset, found);
    }

    pub(crate) fn warn(&mut self, code: Code, offset: u64, found: impl FnOnce() -> String) {
        self.once(code, Severity::Warning, offset, found);
    }

    /// Refuses the file, also where the same code was a warning before.
    pub(crate) fn reject(&mut self, code: Code, offset: u64, found: impl FnOnce() -> String) {
        let refused = |finding: &Finding| finding.code == code && finding.severity == Severity::Rejection;
        if self.has(code) && !self.list.iter().any(refused) {
            self.list.retain(|finding| finding.code != code);
            self.seen &= !code.bit();
        }
        self.once(code, Severity::Rejection, offset, found);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.list
    }

    /// The text is made only where it is kept: a hostile file repeats itself a million times.
    fn once(&mut self, code: Code, severity: Severity, offset: u64, found: impl FnOnce() -> String) {
        if !self.has(code) {
            self.add(Finding::new(code, severity, Some(offset), found()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_once_and_a_rejection_takes_the_place_of_a_warning() {
        let mut findings = Findings::default();
        findings.warn(Code::JpegBadMarker, 7, || "first".to_owned());
        findings.warn(Code::JpegBadMarker, 9, || unreachable!("not kept, so not made"));
        assert!(!findings.rejected());
        findings.reject(Code::JpegBadMarker, 11, || "grave".to_owned());
        findings.reject(Code::JpegBadMarker, 13, || unreachable!("not kept, so not made"));
        assert!(findings.rejected());
        let list = findings.into_list();
        assert_eq!(list.len(), 1);
        assert_eq!((list[0].offset, list[0].found.as_str()), (Some(11), "grave"));
    }
}
