//! Runs one scenario.

use std::{collections::BTreeSet, time::Duration};

use rebuttal_model::{Clause, DisputeId, DocumentId, clause, inspect::Subject, json::Node};
use tokio::time::sleep;

use super::{
    Context,
    action::{self, Action},
    effects::expects_no_change,
    everywhere::{self, Asked},
    judge::Judge,
    ledger::{At, Difference, Ledger},
    robust,
    scope::Scope,
    seen::Seen,
    transcript::Recording,
};
use crate::{
    scenario::{Credentials, Expect, RawRequest, Scenario, Step},
    transport::{Connection, Outcome, TransportError},
};

/// Why a scenario ended before its last step.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It does not apply here.
    Skip(String),
    /// It could not be asked.
    Error(String),
    /// The dispute takes no more documents.
    Full(String),
    /// An answer was so far off that the rest makes no sense; the mismatch is booked.
    Fatal,
}

/// A scenario under way.
pub(crate) struct Execution<'a> {
    pub(crate) context: &'a Context,
    pub(crate) scenario: &'a Scenario,
    pub(crate) scope: Scope,
    pub(crate) ledger: Ledger,
    pub(crate) exchanges: Vec<Recording>,
    /// What the answers look like, where that is asked for.
    pub(crate) sketches: Vec<crate::compare::Sketch>,
    /// Documents that were uploaded and not destroyed.
    pub(super) uploaded: BTreeSet<(DisputeId, DocumentId)>,
    /// Whether a document was added, destroyed since or not.
    pub(super) used: bool,
    /// The documents of `main`, where the step before listed them and nothing was sent since.
    pub(super) listed: Option<BTreeSet<DocumentId>>,
    /// The status of each answer, `None` where there was none, and the step that it belongs to.
    pub(crate) statuses: Vec<(usize, Option<u16>)>,
    /// The connection of the last answer, where somebody needs it.
    pub(super) connection: Option<Connection>,
    /// The connection that a list or a clean-up left open. The next one takes it, or it is closed before anything
    /// else is sent: an endpoint may serve one connection after another.
    pub(super) spare: Option<Connection>,
}

impl<'a> Execution<'a> {
    pub(crate) fn new(context: &'a Context, scenario: &'a Scenario, scope: Scope) -> Self {
        Self {
            context,
            scenario,
            scope,
            ledger: Ledger::default(),
            exchanges: Vec::new(),
            sketches: Vec::new(),
            uploaded: BTreeSet::new(),
            used: false,
            listed: None,
            statuses: Vec::new(),
            connection: None,
            spare: None,
        }
    }

    /// Runs the steps. Returns how many were asked, and why not all.
    pub(crate) async fn steps(&mut self) -> (usize, Option<Stop>) {
        for (index, step) in self.scenario.steps.iter().enumerate() {
            if let Err(stop) = self.step(index + 1, step).await {
                return (index, Some(stop));
            }
        }
        (self.scenario.steps.len(), None)
    }

    pub(super) async fn step(&mut self, number: usize, step: &Step) -> Result<(), Stop> {
        if self.context.session.is_given_up() {
            return Err(Stop::Error(self.context.session.why_given_up()));
        }
        if !step.same_connection {
            self.connection = None;
        }
        if let Some(pause) = step.pause_ms {
            self.spare = None;
            sleep(Duration::from_millis(pause)).await;
        }
        let listed = self.listed.take();
        let before = match listed {
            Some(listed) if robust::may_store(step) => Some(listed),
            _ if expects_no_change(step) || robust::may_store(step) => Some(self.documents_of_main().await?),
            _ => None,
        };
        self.spare = None;
        let booked = self.ledger.mismatches.len();
        let slow = if step.beside_slow_upload {
            Some(self.start_slow_upload(step).await?)
        } else {
            None
        };
        let result = if let Some(walk) = &step.walk {
            self.walk(number, step, walk).await
        } else if let Some(send) = &step.send {
            self.raw(number, step, send).await
        } else if !step.together.is_empty() {
            self.together(number, step).await
        } else if let Some(sent) = step.upload.as_ref().and_then(|upload| upload.sent.as_ref()) {
            self.sent(number, step, sent).await
        } else {
            self.request(number, step).await
        };
        if let Some(slow) = slow {
            self.end_slow_upload(number, slow).await?;
        }
        let is_due = if robust::is_asked(step) {
            expects_no_change(step) || self.was_refused(number)
        } else {
            self.ledger.mismatches.len() == booked
        };
        if let Some(before) = before.filter(|_| is_due) {
            self.no_change(number, step, before).await?;
        }
        result
    }

