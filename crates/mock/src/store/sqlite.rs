//! Records in one SQLite file, contents included.
//!
//! The file has one user at a time, which holds SQLite's own lock on it for as long as it runs. What is
//! committed is in the write-ahead log and synced, so that it outlives a kill and a power cut.

mod open;
mod read;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use rebuttal_model::{Document, kind::Open};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{
    Record,
    backing::{Backing, Batch, Loaded, Problem, Row, StateError},
};

/// How long the write-ahead log may grow before it is moved into the file while requests wait, in bytes.
const MAX_LOG_BYTES: usize = 128 * 1024 * 1024;

/// How much a commit writes beside contents, in bytes: a rough figure, to know when the log is long.
const COMMIT_BYTES: usize = 64 * 1024;

/// A state file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    connection: Connection,
    /// How much was written to the log since it was last moved into the file, in bytes.
    log_bytes: usize,
}

impl Sqlite {
    /// Opens a state file, or makes one.
    ///
    /// # Errors
    ///
    /// When the file is something else, of another version, damaged, in use, or cannot be written.
    pub(crate) fn open(path: &Path) -> Result<Self, StateError> {
        open::open(path)
            .map(|connection| Self {
                path: path.to_owned(),
                connection,
                log_bytes: 0,
            })
            .map_err(|problem| StateError {
                path: path.to_owned(),
                problem,
            })
    }

    fn fails(&self, problem: Problem) -> StateError {
        StateError {
            path: self.path.clone(),
            problem,
        }
    }
}

impl Backing for Sqlite {
    fn load(&mut self) -> Result<Option<Loaded>, StateError> {
        read::load(&mut self.connection).map_err(|problem| self.fails(problem))
    }

    fn commit(&mut self, batches: &[Batch], unused: &BTreeSet<u64>) -> Result<(), StateError> {
        // Whatever returns early takes the transaction back.
        let written = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                for batch in batches {
                    write(&transaction, batch)?;
                }
                forget(&transaction, unused)?;
                transaction.commit()
            });
        written.map_err(|error| self.fails(open::problem("write", &error)))?;
        self.log_bytes += COMMIT_BYTES + batches.iter().map(Batch::content_bytes).sum::<usize>();
        if self.log_bytes > MAX_LOG_BYTES {
            self.rest();
        }
        Ok(())
    }

    fn content(&mut self, number: u64) -> Result<Bytes, StateError> {
        read::content(&self.connection, number).map_err(|problem| self.fails(problem))
    }

    fn rest(&mut self) {
        if self.log_bytes > 0 {
            // What cannot be moved now stays in the log, which is as good, and is moved later.
            let _ = self
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.log_bytes = 0;
        }
    }
}

fn write(to: &Transaction<'_>, batch: &Batch) -> rusqlite::Result<()> {
    if batch.whole {
        to.execute_batch(
            "DELETE FROM documents; DELETE FROM disputes; DELETE FROM charges; DELETE FROM accounts;",
        )?;
    }
    to.execute(
        "INSERT OR REPLACE INTO facts (name, value) VALUES ('random', ?1)",
        [batch.random.cast_signed()],
    )?;
    batch.rows.iter().try_for_each(|row| write_row(to, row))
}

fn write_row(to: &Transaction<'_>, row: &Row) -> rusqlite::Result<()> {
    match row {
        Row::Account(place, account) => to.execute(
            "INSERT OR REPLACE INTO accounts (place, secret, public) VALUES (?1, ?2, ?3)",
            params![number(*place), account.secret.expose(), account.public.expose()],
        ),
        Row::Charge(place, charge, owner) => to.execute(
            "INSERT OR REPLACE INTO charges (place, id, account) VALUES (?1, ?2, ?3)",
            params![number(*place), charge.as_str(), number(owner.0)],
        ),
        Row::Dispute(place, record) => write_dispute(to, *place, record),
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
                // It stands there already where a copy of the records was put back.
                to.execute(
                    "INSERT OR IGNORE INTO contents (number, crc32, bytes) VALUES (?1, ?2, ?3)",
                    params![kept.number.cast_signed(), crc32fast::hash(&waiting), &*waiting],
                )?;
            }
            let content = content.as_ref().map(|kept| kept.number.cast_signed());
            write_document(to, (*dispute, *place), document, *bytes, content)
        }
    }
    .map(drop)
}

fn write_dispute(to: &Transaction<'_>, place: usize, record: &Record) -> rusqlite::Result<usize> {
    let metadata = serde_json::to_string(&record.metadata)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    to.execute(
        "INSERT INTO disputes (place, id, account, charge, amount, metadata, message, status, created_at, closed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (place) DO UPDATE SET id = ?2, account = ?3, charge = ?4, amount = ?5, metadata = ?6,
             message = ?7, status = ?8, created_at = ?9, closed_at = ?10",
        params![
            number(place),
            record.id.as_str(),
            number(record.owner.0),
            record.charge.as_str(),
            record.amount,
            metadata,
            record.message,
            record.status.as_str(),
            record.created_at.to_string(),
            record.closed_at.map(|time| time.to_string()),
        ],
    )
}

fn write_document(
    to: &Transaction<'_>,
    (dispute, place): (usize, usize),
    document: &Document,
    bytes: u64,
    content: Option<i64>,
) -> rusqlite::Result<usize> {
    let kind = document.kind.as_ref().map(|kind| match kind {
        Open::Listed(kind) => kind.as_str(),
        Open::Unlisted(text) => text,
    });
    to.execute(
        "INSERT OR REPLACE INTO documents
         (dispute, place, id, livemode, location, deleted, filename, kind, download_uri, created_at, bytes, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            number(dispute),
            number(place),
            document.id.as_str(),
            document.livemode,
            document.location,
            document.deleted,
            document.filename,
            kind,
            document.download_uri,
            document.created_at.to_string(),
            bytes.cast_signed(),
            content,
        ],
    )
}

fn forget(to: &Transaction<'_>, unused: &BTreeSet<u64>) -> rusqlite::Result<()> {
    for content in unused {
        to.execute(
            "DELETE FROM contents
             WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM documents WHERE content = ?1)",
            [content.cast_signed()],
        )?;
    }
    Ok(())
}

/// A place as SQLite has numbers. None that fits into memory is too large.
fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}
