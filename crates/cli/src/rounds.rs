//! How often scenarios are run, and what ends a run early.

use clap::Args;
use rebuttal_conformance::{Halt, ScenarioReport, Secrets, Verdict, known::Known};

/// How often scenarios are run.
#[derive(Args)]
pub(crate) struct RoundsArguments {
    /// Runs each scenario N times: one that comes to different things is flaky, and the gravest of them counts.
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Runs a scenario up to N times more when the endpoint could not be asked (no connection, no answer): one that is
    /// asked then is flaky. What an answer is like is never asked again.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u32).range(0..=10))]
    pub(crate) retry: u32,
    /// Ends the run at the first scenario that fails, or cannot be asked.
    #[arg(long)]
    pub(crate) fail_fast: bool,
}

impl RoundsArguments {
    /// Ends the run where a scenario is reason enough.
    pub(crate) fn brake(
        &self,
        halt: &Halt,
        scenario: &ScenarioReport,
        strict: bool,
        known: &Known,
        secrets: &Secrets,
    ) {
        let failed = match scenario.verdict {
            Verdict::Fail => !known.has_all_of(scenario, secrets),
            Verdict::Warn => strict && !known.has_all_of(scenario, secrets),
            Verdict::Error => true,
            Verdict::Pass | Verdict::Observed | Verdict::Known | Verdict::Skip => false,
        };
        // Pressed twice, it would not wait for what is under way.
        if self.fail_fast && failed && halt.reason().is_none() {
            let verdict = scenario.verdict.as_str();
            halt.press(&format!("--fail-fast: the first {verdict} is {}", scenario.id));
        }
    }
}
