//! Test vectors for other languages, made from the tables that our own tests read.
//!
//! What a verdict says is what our readers say; that they are right is for their tests, over the same tables.

mod bodies;
mod evidence;
mod multipart;

use rebuttal_model::schema::{Published, schema_of};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::Catalogue;

/// The paths of all that [`published`] makes, which takes longer than to name them.
pub const PATHS: [&str; 6] = [
    "vectors/bodies.json",
    "vectors/bodies.schema.json",
    "vectors/evidence.json",
    "vectors/evidence.schema.json",
    "vectors/multipart.json",
    "vectors/multipart.schema.json",
];

/// The vectors and their schemas. `schemas` has what bodies are held against.
pub fn published(schemas: &Catalogue) -> Vec<Published> {
    vec![
        vectors("vectors/bodies.json", &bodies::bodies(schemas)),
        schema::<bodies::BodyVectors>("vectors/bodies.schema.json"),
        vectors("vectors/multipart.json", &multipart::multipart()),
        schema::<multipart::MultipartVectors>("vectors/multipart.schema.json"),
        vectors("vectors/evidence.json", &evidence::evidence()),
        schema::<evidence::EvidenceVectors>("vectors/evidence.schema.json"),
    ]
}

fn schema<T: JsonSchema>(path: &'static str) -> Published {
    Published {
        path,
        content: schema_of::<T>(path),
    }
}

fn vectors<T: Serialize>(path: &'static str, vectors: &T) -> Published {
    let data = serde_json::to_value(vectors).unwrap_or_default();
    Published {
        path,
        content: Value::String(by_line(&data)),
    }
}

/// JSON with an item a line, so that a change of one is a change of one line.
fn by_line(data: &Value) -> String {
    let members = data.as_object().into_iter().flatten().map(|(name, value)| {
        let name = Value::from(name.as_str());
        match value {
            Value::Array(items) if !items.is_empty() => {
                let items: Vec<_> = items.iter().map(|item| format!("    {item}")).collect();
                format!("  {name}: [\n{}\n  ]", items.join(",\n"))
            }
            other => format!("  {name}: {other}"),
        }
    });
    format!("{{\n{}\n}}\n", members.collect::<Vec<_>>().join(",\n"))
}

/// The shape of the files; a member is added without a new one.
const VERSION: u32 = 1;

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(bytes);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
