//! The report for TAP harnesses, version 14: a test point a scenario.

use std::fmt::Write;

use super::case::{Case, Outcome, cases};
use crate::verdict::{RunReport, ScenarioReport};

pub(super) fn render(report: &RunReport) -> String {
    let cases = cases(report);
    let mut text = format!("TAP version 14\n1..{}\n", cases.len());
    let _ = writeln!(text, "# rebuttal conformance of {}", one_line(&report.endpoint));
    for (index, case) in cases.iter().enumerate() {
        point(&mut text, index + 1, case);
    }
    text
}

fn point(text: &mut String, number: usize, case: &Case<'_>) {
    let (word, directive) = match &case.outcome {
        Outcome::Pass => ("ok", String::new()),
        Outcome::Skip(reason) => ("ok", format!(" # SKIP {}", escaped(reason))),
        Outcome::Known(reason) => ("not ok", format!(" # TODO known: {}", escaped(reason))),
        Outcome::Error(_) | Outcome::Fail(_) => ("not ok", String::new()),
    };
    let name = format!("{}/{}", case.folder, case.name);
    let _ = writeln!(text, "{word} {number} - {}{directive}", escaped(&name));
    if let Some(flaky) = case.scenario.and_then(ScenarioReport::flakiness) {
        let _ = writeln!(text, "# flaky: {}: {}", escaped(&name), one_line(&flaky));
    }
    diagnostic(text, case);
}

/// What is to be told beside: a YAML block, its texts in double quotes as in JSON.
fn diagnostic(text: &mut String, case: &Case<'_>) {
    let mut block = String::new();
    if let Outcome::Error(message) | Outcome::Fail(message) = &case.outcome {
        let severity = if matches!(case.outcome, Outcome::Error(_)) {
            "error"
        } else {
            "fail"
        };
        let _ = writeln!(block, "  message: {}\n  severity: {severity}", quoted(message));
    }
    if let Some(scenario) = case.scenario {
        if let Some(flaky) = scenario.flakiness() {
            let _ = writeln!(block, "  flaky: {}", quoted(&flaky));
        }
        scenario_block(&mut block, scenario);
    }
    if !block.is_empty() {
        let _ = write!(text, "  ---\n{block}  ...\n");
    }
}

fn scenario_block(block: &mut String, scenario: &ScenarioReport) {
    if !scenario.mismatches.is_empty() {
        block.push_str("  mismatches:\n");
    }
    for mismatch in &scenario.mismatches {
        let _ = write!(
            block,
            "    - clause: {}\n      level: {}\n      step: {}\n      at: {}\n      wanted: {}\n      found: {}\n",
            quoted(mismatch.clause),
            mismatch.level.as_str(),
            mismatch.step,
            quoted(&mismatch.place),
            quoted(&mismatch.expected),
            quoted(&mismatch.found)
        );
        let exchange = mismatch.exchange.and_then(|index| scenario.exchanges.get(index));
        let Some(exchange) = exchange else { continue };
        if let Some(curl) = &exchange.curl {
            let _ = writeln!(block, "      curl: {}", quoted(curl));
        }
        let _ = write!(
            block,
            "      request: {}\n      answer: {}\n",
            quoted(&exchange.request),
            quoted(exchange.answer())
        );
    }
    if !scenario.observations.is_empty() {
        block.push_str("  seen:\n");
    }
    for seen in &scenario.observations {
        // Perl's reader, the commonest, takes a list of tables and stumbles over a list of texts.
        let _ = write!(
            block,
            "    - clause: {}\n      text: {}\n",
            quoted(seen.clause),
            quoted(&seen.text)
        );
    }
}

/// A text in double quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn one_line(text: &str) -> String {
    text.replace(|letter: char| letter.is_control(), " ")
}

/// A text that stands in a description or a directive: `#` would start a directive.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#")
}
