//! What an exploration came to, for people and for programs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use anstyle::{AnsiColor, Style};
use rebuttal_model::{Level, schema::schema_of};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::{
    redact::Secrets,
    verdict::{Exchange, ExitStatus},
};

/// Why an exploration ended.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// Every case was tried.
    Cases,
    /// The time was up.
    Time,
    /// Something was found.
    Finding,
    /// Somebody stopped it.
    Interrupted,
    /// The endpoint stopped answering, or gave nothing to work on.
    Unavailable,
}

/// A sequence that breaks the contract.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Finding {
    /// The case, counted from 1.
    pub case: u64,
    /// The clause that does not hold.
    pub clause: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What it promises.
    pub statement: &'static str,
    /// What differs: the status, a header, or a member of the body by its JSON pointer.
    pub place: String,
    /// What the clause asks for.
    pub expected: String,
    /// What came.
    pub found: String,
    /// How many steps the sequence had.
    pub steps_before: usize,
    /// The steps that are left, in words; the last one shows it.
    pub steps: Vec<String>,
    /// How many sequences were tried to make it short.
    pub tries: usize,
    /// Whether the scenario was seen failing in the same way.
    pub repeated: bool,
    /// The scenario, as a file of the suite.
    pub scenario: String,
    /// Where that file was written; null where it was not.
    pub file: Option<String>,
    /// The request and answer that show it; null where none came.
    pub exchange: Option<Exchange>,
}

/// What an exploration came to.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ExploreReport {
    /// The version of this program.
    pub rebuttal: &'static str,
    /// The endpoint that was asked.
    pub endpoint: String,
    /// The seed: the same one gives the same sequences.
    pub seed: u64,
    /// Whether a broken SHOULD fails it.
    pub strict: bool,
    /// Why it ended.
    pub ended: Ended,
    /// How many cases were tried.
    pub cases: u64,
    /// How many of them could not be asked to their end.
    pub unfinished: u64,
    /// Why not; each reason once.
    pub reasons: BTreeSet<String>,
    /// How many cases met a dispute that takes no more documents.
    pub full: u64,
    /// How many operations of each kind were tried.
    pub operations: BTreeMap<&'static str, u64>,
    /// What the target does not offer, and so was not tried.
    pub not_offered: Vec<String>,
    /// The clauses that were asked.
    pub clauses: BTreeSet<&'static str>,
    /// How many requests were sent.
    pub requests: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was found; null where nothing was.
    pub finding: Option<Finding>,
    /// What was made on the endpoint and could not be removed.
    pub left_behind: Vec<String>,
}

/// An exploration, and the mask for everything that is made of its report.
#[derive(Debug)]
pub struct Explored {
    /// What it came to.
    pub report: ExploreReport,
    /// Keeps keys out of what is written.
    pub secrets: Secrets,
}

impl ExploreReport {
    /// The exit status: 1 where something was found that fails it, 3 where a case could not be asked, 4 where none was.
    pub fn exit_status(&self) -> ExitStatus {
        let fails = |finding: &Finding| finding.level == Level::Must || self.strict;
        if self.finding.as_ref().is_some_and(fails) {
            ExitStatus::Failed
        } else if self.unfinished > 0 || matches!(self.ended, Ended::Interrupted) {
            ExitStatus::NotRun
        } else if self.cases == 0 {
            ExitStatus::Nothing
        } else {
            ExitStatus::Pass
        }
    }
}

impl Explored {
    /// The report for people, with ANSI colours.
    pub fn human(&self) -> String {
        self.secrets.mask(&human(&self.report))
    }

    /// The report for programs; its schema is published.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.report).unwrap_or_default();
        self.secrets.mask(&format!("{text}\n"))
    }
}

pub(crate) fn schema() -> Value {
    schema_of::<ExploreReport>("explore-report.json")
}

/// So much of what is left behind is named to people.
const MOST_LEFT: usize = 5;

const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

