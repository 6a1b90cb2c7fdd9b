//! Explores an endpoint: random sequences of operations, each held against a small model of the contract.
//!
//! A sequence becomes a scenario of the suite's own format, which the suite's own engine tries: what fails can be
//! kept as it is. Left out: anything that one request alone can show; the suite's scenarios ask that better.

mod generate;
mod model;
mod op;
mod pin;
mod predict;
mod report;
mod shrink;
mod steps;
pub(crate) mod write;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use rebuttal_model::{Level, Profile};
use tokio::task::JoinSet;

use self::{
    generate::{Offers, sequence},
    op::Op,
    pin::Failure,
    predict::{Predicted, predict},
};
pub(crate) use report::schema;
pub use report::{Ended, ExploreReport, Explored, Finding};

use crate::{
    run::{End, Halt, Lab, LabOptions, RunError, Trial},
    scenario::Need,
    target::Target,
    transport::Limits,
};

/// How to explore.
#[derive(Clone, Debug)]
pub struct ExploreOptions {
    /// The profiles whose answers are right; both means any.
    pub profiles: Vec<Profile>,
    /// Bounds of each exchange.
    pub limits: Limits,
    /// What the sequences are made from.
    pub seed: u64,
    /// How many sequences are tried.
    pub cases: u64,
    /// No case starts, and no failure is made shorter, after this time.
    pub time: Option<Duration>,
    /// How many sequences are tried at the same time, each in a dispute of its own.
    pub clients: usize,
    /// Looks for broken MUSTs only.
    pub only_must: bool,
    /// Ends with a broken SHOULD too. Otherwise it goes on to look for broken MUSTs, and the SHOULD fails nothing.
    pub strict: bool,
    /// What ends the exploration before its end.
    pub halt: Halt,
    /// The folder for locks on the disputes that are worked on, so that other processes of this machine wait for them.
    pub locks: Option<PathBuf>,
}

/// What an exploration is doing.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// So many cases were tried.
    Cases(u64),
    /// A failure is made shorter: so many steps are left after so many tries.
    Shrinking {
        /// The steps that are left.
        steps: usize,
        /// The tries so far.
        tries: usize,
    },
}

/// Explores a target. It ends with the first failure, made short; or when it is halted.
///
/// # Errors
///
/// When the endpoint cannot be reached at all. Whatever happens later stands in the report.
pub async fn explore(
    target: Target,
    options: &ExploreOptions,
    mut progress: impl FnMut(Progress),
) -> Result<Explored, RunError> {
    let started = Instant::now();
    let endpoint = target.endpoint.to_string();
    let how = LabOptions {
        profiles: options.profiles.clone(),
        limits: options.limits,
        only_must: options.only_must,
        leaves_to_the_suite: true,
        halt: options.halt.clone(),
        locks: options.locks.clone(),
    };
    let lab = Lab::new(target, how)
        .await
        .map_err(|source| RunError::Unreachable {
            endpoint: endpoint.clone(),
            source,
        })?;
    let mut explorer = Explorer {
        lab: Arc::new(lab),
        options,
        started,
        main: Need::Open,
        offers: Offers::default(),
        report: ExploreReport::new(endpoint, options),
    };
    if explorer.look_around().await {
        explorer.cases(&mut progress).await;
    }
    let Explorer { lab, mut report, .. } = explorer;
    report.requests = lab.requests();
    report.left_behind = lab.left_behind();
    report.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Explored {
        report,
        secrets: lab.secrets().clone(),
    })
}

struct Explorer<'o> {
    lab: Arc<Lab>,
    options: &'o ExploreOptions,
    started: Instant,
    /// What the dispute of a sequence is like.
    main: Need,
    offers: Offers,
    report: ExploreReport,
}

