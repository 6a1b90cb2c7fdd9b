//! The summary for a pull request: what does not hold, folded, within what GitHub takes of a comment.

use std::fmt::Write;

use rebuttal_model::clause;

use super::{counted, headline, seconds};
use crate::{
    shortened::shortened,
    verdict::{ClauseReport, Counts, Exchange, Mismatch, RunReport, ScenarioReport, Verdict},
};

/// A comment on GitHub has at most 65,536 characters; a key that is masked may leave room.
const MOST_BYTES: usize = 60_000;

/// At most so many mismatches of one clause are told; the rest are counted.
const MOST_TOLD: usize = 3;

/// At most so many flaky scenarios are named.
const MOST_FLAKY: usize = 20;

pub(super) fn render(report: &RunReport) -> String {
    let mut text = format!("## Conformance: {}\n\n", plain(&headline(report)));
    let shard = report
        .shard
        .map_or_else(String::new, |shard| format!("shard {shard} · "));
    let _ = writeln!(
        text,
        "{} · {shard}profile {} (asked: {}) · {} · rebuttal {}\n",
        code(&report.endpoint),
        report.profile.observed.as_str(),
        plain(&report.profile.asked),
        seconds(report.duration_ms),
        plain(&report.rebuttal),
    );
    counts(&mut text, report);
    known(&mut text, report);
    flaky(&mut text, report);
    let end = end(report);
    let broken: Vec<_> = report
        .clauses
        .iter()
        .filter(|clause| matches!(clause.verdict, Verdict::Fail | Verdict::Warn))
        .collect();
    for (index, clause) in broken.iter().enumerate() {
        let section = section(report, clause);
        if text.len() + section.len() + end.len() > MOST_BYTES {
            let rest = broken[index..].iter().take(200);
            let rest: Vec<_> = rest.map(|clause| code(clause.id)).collect();
            let _ = writeln!(
                text,
                "Too long for a comment; these do not hold either, as the other reports show: {}\n",
                rest.join(", ")
            );
            break;
        }
        text.push_str(&section);
    }
    text.push_str(&end);
    text
}

fn counts(text: &mut String, report: &RunReport) {
    let row = |name: &str, counts: Counts| {
        let cells: Vec<_> = Verdict::ALL
            .iter()
            .map(|verdict| counted(counts, *verdict).to_string())
            .collect();
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let head: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.as_str()).collect();
    let _ = writeln!(text, "| | {} |", head.join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(head.len()));
    text.push_str(&row("clauses", report.summary.clauses));
    text.push_str(&row("scenarios", report.summary.scenarios));
    text.push('\n');
}

fn known(text: &mut String, report: &RunReport) {
    if report.known.is_empty() {
        return;
    }
    text.push_str("### Known failures\n\n| | what | where | why |\n|---|---|---|---|\n");
    for known in &report.known {
        let mark = if known.state.is_stale() { "❌ " } else { "" };
        let until = known
            .expires
            .as_ref()
            .map_or_else(String::new, |day| format!(" (until {})", plain(day)));
        let _ = writeln!(
            text,
            "| {mark}{} | {}: {} | {} | {}{until} |",
            known.state.as_str(),
            code(&known.subject()),
            plain(&known.message),
            code(&known.position()),
            plain(&known.reason)
        );
    }
    text.push('\n');
}

/// What came to different things when it was run again.
fn flaky(text: &mut String, report: &RunReport) {
    if report.summary.flaky == 0 {
        return;
    }
    text.push_str("### ⚠️ Flaky\n\n");
    for scenario in report.flaky().take(MOST_FLAKY) {
        let told = scenario.flakiness().unwrap_or_default();
        let _ = writeln!(text, "- {}: {}", code(&scenario.id), plain(&told));
    }
    if let Some(more @ 1..) = report.summary.flaky.checked_sub(MOST_FLAKY) {
        let _ = writeln!(text, "- and {more} more");
    }
    text.push('\n');
}

