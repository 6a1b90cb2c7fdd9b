//! JSON Schema 2020-12 of the wire types, for other teams.
//!
//! The schemas of a version say what a server writes. Those of `tolerant/` say what the tolerant reader
//! ([`decode`](crate::decode)) takes, of any version: they refuse only what a client cannot do without.

pub(crate) mod examples;
mod tolerant;

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};

use crate::{
    clause::{self, Level, Source},
    dispute::{Dispute, LegacyDispute},
    document::{DeletedDocument, Document, LegacyDocument},
    error::ApiError,
    list::List,
    openapi,
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

/// The schemas of a version before 2019-05-29, below a folder of its own.
macro_rules! legacy {
    ($version:literal) => {
        [
            of_version::<LegacyDocument>(concat!($version, "/document.json")),
            of_version::<DeletedDocument>(concat!($version, "/deleted-document.json")),
            of_version::<List<LegacyDocument>>(concat!($version, "/document-list.json")),
            of_version::<LegacyDispute>(concat!($version, "/dispute.json")),
            of_version::<List<LegacyDispute>>(concat!($version, "/dispute-list.json")),
            of_version::<ApiError>(concat!($version, "/error.json")),
        ]
    };
}

/// Everything of this crate that is published below `schemas/`.
pub fn published() -> Vec<Published> {
    let mut published = vec![
        of_version::<Document>("2019-05-29/document.json"),
        destroyed("2019-05-29/deleted-document.json"),
        of_version::<List<Document>>("2019-05-29/document-list.json"),
        of_version::<Dispute>("2019-05-29/dispute.json"),
        of_version::<List<Dispute>>("2019-05-29/dispute-list.json"),
        of_version::<ApiError>("2019-05-29/error.json"),
        Published {
            path: "clauses.json",
            content: clauses(),
        },
    ];
    published.extend(legacy!("2017-11-02"));
    published.extend(legacy!("2015-11-17"));
    published.extend(legacy!("2014-07-27"));
    published.extend(tolerant::published());
    published.extend(openapi::published());
    published
}

/// The schema of one answer of one version, which the path names, with its examples.
fn of_version<T: JsonSchema>(path: &'static str) -> Published {
    let mut content = schema_of::<T>(path);
    content["examples"] = examples_of(path).into();
    Published {
        path,
        content: sorted(content),
    }
}

/// The answer to destroy since 2019-05-29: the whole document, whose `deleted` is true.
fn destroyed(path: &'static str) -> Published {
    let mut published = of_version::<Document>(path);
    let schema = &mut published.content;
    schema["title"] = "DestroyedDocument".into();
    schema["description"] = "The answer to destroy: the whole document (`destroy.answers-document`).".into();
    mark_destroyed(schema);
    published
}

/// Makes the schema of a document that of a destroyed one.
pub(crate) fn mark_destroyed(schema: &mut Value) {
    schema["properties"]["deleted"] =
        json!({ "const": true, "description": "Always true.", "type": "boolean" });
}

/// The examples of the subject and version that a path names.
fn examples_of(path: &str) -> Vec<Value> {
    let (version, subject) = path.split_once('/').unwrap_or_default();
    let version = version.parse().unwrap_or_default();
    match subject {
        "document.json" => examples::documents(version),
        "deleted-document.json" => examples::destroyed(version),
        "document-list.json" => examples::document_lists(version),
        "dispute.json" => examples::disputes(version),
        "dispute-list.json" => examples::dispute_lists(version),
        _ => examples::errors(),
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
/// reader makes of an absent member, and no server writes it; a format that no registry of formats has makes
/// strict validators refuse the schema; one of one is that one.
pub(crate) fn as_published(schema: &mut Schema) {
    schema.remove("default");
    if schema
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(is_of_rust)
    {
        schema.remove("format");
    }
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

/// Whether a format is the name of a number that only some languages have.
fn is_of_rust(format: &str) -> bool {
    format.starts_with("uint") || ["int", "int8", "int16", "int128"].contains(&format)
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
