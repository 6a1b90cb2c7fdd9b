//! Makes of a sighting what can be kept: tried again, made small, and read back as the file that is written.

use std::time::{Duration, Instant};

use rebuttal_model::clause;

use super::{
    Campaign, CampaignProgress,
    input::Input,
    report::{Sighting, stem},
    shrink::shrink,
    sighting::{Promise, signature},
    story::{load_contents, name_contents, scenario_of, words},
};
use crate::{
    explore::write,
    run::Trial,
    scenario::{self, Scenario, Step},
    verdict::{Exchange, Mismatch},
};

/// How often a sighting is tried again.
const AGAIN: u32 = 3;

/// After so many tries it is small enough.
const MOST_TRIES: usize = 150;

/// After so long it is small enough; a promise about time takes its time to be broken.
const MOST_TIME: Duration = Duration::from_secs(20);

/// An input that breaks something.
pub(super) struct Seen<'i> {
    pub(super) input: &'i Input,
    /// What was sent in the same dispute before it.
    pub(super) before: &'i [Step],
    pub(super) mismatch: &'i Mismatch,
    pub(super) exchange: Option<Exchange>,
}

impl Campaign<'_> {
    /// Looks into a sighting.
    pub(super) async fn pin_down(
        &self,
        seen: Seen<'_>,
        progress: &mut impl FnMut(CampaignProgress),
    ) -> Sighting {
        let Seen {
            input,
            before,
            mismatch,
            exchange,
        } = seen;
        let wanted = signature(mismatch);
        let mut steps = input.steps.clone();
        let mut again = self.again(&steps, &wanted).await;
        if again == 0 && !before.is_empty() {
            // It may need what came before.
            let all = [before, &input.steps].concat();
            let with = self.again(&all, &wanted).await;
            if with > 0 {
                (steps, again) = (all, with);
            }
        }
        let (whole, mut tries) = (steps.clone(), 0);
        // What fails at some times only would be shrunk to anything.
        if again == AGAIN {
            let started = Instant::now();
            let shrunk = shrink(steps, MOST_TRIES, async |steps: &[Step]| {
                tries += 1;
                progress(CampaignProgress::Shrinking { tries });
                if self.lab.is_interrupted() || started.elapsed() > MOST_TIME {
                    return false;
                }
                let trial = self.lab.attempt(&scenario_of(steps, None, "")).await;
                showing(&trial, &wanted).is_some()
            })
            .await;
            (steps, tries) = (shrunk.steps, shrunk.tries);
        }
        let mut shown = (mismatch.clone(), exchange);
        let (mut kept, mut repeated) = (self.kept(input, mismatch, &steps), false);
        for steps in [&steps, &whole] {
            let candidate = self.kept(input, mismatch, steps);
            let Some(read) = candidate.read() else { continue };
            let trial = self.lab.attempt(&read).await;
            if let Some(mismatch) = showing(&trial, &wanted) {
                shown = (mismatch.clone(), trial.exchange);
                (kept, repeated) = (candidate, true);
                break;
            }
        }
        let (mismatch, exchange) = shown;
        let statement = clause::find(mismatch.clause).map_or("", |clause| clause.statement);
        Sighting {
            signature: wanted,
            promise: Promise::of(&mismatch),
            clause: mismatch.clause,
            level: mismatch.level,
            statement,
            place: mismatch.place,
            expected: mismatch.expected,
            found: mismatch.found,
            seen: 1,
            families: [input.family].into(),
            number: self.report.findings.len() + 1,
            seed: self.options.seed,
            input: input.number,
            tried_again: AGAIN,
            failed_again: again,
            flaky: again < AGAIN,
            steps: kept.scenario.steps.iter().map(words).collect(),
            tries,
            repeated,
            scenario: self.lab.secrets().mask(&kept.text),
            files: kept.files.iter().map(|(name, _)| name.clone()).collect(),
            contents: kept.files,
            file: None,
            exchange,
        }
    }

    /// How often some steps show it, of as many times as it is tried.
    async fn again(&self, steps: &[Step], wanted: &str) -> u32 {
        let scenario = scenario_of(steps, None, "");
        let mut failed = 0;
        for _ in 0..AGAIN {
            let trial = self.lab.attempt(&scenario).await;
            failed += u32::from(showing(&trial, wanted).is_some());
        }
        failed
    }

    fn kept(&self, input: &Input, mismatch: &Mismatch, steps: &[Step]) -> Kept {
        let clause = clause::find(mismatch.clause);
        let promise = Promise::of(mismatch).sentence();
        let why =
            format!("Whatever is sent, {promise}. A campaign sent something after which that is not so.");
        let mut scenario = scenario_of(steps, clause, &why);
        let stem = stem(
            Promise::of(mismatch),
            mismatch.clause,
            self.options.seed,
            self.report.findings.len() + 1,
        );
        let files = name_contents(&mut scenario, &stem);
        let note = format!(
            "Found by `rebuttal fuzz --seed {} --requests {}`, input {} ({}).\n{}: expected {}, found {}",
            self.options.seed,
            input.number,
            input.number,
            input.family,
            mismatch.place,
            mismatch.expected,
            mismatch.found
        );
        let text = write::toml(&scenario, &note);
        Kept {
            scenario,
            files,
            text,
        }
    }
}

/// What is written of a finding.
struct Kept {
    scenario: Scenario,
    files: Vec<(String, Vec<u8>)>,
    text: String,
}

impl Kept {
    /// The scenario as the suite's own loader reads it.
    fn read(&self) -> Option<Scenario> {
        let mut read = scenario::parse("fuzzed.toml", &self.text).ok()?;
        load_contents(&mut read, &self.files);
        Some(read)
    }
}

/// What in a trial has this signature.
pub(super) fn showing<'t>(trial: &'t Trial, wanted: &str) -> Option<&'t Mismatch> {
    trial.broken.iter().find(|mismatch| signature(mismatch) == wanted)
}
