//! Reading a state file. Every row is held against what a mock would have written.

use std::{fmt::Display, str::FromStr};

use bytes::Bytes;
use rebuttal_model::{Document, Kind, document::DocumentObject, kind::Open};
use rusqlite::{Connection, OptionalExtension, Row, types::FromSql};

use super::open::problem;
use crate::store::{
    Account, Owner, Record,
    backing::{Loaded, LoadedDocument, Problem},
};

/// A row with the name of its table, for messages.
struct Line<'a> {
    table: &'static str,
    row: &'a Row<'a>,
}

impl Line<'_> {
    fn get<T: FromSql>(&self, column: &str) -> Result<T, Problem> {
        self.row.get(column).map_err(|error| self.damaged(column, error))
    }

    /// A column that holds text of some form.
    fn parse<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, Problem> {
        let text: String = self.get(column)?;
        text.parse().map_err(|error| self.damaged(column, error))
    }

    fn parse_some<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, Problem> {
        let text: Option<String> = self.get(column)?;
        let parsed = text.map(|text| text.parse()).transpose();
        parsed.map_err(|error| self.damaged(column, error))
    }

    /// A place among `count` others.
    fn place(&self, column: &str, count: usize) -> Result<usize, Problem> {
        let place = self.get::<i64>(column)?;
        let found = usize::try_from(place).ok().filter(|place| *place < count);
        found.ok_or_else(|| self.damaged(column, format!("expected a number below {count}, found {place}")))
    }

    /// Rows stand in order, without gaps.
    fn follows(&self, so_far: usize) -> Result<(), Problem> {
        self.place("place", so_far + 1).and_then(|place| {
            let gap = || self.damaged("place", format!("expected {so_far}, found {place}"));
            (place == so_far).then_some(()).ok_or_else(gap)
        })
    }

    fn damaged(&self, column: &str, found: impl Display) -> Problem {
        Problem::Damaged(format!("{} in table {}: {found}", column, self.table))
    }
}

pub(super) fn load(connection: &mut Connection) -> Result<Option<Loaded>, Problem> {
    let random = connection
        .query_row("SELECT value FROM facts WHERE name = 'random'", [], |row| {
            row.get::<_, i64>(0)
        })
        .optional()
        .map_err(|error| problem("read", &error))?;
    let Some(random) = random else { return Ok(None) };
    let mut loaded = Loaded {
        random: random.cast_unsigned(),
        ..Loaded::default()
    };
    each(
        connection,
        "accounts",
        "SELECT * FROM accounts ORDER BY place",
        |line| {
            line.follows(loaded.accounts.len())?;
            loaded.accounts.push(Account {
                secret: line.parse("secret")?,
                public: line.parse("public")?,
            });
            Ok(())
        },
    )?;
    let accounts = loaded.accounts.len();
    each(
        connection,
        "charges",
        "SELECT * FROM charges ORDER BY place",
        |line| {
            line.follows(loaded.charges.len())?;
            let owner = Owner(line.place("account", accounts)?);
            loaded.charges.push((line.parse("id")?, owner));
            Ok(())
        },
    )?;
    each(
        connection,
        "disputes",
        "SELECT * FROM disputes ORDER BY place",
        |line| {
            line.follows(loaded.disputes.len())?;
            loaded.disputes.push((dispute(line, accounts)?, Vec::new()));
            Ok(())
        },
    )?;
    // The length of a content stands before it, so it is known without reading the content.
    let documents = "SELECT documents.*, length(contents.bytes) AS held FROM documents
         LEFT JOIN contents ON contents.number = documents.content ORDER BY dispute, place";
    each(connection, "documents", documents, |line| {
        let dispute = line.place("dispute", loaded.disputes.len())?;
        let documents = &mut loaded.disputes[dispute].1;
        line.follows(documents.len())?;
        documents.push(document(line)?);
        Ok(())
    })?;
    loaded.next_content = tidy(connection).map_err(|error| problem("write", &error))?;
    Ok(Some(loaded))
}

/// Removes contents that no document has, which a kill can leave; gives a number above all that are left.
fn tidy(connection: &mut Connection) -> rusqlite::Result<u64> {
    let next = connection.query_row("SELECT coalesce(max(number), 0) + 1 FROM contents", [], |row| {
        row.get::<_, i64>(0)
    })?;
    connection.execute(
        "DELETE FROM contents WHERE number NOT IN (SELECT content FROM documents WHERE content IS NOT NULL)",
        [],
    )?;
    Ok(next.cast_unsigned())
}

/// The content of this number, held against its sum.
pub(super) fn content(connection: &Connection, number: u64) -> Result<Bytes, Problem> {
    let found = connection
        .query_row(
            "SELECT crc32, bytes FROM contents WHERE number = ?1",
            [number.cast_signed()],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )
        .optional()
        .map_err(|error| problem("read", &error))?;
    let (sum, bytes) = found.ok_or_else(|| Problem::Damaged(format!("content {number} is not there")))?;
    if crc32fast::hash(&bytes) != sum {
        return Err(Problem::Damaged(format!(
            "content {number} does not have its sum"
        )));
    }
    Ok(bytes.into())
}

fn each(
    connection: &Connection,
    table: &'static str,
    query: &str,
    mut take: impl FnMut(&Line<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let failed = |error| problem("read", &error);
    let mut statement = connection.prepare(query).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        take(&Line { table, row })?;
    }
    Ok(())
}

fn dispute(line: &Line<'_>, accounts: usize) -> Result<Record, Problem> {
    let mut record = Record::open(
        Owner(line.place("account", accounts)?),
        line.parse("id")?,
        line.parse("charge")?,
        line.get("amount")?,
        line.parse("created_at")?,
    );
    let metadata: String = line.get("metadata")?;
    record.metadata = serde_json::from_str(&metadata).map_err(|error| line.damaged("metadata", error))?;
    record.message = line.get("message")?;
    record.status = line.parse("status")?;
    record.closed_at = line.parse_some("closed_at")?;
    Ok(record)
}

fn document(line: &Line<'_>) -> Result<LoadedDocument, Problem> {
    let kind: Option<String> = line.get("kind")?;
    let bytes = line.get::<i64>("bytes")?.cast_unsigned();
    let content: Option<i64> = line.get("content")?;
    let held: Option<i64> = line.get("held")?;
    if content.is_some() && held.map(i64::cast_unsigned) != Some(bytes) {
        let found = held.map_or("none".to_owned(), |held| format!("{held} bytes"));
        return Err(line.damaged("content", format!("expected {bytes} bytes, found {found}")));
    }
    Ok(LoadedDocument {
        document: Document {
            object: DocumentObject::Document,
            id: line.parse("id")?,
            livemode: line.get("livemode")?,
            location: line.get("location")?,
            deleted: line.get("deleted")?,
            filename: line.get("filename")?,
            kind: kind.map(|text| match text.parse::<Kind>() {
                Ok(kind) => Open::Listed(kind),
                Err(_) => Open::Unlisted(text),
            }),
            download_uri: line.get("download_uri")?,
            created_at: line.parse("created_at")?,
        },
        bytes,
        content: content.map(i64::cast_unsigned),
    })
}
