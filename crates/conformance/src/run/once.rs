//! One run of one scenario.

use std::{collections::BTreeSet, time::Instant};

use rebuttal_model::{Level, Profile, Situation};

use super::{
    Context, SCENARIO_LIMIT,
    exec::{Execution, Stop},
    lease::Left,
    ledger::Ledger,
    milliseconds,
    prepare::Refusal,
    scope::Scope,
    transcript::Recording,
    unasked,
};
use crate::{
    scenario::{ExtraKey, Scenario},
    target::Target,
    verdict::{ScenarioReport, Verdict},
};

/// What one run of a scenario came to.
pub(super) struct Once {
    pub(super) report: ScenarioReport,
    /// Answers that only one profile gives.
    pub(super) profiles: BTreeSet<(Situation, Profile)>,
    /// Whether it ended because the endpoint could not be asked.
    pub(super) unanswered: bool,
}

/// Runs one scenario once: borrows what it needs, asks, cleans up, gives back.
pub(super) async fn once(context: &Context, id: String, scenario: &Scenario) -> Once {
    let started = Instant::now();
    let covers: Vec<_> = scenario.clauses().map(|clause| clause.id).collect();
    let mut report = unasked(id, covers, Verdict::Pass, String::new());
    let ended = |report: ScenarioReport, unanswered| Once {
        report,
        profiles: BTreeSet::new(),
        unanswered,
    };
    if context.session.is_given_up() {
        report.verdict = Verdict::Error;
        report.reason = Some(context.session.why_given_up());
        return ended(report, false);
    }
    if let Some(reason) = missing_key(&context.session.target, scenario) {
        report.verdict = Verdict::Skip;
        report.reason = Some(reason);
        return ended(report, false);
    }
    let loans = match context.pool.lend(&context.session, &scenario.disputes).await {
        Ok(loans) => loans,
        Err(refusal) => {
            let unanswered = matches!(refusal, Refusal::Unanswered(_));
            (report.verdict, report.reason) = match Stop::from(refusal) {
                Stop::Skip(reason) | Stop::Full(reason) => (Verdict::Skip, Some(reason)),
                Stop::Error(reason) => (Verdict::Error, Some(reason)),
                Stop::Fatal => (Verdict::Error, None),
            };
            report.duration_ms = milliseconds(started.elapsed());
            return ended(report, unanswered);
        }
    };
    let mut execution = Execution::new(context, scenario, Scope::new(&context.session, loans.clone()));
    let (asked, stop) = tokio::time::timeout(SCENARIO_LIMIT, execution.steps())
        .await
        .unwrap_or_else(|_| {
            (
                0,
                Some(Stop::Error(format!(
                    "not done within {} s",
                    SCENARIO_LIMIT.as_secs()
                ))),
            )
        });
    let left = tokio::time::timeout(SCENARIO_LIMIT, execution.clean_up())
        .await
        .unwrap_or(Left {
            clean: false,
            used: true,
        });
    let unasked_clauses = unasked_clauses(scenario, asked, stop.as_ref());
    let Execution {
        ledger,
        exchanges,
        sketches,
        ..
    } = execution;
    context.pool.take_back(loans, left).await;

    report.sketches = sketches;
    // What stopped it is the last exchange, where that had no answer.
    let last_failed = exchanges.last().is_some_and(Recording::has_failed);
    let unanswered = last_failed && matches!(stop, Some(Stop::Error(_)));
    report.held = ledger.held(&unasked_clauses);
    report.verdict = verdict(scenario, &ledger, stop.as_ref());
    report.reason = match stop {
        Some(Stop::Skip(reason) | Stop::Error(reason) | Stop::Full(reason)) => {
            Some(context.session.secrets.mask(&reason))
        }
        _ => None,
    };
    if matches!(report.verdict, Verdict::Fail | Verdict::Warn | Verdict::Error) {
        let readable = |exchange: &Recording| exchange.exchange(&context.session);
        report.exchanges = exchanges.iter().map(readable).collect();
    }
    let Ledger {
        mismatches,
        observations,
        profiles,
        ..
    } = ledger;
    report.mismatches = mismatches;
    report.observations = observations.into_iter().collect();
    report.duration_ms = milliseconds(started.elapsed());
    Once {
        report,
        profiles,
        unanswered,
    }
}

/// The clauses that steps which were not reached are about: nothing can be said of them.
fn unasked_clauses<'s>(scenario: &'s Scenario, asked: usize, stop: Option<&Stop>) -> BTreeSet<&'s str> {
    if stop.is_none() {
        return BTreeSet::new();
    }
    let first = scenario.covers.first().map(String::as_str);
    let steps = scenario.steps.iter().skip(asked).filter(|step| !step.setup);
    steps
        .filter_map(|step| step.clause.as_deref().or(first))
        .collect()
}

fn verdict(scenario: &Scenario, ledger: &Ledger, stop: Option<&Stop>) -> Verdict {
    let worst = ledger.mismatches.iter().map(|mismatch| mismatch.level).min();
    match (worst, stop) {
        (Some(Level::Must), _) => Verdict::Fail,
        (_, Some(Stop::Error(_))) => Verdict::Error,
        (Some(_), _) => Verdict::Warn,
        (None, Some(Stop::Skip(_) | Stop::Full(_))) => Verdict::Skip,
        (None, _) if scenario.clauses().all(|clause| clause.level == Level::Obs) => Verdict::Observed,
        (None, _) => Verdict::Pass,
    }
}

fn missing_key(target: &Target, scenario: &Scenario) -> Option<String> {
    scenario.keys.iter().find_map(|key| match key {
        ExtraKey::Public if target.public.is_none() => Some("needs a public key: [keys] public".to_owned()),
        ExtraKey::Other if target.other_secret.is_none() => {
            Some("needs the secret key of another account: [keys] other_secret".to_owned())
        }
        _ => None,
    })
}
