//! Disputes that are only read: given ones, or ones made and moved on for this run.

use std::collections::BTreeMap;

use rebuttal_model::{DisputeId, DisputeStatus, json::Node};
use serde_json::json;

use super::{
    lease::{Loan, Pool},
    prepare::{Refusal, documents, prepare, upload_of},
    session::Session,
};
use crate::scenario::Need;

impl Pool {
    /// A dispute that is not worked on, and so can be anybody's at the same time.
    pub(super) async fn shared(
        &self,
        session: &Session,
        need: Need,
        loans: &BTreeMap<String, Loan>,
    ) -> Result<Loan, Refusal> {
        let disputes = &session.target.disputes;
        let loan = |id: &DisputeId, document| Loan::shared(id.clone(), document);
        let (status, with_document) = match need {
            Need::Open | Need::Empty => {
                return Err(Refusal::Missing("an open dispute is not shared".to_owned()));
            }
            Need::Fresh => return self.make(session).await.map(Loan::fresh),
            Need::Foreign => {
                let missing =
                    || Refusal::Missing("needs a dispute of another account: [disputes] foreign".to_owned());
                return disputes
                    .foreign
                    .first()
                    .map(|id| loan(id, None))
                    .ok_or_else(missing);
            }
            Need::Another => {
                let known = [&disputes.pending, &disputes.won, &disputes.lost, &disputes.open]
                    .into_iter()
                    .flatten();
                let borrowed = |id: &DisputeId| loans.values().any(|loan| loan.id == *id);
                if let Some(id) = known.into_iter().find(|id| !borrowed(id)) {
                    return Ok(loan(id, None));
                }
                (DisputeStatus::Pending, false)
            }
            Need::Pending => (DisputeStatus::Pending, false),
            Need::Won => (DisputeStatus::Won, false),
            Need::Lost => (DisputeStatus::Lost, false),
            Need::PendingWithDocument => (DisputeStatus::Pending, true),
            Need::WonWithDocument => (DisputeStatus::Won, true),
            Need::LostWithDocument => (DisputeStatus::Lost, true),
        };
        let given = match status {
            DisputeStatus::Won => &disputes.won,
            DisputeStatus::Lost => &disputes.lost,
            _ => &disputes.pending,
        };
        for id in given {
            if !with_document {
                return Ok(loan(id, None));
            }
            if let Some(document) = documents(session, id, &mut None).await?.live.into_iter().next() {
                return Ok(loan(id, Some(document)));
            }
        }
        if session.target.charges.is_empty() {
            let document = if with_document { " with a document" } else { "" };
            return Err(Refusal::Missing(format!(
                "needs a {status} dispute{document}: [disputes] {status}, or [charges] disputable"
            )));
        }
        let mut made = self.making.lock().await;
        if let Some(loan) = made.get(&status) {
            return Ok(loan.clone());
        }
        let fresh = self.make_locked(session, status).await?;
        made.insert(status, fresh.clone());
        Ok(fresh)
    }

    /// Stops lending a dispute whose document was destroyed, as one that is locked should not allow.
    pub(super) async fn forget(&self, dispute: &DisputeId) {
        self.making.lock().await.retain(|_, loan| loan.id != *dispute);
    }

    /// Makes a dispute with a document and moves it on.
    async fn make_locked(&self, session: &Session, status: DisputeStatus) -> Result<Loan, Refusal> {
        let id = self.make(session).await?;
        let upload = upload_of(session, &id);
        let body = prepare(session, &upload, "upload a document").await?;
        let document = body
            .get("id")
            .and_then(Node::as_str)
            .and_then(|id| id.parse().ok());
        let change = match status {
            DisputeStatus::Pending => session
                .request("PATCH", format!("/disputes/{id}"))
                .json(&json!({ "message": "The goods were delivered; see the documents." })),
            other => session
                .request("PATCH", format!("/disputes/{id}/close"))
                .json(&json!({ "status": other })),
        };
        prepare(session, &change, "move the dispute on").await?;
        Ok(Loan::shared(id, document))
    }
}
