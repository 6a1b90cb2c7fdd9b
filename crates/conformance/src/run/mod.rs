//! Runs scenarios and sums up what they found.

mod action;
mod at_once;
mod by_hand;
mod causes;
mod curl;
mod departures;
mod effects;
mod everywhere;
mod exec;
mod halt;
mod judge;
mod lease;
mod ledger;
mod locked;
mod locks;
mod once;
mod pace;
mod prepare;
mod retry_after;
mod robust;
mod rounds;
mod scope;
mod seen;
mod select;
mod session;
mod sketches;
mod special;
mod stock;
mod summary;
mod transcript;
mod trial;
mod walked;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rebuttal_model::{Profile, Timestamp};
use thiserror::Error;
use tokio::{sync::Semaphore, task::JoinSet};

pub(crate) use everywhere::{Asked, judge as judge_everywhere};
pub use halt::Halt;
pub(crate) use judge::allows;
pub(crate) use ledger::{At, Difference, Ledger};
pub use pace::{InvalidRate, Rate};
pub(crate) use retry_after::retry_after;
pub(crate) use seen::Seen;
pub(crate) use select::glob;
pub use select::{InvalidPattern, Selector};
pub(crate) use session::{Session, WRONG_KEY};
pub(crate) use summary::of_scenarios;
pub(crate) use trial::{End, Lab, LabOptions, Trial};

use self::{lease::Pool, rounds::Rounds};
use crate::{
    known::Suite,
    redact::Secrets,
    scenario::Library,
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
    /// How often each scenario is run; what differs from time to time is flaky.
    pub repeat: u32,
    /// How often a scenario is run again whose endpoint could not be asked; what then passes is flaky.
    pub retries: u32,
    /// Bounds of each exchange.
    pub limits: Limits,
    /// What ends the run before its end.
    pub halt: Halt,
    /// Whether the report keeps what each answer looks like, to be compared.
    pub sketches: bool,
    /// The folder for locks on the disputes that are worked on, so that other processes of this machine wait for them.
    pub locks: Option<PathBuf>,
}

impl Default for Options {
    /// Any profile, four scenarios at a time.
    fn default() -> Self {
        Self {
            profiles: Profile::ALL.to_vec(),
            jobs: 4,
            repeat: 1,
            retries: 0,
            limits: Limits::default(),
            halt: Halt::default(),
            sketches: false,
            locks: None,
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
    /// Whether to keep what answers look like.
    pub(crate) sketches: bool,
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
    let pool = Pool::new(&session, options.locks.as_deref());
    let context = Arc::new(Context {
        session: Arc::new(session),
        pool,
        profiles: options.profiles.clone(),
        sketches: options.sketches,
    });

    let rounds = Rounds::new(options);
    let permits = Arc::new(Semaphore::new(options.jobs.max(1)));
    let mut tasks = JoinSet::new();
    let (mut running, mut sources) = (BTreeMap::new(), BTreeMap::new());
    for (id, mut scenario) in library {
        sources.extend(scenario.source.take().map(|source| (id.clone(), source)));
        let (context, permits, rounds) = (Arc::clone(&context), Arc::clone(&permits), rounds.clone());
        let covers = scenario.clauses().map(|clause| clause.id).collect::<Vec<_>>();
        let (name, named) = (id.clone(), covers.clone());
        let handle = tasks.spawn(async move {
            match permits.acquire().await {
                Ok(_permit) => rounds.run(&context, &id, &scenario).await,
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
        let mut report = match joined {
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
        report.source = sources.remove(&report.id);
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
        waited: context.session.waited(),
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
        source: None,
        reason: (!reason.is_empty()).then_some(reason),
        mismatches: Vec::new(),
        observations: Vec::new(),
        held: BTreeSet::new(),
        exchanges: Vec::new(),
        sketches: Vec::new(),
        duration_ms: 0,
        flaky: false,
        attempts: Vec::new(),
    }
}

/// What became of a scenario that a halted run did not get to, or did not finish.
fn halted(id: String, covers: Vec<&'static str>) -> ScenarioReport {
    unasked(id, covers, Verdict::Error, HALTED.to_owned())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