    /// Sends the request of a step and judges the answer.
    async fn request(&mut self, number: usize, step: &Step) -> Result<(), Stop> {
        let session = &self.context.session;
        let action = action::action(step, &self.scope, session).map_err(Stop::Error)?;
        if step.upload.as_ref().is_some_and(|upload| upload.at_once) {
            return self.at_once(number, step, &action).await;
        }
        let success_due = step.setup || step.expect.as_ref().is_some_and(|expect| expect.answer.is_some());
        let times = step.upload.as_ref().and_then(|upload| upload.times).unwrap_or(1);
        let mut last = None;
        for _ in 0..times {
            let connection = if step.same_connection {
                self.connection.take()
            } else {
                None
            };
            let reused = connection.is_some();
            let mut outcome = session.ask(&action.request, success_due, connection).await;
            if reused && matches!(outcome.result, Err(TransportError::Closed { .. })) {
                // It was closed without an answer to this request: a clean end, and reason to connect again.
                outcome = session.ask(&action.request, success_due, None).await;
            }
            if let (true, Err(error @ TransportError::Unsolicited { .. })) = (reused, &outcome.result) {
                let difference =
                    Difference::new("connection", "usable again, or closed cleanly", error.to_string());
                let at = At {
                    step: number,
                    exchange: self.exchanges.len().checked_sub(1),
                };
                self.ledger.miss(self.clause_of(step), at, difference);
                return Err(Stop::Fatal);
            }
            let (at, seen) = self.receive(number, outcome)?;
            self.track(&action, &seen).await;
            let go_on = seen.is_success();
            last = Some((at, seen));
            if !go_on {
                break;
            }
        }
        let Some((at, seen)) = last else { return Ok(()) };
        let success = action
            .success
            .filter(|_| allows_success(step))
            .or_else(|| answer_of(step));
        self.judge(at, step, &seen, success, Some(&action))
    }

    /// Books an exchange; an answer is needed to go on.
    pub(crate) fn receive(&mut self, number: usize, mut outcome: Outcome) -> Result<(At, Seen), Stop> {
        self.exchanges.push(Recording::new(number, &mut outcome));
        let at = At {
            step: number,
            exchange: Some(self.exchanges.len() - 1),
        };
        let is_kept = self.is_kept(number, &outcome);
        self.connection = outcome.connection.take().filter(|_| is_kept);
        let status = outcome.result.as_ref().ok().map(|response| response.status);
        self.statuses.push((number, status));
        match outcome.result {
            Ok(response) => {
                let seen = Seen::new(response, outcome.elapsed);
                self.sketch(number, &seen);
                Ok((at, seen))
            }
            Err(error) => Err(self.unanswered(at, &error)),
        }
    }

    /// Whether the connection of an answer is needed: an endpoint may serve one connection after another, so that one
    /// that is only kept holds up the next.
    fn is_kept(&self, number: usize, outcome: &Outcome) -> bool {
        let mut steps = self.scenario.steps.iter().skip(number.saturating_sub(1));
        let Some(step) = steps.next() else { return false };
        let Some(next) = steps.next() else {
            // The clean-up takes it, which accuses nobody.
            let times = step.upload.as_ref().and_then(|upload| upload.times);
            return outcome.is_success() && times.is_none() && step.walk.is_none();
        };
        step.same_connection || next.same_connection
    }

    /// Judges an answer by what holds everywhere, then by what the step expects.
    pub(super) fn judge(
        &mut self,
        at: At,
        step: &Step,
        seen: &Seen,
        success: Option<Subject>,
        action: Option<&Action>,
    ) -> Result<(), Stop> {
        let version = step.version.unwrap_or_default();
        let refuses_version = seen.status == 400 && (step.setup || allows_success(step));
        let ignores_version = seen.is_success() && !seen.takes_version(version);
        if version.is_legacy() && (refuses_version || ignores_version) {
            return Err(Stop::Skip(format!(
                "the endpoint does not take Omise-Version: {version}"
            )));
        }
        let secrets = &self.context.session.secrets;
        let asked_by = self.exchanges.last();
        let said = || {
            asked_by
                .map(|exchange| exchange.request(secrets))
                .unwrap_or_default()
        };
        let asked = Asked {
            seen,
            success,
            version,
            named_version: step.version,
            dispute: action.and_then(|it| it.dispute.as_ref()),
            robust: robust::is_asked(step),
            said: &said,
        };
        everywhere::judge(&mut self.ledger, at, &asked, secrets);
        if let Some(name) = &step.name {
            self.scope.statuses.insert(name.clone(), seen.status);
            self.scope
                .answers
                .insert(name.clone(), seen.json.clone().unwrap_or(Node::Null));
        }
        if self.is_locked_out(at, step, seen) {
            return Err(Stop::Fatal);
        }
        if step.setup {
            let prepared = seen.is_success() && seen.json.is_some();
            let failed = || {
                Stop::Error(format!(
                    "step {} only prepares, and was answered {}",
                    at.step,
                    seen.summary()
                ))
            };
            return match prepared {
                true => Ok(()),
                false if self.is_full(step, seen) => Err(Stop::Full(full(seen))),
                false => Err(failed()),
            };
        }
        if self.is_full(step, seen) {
            return Err(Stop::Full(full(seen)));
        }
        let clause = self.clause_of(step);
        match &step.expect {
            Some(expect) => self.expect(at, clause, expect, seen),
            None => self.observe(clause, step, seen),
        }
    }

