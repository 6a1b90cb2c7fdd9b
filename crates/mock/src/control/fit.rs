//! Holds a body against the published schema, and says everything that is wrong at once.
//!
//! The schema is made from the very types that the body is then read into. Left out: the keywords that those
//! schemas do not use.

use std::borrow::Cow;

use rebuttal_model::{ChargeId, DisputeId, DocumentId, PublicKey, SecretKey, Timestamp, json::Node};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    encoded,
    problem::{ControlError, nearest, problem},
    shown::Problem,
};

/// Reads a body as a `T`, whose schema stands in `root` under `$defs` as `name`.
pub(crate) fn read<T: DeserializeOwned>(root: &Value, name: &str, body: &[u8]) -> Result<T, ControlError> {
    let node = Node::parse(body).map_err(|error| problem("", "one JSON value", error.to_string()))?;
    let mut problems = Vec::new();
    let value = plain(&node, "", &mut problems);
    if !problems.is_empty() {
        return Err(ControlError::all(problems));
    }
    from_value(root, name, value)
}

/// Reads a value as a `T`, whose schema stands in `root` under `$defs` as `name`, or is `root` where that is empty.
pub(crate) fn from_value<T: DeserializeOwned>(
    root: &Value,
    name: &str,
    value: Value,
) -> Result<T, ControlError> {
    let problems = misfits(root, name, &value);
    if !problems.is_empty() {
        return Err(ControlError::all(problems));
    }
    serde_json::from_value(value).map_err(|error| problem("", "what the schema says", error.to_string()))
}

/// What is wrong with a value.
pub(crate) fn misfits(root: &Value, name: &str, value: &Value) -> Vec<Problem> {
    let mut fitter = Fitter {
        root,
        problems: Vec::new(),
    };
    let schema = match name {
        "" => Some(root),
        name => root.pointer(&format!("/$defs/{name}")),
    };
    match schema {
        Some(schema) => fitter.value(schema, value, ""),
        None => fitter.problem("", "a type that is published", name),
    }
    fitter.problems
}

/// A value without duplicates, each of which is a problem.
fn plain(node: &Node, pointer: &str, problems: &mut Vec<Problem>) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Number(number) => Value::Number(number.clone()),
        Node::String(text) => Value::String(text.clone()),
        Node::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| plain(item, &format!("{pointer}/{index}"), problems))
            .collect(),
        Node::Object(members) => {
            let mut object = Map::new();
            for (name, value) in members {
                let place = deeper(pointer, name);
                let value = plain(value, &place, problems);
                if object.insert(name.clone(), value).is_some() {
                    problems.push(Problem {
                        pointer: place,
                        expected: "each member once".to_owned(),
                        found: format!("`{name}` twice"),
                        help: None,
                        is_about_name: true,
                    });
                }
            }
            Value::Object(object)
        }
    }
}

fn deeper(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

struct Fitter<'s> {
    root: &'s Value,
    problems: Vec<Problem>,
}

impl<'s> Fitter<'s> {
    fn problem(&mut self, pointer: &str, expected: impl Into<String>, found: impl Into<String>) {
        self.problems.push(Problem {
            pointer: pointer.to_owned(),
            expected: expected.into(),
            found: found.into(),
            help: None,
            is_about_name: false,
        });
    }

    fn helped(&mut self, help: Option<String>) {
        if let Some(last) = self.problems.last_mut() {
            last.help = help;
        }
    }

