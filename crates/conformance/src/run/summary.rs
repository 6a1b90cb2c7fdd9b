//! Sums up what scenarios found: clause by clause, and as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rebuttal_model::{Clause, Level, Profile, Situation, Timestamp, clause};

use super::{
    causes::{self, Undecided},
    milliseconds,
    session::Health,
};
use crate::coverage::untestable;
use crate::verdict::{
    ClauseReport, Counts, ObservedProfile, ProfileReport, RunReport, ScenarioReport, Summary, Verdict,
};

/// What a report is made of.
pub(super) struct Parts<'a> {
    pub(super) endpoint: String,
    pub(super) started_at: Timestamp,
    pub(super) duration: Duration,
    pub(super) profiles: &'a [Profile],
    pub(super) seen: BTreeSet<(Situation, Profile)>,
    pub(super) scenarios: Vec<ScenarioReport>,
    pub(super) left_behind: Vec<String>,
    pub(super) health: Health,
    pub(super) waited: Duration,
}

/// A report of nothing but what became of scenarios.
pub(crate) fn of_scenarios(
    endpoint: String,
    started_at: Timestamp,
    scenarios: Vec<ScenarioReport>,
) -> RunReport {
    sum_up(Parts {
        endpoint,
        started_at,
        duration: Duration::ZERO,
        profiles: &Profile::ALL,
        seen: BTreeSet::new(),
        scenarios,
        left_behind: Vec::new(),
        health: Health::default(),
        waited: Duration::ZERO,
    })
}

pub(super) fn sum_up(parts: Parts<'_>) -> RunReport {
    let Parts {
        mut scenarios,
        seen,
        health,
        ..
    } = parts;
    let undecided = causes::settle(&mut scenarios);
    let clauses: Vec<_> = clause::all()
        .filter_map(|clause| clause_report(clause, &scenarios, &undecided, &health))
        .collect();
    let summary = Summary {
        clauses: Counts::of(clauses.iter().map(|clause| clause.verdict)),
        scenarios: Counts::of(scenarios.iter().map(|scenario| scenario.verdict)),
        flaky: scenarios.iter().filter(|scenario| scenario.flaky).count(),
    };
    let asked = match parts.profiles {
        [only] => only.as_str(),
        _ => "any",
    };
    let profile = ProfileReport {
        asked: asked.to_owned(),
        observed: ObservedProfile::of(&seen.iter().map(|(_, profile)| *profile).collect()),
        seen: seen
            .iter()
            .map(|(situation, profile)| format!("{}: {profile}", situation.as_str()))
            .collect(),
    };
    RunReport {
        rebuttal: env!("CARGO_PKG_VERSION").to_owned(),
        endpoint: parts.endpoint,
        started_at: parts.started_at,
        duration_ms: milliseconds(parts.duration),
        profile,
        summary,
        clauses,
        scenarios,
        known: Vec::new(),
        left_behind: parts.left_behind,
        strict: false,
        waited_ms: milliseconds(parts.waited),
        shard: None,
        stopped: None,
    }
}

/// What became of a clause; `None` where no scenario of this run is about it and none found it broken.
fn clause_report(
    clause: &'static Clause,
    scenarios: &[ScenarioReport],
    undecided: &Undecided,
    health: &Health,
) -> Option<ClauseReport> {
    let covering: Vec<_> = scenarios
        .iter()
        .filter(|scenario| scenario.covers.contains(&clause.id))
        .collect();
    let breaks = |scenario: &&ScenarioReport| scenario.mismatches.iter().any(|it| it.clause == clause.id);
    let breaking: Vec<_> = scenarios.iter().filter(breaks).collect();
    if covering.is_empty() && breaking.is_empty() {
        return None;
    }
    let named: BTreeSet<_> = covering
        .iter()
        .chain(&breaking)
        .map(|scenario| scenario.id.clone())
        .collect();
    let held = scenarios.iter().any(|scenario| scenario.held.contains(clause.id));
    let unasked = |verdict| {
        covering
            .iter()
            .any(|it| it.verdict == verdict && !it.held.contains(clause.id))
    };
    let verdict = match clause.level {
        Level::Must if !breaking.is_empty() => Verdict::Fail,
        Level::Should if !breaking.is_empty() => Verdict::Warn,
        _ if undecided.contains_key(clause.id) => Verdict::Skip,
        _ if unasked(Verdict::Error) => Verdict::Error,
        Level::Obs if held || untestable(clause).is_some() => Verdict::Observed,
        _ if held => Verdict::Pass,
        Level::Obs if covering.iter().any(|it| it.verdict != Verdict::Skip) => Verdict::Observed,
        _ => Verdict::Skip,
    };
    Some(ClauseReport {
        id: clause.id,
        level: clause.level,
        verdict,
        statement: clause.statement.to_owned(),
        scenarios: named.into_iter().collect(),
        notes: match undecided.get(clause.id) {
            Some(found) => vec![causes::reason(found)],
            None => notes(clause, scenarios, &covering, verdict, health),
        },
    })
}

/// What was seen, how often; and why it was not asked.
fn notes(
    clause: &'static Clause,
    scenarios: &[ScenarioReport],
    covering: &[&ScenarioReport],
    verdict: Verdict,
    health: &Health,
) -> Vec<String> {
    if *clause == clause::http::RATE_429 {
        return vec![match health.limited {
            0 => format!("no 429 in {} requests", health.requests),
            limited => format!(
                "{limited} of {} requests were answered 429, {} of them without Retry-After",
                health.requests, health.limited_without_wait
            ),
        }];
    }
    if *clause == clause::http::SERVER_5XX {
        return vec![match health.failed {
            0 => format!("no 5xx in place of a success in {} requests", health.requests),
            failed => format!(
                "{failed} requests were answered 5xx and asked again with backoff, {} of them recovered",
                health.recovered
            ),
        }];
    }
    let mut seen = BTreeMap::<&str, usize>::new();
    for scenario in scenarios {
        for observation in scenario.observations.iter().filter(|it| it.clause == clause.id) {
            *seen.entry(&observation.text).or_default() += 1;
        }
    }
    let notes = seen
        .into_iter()
        .map(|(text, times)| {
            if times == 1 {
                text.to_owned()
            } else {
                format!("{text} ({times} scenarios)")
            }
        })
        .collect();
    match verdict {
        // What else was seen would read like the reason.
        Verdict::Fail | Verdict::Warn => Vec::new(),
        Verdict::Skip | Verdict::Error => {
            let reasons: BTreeSet<_> = covering.iter().filter_map(|it| it.reason.clone()).collect();
            reasons.into_iter().collect()
        }
        Verdict::Pass | Verdict::Observed | Verdict::Known => notes,
    }
}
