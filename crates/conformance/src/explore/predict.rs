//! From operations to a scenario that can be tried, and from a scenario that failed to one that can be kept.

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::{Clause, clause};

use super::{
    model::Model,
    op::Op,
    steps::{BEFORE, whole},
};
use crate::{
    scenario::{CLAUSES_JUDGED_EVERYWHERE, Credentials, ExtraKey, NOT_STORED, Need, Scenario, Step},
    verdict::Mismatch,
};

/// A sequence as a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Predicted {
    pub(crate) scenario: Scenario,
    /// For each step, the clause that it is about, and the operation that it stems from: none of them for the list
    /// of what was there before.
    pub(crate) about: Vec<(&'static Clause, Option<usize>)>,
}

/// Writes down what the contract makes of a sequence. `main` is what its dispute must be like.
pub(crate) fn predict(ops: &[Op], main: Need) -> Predicted {
    let mut model = Model::new();
    for (origin, op) in ops.iter().enumerate() {
        model.take(origin, op);
    }
    let (uses_foreign, uses_another) = (model.uses_foreign, model.uses_another);
    let mut about: Vec<_> = model
        .about
        .into_iter()
        .map(|(clause, origin)| (clause, Some(origin)))
        .collect();
    let (mut steps, cleanup) = (model.steps, model.cleanup);
    if steps.iter().any(|step| mentions(step, BEFORE)) {
        let before = Step {
            name: Some(BEFORE.to_owned()),
            setup: true,
            ..whole(false)
        };
        steps.insert(0, before);
        about.insert(0, (&clause::list::LIMIT, None));
    }
    let mut disputes = BTreeMap::from([("main".to_owned(), main)]);
    disputes.extend(uses_foreign.then(|| ("foreign".to_owned(), Need::Foreign)));
    disputes.extend(uses_another.then(|| ("other".to_owned(), Need::Another)));
    let mut scenario = Scenario {
        covers: Vec::new(),
        tags: Vec::new(),
        why: "Found by exploration.".to_owned(),
        disputes,
        keys: Vec::new(),
        steps,
        cleanup,
        source: None,
    };
    cover(&mut scenario, &about);
    Predicted { scenario, about }
}

