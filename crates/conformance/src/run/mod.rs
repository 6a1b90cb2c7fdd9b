//! Runs scenarios and sums up what they found.

mod action;
mod at_once;
mod by_hand;
mod causes;
mod curl;
mod effects;
mod everywhere;
mod exec;
mod halt;
mod judge;
mod lease;
mod ledger;
mod locked;
mod prepare;
mod scope;
mod seen;
mod select;
mod session;
mod special;
mod summary;
mod transcript;
mod trial;
mod walked;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rebuttal_model::{Profile, Situation, Timestamp};
use thiserror::Error;
use tokio::{sync::Semaphore, task::JoinSet};

pub use halt::Halt;
pub(crate) use select::glob;
pub use select::{InvalidPattern, Selector};
pub(crate) use session::{Session, WRONG_KEY};
pub(crate) use summary::of_scenarios;
pub(crate) use trial::{End, Lab, Trial};

use self::{
    exec::{Execution, Stop},
    lease::{Left, Pool},
    ledger::Ledger,
    scope::Scope,
};
use crate::{
    known::Suite,
    redact::Secrets,
    scenario::{ExtraKey, Library, Scenario},
    target::Target,
    transport::{Limits, TransportError},
    verdict::{RunReport, ScenarioReport, Verdict},
};

/// A scenario that takes longer is given up.
const SCENARIO_LIMIT: Duration = Duration::from_mins(4);

/// Why a halted run did not ask.
const HALTED: &str = "the run was stopped before this was done";

/// How to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profiles whose answers are right; both means any.
    pub profiles: Vec<Profile>,
    /// How many scenarios run at the same time.
    pub jobs: usize,
    /// Bounds of each exchange.
    pub limits: Limits,
    /// What ends the run before its end.
    pub halt: Halt,
}

impl Default for Options {
    /// Any profile, four scenarios at a time.
    fn default() -> Self {
        Self {
            profiles: Profile::ALL.to_vec(),
            jobs: 4,
            limits: Limits::default(),
            halt: Halt::default(),
        }
    }
}

/// Why a run did not start.
#[derive(Debug, Error)]
pub enum RunError {
    /// The endpoint cannot be reached at all.
    #[error("the endpoint {endpoint} cannot be asked: {source}")]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// Why not.
        source: TransportError,
    },
}

/// What every scenario of a run shares.
pub(crate) struct Context {
    pub(crate) session: Arc<Session>,
    pub(crate) pool: Pool,
    pub(crate) profiles: Vec<Profile>,
}

/// The result of a run: the report, and the mask for everything that is made of it.
#[derive(Debug)]
pub struct Run {
    /// What was found.
    pub report: RunReport,
    /// Keeps keys out of what is written.
    pub secrets: Secrets,
}

