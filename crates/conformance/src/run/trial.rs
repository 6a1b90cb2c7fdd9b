//! One scenario that is tried until its first breach: what exploration is made of.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rebuttal_model::Level;

use super::{
    Context, SCENARIO_LIMIT, Session,
    exec::{Execution, Stop},
    lease::{Left, Pool},
    scope::Scope,
};
use crate::{
    explore::ExploreOptions,
    redact::Secrets,
    scenario::{Need, Scenario},
    target::Target,
    transport::TransportError,
    verdict::{Exchange, Mismatch},
};

/// An endpoint and its disputes, to try scenarios on.
pub(crate) struct Lab {
    context: Context,
    only_must: bool,
    interrupted: Arc<AtomicBool>,
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
    /// The exchanges of the last step.
    pub(crate) exchanges: Vec<Exchange>,
}

impl Trial {
    fn unasked(end: End) -> Self {
        Self {
            end,
            asked: 0,
            uploaded: 0,
            held: BTreeSet::new(),
            exchanges: Vec::new(),
        }
    }
}

impl Lab {
    pub(crate) async fn new(
        target: Target,
        options: &ExploreOptions,
        interrupted: Arc<AtomicBool>,
    ) -> Result<Self, TransportError> {
        let session = Session::new(target, options.limits)?;
        session.client.probe().await?;
        let pool = Pool::new(&session);
        let session = Arc::new(session);
        Ok(Self {
            context: Context {
                session,
                pool,
                profiles: options.profiles.clone(),
            },
            only_must: options.only_must,
            interrupted,
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

    /// Whether the endpoint has stopped to answer.
    pub(crate) fn is_given_up(&self) -> bool {
        self.context.session.is_given_up()
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether a dispute like this can be had.
    pub(crate) async fn can_lend(&self, needs: &BTreeMap<String, Need>) -> Result<(), String> {
        match self.context.pool.lend(&self.context.session, needs).await {
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
        let context = &self.context;
        if self.is_given_up() {
            return Trial::unasked(End::Unfinished("the endpoint has stopped answering".to_owned()));
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
        let steps = self.steps(&mut execution, &mut trial);
        if let Ok(end) = tokio::time::timeout(SCENARIO_LIMIT, steps).await {
            trial.end = end;
        } else {
            let reason = format!("not done within {} s", SCENARIO_LIMIT.as_secs());
            trial.end = End::Unfinished(reason);
        }
        trial.uploaded = execution.uploaded.len();
        let last = execution.exchanges.last().map_or(0, |exchange| exchange.step);
        trial.exchanges = execution
            .exchanges
            .iter()
            .filter(|exchange| exchange.step == last)
            .cloned()
            .collect();
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

    async fn steps(&self, execution: &mut Execution<'_>, trial: &mut Trial) -> End {
        let scenario = execution.scenario;
        for (index, step) in scenario.steps.iter().enumerate() {
            if self.is_interrupted() {
                return End::Interrupted;
            }
            trial.asked = index + 1;
            let booked = execution.ledger.mismatches.len();
            let result = execution.step(index + 1, step).await;
            let own = execution.clause_of(step).id;
            // What every answer owes and only should is the suite's to tell: a state cannot break it.
            let mut found = execution.ledger.mismatches[booked..]
                .iter()
                .filter(|it| it.level == Level::Must || it.clause == own && !self.only_must);
            if let Some(first) = found.next() {
                return End::Broken(first.clone());
            }
            if let Err(stop) = result {
                return self.unfinished(&stop);
            }
        }
        End::Held
    }

    fn unfinished(&self, stop: &Stop) -> End {
        match stop {
            Stop::Full(_) => End::Full,
            Stop::Skip(reason) | Stop::Error(reason) => End::Unfinished(self.secrets().mask(reason)),
            Stop::Fatal => End::Unfinished("an answer on which nothing can be built".to_owned()),
        }
    }
}
