//! Holds a run against its list of known failures, and the list against the run.

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::{Level, clause};

use super::{
    Entry, Known, KnownReport, KnownState, Listed,
    report::{HOLDS, was_asked},
};
use crate::{
    diagnostic::nearest,
    redact::Secrets,
    run::{Run, glob},
    scenario::{Library, Scenario},
    shortened::shortened,
    verdict::{Counts, Mismatch, RunReport, ScenarioReport, Verdict},
};

/// Every scenario that there is, selected or not, with the clauses that it covers.
pub type Suite = BTreeMap<String, BTreeSet<&'static str>>;

/// The suite of a library.
pub fn suite(library: &Library) -> Suite {
    let covers = |scenario: &Scenario| scenario.clauses().map(|clause| clause.id).collect();
    library
        .iter()
        .map(|(id, scenario)| (id.clone(), covers(scenario)))
        .collect()
}

impl Known {
    /// Marks the mismatches of a run that are known, and says of each entry what became of it.
    ///
    /// Texts are compared as reports show them, keys masked. An entry that names only a clause is held to have
    /// passed only where every scenario of the suite that covers the clause was selected: part of a suite
    /// cannot tell.
    pub fn apply(&self, run: &mut Run, suite: &Suite) {
        let Run { report, secrets } = run;
        let day = report.started_at.to_string();
        let day = day.get(..10).unwrap_or(&day);
        let known: Vec<_> = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, listed)| listed.judge(index, report, secrets, suite, day))
            .collect();
        report.known = known;
        settle(report);
    }

    /// Whether every mismatch of a scenario is on the list: what stops at the first failure does not stop for those.
    pub fn has_all_of(&self, scenario: &ScenarioReport, secrets: &Secrets) -> bool {
        scenario.mismatches.iter().all(|mismatch| {
            let mut entries = self.entries.iter().map(|listed| &listed.entry);
            entries.any(|entry| entry.is_about(&scenario.id, mismatch) && entry.pins(mismatch, secrets))
        })
    }
}

impl Listed {
    fn judge(
        &self,
        index: usize,
        report: &mut RunReport,
        secrets: &Secrets,
        suite: &Suite,
        day: &str,
    ) -> KnownReport {
        let entry = &self.entry;
        let expired = entry.expires.as_deref().is_some_and(|last| day > last);
        let (mut shown_by, mut others) = (BTreeSet::new(), Vec::new());
        for scenario in &mut report.scenarios {
            for mismatch in &mut scenario.mismatches {
                if !entry.is_about(&scenario.id, mismatch) {
                    continue;
                }
                if !entry.pins(mismatch, secrets) {
                    others.push(format!("{}: {}", mismatch.place, mismatch.found));
                    continue;
                }
                shown_by.insert(scenario.id.clone());
                if !expired && mismatch.known.is_none() {
                    mismatch.known = Some(index);
                }
            }
        }
        let covered_by = entry.covered_by(suite);
        let (state, message) = if let Some(missing) = entry.about_nothing(suite) {
            (KnownState::Nothing, missing)
        } else if expired {
            let last = entry.expires.as_deref().unwrap_or_default();
            (
                KnownState::Expired,
                format!("it was good until {last}: mend it, or look at it anew"),
            )
        } else if !shown_by.is_empty() {
            (KnownState::Fails, "it fails as is known".to_owned())
        } else if let Some(other) = others.first() {
            let more = match others.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            (
                KnownState::Differs,
                format!(
                    "it fails, but not as is known: found {}{more}",
                    shortened(other, 120)
                ),
            )
        } else if entry.was_asked(report, &covered_by) {
            (KnownState::Passes, HOLDS.to_owned())
        } else {
            (
                KnownState::Unasked,
                "this run did not ask, or could not".to_owned(),
            )
        };
        let mask = |text: &String| secrets.mask(text);
        KnownReport {
            path: mask(&self.path),
            line: self.line,
            column: self.column,
            clause: entry.clause.as_ref().map(mask),
            scenario: entry.scenario.as_ref().map(mask),
            place: mask(&entry.mismatch.place),
            expected: entry.mismatch.expected.as_ref().map(mask),
            found: mask(&entry.mismatch.found),
            reason: mask(&entry.reason),
            expires: entry.expires.clone(),
            state,
            message: mask(&message),
            shown_by: shown_by.into_iter().collect(),
            covered_by,
        }
    }
}

