//! Reports: one run, written for people, for programs and for CI systems.

mod case;
pub mod diff;
mod general;
mod github;
mod html;
mod human;
pub mod journal;
mod json;
mod junit;
mod markdown;
pub mod merge;
mod tap;

use std::{collections::BTreeMap, str::FromStr};

use thiserror::Error;

pub(crate) use general::general;
pub use json::schema;

use crate::{
    run::Run,
    verdict::{Counts, ExitStatus, RunReport, Verdict},
};

/// A form of report.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Format {
    /// For people, in a terminal.
    Human,
    /// For programs; its schema is published.
    Json,
    /// For CI systems: `JUnit` XML.
    Junit,
    /// For TAP harnesses, version 14.
    Tap,
    /// For GitHub's log: annotations.
    Github,
    /// For a pull request.
    Markdown,
    /// For people, in a browser: one page that needs nothing else.
    Html,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 7] = [
        Self::Human,
        Self::Json,
        Self::Junit,
        Self::Tap,
        Self::Github,
        Self::Markdown,
        Self::Html,
    ];

    /// The form's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Tap => "tap",
            Self::Github => "github",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

/// A text that names no form of report.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected human, json, junit, tap, github, markdown or html, found {0:?}")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// A run as text, without any key. The human form has ANSI colours; who writes it to something else than a
/// terminal strips them.
pub fn render(run: &Run, format: Format) -> String {
    let report = &run.report;
    let text = match format {
        Format::Human => human::render(report),
        Format::Json => json::render(report),
        Format::Junit => junit::render(report),
        Format::Tap => tap::render(report),
        Format::Github => github::render(report),
        Format::Markdown => markdown::render(report),
        Format::Html => html::render(report),
    };
    run.secrets.mask(&text)
}

/// A text that is no report of this program.
#[derive(Debug, Error)]
pub enum UnreadableReport {
    /// It is no JSON, or of another shape.
    #[error("expected a JSON report or the journal of one")]
    Form(#[source] serde_json::Error),
    /// It is empty.
    #[error("expected a JSON report or the journal of one, found nothing")]
    Empty,
}

/// Reads a JSON report, or what a journal has of one.
///
/// # Errors
///
/// When the text is neither.
pub fn read(text: &str) -> Result<RunReport, UnreadableReport> {
    let first = text.lines().next().ok_or(UnreadableReport::Empty)?;
    if let Some(report) = journal::read(first, text) {
        return Ok(report);
    }
    serde_json::from_str(text).map_err(UnreadableReport::Form)
}

/// What a run came to, in a few words.
fn headline(report: &RunReport) -> String {
    let clauses = report.summary.clauses;
    let broken = clauses.fail + if report.strict { clauses.warn } else { 0 };
    let stale = report.known.iter().filter(|known| known.state.is_stale()).count();
    match report.exit_status() {
        ExitStatus::Pass if clauses.known > 0 => {
            let known = count(clauses.known, "clause");
            format!("passed, with {known} known to fail{}", flaky(report))
        }
        ExitStatus::Pass => format!("passed: {} hold{}", count(clauses.pass, "clause"), flaky(report)),
        ExitStatus::Failed if broken > 0 => format!("failed: {} not hold", does(broken)),
        ExitStatus::Failed if stale > 0 => {
            format!("failed: {} no longer true", are(stale))
        }
        ExitStatus::Failed => "failed: the endpoint mixes the profiles".to_owned(),
        ExitStatus::Nothing => "nothing was asked".to_owned(),
        ExitStatus::NotRun | ExitStatus::Usage => match &report.stopped {
            Some(reason) => format!("not finished: {reason}"),
            None => format!(
                "{} could not be asked",
                count(report.summary.scenarios.error, "scenario")
            ),
        },
    }
}

fn flaky(report: &RunReport) -> String {
    match report.summary.flaky {
        0 => String::new(),
        flaky => format!(", {} flaky", count(flaky, "scenario")),
    }
}

fn does(clauses: usize) -> String {
    let verb = if clauses == 1 { "does" } else { "do" };
    format!("{} {verb}", count(clauses, "clause"))
}

fn are(entries: usize) -> String {
    let verb = if entries == 1 { "is" } else { "are" };
    format!("{} {verb}", count(entries, "known failure"))
}

pub(crate) fn count(count: usize, noun: &str) -> String {
    format!("{count} {}", plural(count, noun))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

/// A time in seconds.
fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// How many came to a verdict.
fn counted(counts: Counts, verdict: Verdict) -> usize {
    match verdict {
        Verdict::Pass => counts.pass,
        Verdict::Observed => counts.observed,
        Verdict::Known => counts.known,
        Verdict::Skip => counts.skip,
        Verdict::Error => counts.error,
        Verdict::Warn => counts.warn,
        Verdict::Fail => counts.fail,
    }
}

/// The scenarios of a verdict by their reason, since one reason often stops many.
fn reasons(report: &RunReport, verdict: Verdict) -> BTreeMap<&str, Vec<&str>> {
    let mut reasons = BTreeMap::<&str, Vec<&str>>::new();
    for scenario in report.scenarios.iter().filter(|it| it.verdict == verdict) {
        let reason = scenario.reason.as_deref().unwrap_or("no reason given");
        reasons.entry(reason).or_default().push(&scenario.id);
    }
    reasons
}