impl Run {
    /// The run that never began: nothing of what these scenarios cover was asked, for this reason.
    pub fn not_begun(endpoint: String, scenarios: &Suite, reason: &str, secrets: Secrets) -> Self {
        let left_out = |(id, covers): (&String, &BTreeSet<&'static str>)| {
            let covers = covers.iter().copied().collect();
            unasked(id.clone(), covers, Verdict::Error, secrets.mask(reason))
        };
        let scenarios = scenarios.iter().map(left_out).collect();
        Self {
            report: summary::of_scenarios(endpoint, now(), scenarios),
            secrets,
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Replays scenarios against a target. `progress` is told of each that ends.
///
/// # Errors
///
/// When the endpoint cannot be reached at all. Whatever happens later becomes a verdict.
pub async fn run(
    target: Target,
    library: Library,
    options: &Options,
    mut progress: impl FnMut(&ScenarioReport),
) -> Result<Run, RunError> {
    let started = Instant::now();
    let started_at = now();
    let endpoint = target.endpoint.to_string();
    let unreachable = |source| RunError::Unreachable {
        endpoint: endpoint.clone(),
        source,
    };
    let session = Session::new(target, options.limits).map_err(unreachable)?;
    session.client.probe().await.map_err(unreachable)?;
    let pool = Pool::new(&session);
    let context = Arc::new(Context {
        session: Arc::new(session),
        pool,
        profiles: options.profiles.clone(),
    });

    let permits = Arc::new(Semaphore::new(options.jobs.max(1)));
    let mut tasks = JoinSet::new();
    let mut running = BTreeMap::new();
    for (id, scenario) in library {
        let (context, permits) = (Arc::clone(&context), Arc::clone(&permits));
        let covers = scenario.clauses().map(|clause| clause.id).collect::<Vec<_>>();
        let (name, named) = (id.clone(), covers.clone());
        let handle = tasks.spawn(async move {
            match permits.acquire().await {
                Ok(_permit) => one(&context, id, &scenario).await,
                Err(_closed) => (halted(id, covers), BTreeSet::new()),
            }
        });
        running.insert(handle.id(), (name, named));
    }
    let (mut scenarios, mut profiles) = (Vec::new(), BTreeSet::new());
    let brake = options.halt.clone().brake(permits);
    tokio::pin!(brake);
    let mut braked = false;
    loop {
        let joined = tokio::select! {
            joined = tasks.join_next_with_id() => joined,
            () = &mut brake, if !braked => {
                braked = true;
                tasks.abort_all();
                continue;
            }
        };
        let Some(joined) = joined else { break };
        let report = match joined {
            Ok((_, (report, seen))) => {
                profiles.extend(seen);
                report
            }
            Err(error) => {
                let (id, covers) = running.get(&error.id()).cloned().unwrap_or_default();
                if error.is_cancelled() {
                    halted(id, covers)
                } else {
                    unasked(id, covers, Verdict::Error, format!("the program failed: {error}"))
                }
            }
        };
        progress(&report);
        scenarios.push(report);
    }
    scenarios.sort_by(|one, other| one.id.cmp(&other.id));
    let health = context.session.health().clone();
    let parts = summary::Parts {
        endpoint,
        started_at,
        duration: started.elapsed(),
        profiles: &options.profiles,
        seen: profiles,
        scenarios,
        left_behind: context.pool.left_behind(),
        health,
    };
    let mut report = summary::sum_up(parts);
    report.mask(&context.session.secrets);
    if report
        .scenarios
        .iter()
        .any(|it| it.reason.as_deref() == Some(HALTED))
    {
        report.stopped = options.halt.reason();
    }
    Ok(Run {
        report,
        secrets: context.session.secrets.clone(),
    })
}

/// Runs one scenario: borrows what it needs, asks, cleans up, gives back.
async fn one(
    context: &Context,
    id: String,
    scenario: &Scenario,
) -> (ScenarioReport, BTreeSet<(Situation, Profile)>) {
    let started = Instant::now();
    let covers: Vec<_> = scenario.clauses().map(|clause| clause.id).collect();
    let mut report = unasked(id, covers, Verdict::Pass, String::new());
    if context.session.is_given_up() {
        report.verdict = Verdict::Error;
        report.reason = Some("the endpoint has stopped answering".to_owned());
        return (report, BTreeSet::new());
    }
    if let Some(reason) = missing_key(&context.session.target, scenario) {
        report.verdict = Verdict::Skip;
        report.reason = Some(reason);
        return (report, BTreeSet::new());
    }
    let loans = match context.pool.lend(&context.session, &scenario.disputes).await {
        Ok(loans) => loans,
        Err(refusal) => {
            (report.verdict, report.reason) = match Stop::from(refusal) {
                Stop::Skip(reason) | Stop::Full(reason) => (Verdict::Skip, Some(reason)),
                Stop::Error(reason) => (Verdict::Error, Some(reason)),
                Stop::Fatal => (Verdict::Error, None),
            };
            report.duration_ms = milliseconds(started.elapsed());
            return (report, BTreeSet::new());
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
        ledger, exchanges, ..
    } = execution;
    context.pool.take_back(loans, left).await;

    report.held = ledger.held(&unasked_clauses);
    report.verdict = verdict(scenario, &ledger, stop.as_ref());
    report.reason = match stop {
        Some(Stop::Skip(reason) | Stop::Error(reason) | Stop::Full(reason)) => {
            Some(context.session.secrets.mask(&reason))
        }
        _ => None,
    };
    if matches!(report.verdict, Verdict::Fail | Verdict::Warn | Verdict::Error) {
        report.exchanges = exchanges;
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
    (report, profiles)
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
    use rebuttal_model::Level;
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

pub(crate) fn unasked(
    id: String,
    covers: Vec<&'static str>,
    verdict: Verdict,
    reason: String,
) -> ScenarioReport {
    ScenarioReport {
        id,
        verdict,
        covers,
        reason: (!reason.is_empty()).then_some(reason),
        mismatches: Vec::new(),
        observations: Vec::new(),
        held: BTreeSet::new(),
        exchanges: Vec::new(),
        duration_ms: 0,
    }
}

/// What became of a scenario that a halted run did not get to, or did not finish.
fn halted(id: String, covers: Vec<&'static str>) -> ScenarioReport {
    unasked(id, covers, Verdict::Error, HALTED.to_owned())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
