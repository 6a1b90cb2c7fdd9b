//! What became of a scenario, of a clause, of a run.

mod attempt;
pub(crate) mod read;

use std::collections::BTreeSet;

use rebuttal_model::{Level, Profile, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use attempt::Attempt;

use crate::{compare::Sketch, known::KnownReport, redact::Secrets, scenario::Source, selection::Shard};

/// The id of a clause; under a name of its own, since serde would borrow a plain `&str` from its input.
pub(crate) type ClauseId = &'static str;

/// What became of a scenario or a clause. Only `pass` is green.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was asked, and it holds.
    Pass,
    /// It is neither right nor wrong; what was seen is reported.
    Observed,
    /// It does not hold, exactly as a list of known failures says.
    Known,
    /// It was not asked, for the reason given.
    Skip,
    /// It could not be asked.
    Error,
    /// A SHOULD does not hold.
    Warn,
    /// A MUST does not hold.
    Fail,
}

impl Verdict {
    /// Every verdict, the gravest first.
    pub const ALL: [Self; 7] = [
        Self::Fail,
        Self::Error,
        Self::Warn,
        Self::Known,
        Self::Skip,
        Self::Observed,
        Self::Pass,
    ];

    /// The verdict's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Observed => "observed",
            Self::Known => "known",
            Self::Skip => "skip",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One difference between what a clause asks for and what came.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Mismatch {
    /// The clause that does not hold.
    #[serde(deserialize_with = "read::clause")]
    pub clause: ClauseId,
    /// How binding that clause is.
    pub level: Level,
    /// The step, counted from 1.
    pub step: usize,
    /// What differs: the status, a header, or a member of the body by its JSON pointer.
    pub place: String,
    /// What the clause asks for.
    pub expected: String,
    /// What came.
    pub found: String,
    /// The exchange that shows it: an index into `exchanges`.
    pub exchange: Option<usize>,
    /// The known failure that it is: an index into the run's `known`.
    pub known: Option<usize>,
}

/// Something seen that is neither right nor wrong.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Observation {
    /// The clause it concerns.
    #[serde(deserialize_with = "read::clause")]
    pub clause: ClauseId,
    /// What was seen.
    pub text: String,
}

/// One request and its answer, as they went over the wire; keys are masked, long bodies cut.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Exchange {
    /// The step, counted from 1.
    pub step: usize,
    /// The request.
    pub request: String,
    /// The answer; null where none came.
    pub response: Option<String>,
    /// Why none came.
    pub error: Option<String>,
    /// A command that sends the request again, its keys as shell variables; null where curl cannot send it.
    pub curl: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

impl Exchange {
    /// The answer, or why there is none.
    pub fn answer(&self) -> &str {
        let answer = self.response.as_deref().or(self.error.as_deref());
        answer.unwrap_or("no answer")
    }
}

/// What became of one scenario.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct ScenarioReport {
    /// The scenario.
    pub id: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The clauses it covers.
    #[serde(deserialize_with = "read::clauses")]
    pub covers: Vec<ClauseId>,
    /// The file that it stands in, where the run read it from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Why it was skipped or could not be asked.
    pub reason: Option<String>,
    /// What differs.
    pub mismatches: Vec<Mismatch>,
    /// What was seen beside.
    pub observations: Vec<Observation>,
    /// The clauses that were asked, and hold as far as this scenario goes.
    #[serde(deserialize_with = "read::clauses")]
    pub held: BTreeSet<ClauseId>,
    /// The requests and answers, where something differs or could not be asked.
    pub exchanges: Vec<Exchange>,
    /// What each answer looks like; only `rebuttal compare` asks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sketches: Vec<Sketch>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether it came to different things when it was run again; then the gravest counts, but an endpoint that could
    /// be asked at last counts as asked.
    #[serde(default)]
    pub flaky: bool,
    /// What it came to each time, where it was run more than once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
}

/// What became of one clause.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct ClauseReport {
    /// The clause.
    #[serde(deserialize_with = "read::clause")]
    pub id: ClauseId,
    /// How binding it is.
    pub level: Level,
    /// What became of it.
    pub verdict: Verdict,
    /// What it promises.
    pub statement: String,
    /// The scenarios that cover it, and those that found it broken.
    pub scenarios: Vec<String>,
    /// What was seen, or why it was not asked.
    pub notes: Vec<String>,
}

/// Which profile an endpoint speaks, as far as its answers show.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObservedProfile {
    /// Only answers of the profile `documented`.
    Documented,
    /// Only answers of the profile `recorded`.
    Recorded,
    /// Answers of both.
    Mixed,
    /// No answer that tells.
    Unknown,
}

impl ObservedProfile {
    /// What a set of telling answers shows.
    pub fn of(seen: &BTreeSet<Profile>) -> Self {
        match (
            seen.contains(&Profile::Documented),
            seen.contains(&Profile::Recorded),
        ) {
            (true, true) => Self::Mixed,
            (true, false) => Self::Documented,
            (false, true) => Self::Recorded,
            (false, false) => Self::Unknown,
        }
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Recorded => "recorded",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }
}

