//! Steps that send in another way than an HTTP client would: bytes as they are, uploads in pieces or parts,
//! several requests together.

use std::time::Duration;

use rebuttal_model::{Clause, clause};

use super::{
    action::{self, Action},
    exec::{Execution, Stop, allows_success, answer_of},
    judge::Judge,
    ledger::{At, Difference},
    transcript::Recording,
};
use crate::{
    scenario::{RawBytes, Sending, Step, Then},
    transport::{Framing, Outcome, Script, TransportError},
};

/// How long a stall lasts where the step does not say.
const STALL: Duration = Duration::from_millis(500);

/// How many pieces are too many to be counted.
const MOST_PIECES: usize = 500;

impl Execution<'_> {
    /// Sends the bytes of a step as they are and judges the answer, if there must be one.
    pub(super) async fn raw(&mut self, number: usize, step: &Step, send: &RawBytes) -> Result<(), Stop> {
        let session = &self.context.session;
        let authorization = action::authorization(step, &self.scope, session).map_err(Stop::Error)?;
        let endpoint = session.client.endpoint();
        let raw = [
            ("prefix", endpoint.prefix.clone()),
            ("host", endpoint.authority()),
            ("authorization", authorization.unwrap_or_default()),
        ];
        self.scope.raw.extend(raw);
        let pieces = send.pieces.iter().map(|piece| {
            let text = self.scope.text(piece)?;
            Ok(text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes())
        });
        let pieces: Vec<_> = pieces.collect::<Result<_, _>>().map_err(Stop::Error)?;
        let script = Script {
            then: send.then,
            stall: send.stall_ms.map_or(STALL, Duration::from_millis),
            ..Script::of_pieces(&pieces, Duration::from_millis(send.gap_ms.unwrap_or(0)))
        };
        self.answered_once(number, step, &script, send.may_close, None)
            .await
    }

    /// Uploads in the way that the step says.
    pub(super) async fn sent(&mut self, number: usize, step: &Step, sent: &Sending) -> Result<(), Stop> {
        let session = &self.context.session;
        let action = action::action(step, &self.scope, session).map_err(Stop::Error)?;
        let framing = if sent.both_framings {
            Framing::Both
        } else {
            Framing::One
        };
        let (mut bytes, head) = action
            .request
            .to_bytes(session.client.endpoint(), framing)
            .map_err(Stop::Error)?;
        if let Some(percent) = sent.percent {
            bytes.truncate(head + (bytes.len() - head) * usize::from(percent) / 100);
        }
        let pieces = usize::try_from(sent.pieces.unwrap_or(1)).unwrap_or(MOST_PIECES);
        let script = Script {
            cuts: (1..pieces).map(|index| bytes.len() * index / pieces).collect(),
            requests: vec![bytes],
            gap: Duration::from_millis(sent.gap_ms.unwrap_or(0)),
            then: sent.then,
            stall: sent.stall_ms.map_or(STALL, Duration::from_millis),
        };
        self.answered_once(number, step, &script, sent.then.is_some(), Some(&action))
            .await
    }

    /// Carries out a script that has one answer at most, and judges it.
    async fn answered_once(
        &mut self,
        number: usize,
        step: &Step,
        script: &Script,
        may_close: bool,
        action: Option<&Action>,
    ) -> Result<(), Stop> {
        let session = &self.context.session;
        let Some(mut outcome) = session.converse(script).await.into_iter().next() else {
            return Ok(());
        };
        let unheard = match &outcome.result {
            _ if script.then == Some(Then::Close) => true,
            Err(TransportError::Timeout { received: 0, .. }) => script.then == Some(Then::Stall),
            Err(TransportError::Closed { .. }) => may_close,
            _ => false,
        };
        if unheard {
            self.exchanges.push(Recording::new(number, &mut outcome));
            self.ledger.hold(self.clause_of(step));
            return Ok(());
        }
        let (at, seen) = self.receive(number, outcome)?;
        let Some(action) = action else {
            return self.judge(at, step, &seen, answer_of(step), None);
        };
        self.track(action, &seen).await;
        let success = action.success.filter(|_| allows_success(step));
        self.judge(at, step, &seen, success, Some(action))
    }

    /// Sends several requests before any of them is answered, and judges the answers in their order.
    pub(super) async fn together(&mut self, number: usize, step: &Step) -> Result<(), Stop> {
        let session = &self.context.session;
        let endpoint = session.client.endpoint();
        let (mut actions, mut script) = (Vec::new(), Script::default());
        for inner in &step.together {
            let action = action::action(inner, &self.scope, session).map_err(Stop::Error)?;
            let (bytes, _) = action
                .request
                .to_bytes(endpoint, Framing::One)
                .map_err(Stop::Error)?;
            script.requests.push(bytes);
            actions.push(action);
        }
        let outcomes = session.converse(&script).await;
        let all = step.together.len();
        for (index, (outcome, (inner, action))) in outcomes
            .into_iter()
            .zip(step.together.iter().zip(&actions))
            .enumerate()
        {
            let clause = self.clause_of(inner);
            let which = format!("answer {} of {all}", index + 1);
            if let Err(error) = &outcome.result {
                let difference = match unanswered(index, error) {
                    Unanswered::Clean => None,
                    Unanswered::Unasked => return self.receive(number, outcome).map(drop),
                    Unanswered::Never => {
                        let reason = "needs an endpoint that answers requests that are sent together";
                        return Err(Stop::Skip(reason.to_owned()));
                    }
                    Unanswered::Lost => Some(Difference::new(
                        which,
                        "an answer to each request in its turn, or a connection that is closed between answers",
                        error.to_string(),
                    )),
                };
                return self.cut(number, outcome, clause, difference);
            }
            let (at, seen) = self.receive(number, outcome)?;
            self.track(action, &seen).await;
            let judge = Judge {
                scope: &self.scope,
                profiles: &self.context.profiles,
            };
            let expect = inner.expect.clone().unwrap_or_default();
            let judged = judge.judge(&expect, &seen).map_err(Stop::Error)?;
            if !judged.differences.is_empty() {
                // An answer out of its turn says nothing about the clauses that every answer is judged by.
                for difference in judged.differences {
                    let place = format!("{which}, {}", difference.place);
                    self.ledger.miss(clause, at, Difference { place, ..difference });
                }
                return Err(Stop::Fatal);
            }
            let success = action.success.filter(|_| allows_success(inner));
            self.judge(at, inner, &seen, success, Some(action))?;
        }
        Ok(())
    }

    /// Books that a connection ended before all requests were answered.
    fn cut(
        &mut self,
        number: usize,
        mut outcome: Outcome,
        clause: &'static Clause,
        difference: Option<Difference>,
    ) -> Result<(), Stop> {
        self.exchanges.push(Recording::new(number, &mut outcome));
        let at = At {
            step: number,
            exchange: self.exchanges.len().checked_sub(1),
        };
        match difference {
            None => self.ledger.hold(&clause::http::KEEP_ALIVE),
            Some(difference) => {
                self.ledger.miss(clause, at, difference);
                return Err(Stop::Fatal);
            }
        }
        Ok(())
    }
}

/// What it means that a request, one of several, got no answer.
enum Unanswered {
    /// The connection was closed behind the answer before.
    Clean,
    /// None of them got one: the endpoint takes one request at a time.
    Never,
    /// The endpoint could not be asked.
    Unasked,
    /// The answer did not come, or not whole.
    Lost,
}

fn unanswered(index: usize, error: &TransportError) -> Unanswered {
    match (index, error) {
        (0, TransportError::Closed { .. } | TransportError::Truncated { .. }) => Unanswered::Never,
        (0, _) => Unanswered::Unasked,
        (_, TransportError::Closed { .. }) => Unanswered::Clean,
        _ => Unanswered::Lost,
    }
}
