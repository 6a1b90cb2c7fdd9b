//! The API as a plain model: what it holds, and what each operation is answered.
//!
//! It is written from the contract and shares nothing with the mock but the wire types. Everything in it is a list
//! that is searched from end to end; records have no ids but their places, which [`Names`] binds to those that an
//! endpoint gave.

pub mod announced;
mod forms;
mod judge;
mod lists;
mod names;
mod predict;
mod same;
mod wire;
mod words;
pub mod written;

use std::{collections::BTreeSet, fmt};

use rebuttal_mock::{Destroyed, OutOfRange, Settings};
use rebuttal_model::{DisputeStatus, Order, Profile, Timestamp};

pub use judge::{Reply, judge};
pub use names::{Names, SEED, STARTS_AT, discover};
pub use wire::{Request, request};

/// What an endpoint holds.
#[derive(Clone)]
pub struct World {
    /// What the endpoint was told to choose; a fault that stands here is not looked at.
    pub settings: Settings,
    /// What the clock shows.
    pub now: Timestamp,
    disputes: Vec<Dispute>,
    documents: Vec<Document>,
    kept: Option<Box<Self>>,
    /// The disputes that requests would have changed, refused ones included.
    touched: BTreeSet<usize>,
    /// What is owed to the last request.
    due: Due,
}

/// An account that the model knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Owner {
    First,
    Other,
}

#[derive(Clone, Debug)]
struct Dispute {
    owner: Owner,
    status: DisputeStatus,
    message: Option<String>,
    created_at: Timestamp,
    is_closed: bool,
}

#[derive(Clone, Debug)]
struct Document {
    dispute: usize,
    filename: String,
    kind: Option<String>,
    created_at: Timestamp,
    is_destroyed: bool,
}

/// What is owed to a request.
#[derive(Clone, Debug, PartialEq)]
enum Due {
    /// Nothing was asked.
    Silence,
    /// 204, with the methods of the path.
    Nothing,
    /// A status and the code of an Error object.
    Refusal(u16, &'static str),
    /// A document.
    Document(usize),
    /// The document that this upload makes.
    Uploaded(usize),
    /// The answer to a destroy.
    Destroyed(usize),
    /// A page of the documents of a dispute.
    Documents(usize, Page),
    /// A page of disputes.
    Disputes(&'static str, Page),
    /// A dispute.
    Dispute(usize),
    /// The dispute that this request opens.
    Opened(usize),
    /// Either a refusal, or a new document of this dispute: the form is too odd for a model.
    Either(usize),
}

/// A page of a list, by the places of its records.
#[derive(Clone, Debug, PartialEq)]
struct Page {
    from: Timestamp,
    to: Timestamp,
    offset: u32,
    limit: u32,
    order: Order,
    total: usize,
    data: Vec<usize>,
}

impl fmt::Debug for World {
    /// Without the records, which are the same at the start of every sequence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("settings", &self.settings)
            .field("now", &self.now)
            .field("disputes", &self.disputes.len())
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}

impl World {
    fn profile(&self) -> Profile {
        self.settings.profile
    }

    fn clamps(&self) -> bool {
        self.settings.variants.out_of_range == OutOfRange::Clamped
    }

    fn shows_destroyed(&self) -> bool {
        self.settings.variants.destroyed == Destroyed::Shown
    }

    /// The documents of a dispute that are there, in the order in which they were uploaded.
    fn documents_of(&self, dispute: usize) -> Vec<usize> {
        (0..self.documents.len())
            .filter(|place| {
                let document = &self.documents[*place];
                document.dispute == dispute && !document.is_destroyed
            })
            .collect()
    }

    /// The disputes that requests would have changed, by their places.
    pub fn touched(&self) -> Vec<usize> {
        self.touched
            .iter()
            .copied()
            .filter(|place| *place < self.disputes.len())
            .collect()
    }

    /// Whether anything was kept aside.
    pub fn has_kept(&self) -> bool {
        self.kept.is_some()
    }
}
