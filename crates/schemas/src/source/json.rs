//! JSON, read by `serde_json`; places are found afterwards, on the way to the few that are asked for.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt,
};

use rebuttal_model::json::{Node, push_pointer};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Notation, Place, Source, Unreadable};

pub(super) fn read(text: &str) -> Result<Source<'_>, Unreadable> {
    let wrong = |error: &serde_json::Error| {
        let told = error.to_string();
        let told = told.split(" at line ").next().unwrap_or_default();
        let is_empty = text.trim().is_empty();
        Unreadable {
            notation: Notation::Json,
            found: if is_empty {
                "an empty file".to_owned()
            } else {
                told.to_owned()
            },
            place: Some(Place {
                line: error.line().max(1),
                column: column(text, error),
            }),
        }
    };
    let node = Node::parse(text.as_bytes()).map_err(|error| wrong(&error))?;
    let mut twice = Vec::new();
    repeated(&node, "", &mut twice);
    Ok(Source {
        value: serde_json::from_str(text).map_err(|error| wrong(&error))?,
        twice,
        text,
        places: None,
    })
}

/// The column in characters: `serde_json` counts bytes.
fn column(text: &str, error: &serde_json::Error) -> usize {
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let before = line.as_bytes().get(..error.column()).unwrap_or(line.as_bytes());
    String::from_utf8_lossy(before).chars().count().max(1)
}

fn repeated(node: &Node, pointer: &str, found: &mut Vec<String>) {
    match node {
        Node::Object(members) => {
            let mut seen = HashSet::new();
            for (name, value) in members {
                let here = push_pointer(pointer, name);
                repeated(value, &here, found);
                if !seen.insert(name) {
                    found.push(here);
                }
            }
        }
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                repeated(item, &push_pointer(pointer, index), found);
            }
        }
        _ => {}
    }
}

pub(super) fn places(text: &str, wanted: &BTreeSet<String>) -> BTreeMap<String, Place> {
    let mut finder = Finder {
        text,
        wanted,
        found: BTreeMap::new(),
    };
    if let Ok(raw) = serde_json::from_str::<&RawValue>(text) {
        finder.value(raw.get(), "");
    }
    finder.found
}

struct Finder<'a> {
    text: &'a str,
    wanted: &'a BTreeSet<String>,
    found: BTreeMap<String, Place>,
}

impl Finder<'_> {
    /// A value, which is a slice of the text.
    fn value(&mut self, raw: &str, pointer: &str) {
        if self.wanted.contains(pointer) {
            let offset = raw.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
            self.found
                .insert(pointer.to_owned(), Place::of(self.text, offset));
        }
        let below = format!("{pointer}/");
        let leads_on = self
            .wanted
            .range(below.clone()..)
            .next()
            .is_some_and(|it| it.starts_with(&below));
        if !leads_on {
            return;
        }
        if raw.starts_with('{') {
            let Ok(Members(members)) = serde_json::from_str(raw) else {
                return;
            };
            for (name, value) in members {
                self.value(value.get(), &push_pointer(pointer, name));
            }
        } else if raw.starts_with('[') {
            let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
                return;
            };
            for (index, item) in items.into_iter().enumerate() {
                self.value(item.get(), &push_pointer(pointer, index));
            }
        }
    }
}

/// The members of an object in order, those that stand twice included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
