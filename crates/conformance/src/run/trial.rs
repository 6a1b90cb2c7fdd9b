//! One scenario that is tried until its first breach: what exploration is made of.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use rebuttal_model::{Kind, Level, Profile, Situation, clause};
use tokio::time::Instant;

use super::{
    Context, Halt, SCENARIO_LIMIT, Session,
    exec::{Execution, Stop},
    lease::{Left, Pool},
    scope::Scope,
};
use crate::{
    redact::Secrets,
    scenario::{Answer, Credentials, Expect, Need, Scenario, Step, Upload},
    target::Target,
    transport::{Limits, TransportError},
    verdict::{Exchange, Mismatch},
};

/// Clauses that one request shows to hold or not, and that only SHOULD: they would end every exploration of an
/// endpoint that is known to do otherwise.
const LEFT_TO_THE_SUITE: &[&str] = &[clause::list::BAD_PARAMETER.id];

/// How scenarios are tried.
#[derive(Clone, Debug)]
pub(crate) struct LabOptions {
    /// The profiles whose answers are right.
    pub(crate) profiles: Vec<Profile>,
    /// Bounds of each exchange.
    pub(crate) limits: Limits,
    /// Whether a broken SHOULD ends no trial.
    pub(crate) only_must: bool,
    /// Whether some clauses end no trial, since the suite's scenarios ask them better.
    pub(crate) leaves_to_the_suite: bool,
    /// What ends it all.
    pub(crate) halt: Halt,
    /// The folder for locks on disputes.
    pub(crate) locks: Option<PathBuf>,
}

/// An endpoint and its disputes, to try scenarios on.
pub(crate) struct Lab {
    context: Context,
    only_must: bool,
    leaves_to_the_suite: bool,
    halt: Halt,
}

/// How a trial ended.
#[derive(Debug)]
pub(crate) enum End {
    /// Every step was asked, and all of them hold.
    Held,
    /// A step does not hold; later ones were not asked.
    Broken(Mismatch),
    /// The dispute takes no more documents than it has.
    Full,
    /// It could not be asked to the end, for this reason.
    Unfinished(String),
    /// Somebody wants an end.
    Interrupted,
}

/// What became of a trial.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) end: End,
    /// How many steps were asked, the last one included.
    pub(crate) asked: usize,
    /// How many documents the trial had uploaded and not destroyed.
    pub(crate) uploaded: usize,
    /// The clauses that were asked and held.
    pub(crate) held: BTreeSet<&'static str>,
    /// The exchange that shows what does not hold.
    pub(crate) exchange: Option<Exchange>,
    /// Everything that does not hold in the step that ended it, the first as in [`End::Broken`].
    pub(crate) broken: Vec<Mismatch>,
    /// The status of each answer, `None` where there was none, and the step that it belongs to.
    pub(crate) statuses: Vec<(usize, Option<u16>)>,
}

impl Trial {
    fn unasked(end: End) -> Self {
        Self {
            end,
            asked: 0,
            uploaded: 0,
            held: BTreeSet::new(),
            exchange: None,
            broken: Vec::new(),
            statuses: Vec::new(),
        }
    }
}

impl Lab {
    pub(crate) async fn new(target: Target, options: LabOptions) -> Result<Self, TransportError> {
        let session = Session::new(target, options.limits)?;
        session.client.probe().await?;
        let pool = Pool::new(&session, options.locks.as_deref());
        let session = Arc::new(session);
        Ok(Self {
            context: Context {
                session,
                pool,
                profiles: options.profiles,
                sketches: false,
            },
            only_must: options.only_must,
            leaves_to_the_suite: options.leaves_to_the_suite,
            halt: options.halt,
        })
    }

    pub(crate) fn target(&self) -> &Target {
        &self.context.session.target
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.context.session.secrets
    }

    pub(crate) fn requests(&self) -> u64 {
        self.context.session.health().requests
    }

    pub(crate) fn left_behind(&self) -> Vec<String> {
        self.context.pool.left_behind()
    }

    /// Why the endpoint was given up.
    pub(crate) fn why_given_up(&self) -> String {
        self.context.session.why_given_up()
    }

    /// Whether the endpoint has stopped to answer.
    pub(crate) fn is_given_up(&self) -> bool {
        self.context.session.is_given_up()
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.halt.reason().is_some()
    }

    /// Whether a dispute like this can be had.
    pub(crate) async fn can_lend(&self, needs: &BTreeMap<String, Need>) -> Result<(), String> {
        let answer = tokio::select! {
            answer = self.context.pool.lend(&self.context.session, needs) => answer,
            () = self.halt.end() => return Err("it was stopped before".to_owned()),
        };
        match answer {
            Ok(loans) => {
                let left = Left {
                    clean: true,
                    used: false,
                };
                self.context.pool.take_back(loans, left).await;
                Ok(())
            }
            Err(refusal) => match Stop::from(refusal) {
                Stop::Skip(reason) | Stop::Error(reason) | Stop::Full(reason) => Err(reason),
                Stop::Fatal => Err("no dispute was lent".to_owned()),
            },
        }
    }

