//! Holds a TOML file against a JSON Schema, and says everything that is wrong at once.
//!
//! The schema is the published one, made from the very types that the file is then read into, so that an
//! editor and this program never disagree. Left out: the keywords that those schemas do not use.

use std::{collections::BTreeSet, ops::Range};

use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::diagnostic::{Defects, Problem};

/// A step on the way to a value in a TOML file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    Key(&'a str),
    Item(usize),
}

/// A file that fits its schema, with what is needed to point into it.
pub(crate) struct Fitting<'a, T> {
    pub(crate) value: T,
    table: Spanned<DeTable<'a>>,
}

impl<T> Fitting<'_, T> {
    /// The bytes of the value at `way`, or of the deepest one on it that exists.
    pub(crate) fn span(&self, way: &[Place<'_>]) -> Range<usize> {
        let Some((Place::Key(first), rest)) = way.split_first() else {
            return 0..0;
        };
        let Some(mut value) = self.table.get_ref().get(*first) else {
            return 0..0;
        };
        for place in rest {
            let next = match (place, value.get_ref()) {
                (Place::Key(key), DeValue::Table(table)) => table.get(*key),
                (Place::Item(index), DeValue::Array(array)) => array.get(*index),
                _ => None,
            };
            let Some(next) = next else { break };
            value = next;
        }
        value.span()
    }
}

/// Reads `text` as a `T` whose schema is `schema`.
pub(crate) fn read<'a, T: DeserializeOwned>(
    path: &str,
    text: &'a str,
    schema: &Value,
) -> Result<Fitting<'a, T>, Defects> {
    let (table, errors) = DeTable::parse_recoverable(text);
    // One slip makes the parser stumble several times on its line.
    let line = |error: &toml::de::Error| {
        error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count())
    };
    let (mut errors, mut lines) = (errors, BTreeSet::new());
    errors.retain(|error| lines.insert(line(error)));
    let mut problems: Vec<_> = errors
        .iter()
        .map(|error| Problem::new(error.span().unwrap_or(0..0), error.message()))
        .collect();
    if problems.is_empty() {
        let mut checker = Checker {
            root: schema,
            problems: Vec::new(),
        };
        checker.table(schema, table.get_ref(), 0..0);
        problems = checker.problems;
    }
    let value = if problems.is_empty() {
        match toml::from_str(text) {
            Ok(value) => Some(value),
            Err(error) => {
                problems.push(Problem::new(error.span().unwrap_or(0..0), error.message()));
                None
            }
        }
    } else {
        None
    };
    if let Some(value) = value {
        Ok(Fitting { value, table })
    } else {
        problems.sort_by_key(|problem| problem.span.start);
        Err(Defects {
            path: path.to_owned(),
            text: text.to_owned(),
            problems,
        })
    }
}

struct Checker<'s> {
    root: &'s Value,
    problems: Vec<Problem>,
}

