//! JSON Schema 2020-12 of the wire types, for other teams.
//!
//! A schema says what a server writes. What a tolerant client also bears is listed in the test
//! `schema_agrees`.

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
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

/// The pattern of an absolute URI (RFC 3986 §4.3), as strict as the reader that judges.
pub(crate) const ABSOLUTE_URI: &str = r"^[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%\-]{3,}$";

/// A published schema or data file.
#[derive(Clone, Debug)]
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

/// The schema of what a server writes for a type, under its published identifier.
///
/// Members come sorted, so that the text is the same whatever features `serde_json` is built with.
pub fn schema_of<T: JsonSchema>(path: &str) -> Value {
    schema_with::<T>(path, SchemaSettings::draft2020_12().for_serialize())
}

/// The schema of what can be read as a type, under its published identifier: for files that people write.
pub fn schema_to_read<T: JsonSchema>(path: &str) -> Value {
    schema_with::<T>(path, SchemaSettings::draft2020_12())
}

fn schema_with<T: JsonSchema>(path: &str, settings: SchemaSettings) -> Value {
    let mut schema = settings
        .with_transform(RecursiveTransform(as_published))
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), format!("{BASE}{path}").into());
    sorted(schema.to_value())
}

/// Takes out of a schema what concerns only the users of this crate.
///
/// A doc comment's first paragraph is for everyone, the rest speaks of Rust; a default is what a tolerant
/// reader makes of an absent member, and no server writes it; one of one is that one.
fn as_published(schema: &mut Schema) {
    schema.remove("default");
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let first = description.split("\n\n").next().unwrap_or_default();
        *description = first.replace('\n', " ");
    }
    if let Some(Value::Array(choices)) = schema.get("oneOf")
        && let [Value::Object(only)] = choices.as_slice()
        && let Some(constant) = only.get("const").cloned()
    {
        schema.remove("oneOf");
        schema.insert("const".to_owned(), constant);
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
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
    sorted(json!({ "levels": levels, "sources": sources, "clauses": clauses }))
}
