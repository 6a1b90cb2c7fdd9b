//! A run as CI systems see it: cases that pass or do not, and agree with the exit status.

use crate::verdict::{ExitStatus, RunReport, ScenarioReport, Verdict};

/// A scenario, or something that the run as a whole owes.
pub(super) struct Case<'a> {
    /// The folder of the scenario.
    pub(super) folder: &'a str,
    pub(super) name: String,
    pub(super) outcome: Outcome,
    pub(super) scenario: Option<&'a ScenarioReport>,
}

/// What became of a case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// It holds, or what does not hold fails no run.
    Pass,
    /// It was not asked.
    Skip(String),
    /// It does not hold, which is known.
    Known(String),
    /// It could not be asked.
    Error(String),
    /// It does not hold.
    Fail(String),
}

/// The scenarios of a run, then what is wrong with the run beside them.
pub(super) fn cases(report: &RunReport) -> Vec<Case<'_>> {
    let mut cases: Vec<_> = report
        .scenarios
        .iter()
        .map(|scenario| {
            let (folder, name) = scenario.id.split_once('/').unwrap_or(("scenarios", &scenario.id));
            Case {
                folder,
                name: name.to_owned(),
                outcome: outcome(report, scenario),
                scenario: Some(scenario),
            }
        })
        .collect();
    let mut add = |folder, name: &str, outcome| {
        cases.push(Case {
            folder,
            name: name.to_owned(),
            outcome,
            scenario: None,
        });
    };
    for known in report.known.iter().filter(|known| known.state.is_stale()) {
        let name = format!("{} at {}", known.subject(), known.position());
        add(
            "known-failures",
            &name,
            Outcome::Fail(format!("{}: {}", known.position(), known.message)),
        );
    }
    if report.strict && report.is_mixed() {
        let seen = format!("answers of both profiles: {}", report.profile.seen.join(", "));
        add("run", "one-profile", Outcome::Fail(seen));
    }
    if let Some(reason) = &report.stopped {
        add("run", "finished", Outcome::Error(reason.clone()));
    } else if report.exit_status() == ExitStatus::Nothing {
        add("run", "asked", Outcome::Error("nothing was asked".to_owned()));
    }
    cases
}

fn outcome(report: &RunReport, scenario: &ScenarioReport) -> Outcome {
    let reason = || {
        scenario
            .reason
            .clone()
            .unwrap_or_else(|| "no reason given".to_owned())
    };
    let broken = || {
        let mut clauses: Vec<_> = scenario
            .mismatches
            .iter()
            .filter(|it| it.known.is_none())
            .map(|it| it.clause)
            .collect();
        clauses.dedup();
        clauses.join(", ")
    };
    match scenario.verdict {
        Verdict::Warn if report.strict => Outcome::Fail(broken()),
        Verdict::Pass | Verdict::Observed | Verdict::Warn => Outcome::Pass,
        Verdict::Skip => Outcome::Skip(reason()),
        Verdict::Known => Outcome::Known(known_reason(report, scenario)),
        Verdict::Error => Outcome::Error(reason()),
        Verdict::Fail => Outcome::Fail(broken()),
    }
}

/// Why the mismatches of a scenario are known.
fn known_reason(report: &RunReport, scenario: &ScenarioReport) -> String {
    let mut entries: Vec<_> = scenario.mismatches.iter().filter_map(|it| it.known).collect();
    entries.sort_unstable();
    entries.dedup();
    let reasons: Vec<_> = entries
        .into_iter()
        .filter_map(|index| report.known.get(index))
        .map(|known| known.reason.as_str())
        .collect();
    reasons.join("; ")
}