/// Names the clauses: the first one covered is that of the last step.
fn cover(scenario: &mut Scenario, about: &[(&'static Clause, Option<usize>)]) {
    let first = about
        .last()
        .map_or(clause::list::LIMIT.id, |(clause, _)| clause.id);
    scenario.covers = vec![first.to_owned()];
    for (step, (clause, _)) in scenario.steps.iter_mut().zip(about) {
        let is_first = clause.id == first;
        step.clause = (!step.setup && !is_first).then(|| clause.id.to_owned());
        if let Some(id) = &step.clause
            && !scenario.covers.contains(id)
        {
            scenario.covers.push(id.clone());
        }
    }
    let by_other = |step: &Step| step.credentials == Credentials::Other;
    scenario.keys = if scenario.steps.iter().any(by_other) {
        vec![ExtraKey::Other]
    } else {
        Vec::new()
    };
}

/// Forms of a scenario that failed, to be kept in the suite, the leanest first. Whoever keeps one has to see it
/// fail.
pub(crate) fn forms_to_keep(predicted: &Predicted, mismatch: &Mismatch, why: &str) -> Vec<Scenario> {
    let moves = predicted.scenario.steps.iter().any(|step| step.request.is_some());
    let plain = || {
        let mut plain = predicted.clone();
        plain.scenario.steps.truncate(mismatch.step);
        plain.about.truncate(mismatch.step);
        why.clone_into(&mut plain.scenario.why);
        if !moves {
            // Any open dispute will do, wherever it is replayed.
            plain.scenario.disputes.insert("main".to_owned(), Need::Open);
        }
        plain
    };
    let prepared = |mut form: Predicted| {
        let last = form.scenario.steps.len().saturating_sub(1);
        for step in &mut form.scenario.steps[..last] {
            let succeeds = step.expect.as_ref().is_some_and(|expect| expect.answer.is_some());
            if succeeds && step.walk.is_none() {
                step.expect = None;
                step.setup = true;
            }
        }
        form
    };
    let lean = |mut form: Predicted| {
        let last = form.scenario.steps.len().saturating_sub(1);
        let steps = std::mem::take(&mut form.scenario.steps);
        let about = std::mem::take(&mut form.about);
        let later: Vec<_> = (0..steps.len()).map(|at| steps[at + 1..].to_vec()).collect();
        for (at, (step, about)) in steps.into_iter().zip(about).enumerate() {
            let reads = step.list.is_some() || step.retrieve.is_some() || step.walk.is_some();
            let named = |name: &String| later[at].iter().any(|later| mentions(later, name));
            if at == last || !reads || step.name.as_ref().is_some_and(named) {
                form.scenario.steps.push(step);
                form.about.push(about);
            }
        }
        form
    };
    [lean(prepared(plain())), prepared(plain()), plain()]
        .into_iter()
        .map(|form| finished(form, mismatch))
        .collect()
}

/// Takes out what nothing refers to, and names what is covered.
fn finished(form: Predicted, mismatch: &Mismatch) -> Scenario {
    let Predicted {
        mut scenario,
        mut about,
    } = form;
    if mismatch.clause == clause::upload::DISTINCT_IDS.id
        && let Some((last, _)) = about.last_mut()
    {
        // The upload itself was right; what it is compared with is what the scenario is about.
        *last = &clause::upload::DISTINCT_IDS;
    }
    let names: BTreeSet<_> = scenario
        .steps
        .iter()
        .filter_map(|step| step.name.clone())
        .collect();
    scenario
        .cleanup
        .retain(|step| names.iter().any(|name| mentions(step, name)));
    let all = || scenario.steps.iter().chain(&scenario.cleanup);
    let disputes: BTreeSet<_> = scenario
        .disputes
        .keys()
        .filter(|name| *name == "main" || all().any(|step| mentions(step, name)))
        .cloned()
        .collect();
    scenario.disputes.retain(|name, _| disputes.contains(name));
    let unused: Vec<_> = names
        .iter()
        .filter(|name| !all().any(|step| mentions(step, name)))
        .cloned()
        .collect();
    for step in &mut scenario.steps {
        if step.name.as_ref().is_some_and(|name| unused.contains(name)) {
            step.name = None;
        }
    }
    cover(&mut scenario, &about);
    let judged_anyway = CLAUSES_JUDGED_EVERYWHERE.contains(&mismatch.clause) || mismatch.clause == NOT_STORED;
    if judged_anyway && !scenario.covers.iter().any(|id| id == mismatch.clause) {
        scenario.covers.push(mismatch.clause.to_owned());
    }
    scenario
}

/// Whether a step refers to a name.
fn mentions(step: &Step, name: &str) -> bool {
    let text = serde_json::to_string(step).unwrap_or_default();
    let by_reference = ["{{NAME/", "{{NAME}}"].map(|form| form.replace("NAME", name));
    let by_name = ["\"step\":\"NAME\"", "\"reverse_of\":\"NAME\""].map(|form| form.replace("NAME", name));
    by_reference
        .iter()
        .chain(&by_name)
        .any(|form| text.contains(form.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        explore::{
            generate::{Offers, sequence},
            write,
        },
        scenario::parse,
    };

    const OFFERS: Offers = Offers {
        moves: true,
        other: true,
        theirs: true,
        another: true,
        room: None,
    };

    #[test]
    fn every_sequence_and_every_part_of_one_is_a_scenario_that_loads() {
        for case in 0..40 {
            let ops = sequence(5, case, OFFERS);
            for part in [&ops[..], &ops[1..], &ops[..ops.len() / 2]] {
                let predicted = predict(part, Need::Fresh);
                if predicted.scenario.steps.is_empty() {
                    continue;
                }
                let text = write::toml(&predicted.scenario, "");
                let read = parse("explored.toml", &text)
                    .unwrap_or_else(|defects| panic!("{}", defects.render(false)));
                assert_eq!(
                    serde_json::to_value(&read).expect("it works"),
                    serde_json::to_value(&predicted.scenario).expect("it works"),
                );
            }
        }
    }

    #[test]
    fn every_form_to_keep_loads_wherever_the_sequence_failed() {
        for case in 0..12 {
            let predicted = predict(&sequence(6, case, OFFERS), Need::Fresh);
            for (at, (clause, _)) in predicted.about.iter().enumerate().skip(1) {
                if predicted.scenario.steps[at].setup {
                    continue;
                }
                let mismatch = Mismatch {
                    clause: clause.id,
                    level: clause.level,
                    step: at + 1,
                    place: String::new(),
                    expected: String::new(),
                    found: String::new(),
                    exchange: None,
                    known: None,
                };
                for form in forms_to_keep(&predicted, &mismatch, "Because.") {
                    let text = write::toml(&form, "a note");
                    if let Err(defects) = parse("kept.toml", &text) {
                        panic!("{text}\n{}", defects.render(false));
                    }
                    assert_eq!(form.covers[0], clause.id);
                }
            }
        }
    }
}
