//! An exchange as a step: what was sent, and what the contract makes of it.

use std::{collections::BTreeMap, fmt::Write};

use rebuttal_model::{Clause, DisputeId, DocumentId, Level, clause};
use serde_json::Value;

use super::{Taken, files::Files};
use crate::{
    record::{
        client::{Due, Presented, Refused},
        finding as rule, keys, line,
        route::{Operation, Route},
    },
    scenario::{Credentials, ExtraKey, ListRequest, Need, Scenario, Step, Target},
};

mod expected;
mod upload;

/// Where a step goes.
#[derive(Debug)]
pub(super) enum Place {
    /// Into the scenario of its dispute.
    Story,
    /// Into a file of its own, named so.
    Alone(String),
}

/// A step, and what it needs.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) place: Place,
    pub(super) step: Step,
    pub(super) clause: &'static Clause,
    needs: BTreeMap<String, Need>,
    keys: Vec<ExtraKey>,
    why: String,
    /// What stands above the scenario.
    pub(super) comment: String,
    /// What the step does not say of the exchange.
    pub(super) notes: Vec<String>,
}

/// What a step has to expect.
enum Wanted<'a> {
    Success,
    Either,
    Refusal(&'a [Refused]),
    /// The refusal that the state of things asks for.
    State(&'static Clause),
}

impl Draft {
    /// The step of an exchange. `Err` says why there is none. `is_destroyed` says that its document was destroyed by
    /// an earlier step.
    pub(super) fn of(taken: &Taken<'_>, files: &mut Files, is_destroyed: bool) -> Result<Self, String> {
        let judged = taken.judged;
        if taken.seen.status == 429 {
            return Err("it was answered 429, which another run need not be".to_owned());
        }
        if judged.names_nothing() {
            return Err("an id is empty: which path that makes is the endpoint's to say".to_owned());
        }
        if taken.sent.method == http::Method::HEAD {
            return Err("HEAD is none of the operations of this contract".to_owned());
        }
        let wanted = match (&judged.due, taken.refused) {
            (Due::Nothing, _) => return Err("it is none of the four operations".to_owned()),
            (Due::Refusal(refusals), _) => Wanted::Refusal(refusals),
            (Due::Either, _) => Wanted::Either,
            (Due::Success, _) if taken.seen.is_success() => Wanted::Success,
            (Due::Success, Some(_)) if is_destroyed && taken.seen.status == 404 => Wanted::Success,
            (Due::Success, Some(clause)) if *clause == clause::upload::MAX_DOCUMENTS => {
                return Err("how many documents a dispute takes is the endpoint's to say".to_owned());
            }
            (Due::Success, Some(clause)) => Wanted::State(clause),
            (Due::Success, None) if judged.operation() == Operation::Upload && taken.seen.status < 500 => {
                return Err("whether it should have been accepted is not known here".to_owned());
            }
            (Due::Success, None) => Wanted::Success,
        };
        let mut draft = Self::sent(taken, files, &wanted)?;
        draft.expect(taken, &wanted);
        draft.comment = comment(taken);
        Ok(draft)
    }

    /// What was sent.
    fn sent(taken: &Taken<'_>, files: &mut Files, wanted: &Wanted<'_>) -> Result<Self, String> {
        let mut draft = Self {
            place: Place::Story,
            step: Step::default(),
            clause: &clause::document::ANSWER_JSON,
            needs: BTreeMap::from([("main".to_owned(), Need::Open)]),
            keys: Vec::new(),
            why: String::new(),
            comment: String::new(),
            notes: Vec::new(),
        };
        draft.step.version = taken.judged.version;
        draft.credentials(taken, wanted)?;
        let Route::Documents {
            operation,
            dispute,
            document,
        } = &taken.judged.route
        else {
            draft.other(taken, files)?;
            return Ok(draft);
        };
        let named = draft.dispute(dispute, *operation, wanted)?;
        match operation {
            Operation::Upload => draft.upload(taken, files, named)?,
            Operation::List => {
                let mut query = BTreeMap::new();
                for (name, value) in &taken.judged.parameters {
                    let is_first = query.insert(plain(name, taken)?, plain(value, taken)?).is_none();
                    if !is_first {
                        draft
                            .notes
                            .push(format!("the parameter {name:?} stands in the query twice"));
                    }
                }
                draft.step.list = Some(ListRequest {
                    dispute: named,
                    query,
                    json: draft.json(taken),
                });
            }
            Operation::Retrieve | Operation::Destroy | Operation::Other => {
                let document = document.as_deref().unwrap_or_default();
                let text = if document.parse::<DocumentId>().is_ok() {
                    match wanted {
                        Wanted::State(state) if *state == &clause::destroy::NOT_OPEN => {
                            draft.needs = BTreeMap::from([("main".to_owned(), Need::PendingWithDocument)]);
                            "{{main/document}}".to_owned()
                        }
                        _ => "{{unknown/document}}".to_owned(),
                    }
                } else {
                    plain(document, taken)?
                };
                let target = Target {
                    dispute: named,
                    document: text,
                    json: draft.json(taken),
                };
                if *operation == Operation::Destroy {
                    draft.step.destroy = Some(target);
                } else {
                    draft.step.retrieve = Some(target);
                }
            }
        }
        Ok(draft)
    }

    /// Who asks.
    fn credentials(&mut self, taken: &Taken<'_>, wanted: &Wanted<'_>) -> Result<(), String> {
        let is_wrong = matches!(wanted, Wanted::State(state) if *state == &clause::auth::WRONG_KEY);
        match &taken.judged.presented {
            Presented::Secret(_) if is_wrong => self.step.credentials = Credentials::Wrong,
            Presented::Secret(_) => {}
            Presented::Nothing => self.step.credentials = Credentials::None,
            Presented::Public => {
                self.step.credentials = Credentials::Public;
                self.keys = vec![ExtraKey::Public];
            }
            Presented::NoKey => {
                self.step.credentials = Credentials::Wrong;
                let note = "the user name is no key; the step sends a secret key that nobody has";
                self.notes.push(note.to_owned());
            }
            Presented::Malformed(Some(form)) => self.step.authorization = Some((*form).to_owned()),
            Presented::Malformed(None) => {
                return Err("credentials of such a form cannot be said without showing them".to_owned());
            }
        }
        if taken
            .judged
            .findings
            .iter()
            .any(|it| it.rule == Some(rule::PASSWORD.id))
        {
            self.notes.push("the password is left out".to_owned());
        }
        Ok(())
    }

    /// The dispute, where it is not `main`.
    fn dispute(
        &mut self,
        dispute: &str,
        operation: Operation,
        wanted: &Wanted<'_>,
    ) -> Result<Option<String>, String> {
        if dispute.parse::<DisputeId>().is_err() {
            self.needs.clear();
            return if dispute.contains("{{") || dispute.contains('/') {
                Err("its path cannot be said in a scenario".to_owned())
            } else {
                Ok(Some(dispute.to_owned()))
            };
        }
        let Wanted::State(state) = wanted else {
            return Ok(None);
        };
        let is_unknown = matches!(state.id, "upload.dispute-unknown" | "list.dispute-unknown");
        if is_unknown && matches!(operation, Operation::Upload | Operation::List) {
            self.needs.clear();
            return Ok(Some("{{unknown/dispute}}".to_owned()));
        }
        if *state == &clause::upload::DISPUTE_PENDING {
            self.needs = BTreeMap::from([("main".to_owned(), Need::Pending)]);
        }
        Ok(None)
    }

    /// A JSON body where none has a meaning.
    fn json(&mut self, taken: &Taken<'_>) -> Option<Value> {
        if taken.sent.body.is_empty() {
            return None;
        }
        let json: Option<Value> = serde_json::from_slice(&taken.sent.body).ok();
        let text = json.as_ref().map(Value::to_string).unwrap_or_default();
        if text.is_empty() || text.contains("{{") || hides(&taken.sent.body, taken) || has_null(json.as_ref())
        {
            self.notes.push("the body is left out".to_owned());
            return None;
        }
        json
    }

    /// The draft as a scenario by itself.
    pub(super) fn scenario(&self) -> Scenario {
        Scenario {
            tags: Vec::new(),
            covers: vec![self.clause.id.to_owned()],
            why: self.why.clone(),
            disputes: self.needs.clone(),
            keys: self.keys.clone(),
            steps: vec![self.step.clone()],
            cleanup: Vec::new(),
            source: None,
        }
    }
}

/// Whether bytes hold a key or another credential.
pub(super) fn hides(bytes: &[u8], taken: &Taken<'_>) -> bool {
    !keys::find(bytes).is_empty() || taken.secrets.shows_in(&String::from_utf8_lossy(bytes))
}

/// A text that can stand in a scenario as it is.
fn plain(text: &str, taken: &Taken<'_>) -> Result<String, String> {
    if text.contains("{{") {
        return Err("a text with two braces cannot be said in a scenario".to_owned());
    }
    Ok(taken.secrets.mask(text))
}

/// TOML has no null.
fn has_null(json: Option<&Value>) -> bool {
    match json {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.iter().any(|it| has_null(Some(it))),
        Some(Value::Object(members)) => members.values().any(|it| has_null(Some(it))),
        Some(_) => false,
    }
}

/// What stands above a scenario: where it comes from, and what was found.
fn comment(taken: &Taken<'_>) -> String {
    let mut path = taken.sent.uri.path().to_owned();
    line::clean(&mut path, taken.secrets);
    let mut text = format!(
        "Recorded by `rebuttal record`: {} {path} was answered {}.",
        taken.sent.method,
        taken.seen.summary()
    );
    for finding in taken.judged.findings.iter().filter(|it| it.level < Level::Obs) {
        let _ = write!(
            text,
            "\nThe client, {} ({}): {}.",
            finding.clause,
            finding.level.as_str(),
            finding.what
        );
    }
    taken.secrets.mask(&text)
}