impl<'s> Checker<'s> {
    /// Follows `$ref`, and steps over the `null` of an optional member, which TOML does not have.
    fn resolve(&self, schema: &'s Value) -> &'s Value {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let pointer = name.trim_start_matches('#');
            return self
                .root
                .pointer(pointer)
                .map_or(schema, |schema| self.resolve(schema));
        }
        let not_null = |schema: &&Value| schema.get("type").and_then(Value::as_str) != Some("null");
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let mut choices = choices.iter().filter(not_null);
            if let (Some(only), None) = (choices.next(), choices.next()) {
                return self.resolve(only);
            }
        }
        schema
    }

    fn value(&mut self, schema: &'s Value, value: &Spanned<DeValue<'_>>) {
        let schema = self.resolve(schema);
        let span = value.span();
        if let DeValue::Datetime(_) = value.get_ref() {
            let problem = Problem::new(span, "expected a string, found a datetime");
            self.problems.push(problem.help("put it between quotes"));
            return;
        }
        let words = words(schema);
        if !words.is_empty() {
            self.word(&words, value);
            return;
        }
        let wanted = types(schema);
        let found = type_of(value.get_ref());
        let is_number = found == "integer" && wanted.contains(&"number");
        if !wanted.is_empty() && !wanted.contains(&found) && !is_number {
            let expected = wanted.into_iter().collect::<Vec<_>>().join(" or ");
            self.problems.push(Problem::new(
                span,
                format!("expected {}, found {}", article(&expected), article(found)),
            ));
            return;
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(schema, table, span),
            DeValue::Array(array) => {
                let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                if (array.len() as u64) < least {
                    self.problems.push(Problem::new(
                        span,
                        format!("expected at least {least} items, found none"),
                    ));
                }
                if let Some(items) = schema.get("items") {
                    for item in array {
                        self.value(items, item);
                    }
                }
            }
            DeValue::Integer(integer) => self.integer(schema, integer.as_str(), integer.radix(), span),
            DeValue::String(text) if text.is_empty() && schema.get("minLength").is_some() => {
                self.problems
                    .push(Problem::new(span, "expected a text, found an empty one"));
            }
            _ => {}
        }
    }

    fn table(&mut self, schema: &'s Value, table: &DeTable<'_>, span: Range<usize>) {
        let known = schema.get("properties").and_then(Value::as_object);
        let more = schema.get("additionalProperties");
        for (key, value) in table {
            if let Some(schema) = known.and_then(|known| known.get(key.get_ref().as_ref())) {
                self.value(schema, value);
            } else if more == Some(&Value::Bool(false)) {
                let names: BTreeSet<_> = known
                    .into_iter()
                    .flat_map(|known| known.keys())
                    .map(String::as_str)
                    .collect();
                let found = key.get_ref();
                let all = names.iter().copied().collect::<Vec<_>>().join(", ");
                let problem = Problem::new(key.span(), format!("unknown key `{found}`"))
                    .help(format!("known here: {all}"))
                    .nearest(found, names.into_iter());
                self.problems.push(problem);
            } else if let Some(more) = more.filter(|more| more.is_object()) {
                self.value(more, value);
            }
        }
        for name in schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !table.contains_key(name) {
                self.problems
                    .push(Problem::new(span.clone(), format!("missing key `{name}`")));
            }
        }
    }

    fn word(&mut self, words: &[&str], value: &Spanned<DeValue<'_>>) {
        let expected = words.join(", ");
        match value.get_ref().as_str() {
            Some(found) if words.contains(&found) => {}
            Some(found) => self.problems.push(
                Problem::new(value.span(), format!("unknown value `{found}`"))
                    .help(format!("known here: {expected}"))
                    .nearest(found, words.iter().copied()),
            ),
            None => {
                let found = article(type_of(value.get_ref()));
                self.problems.push(Problem::new(
                    value.span(),
                    format!("expected one of {expected}, found {found}"),
                ));
            }
        }
    }

    fn integer(&mut self, schema: &Value, text: &str, radix: u32, span: Range<usize>) {
        let Ok(number) = i64::from_str_radix(text, radix) else {
            return;
        };
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        #[expect(clippy::cast_precision_loss, reason = "the bounds in use are small")]
        let number = number as f64;
        let (least, most) = (bound("minimum"), bound("maximum"));
        if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
            let bounds = match (least, most) {
                (Some(least), Some(most)) => format!("from {least} to {most}"),
                (Some(least), None) => format!("of at least {least}"),
                (None, most) => format!("of at most {}", most.unwrap_or_default()),
            };
            self.problems.push(Problem::new(
                span,
                format!("expected a number {bounds}, found {number}"),
            ));
        }
    }
}

/// The only texts that a schema allows, where it lists them.
fn words(schema: &Value) -> Vec<&str> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).collect();
    }
    let choices = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    choices
        .flat_map(|choice| {
            choice
                .get("const")
                .and_then(Value::as_str)
                .map_or_else(|| words(choice), |word| vec![word])
        })
        .collect()
}

/// The types that a schema allows, less `null`; none means any.
fn types(schema: &Value) -> BTreeSet<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
        Some(Value::Array(several)) => several
            .iter()
            .filter_map(Value::as_str)
            .filter(|it| *it != "null")
            .collect(),
        _ => BTreeSet::new(),
    }
}

fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "string",
        DeValue::Integer(_) => "integer",
        DeValue::Float(_) => "number",
        DeValue::Boolean(_) => "boolean",
        DeValue::Datetime(_) => "datetime",
        DeValue::Array(_) => "array",
        DeValue::Table(_) => "object",
    }
}

/// A type's name as people say it.
fn article(name: &str) -> String {
    match name {
        "object" => "a table".to_owned(),
        "integer" | "array" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}
