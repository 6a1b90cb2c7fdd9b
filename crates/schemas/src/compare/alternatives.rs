//! A schema as a choice: of values, or of types, each with what it asks of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Breaks, Comparison, Files, node::Node};

const TYPES: [&str; 6] = ["array", "boolean", "null", "number", "object", "string"];

/// What a schema allows, alternative by alternative.
#[derive(Debug, Default)]
struct Choice<'a> {
    /// The values that are listed.
    values: Vec<&'a Value>,
    /// The types that are allowed besides, with what is asked of each.
    types: BTreeMap<&'static str, Vec<Node<'a>>>,
    /// What is no plain choice: conditions beside alternatives.
    mixed: Vec<Node<'a>>,
    /// Whether exactly one alternative must hold.
    is_exclusive: bool,
}

impl<'a> Choice<'a> {
    fn of(node: &Node<'a>, files: &'a Files) -> Self {
        let mut choice = Self::default();
        choice.take(node, files, 8);
        choice
    }

    fn take(&mut self, node: &Node<'a>, files: &'a Files, depth: usize) {
        for keyword in ["anyOf", "oneOf"] {
            if node.get(keyword).is_none() {
                continue;
            }
            let besides = node.assertions();
            let is_plain = besides.iter().all(|it| [keyword, "nullable"].contains(it));
            if !is_plain || depth == 0 {
                self.mixed.push(node.clone());
                return;
            }
            self.is_exclusive |= keyword == "oneOf";
            for branch in node.items(keyword) {
                match branch.conjuncts(files, 32).as_deref() {
                    Some([one]) => self.take(one, files, depth - 1),
                    _ => self.mixed.push(branch),
                }
            }
            self.nullable(node);
            return;
        }
        if let Some(constant) = node.get("const") {
            self.values.push(constant);
        } else if let Some(values) = node.get("enum").and_then(Value::as_array) {
            self.values.extend(values);
        } else {
            for name in types(node) {
                self.types.entry(name).or_default().push(node.clone());
            }
        }
        self.nullable(node);
    }

    /// `OpenAPI` 3.0 has no type null.
    fn nullable(&mut self, node: &Node<'a>) {
        if node.get("nullable") == Some(&Value::Bool(true)) {
            self.types.entry("null").or_default().push(node.clone());
        }
    }

    /// Whether any value of this type is allowed.
    fn has_all_of(&self, name: &str) -> bool {
        let nodes = self.types.get(name).map_or(&[][..], Vec::as_slice);
        nodes.iter().any(|node| {
            let rest = node.assertions();
            rest.iter().all(|it| ["type", "nullable"].contains(it)) && (name != "number" || !is_integer(node))
        })
    }

    /// Whether exactly one alternative must hold, and a value may fit several: a change of one then changes more
    /// than itself. A required constant keeps alternatives apart.
    fn is_choosy(&self) -> bool {
        let several = |nodes: &Vec<Node<'_>>| {
            let tags: BTreeSet<_> = nodes.iter().filter_map(required_tag).collect();
            let members: BTreeSet<_> = tags.iter().map(|(member, _)| member).collect();
            let only: BTreeSet<_> = nodes.iter().filter_map(only_member).collect();
            let is_apart = tags.len() == nodes.len() && members.len() == 1 || only.len() == nodes.len();
            nodes.len() > 1 && !is_apart
        };
        let is_listed_twice = self.values.iter().any(|value| {
            self.types.contains_key(type_of(value))
                || self.values.iter().filter(|it| *it == value).count() > 1
        });
        self.is_exclusive && (is_listed_twice || self.types.values().any(several))
    }

    fn has_null(&self) -> bool {
        self.types.contains_key("null") || self.values.iter().any(|it| it.is_null())
    }
}

