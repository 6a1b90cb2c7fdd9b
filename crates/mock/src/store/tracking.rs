//! What changed in memory since it was last asked, as it is and as it was.
//!
//! A store that was made, cloned or restored is new to the backing as a whole. From then on whoever takes a
//! record to change it leaves its old form behind: written out where the backing fails.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::Sender,
    },
};

use super::{
    Record, Store, Stored, Written,
    backing::{Loaded, Row},
    content::Content,
    keeper::Job,
};

/// What the store has noted.
#[derive(Debug, Default)]
pub(super) struct Tracking {
    /// Whether changes are noted: once everything was handed to a backing.
    notes: bool,
    /// The batch that last changed accounts or charges, or replaced everything.
    changed: u64,
    /// The disputes that were taken to be changed.
    touched: BTreeSet<usize>,
    /// How many accounts, charges and disputes the backing was told of.
    told: Lengths,
    /// The latest batch that whoever looked has seen a change of.
    seen: AtomicU64,
}

/// A copy is news to the backing.
impl Clone for Tracking {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Lengths {
    accounts: usize,
    charges: usize,
    disputes: usize,
}

/// The old form of a dispute that was taken to be changed.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    bare: Box<Record>,
    documents: BTreeMap<usize, Option<Stored>>,
}

/// What to do when a batch could not be committed.
#[derive(Debug)]
pub(super) enum Undo {
    /// Everything was new; it stays so.
    Whole,
    Parts {
        lengths: Lengths,
        changed: u64,
        disputes: Vec<(usize, Touched)>,
    },
}

impl Tracking {
    pub(super) fn see(&self, changed: u64) {
        self.seen.fetch_max(changed, Ordering::Relaxed);
    }
}

impl Store {
    /// A store as a backing holds it.
    pub(crate) fn loaded(loaded: Loaded, jobs: &Sender<Job>) -> Self {
        let mut store = Self {
            accounts: loaded.accounts,
            charges: loaded.charges,
            ..Self::default()
        };
        for (mut record, documents) in loaded.disputes {
            for found in documents {
                let content = found.content.map(|number| Content::kept(number, jobs.clone()));
                record.attach(Stored {
                    written: Written::default(),
                    document: found.document,
                    bytes: found.bytes,
                    content: content.unwrap_or_else(Content::gone),
                });
            }
            store.add_dispute(record);
        }
        store.tracking.notes = true;
        store.tracking.told = store.lengths();
        store
    }

    /// What changed since it was last asked, and how to take that back; `None` where nothing did. Says first
    /// whether the rows are all that there is.
    pub(super) fn collect(
        &mut self,
        number: u64,
        jobs: &Sender<Job>,
        draw: &mut impl FnMut() -> u64,
    ) -> Option<(bool, Vec<Row>, Undo)> {
        let (told, now) = (self.tracking.told, self.lengths());
        let shrunk =
            now.accounts < told.accounts || now.charges < told.charges || now.disputes < told.disputes;
        let whole = !self.tracking.notes || shrunk;
        if !whole && now == told && self.tracking.touched.is_empty() {
            return None;
        }
        let first = if whole { Lengths::default() } else { told };
        let mut rows = Vec::new();
        for (place, account) in self.accounts.iter().enumerate().skip(first.accounts) {
            rows.push(Row::Account(place, account.clone()));
        }
        for (place, (charge, owner)) in self.charges.iter().enumerate().skip(first.charges) {
            rows.push(Row::Charge(place, charge.clone(), *owner));
        }
        let changed = self.tracking.changed;
        if !rows.is_empty() || whole {
            self.tracking.changed = number;
        }
        let mut disputes = Vec::new();
        for place in std::mem::take(&mut self.tracking.touched) {
            if let Some(record) = self.disputes.get_mut(place)
                && let Some(touched) = record.touched.take()
                && place < first.disputes
                && record.collect_parts(place, &touched, number, jobs, draw, &mut rows)
            {
                disputes.push((place, *touched));
            }
        }
        for (place, record) in self.disputes.iter_mut().enumerate().skip(first.disputes) {
            record.collect_whole(place, number, jobs, draw, &mut rows);
        }
        self.tracking.told = now;
        self.tracking.notes = true;
        if rows.is_empty() && !whole {
            return None;
        }
        let undo = if whole {
            Undo::Whole
        } else {
            Undo::Parts {
                lengths: told,
                changed,
                disputes,
            }
        };
        Some((whole, rows, undo))
    }

    /// Takes back what could not be committed, the latest first.
    pub(super) fn undo(&mut self, undo: Undo) {
        let Undo::Parts {
            lengths,
            changed,
            disputes,
        } = undo
        else {
            self.tracking.notes = false;
            return;
        };
        self.accounts.truncate(lengths.accounts);
        self.charges.truncate(lengths.charges);
        for record in self.disputes.drain(lengths.disputes..) {
            self.places.remove(&record.id);
        }
        for (place, touched) in disputes {
            if let Some(record) = self.disputes.get_mut(place) {
                record.undo(touched);
            }
        }
        self.tracking.told = lengths;
        self.tracking.changed = changed;
    }

