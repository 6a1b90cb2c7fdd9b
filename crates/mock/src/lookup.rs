//! Finding what a request names: its dispute, document and charge, and whether it may be touched.
//!
//! Another account's records are not found, in the same words as unknown ones.

use std::borrow::Cow;

use http::StatusCode;
use rebuttal_model::{ChargeId, DisputeId, DisputeStatus, DocumentId, Situation};

use crate::{
    answer::Context,
    config::Destroyed,
    fault::Fault,
    refusal::Refusal,
    route::Operation,
    service::Service,
    store::{Owner, Record, Stored},
};

impl Service {
    /// The dispute of an operation (`*.dispute-unknown`, `*.dispute-malformed-id`, `*.dispute-foreign`).
    pub(crate) fn dispute(
        &self,
        context: &Context,
        owner: Owner,
        operation: Operation<'_>,
        id: &str,
    ) -> Result<&Record, Refusal> {
        let is_upload = matches!(operation, Operation::Upload(_));
        let lower = context.has(Fault::DisputeIdInAnyCase) && is_upload;
        let id = in_case(id, lower);
        match self.store.dispute(&*id) {
            None if id.parse::<DisputeId>().is_err() => Err(match context.settings.fault {
                Some(Fault::MalformedIdAnswers400) if is_upload => {
                    Refusal::bad_request("the id of the dispute is malformed")
                }
                _ => Refusal::NotFound("dispute"),
            }),
            Some(record) if record.owner == owner => Ok(record),
            Some(record) if shows_foreign(context, operation) => Ok(record),
            Some(_) if is_upload && context.has(Fault::ForeignAnswers403) => Err(Refusal::Fault(
                StatusCode::FORBIDDEN,
                "forbidden",
                "the dispute belongs to another account",
            )),
            None if is_upload && context.has(Fault::UnknownDisputeAnswers500) => Err(Refusal::internal()),
            Some(_) | None => Err(Refusal::NotFound("dispute")),
        }
    }

    /// The document of an operation, under its dispute (`retrieve.*`, `destroy.*`).
    pub(crate) fn document<'s>(
        &'s self,
        context: &Context,
        record: &'s Record,
        operation: Operation<'_>,
        id: &str,
    ) -> Result<&'s Stored, Refusal> {
        let is_retrieve = matches!(operation, Operation::Retrieve(..));
        let lower = context.has(Fault::DocumentIdInAnyCase) && is_retrieve;
        let id = in_case(id, lower);
        if let Some(stored) = record.document(&*id) {
            let shown = match operation {
                Operation::Retrieve(..) => context.settings.variants.destroyed == Destroyed::Shown,
                _ => context.has(Fault::DestroyTwiceAnswers200),
            };
            if stored.document.deleted && !is_retrieve && context.has(Fault::DestroyTwiceAnswers410) {
                return Err(Refusal::Fault(StatusCode::GONE, "gone", "the document is gone"));
            }
            let found = !stored.document.deleted || shown;
            return found.then_some(stored).ok_or(Refusal::NotFound("document"));
        }
        let Ok(id) = id.parse::<DocumentId>() else {
            return Err(match context.settings.fault {
                Some(Fault::MalformedDocumentAnswers400) if is_retrieve => {
                    Refusal::bad_request("the id of the document is malformed")
                }
                _ => Refusal::NotFound("document"),
            });
        };
        let elsewhere = match context.settings.fault {
            Some(Fault::AnyDisputeRetrieves | Fault::LockedDocumentAnywhere) => is_retrieve,
            Some(Fault::AnyDisputeDestroys) => !is_retrieve,
            _ => false,
        };
        if elsewhere && let Some(stored) = self.anywhere(context, record.owner, &id) {
            return Ok(stored);
        }
        if !is_retrieve && context.has(Fault::DestroyUnknownAnswers400) {
            return Err(Refusal::bad_request("there is no such document"));
        }
        if is_retrieve && context.has(Fault::UnknownDocumentAnswers500) {
            return Err(Refusal::internal());
        }
        Err(Refusal::NotFound("document"))
    }

    /// The charge of this id, where it is the account's own and in test mode.
    pub(crate) fn charge(&self, owner: Owner, id: &str) -> Result<ChargeId, Refusal> {
        let found = self.store.charges(owner).find(|charge| charge.as_str() == id);
        let charge = found.ok_or(Refusal::NotFound("charge"))?;
        if charge.is_test() {
            Ok(charge.clone())
        } else {
            Err(Refusal::NoRoute)
        }
    }

    /// What the fault of looking before asking for the key gives away (`auth.before-existence`).
    pub(crate) fn existence_before_key(
        &self,
        context: &Context,
        operation: Operation<'_>,
    ) -> Result<(), Refusal> {
        let (Operation::List(dispute)
        | Operation::Upload(dispute)
        | Operation::Retrieve(dispute, _)
        | Operation::Destroy(dispute, _)) = operation
        else {
            return Ok(());
        };
        let known = self.store.dispute(dispute).is_some();
        if known || !context.has(Fault::ExistenceBeforeKey) {
            return Ok(());
        }
        Err(Refusal::NotFound("dispute"))
    }

    fn anywhere(&self, context: &Context, owner: Owner, id: &DocumentId) -> Option<&Stored> {
        let locked_only = context.has(Fault::LockedDocumentAnywhere);
        let mut records = self
            .store
            .disputes(owner)
            .filter(|record| !locked_only || record.status != DisputeStatus::Open);
        records.find_map(|record| record.document(id).filter(|stored| !stored.document.deleted))
    }
}

