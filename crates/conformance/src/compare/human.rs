//! A comparison for people.

use std::{collections::BTreeMap, fmt::Write};

use anstyle::Style;

use super::{ClauseDrift, Comparison, Difference};
use crate::{report::count, shortened::shortened, verdict::Verdict};

/// How many lines of one kind are told of one clause.
const MOST_LINES: usize = 8;

/// How long a line may be that quotes an endpoint, in characters.
const MOST_CHARS: usize = 200;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub(super) fn text(comparison: &Comparison) -> String {
    let mut text = String::new();
    for (name, side) in [("A", &comparison.a), ("B", &comparison.b)] {
        let stopped = if side.stopped { ", not finished" } else { "" };
        let _ = writeln!(text, "{name}  {} at {}{stopped}", side.endpoint, side.started_at);
    }
    for drift in &comparison.clauses {
        clause(&mut text, drift);
    }
    if let Some(profile) = &comparison.profile {
        let _ = writeln!(text, "\nprofile: {profile}");
    }
    let _ = writeln!(text, "\n{}", summary(comparison));
    text
}

fn clause(text: &mut String, drift: &ClauseDrift) {
    let level = drift.level.as_str();
    let _ = writeln!(
        text,
        "\n{BOLD}{}{BOLD:#} ({level}): {}",
        drift.id,
        standing(drift)
    );
    let _ = writeln!(text, "  {DIM}{}{DIM:#}", drift.statement);
    let mut by_ask = BTreeMap::<&str, Vec<&Difference>>::new();
    for it in &drift.differences {
        by_ask.entry(&it.ask).or_default().push(it);
    }
    for (ask, differences) in by_ask {
        let _ = writeln!(text, "  {ask}");
        for it in differences.iter().take(MOST_LINES) {
            let place = if it.place.is_empty() { "body" } else { &it.place };
            let _ = writeln!(
                text,
                "    {place}: {} in A, {} in B  {DIM}({}){DIM:#}",
                it.a,
                it.b,
                shown_by(it)
            );
        }
        more(text, differences.len());
    }
    for (mark, lines) in [("A", &drift.only_a), ("B", &drift.only_b)] {
        for line in lines.iter().take(MOST_LINES) {
            let _ = writeln!(text, "    {mark}  {}", shortened(line, MOST_CHARS));
        }
        more(text, lines.len());
    }
}

fn more(text: &mut String, lines: usize) {
    if lines > MOST_LINES {
        let _ = writeln!(text, "    and {} more", lines - MOST_LINES);
    }
}

/// Who keeps the clause.
fn standing(drift: &ClauseDrift) -> String {
    let of = |verdict: Option<Verdict>| match verdict {
        Some(Verdict::Pass) => "holds",
        Some(Verdict::Observed) => "observed",
        Some(Verdict::Fail | Verdict::Warn) => "is broken",
        Some(Verdict::Known) => "is broken, as known",
        Some(Verdict::Skip | Verdict::Error) | None => "was not asked",
    };
    match (of(drift.a), of(drift.b)) {
        ("holds", "holds") => "holds in both, which still differ".to_owned(),
        ("observed", "observed") => "the contract leaves it open".to_owned(),
        (a, b) if a == b => format!("{a} in both, which differ"),
        (a, b) => format!("{a} in A, {b} in B"),
    }
}

fn shown_by(difference: &Difference) -> String {
    match difference.scenarios.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {}", count(rest.len(), "more scenario")),
    }
}

fn summary(comparison: &Comparison) -> String {
    let differences: usize = comparison.clauses.iter().map(|it| it.differences.len()).sum();
    let mut text = format!(
        "{} compared: {} under {}",
        count(comparison.answers, "answer"),
        count(differences, "difference"),
        count(comparison.clauses.len(), "clause"),
    );
    let uncompared = &comparison.uncompared;
    if let Some(first) = uncompared.first() {
        let others = if uncompared.len() > 1 { ", …" } else { "" };
        let _ = write!(
            text,
            "\nnot or only partly asked on one side: {} ({first}{others})",
            count(uncompared.len(), "scenario")
        );
    }
    text
}
