//! The report for people: by clause, what is wrong first.

use std::{collections::BTreeSet, fmt::Write};

use anstyle::{AnsiColor, Style};
use rebuttal_model::{Level, clause};

use super::{counted, plural, reasons, seconds};
use crate::{
    shortened::shortened,
    verdict::{ClauseReport, Counts, Exchange, Mismatch, RunReport, ScenarioReport, Verdict},
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
    page.flaky();
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
        Verdict::Known => AnsiColor::Magenta,
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
                .filter(|(_, mismatch)| mismatch.clause == clause.id && mismatch.known.is_none())
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
            self.exchange(exchange, &scenario.id);
        } else {
            self.line(&format!("    {DIM}(the exchange is shown above){DIM:#}"));
        }
    }

    fn exchange(&mut self, exchange: &Exchange, scenario: &str) {
        match &exchange.curl {
            Some(curl) => self.line(&format!("    {DIM}${DIM:#} {curl}")),
            None => self.line(&format!(
                "    {DIM}$ rebuttal conformance --only {scenario}  # curl would send this otherwise{DIM:#}"
            )),
        }
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
            let cut = shortened(line, 400);
            self.line(&format!("    {DIM}{mark} {cut}{DIM:#}"));
        }
    }

    /// What was not asked, and why: reasons first, since one reason often stops many scenarios.
    fn unasked(&mut self) {
        for (verdict, title) in [(Verdict::Error, "could not be asked"), (Verdict::Skip, "skipped")] {
            let count = counted(self.report.summary.scenarios, verdict);
            if count == 0 {
                continue;
            }
            let style = colour(verdict).bold();
            self.line(&format!(
                "\n{style}{count} {} {title}{style:#}",
                plural(count, "scenario")
            ));
            for (reason, with) in reasons(self.report, verdict) {
                self.line(&format!("  {reason}"));
                let names = with.iter().take(5).copied().collect::<Vec<_>>().join(", ");
                let more = if with.len() > 5 {
                    format!(" and {} more", with.len() - 5)
                } else {
                    String::new()
                };
                self.line(&format!("    {DIM}{names}{more}{DIM:#}"));
            }
        }
    }

    /// What came to different things when it was run again.
    fn flaky(&mut self) {
        let flaky = self.report.summary.flaky;
        if flaky == 0 {
            return;
        }
        let style = colour(Verdict::Warn).bold();
        self.line(&format!(
            "\n{style}{flaky} {} flaky{style:#}",
            plural(flaky, "scenario")
        ));
        for scenario in self.report.flaky() {
            let told = scenario.flakiness().unwrap_or_default();
            self.line(&format!("  {}: {told}", scenario.id));
        }
    }

    /// The list of known failures: what is no longer true of it first.
    fn known(&mut self) {
        let report = self.report;
        if report.known.is_empty() {
            return;
        }
        let stale = report.known.iter().filter(|known| known.state.is_stale()).count();
        let title = format!(
            "{} {}",
            report.known.len(),
            plural(report.known.len(), "known failure")
        );
        let told = if stale == 0 {
            String::new()
        } else {
            let paint = colour(Verdict::Fail).bold();
            format!(", {paint}{stale} no longer true{paint:#}")
        };
        self.line(&format!("\n{BOLD}{title}{BOLD:#}{told}"));
        let (bad, good): (Vec<_>, Vec<_>) = report.known.iter().partition(|known| known.state.is_stale());
        for known in bad.into_iter().chain(good) {
            let verdict = if known.state.is_stale() {
                Verdict::Fail
            } else {
                Verdict::Known
            };
            let paint = colour(verdict);
            let until = known
                .expires
                .as_ref()
                .map_or_else(String::new, |day| format!(" (until {day})"));
            self.line(&format!(
                "  {paint}{:<8}{paint:#} {}: {}",
                known.state.as_str(),
                known.subject(),
                known.message
            ));
            self.line(&format!(
                "    {DIM}{}: {}{until}{DIM:#}",
                known.position(),
                known.reason
            ));
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
        self.known();
        if let Some(reason) = &report.stopped {
            let style = colour(Verdict::Error).bold();
            self.line(&format!("\n{style}not finished{style:#}: {reason}"));
        }
        let observed = report.profile.observed;
        self.line(&format!("\nendpoint   {}", report.endpoint));
        let mixed = if report.is_mixed() {
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
        if let Some(shard) = report.shard {
            self.line(&format!("shard      {shard}"));
        }
        if report.waited_ms > 0 {
            let waited = seconds(report.waited_ms);
            self.line(&format!(
                "waited     {waited}, as the endpoint asked or failed (429, 5xx)"
            ));
        }
        self.line(&format!("clauses    {}", counts(report.summary.clauses)));
        let style = colour(Verdict::Warn);
        let flaky = match report.summary.flaky {
            0 => String::new(),
            flaky => format!(" ({style}{flaky} flaky{style:#})"),
        };
        self.line(&format!(
            "scenarios  {}{flaky} in {}",
            counts(report.summary.scenarios),
            seconds(report.duration_ms)
        ));
    }
}

fn counts(counts: Counts) -> String {
    let mut text = String::new();
    for (verdict, word) in [
        (Verdict::Fail, "failed"),
        (Verdict::Error, "could not be asked"),
        (Verdict::Warn, "warned"),
        (Verdict::Known, "known to fail"),
        (Verdict::Pass, "passed"),
        (Verdict::Observed, "observed"),
        (Verdict::Skip, "skipped"),
    ] {
        let count = counted(counts, verdict);
        if count > 0 || verdict == Verdict::Pass {
            let style = colour(verdict);
            let separator = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{separator}{style}{count} {word}{style:#}");
        }
    }
    text
}
