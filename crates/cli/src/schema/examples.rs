//! A real file of each kind that this project reads or writes, for its schema. A test holds each against it.

use rebuttal_model::schema::Published;
use serde_json::Value;

macro_rules! examples {
    ($($name:literal,)+) => {
        &[$((concat!($name, ".json"), include_str!(concat!("examples/", $name, ".json")))),+]
    };
}

const EXAMPLES: &[(&str, &str)] = examples![
    "check",
    "comparison",
    "explain",
    "explore-report",
    "fuzz-report",
    "known",
    "record",
    "report",
    "report-diff",
    "scenario",
    "schema-diff",
    "target",
    "validation",
];

/// Puts its example into a schema, unless it has some of its own.
pub(super) fn add(published: &mut Published) {
    let example = EXAMPLES.iter().find(|(path, _)| published.path == *path);
    let example = example.and_then(|(_, text)| serde_json::from_str::<Value>(text).ok());
    if let (Some(example), Value::Object(schema)) = (example, &mut published.content) {
        schema.entry("examples").or_insert_with(|| vec![example].into());
        // Like all members of published schemas.
        schema.sort_keys();
    }
}