    /// A secret key that is not let in says nothing about what the step is about.
    fn is_locked_out(&mut self, at: At, step: &Step, seen: &Seen) -> bool {
        let good_key = matches!(step.credentials, Credentials::Secret | Credentials::Other)
            && step.authorization.is_none();
        let due = step
            .expect
            .as_ref()
            .is_some_and(|expect| expect.status.contains(&seen.status));
        // On a connection that was used before, the answer may be one to something else that was left on it.
        let may_be_due = due || step.send.is_some() || step.same_connection;
        let locked_out = good_key && seen.status == 401 && !may_be_due;
        if locked_out {
            let difference = Difference::new("status", "the secret key to be let in", seen.summary());
            self.ledger.miss(&clause::auth::BASIC_SECRET_KEY, at, difference);
        }
        locked_out
    }

    /// A maximum of documents that is reached says nothing about what an upload is about.
    pub(super) fn is_full(&self, step: &Step, seen: &Seen) -> bool {
        let expects = step.expect.iter().chain(step.observe.iter().map(|it| &it.expect));
        let success_due = step.setup || expects.into_iter().any(|it| it.answer.is_some());
        let uploads = step.upload.is_some() || step.request.as_ref().is_some_and(RawRequest::is_upload);
        let held = self.scope.loans.get("main").and_then(|main| main.held.as_ref());
        let holds = self.used || held.is_some_and(|held| !held.is_empty());
        uploads && success_due && holds && seen.status == 422 && seen.code() != Some("dispute_not_open")
    }

    fn expect(&mut self, at: At, clause: &'static Clause, expect: &Expect, seen: &Seen) -> Result<(), Stop> {
        let judge = Judge {
            scope: &self.scope,
            profiles: &self.context.profiles,
        };
        let judged = judge.judge(expect, seen).map_err(Stop::Error)?;
        self.ledger.profiles.extend(judged.profile);
        if let Some(repeated) = judged.repeated {
            self.ledger.miss(&clause::upload::DISTINCT_IDS, at, repeated);
        } else if !expect.distinct_from.is_empty() {
            self.ledger.hold(&clause::upload::DISTINCT_IDS);
        }
        let fatal = judged.differences.iter().any(|difference| difference.fatal);
        self.ledger.book(clause, at, judged.differences);
        if fatal { Err(Stop::Fatal) } else { Ok(()) }
    }

    /// Reports which of the allowed answers came.
    fn observe(&mut self, clause: &'static Clause, step: &Step, seen: &Seen) -> Result<(), Stop> {
        for alternative in &step.observe {
            let judge = Judge {
                scope: &self.scope,
                profiles: &self.context.profiles,
            };
            let judged = judge.judge(&alternative.expect, seen).map_err(Stop::Error)?;
            if judged.differences.is_empty() {
                self.ledger.hold(clause);
                self.ledger.observe(clause, alternative.label.clone());
                return Ok(());
            }
        }
        if step.observe.is_empty() {
            return Ok(());
        }
        let labels: Vec<_> = step.observe.iter().map(|it| it.label.as_str()).collect();
        let at = At {
            step: self.exchanges.last().map_or(0, Recording::step),
            exchange: Some(self.exchanges.len() - 1),
        };
        self.ledger.miss(
            clause,
            at,
            Difference::new("answer", labels.join(", or "), seen.summary()),
        );
        Ok(())
    }

    /// The clause that a step's expectation belongs to.
    pub(crate) fn clause_of(&self, step: &Step) -> &'static Clause {
        let id = step
            .clause
            .as_deref()
            .or(self.scenario.covers.first().map(String::as_str));
        id.and_then(clause::find)
            .unwrap_or(&clause::document::ANSWER_JSON)
    }
}

pub(super) fn full(seen: &Seen) -> String {
    format!("needs a dispute that takes more documents: {}", seen.summary())
}

/// Whether a success may be right. One that is not is judged for that, and for nothing else.
pub(super) fn allows_success(step: &Step) -> bool {
    let allows = |expect: &Expect| {
        let refusal = expect.client_error || expect.refused.is_some() || expect.error.is_some();
        let by_status = expect.status.iter().any(|status| (200..300).contains(status));
        expect.answer.is_some() || by_status || !refusal && expect.status.is_empty()
    };
    step.expect.as_ref().is_none_or(allows)
}

/// What a success of a raw request is, where its step says so.
pub(super) fn answer_of(step: &Step) -> Option<Subject> {
    use crate::scenario::Answer;
    step.expect.as_ref()?.answer.map(|answer| match answer {
        Answer::Document => Subject::Document,
        Answer::List => Subject::DocumentList,
        Answer::Destroyed => Subject::DestroyedDocument,
    })
}
