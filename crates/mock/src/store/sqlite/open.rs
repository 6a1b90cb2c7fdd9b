//! Opening a state file: whether it is one, of this version, nobody else's, and whole.

use std::{fs, io, path::Path, time::Duration};

use rusqlite::{Connection, Error, ErrorCode, OpenFlags, TransactionBehavior};

use crate::store::backing::Problem;

/// Marks SQLite files that are ours: `rbtl`.
const APPLICATION_ID: i64 = 0x7262_746c;

/// The version of the tables. Files of another version are refused, not converted.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE accounts (place INTEGER PRIMARY KEY, secret TEXT NOT NULL, public TEXT NOT NULL) STRICT;
CREATE TABLE charges (place INTEGER PRIMARY KEY, id TEXT NOT NULL, account INTEGER NOT NULL) STRICT;
CREATE TABLE disputes (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account INTEGER NOT NULL, charge TEXT NOT NULL,
    amount INTEGER NOT NULL, metadata TEXT NOT NULL, message TEXT, status TEXT NOT NULL,
    created_at TEXT NOT NULL, closed_at TEXT
) STRICT;
CREATE TABLE contents (number INTEGER PRIMARY KEY, crc32 INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE documents (
    dispute INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, livemode INTEGER NOT NULL,
    location TEXT NOT NULL, deleted INTEGER NOT NULL, filename TEXT NOT NULL, kind TEXT, download_uri TEXT,
    created_at TEXT NOT NULL, bytes INTEGER NOT NULL, content INTEGER,
    PRIMARY KEY (dispute, place)
) STRICT;
CREATE INDEX documents_by_content ON documents (content);
";

/// The tables that are looked through for damage before they are read. Contents are held against their sums
/// when they are read: going through all of them would keep a mock from starting.
const CHECKED: [&str; 5] = ["facts", "accounts", "charges", "disputes", "documents"];

pub(super) fn open(path: &Path) -> Result<Connection, Problem> {
    prepare(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags);
    let mut connection = opened.map_err(|error| problem("open", &error))?;
    set_up(&mut connection).map_err(|error| problem("open", &error))??;
    for table in CHECKED {
        let found: String = connection
            .query_row(&format!("PRAGMA quick_check({table})"), [], |row| row.get(0))
            .map_err(|error| problem("read", &error))?;
        if found != "ok" {
            // Above it stands which of the databases it is, of which there is one.
            let line = found.lines().find(|line| !line.starts_with("***"));
            return Err(Problem::Damaged(line.unwrap_or(&found).to_owned()));
        }
    }
    Ok(connection)
}

/// Makes the file where there is none, readable by its owner only, as it holds keys and documents.
fn prepare(path: &Path) -> Result<(), Problem> {
    let made = match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(Problem::Folder),
        // It is not opened here: closing it would give up the locks that this very process may have on it.
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path)
        }
        Err(error) => Err(error),
    };
    match made {
        // Somebody else was quicker: then the lock decides.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop).map_err(Problem::Unopened),
    }
}

/// Takes the file, and makes its tables where it is new.
fn set_up(connection: &mut Connection) -> rusqlite::Result<Result<(), Problem>> {
    connection.busy_timeout(Duration::ZERO)?;
    let number = |connection: &Connection, name| {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
    };
    // Before the file is taken for ours, nothing is written to it.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let (application, version) = (
        number(connection, "application_id")?,
        number(connection, "user_version")?,
    );
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = tables == 0 && application == 0 && version == 0;
    if !is_new && application != APPLICATION_ID {
        return Ok(Err(Problem::Foreign(
            "an SQLite database of another program".to_owned(),
        )));
    }
    if !is_new && version != VERSION {
        return Ok(Err(Problem::Version {
            expected: VERSION,
            found: version,
        }));
    }
    if is_new {
        connection.pragma_update(None, "page_size", 8192)?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Moved by `rest`, so that no upload waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_new {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(Ok(()))
}

/// What an error of SQLite means to whoever chose the file.
pub(super) fn problem(doing: &'static str, error: &Error) -> Problem {
    let code = error.sqlite_error_code();
    match code {
        Some(ErrorCode::NotADatabase) => Problem::Foreign("no SQLite database".to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::InUse,
        Some(ErrorCode::DatabaseCorrupt) => Problem::Damaged(error.to_string()),
        Some(ErrorCode::DiskFull) => Problem::Failed {
            doing,
            found: "the disk is full".to_owned(),
        },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Problem::Failed {
            doing,
            found: format!(
                "{error}; the file and its folder must be writable, as SQLite keeps a log beside it"
            ),
        },
        _ => Problem::Failed {
            doing,
            found: error.to_string(),
        },
    }
}
