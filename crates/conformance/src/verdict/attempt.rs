//! What became of a scenario each time, where it was run more than once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RunReport, ScenarioReport, Verdict};

/// What one of several runs of a scenario came to.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Attempt {
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was skipped or could not be asked.
    pub reason: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

impl ScenarioReport {
    /// What a flaky scenario came to each time, and why it could not be asked; `None` of one that is not flaky.
    pub fn flakiness(&self) -> Option<String> {
        if !self.flaky {
            return None;
        }
        let mut runs = Vec::<(Verdict, usize)>::new();
        for attempt in &self.attempts {
            match runs.last_mut() {
                Some((verdict, times)) if *verdict == attempt.verdict => *times += 1,
                _ => runs.push((attempt.verdict, 1)),
            }
        }
        let runs = runs.iter().map(|(verdict, times)| match times {
            1 => verdict.as_str().to_owned(),
            times => format!("{} {times} times", verdict.as_str()),
        });
        let mut text = runs.collect::<Vec<_>>().join(", then ");
        let mut reasons: Vec<_> = self
            .attempts
            .iter()
            .filter_map(|it| it.reason.as_deref())
            .collect();
        reasons.sort_unstable();
        reasons.dedup();
        if !reasons.is_empty() {
            text = format!("{text} ({})", reasons.join("; "));
        }
        Some(text)
    }
}

impl RunReport {
    /// The scenarios that came to different things when they were run again.
    pub fn flaky(&self) -> impl Iterator<Item = &ScenarioReport> {
        self.scenarios.iter().filter(|scenario| scenario.flaky)
    }
}
