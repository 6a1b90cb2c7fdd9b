//! What the document says once: the shapes of bodies, the errors, the key.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};

use super::{answer, ids, parameter, reference};
use crate::{
    clause::{self, Clause},
    dispute::{Dispute, LegacyDispute},
    document::{DeletedDocument, Document, LegacyDocument},
    error::ApiError,
    list::List,
    schema::{as_published, examples},
    version::ApiVersion,
};

/// What an operation answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Body {
    Document,
    Destroyed,
    DocumentList,
    Dispute,
    DisputeList,
}

/// The shapes of the versions that a document describes.
pub(super) struct Shapes {
    versions: Vec<ApiVersion>,
    schemas: Map<String, Value>,
}

impl Shapes {
    pub(super) fn of(versions: &[ApiVersion]) -> Self {
        let mut settings = SchemaSettings::draft2020_12().for_serialize();
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        let mut generator = settings
            .with_transform(RecursiveTransform(as_published))
            .into_generator();
        if versions.iter().any(|version| !version.is_legacy()) {
            add::<List<Document>>(&mut generator);
            add::<List<Dispute>>(&mut generator);
        }
        if versions.iter().any(|version| version.is_legacy()) {
            add::<List<LegacyDocument>>(&mut generator);
            add::<List<LegacyDispute>>(&mut generator);
            add::<DeletedDocument>(&mut generator);
        }
        add::<ApiError>(&mut generator);
        let mut schemas = generator.take_definitions(true);
        if let Some(document) = schemas.get("Document") {
            let destroyed = destroyed(document);
            schemas.insert("DestroyedDocument".to_owned(), destroyed);
        }
        schemas.values_mut().for_each(enumerate);
        schemas.sort_keys();
        for (name, clauses) in CLAUSES {
            if let Some(schema) = schemas.get_mut(*name) {
                schema["x-clause"] = ids(clauses);
            }
        }
        for (name, members) in MEMBERS {
            for (member, clauses) in *members {
                if let Some(schema) = schemas.get_mut(*name) {
                    schema["properties"][*member]["x-clause"] = ids(clauses);
                }
            }
        }
        Self {
            versions: versions.to_vec(),
            schemas,
        }
    }

    pub(super) fn versions(&self) -> &[ApiVersion] {
        &self.versions
    }

    /// What a successful answer looks like: one shape, or that of the version that is asked for.
    pub(super) fn content(&self, body: Body) -> Value {
        let names = self.names(body);
        let schema = match names.as_slice() {
            [only] => reference("schemas", only),
            several => {
                let shapes: Vec<_> = several.iter().map(|name| reference("schemas", name)).collect();
                json!({ "anyOf": shapes })
            }
        };
        let mut shown = Map::new();
        for &version in &self.versions {
            // The older versions have one shape: the newest of them shows it.
            let is_newest = self
                .versions
                .iter()
                .all(|other| other.is_legacy() != version.is_legacy() || *other <= version);
            if !is_newest {
                continue;
            }
            let values = match body {
                Body::Document => examples::documents(version),
                Body::Destroyed => examples::destroyed(version),
                Body::DocumentList => examples::document_lists(version),
                Body::Dispute => examples::disputes(version),
                Body::DisputeList => examples::dispute_lists(version),
            };
            for (index, value) in values.into_iter().enumerate() {
                shown.insert(format!("{version}-{}", index + 1), json!({ "value": value }));
            }
        }
        json!({ "application/json": { "schema": schema, "examples": shown } })
    }

    fn names(&self, body: Body) -> Vec<&'static str> {
        let (now, then) = match body {
            Body::Document => ("Document", "LegacyDocument"),
            Body::Destroyed => ("DestroyedDocument", "DeletedDocument"),
            Body::DocumentList => ("DocumentList", "LegacyDocumentList"),
            Body::Dispute => ("Dispute", "LegacyDispute"),
            Body::DisputeList => ("DisputeList", "LegacyDisputeList"),
        };
        let has = |legacy| self.versions.iter().any(|version| version.is_legacy() == legacy);
        [(now, false), (then, true)]
            .into_iter()
            .filter_map(|(name, legacy)| has(legacy).then_some(name))
            .collect()
    }
}

fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
    let _ = generator.subschema_for::<T>();
}

/// Writes a choice of constants as `enum`, which tools make better types of.
fn enumerate(schema: &mut Value) {
    let constant = |choice: &Value| choice.get("const").cloned();
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let Some(values) = choices.and_then(|it| it.iter().map(constant).collect::<Option<Vec<_>>>()) else {
        return;
    };
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("oneOf");
        members.insert("type".to_owned(), "string".into());
        members.insert("enum".to_owned(), values.into());
    }
}

/// The answer to destroy since 2019-05-29: the whole document, whose `deleted` is true.
fn destroyed(document: &Value) -> Value {
    let mut schema = document.clone();
    schema["description"] = "The answer to destroy: the whole document.".into();
    crate::schema::mark_destroyed(&mut schema);
    schema
}

pub(super) fn components(shapes: &Shapes) -> Value {
    json!({
        "securitySchemes": {
            "secretKey": {
                "type": "http",
                "scheme": "basic",
                "description": "The secret key as the user name, with an empty password. A public key is refused.",
                "x-clause": ids(&[
                    &clause::auth::BASIC_SECRET_KEY,
                    &clause::auth::PUBLIC_KEY,
                    &clause::auth::MALFORMED_BASIC,
                ]),
            },
        },
        "parameters": parameter::components(shapes.versions()),
        "headers": answer::headers(shapes.versions()),
        "responses": answer::components(),
        "schemas": shapes.schemas,
    })
}

/// What the shapes are promised by.
const CLAUSES: &[(&str, &[&Clause])] = &[
    (
        "Document",
        &[&clause::document::SHAPE, &clause::retrieve::SAME_AS_UPLOAD],
    ),
    ("DestroyedDocument", &[&clause::destroy::ANSWERS_DOCUMENT]),
    ("DeletedDocument", &[&clause::destroy::ANSWERS_DOCUMENT]),
    (
        "LegacyDocument",
        &[
            &clause::http::VERSION_2017_SHAPE,
            &clause::http::VERSION_2014_SHAPE,
        ],
    ),
    ("DocumentList", &[&clause::list::SHAPE]),
    ("LegacyDocumentList", &[&clause::list::SHAPE]),
    (
        "Error",
        &[&clause::document::ERROR_SHAPE, &clause::document::ERROR_NO_LEAK],
    ),
];

type Members = &'static [(&'static str, &'static [&'static Clause])];

/// What single members are promised by.
const MEMBERS: &[(&str, Members)] = &[
    (
        "Document",
        &[
            ("deleted", &[&clause::upload::NOT_DELETED]),
            ("filename", &[&clause::upload::FILENAME_ECHO]),
            ("id", &[&clause::upload::DISTINCT_IDS]),
            (
                "kind",
                &[&clause::upload::EACH_KIND, &clause::upload::KIND_OPTIONAL],
            ),
            ("livemode", &[&clause::upload::LIVEMODE]),
            ("location", &[&clause::upload::LOCATION]),
        ],
    ),
    (
        "DocumentList",
        &[
            (
                "data",
                &[&clause::list::LIMIT, &clause::list::OFFSET, &clause::list::ORDER],
            ),
            (
                "total",
                &[&clause::list::FROM_TO, &clause::destroy::GONE_FROM_LIST],
            ),
        ],
    ),
];
