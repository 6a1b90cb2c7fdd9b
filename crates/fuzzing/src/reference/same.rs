//! Whether two JSON values are the same, and where they differ first.

use serde_json::Value;

/// Compares values; `kind` may be left out of the old shapes where there is none.
pub(super) fn same(found: &Value, wanted: &Value, what: &str) {
    if found == wanted {
        return;
    }
    let (found, wanted) = (without_null_kinds(found), without_null_kinds(wanted));
    if let Some((place, found, wanted)) = difference(&found, &wanted) {
        panic!("{what}: expected {wanted} at {place:?}, found {found}");
    }
}

/// Where two values differ first, and what stands there.
fn difference<'v>(found: &'v Value, wanted: &'v Value) -> Option<(String, &'v Value, &'v Value)> {
    let below = |name: &str, found, wanted| {
        difference(found, wanted).map(|(place, found, wanted)| (format!("/{name}{place}"), found, wanted))
    };
    match (found, wanted) {
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(index, (left, right))| below(&index.to_string(), left, right))
        }
        (Value::Object(left), Value::Object(right)) if left.keys().all(|name| right.contains_key(name)) => {
            let missing = right.keys().find(|name| !left.contains_key(*name));
            if let Some(name) = missing {
                return Some((format!("/{name}"), found, &right[name]));
            }
            let mut pairs = right.iter().map(|(name, it)| (name, &left[name], it));
            pairs.find_map(|(name, left, right)| below(name, left, right))
        }
        _ => (found != wanted).then(|| (String::new(), found, wanted)),
    }
}

fn without_null_kinds(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_null_kinds).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| !(*name == "kind" && value.is_null() && members.contains_key("created")))
            .map(|(name, value)| (name.clone(), without_null_kinds(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
