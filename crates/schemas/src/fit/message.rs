//! What a validation error says to people: the deepest reason, what was expected, what was found.

use std::fmt::Write as _;

use jsonschema::{ValidationError, error::ValidationErrorKind};
use rebuttal_model::json::push_pointer;
use serde_json::Value;

use super::{MAX_PROBLEMS, Problem};

/// The most characters of a value or a pattern in a message.
const MAX_CHARS: usize = 120;
/// The most alternatives that a message lists.
const MAX_LISTED: usize = 12;

/// Adds the problems of an error. Of alternatives it tells the one that was meant, where that can be seen.
pub(super) fn tell(error: &ValidationError<'_>, problems: &mut Vec<Problem>) {
    if problems.len() >= MAX_PROBLEMS {
        return;
    }
    let here = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            if let Some(meant) = meant(context, here) {
                for error in meant {
                    tell(error, problems);
                }
                return;
            }
        }
        // The name is at fault, and the value below it shows where it stands.
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                problems.push(Problem {
                    pointer: push_pointer(here, name),
                    expected: format!("no member {}", shown(&Value::from(name.as_str()))),
                    found: error.instance().get(name).map_or_else(String::new, shown),
                    ..at(error)
                });
            }
            return;
        }
        _ => {}
    }
    problems.push(Problem {
        expected: expected(error),
        found: found(error),
        ..at(error)
    });
}

fn at(error: &ValidationError<'_>) -> Problem {
    let keyword = error.absolute_keyword_location().map_or_else(
        || format!("#{}", error.schema_path().as_str()),
        |location| location.as_str().to_owned(),
    );
    Problem {
        pointer: error.instance_path().as_str().to_owned(),
        keyword: Some(keyword),
        expected: String::new(),
        found: String::new(),
        line: None,
        column: None,
    }
}

/// The alternative that the data was meant to be: the only one that is right about what the value is, or the
/// one whose errors lie deeper than those of all others.
fn meant<'a>(
    alternatives: &'a [Vec<ValidationError<'static>>],
    here: &str,
) -> Option<&'a [ValidationError<'static>]> {
    let mut right = alternatives
        .iter()
        .filter(|errors| !errors.is_empty() && !errors.iter().any(|it| is_other(it, here)));
    match (right.next(), right.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Whether an error says that the value is of another kind altogether: another type, or another tag.
fn is_other(error: &ValidationError<'_>, here: &str) -> bool {
    let own = error.instance_path().as_str();
    let below = own.strip_prefix(here).unwrap_or_default().matches('/').count();
    match error.kind() {
        ValidationErrorKind::Type { .. }
        | ValidationErrorKind::Enum { .. }
        | ValidationErrorKind::FalseSchema => below == 0,
        ValidationErrorKind::Constant { .. } => below <= 1,
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            below == 0 && context.iter().flatten().all(|it| is_other(it, here))
        }
        _ => false,
    }
}

fn expected(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Type { .. } => kinds(error),
        Kind::Constant { expected_value } => shown(expected_value),
        Kind::Enum { options } => match options.as_array() {
            Some(options) => one_of(options.iter().map(shown)),
            None => shown(options),
        },
        Kind::Pattern { pattern } => format!("a string that matches {}", clipped(pattern)),
        Kind::Format { format } => format!("a string of the format {format}"),
        Kind::Required { property } => format!("a member {}", shown(property)),
        Kind::Minimum { limit } => format!("a number of at least {limit}"),
        Kind::Maximum { limit } => format!("a number of at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("a number over {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("a number under {limit}"),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::AdditionalItems { limit } => format!("at most {limit} items"),
        Kind::MinProperties { limit } => format!("at least {limit} members"),
        Kind::MaxProperties { limit } => format!("at most {limit} members"),
        Kind::UniqueItems => "each item once".to_owned(),
        Kind::Contains => "an item of another kind among them".to_owned(),
        Kind::FalseSchema => "nothing".to_owned(),
        Kind::Not { schema } => format!("anything but {}", shown(schema)),
        Kind::OneOfMultipleValid { .. } => "a value that fits one alternative only".to_owned(),
        Kind::PropertyNames { error } => format!("names of members: {}", expected(error)),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let mut texts = Vec::new();
            for errors in context {
                let text = errors.first().map_or_else(String::new, expected);
                if !text.is_empty() && !texts.contains(&text) {
                    texts.push(text);
                }
            }
            one_of(texts.into_iter())
        }
        _ => clipped(&error.to_string()),
    }
}

/// The types, as the library words them: `"string"`, or a list of them.
fn kinds(error: &ValidationError<'_>) -> String {
    let ValidationErrorKind::Type { kind } = error.kind() else {
        return String::new();
    };
    match kind {
        jsonschema::error::TypeKind::Single(one) => article(&one.to_string()),
        jsonschema::error::TypeKind::Multiple(several) => several
            .iter()
            .map(|one| article(&one.to_string()))
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "array" | "integer" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

fn one_of(texts: impl Iterator<Item = String>) -> String {
    let mut list = String::new();
    for (index, text) in texts.enumerate() {
        if index == MAX_LISTED {
            list.push_str(" …");
            break;
        }
        let _ = write!(list, "{}{text}", if index == 0 { "" } else { " or " });
    }
    list
}

fn found(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Required { .. } => match error.instance().as_object() {
            Some(members) if members.is_empty() => "an empty object".to_owned(),
            Some(members) => {
                let names: Vec<_> = members.keys().map(String::as_str).collect();
                clipped(&format!("only {}", names.join(", ")))
            }
            None => shown(error.instance()),
        },
        _ => shown(error.instance()),
    }
}

/// A value as a message names it.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(members) => format!("an object of {} members", members.len()),
        Value::Array(items) => format!("an array of {} items", items.len()),
        other => clipped(&other.to_string()),
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
