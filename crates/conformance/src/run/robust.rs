//! What holds whatever was sent: a whole answer, no 5xx, nothing stored by what is refused.

use super::{
    exec::{Execution, Stop},
    ledger::{At, Difference},
};
use crate::{
    scenario::{RawBytes, Step},
    transport::TransportError,
};

/// Methods that store nothing.
const READERS: &[&str] = &["GET", "HEAD", "OPTIONS", "TRACE"];

/// Whether a step asks for it.
pub(super) fn is_asked(step: &Step) -> bool {
    step.expect.as_ref().is_some_and(|expect| expect.robust)
}

/// Whether a step that asks for it could store a document.
pub(super) fn may_store(step: &Step) -> bool {
    let by_hand = |send: &RawBytes| {
        let first = send.pieces.first().map_or("", String::as_str);
        !READERS
            .iter()
            .any(|method| first.trim_start().starts_with(method))
    };
    is_asked(step)
        && (step.upload.is_some()
            || step
                .request
                .as_ref()
                .is_some_and(|it| !READERS.contains(&it.method.as_str()))
            || step.send.as_ref().is_some_and(by_hand))
}

impl Execution<'_> {
    /// Whether the last answer to a step refuses.
    pub(super) fn was_refused(&self, number: usize) -> bool {
        let last = self.statuses.iter().rev().find(|(step, _)| *step == number);
        last.is_some_and(|(_, status)| status.is_some_and(|status| status >= 300))
    }

    /// What it means that no answer came, or no whole one.
    pub(super) fn unanswered(&mut self, at: At, error: &TransportError) -> Stop {
        let step = self.scenario.steps.get(at.step.saturating_sub(1));
        if let Some(step) = step.filter(|step| is_asked(step))
            && let Some(difference) = breach(error)
        {
            self.ledger.miss(self.clause_of(step), at, difference);
            return Stop::Fatal;
        }
        Stop::Error(format!("step {}: {error}", at.step))
    }
}

/// What is broken by an error; nothing where the endpoint could not be asked at all.
fn breach(error: &TransportError) -> Option<Difference> {
    let (place, expected) = match error {
        TransportError::Timeout { .. } => ("time", "a whole answer in time"),
        TransportError::Closed { .. } => ("connection", "an answer"),
        TransportError::Truncated { .. } => ("connection", "an answer as long as it says"),
        TransportError::Unsolicited { .. } => ("connection", "one answer to one request"),
        TransportError::NotHttp { .. } => ("connection", "an answer in HTTP/1"),
        TransportError::TooLong { .. } => ("connection", "an answer that ends"),
        TransportError::Connect { .. }
        | TransportError::Tls { .. }
        | TransportError::Limited { .. }
        | TransportError::Request { .. } => return None,
    };
    Some(Difference::new(place, expected, error.to_string()))
}