    /// The latest batch that whoever looked since it was last asked has seen a change of.
    pub(super) fn take_seen(&self) -> u64 {
        self.tracking
            .seen
            .swap(0, Ordering::Relaxed)
            .max(self.tracking.changed)
    }

    /// Makes a dispute ready to be changed.
    pub(super) fn touch(&mut self, place: usize) {
        if self.tracking.notes
            && let Some(record) = self.disputes.get_mut(place)
        {
            self.tracking.touched.insert(place);
            record.touch();
        }
    }

    fn lengths(&self) -> Lengths {
        Lengths {
            accounts: self.accounts.len(),
            charges: self.charges.len(),
            disputes: self.disputes.len(),
        }
    }
}

impl Record {
    fn touch(&mut self) {
        if self.touched.is_none() {
            self.touched = Some(Box::new(Touched {
                bare: Box::new(self.bare()),
                documents: BTreeMap::new(),
            }));
        }
    }

    /// Leaves a document's old form behind, or that there was none.
    pub(super) fn note(&mut self, place: usize) {
        if let Some(touched) = &mut self.touched {
            let before = self.documents.get(place);
            touched.documents.entry(place).or_insert_with(|| before.cloned());
        }
    }

    /// Leaves the old form of every document behind.
    pub(super) fn note_all(&mut self) {
        if self.touched.is_some() {
            (0..self.documents.len()).for_each(|place| self.note(place));
        }
    }

    /// The dispute without its documents.
    fn bare(&self) -> Self {
        // Every member is named, so that a new one is not forgotten here.
        let Self {
            owner,
            id,
            charge,
            amount,
            metadata,
            message,
            status,
            created_at,
            closed_at,
            documents: _,
            places: _,
            touched: _,
            changed,
        } = self;
        Self {
            owner: *owner,
            id: id.clone(),
            charge: charge.clone(),
            amount: *amount,
            metadata: metadata.clone(),
            message: message.clone(),
            status: *status,
            created_at: *created_at,
            closed_at: *closed_at,
            documents: Vec::new(),
            places: std::collections::HashMap::new(),
            touched: None,
            changed: *changed,
        }
    }

    fn is_as_before(&self, before: &Self) -> bool {
        self.owner == before.owner
            && self.id == before.id
            && self.charge == before.charge
            && self.amount == before.amount
            && self.metadata == before.metadata
            && self.message == before.message
            && self.status == before.status
            && self.created_at == before.created_at
            && self.closed_at == before.closed_at
    }

    /// Adds the rows of what changed; says whether anything did.
    fn collect_parts(
        &mut self,
        place: usize,
        touched: &Touched,
        number: u64,
        jobs: &Sender<Job>,
        draw: &mut impl FnMut() -> u64,
        rows: &mut Vec<Row>,
    ) -> bool {
        let before = rows.len();
        if !self.is_as_before(&touched.bare) {
            rows.push(Row::Dispute(place, self.bare()));
        }
        for &document in touched.documents.keys() {
            self.collect_document(place, document, jobs, draw, rows);
        }
        let changed = rows.len() > before;
        if changed {
            self.changed = number;
        }
        changed
    }

    fn collect_whole(
        &mut self,
        place: usize,
        number: u64,
        jobs: &Sender<Job>,
        draw: &mut impl FnMut() -> u64,
        rows: &mut Vec<Row>,
    ) {
        self.touched = None;
        self.changed = number;
        rows.push(Row::Dispute(place, self.bare()));
        for document in 0..self.documents.len() {
            self.collect_document(place, document, jobs, draw, rows);
        }
    }

    fn collect_document(
        &mut self,
        dispute: usize,
        place: usize,
        jobs: &Sender<Job>,
        draw: &mut impl FnMut() -> u64,
        rows: &mut Vec<Row>,
    ) {
        if let Some(stored) = self.documents.get_mut(place) {
            rows.push(Row::Document {
                dispute,
                place,
                document: stored.document.clone(),
                bytes: stored.bytes,
                content: stored.content.keep(jobs, draw),
            });
        }
    }

    fn undo(&mut self, touched: Touched) {
        let Touched {
            bare,
            documents: before,
        } = touched;
        let mut documents = std::mem::take(&mut self.documents);
        for (place, before) in before.into_iter().rev() {
            match before {
                Some(before) => documents[place] = before,
                None => documents.truncate(place),
            }
        }
        *self = *bare;
        for stored in documents {
            self.attach(stored);
        }
    }
}
