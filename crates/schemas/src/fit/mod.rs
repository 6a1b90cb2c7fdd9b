//! Holds data against a published schema, and says of each difference where it is and what was expected.
//!
//! Nothing is fetched: a reference leads to another published schema or nowhere. Formats are annotations, as in
//! JSON Schema 2020-12.

mod message;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jsonschema::{Retrieve, Uri};
use rebuttal_model::ApiVersion;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::{
    catalogue::{Catalogue, CatalogueError},
    source::{Place, Source},
};

/// The most problems that are told of a file.
pub const MAX_PROBLEMS: usize = 100;

/// One thing that does not fit.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Problem {
    /// Where in the data: a JSON pointer.
    pub pointer: String,
    /// Which keyword of which schema says otherwise: a URI with a JSON pointer; null for what no schema may allow.
    pub keyword: Option<String>,
    /// What the schema asks for.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// The line, from 1; null when it is not known.
    pub line: Option<usize>,
    /// The column in characters, from 1; null when it is not known.
    pub column: Option<usize>,
}

/// A schema that cannot be used.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// No published schema is called that.
    #[error(transparent)]
    Name(#[from] CatalogueError),
    /// The published schema is none.
    #[error("expected {path} to be a JSON Schema, found: {found}")]
    Broken {
        /// Its path.
        path: String,
        /// What is wrong.
        found: String,
    },
}

/// A published schema, ready to be held against data.
#[derive(Debug)]
pub struct Fit {
    path: String,
    schema: jsonschema::Validator,
}

impl Fit {
    /// The schema of this name and version.
    ///
    /// # Errors
    ///
    /// When there is no such schema.
    pub fn new(catalogue: &Catalogue, name: &str, version: Option<ApiVersion>) -> Result<Self, SchemaError> {
        let file = catalogue.schema(name, version)?;
        let published = Arc::new(by_id(catalogue));
        let broken = |found: String| SchemaError::Broken {
            path: file.path.clone(),
            found,
        };
        let schema = jsonschema::options()
            .with_retriever(Offline(published))
            .build(&file.data()?)
            .map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            path: file.path.clone(),
            schema,
        })
    }

    /// The path of the schema below `schemas/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether data fits.
    pub fn holds(&self, value: &Value) -> bool {
        self.schema.is_valid(value)
    }

    /// What does not fit, in the order of the schema, without places; at most [`MAX_PROBLEMS`].
    pub fn problems(&self, value: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        for error in self.schema.iter_errors(value) {
            message::tell(&error, &mut problems);
            if problems.len() >= MAX_PROBLEMS {
                problems.truncate(MAX_PROBLEMS);
                break;
            }
        }
        problems
    }

    /// What does not fit in a file, in the order of the file.
    pub fn problems_of(&self, source: &Source<'_>) -> Vec<Problem> {
        let twice = source.twice.iter().take(MAX_PROBLEMS).map(|pointer| Problem {
            pointer: pointer.clone(),
            keyword: None,
            expected: "each member once".to_owned(),
            found: "the same name a second time".to_owned(),
            line: None,
            column: None,
        });
        let mut problems: Vec<_> = twice.chain(self.problems(&source.value)).collect();
        let pointers: BTreeSet<_> = problems.iter().map(|it| it.pointer.clone()).collect();
        let places = source.places(&pointers);
        for problem in &mut problems {
            let place = places.get(&problem.pointer);
            problem.line = place.map(|it| it.line);
            problem.column = place.map(|it| it.column);
        }
        problems.sort_by_key(|it| {
            Some(Place {
                line: it.line?,
                column: it.column?,
            })
        });
        problems
    }
}

/// The published schemas by the names that they give themselves.
fn by_id(catalogue: &Catalogue) -> BTreeMap<String, Value> {
    let schemas = catalogue.files().iter().filter(|file| file.is_schema());
    schemas
        .filter_map(|file| {
            let data = file.data().ok()?;
            Some((data["$id"].as_str()?.to_owned(), data))
        })
        .collect()
}

/// Leads a reference to a published schema, and nowhere else.
struct Offline(Arc<BTreeMap<String, Value>>);

impl Retrieve for Offline {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().split('#').next().unwrap_or_default();
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| format!("expected the $id of a published schema, found {name}").into())
    }
}