/// The types that a schema allows, integers among the numbers.
fn types(node: &Node<'_>) -> Vec<&'static str> {
    let known = |name: &str| {
        let name = if name == "integer" { "number" } else { name };
        TYPES.into_iter().find(|it| *it == name)
    };
    match node.get("type") {
        None => TYPES.to_vec(),
        Some(Value::String(one)) => known(one).into_iter().collect(),
        Some(Value::Array(several)) => {
            let mut all: Vec<_> = several.iter().filter_map(|it| known(it.as_str()?)).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
        Some(_) => Vec::new(),
    }
}

/// Whether of all numbers only the whole ones are allowed.
pub(super) fn is_integer(node: &Node<'_>) -> bool {
    match node.get("type") {
        Some(Value::String(one)) => one == "integer",
        Some(Value::Array(several)) => {
            several.iter().any(|it| it == "integer") && !several.iter().any(|it| it == "number")
        }
        _ => false,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl<'a> Comparison<'a> {
    /// Compares two schemas as choices.
    pub(super) fn alternatives(&mut self, old: &Node<'a>, new: &Node<'a>) {
        let before = Choice::of(old, self.old);
        let after = Choice::of(new, self.new);
        if !before.mixed.is_empty() || !after.mixed.is_empty() {
            return self.mixed(old, new);
        }
        let breaking = self.breaking();
        self.values(&before, &after, new);
        for name in TYPES {
            let none = Vec::new();
            let olds = before.types.get(name).unwrap_or(&none);
            let news = after.types.get(name).unwrap_or(&none);
            let listed = |choice: &Choice<'_>| choice.values.iter().any(|it| type_of(it) == name);
            match (olds.as_slice(), news.as_slice()) {
                ([], []) => {}
                // Whether null is listed or a type of its own is the same.
                ([], _) if name == "null" && before.has_null() => {}
                (_, []) if name == "null" && after.has_null() => {}
                ([], [first, ..]) => {
                    let what = format!("{} is allowed now", a(name, news));
                    let first = if listed(&before) { new } else { first };
                    self.add(first, Breaks::Readers, what, Some(old.value), Some(new.value));
                }
                ([_, ..], []) if listed(&after) => {
                    let what = format!("of all {name}s only those that are listed are allowed");
                    self.add(new, Breaks::Writers, what, Some(old.value), Some(new.value));
                }
                ([_, ..], []) => {
                    let what = format!("{} is no longer allowed", a(name, olds));
                    self.add(new, Breaks::Writers, what, Some(old.value), Some(new.value));
                }
                ([one], [other]) => self.typed(name, one, other),
                _ => self.several(name, olds.clone(), news.clone(), new),
            }
        }
        let is_choosy = before.is_choosy() || after.is_choosy();
        if is_choosy && (self.breaking() > breaking || before.is_exclusive != after.is_exclusive) {
            let what = "exactly one of alternatives must hold, and several may";
            self.add(new, Breaks::Undecided, what, None, None);
        }
        self.unknown(old, new);
    }

    /// Values that are listed on one side only, unless the other allows all of their type.
    fn values(&mut self, before: &Choice<'a>, after: &Choice<'a>, at: &Node<'a>) {
        for gone in before.values.iter().filter(|it| !after.values.contains(it)) {
            if !after.has_all_of(type_of(gone)) {
                self.add(
                    at,
                    Breaks::Writers,
                    format!("the value {gone} is no longer allowed"),
                    Some(gone),
                    None,
                );
            }
        }
        for more in after.values.iter().filter(|it| !before.values.contains(it)) {
            if !before.has_all_of(type_of(more)) {
                self.add(
                    at,
                    Breaks::Readers,
                    format!("the value {more} is allowed now"),
                    None,
                    Some(more),
                );
            }
        }
    }

    /// Several alternatives of one type: what is the same is paired, then what has the same tag or title.
    fn several(
        &mut self,
        name: &'static str,
        mut olds: Vec<Node<'a>>,
        mut news: Vec<Node<'a>>,
        at: &Node<'a>,
    ) {
        let mut pairs = Vec::new();
        let same_text: fn(&Node<'_>, &Node<'_>) -> bool = |one, other| one.value == other.value;
        let same_tag: fn(&Node<'_>, &Node<'_>) -> bool =
            |one, other| tag(one).is_some() && tag(one) == tag(other);
        let same_title: fn(&Node<'_>, &Node<'_>) -> bool =
            |one, other| one.get("title").is_some() && one.get("title") == other.get("title");
        let same_place: fn(&Node<'_>, &Node<'_>) -> bool =
            |one, other| one.key() == other.key() && tag(one).is_none() && tag(other).is_none();
        for is_same in [same_text, same_tag, same_title, same_place] {
            olds.retain(|old| match news.iter().position(|new| is_same(old, new)) {
                Some(index) => {
                    pairs.push((old.clone(), news.remove(index)));
                    false
                }
                None => true,
            });
        }
        for (old, new) in &pairs {
            self.typed(name, old, new);
        }
        match (olds.as_slice(), news.as_slice()) {
            ([old], [new]) if tag(old).is_none() || tag(new).is_none() => self.typed(name, old, new),
            // With nothing on one side, nothing there can be one of the other, tagged or not.
            (olds, news)
                if olds.is_empty()
                    || news.is_empty()
                    || olds.iter().chain(news).all(|it| tag(it).is_some()) =>
            {
                for old in olds {
                    self.add(
                        old,
                        Breaks::Writers,
                        "one alternative less",
                        Some(old.value),
                        None,
                    );
                }
                for new in news {
                    self.add(
                        new,
                        Breaks::Readers,
                        "one alternative more",
                        None,
                        Some(new.value),
                    );
                }
            }
            _ => self.add(
                at,
                Breaks::Undecided,
                format!("other alternatives of the type {name}"),
                None,
                None,
            ),
        }
    }

    /// Alternatives with conditions beside them: each by itself, as conditions that all must hold.
    fn mixed(&mut self, old: &Node<'a>, new: &Node<'a>) {
        let names = ["anyOf", "oneOf"];
        let is_alike = names
            .iter()
            .all(|it| old.get(it).is_some() == new.get(it).is_some());
        if !is_alike {
            let what = "alternatives beside conditions, which were not there, or no longer are";
            return self.add(new, Breaks::Undecided, what, Some(old.value), Some(new.value));
        }
        for name in names {
            let (olds, news) = (old.items(name), new.items(name));
            let paired = olds.len().min(news.len());
            for (one, other) in olds.iter().zip(&news) {
                self.schemas(one, other);
            }
            for gone in &olds[paired..] {
                self.add(
                    gone,
                    Breaks::Writers,
                    "one alternative less",
                    Some(gone.value),
                    None,
                );
            }
            for more in &news[paired..] {
                self.add(
                    more,
                    Breaks::Readers,
                    "one alternative more",
                    None,
                    Some(more.value),
                );
            }
        }
        self.kinds(old, new);
    }

    /// Types and their keywords, of schemas whose alternatives were compared already.
    fn kinds(&mut self, old: &Node<'a>, new: &Node<'a>) {
        let (before, after) = (types(old), types(new));
        for name in TYPES {
            match (before.contains(&name), after.contains(&name)) {
                (true, true) => self.typed(name, old, new),
                (true, false) => {
                    let what = format!("a {name} is no longer allowed");
                    self.add(new, Breaks::Writers, what, old.get("type"), new.get("type"));
                }
                (false, true) => {
                    let what = format!("a {name} is allowed now");
                    self.add(new, Breaks::Readers, what, old.get("type"), new.get("type"));
                }
                (false, false) => {}
            }
        }
        self.unknown(old, new);
    }
}

/// What tells an alternative from the others: the constants of its members.
fn tag(node: &Node<'_>) -> Option<Vec<String>> {
    let members = node.get("properties")?.as_object()?;
    let mut tags: Vec<_> = members
        .iter()
        .filter_map(|(name, schema)| Some(format!("{name}={}", schema.get("const")?)))
        .collect();
    if tags.is_empty()
        && let [only] = node.get("required")?.as_array()?.as_slice()
    {
        // An externally tagged alternative has one member, which is required.
        tags.push(only.to_string());
    }
    (!tags.is_empty()).then_some(tags)
}

/// A member that no value of the alternative can do without, and its constant.
fn required_tag(node: &Node<'_>) -> Option<(String, String)> {
    let required = node.get("required")?.as_array()?;
    let members = node.get("properties")?.as_object()?;
    members
        .iter()
        .filter(|(name, _)| required.contains(&Value::from(name.as_str())))
        .find_map(|(name, schema)| Some((name.clone(), schema.get("const")?.to_string())))
}

/// The one member that every value of the alternative has, and nothing besides.
fn only_member(node: &Node<'_>) -> Option<String> {
    let is_closed = node.get("additionalProperties")? == &Value::Bool(false);
    let members = node.get("properties")?.as_object()?;
    match node.get("required")?.as_array()?.as_slice() {
        [only] if is_closed && members.len() == 1 => Some(only.to_string()),
        _ => None,
    }
}

/// A type with its article.
fn a(name: &'static str, nodes: &[Node<'_>]) -> String {
    match name {
        "null" => "null".to_owned(),
        "number" if nodes.iter().all(is_integer) => "an integer".to_owned(),
        "array" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}
