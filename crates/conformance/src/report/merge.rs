//! The reports of the parts of a suite, made one report of the whole.

use std::collections::BTreeSet;

use rebuttal_model::clause;
use thiserror::Error;

use crate::{
    known::{KnownReport, KnownState, settle},
    run::of_scenarios,
    selection::Shard,
    verdict::{ObservedProfile, RunReport},
};

/// Why reports are not those of the parts of one suite.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum NoWhole {
    /// There is none.
    #[error("expected the reports of all shards, found none")]
    Nothing,
    /// One is of a whole suite.
    #[error("expected the reports of shards, found one of a run without --shard ({0} scenarios)")]
    NoShard(usize),
    /// The numbers of parts differ.
    #[error("expected shards of one suite, found {0} beside {1}")]
    OtherSuite(Shard, Shard),
    /// A part stands twice.
    #[error("expected each shard once, found {0} twice")]
    Twice(Shard),
    /// The parts were run by different versions, with different lists of known failures, or otherwise differently.
    #[error("expected shards of one run, but {0} and {1} differ in {2}")]
    Different(Shard, Shard, &'static str),
}

/// Makes the reports of all shards one. A shard whose report is missing is told, and the run is not finished then.
///
/// # Errors
///
/// When the reports are not those of shards of one run.
pub fn merge(parts: &[RunReport]) -> Result<RunReport, NoWhole> {
    let (first, of) = check(parts)?;
    let present: BTreeSet<u32> = parts
        .iter()
        .filter_map(|part| part.shard)
        .map(|it| it.index)
        .collect();
    let missing = (1..=of)
        .filter(|index| !present.contains(index))
        .map(|index| Shard { index, of });
    let missing: Vec<_> = missing.map(|shard| shard.to_string()).collect();
    let mut stopped: Vec<_> = parts.iter().filter_map(|part| part.stopped.clone()).collect();
    if !missing.is_empty() {
        stopped.push(format!("there is no report of shard {}", missing.join(", ")));
    }

    let endpoints: BTreeSet<_> = parts.iter().map(|part| part.endpoint.as_str()).collect();
    let endpoint = endpoints.into_iter().collect::<Vec<_>>().join(", ");
    let started_at = parts.iter().map(|part| part.started_at).min();
    let mut scenarios: Vec<_> = parts
        .iter()
        .flat_map(|part| part.scenarios.iter().cloned())
        .collect();
    scenarios.sort_by(|one, other| one.id.cmp(&other.id));
    let mut whole = of_scenarios(endpoint, started_at.unwrap_or(first.started_at), scenarios);
    whole.rebuttal.clone_from(&first.rebuttal);
    whole.strict = first.strict;
    whole.known = known(parts);
    settle(&mut whole);
    let mut entries = std::mem::take(&mut whole.known);
    for entry in &mut entries {
        entry.decide(&whole);
    }
    whole.known = entries;
    whole.profile.asked.clone_from(&first.profile.asked);
    whole.profile.observed = observed(parts);
    whole.profile.seen = union(parts, |part| &part.profile.seen);
    whole.left_behind = union(parts, |part| &part.left_behind);
    whole.duration_ms = parts.iter().map(|part| part.duration_ms).sum();
    whole.waited_ms = parts.iter().map(|part| part.waited_ms).sum();
    whole.stopped = (!stopped.is_empty()).then(|| stopped.join("; "));
    // What was seen of these two stands in no scenario.
    for id in [clause::http::RATE_429.id, clause::http::SERVER_5XX.id] {
        let of_parts = parts
            .iter()
            .flat_map(|part| &part.clauses)
            .filter(|it| it.id == id);
        let notes: BTreeSet<_> = of_parts.flat_map(|it| it.notes.iter().cloned()).collect();
        let told = whole.clauses.iter_mut().filter(|it| it.id == id);
        told.for_each(|it| it.notes = notes.iter().cloned().collect());
    }
    Ok(whole)
}

/// Makes sure that the parts fit. Returns one of them, and how many there should be.
fn check(parts: &[RunReport]) -> Result<(&RunReport, u32), NoWhole> {
    let first = parts.first().ok_or(NoWhole::Nothing)?;
    let mut seen = BTreeSet::new();
    let shard_of = |part: &RunReport| part.shard.ok_or(NoWhole::NoShard(part.scenarios.len()));
    let shard = shard_of(first)?;
    for part in parts {
        let other = shard_of(part)?;
        if other.of != shard.of {
            return Err(NoWhole::OtherSuite(shard, other));
        }
        if !seen.insert(other.index) {
            return Err(NoWhole::Twice(other));
        }
        let list = |part: &RunReport| -> Vec<_> {
            let entries = part.known.iter();
            entries
                .map(|it| (it.line, it.subject(), it.found.clone()))
                .collect()
        };
        for (same, what) in [
            (part.rebuttal == first.rebuttal, "the version of rebuttal"),
            (part.strict == first.strict, "--strict"),
            (part.profile.asked == first.profile.asked, "--profile"),
            (list(part) == list(first), "--known"),
        ] {
            if !same {
                return Err(NoWhole::Different(shard, other, what));
            }
        }
    }
    Ok((first, shard.of))
}

/// What became of each known failure in all parts together.
fn known(parts: &[RunReport]) -> Vec<KnownReport> {
    let first = parts.first().map_or(&[][..], |part| &part.known);
    let of_entry = |index: usize| {
        let states = parts.iter().filter_map(|part| part.known.get(index));
        let mut entry = states.clone().min_by_key(|it| weight(it.state)).cloned()?;
        let shown: BTreeSet<_> = states.flat_map(|it| it.shown_by.iter().cloned()).collect();
        entry.shown_by = shown.into_iter().collect();
        Some(entry)
    };
    (0..first.len()).filter_map(of_entry).collect()
}

/// What one part knows, another may not have asked: what is wrong with the entry first, then what was seen.
const fn weight(state: KnownState) -> u8 {
    match state {
        KnownState::Nothing => 0,
        KnownState::Expired => 1,
        KnownState::Differs => 2,
        KnownState::Fails => 3,
        KnownState::Passes => 4,
        KnownState::Unasked => 5,
    }
}

fn observed(parts: &[RunReport]) -> ObservedProfile {
    let observed = || parts.iter().map(|part| part.profile.observed);
    let any = |wanted| observed().any(|it| it == wanted);
    match (
        any(ObservedProfile::Mixed),
        any(ObservedProfile::Documented),
        any(ObservedProfile::Recorded),
    ) {
        (true, _, _) | (_, true, true) => ObservedProfile::Mixed,
        (_, true, false) => ObservedProfile::Documented,
        (_, false, true) => ObservedProfile::Recorded,
        (_, false, false) => ObservedProfile::Unknown,
    }
}

fn union<'a>(parts: &'a [RunReport], of: impl Fn(&'a RunReport) -> &'a Vec<String>) -> Vec<String> {
    let all: BTreeSet<_> = parts.iter().flat_map(of).cloned().collect();
    all.into_iter().collect()
}
