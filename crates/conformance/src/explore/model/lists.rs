//! What lists must show: as a whole, by the page, and within bounds of time.

use rebuttal_model::clause;
use serde_json::json;

use super::Model;
use crate::{
    explore::{
        op::{Slot, Window},
        steps::{BEFORE, answer, list, reference, whole},
    },
    scenario::{Answer, Expect, SliceOf, Step},
};

impl Model {
    /// Lists everything; first for what must not be there, which is another promise.
    pub(super) fn list(&mut self, looks_for: Slot) {
        let (live, destroyed): (Vec<_>, Vec<_>) = self.made.iter().partition(|(_, made)| made.live);
        let lacks: Vec<_> = destroyed
            .iter()
            .map(|(_, made)| reference(&made.name, "/id"))
            .collect();
        let sought = live.iter().find(|(slot, _)| **slot == looks_for).or(live.last());
        let holds = sought
            .map(|(_, made)| reference(&made.name, "/id"))
            .into_iter()
            .collect();
        if !lacks.is_empty() {
            let expect = Expect {
                lacks,
                ..answer(Answer::List, [])
            };
            self.push(&clause::destroy::GONE_FROM_LIST, expect, whole(false));
        }
        let total = match self.more {
            0 => reference(BEFORE, "/total"),
            more if more > 0 => reference(BEFORE, &format!("/total + {more}")),
            less => reference(BEFORE, &format!("/total - {}", less.unsigned_abs())),
        };
        let expect = Expect {
            holds,
            ..answer(Answer::List, [("total", json!(total))])
        };
        let clause = if self.is_open() {
            self.last
        } else {
            &clause::list::ANY_STATUS
        };
        self.push(clause, expect, whole(false));
    }

    /// The step that listed everything in this order, and nothing has changed since.
    fn whole(&mut self, reverse: bool) -> String {
        let at = usize::from(reverse);
        if let Some(name) = &self.wholes[at] {
            return name.clone();
        }
        let name = self.name("whole");
        let order = if reverse {
            "reverse_chronological"
        } else {
            "chronological"
        };
        let expect = Expect {
            sorted: Some(order.to_owned()),
            reverse_of: self.wholes[1 - at].clone(),
            ..answer(Answer::List, [])
        };
        let step = Step {
            name: Some(name.clone()),
            ..whole(reverse)
        };
        self.push(&clause::list::ORDER, expect, step);
        self.wholes[at] = Some(name.clone());
        name
    }

    pub(super) fn page(&mut self, offset: usize, limit: Option<usize>, reverse: bool) {
        let whole = self.whole(reverse);
        let mut query = vec![("offset", offset.to_string())];
        query.extend(limit.map(|limit| ("limit", limit.to_string())));
        query.extend(reverse.then(|| ("order", "reverse_chronological".to_owned())));
        let expect = Expect {
            slice_of: Some(SliceOf {
                step: whole.clone(),
                offset,
                // The page that nobody sized has the default of the contract.
                limit: Some(limit.unwrap_or(20)),
            }),
            ..answer(Answer::List, [("total", json!(reference(&whole, "/total")))])
        };
        let clause = if offset > 0 {
            &clause::list::OFFSET
        } else {
            &clause::list::LIMIT
        };
        self.push(clause, expect, list(query));
    }

    /// Bounds that do not hang on whether they are inclusive.
    pub(super) fn within(&mut self, slot: Slot, window: Window) {
        let Some(made) = self.made.get(&slot).filter(|made| made.live) else {
            return;
        };
        let at = |shift: &str| reference(&made.name, &format!("/created_at {shift}"));
        let holds = vec![reference(&made.name, "/id")];
        let limit = || ("limit", "100".to_owned());
        let held = Expect {
            holds,
            ..answer(Answer::List, [])
        };
        let (query, expect) = match window {
            Window::From => (vec![("from", at("- 1s")), limit()], held),
            Window::To => (vec![("to", at("+ 1s")), limit()], held),
            Window::Later => (
                vec![("from", at("+ 1800s")), ("to", at("+ 3600s"))],
                answer(Answer::List, [("data", json!([])), ("total", json!(0))]),
            ),
        };
        self.push(&clause::list::FROM_TO, expect, list(query));
    }
}
