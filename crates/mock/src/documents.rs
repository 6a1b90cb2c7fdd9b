//! Listing, retrieving and destroying documents.

use std::sync::PoisonError;

use http::StatusCode;
use rebuttal_model::{
    ApiVersion, DisputeId, DisputeStatus, Document, DocumentId, Timestamp, document::DocumentObject,
};
use serde_json::Value;

use crate::{
    answer::{Context, Success},
    fault::Fault,
    listing::Page,
    present::{self, Shape},
    refusal::Refusal,
    route::Operation,
    service::Service,
    store::Owner,
};

impl Service {
    pub(crate) fn list(
        &self,
        context: &Context,
        owner: Owner,
        dispute: &str,
        query: Option<&str>,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let page = Page::parse(query, context, now);
        let location = format!("/disputes/{dispute}/documents");
        let record = match self.dispute(context, owner, Operation::List(dispute), dispute) {
            Err(Refusal::NotFound(_)) if context.has(Fault::UnknownDisputeListsEmpty) => {
                return Ok(page?.to_json(Vec::new(), 0, &location, query, context));
            }
            found => found?,
        };
        if record.status != DisputeStatus::Open && context.has(Fault::ListOnlyWhileOpen) {
            return Err(Refusal::not_open());
        }
        let mut page = page?;
        if context.has(Fault::OrderRemembered) {
            let asked = query.is_some_and(|query| query.contains("order="));
            let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
            if asked {
                orders.insert(record.id.clone(), page.order);
            } else if let Some(order) = orders.get(&record.id) {
                page.order = *order;
            }
        }
        if record.status == DisputeStatus::Lost && context.has(Fault::ListEmptyWhileLost) {
            return Ok(page.to_json(Vec::new(), 0, &location, query, context));
        }
        let documents: Vec<&Document> = if context.has(Fault::DeletedStillListed) {
            record
                .all_documents()
                .iter()
                .map(|stored| &stored.document)
                .collect()
        } else {
            record.documents().map(|stored| &stored.document).collect()
        };
        let documents: Vec<_> = match context.settings.fault {
            Some(Fault::ListStopsAt25) => documents.into_iter().take(25).collect(),
            Some(Fault::KindlessNotListed) => documents.into_iter().filter(|it| it.kind.is_some()).collect(),
            _ => documents,
        };
        if documents.is_empty() && context.has(Fault::EmptyListAnswers404) {
            return Err(Refusal::NotFound("document"));
        }
        let documents = if context.has(Fault::ListOneOfEachKind) {
            let is_last = |place: usize| {
                documents[place + 1..]
                    .iter()
                    .all(|it| it.kind != documents[place].kind)
            };
            (0..documents.len())
                .filter(|place| is_last(*place))
                .map(|place| documents[place])
                .collect()
        } else {
            documents
        };
        let (documents, total) = page.cut(documents, |document| document.created_at, context);
        let data = documents
            .into_iter()
            .map(|document| listed(context, document))
            .collect();
        Ok(page.to_json(data, total, &location, query, context))
    }

    pub(crate) fn retrieve(
        &self,
        context: &Context,
        owner: Owner,
        dispute: &str,
        document: &str,
    ) -> Result<Value, Refusal> {
        let operation = Operation::Retrieve(dispute, document);
        let record = self.dispute(context, owner, operation, dispute)?;
        let stored = self.document(context, record, operation, document)?;
        if record.status != DisputeStatus::Open && context.has(Fault::RetrieveOnlyWhileOpen) {
            return Err(Refusal::not_open());
        }
        if record.status == DisputeStatus::Won && context.has(Fault::RetrieveNotWhileWon) {
            return Err(Refusal::NotFound("document"));
        }
        if context.has(Fault::RetrieveThreeTimes) {
            let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
            let reads = reads.entry(stored.document.id.clone()).or_default();
            *reads += 1;
            if *reads > 3 {
                return Err(Refusal::NotFound("document"));
            }
        }
        let mut document = stored.document.clone();
        if context.has(Fault::RetrieveLowerCases) {
            document.filename = document.filename.to_lowercase();
        }
        if context.has(Fault::RetrieveEscapesName) {
            document.filename = document.filename.replace('&', "&amp;");
        }
        if context.has(Fault::RetrieveDropsKind) {
            document.kind = None;
        }
        if context.has(Fault::RetrieveTouchesCreatedAt) {
            document.created_at = document.created_at.plus_seconds(24 * 3600);
        }
        Ok(present::document(context, &document, Shape::Whole))
    }

