//! What the mock holds, as the control API tells it.

use rebuttal_model::{DisputeId, kind::Open};

use super::{
    problem::{ControlError, missing},
    shown::{AccountState, DisputeState, DocumentState, FaultState},
};
use crate::{
    control::orders::is_orderable,
    fault::Fault,
    service::Service,
    store::{Record, Stored},
};

pub(crate) fn accounts(service: &Service) -> Vec<AccountState> {
    let store = &service.store;
    (0..)
        .zip(store.accounts())
        .map(|(number, (owner, account))| AccountState {
            number,
            secret: account.secret.expose().to_owned(),
            public: account.public.expose().to_owned(),
            charges: store.charges(owner).cloned().collect(),
        })
        .collect()
}

pub(crate) fn disputes(service: &Service) -> Vec<DisputeState> {
    let store = &service.store;
    (0..)
        .zip(store.accounts())
        .flat_map(|(number, (owner, _))| {
            store
                .disputes(owner)
                .map(move |record| of_dispute(record, number))
        })
        .collect()
}

pub(crate) fn dispute(service: &Service, id: &DisputeId) -> Result<DisputeState, ControlError> {
    let store = &service.store;
    let record = store
        .dispute(id)
        .ok_or_else(|| missing("a dispute of the mock", format!("{id}, which it does not have")))?;
    let mut numbers = (0..).zip(store.accounts());
    let number = numbers.find(|(_, (owner, _))| *owner == record.owner);
    Ok(of_dispute(record, number.map_or(0, |(number, _)| number)))
}

pub(crate) fn faults() -> Vec<FaultState> {
    Fault::ALL
        .iter()
        .map(|&fault| FaultState {
            name: fault.as_str().to_owned(),
            clause: fault.clause().id.to_owned(),
            description: fault.description().to_owned(),
            orderable: is_orderable(fault),
        })
        .collect()
}

fn of_dispute(record: &Record, account: u32) -> DisputeState {
    DisputeState {
        id: record.id.clone(),
        account,
        status: record.status,
        amount: record.amount,
        charge: record.charge.clone(),
        message: record.message.clone(),
        created_at: record.created_at,
        closed_at: record.closed_at,
        documents: record.all_documents().iter().map(of_document).collect(),
    }
}

fn of_document(stored: &Stored) -> DocumentState {
    let document = &stored.document;
    DocumentState {
        id: document.id.clone(),
        filename: document.filename.clone(),
        kind: document.kind.as_ref().map(|kind| match kind {
            Open::Listed(kind) => kind.as_str().to_owned(),
            Open::Unlisted(kind) => kind.clone(),
        }),
        bytes: stored.bytes,
        created_at: document.created_at,
        deleted: document.deleted,
    }
}
