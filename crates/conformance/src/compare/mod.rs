//! How two endpoints differ: each from the contract, and both from each other where the contract leaves a choice.
//!
//! The verdicts say what breaks the contract. The sketches of the answers say what it does not care about and a
//! client may stumble over all the same: a member more, null for a text, another code.

mod human;
mod sketch;

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::{Clause, Level, clause, schema::schema_of};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

pub use sketch::Sketch;

use crate::{
    redact::Secrets,
    report::diff::{self, ClauseChange, Side},
    verdict::{RunReport, ScenarioReport, Verdict},
};

/// How endpoint A and endpoint B differ.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Comparison {
    /// The one endpoint, or the earlier run.
    pub a: Side,
    /// The other endpoint, or the later run.
    pub b: Side,
    /// The clauses under which they differ, in the order of the contract.
    pub clauses: Vec<ClauseDrift>,
    /// How many answers were held against each other.
    pub answers: usize,
    /// The scenarios of which at least one answer has no counterpart, so that only their verdicts are compared.
    pub uncompared: Vec<String>,
    /// Which profile each speaks; null where it is the same.
    pub profile: Option<String>,
}

/// What differs under one clause.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ClauseDrift {
    /// The clause.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What it promises.
    pub statement: &'static str,
    /// What it came to in A; null where no scenario was about it.
    pub a: Option<Verdict>,
    /// What it came to in B.
    pub b: Option<Verdict>,
    /// What only A shows: mismatches, what was seen, and reasons.
    pub only_a: Vec<String>,
    /// What only B shows.
    pub only_b: Vec<String>,
    /// Where answers look different.
    pub differences: Vec<Difference>,
}

/// One way in which answers look different.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Difference {
    /// What was asked: method, path and the names of the parameters.
    pub ask: String,
    /// What differs: `status`, `media type`, or a member of the body by its JSON pointer, `*` for each item.
    pub place: String,
    /// What A answers.
    pub a: String,
    /// What B answers.
    pub b: String,
    /// The scenarios that show it.
    pub scenarios: Vec<String>,
}

/// Why a report cannot be compared.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the report holds no sketches of answers: expected one that `rebuttal compare --save` wrote")]
pub struct NoSketches;