    fn value(&mut self, schema: &'s Value, value: &Value, pointer: &str) {
        let mut schema = schema;
        // An optional member is the type or null.
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let is_null = |choice: &&Value| choice.get("type") == Some(&Value::from("null"));
            if value.is_null() && choices.iter().any(|choice| is_null(&choice)) {
                return;
            }
            schema = choices.iter().find(|choice| !is_null(choice)).unwrap_or(schema);
        }
        let form = match schema.get("$ref").and_then(Value::as_str) {
            Some(name) => {
                let pointer = name.trim_start_matches('#');
                schema = self.root.pointer(pointer).unwrap_or(schema);
                pointer.rsplit('/').next()
            }
            None => schema
                .get("x-form")
                .or(schema.get("format").filter(|format| *format == "date-time"))
                .and_then(Value::as_str),
        };
        let words = words(schema);
        if !words.is_empty() {
            self.word(&words, value, pointer);
            return;
        }
        let wanted = types(schema);
        let found = type_of(value);
        let is_wanted =
            wanted.is_empty() || wanted.contains(&found) || found == "integer" && wanted.contains(&"number");
        if !is_wanted {
            let wanted: Vec<_> = wanted.iter().map(|name| article(name)).collect();
            self.problem(pointer, wanted.join(" or "), shown(value));
            return;
        }
        match value {
            Value::Object(members) => self.object(schema, members, pointer),
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (index, item) in items.iter().enumerate() {
                        self.value(schema, item, &format!("{pointer}/{index}"));
                    }
                }
            }
            Value::Number(number) => self.number(schema, number, pointer),
            Value::String(text) => {
                if let Some(form) = form {
                    self.form(form, text, pointer);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &'s Value, members: &Map<String, Value>, pointer: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, value) in members {
            let place = deeper(pointer, name);
            match known.and_then(|known| known.get(name)) {
                Some(schema) => self.value(schema, value, &place),
                None if is_closed => {
                    let names: Vec<_> = known
                        .into_iter()
                        .flat_map(Map::keys)
                        .map(String::as_str)
                        .collect();
                    self.problem(
                        &place,
                        format!("one of {}", names.join(", ")),
                        format!("the unknown member `{}`", brief(name)),
                    );
                    self.helped(nearest(name, names.into_iter()));
                    if let Some(last) = self.problems.last_mut() {
                        last.is_about_name = true;
                    }
                }
                None => {}
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                self.problem(&deeper(pointer, name), format!("the member `{name}`"), "nothing");
            }
        }
    }

    fn word(&mut self, words: &[&str], value: &Value, pointer: &str) {
        if value.as_str().is_some_and(|found| words.contains(&found)) {
            return;
        }
        // A list of three hundred names helps nobody.
        let (shown_words, rest) = words.split_at(words.len().min(12));
        let shown_words = shown_words.join(", ");
        let expected = match rest.len() {
            0 => format!("one of {shown_words}"),
            rest => format!("one of {shown_words} and {rest} more"),
        };
        self.problem(pointer, expected, shown(value));
        self.helped(
            value
                .as_str()
                .and_then(|found| nearest(found, words.iter().copied())),
        );
    }

    fn number(&mut self, schema: &Value, number: &serde_json::Number, pointer: &str) {
        let Some(found) = number.as_f64() else { return };
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let (least, most) = (bound("minimum"), bound("maximum"));
        if least.is_some_and(|least| found < least) || most.is_some_and(|most| found > most) {
            let bounds = match (least, most) {
                (Some(least), Some(most)) => format!("from {least} to {most}"),
                (Some(least), None) => format!("of at least {least}"),
                (None, most) => format!("of at most {}", most.unwrap_or_default()),
            };
            self.problem(pointer, format!("a number {bounds}"), number.to_string());
        }
    }

    /// A text whose form only its own type knows. The errors of keys do not repeat them.
    fn form(&mut self, form: &str, text: &str, pointer: &str) {
        let wrong = match form {
            "DisputeId" => text.parse::<DisputeId>().err().map(|error| error.to_string()),
            "DocumentId" => text.parse::<DocumentId>().err().map(|error| error.to_string()),
            "ChargeId" => text.parse::<ChargeId>().err().map(|error| error.to_string()),
            "Timestamp" | "date-time" => text.parse::<Timestamp>().err().map(|error| error.to_string()),
            "secret key" => text.parse::<SecretKey>().err().map(|error| error.to_string()),
            "public key" => text.parse::<PublicKey>().err().map(|error| error.to_string()),
            "base64" => encoded::base64::decode(text)
                .err()
                .map(|error| format!("expected base64, found text that is not: {error}")),
            _ => None,
        };
        let Some(wrong) = wrong else { return };
        match wrong
            .strip_prefix("expected ")
            .and_then(|rest| rest.rsplit_once(", found "))
        {
            Some((expected, found)) => self.problem(pointer, expected, found),
            None => self.problem(pointer, wrong, "another text"),
        }
    }
}

