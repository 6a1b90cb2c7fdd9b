//! Making and moving records past the rules of the API.

use bytes::Bytes;
use http::StatusCode;
use rebuttal_model::{
    ChargeId, DisputeId, DisputeStatus, Document, DocumentId, PublicKey, SecretKey, Timestamp,
    document::DocumentObject,
};

use super::{
    problem::{ControlError, missing, problem},
    wire::{Move, NewAccount, NewCharge, NewDispute, NewDocument},
};
use crate::{
    seed::PIXEL,
    service::Service,
    store::{Account, Owner, Record, Stored, Written},
};

/// The most accounts of a mock; each request looks for its key among them.
const MAX_ACCOUNTS: usize = 1000;

/// What a dispute that is not open says where nobody said anything.
const MESSAGE: &str = "the goods were delivered, see the documents";

/// The longest name of a file, in bytes.
const MAX_FILENAME_BYTES: usize = 1024;

pub(crate) fn account(service: &mut Service, new: &NewAccount) -> Result<Owner, ControlError> {
    if service.store.accounts().count() >= MAX_ACCOUNTS {
        return Err(problem(
            "",
            format!("at most {MAX_ACCOUNTS} accounts"),
            "one more",
        ));
    }
    let is_live = [
        ("/secret", new.secret.as_ref().is_some_and(SecretKey::is_live)),
        ("/public", new.public.as_ref().is_some_and(PublicKey::is_live)),
    ];
    if let Some((pointer, _)) = is_live.into_iter().find(|(_, is_live)| *is_live) {
        return Err(problem(
            pointer,
            "a key of test mode",
            "one of live mode (not shown)",
        ));
    }
    for (_, account) in service.store.accounts() {
        let pointer = if new.secret.as_ref() == Some(&account.secret) {
            "/secret"
        } else if new.public.as_ref() == Some(&account.public) {
            "/public"
        } else {
            continue;
        };
        let error = problem(
            pointer,
            "a key that is new",
            "that of another account (not shown)",
        );
        return Err(error.status(StatusCode::CONFLICT));
    }
    let made = Account {
        secret: match &new.secret {
            Some(secret) => secret.clone(),
            None => service.random.id(SecretKey::PREFIX, true),
        },
        public: match &new.public {
            Some(public) => public.clone(),
            None => service.random.id(PublicKey::PREFIX, true),
        },
    };
    Ok(service.store.add_account(made))
}

pub(crate) fn charge(service: &mut Service, new: &NewCharge) -> Result<ChargeId, ControlError> {
    let owner = owner(service, new.account)?;
    let id = match &new.id {
        Some(id) if !id.is_test() => return Err(live("/id", id)),
        Some(id) if has_charge(service, id) => return Err(taken("/id", id)),
        Some(id) => id.clone(),
        None => service.random.id(ChargeId::PREFIX, true),
    };
    service.store.add_charge(id.clone(), owner);
    Ok(id)
}

pub(crate) fn dispute(
    service: &mut Service,
    new: &NewDispute,
    now: Timestamp,
) -> Result<DisputeId, ControlError> {
    let owner = owner(service, new.account)?;
    let id = match &new.id {
        Some(id) if !id.is_test() => return Err(live("/id", id)),
        Some(id) if service.store.dispute(id).is_some() => return Err(taken("/id", id)),
        _ => new.id.clone(),
    };
    let status = new.status.unwrap_or(DisputeStatus::Open);
    if let Some(closed_at) = new.closed_at.filter(|_| !status.is_closed()) {
        let found = format!("{closed_at} for one that is {status}");
        return Err(problem(
            "/closed_at",
            "a time for a dispute that is won or lost",
            found,
        ));
    }
    if status == DisputeStatus::Open && new.message.is_some() {
        return Err(problem("/message", "no message while the dispute is open", "one"));
    }
    // Looked at before anything is made, so that a refusal makes nothing.
    for (index, file) in new.files.iter().enumerate() {
        look_at(service, file).map_err(|error| error.below(&format!("/files/{index}")))?;
    }
    let id = id.unwrap_or_else(|| service.random.id(DisputeId::PREFIX, true));
    let charge = match &new.charge {
        Some(charge) => charge.clone(),
        None => service.random.id(ChargeId::PREFIX, true),
    };
    let amount = new
        .amount
        .unwrap_or_else(|| 10_000 + 100 * i64::from(service.random.below(9_000)));
    let created_at = new.created_at.unwrap_or(now);
    let mut record = Record::open(owner, id.clone(), charge, amount, created_at);
    record.metadata = new.metadata.clone();
    put(
        &mut record,
        status,
        new.message.as_deref(),
        new.closed_at.unwrap_or(now),
    );
    service.store.add_dispute(record);
    let small = (1..=new.documents).map(|number| NewDocument {
        filename: Some(format!("evidence {number:02}.png")),
        ..NewDocument::default()
    });
    for file in small.chain(new.files.iter().cloned()) {
        document(service, &id, &file, now)?;
    }
    Ok(id)
}

