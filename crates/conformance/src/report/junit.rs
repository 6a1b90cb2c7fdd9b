//! The report for CI systems: `JUnit` XML, a test case a scenario, a suite a folder.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::case::{Case, Outcome, cases};
use crate::verdict::{RunReport, ScenarioReport, Verdict};

pub(super) fn render(report: &RunReport) -> String {
    let mut junit = Report::new(format!("rebuttal conformance of {}", report.endpoint));
    junit.set_time(Duration::from_millis(report.duration_ms));
    let mut suites = BTreeMap::<&str, TestSuite>::new();
    for case in cases(report) {
        let mut test = TestCase::new(case.name.as_str(), status(&case));
        let duration = case.scenario.map_or(0, |scenario| scenario.duration_ms);
        test.set_classname(case.folder)
            .set_time(Duration::from_millis(duration));
        let seen = case.scenario.map(seen).unwrap_or_default();
        if !seen.is_empty() {
            test.set_system_out(seen.join("\n"));
        }
        suites
            .entry(case.folder)
            .or_insert_with(|| TestSuite::new(case.folder))
            .add_test_case(test);
    }
    junit.add_test_suites(suites.into_values());
    junit_text(&junit)
}

/// A report as text, as the schemas of CI systems want it: these name no `skipped` in the root element.
pub fn junit_text(report: &Report) -> String {
    let text = report.to_string().unwrap_or_default();
    let root = text.find("<testsuites").unwrap_or(0);
    let end = text[root..].find('>').map_or(text.len(), |at| root + at);
    let Some(start) = text[root..end].find(" skipped=\"").map(|at| root + at) else {
        return text;
    };
    let value = start + " skipped=\"".len();
    let after = text[value..end].find('"').map_or(end, |at| value + at + 1);
    [&text[..start], &text[after..]].concat()
}

/// What was seen beside; of a SHOULD that fails no run, that it does not hold.
fn seen(scenario: &ScenarioReport) -> Vec<String> {
    let flaky = scenario.flakiness().map(|told| format!("flaky: {told}"));
    let observed = scenario
        .observations
        .iter()
        .map(|it| format!("{}: {}", it.clause, it.text));
    let warned = scenario
        .mismatches
        .iter()
        .filter(|_| scenario.verdict == Verdict::Warn);
    let warned = warned.map(|it| {
        format!(
            "warning: {} ({}): step {}, {}: expected {}, found {}",
            it.clause,
            it.level.as_str(),
            it.step,
            it.place,
            it.expected,
            it.found
        )
    });
    flaky.into_iter().chain(observed).chain(warned).collect()
}

fn status(case: &Case<'_>) -> TestCaseStatus {
    let not_success = |kind, message: &str, sort: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message).set_type(sort);
        if let Some(scenario) = case.scenario {
            status.set_description(details(scenario));
        }
        status
    };
    let skipped = |message: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(message);
        status
    };
    match &case.outcome {
        Outcome::Pass => {
            let mut status = TestCaseStatus::success();
            status.add_reruns(case.scenario.into_iter().flat_map(reruns));
            status
        }
        Outcome::Skip(reason) => skipped(reason.clone()),
        Outcome::Known(reason) => skipped(format!("known failure: {reason}")),
        Outcome::Error(reason) => not_success(NonSuccessKind::Error, reason, "not asked"),
        Outcome::Fail(message) => not_success(NonSuccessKind::Failure, message, "mismatch"),
    }
}

/// What a scenario that is right at last came to before.
fn reruns(scenario: &ScenarioReport) -> Vec<TestRerun> {
    let attempts = scenario.attempts.iter().filter(|_| scenario.flaky);
    attempts
        .filter(|attempt| matches!(attempt.verdict, Verdict::Error | Verdict::Warn | Verdict::Fail))
        .map(|attempt| {
            let (kind, sort) = match attempt.verdict {
                Verdict::Error => (NonSuccessKind::Error, "not asked"),
                _ => (NonSuccessKind::Failure, "mismatch"),
            };
            let mut rerun = TestRerun::new(kind);
            rerun
                .set_message(attempt.reason.as_deref().unwrap_or(attempt.verdict.as_str()))
                .set_type(sort)
                .set_time(Duration::from_millis(attempt.duration_ms));
            rerun
        })
        .collect()
}

fn details(scenario: &ScenarioReport) -> String {
    let mut text = String::new();
    for mismatch in &scenario.mismatches {
        let known = if mismatch.known.is_some() { " (known)" } else { "" };
        let _ = writeln!(
            text,
            "{}{known}: step {}, {}: expected {}, found {}",
            mismatch.clause, mismatch.step, mismatch.place, mismatch.expected, mismatch.found
        );
    }
    for exchange in &scenario.exchanges {
        let _ = writeln!(text, "\n--- step {} ---\n{}", exchange.step, exchange.request);
        let _ = writeln!(text, "\n{}", exchange.answer());
    }
    text
}