/// The only texts that a schema allows, where it lists them.
fn words(schema: &Value) -> Vec<&str> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).collect();
    }
    let choices = schema.get("oneOf").and_then(Value::as_array);
    choices
        .into_iter()
        .flatten()
        .flat_map(|choice| match choice.get("const").and_then(Value::as_str) {
            Some(word) => vec![word],
            None => words(choice),
        })
        .collect()
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn article(name: &str) -> Cow<'_, str> {
    match name {
        "null" => "null".into(),
        "integer" => "a whole number".into(),
        "array" | "object" => format!("an {name}").into(),
        _ => format!("a {name}").into(),
    }
}

/// A value as a message tells it. A text is cut, and not shown where it may be a key.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains("key_") => "a text (not shown)".to_owned(),
        Value::String(text) => format!("{:?}", brief(text)),
        Value::Array(_) | Value::Object(_) => article(type_of(value)).into_owned(),
        other => other.to_string(),
    }
}

fn brief(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{NewDispute, NewOrder, schema};

    fn told<T: DeserializeOwned>(name: &str, body: &str) -> String {
        match read::<T>(schema(), name, body.as_bytes()) {
            Ok(_) => "fits".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_body_is_told_what_is_wrong_with_it_and_where() {
        for (body, wanted) in [
            (r#"{"amount": 5, "status": "won"}"#, "fits"),
            (r#"{"id": null}"#, "fits"),
            (
                "{",
                "expected one JSON value, found EOF while parsing an object at line 1 column 1",
            ),
            ("[]", "expected an object, found an array"),
            (
                r#"{"amount": "5"}"#,
                "expected a whole number or null, found \"5\" at /amount",
            ),
            (
                r#"{"amount": 0}"#,
                "expected a number from 1 to 1000000000000, found 0 at /amount",
            ),
            (
                r#"{"amount": 1, "amount": 2}"#,
                "expected each member once, found `amount` twice at /amount",
            ),
            (
                r#"{"status": "opne"}"#,
                "expected one of open, pending, won, lost, found \"opne\" at /status (did you mean `open`?)",
            ),
            (
                r#"{"files": [{}, {"kindd": 1}]}"#,
                "expected one of content_base64, created_at, filename, id, kind, found the unknown member `kindd` \
                 at /files/1/kindd (did you mean `kind`?)",
            ),
            (
                r#"{"created_at": "yesterday"}"#,
                "expected a UTC datetime such as 2019-12-31T12:59:59Z, found \"yesterday\" at /created_at",
            ),
            (
                r#"{"files": [{"content_base64": "%"}]}"#,
                "expected base64, found text that is not: Invalid symbol 37, offset 0. at /files/0/content_base64",
            ),
        ] {
            assert_eq!(told::<NewDispute>("NewDispute", body), wanted, "{body}");
        }
    }

    #[test]
    fn a_long_list_is_cut_and_the_nearest_word_is_told() {
        let told = told::<NewOrder>("NewOrder", r#"{"fault": "png-refusd"}"#);
        assert!(told.ends_with("(did you mean `png-refused`?)"), "{told}");
        assert!(told.contains(" more, found \"png-refusd\" at /fault"), "{told}");
        assert!(told.len() < 500, "{told}");
    }
}
