//! Campaigns: generated uploads and requests, and what holds for any of them.
//!
//! An input is a step of a scenario, and the suite's own engine sends and judges it: what breaks a promise can be kept
//! as it is. Left out: what a right request is answered with; the suite's scenarios ask that.

mod human;
mod input;
mod pin;
mod report;
mod shrink;
mod sighting;
mod story;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use rebuttal_model::Profile;
use tokio::time::Instant;

use self::{
    input::{Input, Inputs, Recipe},
    pin::Seen,
    sighting::signature,
    story::scenario_of,
};
pub(crate) use report::schema;
pub use report::{CampaignEnd, CampaignReport, Campaigned, Sighting};
pub use sighting::Promise;

use crate::{
    run::{End, Halt, Lab, LabOptions, RunError, Trial},
    scenario::{Need, Step},
    target::Target,
    transport::Limits,
};

/// So many inputs share a dispute before it is cleared.
const BATCH: u64 = 12;

/// So many signatures are looked into.
const MOST_FINDINGS: usize = 24;

/// How to run a campaign.
#[derive(Clone, Debug)]
pub struct CampaignOptions {
    /// The profiles whose answers are right; both means any.
    pub profiles: Vec<Profile>,
    /// Bounds of each exchange. An answer that takes longer than `answer` breaks a promise.
    pub limits: Limits,
    /// What the inputs are made from.
    pub seed: u64,
    /// How many inputs are sent at most.
    pub requests: Option<u64>,
    /// No input is sent after this time.
    pub time: Option<Duration>,
    /// What ends the campaign before its end.
    pub halt: Halt,
    /// The folder for locks on the disputes that are worked on, so that other processes of this machine wait for them.
    pub locks: Option<PathBuf>,
}

/// What a campaign is doing.
#[derive(Clone, Copy, Debug)]
pub enum CampaignProgress {
    /// It sends inputs.
    Sent {
        /// So many were sent.
        inputs: u64,
        /// So many findings were made.
        findings: usize,
    },
    /// A finding is made smaller.
    Shrinking {
        /// The tries so far.
        tries: usize,
    },
}

/// Runs a campaign against a target.
///
/// # Errors
///
/// When the endpoint cannot be reached at all. Whatever happens later stands in the report.
pub async fn campaign(
    target: Target,
    options: &CampaignOptions,
    mut progress: impl FnMut(CampaignProgress),
) -> Result<Campaigned, RunError> {
    let started = Instant::now();
    let endpoint = target.endpoint.to_string();
    let recipe = Recipe {
        seed: options.seed,
        within: options.limits.answer,
        shows_key: !target.is_live(),
    };
    let how = LabOptions {
        profiles: options.profiles.clone(),
        limits: options.limits,
        only_must: false,
        leaves_to_the_suite: false,
        halt: options.halt.clone(),
        locks: options.locks.clone(),
    };
    let lab = Lab::new(target, how)
        .await
        .map_err(|source| RunError::Unreachable {
            endpoint: endpoint.clone(),
            source,
        })?;
    let inputs = Inputs::new(recipe);
    let mut campaign = Campaign {
        report: CampaignReport::new(endpoint, options, inputs.catalogued()),
        lab,
        options,
        inputs,
        until: options.time.map(|time| started + time),
        signatures: BTreeSet::new(),
    };
    campaign.run(&mut progress).await;
    let Campaign { lab, mut report, .. } = campaign;
    report.requests = lab.requests();
    report.left_behind = lab.left_behind();
    report.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Campaigned {
        report,
        secrets: lab.secrets().clone(),
    })
}

struct Campaign<'o> {
    lab: Lab,
    options: &'o CampaignOptions,
    inputs: Inputs,
    until: Option<Instant>,
    /// Those that were not looked into.
    signatures: BTreeSet<String>,
    report: CampaignReport,
}

