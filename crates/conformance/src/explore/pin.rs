//! Makes a failure short, and a scenario of it that was seen failing.

use rebuttal_model::clause;

use super::{
    Explorer, Finding, Progress,
    op::Op,
    predict::{Predicted, forms_to_keep, predict},
    shrink::shrink,
    write,
};
use crate::{
    run::{End, Trial},
    scenario::{self, Scenario},
    verdict::Mismatch,
};

/// After so many sequences a failure is short enough.
const MOST_TRIES: usize = 250;

/// A sequence that failed.
pub(super) struct Failure {
    pub(super) case: u64,
    pub(super) ops: Vec<Op>,
    pub(super) predicted: Predicted,
    pub(super) mismatch: Mismatch,
    pub(super) trial: Trial,
}

impl Explorer<'_> {
    /// Makes a failure short, and a scenario of it.
    pub(super) async fn pin_down(&self, failure: Failure, progress: &mut impl FnMut(Progress)) -> Finding {
        let Failure {
            case,
            ops,
            predicted,
            mismatch,
            trial,
        } = failure;
        let steps_before = predicted.scenario.steps.len();
        let reached = predicted
            .about
            .get(mismatch.step - 1)
            .and_then(|(_, origin)| *origin);
        let ops = reached.map_or(ops.clone(), |last| ops[..=last].to_vec());
        let mut best = (predicted, mismatch, trial);
        let wanted = best.1.clause;
        let mut tries = 0;
        let shrunk = shrink(ops, MOST_TRIES, async |ops: &[Op]| {
            tries += 1;
            if self.is_over() {
                return false;
            }
            let predicted = predict(ops, self.main);
            if predicted.scenario.steps.is_empty() {
                return false;
            }
            let trial = self.lab.attempt(&predicted.scenario).await;
            match &trial.end {
                End::Broken(mismatch) if mismatch.clause == wanted => {
                    let steps = mismatch.step;
                    best = (predicted, mismatch.clone(), trial);
                    progress(Progress::Shrinking { steps, tries });
                    true
                }
                _ => false,
            }
        })
        .await;
        let (predicted, mismatch, trial) = best;
        self.finding(case, steps_before, shrunk.tries, &predicted, &mismatch, trial)
            .await
    }

    async fn finding(
        &self,
        case: u64,
        steps_before: usize,
        tries: usize,
        predicted: &Predicted,
        mismatch: &Mismatch,
        trial: Trial,
    ) -> Finding {
        let statement = clause::find(mismatch.clause).map_or("", |clause| clause.statement);
        let seed = self.options.seed;
        let why = format!("Exploration found a sequence after which this does not hold: {statement}.");
        let forms = forms_to_keep(predicted, mismatch, &why);
        let note = format!(
            "Found by `rebuttal explore --seed {seed} --cases {case}`, case {case}.\n{}: expected {}, found {}",
            mismatch.place, mismatch.expected, mismatch.found
        );
        let mut kept = forms.last().cloned();
        let mut shown = (mismatch.clone(), trial);
        let mut repeated = false;
        for form in forms {
            let text = write::toml(&form, &note);
            // What is kept is what the file says, as the suite's own loader reads it.
            let Ok(read) = scenario::parse("explored.toml", &text) else {
                continue;
            };
            let again = self.lab.attempt(&read).await;
            if let End::Broken(found) = &again.end
                && found.clause == mismatch.clause
            {
                shown = (found.clone(), again);
                kept = Some(read);
                repeated = true;
                break;
            }
        }
        let (mismatch, trial) = shown;
        let scenario = kept.map(|kept| (described(&kept), write::toml(&kept, &note)));
        let (steps, text) = scenario.unwrap_or_default();
        Finding {
            case,
            clause: mismatch.clause,
            level: mismatch.level,
            statement,
            place: mismatch.place,
            expected: mismatch.expected,
            found: mismatch.found,
            steps_before,
            steps,
            tries,
            repeated,
            scenario: self.lab.secrets().mask(&text),
            file: None,
            exchange: trial.exchange,
        }
    }
}

fn described(scenario: &Scenario) -> Vec<String> {
    scenario.steps.iter().map(write::describe).collect()
}
