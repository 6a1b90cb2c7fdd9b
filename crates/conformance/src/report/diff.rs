//! What changed between two reports: two runs of one endpoint, or one run of each of two.
//!
//! Ids, times and addresses differ from run to run and are no change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use rebuttal_model::{Level, clause, schema::schema_of};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{count, general::general};
use crate::{
    redact::Secrets,
    shortened::shortened,
    verdict::{RunReport, Verdict},
};

/// What changed from report A to report B.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Diff {
    /// The earlier run, or the one endpoint.
    pub a: Side,
    /// The later run, or the other endpoint.
    pub b: Side,
    /// The clauses that came to something else, in the order of the contract.
    pub clauses: Vec<ClauseChange>,
    /// How many clauses are the same in both.
    pub same: usize,
    /// How the profile changed; null where it did not.
    pub profile: Option<String>,
}

/// One of the two reports.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Side {
    /// The endpoint.
    pub endpoint: String,
    /// When the run started.
    pub started_at: String,
    /// Whether the run was ended before its end.
    pub stopped: bool,
}

/// What changed of one clause.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ClauseChange {
    /// The clause.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// What it came to in A; null where no scenario was about it.
    pub a: Option<Verdict>,
    /// What it came to in B.
    pub b: Option<Verdict>,
    /// Which way it went.
    pub way: Way,
    /// What only A shows: mismatches, what was seen, and reasons.
    pub only_a: Vec<String>,
    /// What only B shows.
    pub only_b: Vec<String>,
}

/// Which way a clause went from A to B.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// It came to something worse.
    Worse,
    /// It came to something better.
    Better,
    /// It came to something else, or to the same in another way.
    Other,
}

impl Way {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Other => "other",
        }
    }
}

/// Says what changed from A to B.
pub fn diff(a: &RunReport, b: &RunReport) -> Diff {
    let (mut clauses, mut same) = (Vec::new(), 0);
    for clause in clause::all() {
        let find = |report: &RunReport| {
            report
                .clauses
                .iter()
                .find(|it| it.id == clause.id)
                .map(|it| it.verdict)
        };
        let (was, is) = (find(a), find(b));
        if was.is_none() && is.is_none() {
            continue;
        }
        let (shown_a, shown_b) = (shown(a, clause.id), shown(b, clause.id));
        if was == is && shown_a == shown_b {
            same += 1;
            continue;
        }
        let way = match (was.map(gravity), is.map(gravity)) {
            (Some(was), Some(is)) if is > was => Way::Worse,
            (Some(was), Some(is)) if is < was => Way::Better,
            _ => Way::Other,
        };
        clauses.push(ClauseChange {
            id: clause.id.to_owned(),
            level: clause.level,
            a: was,
            b: is,
            way,
            only_a: shown_a.difference(&shown_b).cloned().collect(),
            only_b: shown_b.difference(&shown_a).cloned().collect(),
        });
    }
    let profile = (a.profile.observed != b.profile.observed).then(|| {
        format!(
            "{} became {}",
            a.profile.observed.as_str(),
            b.profile.observed.as_str()
        )
    });
    Diff {
        a: side(a),
        b: side(b),
        clauses,
        same,
        profile,
    }
}

fn side(report: &RunReport) -> Side {
    Side {
        endpoint: report.endpoint.clone(),
        started_at: report.started_at.to_string(),
        stopped: report.stopped.is_some(),
    }
}

/// How bad a verdict is.
const fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Observed => 0,
        Verdict::Known => 1,
        Verdict::Skip => 2,
        Verdict::Error => 3,
        Verdict::Warn => 4,
        Verdict::Fail => 5,
    }
}

/// What a report shows about a clause, without what differs from run to run.
fn shown(report: &RunReport, id: &str) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for scenario in &report.scenarios {
        for it in scenario.mismatches.iter().filter(|it| it.clause == id) {
            shown.insert(general(&format!(
                "{}, step {}, {}: expected {}, found {}",
                scenario.id, it.step, it.place, it.expected, it.found
            )));
        }
        for it in scenario.observations.iter().filter(|it| it.clause == id) {
            shown.insert(general(&format!("{}: {}", scenario.id, it.text)));
        }
        let asked = !matches!(scenario.verdict, Verdict::Skip | Verdict::Error);
        if let Some(reason) = scenario.reason.as_ref().filter(|_| !asked)
            && scenario.covers.contains(&id)
        {
            let verdict = scenario.verdict.as_str();
            shown.insert(general(&format!("{}: {verdict}: {reason}", scenario.id)));
        }
    }
    shown
}

impl Diff {
    /// Whether the reports say the same.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.profile.is_none()
    }

    /// The difference as JSON; its schema is published.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        Secrets::default().mask(&text) + "\n"
    }

    /// The difference for people: what got worse first.
    pub fn human(&self) -> String {
        let mut text = String::new();
        for (name, side) in [("A", &self.a), ("B", &self.b)] {
            let stopped = if side.stopped { ", not finished" } else { "" };
            let _ = writeln!(text, "{name}  {} at {}{stopped}", side.endpoint, side.started_at);
        }
        let mut by_way = BTreeMap::<Way, Vec<&ClauseChange>>::new();
        for change in &self.clauses {
            by_way.entry(change.way).or_default().push(change);
        }
        for (way, changes) in &by_way {
            let _ = writeln!(text, "\n{}", way.as_str());
            for change in changes {
                clause_lines(&mut text, change);
            }
        }
        if let Some(profile) = &self.profile {
            let _ = writeln!(text, "\nprofile: {profile}");
        }
        let parts: Vec<_> = by_way
            .iter()
            .map(|(way, changes)| format!("{} {}", changes.len(), way.as_str()))
            .chain([format!("{} the same", count(self.same, "clause"))])
            .collect();
        let _ = writeln!(text, "\n{}", parts.join(", "));
        Secrets::default().mask(&text)
    }
}

/// How many lines of each side are told of one clause.
const MOST_LINES: usize = 5;

fn clause_lines(text: &mut String, change: &ClauseChange) {
    let name = |verdict: Option<Verdict>| verdict.map_or("absent", Verdict::as_str);
    let _ = writeln!(
        text,
        "  {} ({}): {} → {}",
        change.id,
        change.level.as_str(),
        name(change.a),
        name(change.b)
    );
    for (mark, lines) in [("A", &change.only_a), ("B", &change.only_b)] {
        for line in lines.iter().take(MOST_LINES) {
            let _ = writeln!(text, "    {mark}  {}", shortened(line, 200));
        }
        if lines.len() > MOST_LINES {
            let _ = writeln!(text, "    {mark}  and {} more", lines.len() - MOST_LINES);
        }
    }
}

/// The JSON Schema of a difference.
pub fn schema() -> Value {
    schema_of::<Diff>("report-diff.json")
}
