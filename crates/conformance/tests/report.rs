//! What people and CI systems read, as reviewed text.

mod support;

use rebuttal_conformance::{
    Options,
    report::{Format, render},
    scenario,
};
use rebuttal_mock::{Clock, Config, Fault};
use support::run_on;

/// The report of two scenarios on a mock with a fault; what varies is made fixed.
async fn report(fault: Fault, format: Format) -> String {
    let mut library = scenario::embedded().expect("the suite");
    library.retain(|id, _| ["list/limit", "upload/png"].contains(&id.as_str()));
    let clock = Clock::Fixed("2026-01-02T03:04:05Z".parse().expect("a time"));
    let config = Config {
        fault: Some(fault),
        clock,
        ..Config::default()
    };
    let options = Options {
        jobs: 1,
        ..Options::default()
    };
    let mut run = run_on(config, library, &options).await;
    run.report.duration_ms = 1_500;
    run.report
        .scenarios
        .iter_mut()
        .for_each(|scenario| scenario.duration_ms = 20);
    let port = run
        .report
        .endpoint
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let text = anstream_strip(&render(&run, format)).replace(&port, "PORT");
    text.lines()
        .map(|line| {
            if line.contains("< Date: ") || line.starts_with("Date: ") {
                "    < Date: …"
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Text without ANSI colours: an escape, then everything to the letter `m`.
fn anstream_strip(text: &str) -> String {
    let mut plain = String::new();
    for (index, piece) in text.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 {
            piece
        } else {
            piece.split_once('m').map_or("", |(_, rest)| rest)
        });
    }
    plain
}

fn assert_report(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/reports");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[tokio::test]
async fn a_failure_is_told_to_people() {
    assert_report("human", &report(Fault::LimitOffByOne, Format::Human).await);
}

#[tokio::test]
async fn a_failure_is_told_to_ci_systems() {
    assert_report("junit", &report(Fault::LimitOffByOne, Format::Junit).await);
}