/// What an answer differs in: clause, request, place, A's and B's.
type Key = (&'static str, String, String, String, String);

/// Says how two runs differ.
///
/// # Errors
///
/// When one of them has no sketches, though it asked.
pub fn compare(a: &RunReport, b: &RunReport) -> Result<Comparison, NoSketches> {
    for report in [a, b] {
        let asked = report.scenarios.iter().any(|it| it.verdict == Verdict::Pass);
        if asked && report.scenarios.iter().all(|it| it.sketches.is_empty()) {
            return Err(NoSketches);
        }
    }
    let mut found = Found::default();
    let others: BTreeMap<_, _> = b.scenarios.iter().map(|it| (&it.id, it)).collect();
    for one in &a.scenarios {
        match others.get(&one.id) {
            Some(other) => found.scenario(one, other),
            None => {
                found.uncompared.insert(one.id.clone());
            }
        }
    }
    let ids: BTreeSet<_> = a.scenarios.iter().map(|it| &it.id).collect();
    let only_b = others.keys().filter(|id| !ids.contains(*id));
    found.uncompared.extend(only_b.map(|id| (*id).clone()));

    let diff = diff::diff(a, b);
    let mut differences = BTreeMap::<&str, Vec<Difference>>::new();
    for ((clause, ask, place, a, b), scenarios) in found.differences {
        differences.entry(clause).or_default().push(Difference {
            ask,
            place,
            a,
            b,
            scenarios: scenarios.into_iter().collect(),
        });
    }
    let clauses = clause::all()
        .filter_map(|it| {
            let change = diff.clauses.iter().find(|change| change.id == it.id);
            let differences = differences.remove(it.id).unwrap_or_default();
            (change.is_some() || !differences.is_empty()).then(|| drift(it, change, differences, a, b))
        })
        .collect();
    Ok(Comparison {
        a: diff.a,
        b: diff.b,
        clauses,
        answers: found.answers,
        uncompared: found.uncompared.into_iter().collect(),
        profile: (a.profile.observed != b.profile.observed).then(|| {
            let [a, b] = [a, b].map(|it| it.profile.observed.as_str());
            format!("{a} in A, {b} in B")
        }),
    })
}

fn drift(
    clause: &'static Clause,
    change: Option<&ClauseChange>,
    differences: Vec<Difference>,
    a: &RunReport,
    b: &RunReport,
) -> ClauseDrift {
    let verdict = |report: &RunReport| {
        let of = report.clauses.iter().find(|it| it.id == clause.id);
        of.map(|it| it.verdict)
    };
    ClauseDrift {
        id: clause.id,
        level: clause.level,
        statement: clause.statement,
        a: verdict(a),
        b: verdict(b),
        only_a: change.map(|it| it.only_a.clone()).unwrap_or_default(),
        only_b: change.map(|it| it.only_b.clone()).unwrap_or_default(),
        differences,
    }
}

#[derive(Default)]
struct Found {
    answers: usize,
    uncompared: BTreeSet<String>,
    differences: BTreeMap<Key, BTreeSet<String>>,
}

impl Found {
    fn scenario(&mut self, a: &ScenarioReport, b: &ScenarioReport) {
        let mut ends = b.sketches.iter().peekable();
        for one in &a.sketches {
            // A step may ask a different number of times: pages, tries. What has no counterpart is left out.
            while ends.next_if(|other| other.step < one.step).is_some() {
                self.uncompared.insert(a.id.clone());
            }
            match ends.next_if(|other| other.step == one.step) {
                Some(other) => {
                    self.answers += 1;
                    self.answer(&a.id, one, other);
                }
                None => {
                    self.uncompared.insert(a.id.clone());
                }
            }
        }
        if ends.next().is_some() {
            self.uncompared.insert(a.id.clone());
        }
    }

    fn answer(&mut self, scenario: &str, a: &Sketch, b: &Sketch) {
        let mut add = |clause, place: &str, in_a: String, in_b: String| {
            let key = (clause, a.ask.clone(), place.to_owned(), in_a, in_b);
            self.differences
                .entry(key)
                .or_default()
                .insert(scenario.to_owned());
        };
        if a.status != b.status {
            add(a.clause, "status", a.status.to_string(), b.status.to_string());
            return;
        }
        if a.media_type != b.media_type {
            let name = |it: &Sketch| it.media_type.clone().unwrap_or_else(|| "none".to_owned());
            add(clause::document::ANSWER_JSON.id, "media type", name(a), name(b));
        }
        let places: BTreeSet<_> = a.members.keys().chain(b.members.keys()).collect();
        let mut missing: Option<&str> = None;
        for place in places {
            let (in_a, in_b) = (a.members.get(place), b.members.get(place));
            let within = |parent: &str| {
                place
                    .strip_prefix(parent)
                    .is_some_and(|rest| rest.starts_with('/'))
            };
            if in_a == in_b || missing.is_some_and(within) || lacks_items(place, a, b) {
                continue;
            }
            if in_a.is_none() || in_b.is_none() {
                missing = Some(place);
            }
            add(clause_of(place, a), place, kinds(in_a), kinds(in_b));
        }
    }
}

fn kinds(kinds: Option<&BTreeSet<String>>) -> String {
    let Some(kinds) = kinds else {
        return "absent".to_owned();
    };
    kinds.iter().cloned().collect::<Vec<_>>().join(" or ")
}

/// Whether a place is in the items of an array that is empty on one side: its items cannot be compared.
fn lacks_items(place: &str, a: &Sketch, b: &Sketch) -> bool {
    place.match_indices("/*").any(|(at, star)| {
        let items = &place[..at + star.len()];
        !a.has_items(items) || !b.has_items(items)
    })
}

/// The clause that says what an answer's members are.
fn clause_of(place: &str, sketch: &Sketch) -> &'static str {
    if sketch.clause.starts_with("version.") || place == "/code" {
        return sketch.clause;
    }
    let object = sketch.members.get("/object").and_then(BTreeSet::first);
    match object.map(String::as_str) {
        Some("\"list\"") if !place.starts_with("/data/*") => clause::list::SHAPE.id,
        Some("\"list\"" | "\"document\"") => clause::document::SHAPE.id,
        Some("\"error\"") => clause::document::ERROR_SHAPE.id,
        _ => sketch.clause,
    }
}

impl Comparison {
    /// Whether they look the same, and break the contract in the same way.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.profile.is_none()
    }

    /// The comparison as JSON; its schema is published.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        Secrets::default().mask(&text) + "\n"
    }

    /// The comparison for people.
    pub fn human(&self) -> String {
        Secrets::default().mask(&human::text(self))
    }
}

/// The JSON Schema of a comparison.
pub fn schema() -> Value {
    schema_of::<Comparison>("comparison.json")
}

#[cfg(test)]
mod tests;