    /// Tries a scenario until its first breach, and cleans up.
    pub(crate) async fn attempt(&self, scenario: &Scenario) -> Trial {
        self.attempt_until(scenario, None).await
    }

    /// Tries a scenario until its first breach, starts none of its steps after a time, and cleans up.
    pub(crate) async fn attempt_until(&self, scenario: &Scenario, until: Option<Instant>) -> Trial {
        if self.is_interrupted() {
            return Trial::unasked(End::Interrupted);
        }
        tokio::select! {
            trial = self.try_out(scenario, until) => trial,
            () = self.halt.end() => Trial::unasked(End::Interrupted),
        }
    }

    async fn try_out(&self, scenario: &Scenario, until: Option<Instant>) -> Trial {
        let context = &self.context;
        if self.is_given_up() {
            return Trial::unasked(End::Unfinished(context.session.why_given_up()));
        }
        let loans = match context.pool.lend(&context.session, &scenario.disputes).await {
            Ok(loans) => loans,
            Err(refusal) => {
                let stop = Stop::from(refusal);
                return Trial::unasked(self.unfinished(&stop));
            }
        };
        let scope = Scope::new(&context.session, loans.clone());
        let mut execution = Execution::new(context, scenario, scope);
        let mut trial = Trial::unasked(End::Held);
        let steps = self.steps(&mut execution, &mut trial, until);
        if let Ok(end) = tokio::time::timeout(SCENARIO_LIMIT, steps).await {
            trial.end = end;
        } else {
            let reason = format!("not done within {} s", SCENARIO_LIMIT.as_secs());
            trial.end = End::Unfinished(reason);
        }
        trial.uploaded = execution.uploaded.len();
        let shows = match &trial.end {
            End::Broken(mismatch) => mismatch.exchange,
            _ => None,
        };
        let recorded = shows.and_then(|at| execution.exchanges.get(at));
        trial.statuses = std::mem::take(&mut execution.statuses);
        trial.exchange = recorded.map(|exchange| exchange.exchange(&context.session));
        trial.held = execution.ledger.held(&BTreeSet::new());
        let left = tokio::time::timeout(SCENARIO_LIMIT, execution.clean_up())
            .await
            .unwrap_or(Left {
                clean: false,
                used: true,
            });
        context.pool.take_back(loans, left).await;
        trial
    }

    async fn steps(&self, execution: &mut Execution<'_>, trial: &mut Trial, until: Option<Instant>) -> End {
        let scenario = execution.scenario;
        for (index, step) in scenario.steps.iter().enumerate() {
            if self.is_interrupted() || until.is_some_and(|until| Instant::now() >= until) {
                return End::Interrupted;
            }
            trial.asked = index + 1;
            let booked = execution.ledger.mismatches.len();
            let result = execution.step(index + 1, step).await;
            let own = execution.clause_of(step).id;
            let found = execution.ledger.mismatches[booked..].iter();
            let broken: Vec<_> = found.filter(|it| self.counts(it, own)).cloned().collect();
            if let Some(first) = broken.first().cloned() {
                trial.broken = broken;
                // A dispute that is full may say so before it looks at what else is wrong with an upload.
                if is_refused_upload(step) && is_full(execution, index + 1).await {
                    return End::Full;
                }
                return End::Broken(first);
            }
            if let Err(stop) = result {
                return self.unfinished(&stop);
            }
        }
        End::Held
    }

    /// Whether a mismatch ends the trial. What every answer owes and only should is the suite's to tell: a state
    /// cannot break it.
    fn counts(&self, mismatch: &Mismatch, own: &str) -> bool {
        mismatch.level == Level::Must
            || mismatch.clause == own
                && !self.only_must
                && !(self.leaves_to_the_suite && LEFT_TO_THE_SUITE.contains(&own))
    }

    fn unfinished(&self, stop: &Stop) -> End {
        match stop {
            Stop::Full(_) => End::Full,
            Stop::Skip(reason) | Stop::Error(reason) => End::Unfinished(self.secrets().mask(reason)),
            Stop::Fatal => End::Unfinished("an answer on which nothing can be built".to_owned()),
        }
    }
}

fn is_refused_upload(step: &Step) -> bool {
    let refusal = |expect: &Expect| {
        expect.answer.is_none() && expect.refused != Some(Situation::NotOpen) && !expect.robust
    };
    step.upload.is_some()
        && step.credentials == Credentials::Secret
        && step.expect.as_ref().is_some_and(refusal)
}

/// Whether the dispute takes no more documents: an upload that is right says so.
async fn is_full(execution: &mut Execution<'_>, number: usize) -> bool {
    let right = Step {
        upload: Some(Upload {
            kind: Some(Kind::DetailsOfPurchase.as_str().to_owned()),
            ..Upload::default()
        }),
        expect: Some(Expect {
            answer: Some(Answer::Document),
            ..Expect::default()
        }),
        ..Step::default()
    };
    matches!(execution.step(number, &right).await, Err(Stop::Full(_)))
}