impl Explorer<'_> {
    /// Finds out what there is to work on. Returns whether it is enough.
    async fn look_around(&mut self) -> bool {
        let lab = Arc::clone(&self.lab);
        let moves = !lab.target().charges.is_empty();
        self.main = if moves { Need::Fresh } else { Need::Open };
        let needs = |more: Option<(&str, Need)>| -> BTreeMap<String, Need> {
            let main = ("main", self.main);
            [Some(main), more]
                .into_iter()
                .flatten()
                .map(|(name, need)| (name.to_owned(), need))
                .collect()
        };
        if let Err(reason) = lab.can_lend(&needs(None)).await {
            self.report.ended = if lab.is_interrupted() {
                Ended::Interrupted
            } else {
                Ended::Unavailable
            };
            self.report.reasons.insert(reason);
            return false;
        }
        let another = lab.can_lend(&needs(Some(("other", Need::Another)))).await;
        let other = lab.target().other_secret.is_some();
        let foreign = lab
            .can_lend(&BTreeMap::from([("foreign".to_owned(), Need::Foreign)]))
            .await;
        let mut offers = Offers {
            moves,
            other,
            theirs: false,
            another: another.is_ok(),
            room: None,
        };
        if other && foreign.is_ok() {
            let mut probe = predict(&[Op::Theirs { slot: 1 }], self.main).scenario;
            probe.disputes.remove("main");
            offers.theirs = matches!(lab.attempt(&probe).await.end, End::Held);
        }
        self.offers = offers;
        let missing = [
            (moves, "moving disputes on: [charges] disputable"),
            (other, "another account: [keys] other_secret"),
            (
                offers.theirs,
                "uploads of another account: [disputes] foreign, an open one",
            ),
            (offers.another, "another dispute of the account"),
        ];
        let missing = missing.into_iter().filter(|(offered, _)| !offered);
        self.report.not_offered = missing.map(|(_, what)| what.to_owned()).collect();
        true
    }

    fn is_over(&self) -> bool {
        self.lab.is_interrupted()
            || self
                .options
                .time
                .is_some_and(|time| self.started.elapsed() >= time)
    }

    /// Tries case after case, some at a time, until one fails.
    async fn cases(&mut self, progress: &mut impl FnMut(Progress)) {
        let clients = self.options.clients.max(1) as u64;
        let (mut next, mut lesser) = (1, None);
        while next <= self.options.cases {
            if self.is_over() || self.lab.is_given_up() {
                break;
            }
            let last = (next + clients - 1).min(self.options.cases);
            let tried = self.at_once(next, last).await;
            next = last + 1;
            progress(Progress::Cases(last));
            let Some(failure) = self.count(tried) else {
                continue;
            };
            if failure.mismatch.level == Level::Must || self.options.strict {
                self.report.ended = Ended::Finding;
                let finding = self.pin_down(failure, progress).await;
                self.report.finding = Some(finding);
                return;
            }
            // It must not hide a broken MUST in another case; in this one, what comes behind it follows from it.
            lesser.get_or_insert(failure);
        }
        self.report.ended = if self.lab.is_interrupted() {
            Ended::Interrupted
        } else if self.lab.is_given_up() {
            self.report.reasons.insert(self.lab.why_given_up());
            Ended::Unavailable
        } else if next <= self.options.cases {
            Ended::Time
        } else {
            Ended::Cases
        };
        if let Some(failure) = lesser {
            let finding = self.pin_down(failure, progress).await;
            self.report.finding = Some(finding);
        }
    }

    /// Tries some cases at the same time; in the order of their numbers.
    async fn at_once(&self, first: u64, last: u64) -> Vec<(u64, Vec<Op>, Predicted, Trial)> {
        let mut under_way = JoinSet::new();
        for case in first..=last {
            let ops = sequence(self.options.seed, case, self.offers);
            let predicted = predict(&ops, self.main);
            let lab = Arc::clone(&self.lab);
            under_way.spawn(async move {
                let trial = lab.attempt(&predicted.scenario).await;
                (case, ops, predicted, trial)
            });
        }
        let mut tried = Vec::new();
        while let Some(joined) = under_way.join_next().await {
            tried.extend(joined.ok());
        }
        tried.sort_by_key(|(case, ..)| *case);
        tried
    }

    /// Counts what was tried. Returns the first failure that matters most.
    fn count(&mut self, tried: Vec<(u64, Vec<Op>, Predicted, Trial)>) -> Option<Failure> {
        let mut first = None;
        for (case, ops, predicted, trial) in tried {
            self.report.cases += 1;
            let origins = predicted.about.iter().take(trial.asked);
            let reached = origins.filter_map(|(_, origin)| *origin).max();
            for op in reached.map_or(&[][..], |last| &ops[..=last]) {
                *self.report.operations.entry(op.name()).or_default() += 1;
            }
            self.report.clauses.extend(trial.held.iter().copied());
            match &trial.end {
                End::Held | End::Interrupted => {}
                End::Full => {
                    self.report.full += 1;
                    let room = trial.uploaded.max(1);
                    self.offers.room = Some(self.offers.room.map_or(room, |known| known.min(room)));
                }
                End::Unfinished(reason) => {
                    self.report.unfinished += 1;
                    self.report.reasons.insert(reason.clone());
                    // An endpoint that offers no such change is not asked for it again.
                    if matches!(reached.map(|at| &ops[at]), Some(Op::Move(_))) {
                        self.offers.moves = false;
                    }
                }
                End::Broken(mismatch) => {
                    self.report.clauses.insert(mismatch.clause);
                    // Of those that were tried at the same time, one that fails it is not hidden by one that does not.
                    let graver =
                        |first: &Failure| mismatch.level < first.mismatch.level && !self.options.strict;
                    if first.as_ref().is_none_or(graver) {
                        let mismatch = mismatch.clone();
                        first = Some(Failure {
                            case,
                            ops,
                            predicted,
                            mismatch,
                            trial,
                        });
                    }
                }
            }
        }
        first
    }
}

impl ExploreReport {
    fn new(endpoint: String, options: &ExploreOptions) -> Self {
        Self {
            rebuttal: env!("CARGO_PKG_VERSION"),
            endpoint,
            seed: options.seed,
            strict: options.strict,
            ended: Ended::Cases,
            cases: 0,
            unfinished: 0,
            reasons: std::collections::BTreeSet::new(),
            full: 0,
            operations: BTreeMap::new(),
            not_offered: Vec::new(),
            clauses: std::collections::BTreeSet::new(),
            requests: 0,
            duration_ms: 0,
            finding: None,
            left_behind: Vec::new(),
        }
    }
}
