//! Which clause of the contract refused a request.

use http::header;
use rebuttal_model::{
    Clause, DisputeId, DisputeStatus, DocumentId, Situation,
    clause::{auth, destroy, http as http_clauses, list, retrieve, upload},
};
use rebuttal_validate::{Finding, Severity};

use super::Request;
use crate::{
    auth::{Credentials, credentials},
    control::wire::OperationName,
    refusal::Refusal,
    store::Store,
};

/// The clause that refused a request; `None` where it was served, or where no clause of the contract is
/// behind the answer (an order, a fault, an operation that the contract does not judge).
pub(crate) fn clause(request: &Request<'_>, store: &Store) -> Option<&'static Clause> {
    let noticed = request.noticed;
    let operation = request.operation.map(|operation| operation.name);
    match noticed.refusal.as_ref()? {
        Refusal::Unauthorized | Refusal::LiveKey => Some(unauthorized(request)),
        Refusal::NotFound("dispute") => dispute_not_found(request, store),
        Refusal::NotFound("document") => document_not_found(request, store),
        Refusal::ByProfile(situation, _) => by_situation(*situation, request, store),
        Refusal::BadRequest(_) => noticed
            .clause
            .or_else(|| {
                let rejection = noticed.file.iter().find(|it| it.severity == Severity::Rejection);
                rejection.and_then(Finding::clause)
            })
            .or_else(|| match operation {
                Some(OperationName::Upload) if super::head::declares_form(request.headers) => {
                    Some(&upload::BROKEN_MULTIPART)
                }
                Some(OperationName::Upload) => Some(&upload::NOT_MULTIPART),
                Some(OperationName::List) if !super::head::asks_for_unknown_version(request.headers) => {
                    Some(&list::BAD_PARAMETER)
                }
                _ => None,
            }),
        Refusal::NoRoute | Refusal::WrongMethod { .. } => Some(&http_clauses::UNKNOWN_ROUTE),
        Refusal::NotFound(_) | Refusal::Timeout | Refusal::NotInContract(..) | Refusal::Fault(..) => None,
    }
}

fn unauthorized(request: &Request<'_>) -> &'static Clause {
    match credentials(request.headers) {
        Credentials::Absent => &auth::MISSING_HEADER,
        Credentials::Malformed => &auth::MALFORMED_BASIC,
        Credentials::Basic(user) if user.starts_with("pkey_") => &auth::PUBLIC_KEY,
        Credentials::Basic(_) => &auth::WRONG_KEY,
    }
}

fn dispute_not_found(request: &Request<'_>, store: &Store) -> Option<&'static Clause> {
    let operation = request.operation?;
    let id = operation.dispute?.parse::<DisputeId>().ok();
    let is_malformed = id.is_none();
    let is_foreign = id.is_some_and(|id| store.dispute(&id).is_some());
    Some(match (operation.name, is_foreign) {
        (OperationName::Upload, true) => &upload::DISPUTE_FOREIGN,
        (OperationName::Upload, false) if is_malformed => &upload::DISPUTE_MALFORMED_ID,
        (OperationName::Upload, false) => &upload::DISPUTE_UNKNOWN,
        (OperationName::List, true) => &list::DISPUTE_FOREIGN,
        (OperationName::List, false) => &list::DISPUTE_UNKNOWN,
        (OperationName::Retrieve, true) => &retrieve::FOREIGN,
        (OperationName::Retrieve, false) => &retrieve::UNKNOWN,
        (OperationName::Destroy, true) => &destroy::FOREIGN,
        (OperationName::Destroy, false) => &destroy::UNKNOWN,
        _ => return None,
    })
}

fn document_not_found(request: &Request<'_>, store: &Store) -> Option<&'static Clause> {
    let operation = request.operation?;
    let is_destroy = operation.name == OperationName::Destroy;
    let Ok(id) = operation.document?.parse::<DocumentId>() else {
        return Some(if is_destroy {
            &destroy::UNKNOWN
        } else {
            &retrieve::MALFORMED_ID
        });
    };
    let here = operation.dispute.and_then(|dispute| store.dispute(dispute));
    let is_here = here.is_some_and(|record| record.document(&id).is_some());
    let is_elsewhere = store
        .accounts()
        .any(|(owner, _)| store.disputes(owner).any(|record| record.document(&id).is_some()));
    Some(match (is_destroy, is_here, is_elsewhere) {
        (true, true, _) => &destroy::TWICE,
        (true, false, true) => &destroy::OTHER_DISPUTE,
        (true, false, false) => &destroy::UNKNOWN,
        (false, true, _) => &destroy::THEN_RETRIEVE,
        (false, false, true) => &retrieve::OTHER_DISPUTE,
        (false, false, false) => &retrieve::UNKNOWN,
    })
}

fn by_situation(situation: Situation, request: &Request<'_>, store: &Store) -> Option<&'static Clause> {
    match situation {
        Situation::BadFormat => Some(&upload::BAD_FORMAT),
        Situation::TooLarge => Some(&upload::TOO_LARGE),
        Situation::MaxDocuments => Some(&upload::MAX_DOCUMENTS),
        Situation::NotOpen => {
            let operation = request.operation?;
            let status = store.dispute(operation.dispute?)?.status;
            match (operation.name, status) {
                (OperationName::Destroy, _) => Some(&destroy::NOT_OPEN),
                (OperationName::Upload, DisputeStatus::Pending) => Some(&upload::DISPUTE_PENDING),
                (OperationName::Upload, DisputeStatus::Won) => Some(&upload::DISPUTE_WON),
                (OperationName::Upload, DisputeStatus::Lost) => Some(&upload::DISPUTE_LOST),
                _ => None,
            }
        }
    }
}

/// Whether a request has a header that frames a body.
pub(super) fn has_body(request: &Request<'_>) -> bool {
    request.body_bytes > 0
        || request.headers.contains_key(header::TRANSFER_ENCODING)
        || request
            .headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|length| length != "0")
}
