//! What a mock needs of a place where records outlive the process.
//!
//! The rules run over records in memory. What a request changed there is written down as rows, a batch at a
//! time, and no answer that shows a change goes out before its batch is committed. So a backing knows no
//! rules, the rules know no backing, and another database is another implementation of [`Backing`].
//!
//! One that several mocks share needs two things more, both of them here and in the keeper: to tell what
//! others have committed, which is put into memory before a request is looked at, and to refuse a batch that
//! was made over older records, upon which the request is begun again.

use std::{collections::BTreeSet, fmt, io, path::PathBuf, sync::Arc};

use bytes::Bytes;
use rebuttal_model::{ChargeId, Document};
use thiserror::Error;

use super::{Account, Owner, Record, content::Kept};

/// Where records are kept. Its one user is the thread of the keeper.
pub(crate) trait Backing: Send {
    /// All that was committed; `None` from one that is new.
    fn load(&mut self) -> Result<Option<Loaded>, StateError>;

    /// Makes batches durable, in order: all of them, or, on an error, none.
    ///
    /// Contents of which `unused` has the numbers are referred to by nobody but perhaps by rows that are
    /// about to be replaced; they may be forgotten where no row has them.
    fn commit(&mut self, batches: &[Batch], unused: &BTreeSet<u64>) -> Result<(), StateError>;

    /// The content of this number.
    fn content(&mut self, number: u64) -> Result<Bytes, StateError>;

    /// Called when nothing has been asked for a while, for what can wait until then.
    fn rest(&mut self) {}
}

/// What one request changed.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Whether the rows replace all that there was.
    pub(super) whole: bool,
    pub(super) rows: Vec<Row>,
    /// From where on identifiers are drawn.
    pub(super) random: u64,
}

/// One record as it is from now on. Records are told apart by their places, which never change.
#[derive(Debug)]
pub(crate) enum Row {
    Account(usize, Account),
    Charge(usize, ChargeId, Owner),
    /// A dispute without its documents.
    Dispute(usize, Record),
    Document {
        dispute: usize,
        place: usize,
        document: Document,
        bytes: u64,
        content: Option<Arc<Kept>>,
    },
}

impl Batch {
    /// How much content is to be written, in bytes.
    pub(super) fn content_bytes(&self) -> usize {
        let waiting = |row: &Row| match row {
            Row::Document { content, .. } => content.as_ref()?.waiting().map(|bytes| bytes.len()),
            _ => None,
        };
        self.rows.iter().filter_map(waiting).sum()
    }
}

/// What a backing holds.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(super) accounts: Vec<Account>,
    pub(super) charges: Vec<(ChargeId, Owner)>,
    pub(super) disputes: Vec<(Record, Vec<LoadedDocument>)>,
    pub(crate) random: u64,
    /// A number that no content has had, and all above it.
    pub(crate) next_content: u64,
}

/// A document that a backing holds, with the number of its content.
#[derive(Debug)]
pub(crate) struct LoadedDocument {
    pub(super) document: Document,
    pub(super) bytes: u64,
    pub(super) content: Option<u64>,
}

/// Why a state file cannot be used.
#[derive(Debug, Error)]
pub struct StateError {
    pub(super) path: PathBuf,
    pub(super) problem: Problem,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "state file {}: {}", self.path.display(), self.problem)
    }
}

/// What is wrong with a state file.
#[derive(Debug, Error)]
pub(super) enum Problem {
    #[error("expected a file, found a folder")]
    Folder,
    #[error("expected a file that can be made and written, found: {0}")]
    Unopened(io::Error),
    #[error("expected a file of `rebuttal mock`, found {0}")]
    Foreign(String),
    #[error(
        "expected version {expected} of the format, found version {found}: use the rebuttal that wrote it, or \
         another file"
    )]
    Version { expected: i64, found: i64 },
    #[error("expected to be its only user, found that another program has it open")]
    InUse,
    #[error("damaged: {0}")]
    Damaged(String),
    #[error("cannot {doing}: {found}")]
    Failed { doing: &'static str, found: String },
}
