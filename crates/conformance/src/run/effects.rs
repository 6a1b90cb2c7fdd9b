//! What a scenario does to the documents of its disputes: remembered, compared, undone.

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::{DisputeId, DocumentId, clause, json::Node};

use super::{
    action::{Action, Effect},
    exec::{Execution, Stop},
    lease::Left,
    ledger::{At, Difference},
    prepare, robust,
    seen::Seen,
};
use crate::scenario::{NOT_STORED, Step};

impl Execution<'_> {
    /// Runs the cleanup steps, then destroys what was added.
    pub(crate) async fn clean_up(&mut self) -> Left {
        let first = self.scenario.steps.len() + 1;
        for (index, step) in self.scenario.cleanup.iter().enumerate() {
            // A cleanup step may well find nothing to clean; what is left is checked below.
            let _ = self.step(first + index, step).await;
        }
        self.spare = self.spare.take().or(self.connection.take());
        let session = &self.context.session;
        let mut clean = true;
        let mut added = std::mem::take(&mut self.uploaded);
        for loan in self.scope.loans.values() {
            let Some(held) = &loan.held else { continue };
            match prepare::documents(session, &loan.id, &mut self.spare).await {
                // An answer that was lost, or never came, may have added a document too.
                Ok(now) => added.extend(now.live.difference(held).map(|id| (loan.id.clone(), id.clone()))),
                Err(_) => clean = false,
            }
        }
        self.used |= !added.is_empty();
        let mut gone = BTreeSet::new();
        for (dispute, document) in &added {
            let request = session.request("DELETE", format!("/disputes/{dispute}/documents/{document}"));
            let outcome = session.ask_aside(&request, false, &mut self.spare).await;
            if outcome
                .result
                .is_ok_and(|answer| matches!(answer.status, 200..300 | 404))
            {
                gone.insert((dispute, document));
            }
        }
        // An endpoint may say that a document is gone and keep it.
        let mut listed = BTreeMap::new();
        for (dispute, _) in &added {
            if !listed.contains_key(dispute) {
                let now = prepare::documents(session, dispute, &mut self.spare).await;
                listed.insert(dispute, now.ok());
            }
        }
        for (dispute, document) in &added {
            let listed = listed.get(dispute).and_then(Option::as_ref);
            let gone = gone.contains(&(dispute, document));
            if !gone || listed.is_none_or(|listed| listed.live.contains(document)) {
                let what = format!("document {document} in dispute {dispute}");
                self.context.pool.leave_behind(what);
            }
            clean &= gone && listed.is_some_and(|listed| listed.deleted == 0);
        }
        self.spare = None;
        Left {
            clean,
            used: self.used,
        }
    }

    /// Remembers what is to be cleaned up.
    pub(super) async fn track(&mut self, action: &Action, seen: &Seen) {
        let Some(dispute) = action.dispute.clone().filter(|_| seen.is_success()) else {
            return;
        };
        match &action.effect {
            Effect::Nothing => {}
            Effect::Adds => self.track_upload(dispute, seen),
            Effect::Removes(document) => {
                self.context.pool.forget(&dispute).await;
                self.uploaded.remove(&(dispute, document.clone()));
            }
        }
    }

    pub(crate) fn track_upload(&mut self, dispute: DisputeId, seen: &Seen) {
        let id = seen
            .json
            .as_ref()
            .and_then(|json| json.get("id"))
            .and_then(Node::as_str);
        if let Some(document) = id.and_then(|id| id.parse().ok()) {
            self.uploaded.insert((dispute, document));
        }
        self.used = true;
    }

    pub(super) async fn documents_of_main(&mut self) -> Result<BTreeSet<DocumentId>, Stop> {
        let Some(main) = self.scope.loans.get("main") else {
            return Ok(BTreeSet::new());
        };
        Ok(
            prepare::documents(&self.context.session, &main.id, &mut self.spare)
                .await?
                .live,
        )
    }

    /// After a refusal the documents must be those of before.
    pub(super) async fn no_change(
        &mut self,
        number: usize,
        step: &Step,
        before: BTreeSet<DocumentId>,
    ) -> Result<(), Stop> {
        let after = self.documents_of_main().await?;
        let own = self.clause_of(step);
        let uploads = step.upload.is_some() || robust::may_store(step);
        let refused_upload = uploads && own.id != clause::upload::BROKEN_MULTIPART.id;
        let clause = if refused_upload {
            clause::find(NOT_STORED).unwrap_or(own)
        } else {
            own
        };
        let mut differences = Vec::new();
        for document in after.difference(&before) {
            if let Some(main) = self.scope.loans.get("main") {
                self.uploaded.insert((main.id.clone(), document.clone()));
            }
            differences.push(Difference::new(
                "documents",
                "the same as before the request",
                format!("{document} was added"),
            ));
        }
        for document in before.difference(&after) {
            differences.push(Difference::new(
                "documents",
                "the same as before the request",
                format!("{document} is gone"),
            ));
        }
        let at = At {
            step: number,
            exchange: self.exchanges.len().checked_sub(1),
        };
        self.listed = differences.is_empty().then_some(after);
        self.ledger.book(clause, at, differences);
        Ok(())
    }
}

pub(super) fn expects_no_change(step: &Step) -> bool {
    step.expect
        .iter()
        .chain(step.observe.iter().map(|it| &it.expect))
        .any(|expect| expect.unchanged)
}