fn human(report: &ExploreReport) -> String {
    let mut text = String::new();
    if let Some(finding) = &report.finding {
        tell(&mut text, finding);
    }
    let line = |text: &mut String, name: &str, value: &str| {
        let _ = writeln!(text, "{name:<11} {value}");
    };
    let count: u64 = report.operations.values().sum();
    line(&mut text, "endpoint", &report.endpoint);
    line(&mut text, "seed", &report.seed.to_string());
    let mut cases = format!("{} tried", report.cases);
    if report.full > 0 {
        let _ = write!(cases, ", {} ended at a full dispute", report.full);
    }
    if report.unfinished > 0 {
        let _ = write!(cases, ", {} could not be asked to their end", report.unfinished);
    }
    line(&mut text, "cases", &cases);
    for reason in &report.reasons {
        let _ = writeln!(text, "{:<11} {DIM}{reason}{DIM:#}", "");
    }
    line(
        &mut text,
        "operations",
        &format!("{count} in {} requests", report.requests),
    );
    for (name, count) in &report.operations {
        let _ = writeln!(text, "  {count:>7} {name}");
    }
    for reason in &report.not_offered {
        let _ = writeln!(text, "{:<11} {DIM}not tried: {reason}{DIM:#}", "");
    }
    line(&mut text, "clauses", &format!("{} asked", report.clauses.len()));
    for left in report.left_behind.iter().take(MOST_LEFT) {
        line(&mut text, "left behind", left);
    }
    if let Some(more @ 1..) = report.left_behind.len().checked_sub(MOST_LEFT) {
        line(
            &mut text,
            "",
            &format!("and {more} more; --report json names them all"),
        );
    }
    let seconds = report.duration_ms / 1000;
    let tenths = report.duration_ms % 1000 / 100;
    let (style, outcome) = match (&report.finding, report.ended) {
        (Some(finding), _) => (BAD, format!("{} does not hold", finding.clause)),
        (None, Ended::Interrupted) => (DOUBTFUL, "stopped; nothing was found so far".to_owned()),
        (None, Ended::Unavailable) => (BAD, "could not be explored".to_owned()),
        (None, Ended::Time) => (GOOD, "the time is up; nothing was found".to_owned()),
        (None, _) => (GOOD, "nothing was found".to_owned()),
    };
    line(
        &mut text,
        "outcome",
        &format!("{style}{outcome}{style:#} in {seconds}.{tenths} s"),
    );
    text
}

fn tell(text: &mut String, finding: &Finding) {
    let level = finding.level.as_str();
    let _ = writeln!(
        text,
        "{BAD}FOUND{BAD:#} {} ({level}), case {}",
        finding.clause, finding.case
    );
    let _ = writeln!(text, "  {}\n", finding.statement);
    let _ = writeln!(
        text,
        "  {} steps, made from {} in {} tries:",
        finding.steps.len(),
        finding.steps_before,
        finding.tries
    );
    for (at, step) in finding.steps.iter().enumerate() {
        let _ = writeln!(text, "  {:>3}. {step}", at + 1);
    }
    let _ = writeln!(text, "\n  at the last step, {}", finding.place);
    let _ = writeln!(text, "    expected {}", finding.expected);
    let _ = writeln!(text, "    found    {}\n", finding.found);
    if let Some(exchange) = &finding.exchange {
        let answer = exchange
            .response
            .as_deref()
            .or(exchange.error.as_deref())
            .unwrap_or_default();
        for line in exchange.request.lines() {
            let _ = writeln!(text, "  {DIM}>{DIM:#} {line}");
        }
        for line in answer.lines() {
            let _ = writeln!(text, "  {DIM}<{DIM:#} {line}");
        }
        text.push('\n');
    }
    if !finding.repeated {
        let _ = writeln!(
            text,
            "  {DOUBTFUL}it did not fail again when it was repeated by itself{DOUBTFUL:#}: it may need what came before\n"
        );
    }
}
