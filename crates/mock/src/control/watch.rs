//! One request of the API from its head to its answer, as orders and the journal see it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use http::request::Parts;
use rebuttal_model::{ApiError, Timestamp, decode};

use super::{
    desk::Desk,
    diagnose::{self, Request},
    journal::{self, Recorded},
    mask,
    operation::named,
    orders::{Manner, Seen, Taken},
};
use crate::{
    answer::Answer,
    auth::{Credentials, credentials},
    connection::Shared,
    fault::Fault,
    notes::Notes,
    service::{Head, Service, Step},
    tunnel,
};

/// A request that is being served.
pub(crate) struct Watched {
    begun: Instant,
    at: Timestamp,
    taken: Taken,
    notes: Notes,
    body_bytes: AtomicU64,
}

impl Watched {
    /// Begins to watch what came at that moment: orders that fit are taken.
    pub(crate) fn begin(begun: Instant, parts: &Parts, shared: &Shared) -> Self {
        let desk = &shared.desk;
        Self {
            begun,
            at: desk.clock.now(),
            taken: take(parts, shared),
            notes: if desk.journal.is_on() {
                Notes::kept()
            } else {
                Notes::default()
            },
            body_bytes: AtomicU64::new(0),
        }
    }

    /// Begins the request, as ordered.
    pub(crate) fn serve(&self, service: &mut Service, head: &Head<'_>, live_keys: bool) -> Step {
        let shown = credentials(head.headers);
        if let Some(answer) = tunnel::refused(head.headers, &shown, live_keys, service, &self.notes) {
            return Step::Answer(answer);
        }
        service.begin_noting(head, shown, self.at, self.taken.fault, self.notes.clone())
    }

    /// The fault that was ordered for this request.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.taken.fault
    }

    /// What is answered in place of serving the request.
    pub(crate) fn instead(&self, shared: &Shared) -> Option<Answer> {
        let ordered = self.taken.answer.as_ref().filter(|answer| !answer.served)?;
        Some(super::ordered(&mut shared.service(), ordered))
    }

    /// Counts bytes of the body.
    pub(crate) fn count<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        self.body_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        bytes
    }

    /// Does to an answer what was ordered.
    pub(crate) fn bend(&self, mut answer: Answer, shared: &Shared) -> Answer {
        if let Some(ordered) = self.taken.answer.as_ref().filter(|answer| answer.served) {
            answer = super::ordered(&mut shared.service(), ordered);
        }
        if self.taken.manner.truncated {
            answer.body.truncate(answer.body.len() / 2);
        }
        answer
    }

    /// How long the answer was ordered to wait.
    pub(crate) fn delay(&self) -> Option<Duration> {
        self.taken.delay
    }

    /// Writes the request and its answer into the journal, and says how the answer is to be sent.
    pub(crate) fn end(self, parts: &Parts, answer: &Answer, shared: &Shared) -> Manner {
        if shared.desk.journal.is_on() {
            self.record(parts, answer, shared);
        }
        self.taken.manner
    }

    fn record(&self, parts: &Parts, answer: &Answer, shared: &Shared) {
        let noticed = self.notes.take();
        let request = Request {
            method: &parts.method,
            path: parts.uri.path(),
            query: parts.uri.query(),
            headers: &parts.headers,
            operation: named(&parts.method, parts.uri.path()),
            body_bytes: self.body_bytes.load(Ordering::Relaxed),
            noticed: &noticed,
        };
        let (clause, diagnoses) = if noticed.refusal.is_some() {
            let service = shared.service();
            let clause = diagnose::clause(&request, &service.store);
            (clause, diagnose::diagnose(&request, Some(&service.store), clause))
        } else {
            (None, diagnose::diagnose(&request, None, None))
        };
        shared.desk.journal.record(Recorded {
            number: 0,
            at: self.at,
            method: parts.method.clone(),
            path: mask::starred(request.path).into(),
            query: request.query.map(|query| mask::starred(query).into()),
            head: journal::head(&parts.headers),
            operation: request.operation.map(|operation| operation.name),
            body_bytes: request.body_bytes,
            status: answer.status.as_u16(),
            error: error_of(answer),
            answer_bytes: answer.body.len() as u64,
            took_us: u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            orders: self.taken.numbers.clone(),
            clause: clause.map(|clause| clause.id),
            diagnoses,
        });
    }
}

/// Code and message of the Error object that is answered.
fn error_of(answer: &Answer) -> Option<(String, String)> {
    if !answer.status.is_client_error() && !answer.status.is_server_error() {
        return None;
    }
    let error: ApiError = decode::decode(&answer.body, decode::Limits::default()).ok()?;
    Some((
        error.code.as_str().to_owned(),
        mask::starred(&error.message).into_owned(),
    ))
}

/// What was ordered for a request.
fn take(parts: &Parts, shared: &Shared) -> Taken {
    let desk: &Desk = &shared.desk;
    if desk.orders().is_empty() {
        return Taken::default();
    }
    let user = match credentials(&parts.headers) {
        Credentials::Basic(user) => Some(user),
        Credentials::Absent | Credentials::Malformed => None,
    };
    let account = user.as_deref().and_then(|user| {
        let service = shared.service();
        let mut accounts = (0..).zip(service.store.accounts());
        let found = accounts.find(|(_, (_, account))| account.secret.expose() == user);
        found.map(|(number, _)| number)
    });
    let operation = named(&parts.method, parts.uri.path());
    desk.orders().take(&Seen {
        method: &parts.method,
        path: parts.uri.path(),
        operation: operation.map(|operation| operation.name),
        dispute: operation.and_then(|operation| operation.dispute),
        user: user.as_deref(),
        account,
    })
}
