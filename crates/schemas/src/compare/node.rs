//! A place in a file, and the schemas that it leads to.

use std::collections::BTreeSet;

use rebuttal_model::json::push_pointer;
use serde_json::Value;

use super::Files;

/// What says nothing about which values a schema allows.
const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "$vocabulary",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// A value in a file, with where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) file: &'a str,
    pub(super) pointer: String,
    pub(super) value: &'a Value,
    root: &'a Value,
    /// A keyword that a conjunct of it speaks for already.
    less: Option<&'static str>,
}

impl<'a> Node<'a> {
    pub(super) fn root(file: &'a str, root: &'a Value) -> Self {
        Self {
            file,
            pointer: String::new(),
            value: root,
            root,
            less: None,
        }
    }

    /// The member or item below.
    pub(super) fn at(&self, token: impl std::fmt::Display + AsRef<str>) -> Option<Self> {
        let value = match self.value {
            Value::Array(items) => items.get(token.as_ref().parse::<usize>().ok()?)?,
            value => value.get(token.as_ref())?,
        };
        Some(Self {
            pointer: push_pointer(&self.pointer, token),
            value,
            less: None,
            ..self.clone()
        })
    }

    /// The place of a member, whether or not there is one.
    pub(super) fn named(&self, name: &str) -> Self {
        Self {
            pointer: push_pointer(&self.pointer, name),
            ..self.clone()
        }
    }

    /// The items of an array below.
    pub(super) fn items(&self, name: &str) -> Vec<Self> {
        let Some(list) = self.at(name) else {
            return Vec::new();
        };
        let count = list.value.as_array().map_or(0, Vec::len);
        (0..count)
            .filter_map(|index| list.at(index.to_string()))
            .collect()
    }

    /// A keyword's value, unless a conjunct speaks for it.
    pub(super) fn get(&self, keyword: &str) -> Option<&'a Value> {
        if self.less == Some(keyword) {
            return None;
        }
        self.value.get(keyword)
    }

    /// Where this place is, for the list of pairs.
    pub(super) fn key(&self) -> String {
        format!("{}#{}{}", self.file, self.pointer, self.less.unwrap_or_default())
    }

    /// The keywords that say which values are allowed.
    pub(super) fn assertions(&self) -> BTreeSet<&'a str> {
        let members = self.value.as_object();
        members
            .into_iter()
            .flat_map(serde_json::Map::keys)
            .map(String::as_str)
            .filter(|name| !is_annotation(name) && self.less != Some(*name))
            .collect()
    }

    /// Whether every value is allowed.
    pub(super) fn is_open(&self) -> bool {
        self.value == &Value::Bool(true) || self.value.is_object() && self.assertions().is_empty()
    }

    /// What a reference leads to; none where it leads nowhere.
    pub(super) fn follow(&self, reference: &str, files: &'a Files) -> Option<Self> {
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let (file, root) = if name.is_empty() {
            (self.file, self.root)
        } else {
            let found = files.iter().find(|(_, data)| data["$id"] == name)?;
            (found.0.as_str(), found.1)
        };
        Some(Self {
            file,
            pointer: pointer.to_owned(),
            value: root.pointer(pointer)?,
            root,
            less: None,
        })
    }

    /// The schemas that all must hold: what `$ref` and `allOf` lead to, and what stands beside them. `None` where a
    /// reference leads nowhere or back to itself.
    pub(super) fn conjuncts(&self, files: &'a Files, depth: usize) -> Option<Vec<Self>> {
        if depth == 0 {
            return None;
        }
        let mut all = Vec::new();
        let rest = if let Some(reference) = self.get("$ref").and_then(Value::as_str) {
            all.extend(self.follow(reference, files)?.conjuncts(files, depth - 1)?);
            Self {
                less: Some("$ref"),
                ..self.clone()
            }
        } else if self.get("allOf").is_some() {
            for item in self.items("allOf") {
                all.extend(item.conjuncts(files, depth - 1)?);
            }
            Self {
                less: Some("allOf"),
                ..self.clone()
            }
        } else {
            return Some(vec![self.clone()]);
        };
        if !rest.is_open() {
            all.push(rest);
        }
        Some(all)
    }
}

pub(super) fn is_annotation(name: &str) -> bool {
    ANNOTATIONS.contains(&name) || name.starts_with("x-")
}
