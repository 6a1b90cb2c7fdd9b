//! The report for CI systems: `JUnit` XML, a test case a scenario, a suite a folder.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::verdict::{RunReport, ScenarioReport, Verdict};

pub(super) fn render(report: &RunReport) -> String {
    let mut junit = Report::new(format!("rebuttal conformance of {}", report.endpoint));
    junit.set_time(Duration::from_millis(report.duration_ms));
    let mut suites = BTreeMap::<&str, TestSuite>::new();
    for scenario in &report.scenarios {
        let (folder, name) = scenario.id.split_once('/').unwrap_or(("scenarios", &scenario.id));
        let mut case = TestCase::new(name, status(scenario));
        case.set_classname(folder)
            .set_time(Duration::from_millis(scenario.duration_ms));
        let seen: Vec<_> = scenario
            .observations
            .iter()
            .map(|it| format!("{}: {}", it.clause, it.text))
            .collect();
        if !seen.is_empty() {
            case.set_system_out(seen.join("\n"));
        }
        suites
            .entry(folder)
            .or_insert_with(|| TestSuite::new(folder))
            .add_test_case(case);
    }
    junit.add_test_suites(suites.into_values());
    junit.to_string().unwrap_or_default()
}

fn status(scenario: &ScenarioReport) -> TestCaseStatus {
    let reason = scenario.reason.clone().unwrap_or_default();
    match scenario.verdict {
        Verdict::Pass | Verdict::Observed | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Skip => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason);
            status
        }
        Verdict::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status
                .set_message(reason)
                .set_type("not asked")
                .set_description(details(scenario));
            status
        }
        Verdict::Fail => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let clause = scenario.mismatches.first().map_or("", |mismatch| mismatch.clause);
            status
                .set_message(clause)
                .set_type("mismatch")
                .set_description(details(scenario));
            status
        }
    }
}

fn details(scenario: &ScenarioReport) -> String {
    let mut text = String::new();
    for mismatch in &scenario.mismatches {
        let _ = writeln!(
            text,
            "{}: step {}, {}: expected {}, found {}",
            mismatch.clause, mismatch.step, mismatch.place, mismatch.expected, mismatch.found
        );
    }
    for exchange in &scenario.exchanges {
        let _ = writeln!(text, "\n--- step {} ---\n{}", exchange.step, exchange.request);
        let answer = exchange
            .response
            .as_deref()
            .or(exchange.error.as_deref())
            .unwrap_or("no answer");
        let _ = writeln!(text, "\n{answer}");
    }
    text
}
