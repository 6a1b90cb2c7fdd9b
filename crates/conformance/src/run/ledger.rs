//! What a scenario has found so far, clause by clause.

use std::collections::BTreeSet;

use rebuttal_model::{Clause, Level, Profile, Situation};

use crate::{
    shortened::shortened,
    verdict::{Mismatch, Observation},
};

/// The longest text of a finding, in characters: what is quoted is the endpoint's own, and may go on without end. The
/// transcript has the whole.
const MOST_CHARS: usize = 300;

/// The findings of one scenario.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) mismatches: Vec<Mismatch>,
    pub(crate) observations: BTreeSet<Observation>,
    /// Clauses that some check was about, and that check held.
    held: BTreeSet<&'static str>,
    /// Answers that only one profile gives.
    pub(crate) profiles: BTreeSet<(Situation, Profile)>,
}

/// Where a finding was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// The step, counted from 1.
    pub(crate) step: usize,
    /// The exchange that shows it.
    pub(crate) exchange: Option<usize>,
}

/// One thing that is not as expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Difference {
    pub(crate) place: String,
    pub(crate) expected: String,
    pub(crate) found: String,
    /// Whether later steps make no sense: the answer is of another sort than the one they build on.
    pub(crate) fatal: bool,
}

impl Difference {
    pub(crate) fn new(
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
            fatal: false,
        }
    }

    pub(crate) fn fatal(self) -> Self {
        Self { fatal: true, ..self }
    }
}

impl Ledger {
    /// A check of this clause held.
    pub(crate) fn hold(&mut self, clause: &Clause) {
        self.held.insert(clause.id);
    }

    /// A check of this clause failed. Where the clause binds nobody, that is an observation.
    pub(crate) fn miss(&mut self, clause: &'static Clause, at: At, difference: Difference) {
        let Difference {
            place,
            expected,
            found,
            ..
        } = difference;
        if clause.level == Level::Obs {
            self.observe(clause, format!("{place}: expected {expected}, found {found}"));
            return;
        }
        self.mismatches.push(Mismatch {
            clause: clause.id,
            level: clause.level,
            step: at.step,
            place: readable(&place),
            expected: readable(&expected),
            found: readable(&found),
            exchange: at.exchange,
            known: None,
        });
    }

    /// Books what a step's expectation came to.
    pub(crate) fn book(&mut self, clause: &'static Clause, at: At, differences: Vec<Difference>) {
        if differences.is_empty() {
            self.hold(clause);
        }
        for difference in differences {
            self.miss(clause, at, difference);
        }
    }

    pub(crate) fn observe(&mut self, clause: &Clause, text: impl Into<String>) {
        self.observations.insert(Observation {
            clause: clause.id,
            text: readable(&text.into()),
        });
    }

    /// The clauses that hold, less those that `unasked` steps were about.
    pub(crate) fn held(&self, unasked: &BTreeSet<&str>) -> BTreeSet<&'static str> {
        let broken: BTreeSet<_> = self.mismatches.iter().map(|mismatch| mismatch.clause).collect();
        self.held
            .iter()
            .copied()
            .filter(|id| !broken.contains(id) && !unasked.contains(id))
            .collect()
    }
}

fn readable(text: &str) -> String {
    shortened(text, MOST_CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use rebuttal_model::clause;

    use super::*;

    #[test]
    fn what_an_endpoint_says_without_end_is_cut() {
        let at = At {
            step: 1,
            exchange: None,
        };
        let mut ledger = Ledger::default();
        let just = "ก".repeat(MOST_CHARS);
        for found in [just.clone(), format!("{just}ก")] {
            ledger.miss(
                &clause::document::ANSWER_JSON,
                at,
                Difference::new("header content-type", "application/json, in UTF-8", found.clone()),
            );
            ledger.observe(&clause::document::ANSWER_JSON, found);
        }
        let cut = format!("{just}…");
        let found: Vec<_> = ledger.mismatches.iter().map(|it| &it.found[..]).collect();
        assert_eq!(found, [&just, &cut]);
        let observed: Vec<_> = ledger.observations.iter().map(|it| &it.text[..]).collect();
        assert_eq!(observed, [&just, &cut]);
    }
}
