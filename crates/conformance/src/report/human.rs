//! The report for people: by clause, what is wrong first.

use std::{collections::BTreeSet, fmt::Write};

use anstyle::{AnsiColor, Style};
use rebuttal_model::{Level, clause};

use crate::verdict::{
    ClauseReport, Counts, Exchange, Mismatch, ObservedProfile, RunReport, ScenarioReport, Verdict,
};

/// At most so many mismatches of one clause are told in full; the rest are counted.
const MOST_TOLD: usize = 3;

pub(super) fn render(report: &RunReport) -> String {
    let mut page = Page {
        report,
        text: String::new(),
        told: BTreeSet::new(),
    };
    page.clauses();
    page.problems();
    page.unasked();
    page.end();
    page.text
}

struct Page<'a> {
    report: &'a RunReport,
    text: String,
    /// Exchanges that were shown already.
    told: BTreeSet<(&'a str, usize)>,
}

fn colour(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Fail | Verdict::Error => AnsiColor::Red,
        Verdict::Warn => AnsiColor::Yellow,
        Verdict::Skip => AnsiColor::BrightBlack,
        Verdict::Observed => AnsiColor::Cyan,
    };
    colour.on_default()
}

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

impl<'a> Page<'a> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// One line a clause, by group.
    fn clauses(&mut self) {
        let width = self
            .report
            .clauses
            .iter()
            .map(|clause| clause.id.len())
            .max()
            .unwrap_or(0);
        let mut group = "";
        for clause in &self.report.clauses {
            let this = clause.id.split('.').next().unwrap_or_default();
            if this != group {
                if !group.is_empty() {
                    self.line("");
                }
                group = this;
            }
            let style = colour(clause.verdict);
            let verdict = clause.verdict.as_str();
            let level = clause.level.as_str();
            let count = match clause.scenarios.len() {
                1 => "1 scenario".to_owned(),
                count => format!("{count} scenarios"),
            };
            // Which of several right answers a MUST got is in the JSON report; here it would be noise.
            let notes = if (clause.level, clause.verdict) == (Level::Must, Verdict::Pass) {
                &[]
            } else {
                clause.notes.as_slice()
            };
            let note = match notes {
                [] => String::new(),
                [one] => format!(": {one}"),
                [one, rest @ ..] => format!(": {one} (+{} more)", rest.len()),
            };
            self.line(&format!(
                "{style}{verdict:<8}{style:#} {:<width$}  {DIM}{level:<6} {count}{DIM:#}{note}",
                clause.id
            ));
        }
    }

    /// What does not hold, clause by clause, with the exchange that shows it.
    fn problems(&mut self) {
        let report = self.report;
        for clause in report
            .clauses
            .iter()
            .filter(|it| matches!(it.verdict, Verdict::Fail | Verdict::Warn))
        {
            self.heading(clause);
            let found: Vec<_> = report
                .scenarios
                .iter()
                .flat_map(|scenario| {
                    scenario
                        .mismatches
                        .iter()
                        .map(move |mismatch| (scenario, mismatch))
                })
                .filter(|(_, mismatch)| mismatch.clause == clause.id)
                .collect();
            for (scenario, mismatch) in found.iter().take(MOST_TOLD) {
                self.mismatch(scenario, mismatch);
            }
            let rest = found.len().saturating_sub(MOST_TOLD);
            if rest > 0 {
                let scenarios: BTreeSet<_> = found[MOST_TOLD..]
                    .iter()
                    .map(|(scenario, _)| scenario.id.as_str())
                    .collect();
                let names = scenarios.iter().take(6).copied().collect::<Vec<_>>().join(", ");
                let more = if scenarios.len() > 6 { ", …" } else { "" };
                self.line(&format!(
                    "\n  {DIM}and {rest} more of the kind, in {names}{more}{DIM:#}"
                ));
            }
        }
    }

    fn heading(&mut self, clause: &ClauseReport) {
        let style = colour(clause.verdict).bold();
        let sources = clause::find(clause.id)
            .map(rebuttal_model::Clause::cited)
            .unwrap_or_default();
        self.line(&format!(
            "\n{style}{} {}{style:#} ({})",
            clause.verdict.as_str().to_uppercase(),
            clause.id,
            clause.level.as_str()
        ));
        self.line(&format!("  {}", clause.statement));
        self.line(&format!("  {DIM}{sources}{DIM:#}"));
    }

    fn mismatch(&mut self, scenario: &'a ScenarioReport, mismatch: &Mismatch) {
        self.line(&format!(
            "\n  {BOLD}{}{BOLD:#}, step {}, {}",
            scenario.id, mismatch.step, mismatch.place
        ));
        self.line(&format!("    expected  {}", mismatch.expected));
        self.line(&format!("    found     {}", mismatch.found));
        let Some(index) = mismatch.exchange else { return };
        let Some(exchange) = scenario.exchanges.get(index) else {
            return;
        };
        if self.told.insert((&scenario.id, index)) {
            self.exchange(exchange);
        } else {
            self.line(&format!("    {DIM}(the exchange is shown above){DIM:#}"));
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.message(">", &exchange.request);
        match (&exchange.response, &exchange.error) {
            (Some(response), error) => {
                self.message("<", response);
                if let Some(error) = error {
                    self.line(&format!("    {error}"));
                }
            }
            (None, Some(error)) => self.line(&format!("    no answer: {error}")),
            (None, None) => self.line("    no answer"),
        }
    }

    fn message(&mut self, mark: &str, message: &str) {
        for line in message.trim_end().lines() {
            let mut cut: String = line.chars().take(400).collect();
            if cut.len() < line.len() {
                cut.push('…');
            }
            self.line(&format!("    {DIM}{mark} {cut}{DIM:#}"));
        }
    }

    /// What was not asked, and why: reasons first, since one reason often stops many scenarios.
    fn unasked(&mut self) {
        for (verdict, title) in [(Verdict::Error, "could not be asked"), (Verdict::Skip, "skipped")] {
            let scenarios: Vec<_> = self
                .report
                .scenarios
                .iter()
                .filter(|it| it.verdict == verdict)
                .collect();
            if scenarios.is_empty() {
                continue;
            }
            let style = colour(verdict).bold();
            let count = scenarios.len();
            self.line(&format!(
                "\n{style}{count} {} {title}{style:#}",
                plural(count, "scenario")
            ));
            let reasons: BTreeSet<_> = scenarios
                .iter()
                .map(|it| it.reason.as_deref().unwrap_or("no reason given"))
                .collect();
            for reason in reasons {
                let with: Vec<_> = scenarios
                    .iter()
                    .filter(|it| it.reason.as_deref() == Some(reason))
                    .collect();
                self.line(&format!("  {reason}"));
                let names = with
                    .iter()
                    .take(5)
                    .map(|it| it.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                let more = if with.len() > 5 {
                    format!(" and {} more", with.len() - 5)
                } else {
                    String::new()
                };
                self.line(&format!("    {DIM}{names}{more}{DIM:#}"));
            }
        }
    }

    fn end(&mut self) {
        let report = self.report;
        if !report.left_behind.is_empty() {
            let count = report.left_behind.len();
            self.line(&format!("\nleft behind on the endpoint, {count} in all:"));
            for what in report.left_behind.iter().take(4) {
                self.line(&format!("  {what}"));
            }
            if count > 4 {
                self.line(&format!("  and {} more (all in the JSON report)", count - 4));
            }
        }
        let observed = report.profile.observed;
        self.line(&format!("\nendpoint   {}", report.endpoint));
        let mixed = if observed == ObservedProfile::Mixed {
            let style = colour(Verdict::Warn);
            format!(
                " {style}(answers of both: {}){style:#}",
                report.profile.seen.join(", ")
            )
        } else {
            String::new()
        };
        self.line(&format!(
            "profile    {} (asked: {}){mixed}",
            observed.as_str(),
            report.profile.asked
        ));
        self.line(&format!("clauses    {}", counts(report.summary.clauses)));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a duration of more than 2^52 ms is not at hand"
        )]
        let seconds = report.duration_ms as f64 / 1000.0;
        self.line(&format!(
            "scenarios  {} in {seconds:.1} s",
            counts(report.summary.scenarios)
        ));
    }
}

fn counts(counts: Counts) -> String {
    let mut text = String::new();
    for (count, verdict) in [
        (counts.fail, Verdict::Fail),
        (counts.error, Verdict::Error),
        (counts.warn, Verdict::Warn),
        (counts.pass, Verdict::Pass),
        (counts.observed, Verdict::Observed),
        (counts.skip, Verdict::Skip),
    ] {
        if count > 0 || verdict == Verdict::Pass {
            let style = colour(verdict);
            let separator = if text.is_empty() { "" } else { ", " };
            let word = match verdict {
                Verdict::Pass => "passed",
                Verdict::Fail => "failed",
                Verdict::Warn => "warned",
                Verdict::Error => "could not be asked",
                Verdict::Skip => "skipped",
                Verdict::Observed => "observed",
            };
            let _ = write!(text, "{separator}{style}{count} {word}{style:#}");
        }
    }
    text
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}
