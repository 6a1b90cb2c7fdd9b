//! OpenAPI 3.1 said in OpenAPI 3.0.3, whose schemas are a dialect of an older JSON Schema.
//!
//! What 3.0 has no word for is left out or said more loosely, never more strictly: a body that fits 3.1 fits 3.0.

use serde_json::{Map, Value, json};

pub(super) fn to_3_0(document: &Value) -> Value {
    let mut document = document.clone();
    document["openapi"] = "3.0.3".into();
    if let Some(members) = document.as_object_mut() {
        members.shift_remove("jsonSchemaDialect");
    }
    if let Some(Value::Object(info)) = document.get_mut("info") {
        info.shift_remove("summary");
        if let Some(Value::Object(license)) = info.get_mut("license") {
            license.shift_remove("identifier");
            license.insert("url".to_owned(), "https://spdx.org/licenses/".into());
        }
    }
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    convert(&mut document, &components);
    let text = document.to_string();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        // What was written out everywhere is referred to nowhere.
        schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
    }
    document
}

fn convert(value: &mut Value, components: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                // Values, and not schemas.
                if name != "example" && name != "examples" {
                    convert(value, components);
                }
            }
            schema(members, components);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| convert(item, components)),
        _ => {}
    }
}

fn schema(members: &mut Map<String, Value>, components: &Value) {
    members.shift_remove("contentMediaType");
    if let Some(constant) = members.shift_remove("const") {
        members.insert("enum".to_owned(), json!([constant]));
    }
    if let Some(Value::Array(examples)) = members.get("examples").cloned() {
        members.shift_remove("examples");
        members.extend(
            examples
                .into_iter()
                .next()
                .map(|first| ("example".to_owned(), first)),
        );
    }
    // Any value, as only a schema can be written.
    if members.get("items") == Some(&Value::Bool(true)) {
        members.insert("items".to_owned(), json!({}));
    }
    if let Some(Value::Array(types)) = members.get("type").cloned()
        && let [only, null] = types.as_slice()
        && null == "null"
    {
        members.insert("type".to_owned(), only.clone());
        members.insert("nullable".to_owned(), true.into());
    }
    if let Some(Value::Array(choices)) = members.get("anyOf").cloned()
        && let [only, null] = choices.as_slice()
        && *null == json!({ "type": "null" })
    {
        members.shift_remove("anyOf");
        or_null(members, only, components);
    }
    // Beside a reference 3.0 reads nothing.
    if members.len() > 1
        && let Some(target) = members.shift_remove("$ref")
    {
        members.insert("allOf".to_owned(), json!([{ "$ref": target }]));
    }
}

/// Writes out a schema that is referred to, or null: in 3.0 null is no choice beside a reference.
fn or_null(members: &mut Map<String, Value>, only: &Value, components: &Value) {
    let name = only
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|it| it.rsplit('/').next());
    let target = name.and_then(|name| components.get(name)).unwrap_or(only);
    for (name, value) in target.as_object().into_iter().flatten() {
        members.entry(name).or_insert_with(|| value.clone());
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.push(Value::Null);
    }
    members.insert("nullable".to_owned(), true.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_3_0_says_in_other_words() {
        for (now, then) in [
            (json!({"const": "list"}), json!({"enum": ["list"]})),
            (
                json!({"type": ["string", "null"], "format": "uri"}),
                json!({"type": "string", "format": "uri", "nullable": true}),
            ),
            (
                json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}], "description": "d"}),
                json!({"description": "d", "type": "string", "enum": ["a", null], "nullable": true}),
            ),
            (
                json!({"$ref": "#/a", "description": "d"}),
                json!({"description": "d", "allOf": [{"$ref": "#/a"}]}),
            ),
            (json!({"$ref": "#/a"}), json!({"$ref": "#/a"})),
            (
                json!({"type": "array", "items": true}),
                json!({"type": "array", "items": {}}),
            ),
            (
                json!({"type": "string", "examples": ["a", "b"]}),
                json!({"type": "string", "example": "a"}),
            ),
            (
                json!({"examples": {"one": {"value": {"type": ["string", "null"]}}}}),
                json!({"examples": {"one": {"value": {"type": ["string", "null"]}}}}),
            ),
        ] {
            let mut found = now.clone();
            convert(
                &mut found,
                &json!({ "A": { "type": "string", "enum": ["a"], "description": "A" } }),
            );
            assert_eq!(found, then, "{now}");
        }
    }
}