    pub(crate) fn destroy(
        &mut self,
        context: &Context,
        owner: Owner,
        dispute: &str,
        document: &str,
    ) -> Result<Success, Refusal> {
        let operation = Operation::Destroy(dispute, document);
        if context.has(Fault::ForeignDestroyRefusedAndDone)
            && let (Ok(dispute), Ok(document)) = (dispute.parse(), document.parse())
            && let Some(record) = self.store.dispute_mut(&dispute)
            && record.owner != owner
        {
            record.destroy(&document);
        }
        let record = self.dispute(context, owner, operation, dispute)?;
        let stored = match self.document(context, record, operation, document) {
            Err(refusal) => return pretend_destroyed(context, &record.id, document, refusal),
            Ok(stored) => stored.document.clone(),
        };
        let open = record.status == DisputeStatus::Open || context.has(Fault::LockedDestroyable);
        if (open || context.has(Fault::RefusedDestroyDestroys))
            && !context.has(Fault::DestroyDoesNothing)
            && let Some(holder) = holder(&stored)
            && let Some(record) = self.store.dispute_mut(&holder)
        {
            record.destroy(&stored.id);
            match context.settings.fault {
                Some(Fault::DestroyTakesSameName) => {
                    record.destroy_where(|other| other.filename == stored.filename);
                }
                Some(Fault::DestroyMovesLast) => record.move_last_to(&stored.id),
                Some(Fault::DestroyForgetsKinds) => record.change_all(|other| other.kind = None),
                _ => {}
            }
        }
        if !open && context.has(Fault::LockedDestroyAnswers403) {
            let told = "the dispute is not open";
            return Err(Refusal::Fault(StatusCode::FORBIDDEN, "dispute_not_open", told));
        }
        if !open {
            if context.has(Fault::RefusedDestroyBlanksKind)
                && let Some(holder) = holder(&stored)
                && let Some(record) = self.store.dispute_mut(&holder)
            {
                record.change_all(|other| other.kind = None);
            }
            return Err(Refusal::not_open());
        }
        if context.has(Fault::DestroyAnswers204) {
            return Ok(Success::Nothing(None));
        }
        let answer = present::document(context, &stored, Shape::Destroyed);
        if context.has(Fault::DestroyAnswers202) {
            return Ok(Success::ObjectWith(StatusCode::ACCEPTED, answer));
        }
        Ok(Success::Object(answer))
    }
}

/// A document as a list shows it.
fn listed(context: &Context, document: &Document) -> Value {
    let mut document = document.clone();
    if context.has(Fault::ListCutsName) {
        document.filename = document.filename.chars().take(40).collect();
    }
    if context.has(Fault::ListOf2015Current) && context.version == ApiVersion::V2015_11_17 {
        let mut current = context.clone();
        current.version = ApiVersion::default();
        return present::document(&current, &document, Shape::Whole);
    }
    present::document(context, &document, Shape::Whole)
}

/// The dispute that a document is attached to, which is another than the path says only under faults.
fn holder(document: &Document) -> Option<DisputeId> {
    let (dispute, _) = document.location.strip_prefix("/disputes/")?.split_once('/')?;
    dispute.parse().ok()
}

/// What an unknown document's destroy is told: the refusal, unless a fault claims success.
fn pretend_destroyed(
    context: &Context,
    dispute: &DisputeId,
    document: &str,
    refusal: Refusal,
) -> Result<Success, Refusal> {
    match document.parse::<DocumentId>() {
        Ok(id) if context.has(Fault::DestroyUnknownAnswers200) => {
            let document = Document {
                object: DocumentObject::Document,
                livemode: !id.is_test(),
                location: Document::path(dispute, &id),
                id,
                deleted: true,
                filename: "document.pdf".to_owned(),
                kind: None,
                download_uri: None,
                created_at: Timestamp::EPOCH,
            };
            Ok(Success::Object(present::document(
                context,
                &document,
                Shape::Destroyed,
            )))
        }
        _ => Err(refusal),
    }
}
