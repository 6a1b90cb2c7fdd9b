//! What another account sees and may do, and what we see of it.

use rebuttal_model::clause;
use serde_json::json;

use super::Model;
use crate::{
    explore::{
        op::{Shape, Slot, Verb},
        steps::{answer, by_other, not_found, reference, target, upload, whole},
    },
    scenario::{Answer, Expect, Step},
};

impl Model {
    pub(super) fn stranger(&mut self, verb: Verb, slot: Slot) {
        let document = self.made.get(&slot).filter(|made| made.live);
        let document = document.map(|made| target(reference(&made.name, "/id"), None));
        let alone = |step: Step| Some((not_found(), step));
        let kept = |step: Step| {
            let expect = Expect {
                unchanged: true,
                ..not_found()
            };
            Some((expect, step))
        };
        let (clause, made) = match verb {
            Verb::List => (&clause::list::DISPUTE_FOREIGN, alone(whole(false))),
            Verb::Upload => {
                let step = Step {
                    upload: Some(upload(&Shape::plain())),
                    ..Step::default()
                };
                (&clause::upload::DISPUTE_FOREIGN, kept(step))
            }
            Verb::Retrieve => {
                let step = document.map(|document| Step {
                    retrieve: Some(document),
                    ..Step::default()
                });
                (&clause::retrieve::FOREIGN, step.and_then(alone))
            }
            Verb::Destroy => {
                let step = document.map(|document| Step {
                    destroy: Some(document),
                    ..Step::default()
                });
                (&clause::destroy::FOREIGN, step.and_then(kept))
            }
        };
        if let Some((expect, step)) = made {
            self.push(clause, expect, by_other(step));
        }
    }

    pub(super) fn theirs(&mut self, slot: Slot) {
        let name = self.name("theirs");
        let mut theirs = upload(&Shape::plain());
        theirs.dispute = Some(reference("foreign", ""));
        let step = Step {
            name: Some(name.clone()),
            upload: Some(theirs),
            ..Step::default()
        };
        let mut expect = answer(Answer::Document, []);
        expect.distinct_from = self.earlier_ids();
        self.push(&clause::upload::PNG, expect, by_other(step));
        self.cleanup.push(by_other(Step {
            destroy: Some(target(reference(&name, "/id"), Some("foreign"))),
            ..Step::default()
        }));
        self.theirs.insert(slot, name);
        self.uses_foreign = true;
    }

    pub(super) fn theirs_read(&mut self, slot: Slot, by_us: bool) {
        let Some(name) = self.theirs.get(&slot) else {
            return;
        };
        let id = reference(name, "/id");
        let step = Step {
            retrieve: Some(target(id.clone(), Some("foreign"))),
            ..Step::default()
        };
        if by_us {
            self.push(&clause::retrieve::FOREIGN, not_found(), step);
        } else {
            let expect = answer(Answer::Document, [("id", json!(id))]);
            self.push(&clause::retrieve::SAME_AS_UPLOAD, expect, by_other(step));
        }
    }
}
