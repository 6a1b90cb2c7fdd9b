//! Whose rules are applied, and how each one is switched.

use crate::{
    code::Code,
    finding::{Finding, Severity},
};

/// Whose rules are applied: the contract's or a reviewer's, each rule switchable by its code.
///
/// The two refuse the same files. [`Policy::contract`] leaves warnings out, [`Policy::reviewer`] has them.
///
/// ```
/// use rebuttal_validate::{Checker, Code, Outcome, Policy};
///
/// let outcome = |policy| {
///     let mut checker = Checker::new(policy);
///     checker.feed(b"GIF89a\x01\x00\x01\x00\x00;");
///     checker.finish().outcome()
/// };
/// assert_eq!(outcome(Policy::reviewer()), Outcome::Reject);
/// assert_eq!(outcome(Policy::reviewer().warn(Code::TypeNotAllowed)), Outcome::Warn);
/// assert_eq!(outcome(Policy::reviewer().allow(Code::TypeNotAllowed)), Outcome::Accept);
/// ```
///
/// What stands behind a defect that ends the reading is not judged, also where the defect is allowed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Policy {
    advises: bool,
    is_strict: bool,
    /// Bits of the codes that were switched; a code has a bit in at most one of the three.
    allowed: u128,
    warned: u128,
    denied: u128,
}

impl Policy {
    /// What the API must accept or refuse: rejections and notes, no warnings.
    pub const fn contract() -> Self {
        Self {
            advises: false,
            is_strict: false,
            allowed: 0,
            warned: 0,
            denied: 0,
        }
    }

    /// Also tells of what a reviewer or a card network stumbles over later.
    pub const fn reviewer() -> Self {
        Self {
            advises: true,
            ..Self::contract()
        }
    }

    /// Makes every warning a refusal, but for the codes that are allowed.
    #[must_use]
    pub const fn strict(self) -> Self {
        Self {
            is_strict: true,
            ..self
        }
    }

    /// What has this code is a note at most.
    #[must_use]
    pub const fn allow(self, code: Code) -> Self {
        let free = self.without(code);
        Self {
            allowed: free.allowed | code.bit(),
            ..free
        }
    }

    /// What has this code is a warning, neither more nor less.
    #[must_use]
    pub const fn warn(self, code: Code) -> Self {
        let free = self.without(code);
        Self {
            warned: free.warned | code.bit(),
            ..free
        }
    }

    /// What has this code refuses the file.
    #[must_use]
    pub const fn deny(self, code: Code) -> Self {
        let free = self.without(code);
        Self {
            denied: free.denied | code.bit(),
            ..free
        }
    }

    const fn without(self, code: Code) -> Self {
        Self {
            allowed: self.allowed & !code.bit(),
            warned: self.warned & !code.bit(),
            denied: self.denied & !code.bit(),
            ..self
        }
    }

    /// How much a finding matters under this policy; `None` where it is not told at all.
    pub const fn severity(&self, finding: &Finding) -> Option<Severity> {
        let bit = finding.code.bit();
        if self.denied & bit != 0 {
            return Some(Severity::Rejection);
        }
        if self.warned & bit != 0 {
            return Some(if self.is_strict {
                Severity::Rejection
            } else {
                Severity::Warning
            });
        }
        let allowed = self.allowed & bit != 0;
        match finding.severity {
            Severity::Note if finding.code.is_advice() && !self.advises => None,
            Severity::Warning if !self.advises => None,
            _ if allowed => Some(Severity::Note),
            Severity::Warning if self.is_strict => Some(Severity::Rejection),
            severity => Some(severity),
        }
    }

    /// A finding as this policy has it; `None` where it is not told at all.
    pub fn judge(&self, finding: Finding) -> Option<Finding> {
        let severity = self.severity(&finding)?;
        Some(Finding { severity, ..finding })
    }

    /// Whether it keeps every severity that would refuse a file, and adds none.
    pub(crate) const fn keeps_rejections(&self) -> bool {
        self.allowed | self.warned | self.denied == 0 && !self.is_strict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_sets_the_severity_and_the_last_word_on_a_code_counts() {
        use Severity::{Note, Rejection, Warning};
        let code = Code::TrailingData;
        let contract = Policy::contract();
        let reviewer = Policy::reviewer();
        for (policy, on_note, on_warning, on_rejection) in [
            (contract, Some(Note), None, Some(Rejection)),
            (contract.strict(), Some(Note), None, Some(Rejection)),
            (contract.allow(code), Some(Note), None, Some(Note)),
            (contract.warn(code), Some(Warning), Some(Warning), Some(Warning)),
            (reviewer, Some(Note), Some(Warning), Some(Rejection)),
            (reviewer.strict(), Some(Note), Some(Rejection), Some(Rejection)),
            (reviewer.strict().allow(code), Some(Note), Some(Note), Some(Note)),
            (
                reviewer.warn(code).strict(),
                Some(Rejection),
                Some(Rejection),
                Some(Rejection),
            ),
            (
                reviewer.deny(code),
                Some(Rejection),
                Some(Rejection),
                Some(Rejection),
            ),
            (
                reviewer.deny(code).allow(code),
                Some(Note),
                Some(Note),
                Some(Note),
            ),
            (
                reviewer.allow(code).warn(code),
                Some(Warning),
                Some(Warning),
                Some(Warning),
            ),
            (
                reviewer.deny(Code::Empty),
                Some(Note),
                Some(Warning),
                Some(Rejection),
            ),
        ] {
            let told = |severity| policy.severity(&Finding::new(code, severity, None, "x"));
            assert_eq!(
                (told(Note), told(Warning), told(Rejection)),
                (on_note, on_warning, on_rejection),
                "{policy:?}"
            );
        }
    }

    #[test]
    fn what_only_networks_ask_for_is_told_to_reviewers_only() {
        let note = Finding::new(Code::NameForNetworks, Severity::Note, None, "x");
        assert_eq!(Policy::contract().severity(&note), None);
        assert_eq!(Policy::reviewer().severity(&note), Some(Severity::Note));
        let asked = Policy::contract().deny(Code::NameForNetworks);
        assert_eq!(asked.severity(&note), Some(Severity::Rejection));
    }
}
