//! Data in a file, with the place of each value: JSON, YAML or TOML.

mod json;
mod toml;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How deep data may nest.
pub const MAX_DEPTH: usize = 48;

/// What a file is written in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Notation {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
}

impl Notation {
    /// By the extension of a file's name; JSON where it says nothing.
    pub fn of(name: &str) -> Self {
        let extension = name.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
        match extension.as_deref() {
            Some("yaml" | "yml") => Self::Yaml,
            Some("toml") => Self::Toml,
            _ => Self::Json,
        }
    }

    /// The name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
        }
    }
}

/// A place in a file; both count from 1, and a column is a character.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
        }
    }
}

/// Why a file is no data.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected {}, found {found}", .notation.name())]
pub struct Unreadable {
    /// What it should have been.
    pub notation: Notation,
    /// What is there instead.
    pub found: String,
    /// Where, when it is known.
    pub place: Option<Place>,
}

/// Data as it stands in a file.
#[derive(Debug)]
pub struct Source<'a> {
    /// What the file says.
    pub value: Value,
    /// The members that stand twice in their object, by pointer: data to no reader.
    pub twice: Vec<String>,
    text: &'a str,
    places: Option<BTreeMap<String, Place>>,
}

impl<'a> Source<'a> {
    /// Reads a file. A byte order mark before it is no part of it.
    ///
    /// # Errors
    ///
    /// When the file is not of this notation, over [`MAX_BYTES`], or nested deeper than [`MAX_DEPTH`].
    pub fn read(bytes: &'a [u8], notation: Notation) -> Result<Self, Unreadable> {
        let wrong = |found: String| Unreadable {
            notation,
            found,
            place: None,
        };
        if bytes.len() as u64 > MAX_BYTES {
            return Err(wrong(format!("more than {MAX_BYTES} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            wrong(format!(
                "a byte that is not UTF-8 at offset {}",
                error.valid_up_to()
            ))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = match notation {
            Notation::Json => json::read(text),
            Notation::Yaml => yaml::read(text),
            Notation::Toml => toml::read(text),
        }?;
        if is_deeper(&source.value, MAX_DEPTH) {
            return Err(wrong(format!("more than {MAX_DEPTH} levels")));
        }
        Ok(source)
    }

    /// Where the values at these pointers stand; what stands nowhere is left out.
    pub fn places(&self, pointers: &BTreeSet<String>) -> BTreeMap<String, Place> {
        match &self.places {
            Some(places) => pointers
                .iter()
                .filter_map(|pointer| Some((pointer.clone(), *places.get(pointer)?)))
                .collect(),
            None => json::places(self.text, pointers),
        }
    }
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => true,
        Value::Array(items) => items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(members) => members.values().any(|value| is_deeper(value, levels - 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(text: &str, notation: Notation, pointers: &[&str]) -> (Value, Vec<(String, usize, usize)>) {
        let source = Source::read(text.as_bytes(), notation).unwrap();
        let pointers = pointers.iter().map(|it| (*it).to_owned()).collect();
        let places = source.places(&pointers);
        let places = places
            .into_iter()
            .map(|(it, place)| (it, place.line, place.column));
        (source.value.clone(), places.collect())
    }

    #[test]
    fn each_value_has_its_place_in_every_notation() {
        let pointers = ["", "/a", "/a/1/b", "/a/1/x~1y", "/none"];
        let wanted = json!({"a": [1, {"b": "é", "x/y": true}]});
        let at = |places: &[(&str, usize, usize)]| -> Vec<_> {
            places
                .iter()
                .map(|(it, line, column)| ((*it).to_owned(), *line, *column))
                .collect()
        };
        let json = "\u{feff}{\n  \"a\": [1, {\"b\": \"é\",\n    \"x/y\": true}]\n}\n";
        assert_eq!(
            found(json, Notation::Json, &pointers),
            (
                wanted.clone(),
                at(&[("", 1, 1), ("/a", 2, 8), ("/a/1/b", 2, 18), ("/a/1/x~1y", 3, 12)])
            )
        );
        let yaml = "a:\n  - 1\n  - b: é\n    x/y: true\n";
        assert_eq!(
            found(yaml, Notation::Yaml, &pointers),
            (
                wanted.clone(),
                at(&[("", 1, 1), ("/a", 2, 3), ("/a/1/b", 3, 8), ("/a/1/x~1y", 4, 10)])
            )
        );
        let toml = "a = [1, { b = \"é\", \"x/y\" = true }]\n";
        assert_eq!(
            found(toml, Notation::Toml, &pointers),
            (
                wanted,
                at(&[("", 1, 1), ("/a", 1, 5), ("/a/1/b", 1, 15), ("/a/1/x~1y", 1, 28)])
            )
        );
    }

    #[test]
    fn what_is_no_data_says_where() {
        for (text, notation, wanted) in [
            (
                "{\"a\": 1,}",
                Notation::Json,
                "1:9 expected JSON, found trailing comma",
            ),
            ("", Notation::Json, "1:1 expected JSON, found an empty file"),
            (
                "{} {}",
                Notation::Json,
                "1:4 expected JSON, found trailing characters",
            ),
            (
                "a = 1\na = 2",
                Notation::Toml,
                "2:1 expected TOML, found duplicate key",
            ),
            ("a: [1", Notation::Yaml, ""),
            ("a: 1\na: 2", Notation::Yaml, ""),
        ] {
            let error = Source::read(text.as_bytes(), notation).unwrap_err();
            let place = error
                .place
                .map_or_else(String::new, |it| format!("{}:{} ", it.line, it.column));
            if !wanted.is_empty() {
                assert_eq!(format!("{place}{error}"), wanted);
            }
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn nothing_deep_or_wide_is_followed() {
        let nested =
            |open: &str, close: &str, count| format!("{}{}", open.repeat(count), close.repeat(count));
        for (text, notation) in [
            (nested("[", "]", 49), Notation::Json),
            (nested("[", "]", 1_000_000), Notation::Json),
            (nested("[", "]", 49), Notation::Yaml),
            (nested("[", "]", 1_000_000), Notation::Yaml),
            (format!("a = {}", nested("[", "]", 49)), Notation::Toml),
            (format!("a = {}", nested("[", "]", 1_000_000)), Notation::Toml),
        ] {
            assert!(Source::read(text.as_bytes(), notation).is_err());
        }
        let mut laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            let row = format!("*a{before},").repeat(10);
            laughs.push_str(
                &[
                    "a",
                    &level.to_string(),
                    ": &a",
                    &level.to_string(),
                    " [",
                    row.trim_end_matches(','),
                    "]\n",
                ]
                .concat(),
            );
        }
        assert!(Source::read(laughs.as_bytes(), Notation::Yaml).is_err());
    }

    #[test]
    fn a_member_that_stands_twice_is_named() {
        let source = Source::read(br#"{"a": {"b": 1, "b": 2}}"#, Notation::Json).unwrap();
        assert_eq!(source.twice, ["/a/b"]);
    }
}