impl Entry {
    fn is_about(&self, scenario: &str, mismatch: &Mismatch) -> bool {
        self.clause
            .as_deref()
            .is_none_or(|clause| clause == mismatch.clause)
            && self.scenario.as_deref().is_none_or(|known| known == scenario)
    }

    fn pins(&self, mismatch: &Mismatch, secrets: &Secrets) -> bool {
        let fits = |pin: &str, text: &str| {
            glob(pin.as_bytes(), text.as_bytes()) || glob(pin.as_bytes(), secrets.mask(text).as_bytes())
        };
        let pin = &self.mismatch;
        fits(&pin.place, &mismatch.place)
            && fits(&pin.found, &mismatch.found)
            && pin
                .expected
                .as_deref()
                .is_none_or(|expected| fits(expected, &mismatch.expected))
    }

    /// What the entry names and does not exist.
    fn about_nothing(&self, suite: &Suite) -> Option<String> {
        let hint =
            |word: Option<&str>| word.map_or_else(String::new, |word| format!(", did you mean `{word}`?"));
        if let Some(id) = self.clause.as_deref().filter(|id| clause::find(id).is_none()) {
            let near = nearest(id, clause::all().map(|clause| clause.id));
            return Some(format!("there is no clause `{id}`{}", hint(near)));
        }
        let id = self.scenario.as_deref().filter(|id| !suite.contains_key(*id))?;
        let near = nearest(id, suite.keys().map(String::as_str));
        Some(format!("there is no scenario `{id}`{}", hint(near)))
    }

    /// Whether the run can tell that the failure is gone.
    fn was_asked(&self, report: &RunReport, covered_by: &[String]) -> bool {
        if let Some(id) = &self.scenario {
            let asked = |verdict| !matches!(verdict, Verdict::Skip | Verdict::Error);
            let mut ran = report.scenarios.iter();
            return ran.any(|scenario| scenario.id == *id && asked(scenario.verdict));
        }
        self.clause
            .as_deref()
            .is_some_and(|clause| was_asked(clause, covered_by, report))
    }

    /// What must have run before an entry that names only a clause is held to have passed.
    fn covered_by(&self, suite: &Suite) -> Vec<String> {
        let clause = self.clause.as_deref().filter(|_| self.scenario.is_none());
        let covering = suite
            .iter()
            .filter(|(_, covers)| clause.is_some_and(|clause| covers.contains(clause)));
        covering.map(|(id, _)| id.clone()).collect()
    }
}

/// Gives scenarios and clauses whose every mismatch is known that verdict, and counts anew.
pub(crate) fn settle(report: &mut RunReport) {
    for scenario in &mut report.scenarios {
        scenario.verdict = settled(scenario);
    }
    for clause in &mut report.clauses {
        if !matches!(clause.verdict, Verdict::Fail | Verdict::Warn) {
            continue;
        }
        let mut mismatches = report.scenarios.iter().flat_map(|it| &it.mismatches);
        if mismatches.all(|it| it.clause != clause.id || it.known.is_some()) {
            clause.verdict = Verdict::Known;
        }
    }
    report.summary.scenarios = Counts::of(report.scenarios.iter().map(|it| it.verdict));
    report.summary.clauses = Counts::of(report.clauses.iter().map(|it| it.verdict));
}

fn settled(scenario: &ScenarioReport) -> Verdict {
    let is_known = |mismatch: &&Mismatch| mismatch.known.is_some();
    if !scenario.mismatches.iter().any(|it| is_known(&it)) {
        return scenario.verdict;
    }
    let new = scenario.mismatches.iter().filter(|it| !is_known(it));
    match (scenario.verdict, new.map(|it| it.level).min()) {
        (_, Some(Level::Must)) => Verdict::Fail,
        // It was stopped by more than the known mismatch.
        (_, _) if scenario.reason.is_some() => Verdict::Error,
        (_, Some(_)) => Verdict::Warn,
        (_, None) => Verdict::Known,
    }
}
