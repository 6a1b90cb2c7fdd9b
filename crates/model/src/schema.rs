//! JSON Schema 2020-12 of the wire types, for other teams.
//!
//! A schema says what a server writes. What a tolerant client also bears is listed in the test
//! `schema_agrees`.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    clause::{self, Level, Source},
    dispute::Dispute,
    document::{DeletedDocument, Document, LegacyDocument},
    error::ApiError,
    list::List,
};

/// Where the schemas' identifiers start; a name, not a place to fetch from.
const BASE: &str = "https://rebuttal.example/schemas/";

/// A published schema or data file.
pub struct Published {
    /// The path below `schemas/`, with the extension.
    pub path: &'static str,
    /// The content.
    pub content: Value,
}

/// Everything of this crate that is published below `schemas/`.
pub fn published() -> Vec<Published> {
    vec![
        published_as::<Document>("2019-05-29/document.json"),
        published_as::<List<Document>>("2019-05-29/document-list.json"),
        published_as::<Dispute>("2019-05-29/dispute.json"),
        published_as::<LegacyDocument>("2017-11-02/document.json"),
        published_as::<DeletedDocument>("2017-11-02/deleted-document.json"),
        published_as::<List<LegacyDocument>>("2017-11-02/document-list.json"),
        published_as::<ApiError>("error.json"),
        Published {
            path: "clauses.json",
            content: clauses(),
        },
    ]
}

fn published_as<T: JsonSchema>(path: &'static str) -> Published {
    Published {
        path,
        content: schema_of::<T>(path),
    }
}

/// The schema of a type, under its published identifier. Members come in a stable order.
pub fn schema_of<T: JsonSchema>(path: &str) -> Value {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    let mut content = schema.to_value();
    if let Value::Object(members) = &mut content {
        let rest = std::mem::take(members);
        let head = [
            ("$schema", rest.get("$schema").cloned().unwrap_or_default()),
            ("$id", json!(format!("{BASE}{path}"))),
        ];
        *members = Map::from_iter(head.map(|(name, value)| (name.to_owned(), value)));
        members.extend(rest.into_iter().filter(|(name, _)| name != "$schema"));
    }
    content
}

/// The clauses as data.
fn clauses() -> Value {
    let clauses: Vec<_> = clause::all()
        .map(|clause| {
            json!({
                "id": clause.id,
                "level": clause.level,
                "statement": clause.statement,
                "sources": clause.sources,
                "profile_dependent": clause.profile,
            })
        })
        .collect();
    let sources: Map<String, Value> = [
        Source::UploadPage,
        Source::DocumentApi,
        Source::Recording,
        Source::Reference,
        Source::Rfc9110,
        Source::Rfc9112,
        Source::Default,
    ]
    .into_iter()
    .filter_map(|source| {
        Some((
            serde_json::to_value(source).ok()?.as_str()?.to_owned(),
            source.title().into(),
        ))
    })
    .collect();
    let levels: Vec<_> = [Level::Must, Level::Should, Level::Obs]
        .map(Level::as_str)
        .to_vec();
    json!({ "levels": levels, "sources": sources, "clauses": clauses })
}
