//! What the tolerant reader takes, as schemas: made from those of its types by taking out what it does not ask for.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{Published, examples, schema_to_read, sorted};
use crate::{
    decode::DestroyAnswer, dispute::Dispute, document::Document, error::ApiError, list::List,
    version::ApiVersion,
};

/// A day, or a moment of it in any offset: what `Timestamp::parse_tolerant` reads.
const ANY_TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$";

/// Names of types whose values the provider may add to.
const OPEN: &[&str] = &["DisputeStatus", "Kind"];

/// The schemas, each with examples of two versions.
pub(super) fn published() -> Vec<Published> {
    let both = |of: fn(ApiVersion) -> Vec<Value>| {
        [of(ApiVersion::V2019_05_29), of(ApiVersion::V2017_11_02)].concat()
    };
    vec![
        read::<Document>("tolerant/document.json", both(examples::documents)),
        read::<DestroyAnswer>("tolerant/destroy-answer.json", both(examples::destroyed)),
        read::<List<Document>>("tolerant/document-list.json", both(examples::document_lists)),
        read::<Dispute>("tolerant/dispute.json", both(examples::disputes)),
        read::<List<Dispute>>("tolerant/dispute-list.json", both(examples::dispute_lists)),
        read::<ApiError>("tolerant/error.json", examples::errors()),
    ]
}

fn read<T: JsonSchema>(path: &'static str, examples: Vec<Value>) -> Published {
    let mut schema = schema_to_read::<T>(path);
    loosen(&mut schema);
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        for name in OPEN {
            if let Some(definition) = definitions.get_mut(*name) {
                *definition = open(definition);
            }
        }
    }
    schema["examples"] = examples.into();
    Published {
        path,
        content: sorted(schema),
    }
}

/// Any text, with the values that are known.
fn open(closed: &Value) -> Value {
    let choices = closed.get("oneOf").and_then(Value::as_array);
    let known: Vec<_> = choices
        .into_iter()
        .flatten()
        .filter_map(|choice| choice.get("const"))
        .chain(closed.get("enum").and_then(Value::as_array).into_iter().flatten())
        .collect();
    let description = closed
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    json!({
        "description": format!("{description} The provider may add values."),
        "examples": known,
        "type": "string",
    })
}

fn loosen(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(loosen);
            loosen_text(members);
            loosen_number(members);
            // Last, since what it adds needs no loosening.
            loosen_object(members);
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        _ => {}
    }
}

/// Identifiers are read to the letter, times in many forms; other text is read as it came.
fn loosen_text(members: &mut Map<String, Value>) {
    let pattern = members.get("pattern").and_then(Value::as_str).unwrap_or_default();
    let is_id = ["^dspt", "^docu", "^chrg"]
        .iter()
        .any(|prefix| pattern.starts_with(prefix));
    if is_id {
        return;
    }
    let format = members.shift_remove("format");

    members.shift_remove("minLength");
    members.shift_remove("pattern");
    match format {
        Some(format) if format == "date-time" => {
            members.insert("pattern".to_owned(), ANY_TIME.into());
        }
        Some(format) if format != "uri" => {
            members.insert("format".to_owned(), format);
        }
        _ => {}
    }
}

/// A client need not know the longest page.
fn loosen_number(members: &mut Map<String, Value>) {
    if members.shift_remove("maximum").is_some() {
        members.insert("minimum".to_owned(), 0.into());
    }
}

fn loosen_object(members: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = members.get_mut("properties") else {
        return;
    };
    if let Some(deleted) = properties.get_mut("deleted").and_then(Value::as_object_mut) {
        deleted.shift_remove("const");
    }
    // Lists embedded in a dispute before 2019-05-29 have no order; one without a path is a list all the same.
    if properties.contains_key("data") {
        for name in ["order", "location"] {
            if let Some(member) = properties.get_mut(name) {
                *member = json!({ "anyOf": [member.take(), { "type": "null" }] });
            }
        }
    }
    let Some(created_at) = properties.get("created_at").cloned() else {
        return;
    };
    properties.insert("created".to_owned(), created_at);
    if let Some(Value::Array(required)) = members.get_mut("required") {
        required.retain(|name| name != "created_at");
    }
    // Strict validators want each property that is required to be known where it is.
    let one = |name: &str| json!({ "properties": { name: true }, "required": [name] });
    members.insert("oneOf".to_owned(), json!([one("created_at"), one("created")]));
}