pub(crate) fn document(
    service: &mut Service,
    dispute: &DisputeId,
    new: &NewDocument,
    now: Timestamp,
) -> Result<DocumentId, ControlError> {
    look_at(service, new)?;
    find(service, dispute)?;
    let id = match &new.id {
        Some(id) => id.clone(),
        None => service.random.id(DocumentId::PREFIX, true),
    };
    let content = new.content.clone().unwrap_or(Bytes::from_static(PIXEL));
    let stored = Stored {
        written: Written::default(),
        bytes: content.len() as u64,
        content: content.into(),
        document: Document {
            object: DocumentObject::Document,
            livemode: false,
            location: Document::path(dispute, &id),
            id: id.clone(),
            deleted: false,
            filename: new.filename.clone().unwrap_or_else(|| "evidence.png".to_owned()),
            kind: new.kind.map(Into::into),
            download_uri: None,
            created_at: new.created_at.unwrap_or(now),
        },
    };
    find(service, dispute)?.attach(stored);
    Ok(id)
}

/// Moves a dispute to any state, whatever the API would say.
pub(crate) fn move_dispute(
    service: &mut Service,
    dispute: &DisputeId,
    to: &Move,
    now: Timestamp,
) -> Result<(), ControlError> {
    let record = find(service, dispute)?;
    if to.status == DisputeStatus::Open && to.message.is_some() {
        return Err(problem("/message", "no message while the dispute is open", "one"));
    }
    let message = to.message.clone().or_else(|| record.message.clone());
    put(record, to.status, message.as_deref(), now);
    Ok(())
}

fn put(record: &mut Record, status: DisputeStatus, message: Option<&str>, closed_at: Timestamp) {
    record.status = status;
    record.message = match status {
        DisputeStatus::Open => None,
        _ => Some(message.unwrap_or(MESSAGE).to_owned()),
    };
    record.closed_at = None;
    if status.is_closed() {
        record.close(status, closed_at);
    }
}

fn look_at(service: &Service, new: &NewDocument) -> Result<(), ControlError> {
    if let Some(filename) = &new.filename
        && (filename.is_empty() || filename.len() > MAX_FILENAME_BYTES)
    {
        let wanted = format!("a name of 1 to {MAX_FILENAME_BYTES} bytes");
        return Err(problem("/filename", wanted, format!("one of {}", filename.len())));
    }
    match &new.id {
        Some(id) if !id.is_test() => Err(live("/id", id)),
        Some(id) if has_document(service, id) => Err(taken("/id", id)),
        _ => Ok(()),
    }
}

fn has_document(service: &Service, id: &DocumentId) -> bool {
    let store = &service.store;
    store
        .accounts()
        .any(|(owner, _)| store.disputes(owner).any(|record| record.document(id).is_some()))
}

fn has_charge(service: &Service, id: &ChargeId) -> bool {
    let store = &service.store;
    store
        .accounts()
        .any(|(owner, _)| store.charges(owner).any(|charge| charge == id))
}

fn owner(service: &Service, number: u32) -> Result<Owner, ControlError> {
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    let count = service.store.accounts().count();
    service
        .store
        .accounts()
        .nth(place)
        .map(|(owner, _)| owner)
        .ok_or_else(|| {
            let wanted = format!("the number of an account, from 0 to {}", count.saturating_sub(1));
            problem("/account", wanted, number.to_string())
        })
}

fn find<'s>(service: &'s mut Service, id: &DisputeId) -> Result<&'s mut Record, ControlError> {
    service
        .store
        .dispute_mut(id)
        .ok_or_else(|| missing("a dispute of the mock", format!("{id}, which it does not have")))
}

fn live(pointer: &str, id: impl std::fmt::Display) -> ControlError {
    problem(
        pointer,
        "an id of test mode",
        format!("{id}, which is of live mode"),
    )
}

fn taken(pointer: &str, id: impl std::fmt::Display) -> ControlError {
    let error = problem(
        pointer,
        "an id that is new",
        format!("{id}, which is there already"),
    );
    error.status(StatusCode::CONFLICT)
}
