//! What went right with one dispute, as one scenario: ids become references to the steps that made them.

use std::collections::BTreeMap;

use rebuttal_model::{Clause, DocumentId, clause, json::Node};
use serde_json::Value;

use super::{Taken, draft::Draft};
use crate::{
    record::route::Operation,
    scenario::{Alternative, Expect, Need, Scenario, Step, Upload},
};

/// A scenario of more steps is hard to read: the next one begins.
const MOST_STEPS: usize = 40;

/// The longest page of a list, which shows all that an open dispute of a run can hold.
const WHOLE_PAGE: &str = "100";

/// A scenario that grows.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) file: String,
    steps: Vec<(Step, Option<&'static Clause>)>,
    /// The steps that made the documents, and whether those are destroyed.
    documents: BTreeMap<DocumentId, (String, bool)>,
    made: usize,
}

impl Story {
    pub(super) fn new(file: String) -> Self {
        Self {
            file,
            steps: Vec::new(),
            documents: BTreeMap::new(),
            made: 0,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.steps.len() >= MOST_STEPS
    }

    #[expect(clippy::unused_self, reason = "every story says the same")]
    pub(super) fn note(&self) -> &'static str {
        "Recorded by `rebuttal record`: what a client did with one dispute, in the order of the answers."
    }

    /// Whether a document was destroyed in this story.
    pub(super) fn has_destroyed(&self, id: &DocumentId) -> bool {
        self.documents.get(id).is_some_and(|(_, destroyed)| *destroyed)
    }

    /// Adds an exchange that went as it should. `id` is the document that it names.
    pub(super) fn add(
        &mut self,
        taken: &Taken<'_>,
        draft: &Draft,
        id: Option<&DocumentId>,
    ) -> Result<(), String> {
        let mut step = draft.step.clone();
        let mut clause = draft.clause;
        match (taken.judged.operation(), id) {
            (Operation::Upload, _) => {
                let answer = taken.seen.json.as_ref().filter(|_| taken.seen.is_success());
                let made = answer.and_then(|it| it.get("id")).and_then(Node::as_str);
                if let Some(id) = made.and_then(|id| id.parse::<DocumentId>().ok()) {
                    let name = self.next_name();
                    step.name = Some(name.clone());
                    self.documents.insert(id, (name, false));
                }
            }
            (Operation::List, _) => self.list(&mut step),
            (operation @ (Operation::Retrieve | Operation::Destroy), Some(id)) => {
                let (name, destroyed) = self.name_of(id);
                let target = step.retrieve.as_mut().or(step.destroy.as_mut());
                if let Some(target) = target {
                    target.document = reference(&name, "id");
                }
                if destroyed {
                    clause = gone(&mut step, operation);
                } else if operation == Operation::Retrieve {
                    same(&mut step, &name);
                } else {
                    let members = [("id".to_owned(), Value::from(reference(&name, "id")))];
                    if let Some(expect) = &mut step.expect {
                        expect.body = BTreeMap::from(members);
                    }
                    self.documents.insert(id.clone(), (name, true));
                }
            }
            _ => return Err("it names no document".to_owned()),
        }
        self.steps.push((step, Some(clause)));
        Ok(())
    }

    fn next_name(&mut self) -> String {
        self.made += 1;
        format!("document-{}", self.made)
    }

    /// The step that made a document. One that was there before is made by a step that prepares.
    fn name_of(&mut self, id: &DocumentId) -> (String, bool) {
        if let Some((name, destroyed)) = self.documents.get(id) {
            return (name.clone(), *destroyed);
        }
        let name = self.next_name();
        let prepared = Step {
            name: Some(name.clone()),
            upload: Some(Upload {
                kind: Some(rebuttal_model::Kind::DetailsOfPurchase.as_str().to_owned()),
                ..Upload::default()
            }),
            setup: true,
            ..Step::default()
        };
        self.steps.push((prepared, None));
        self.documents.insert(id.clone(), (name.clone(), false));
        (name, false)
    }

    /// What a list has to hold, where its page shows all that there can be.
    fn list(&self, step: &mut Step) {
        let Some(list) = &step.list else { return };
        let is_whole = list.query.get("limit").is_some_and(|limit| limit == WHOLE_PAGE)
            && ["offset", "from", "to"]
                .iter()
                .all(|name| !list.query.contains_key(*name));
        let is_reverse = list
            .query
            .get("order")
            .is_some_and(|order| order != "chronological");
        let Some(expect) = step.expect.as_mut().filter(|_| is_whole) else {
            return;
        };
        let of = |destroyed: bool| {
            let mut names: Vec<_> = self
                .documents
                .values()
                .filter(|(_, it)| *it == destroyed)
                .map(|(name, _)| name.clone())
                .collect();
            // By their numbers, which are the order of upload.
            names.sort_by_key(|name| (name.len(), name.clone()));
            names
        };
        let mut live = of(false);
        if is_reverse {
            live.reverse();
        }
        expect.holds = live.iter().map(|name| reference(name, "id")).collect();
    }

    /// The story so far.
    pub(super) fn scenario(&self) -> Scenario {
        let clauses = || self.steps.iter().filter_map(|(_, clause)| *clause);
        let first = clauses().next().unwrap_or(&clause::list::SHAPE);
        let mut covers = vec![first.id.to_owned()];
        for clause in clauses() {
            if !covers.iter().any(|id| id == clause.id) {
                covers.push(clause.id.to_owned());
            }
        }
        let steps = self.steps.iter().map(|(step, clause)| {
            let about = clause.filter(|it| it.id != first.id).map(|it| it.id.to_owned());
            Step {
                clause: about,
                ..step.clone()
            }
        });
        Scenario {
            tags: Vec::new(),
            covers,
            why: "What a client did once, another endpoint should answer as well.".to_owned(),
            disputes: BTreeMap::from([("main".to_owned(), Need::Open)]),
            keys: Vec::new(),
            steps: steps.collect(),
            cleanup: Vec::new(),
            source: None,
        }
    }
}

fn reference(name: &str, member: &str) -> String {
    format!("{{{{{name}/{member}}}}}")
}

/// A document is retrieved as it was uploaded. Between versions members have other names.
fn same(step: &mut Step, name: &str) {
    let lasting = ["id", "filename", "kind"];
    if let Some(expect) = &mut step.expect {
        expect.body = lasting
            .iter()
            .map(|member| ((*member).to_owned(), Value::from(reference(name, member))))
            .collect();
    }
}

/// What is destroyed can be retrieved, or not; destroyed again it cannot be.
fn gone(step: &mut Step, operation: Operation) -> &'static Clause {
    if operation == Operation::Destroy {
        step.expect = Some(Expect {
            status: vec![404],
            error: Some("not_found".to_owned()),
            ..Expect::default()
        });
        return &clause::destroy::TWICE;
    }
    let not_found = Expect {
        status: vec![404],
        ..Expect::default()
    };
    let deleted = Expect {
        answer: Some(crate::scenario::Answer::Document),
        body: BTreeMap::from([("deleted".to_owned(), Value::from(true))]),
        ..Expect::default()
    };
    step.expect = None;
    step.observe = [
        ("a destroyed document is answered 404", not_found),
        ("a destroyed document is answered with deleted true", deleted),
    ]
    .map(|(label, expect)| Alternative {
        label: label.to_owned(),
        expect,
    })
    .to_vec();
    &clause::destroy::THEN_RETRIEVE
}