/// The profile that was asked for, and the one that was observed.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct ProfileReport {
    /// `any`, `documented` or `recorded`.
    pub asked: String,
    /// What the answers show.
    pub observed: ObservedProfile,
    /// The situations whose answers told, and which profile each was of.
    pub seen: Vec<String>,
}

/// How many clauses and scenarios came to which verdict.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Counts {
    /// Pass.
    pub pass: usize,
    /// Fail.
    pub fail: usize,
    /// Warn.
    pub warn: usize,
    /// Skip.
    pub skip: usize,
    /// Error.
    pub error: usize,
    /// Observed.
    pub observed: usize,
    /// Known.
    #[serde(default)]
    pub known: usize,
}

impl Counts {
    /// Counts verdicts.
    pub fn of(verdicts: impl Iterator<Item = Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Pass => counts.pass += 1,
                Verdict::Fail => counts.fail += 1,
                Verdict::Warn => counts.warn += 1,
                Verdict::Skip => counts.skip += 1,
                Verdict::Error => counts.error += 1,
                Verdict::Observed => counts.observed += 1,
                Verdict::Known => counts.known += 1,
            }
        }
        counts
    }
}

/// The counts of a run: of its scenarios, and of the clauses that they are about.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Summary {
    /// By scenario.
    #[serde(flatten)]
    pub scenarios: Counts,
    /// By clause.
    pub clauses: Counts,
    /// How many scenarios came to different things when they were run again.
    #[serde(default)]
    pub flaky: usize,
}

/// What became of a run.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct RunReport {
    /// The version of this program.
    pub rebuttal: String,
    /// The endpoint that was asked.
    pub endpoint: String,
    /// When the run started.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The profiles.
    pub profile: ProfileReport,
    /// The counts.
    pub summary: Summary,
    /// What became of each clause, in the order of the contract.
    pub clauses: Vec<ClauseReport>,
    /// What became of each scenario, by id.
    pub scenarios: Vec<ScenarioReport>,
    /// What became of each known failure, in the order of its list.
    #[serde(default)]
    pub known: Vec<KnownReport>,
    /// What the run made on the endpoint and could not remove.
    pub left_behind: Vec<String>,
    /// Whether a SHOULD that does not hold, or a mix of the profiles, fails the run.
    #[serde(default)]
    pub strict: bool,
    /// How long the endpoint made the run wait, by 429 and 5xx, in milliseconds.
    #[serde(default)]
    pub waited_ms: u64,
    /// The part of the suite that was run; null where it was the whole, or selected otherwise only.
    #[serde(default)]
    pub shard: Option<Shard>,
    /// Why the run ended before its end; null where it did not.
    pub stopped: Option<String>,
}

/// The exit status that a run ends with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExitStatus {
    /// Everything that was asked holds.
    Pass = 0,
    /// A MUST does not hold; with `--strict`, or a SHOULD.
    Failed = 1,
    /// The command line, a scenario or the target file is wrong.
    Usage = 2,
    /// Something could not be asked, and nothing that was asked failed.
    NotRun = 3,
    /// Nothing was asked.
    Nothing = 4,
}

impl RunReport {
    /// The exit status: only a run that asked something, and all of it, is green.
    pub fn exit_status(&self) -> ExitStatus {
        let counts = self.summary.scenarios;
        let stale = self.known.iter().any(|known| known.state.is_stale());
        if counts.fail > 0 || stale || self.strict && (counts.warn > 0 || self.is_mixed()) {
            ExitStatus::Failed
        } else if counts.error > 0 || self.stopped.is_some() {
            ExitStatus::NotRun
        } else if self.asked_nothing() {
            ExitStatus::Nothing
        } else {
            ExitStatus::Pass
        }
    }

    /// Whether no scenario was asked.
    pub fn asked_nothing(&self) -> bool {
        let counts = self.summary.scenarios;
        counts.pass + counts.fail + counts.warn + counts.observed + counts.known == 0
    }

    /// Masks the keys in all that the endpoint said, before any form of report escapes a letter of them.
    pub(crate) fn mask(&mut self, secrets: &Secrets) {
        let mask = |text: &mut String| *text = secrets.mask(text);
        for scenario in &mut self.scenarios {
            scenario.reason.iter_mut().for_each(mask);
            let attempts = scenario.attempts.iter_mut();
            attempts.filter_map(|it| it.reason.as_mut()).for_each(mask);
            for mismatch in &mut scenario.mismatches {
                [&mut mismatch.place, &mut mismatch.expected, &mut mismatch.found]
                    .into_iter()
                    .for_each(mask);
            }
            scenario.observations.iter_mut().for_each(|it| mask(&mut it.text));
        }
        self.clauses
            .iter_mut()
            .flat_map(|it| &mut it.notes)
            .for_each(mask);
        self.left_behind
            .iter_mut()
            .chain(&mut self.profile.seen)
            .for_each(mask);
    }

    /// Whether the endpoint gives answers of both profiles.
    pub fn is_mixed(&self) -> bool {
        self.profile.observed == ObservedProfile::Mixed
    }
}
