//! Patterns for the members of a body: literal values, and `<words>` for what only has a type.

use rebuttal_model::{
    Timestamp,
    id::{DisputeId, DocumentId},
    json::Node,
};
use serde_json::Value;

/// The typed patterns, and what each matches.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("<any>", "any value"),
    ("<absent>", "no such member"),
    ("<null>", "null"),
    ("<boolean>", "true or false"),
    ("<text>", "a non-empty string"),
    ("<count>", "a whole number, at least 0"),
    ("<datetime>", "a UTC datetime such as 2019-12-31T12:59:59Z"),
    ("<now>", "the time of the answer in UTC, within ten minutes"),
    ("<dispute-id>", "a dispute id such as dspt_test_…"),
    ("<document-id>", "a document id such as docu_test_…"),
    ("<uri-or-null>", "an absolute URI or null"),
];

/// Whether a text is written like a typed pattern.
pub(crate) fn is_word(text: &str) -> bool {
    text.len() > 2 && text.starts_with('<') && text.ends_with('>')
}

/// Holds a value against a pattern; `Err` says what the pattern wants.
pub(crate) fn matches(pattern: &Value, found: Option<&Node>) -> Result<(), String> {
    if let Some(word) = pattern.as_str().filter(|text| is_word(text)) {
        let known = WORDS.iter().find(|(name, _)| *name == word);
        let Some((name, wanted)) = known else {
            return Err(format!("the unknown pattern {word}"));
        };
        return if word_matches(name, found) {
            Ok(())
        } else {
            Err((*wanted).to_owned())
        };
    }
    match found {
        Some(node) if equals(pattern, node) => Ok(()),
        _ => Err(pattern.to_string()),
    }
}

fn word_matches(word: &str, found: Option<&Node>) -> bool {
    let Some(node) = found else {
        return word == "<absent>";
    };
    let text = node.as_str();
    match word {
        "<any>" => true,
        "<null>" => *node == Node::Null,
        "<boolean>" => matches!(node, Node::Bool(_)),
        "<text>" => text.is_some_and(|text| !text.is_empty()),
        "<count>" => node.as_u64().is_some(),
        "<datetime>" => text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        "<dispute-id>" => text.is_some_and(|text| text.parse::<DisputeId>().is_ok()),
        "<document-id>" => text.is_some_and(|text| text.parse::<DocumentId>().is_ok()),
        "<uri-or-null>" => *node == Node::Null || text.is_some_and(|text| text.contains("://")),
        _ => false,
    }
}

/// Whether a literal pattern equals a value. An object matches when each of its members does; an array only
/// as a whole.
fn equals(pattern: &Value, node: &Node) -> bool {
    match (pattern, node) {
        (Value::Null, Node::Null) => true,
        (Value::Bool(wanted), Node::Bool(found)) => wanted == found,
        // A number written as a text is of the wrong shape, which is judged everywhere; here its value counts.
        (Value::Number(wanted), Node::String(found)) => wanted.to_string() == *found,
        (Value::Number(wanted), Node::Number(found)) => wanted == found || wanted.as_f64() == found.as_f64(),
        (Value::String(wanted), Node::String(found)) => wanted == found,
        (Value::Array(wanted), Node::Array(found)) => {
            wanted.len() == found.len()
                && wanted
                    .iter()
                    .zip(found)
                    .all(|(wanted, found)| matches(wanted, Some(found)).is_ok())
        }
        (Value::Object(wanted), Node::Object(_)) => wanted
            .iter()
            .all(|(name, wanted)| matches(wanted, node.get(name)).is_ok()),
        _ => false,
    }
}

/// The JSON pointer that a member of `expect.body` means: itself, or `/name`.
pub(crate) fn pointer_of(member: &str) -> String {
    if member.starts_with('/') {
        member.to_owned()
    } else {
        format!("/{member}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn literals_and_words() {
        let body = Node::parse(
            br#"{"n":1,"s":"x","z":null,"a":[1,{"b":2,"c":3}],"d":"7","t":"2019-12-31T12:59:59Z"}"#,
        )
        .unwrap();
        for (pointer, pattern, wanted) in [
            ("/n", json!(1), Ok(())),
            ("/n", json!("1"), Err("\"1\"")),
            ("/d", json!(7), Ok(())),
            ("/n", json!("<count>"), Ok(())),
            ("/s", json!("x"), Ok(())),
            ("/s", json!("<null>"), Err("null")),
            ("/z", json!("<null>"), Ok(())),
            ("/z", json!("<uri-or-null>"), Ok(())),
            ("/none", json!("<absent>"), Ok(())),
            ("/none", json!("<any>"), Err("any value")),
            ("/z", json!("<absent>"), Err("no such member")),
            ("/a", json!([1, {"b": 2}]), Ok(())),
            ("/a", json!([1]), Err("[1]")),
            ("/t", json!("<datetime>"), Ok(())),
            (
                "/s",
                json!("<datetime>"),
                Err("a UTC datetime such as 2019-12-31T12:59:59Z"),
            ),
        ] {
            let found = matches(&pattern, body.pointer(pointer));
            assert_eq!(found, wanted.map_err(str::to_owned), "{pointer} {pattern}");
        }
    }
}
