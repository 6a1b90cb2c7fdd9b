//! The two kinds of steps that take more than one request: walks, and slow uploads beside a step.

use std::{sync::Arc, time::Duration};

use rebuttal_model::{DisputeId, clause};
use rebuttal_multipart::{Boundary, Form};
use tokio::task::JoinHandle;

use super::{
    action,
    exec::{Execution, Stop, full},
    ledger::{At, Difference},
    seen::Seen,
    walked::Walked,
};
use crate::{
    evidence::Sample,
    scenario::{Step, Walk},
    transport::{Outcome, Request, Script},
};

/// More pages than this are not walked.
const MOST_PAGES: usize = 130;

/// How long a slow upload stops half way.
const STALL: Duration = Duration::from_secs(4);

/// How long a step waits for the slow upload beside it to be half sent.
const HEAD_START: Duration = Duration::from_millis(250);

/// An upload that is being sent slowly.
pub(super) struct SlowUpload {
    dispute: DisputeId,
    task: JoinHandle<Vec<Outcome>>,
}

impl Execution<'_> {
    /// Lists page after page, and checks that the pages partition the documents.
    pub(super) async fn walk(&mut self, number: usize, step: &Step, walk: &Walk) -> Result<(), Stop> {
        let dispute = self
            .scope
            .text(walk.dispute.as_deref().unwrap_or("{{main}}"))
            .map_err(Stop::Error)?;
        let order = walk
            .order
            .as_ref()
            .map(|order| format!("&order={order}"))
            .unwrap_or_default();
        let path =
            |limit, offset| format!("/disputes/{dispute}/documents?limit={limit}&offset={offset}{order}");
        let clause = self.clause_of(step);
        let (_, whole) = self.page(number, step, path(100, 0)).await?;
        let mut walked = Walked::new(walk.limit, &whole);
        let mut at = At {
            step: number,
            exchange: None,
        };
        for _ in 0..MOST_PAGES {
            let seen;
            (at, seen) = self
                .page(number, step, path(walk.limit, walked.ids.len()))
                .await?;
            if !walked.goes_on_after(&seen) {
                break;
            }
        }
        walked.compare();
        for difference in std::mem::take(&mut walked.by_offset) {
            self.ledger.miss(&clause::list::OFFSET, at, difference);
        }
        self.ledger.book(clause, at, std::mem::take(&mut walked.by_limit));
        if let Some(name) = &step.name {
            self.scope.answers.insert(name.clone(), walked.into());
        }
        Ok(())
    }

    async fn page(&mut self, number: usize, step: &Step, path: String) -> Result<(At, Seen), Stop> {
        let session = Arc::clone(&self.context.session);
        let mut request = Request::new("GET", path);
        if let Some(value) = action::authorization(step, &self.scope, &session).map_err(Stop::Error)? {
            request = request.header("authorization", value);
        }
        let outcome = session.ask(&request, true, None).await;
        let (at, seen) = self.receive(number, outcome)?;
        if !seen.is_success() {
            let clause = self.clause_of(step);
            self.ledger.miss(
                clause,
                at,
                Difference::new("status", "a success with a list", seen.summary()),
            );
            return Err(Stop::Fatal);
        }
        Ok((at, seen))
    }

    /// Starts an upload that stops half way for a while.
    pub(super) async fn start_slow_upload(&self, step: &Step) -> Result<SlowUpload, Stop> {
        let session = Arc::clone(&self.context.session);
        let dispute = self.scope.loans.get("main").map(|loan| loan.id.clone());
        let dispute = dispute.ok_or_else(|| Stop::Error("no dispute to upload to".to_owned()))?;
        let authorization = action::authorization(step, &self.scope, &session).map_err(Stop::Error)?;
        let boundary = Boundary::from_entropy(1);
        let sample = Sample::Png;
        let form = Form::new().file(
            "file",
            "slow.png",
            Some(sample.media_type()),
            sample.content(Some(40_000)),
        );
        let body = form
            .to_vec(&boundary)
            .map_err(|error| Stop::Error(error.to_string()))?;
        let endpoint = session.client.endpoint();
        let head = format!(
            "POST {}/disputes/{dispute}/documents HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            endpoint.prefix,
            endpoint.authority(),
            authorization.unwrap_or_default(),
            boundary.content_type(),
            body.len()
        );
        let (first, second) = body.split_at(body.len() / 2);
        let pieces = vec![[head.as_bytes(), first].concat(), second.to_vec()];
        let script = Script::of_pieces(&pieces, STALL);
        let task = tokio::spawn(async move { session.converse(&script).await });
        tokio::time::sleep(HEAD_START).await;
        Ok(SlowUpload { dispute, task })
    }

    /// Waits for the slow upload; it only prepares, and must succeed for the step beside it to mean anything.
    pub(super) async fn end_slow_upload(&mut self, number: usize, slow: SlowUpload) -> Result<(), Stop> {
        let outcomes = slow.task.await.map_err(|error| Stop::Error(error.to_string()))?;
        let Some(outcome) = outcomes.into_iter().next() else {
            return Ok(());
        };
        let (_, seen) = self.receive(number, outcome)?;
        if seen.status == 422 && seen.code() != Some("dispute_not_open") {
            return Err(Stop::Skip(full(&seen)));
        }
        if !seen.is_success() {
            return Err(Stop::Error(format!(
                "the slow upload beside step {number} was answered {}",
                seen.summary()
            )));
        }
        self.track_upload(slow.dispute, &seen);
        Ok(())
    }
}
