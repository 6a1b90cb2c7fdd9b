//! What a step has to expect: what the contract makes of the request, not what came.

use rebuttal_model::{Level, Situation, clause};

use super::{Draft, Place, Taken, Wanted};
use crate::{
    record::{client::Refused, finding::Finding, route::Operation},
    scenario::{Alternative, Answer, Expect, Need, Step},
};

impl Draft {
    /// What has to come back.
    pub(super) fn expect(&mut self, taken: &Taken<'_>, wanted: &Wanted<'_>) {
        let operation = taken.judged.operation();
        let is_upload = operation == Operation::Upload && self.step.on_main() && !self.needs.is_empty();
        let unchanged = is_upload && self.needs.values().all(|need| *need == Need::Open);
        match wanted {
            Wanted::Success => {
                let (answer, clause) = match operation {
                    Operation::Upload => (Answer::Document, Self::clause_of_upload(taken)),
                    Operation::List => (Answer::List, &clause::list::SHAPE),
                    Operation::Destroy => (Answer::Destroyed, &clause::destroy::ANSWERS_DOCUMENT),
                    Operation::Retrieve | Operation::Other => {
                        (Answer::Document, &clause::retrieve::SAME_AS_UPLOAD)
                    }
                };
                self.clause = clause;
                let body = self.body_of_upload(taken);
                self.step.expect = Some(Expect {
                    answer: Some(answer),
                    body,
                    ..Expect::default()
                });
            }
            Wanted::Either => self.either(taken, operation),
            Wanted::Refusal(refusals) => {
                let first = refusals.first();
                self.clause = first.map_or(self.clause, |it| it.clause);
                self.step.expect = Some(Expect {
                    unchanged,
                    ..expectation(refusals)
                });
                let mistake = taken.judged.findings.iter().find(|it| it.level == Level::Must);
                let name = mistake.and_then(|it| it.rule).unwrap_or("unnamed");
                self.place = Place::Alone(format!("mistake-{}", name.to_lowercase()));
                self.why = format!(
                    "A client did this: {}.",
                    mistake.map_or("a mistake", |it| it.what)
                );
            }
            Wanted::State(state) => {
                self.clause = state;
                let expect = match state.id {
                    "auth.wrong-key" => by_status(401, "authentication_failure"),
                    "upload.dispute-pending" | "destroy.not-open" => Expect {
                        refused: Some(Situation::NotOpen),
                        ..Expect::default()
                    },
                    _ => by_status(404, "not_found"),
                };
                self.step.expect = Some(expect);
                self.place = Place::Alone(format!("refused-{}", state.id.replace('.', "-")));
                self.why = format!("A client met this: {}.", state.statement);
                if *state == &clause::upload::DISPUTE_PENDING || *state == &clause::destroy::NOT_OPEN {
                    let note = "whether the dispute was pending, won or lost is not known; the step takes a pending one";
                    self.notes.push(note.to_owned());
                }
            }
        }
    }

    /// Both answers are right, and which one comes is reported.
    fn either(&mut self, taken: &Taken<'_>, operation: Operation) {
        let answer = match operation {
            Operation::List => Answer::List,
            Operation::Destroy => Answer::Destroyed,
            _ => Answer::Document,
        };
        let of = |label: &str, expect: Expect| Alternative {
            label: label.to_owned(),
            expect,
        };
        self.step.observe = vec![
            of(
                "it is taken",
                Expect {
                    answer: Some(answer),
                    ..Expect::default()
                },
            ),
            of(
                "it is refused",
                Expect {
                    client_error: true,
                    ..Expect::default()
                },
            ),
        ];
        let is_odd = |finding: &&Finding| finding.level < Level::Obs;
        let odd = taken.judged.findings.iter().find(is_odd);
        self.clause = odd
            .and_then(|finding| clause::find(finding.clause))
            .unwrap_or(self.clause);
        let name = odd.and_then(|it| it.rule).unwrap_or("form");
        self.place = Place::Alone(format!("odd-{}", name.to_lowercase()));
        self.why = format!(
            "A client did this: {}.",
            odd.map_or("something odd", |it| it.what)
        );
    }
}

impl Step {
    /// Whether the step works on `main`.
    fn on_main(&self) -> bool {
        let upload = self.upload.as_ref().map(|it| it.dispute.is_none());
        let request = self.request.as_ref().map(|it| it.path.contains("{{main}}"));
        upload.or(request).unwrap_or(true)
    }
}

fn by_status(status: u16, code: &str) -> Expect {
    Expect {
        status: vec![status],
        error: Some(code.to_owned()),
        ..Expect::default()
    }
}

/// What refusals have in common.
fn expectation(refusals: &[Refused]) -> Expect {
    match refusals {
        [one] if one.situation.is_some() => Expect {
            refused: one.situation,
            ..Expect::default()
        },
        [one] => Expect {
            status: one.status.to_vec(),
            error: one.code.map(str::to_owned),
            ..Expect::default()
        },
        _ => Expect {
            client_error: true,
            ..Expect::default()
        },
    }
}
