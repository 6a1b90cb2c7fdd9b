//! A backing in memory, which fails and waits by order: what tests hold the keeper and the log against.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use rebuttal_model::{ChargeId, Document};

use super::{
    Account, Owner, Record,
    backing::{Backing, Batch, Loaded, LoadedDocument, Problem, Row, StateError},
};

/// Where several backings, one after another, keep the same records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    tables: Arc<Mutex<Tables>>,
    /// Whether commits fail.
    pub(crate) fails: Arc<AtomicBool>,
    /// Held by whoever wants commits to wait.
    pub(crate) gate: Arc<Mutex<()>>,
}

#[derive(Clone, Debug, Default)]
struct Tables {
    random: Option<u64>,
    accounts: BTreeMap<usize, Account>,
    charges: BTreeMap<usize, (ChargeId, Owner)>,
    disputes: BTreeMap<usize, Record>,
    documents: BTreeMap<(usize, usize), (Document, u64, Option<u64>)>,
    contents: BTreeMap<u64, Bytes>,
}

impl Memory {
    /// How many contents are kept.
    pub(crate) fn contents(&self) -> usize {
        self.tables.lock().unwrap().contents.len()
    }
}

impl Backing for Memory {
    fn load(&mut self) -> Result<Option<Loaded>, StateError> {
        let tables = self.tables.lock().unwrap().clone();
        let Some(random) = tables.random else {
            return Ok(None);
        };
        let mut disputes: Vec<_> = tables
            .disputes
            .into_values()
            .map(|record| (record, Vec::new()))
            .collect();
        for ((dispute, place), (document, bytes, content)) in tables.documents {
            assert_eq!(disputes[dispute].1.len(), place);
            assert!(content.is_none_or(|number| tables.contents.contains_key(&number)));
            disputes[dispute].1.push(LoadedDocument {
                document,
                bytes,
                content,
            });
        }
        Ok(Some(Loaded {
            accounts: tables.accounts.into_values().collect(),
            charges: tables.charges.into_values().collect(),
            disputes,
            random,
            next_content: tables.contents.keys().max().map_or(1, |last| last + 1),
        }))
    }

    fn commit(&mut self, batches: &[Batch], unused: &BTreeSet<u64>) -> Result<(), StateError> {
        drop(self.gate.lock().unwrap());
        if self.fails.load(Ordering::SeqCst) {
            return Err(StateError {
                path: PathBuf::new(),
                problem: Problem::Failed {
                    doing: "write",
                    found: "by order".to_owned(),
                },
            });
        }
        let tables = &mut *self.tables.lock().unwrap();
        for batch in batches {
            tables.take(batch);
        }
        for number in unused {
            let is_used = tables
                .documents
                .values()
                .any(|(_, _, content)| *content == Some(*number));
            if !is_used {
                tables.contents.remove(number);
            }
        }
        Ok(())
    }

    fn content(&mut self, number: u64) -> Result<Bytes, StateError> {
        Ok(self.tables.lock().unwrap().contents[&number].clone())
    }
}

impl Tables {
    fn take(&mut self, batch: &Batch) {
        if batch.whole {
            *self = Self {
                contents: std::mem::take(&mut self.contents),
                ..Self::default()
            };
        }
        self.random = Some(batch.random);
        for row in &batch.rows {
            match row {
                Row::Account(place, account) => drop(self.accounts.insert(*place, account.clone())),
                Row::Charge(place, charge, owner) => {
                    drop(self.charges.insert(*place, (charge.clone(), *owner)));
                }
                Row::Dispute(place, record) => drop(self.disputes.insert(*place, record.clone())),
                Row::Document {
                    dispute,
                    place,
                    document,
                    bytes,
                    content,
                } => {
                    if let Some(kept) = content
                        && let Some(waiting) = kept.waiting()
                    {
                        self.contents.insert(kept.number, waiting);
                    }
                    let content = content.as_ref().map(|kept| kept.number);
                    self.documents
                        .insert((*dispute, *place), (document.clone(), *bytes, content));
                }
            }
        }
    }
}
