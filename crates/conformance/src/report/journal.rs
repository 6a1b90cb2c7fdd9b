//! The journal of a run: what is known of it while it runs, a line a scenario.
//!
//! A run that is killed leaves it, and [`super::read`] makes a report of it.

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::{Timestamp, clause};
use serde::{Deserialize, Serialize};

use crate::{
    known::Suite,
    redact::Secrets,
    run::{of_scenarios, unasked},
    verdict::{RunReport, ScenarioReport, Verdict},
};

/// Why a scenario has no line.
const LOST: &str = "the run was killed before this was done";

/// The first line.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// The version of this program.
    journal: String,
    endpoint: String,
    started_at: Timestamp,
    strict: bool,
    /// The scenarios of the run, and what they cover.
    scenarios: BTreeMap<String, BTreeSet<String>>,
}

/// The first line of a journal.
pub fn head(endpoint: &str, started_at: Timestamp, strict: bool, scenarios: &Suite) -> String {
    let owned = |covers: &BTreeSet<&str>| covers.iter().map(|id| (*id).to_owned()).collect();
    let head = Head {
        journal: env!("CARGO_PKG_VERSION").to_owned(),
        endpoint: endpoint.to_owned(),
        started_at,
        strict,
        scenarios: scenarios
            .iter()
            .map(|(id, covers)| (id.clone(), owned(covers)))
            .collect(),
    };
    line_of(&head)
}

/// The line of a scenario that has ended, without any key.
pub fn line(scenario: &ScenarioReport, secrets: &Secrets) -> String {
    secrets.mask(&line_of(scenario))
}

fn line_of(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}

/// The report of a run that left only its journal; `None` where `first` does not begin one. A last line that
/// was cut is left out.
pub(super) fn read(first: &str, text: &str) -> Option<RunReport> {
    let head: Head = serde_json::from_str(first).ok()?;
    let mut scenarios: BTreeMap<String, ScenarioReport> = text
        .lines()
        .skip(1)
        .filter_map(|line| serde_json::from_str::<ScenarioReport>(line).ok())
        .map(|scenario| (scenario.id.clone(), scenario))
        .collect();
    let mut lost = 0;
    for (id, covers) in head.scenarios {
        scenarios.entry(id.clone()).or_insert_with(|| {
            lost += 1;
            let covers = covers.iter().filter_map(|id| clause::find(id)).map(|it| it.id);
            unasked(id, covers.collect(), Verdict::Error, LOST.to_owned())
        });
    }
    let mut report = of_scenarios(head.endpoint, head.started_at, scenarios.into_values().collect());
    report.strict = head.strict;
    report.stopped = Some(format!("the run was killed; its journal lacks {lost} scenarios"));
    Some(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::ExitStatus;

    const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

    #[test]
    fn a_cut_journal_is_a_report_of_what_it_has() {
        let suite = Suite::from([
            ("list/limit".to_owned(), BTreeSet::from(["list.limit"])),
            ("upload/png".to_owned(), BTreeSet::from(["upload.png"])),
            ("upload/pdf".to_owned(), BTreeSet::from(["upload.pdf"])),
        ]);
        let secrets = Secrets::new([KEY].into_iter());
        let mut scenario = unasked(
            "upload/png".to_owned(),
            vec!["upload.png"],
            Verdict::Pass,
            format!("seen {KEY}"),
        );
        scenario.held = BTreeSet::from(["upload.png"]);
        let started = "2026-01-02T03:04:05Z".parse().unwrap();
        let whole = head("http://127.0.0.1:1", started, true, &suite) + &line(&scenario, &secrets);
        assert!(!whole.contains(KEY) && whole.lines().count() == 2, "{whole}");
        let cut = whole.clone() + &whole.lines().nth(1).unwrap()[..40];
        let report = super::super::read(&cut).unwrap();
        assert_eq!(
            (report.summary.scenarios.pass, report.summary.scenarios.error),
            (1, 2)
        );
        assert_eq!(report.exit_status(), ExitStatus::NotRun);
        assert_eq!(
            report.stopped.as_deref(),
            Some("the run was killed; its journal lacks 2 scenarios")
        );
        assert!(super::super::read("").is_err() && super::super::read("{}").is_err());
    }
}
