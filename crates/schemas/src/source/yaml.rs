//! YAML, read within a budget: what an alias repeats is counted.

use std::{collections::BTreeMap, fmt};

use rebuttal_model::json::push_pointer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use super::{MAX_BYTES, MAX_DEPTH, Notation, Place, Source, Unreadable};

/// The most values that a document may come to, what aliases repeat included.
const MAX_VALUES: usize = 200_000;

pub(super) fn read(text: &str) -> Result<Source<'_>, Unreadable> {
    let budget = serde_saphyr::budget! {
        max_depth: MAX_DEPTH + 1,
        flow_nesting_limit: MAX_DEPTH + 1,
        max_nodes: MAX_VALUES,
        max_documents: 1,
        max_total_scalar_bytes: usize::try_from(MAX_BYTES).unwrap_or(usize::MAX),
    };
    let options = serde_saphyr::options! { budget: budget, with_snippet: false };
    let tree: Spanned<Tree> = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map(place);
        let told = error.to_string();
        Unreadable {
            notation: Notation::Yaml,
            found: told.lines().next().unwrap_or_default().to_owned(),
            place,
        }
    })?;
    let mut places = BTreeMap::new();
    let value = settle(tree, String::new(), &mut places);
    Ok(Source {
        value,
        twice: Vec::new(),
        text,
        places: Some(places),
    })
}

fn place(location: serde_saphyr::Location) -> Place {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    Place {
        line: count(location.line()),
        column: count(location.column()),
    }
}

enum Tree {
    Leaf(Value),
    Array(Vec<Spanned<Tree>>),
    Object(Vec<(String, Spanned<Tree>)>),
}

fn settle(tree: Spanned<Tree>, pointer: String, places: &mut BTreeMap<String, Place>) -> Value {
    let at = place(tree.referenced);
    let value = match tree.value {
        Tree::Leaf(value) => value,
        Tree::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| settle(item, push_pointer(&pointer, index), places))
            .collect(),
        Tree::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = settle(value, push_pointer(&pointer, &name), places);
                (name, value)
            })
            .collect::<Map<_, _>>()
            .into(),
    };
    places.insert(pointer, at);
    value
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has too")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        Tree::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number that JSON has not"))?;
        Ok(Tree::Leaf(number.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Tree::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(members))
    }
}