impl Campaign<'_> {
    async fn run(&mut self, progress: &mut impl FnMut(CampaignProgress)) {
        let main = BTreeMap::from([("main".to_owned(), Need::Open)]);
        if let Err(reason) = self.lab.can_lend(&main).await {
            self.report.reasons.insert(reason);
            self.report.ended = self.ended(CampaignEnd::Unavailable);
            return;
        }
        let (mut next, last) = (1, self.options.requests.unwrap_or(u64::MAX));
        while next <= last {
            if self.is_over() || self.lab.is_given_up() {
                break;
            }
            // In the same places whatever was found, so that the same seed gives the same requests.
            let end = (next + BATCH - 1).min(last);
            let batch: Vec<_> = (next..=end).map(|number| self.inputs.at(number)).collect();
            self.batch(&batch, progress).await;
            next = end + 1;
        }
        self.report.ended = if self.lab.is_given_up() {
            self.report.reasons.insert(self.lab.why_given_up());
            CampaignEnd::Unavailable
        } else if self.is_over() {
            self.ended(CampaignEnd::Time)
        } else {
            CampaignEnd::Requests
        };
        self.report.more_signatures = self.signatures.len();
    }

    fn ended(&self, otherwise: CampaignEnd) -> CampaignEnd {
        if self.lab.is_interrupted() {
            CampaignEnd::Interrupted
        } else {
            otherwise
        }
    }

    fn is_over(&self) -> bool {
        self.lab.is_interrupted() || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Sends some inputs. What breaks a promise is looked into, and the rest sent after it.
    async fn batch(&mut self, mut batch: &[Input], progress: &mut impl FnMut(CampaignProgress)) {
        while !batch.is_empty() && !self.is_over() && !self.lab.is_given_up() {
            let steps: Vec<Step> = batch.iter().flat_map(|input| input.steps.clone()).collect();
            let scenario = scenario_of(&steps, None, "");
            let trial = self.lab.attempt_until(&scenario, self.until).await;
            let reached = self.count(batch, &trial);
            match &trial.end {
                End::Held => return self.tell(progress),
                End::Interrupted => return,
                End::Broken(_) => self.look_into(batch, reached, &trial, progress).await,
                End::Full => self.unasked("the dispute takes no more documents".to_owned()),
                End::Unfinished(reason) => self.unasked(reason.clone()),
            }
            self.tell(progress);
            batch = &batch[(reached + 1).min(batch.len())..];
        }
    }

    fn tell(&self, progress: &mut impl FnMut(CampaignProgress)) {
        progress(CampaignProgress::Sent {
            inputs: self.report.inputs,
            findings: self.report.findings.len(),
        });
    }

    fn unasked(&mut self, reason: String) {
        self.report.unfinished += 1;
        self.report.reasons.insert(reason);
    }

    /// Counts what was sent. Returns the index of the last input that was.
    fn count(&mut self, batch: &[Input], trial: &Trial) -> usize {
        let (mut first, mut reached) = (0, 0);
        for (index, input) in batch.iter().enumerate() {
            if first >= trial.asked {
                break;
            }
            reached = index;
            let steps = first + 1..=first + input.steps.len();
            first += input.steps.len();
            let is_last = first >= trial.asked;
            if is_last && matches!(trial.end, End::Unfinished(_) | End::Full) {
                break;
            }
            self.report.inputs += 1;
            *self.report.families.entry(input.family).or_default() += 1;
            let answers = trial.statuses.iter().filter(|(step, _)| steps.contains(step));
            let mut answers: Vec<_> = answers.map(|(_, status)| *status).collect();
            if answers.is_empty() {
                answers.push(None);
            }
            for status in answers {
                let name = status.map_or("none".to_owned(), |status| status.to_string());
                *self.report.answers.entry(name).or_default() += 1;
            }
        }
        reached
    }

    /// Keeps what the last input of a trial has broken.
    async fn look_into(
        &mut self,
        batch: &[Input],
        reached: usize,
        trial: &Trial,
        progress: &mut impl FnMut(CampaignProgress),
    ) {
        let input = &batch[reached];
        let before: Vec<Step> = batch[..reached]
            .iter()
            .flat_map(|input| input.steps.clone())
            .collect();
        let mut counted = BTreeSet::new();
        for mismatch in &trial.broken {
            let signature = signature(mismatch);
            // Of several members that one answer lacks, the first tells.
            if !counted.insert(mismatch.clause) {
                continue;
            }
            let known = self
                .report
                .findings
                .iter_mut()
                .find(|it| it.signature == signature);
            if let Some(known) = known {
                known.seen += 1;
                known.families.insert(input.family);
                continue;
            }
            if self.report.findings.len() == MOST_FINDINGS {
                self.signatures.insert(signature);
                continue;
            }
            let seen = Seen {
                input,
                before: &before,
                mismatch,
                exchange: trial.exchange.clone(),
            };
            let finding = self.pin_down(seen, progress).await;
            self.report.findings.push(finding);
        }
    }
}

impl CampaignReport {
    fn new(endpoint: String, options: &CampaignOptions, catalogue: u64) -> Self {
        Self {
            rebuttal: env!("CARGO_PKG_VERSION"),
            endpoint,
            seed: options.seed,
            within_ms: u64::try_from(options.limits.answer.as_millis()).unwrap_or(u64::MAX),
            ended: CampaignEnd::Requests,
            inputs: 0,
            catalogue,
            families: BTreeMap::new(),
            answers: BTreeMap::new(),
            unfinished: 0,
            reasons: BTreeSet::new(),
            requests: 0,
            duration_ms: 0,
            findings: Vec::new(),
            more_signatures: 0,
            left_behind: Vec::new(),
        }
    }
}