fn section(report: &RunReport, clause: &ClauseReport) -> String {
    let mark = if clause.verdict == Verdict::Fail {
        "❌"
    } else {
        "⚠️"
    };
    let mut text = format!(
        "### {mark} {} ({})\n\n{}\n",
        code(clause.id),
        clause.level.as_str(),
        plain(&clause.statement)
    );
    if let Some(cited) = clause::find(clause.id).map(rebuttal_model::Clause::cited) {
        let _ = writeln!(text, "<br>{}", plain(&cited));
    }
    text.push('\n');
    let found: Vec<_> = report
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.mismatches.iter().map(move |it| (scenario, it)))
        .filter(|(_, it)| it.clause == clause.id && it.known.is_none())
        .collect();
    for (scenario, mismatch) in found.iter().take(MOST_TOLD) {
        told(&mut text, scenario, mismatch);
    }
    if found.len() > MOST_TOLD {
        let _ = writeln!(text, "and {} more of the kind\n", found.len() - MOST_TOLD);
    }
    text
}

fn told(text: &mut String, scenario: &ScenarioReport, mismatch: &Mismatch) {
    let _ = writeln!(
        text,
        "- {}, step {}, {}: expected {}, found {}",
        code(&scenario.id),
        mismatch.step,
        code(&mismatch.place),
        code(&mismatch.expected),
        code(&mismatch.found)
    );
    let exchange = mismatch.exchange.and_then(|index| scenario.exchanges.get(index));
    if let Some(exchange) = exchange {
        fold(text, exchange);
    }
    text.push('\n');
}

fn fold(text: &mut String, exchange: &Exchange) {
    text.push_str("\n  <details><summary>exchange</summary>\n\n");
    if let Some(curl) = &exchange.curl {
        fence(text, "sh", curl);
    }
    let content = format!("{}\n\n{}", exchange.request.trim_end(), exchange.answer());
    fence(text, "http", &content);
    text.push_str("  </details>\n");
}

/// A block that nothing in its content can end, indented as what belongs to an item of a list.
fn fence(text: &mut String, language: &str, content: &str) {
    let fence = "`".repeat(longest_run(content).max(2) + 1);
    let _ = writeln!(text, "  {fence}{language}");
    for line in content.lines() {
        let _ = writeln!(text, "  {line}");
    }
    let _ = writeln!(text, "  {fence}\n");
}

fn end(report: &RunReport) -> String {
    let mut text = String::new();
    for (verdict, title) in [(Verdict::Error, "could not be asked"), (Verdict::Skip, "skipped")] {
        let reasons = super::reasons(report, verdict);
        if reasons.is_empty() {
            continue;
        }
        let count: usize = reasons.values().map(Vec::len).sum();
        let _ = writeln!(text, "<details><summary>{count} {title}</summary>\n");
        for (reason, scenarios) in reasons.into_iter().take(20) {
            let short: String = reason.chars().take(300).collect();
            let _ = writeln!(
                text,
                "- {}: {} of them, such as {}",
                plain(&short),
                scenarios.len(),
                code(scenarios[0])
            );
        }
        text.push_str("\n</details>\n\n");
    }
    if !report.left_behind.is_empty() {
        let _ = writeln!(
            text,
            "{} left behind on the endpoint, named in the JSON report",
            report.left_behind.len()
        );
    }
    text
}

/// A text as code: one line, in more backticks than it has itself, and no end of a table's cell.
fn code(text: &str) -> String {
    let text = text.replace(|letter: char| letter.is_control(), " ");
    let text = shortened(&text, 400);
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// A text as text, whatever signs of Markdown or HTML it has, and without mentions.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            '@' => plain.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '>' => plain.extend(['\\', letter]),
            other if other.is_control() => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_endpoint_says_stays_text() {
        assert_eq!(code("a`b|c\nd"), "``a`b\\|c d``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(
            plain("<img src=x> @team [a](b) *c* | #1"),
            "&lt;img src=x\\> &#64;team \\[a\\](b) \\*c\\* \\| \\#1"
        );
        let mut text = String::new();
        fence(&mut text, "http", "a\n````\nb");
        assert_eq!(text, "  `````http\n  a\n  ````\n  b\n  `````\n\n");
    }
}
