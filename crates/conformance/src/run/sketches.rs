//! Keeps what answers look like.

use super::{exec::Execution, seen::Seen};
use crate::compare::Sketch;

impl Execution<'_> {
    /// Keeps what the answer to the last exchange looks like, where that is asked for.
    pub(super) fn sketch(&mut self, number: usize, seen: &Seen) {
        let session = &self.context.session;
        if !self.context.sketches {
            return;
        }
        let (Some(step), Some(exchange)) = (
            self.scenario.steps.get(number.wrapping_sub(1)),
            self.exchanges.last(),
        ) else {
            return;
        };
        let request = exchange.request(&session.secrets);
        let line = request.lines().next().unwrap_or_default();
        let line = line.replacen(&session.client.endpoint().prefix, "", 1);
        let clause = self.clause_of(step).id;
        self.sketches
            .push(Sketch::of(number, clause, &line, seen, &session.secrets));
    }
}
