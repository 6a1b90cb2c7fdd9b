//! The reference model: what the contract makes of a sequence of operations.
//!
//! It knows what it did itself, and nothing of what was there before: that is counted when a sequence starts. So its
//! predictions can be written down as a scenario, with references in place of what only the endpoint knows.

mod lists;
mod others;

use std::collections::BTreeMap;

use rebuttal_model::{Clause, DisputeStatus, clause};
use serde_json::json;

use super::{
    op::{Move, Op, Shape, Slot},
    steps::{
        answer, clause_of, flawed, gone, list, not_found, not_open, reference, refused_or_clamped, target,
        upload, whole,
    },
};
use crate::scenario::{Answer, Expect, RawRequest, Step, Walk};

/// A document that a sequence made.
struct Made {
    name: String,
    has_kind: bool,
    live: bool,
}

/// What there must be.
pub(super) struct Model {
    made: BTreeMap<Slot, Made>,
    /// The other account's.
    theirs: BTreeMap<Slot, String>,
    /// How many documents there are more than before.
    more: i64,
    status: DisputeStatus,
    /// The clause that is broken if the documents are not those that there must be.
    last: &'static Clause,
    /// The steps that listed everything, since anything changed: in order, and in reverse.
    wholes: [Option<String>; 2],
    pub(super) steps: Vec<Step>,
    pub(super) about: Vec<(&'static Clause, usize)>,
    pub(super) cleanup: Vec<Step>,
    pub(super) uses_foreign: bool,
    pub(super) uses_another: bool,
    origin: usize,
    named: usize,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            made: BTreeMap::new(),
            theirs: BTreeMap::new(),
            more: 0,
            status: DisputeStatus::Open,
            last: &clause::list::LIMIT,
            wholes: [None, None],
            steps: Vec::new(),
            about: Vec::new(),
            cleanup: Vec::new(),
            uses_foreign: false,
            uses_another: false,
            origin: 0,
            named: 0,
        }
    }

    /// Does an operation: predicts its steps, and remembers what they change. One that makes no sense here, since what
    /// it builds on was taken out of the sequence, has no steps.
    pub(super) fn take(&mut self, origin: usize, op: &Op) {
        self.origin = origin;
        match op {
            Op::Upload { slot, shape } => self.upload(*slot, shape),
            Op::Burst { count, at_once } => self.burst(*count, *at_once),
            Op::Refused(flaw) if self.is_open() => {
                let (upload, clause, expect) = flawed(*flaw);
                let step = Step {
                    upload: Some(upload),
                    ..Step::default()
                };
                self.push(clause, expect, step);
                self.changed(&clause::upload::TOO_LARGE_NOT_STORED);
            }
            Op::Retrieve(slot) => self.retrieve(*slot),
            Op::Destroy(slot) => self.destroy(*slot),
            Op::List { looks_for } => self.list(*looks_for),
            Op::Page {
                offset,
                limit,
                reverse,
            } => self.page(*offset, *limit, *reverse),
            Op::Walk { limit, reverse } => {
                let walk = Walk {
                    dispute: None,
                    limit: *limit,
                    order: reverse.then(|| "reverse_chronological".to_owned()),
                };
                let step = Step {
                    walk: Some(walk),
                    ..Step::default()
                };
                self.push(&clause::list::LIMIT, answer(Answer::List, []), step);
            }
            Op::Within { slot, window } => self.within(*slot, *window),
            Op::BadQuery(bad) => {
                let step = Step {
                    observe: refused_or_clamped(bad.name, bad.value),
                    ..list([(bad.name, bad.value.to_owned())])
                };
                self.push_as_is(&clause::list::BAD_PARAMETER, step);
            }
            Op::Stranger { verb, slot } => self.stranger(*verb, *slot),
            Op::Elsewhere(slot) => {
                if let Some(made) = self.made.get(slot).filter(|made| made.live) {
                    let document = reference(&made.name, "/id");
                    self.uses_another = true;
                    let step = Step {
                        retrieve: Some(target(document, Some("other"))),
                        ..Step::default()
                    };
                    self.push(&clause::retrieve::OTHER_DISPUTE, not_found(), step);
                }
            }
            Op::Theirs { slot } => self.theirs(*slot),
            Op::TheirsRead { slot, by_us } => self.theirs_read(*slot, *by_us),
            Op::Move(to) => self.move_on(*to),
            Op::Refused(_) => {}
        }
    }

    fn is_open(&self) -> bool {
        self.status == DisputeStatus::Open
    }

    fn push(&mut self, clause: &'static Clause, expect: Expect, step: Step) {
        self.push_as_is(
            clause,
            Step {
                expect: Some(expect),
                ..step
            },
        );
    }

    fn push_as_is(&mut self, clause: &'static Clause, step: Step) {
        self.steps.push(step);
        self.about.push((clause, self.origin));
    }

    fn name(&mut self, kind: &str) -> String {
        self.named += 1;
        format!("{kind}-{}", self.named)
    }

    fn changed(&mut self, by: &'static Clause) {
        self.last = by;
        self.wholes = [None, None];
    }

    /// The ids that no new document may have.
    fn earlier_ids(&self) -> Vec<String> {
        self.made
            .values()
            .map(|made| reference(&made.name, "/id"))
            .collect()
    }

    fn upload(&mut self, slot: Slot, shape: &Shape) {
        let mut step = Step {
            upload: Some(upload(shape)),
            ..Step::default()
        };
        if !self.is_open() {
            let clause = match self.status {
                DisputeStatus::Won => &clause::upload::DISPUTE_WON,
                DisputeStatus::Lost => &clause::upload::DISPUTE_LOST,
                _ => &clause::upload::DISPUTE_PENDING,
            };
            self.push(clause, not_open(), step);
            return self.changed(&clause::upload::TOO_LARGE_NOT_STORED);
        }
        let name = self.name("document");
        let filename = shape.filename.unwrap_or_else(|| shape.file.filename());
        let kind = shape.kind.map(|kind| ("kind", json!(kind.as_str())));
        let mut expect = answer(
            Answer::Document,
            [("filename", json!(filename))].into_iter().chain(kind),
        );
        expect.distinct_from = self.earlier_ids();
        step.name = Some(name.clone());
        self.push(clause_of(shape), expect, step);
        let has_kind = shape.kind.is_some();
        self.made.insert(
            slot,
            Made {
                name,
                has_kind,
                live: true,
            },
        );
        self.more += 1;
        self.changed(&clause::upload::ATTACHED);
    }

    fn burst(&mut self, count: u32, at_once: bool) {
        if !self.is_open() {
            return;
        }
        let mut many = upload(&Shape::plain());
        many.times = Some(count);
        many.at_once = at_once;
        let step = Step {
            upload: Some(many),
            ..Step::default()
        };
        let mut expect = answer(Answer::Document, []);
        expect.distinct_from = self.earlier_ids();
        self.push(&clause::upload::PNG, expect, step);
        self.more += i64::from(count);
        self.changed(&clause::upload::ATTACHED);
    }

    fn retrieve(&mut self, slot: Slot) {
        let Some(made) = self.made.get(&slot) else { return };
        let of = |pointer| json!(reference(&made.name, pointer));
        let step = Step {
            retrieve: Some(target(reference(&made.name, "/id"), None)),
            ..Step::default()
        };
        if !made.live {
            let step = Step {
                observe: gone(),
                ..step
            };
            return self.push_as_is(&clause::destroy::THEN_RETRIEVE, step);
        }
        let same = [
            ("id", "/id"),
            ("filename", "/filename"),
            ("created_at", "/created_at"),
        ];
        let kind = made.has_kind.then(|| ("kind", of("/kind")));
        let body: Vec<_> = same
            .map(|(name, pointer)| (name, of(pointer)))
            .into_iter()
            .chain(kind)
            .collect();
        let clause = if self.is_open() {
            &clause::retrieve::SAME_AS_UPLOAD
        } else {
            &clause::retrieve::ANY_STATUS
        };
        self.push(clause, answer(Answer::Document, body), step);
    }

    fn destroy(&mut self, slot: Slot) {
        let is_open = self.is_open();
        let Some(made) = self.made.get_mut(&slot) else {
            return;
        };
        let id = reference(&made.name, "/id");
        let step = Step {
            destroy: Some(target(id.clone(), None)),
            ..Step::default()
        };
        match (made.live, is_open) {
            (true, true) => {
                made.live = false;
                self.more -= 1;
                let body = [("id", json!(id)), ("deleted", json!(true))];
                self.push(
                    &clause::destroy::ANSWERS_DOCUMENT,
                    answer(Answer::Destroyed, body),
                    step,
                );
                self.changed(&clause::destroy::GONE_FROM_LIST);
            }
            (true, false) => {
                self.push(&clause::destroy::NOT_OPEN, not_open(), step);
                self.changed(&clause::destroy::NOT_OPEN);
            }
            (false, true) => {
                if self.last.id != clause::destroy::GONE_FROM_LIST.id {
                    // A document that came back in between is another fault than one that can be destroyed twice.
                    let expect = Expect {
                        lacks: vec![id],
                        ..answer(Answer::List, [])
                    };
                    self.push(&clause::destroy::GONE_FROM_LIST, expect, whole(false));
                }
                self.push(&clause::destroy::TWICE, not_found(), step);
                self.changed(&clause::destroy::TWICE);
            }
            // Which of two refusals comes first is nobody's promise.
            (false, false) => {}
        }
    }

    fn move_on(&mut self, to: Move) {
        if !self.is_open() {
            return;
        }
        let (path, json, status) = match to {
            Move::Answer => (
                "/disputes/{{main}}",
                Some(json!({ "message": "The goods were delivered." })),
                DisputeStatus::Pending,
            ),
            Move::Accept => ("/disputes/{{main}}/accept", None, DisputeStatus::Lost),
            Move::Win => (
                "/disputes/{{main}}/close",
                Some(json!({ "status": "won" })),
                DisputeStatus::Won,
            ),
            Move::Lose => (
                "/disputes/{{main}}/close",
                Some(json!({ "status": "lost" })),
                DisputeStatus::Lost,
            ),
        };
        let request = RawRequest {
            method: "PATCH".to_owned(),
            path: path.to_owned(),
            json,
            ..RawRequest::default()
        };
        let step = Step {
            request: Some(request),
            setup: true,
            ..Step::default()
        };
        self.push_as_is(&clause::list::ANY_STATUS, step);
        self.status = status;
        self.changed(&clause::list::ANY_STATUS);
    }
}
