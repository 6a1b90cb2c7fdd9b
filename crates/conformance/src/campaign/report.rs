//! What a campaign came to.

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::{Level, schema::schema_of};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{human::human, sighting::Promise};
use crate::{
    redact::Secrets,
    verdict::{Exchange, ExitStatus},
};

/// Why a campaign ended.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CampaignEnd {
    /// So many inputs were sent as were asked for.
    Requests,
    /// The time was up.
    Time,
    /// Somebody stopped it.
    Interrupted,
    /// The endpoint stopped answering, or gave nothing to work on.
    Unavailable,
}

/// A promise that is broken.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Sighting {
    /// What was found without its numbers and ids: findings with the same signature are one.
    pub signature: String,
    /// The promise.
    pub promise: Promise,
    /// The clause that does not hold.
    pub clause: &'static str,
    /// How binding the clause is. A campaign fails whatever it is.
    pub level: Level,
    /// What the clause promises.
    pub statement: &'static str,
    /// What differs: the status, the documents, the time, the connection, a header, or a member of the body.
    pub place: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub found: String,
    /// How many inputs showed it.
    pub seen: u64,
    /// What was odd about these inputs.
    pub families: BTreeSet<&'static str>,
    /// The number of the finding, counted from 1.
    pub number: usize,
    /// The seed of the campaign.
    pub seed: u64,
    /// The first of them, counted from 1.
    pub input: u64,
    /// How often it was tried again, by itself.
    pub tried_again: u32,
    /// How often it failed then.
    pub failed_again: u32,
    /// Whether it fails at some times only.
    pub flaky: bool,
    /// The steps that show it, in words.
    pub steps: Vec<String>,
    /// How many tries made them small; 0 where they are as they were first sent.
    pub tries: usize,
    /// Whether the scenario, as its file says it, was seen failing for the same reason.
    pub repeated: bool,
    /// The scenario, as a file of the suite.
    pub scenario: String,
    /// The files beside it, by name.
    pub files: Vec<String>,
    /// What stands in them.
    #[serde(skip)]
    #[schemars(skip)]
    pub contents: Vec<(String, Vec<u8>)>,
    /// Where the scenario was written; null where it was not.
    pub file: Option<String>,
    /// The request and answer that show it.
    pub exchange: Option<Exchange>,
}

/// What a campaign came to.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct CampaignReport {
    /// The version of this program.
    pub rebuttal: &'static str,
    /// The endpoint that was asked.
    pub endpoint: String,
    /// The seed: the same one gives the same inputs in the same order.
    pub seed: u64,
    /// How long an answer may take, in milliseconds.
    pub within_ms: u64,
    /// Why it ended.
    pub ended: CampaignEnd,
    /// How many inputs were sent and judged.
    pub inputs: u64,
    /// How many inputs the catalogue has, which come first; mixtures follow.
    pub catalogue: u64,
    /// How many inputs of each family there were.
    pub families: BTreeMap<&'static str, u64>,
    /// What the answers to them were: each status, and how often it came; `none` where the connection was closed, or
    /// nobody listened.
    pub answers: BTreeMap<String, u64>,
    /// How many could not be asked.
    pub unfinished: u64,
    /// Why not; each reason once.
    pub reasons: BTreeSet<String>,
    /// How many requests were sent in all, with lists and clean-up.
    pub requests: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was found, in the order of the inputs.
    pub findings: Vec<Sighting>,
    /// How many more signatures there were, which were not looked into.
    pub more_signatures: usize,
    /// What was made on the endpoint and could not be removed.
    pub left_behind: Vec<String>,
}

/// A campaign, and the mask for everything that is made of its report.
#[derive(Debug)]
pub struct Campaigned {
    /// What it came to.
    pub report: CampaignReport,
    /// Keeps keys out of what is written.
    pub secrets: Secrets,
}

impl Sighting {
    /// The name of its files, without extension.
    pub fn stem(&self) -> String {
        stem(self.promise, self.clause, self.seed, self.number)
    }
}

pub(super) fn stem(promise: Promise, clause: &str, seed: u64, number: usize) -> String {
    let promise = promise.as_str().replace(' ', "-");
    let clause = clause.replace('.', "-");
    format!("{promise}-{clause}-seed-{seed}-{number}")
}

impl CampaignReport {
    /// The exit status: 1 where something was found, 3 where something could not be asked, 4 where nothing was.
    pub fn exit_status(&self) -> ExitStatus {
        if !self.findings.is_empty() {
            ExitStatus::Failed
        } else if self.unfinished > 0
            || matches!(self.ended, CampaignEnd::Interrupted | CampaignEnd::Unavailable)
        {
            ExitStatus::NotRun
        } else if self.inputs == 0 {
            ExitStatus::Nothing
        } else {
            ExitStatus::Pass
        }
    }
}

impl Campaigned {
    /// The report for people, with ANSI colours.
    pub fn human(&self) -> String {
        self.secrets.mask(&human(&self.report))
    }

    /// The report for programs; its schema is published.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.report).unwrap_or_default();
        self.secrets.mask(&format!("{text}\n"))
    }
}

pub(crate) fn schema() -> Value {
    schema_of::<CampaignReport>("fuzz-report.json")
}
