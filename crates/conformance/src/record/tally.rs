//! Counts what a recording found.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use rebuttal_model::{Level, clause};

use super::{
    finding::{Finding, Side},
    line::{Recorded, Summary, Told},
};
use crate::verdict::Verdict;

/// How much of what could not be saved is named; the rest is much the same.
const MOST_UNSAVED: usize = 50;

/// What was found so far.
#[derive(Debug)]
pub(super) struct Tally {
    started: Instant,
    exchanges: u64,
    unanswered: u64,
    refused: u64,
    told: BTreeMap<(Side, Level, &'static str, &'static str), Told>,
    held: BTreeSet<&'static str>,
    broken: BTreeSet<&'static str>,
    judged_server: bool,
    unsaved: BTreeSet<String>,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            exchanges: 0,
            unanswered: 0,
            refused: 0,
            told: BTreeMap::new(),
            held: BTreeSet::new(),
            broken: BTreeSet::new(),
            judged_server: false,
            unsaved: BTreeSet::new(),
        }
    }

    /// The number of the next exchange.
    pub(super) fn next(&self) -> u64 {
        self.exchanges + 1
    }

    pub(super) fn add(&mut self, recorded: &Recorded, held: &[&'static str]) {
        self.exchanges += 1;
        self.refused += u64::from(!recorded.sent_on);
        self.unanswered += u64::from(recorded.sent_on && recorded.status.is_none());
        self.judged_server |= recorded.status.is_some();
        self.held.extend(held);
        for finding in &recorded.findings {
            self.count(finding);
        }
        if let Some(text) = recorded
            .unsaved
            .as_ref()
            .filter(|_| self.unsaved.len() < MOST_UNSAVED)
        {
            self.unsaved.insert(text.clone());
        }
    }

    fn count(&mut self, finding: &Finding) {
        if finding.side == Side::Server && finding.level < Level::Obs {
            self.broken.insert(finding.clause);
        }
        let key = (
            finding.side,
            finding.level,
            finding.clause,
            finding.rule.unwrap_or_default(),
        );
        let told = self.told.entry(key).or_insert_with(|| Told {
            side: finding.side,
            clause: finding.clause,
            level: finding.level,
            rule: finding.rule,
            what: finding.what,
            count: 0,
        });
        told.count += 1;
    }

    /// What it comes to.
    pub(super) fn summary(
        &self,
        saved: Vec<String>,
        failed_to_save: Option<String>,
        cut_off: usize,
    ) -> Summary {
        let worst = |side: Side| {
            let levels = self.told.keys().filter(|key| key.0 == side).map(|key| key.1);
            match levels.min() {
                Some(Level::Must) => Verdict::Fail,
                Some(Level::Should) => Verdict::Warn,
                Some(Level::Obs) | None => Verdict::Pass,
            }
        };
        let server = match worst(Side::Server) {
            Verdict::Pass if !self.judged_server => Verdict::Skip,
            verdict => verdict,
        };
        let order = |id: &&'static str| clause::all().position(|clause| clause.id == *id);
        let mut held: Vec<_> = self.held.difference(&self.broken).copied().collect();
        held.sort_by_key(order);
        Summary {
            rebuttal: env!("CARGO_PKG_VERSION"),
            exchanges: self.exchanges,
            unanswered: self.unanswered,
            refused: self.refused,
            cut_off,
            duration_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            client: if self.exchanges == 0 {
                Verdict::Skip
            } else {
                worst(Side::Client)
            },
            server,
            told: self.told.values().cloned().collect(),
            held,
            saved,
            unsaved: self.unsaved.iter().cloned().collect(),
            failed_to_save,
        }
    }
}