/// Refuses an upload to a dispute that is not open or full (`upload.dispute-pending`, `-won`, `-lost`,
/// `upload.max-documents`).
pub(crate) fn takes_documents(context: &Context, record: &Record) -> Result<(), Refusal> {
    let let_in = match record.status {
        DisputeStatus::Open => true,
        DisputeStatus::Pending => context.has(Fault::PendingTakesUploads),
        DisputeStatus::Won => context.has(Fault::WonTakesUploads),
        DisputeStatus::Lost => context.has(Fault::LostTakesUploads),
    };
    let other = match (record.status, context.settings.fault) {
        (DisputeStatus::Pending, Some(Fault::PendingAnswers409)) => Some(StatusCode::CONFLICT),
        (DisputeStatus::Won, Some(Fault::WonAnswers403)) => Some(StatusCode::FORBIDDEN),
        (DisputeStatus::Lost, Some(Fault::LostAnswers404)) => Some(StatusCode::NOT_FOUND),
        _ => None,
    };
    if let Some(status) = other {
        return Err(Refusal::Fault(
            status,
            "dispute_not_open",
            "the dispute is not open",
        ));
    }
    if !let_in {
        return Err(Refusal::not_open());
    }
    let maximum = context.settings.variants.max_documents;
    match maximum.and_then(|maximum| usize::try_from(maximum).ok()) {
        Some(maximum) if record.documents().count() >= maximum => Err(Refusal::ByProfile(
            Situation::MaxDocuments,
            format!("the dispute has {maximum} documents, which is the maximum").into(),
        )),
        _ => Ok(()),
    }
}

/// The dispute's id, where it is one of test mode; live mode has no way to decide a dispute.
pub(crate) fn test_mode(record: &Record) -> Result<DisputeId, Refusal> {
    if record.id.is_test() {
        Ok(record.id.clone())
    } else {
        Err(Refusal::NoRoute)
    }
}

/// An identifier as it is looked for: as it came, or in lower case.
fn in_case(id: &str, lower: bool) -> Cow<'_, str> {
    if lower {
        Cow::Owned(id.to_ascii_lowercase())
    } else {
        Cow::Borrowed(id)
    }
}

fn shows_foreign(context: &Context, operation: Operation<'_>) -> bool {
    matches!(
        (context.settings.fault, operation),
        (Some(Fault::ForeignTakesUploads), Operation::Upload(_))
            | (Some(Fault::ForeignDisputeListed), Operation::List(_))
            | (Some(Fault::ForeignDocumentVisible), Operation::Retrieve(..))
            | (Some(Fault::ForeignDestroyable), Operation::Destroy(..))
    )
}
