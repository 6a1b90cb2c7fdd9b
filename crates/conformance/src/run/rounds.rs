//! A scenario that is run several times: because that was asked for, or because the endpoint could not be asked.

use std::{collections::BTreeSet, time::Duration};

use rebuttal_model::{Profile, Situation};
use tokio::time::sleep;

use super::{
    Context, Halt, Options,
    once::{Once, once},
    pace::backoff,
};
use crate::{
    scenario::Scenario,
    verdict::{Attempt, ScenarioReport},
};

/// The first wait before a scenario whose endpoint could not be asked is tried again.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How often a scenario is run.
#[derive(Clone)]
pub(super) struct Rounds {
    repeat: u32,
    retries: u32,
    halt: Halt,
}

impl Rounds {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            repeat: options.repeat.max(1),
            retries: options.retries,
            halt: options.halt.clone(),
        }
    }

    /// Runs a scenario. The gravest of what it came to counts; that it came to different things is told.
    pub(super) async fn run(
        &self,
        context: &Context,
        id: &str,
        scenario: &Scenario,
    ) -> (ScenarioReport, BTreeSet<(Situation, Profile)>) {
        let mut first = self.round(context, id, scenario).await;
        let mut attempts = std::mem::take(&mut first.report.attempts);
        for _ in 1..self.repeat {
            if self.halt.reason().is_some() || context.session.is_given_up() {
                break;
            }
            let mut next = self.round(context, id, scenario).await;
            attempts.append(&mut next.report.attempts);
            first.profiles.append(&mut next.profiles);
            if next.report.verdict > first.report.verdict {
                first.report = next.report;
            }
        }
        let Once {
            mut report, profiles, ..
        } = first;
        report.duration_ms = attempts.iter().map(|it| it.duration_ms).sum();
        report.flaky = attempts.iter().any(|it| it.verdict != attempts[0].verdict);
        if attempts.len() > 1 {
            report.attempts = attempts;
        }
        (report, profiles)
    }

    /// Runs a scenario until the endpoint could be asked, or has been tried often enough.
    async fn round(&self, context: &Context, id: &str, scenario: &Scenario) -> Once {
        let (mut attempts, mut tries) = (Vec::new(), 0);
        loop {
            let mut once = once(context, id.to_owned(), scenario).await;
            attempts.push(Attempt {
                verdict: once.report.verdict,
                reason: once.report.reason.clone(),
                duration_ms: once.report.duration_ms,
            });
            let again = once.unanswered && tries < self.retries;
            if !again || self.halt.reason().is_some() || context.session.is_given_up() {
                once.report.attempts = attempts;
                return once;
            }
            sleep(backoff(FIRST_WAIT, tries)).await;
            tries += 1;
        }
    }
}
