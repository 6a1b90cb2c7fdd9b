//! What the mock holds: accounts, charges, disputes and their documents, in memory.
//!
//! Left out: every rule. The store finds, adds and removes; who may do what is decided above it. What it holds
//! can be kept in a [`backing::Backing`] besides.

pub(crate) mod backing;
mod content;
pub(crate) mod keeper;
pub(crate) mod log;
#[cfg(test)]
mod memory;
pub(crate) mod sqlite;
#[cfg(test)]
mod tests;
mod tracking;
mod written;

use std::collections::{BTreeMap, HashMap};

use rebuttal_model::{
    ChargeId, DisputeId, DisputeStatus, Document, DocumentId, PublicKey, SecretKey, Timestamp,
};
use serde_json::Value;

pub use backing::StateError;
pub use content::Content;
use tracking::{Touched, Tracking};
pub(crate) use written::Written;

/// An account, by its place in the store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Owner(usize);

impl Owner {
    /// The account whose records a target describes.
    pub(crate) const FIRST: Self = Self(0);
    /// The account that the first one must not see.
    pub(crate) const OTHER: Self = Self(1);
}

/// A pair of keys.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) secret: SecretKey,
    pub(crate) public: PublicKey,
}

/// A document with its content.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The document as it is answered.
    pub document: Document,
    /// Length of the content in bytes.
    pub bytes: u64,
    /// The file as it was uploaded.
    pub content: Content,
    pub(crate) written: Written,
}

/// A dispute with its documents.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) owner: Owner,
    pub(crate) id: DisputeId,
    pub(crate) charge: ChargeId,
    pub(crate) amount: i64,
    pub(crate) metadata: BTreeMap<String, Value>,
    pub(crate) message: Option<String>,
    pub(crate) status: DisputeStatus,
    pub(crate) created_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    documents: Vec<Stored>,
    places: HashMap<DocumentId, usize>,
    /// How it was before it was taken to be changed.
    touched: Option<Box<Touched>>,
    /// The batch that last changed it.
    changed: u64,
}

impl Record {
    /// An open dispute without documents.
    pub(crate) fn open(
        owner: Owner,
        id: DisputeId,
        charge: ChargeId,
        amount: i64,
        created_at: Timestamp,
    ) -> Self {
        Self {
            owner,
            id,
            charge,
            amount,
            metadata: BTreeMap::new(),
            message: None,
            status: DisputeStatus::Open,
            created_at,
            closed_at: None,
            documents: Vec::new(),
            places: HashMap::new(),
            touched: None,
            changed: 0,
        }
    }

    /// Decides the dispute.
    pub(crate) fn close(&mut self, status: DisputeStatus, now: Timestamp) {
        self.status = status;
        self.closed_at = Some(now);
    }

    pub(crate) fn attach(&mut self, stored: Stored) {
        self.note(self.documents.len());
        self.places
            .insert(stored.document.id.clone(), self.documents.len());
        self.documents.push(stored);
    }

    /// The document of this id, destroyed or not.
    pub(crate) fn document(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<&Stored> {
        self.documents.get(*self.places.get(id.as_ref())?)
    }

    /// Marks a document as destroyed and drops its content.
    pub(crate) fn destroy(&mut self, id: &DocumentId) {
        let Some(&place) = self.places.get(id) else { return };
        self.note(place);
        if let Some(stored) = self.documents.get_mut(place) {
            stored.change(|document| document.deleted = true);
            stored.content = Content::gone();
        }
    }

    /// Gives the last document the place of another, for a fault.
    pub(crate) fn move_last_to(&mut self, id: &DocumentId) {
        let last = self.documents.iter().rposition(|stored| !stored.document.deleted);
        if let (Some(&place), Some(last)) = (self.places.get(id), last)
            && place < last
        {
            self.note(place);
            self.note(last);
            self.documents.swap(place, last);
            for place in [place, last] {
                self.places
                    .insert(self.documents[place].document.id.clone(), place);
            }
        }
    }

    /// Destroys the documents of which this is true, for faults that take too many.
    pub(crate) fn destroy_where(&mut self, taken: impl Fn(&Document) -> bool) {
        self.note_all();
        for stored in &mut self.documents {
            stored.change(|document| document.deleted |= taken(document));
        }
    }

    /// Changes every document, for faults that touch others than they were asked for.
    pub(crate) fn change_all(&mut self, change: impl Fn(&mut Document)) {
        self.note_all();
        for stored in &mut self.documents {
            stored.change(&change);
        }
    }

    /// Brings every destroyed document back, for a fault.
    pub(crate) fn restore(&mut self) {
        self.note_all();
        for stored in &mut self.documents {
            stored.change(|document| document.deleted = false);
        }
    }

    /// Every document in the order of upload, destroyed ones included.
    pub(crate) fn all_documents(&self) -> &[Stored] {
        &self.documents
    }

    /// The documents that are there, in the order of upload.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Stored> {
        self.documents.iter().filter(|stored| !stored.document.deleted)
    }
}

/// Everything that the mock holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    accounts: Vec<Account>,
    charges: Vec<(ChargeId, Owner)>,
    disputes: Vec<Record>,
    places: HashMap<DisputeId, usize>,
    tracking: Tracking,
}

impl Store {
    pub(crate) fn add_account(&mut self, account: Account) -> Owner {
        self.accounts.push(account);
        Owner(self.accounts.len() - 1)
    }

    pub(crate) fn account(&self, owner: Owner) -> &Account {
        &self.accounts[owner.0]
    }

    /// Every account with what it is called here.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = (Owner, &Account)> {
        self.accounts
            .iter()
            .enumerate()
            .map(|(place, account)| (Owner(place), account))
    }

    pub(crate) fn add_charge(&mut self, charge: ChargeId, owner: Owner) {
        self.charges.push((charge, owner));
    }

    /// The charges of an account that can be disputed.
    pub(crate) fn charges(&self, owner: Owner) -> impl Iterator<Item = &ChargeId> {
        self.charges
            .iter()
            .filter(move |(_, of)| *of == owner)
            .map(|(charge, _)| charge)
    }

    pub(crate) fn add_dispute(&mut self, record: Record) {
        self.places.insert(record.id.clone(), self.disputes.len());
        self.disputes.push(record);
    }

    /// The dispute of this id, whoever owns it.
    pub(crate) fn dispute(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<&Record> {
        let record = self.disputes.get(*self.places.get(id.as_ref())?)?;
        self.tracking.see(record.changed);
        Some(record)
    }

    /// The dispute of this id, whoever owns it, to be changed.
    pub(crate) fn dispute_mut(&mut self, id: &DisputeId) -> Option<&mut Record> {
        let place = *self.places.get(id)?;
        self.touch(place);
        let record = self.disputes.get_mut(place)?;
        self.tracking.see(record.changed);
        Some(record)
    }

    /// The disputes of all accounts.
    pub(crate) fn all_disputes(&self) -> impl Iterator<Item = &Record> {
        self.disputes.iter()
    }

    /// The disputes of an account, in the order in which they were made.
    pub(crate) fn disputes(&self, owner: Owner) -> impl Iterator<Item = &Record> {
        let own = self.disputes.iter().filter(move |record| record.owner == owner);
        own.inspect(|record| self.tracking.see(record.changed))
    }
}
