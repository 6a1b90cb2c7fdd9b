//! What a schema asks of the values of one type, keyword by keyword.

use std::{cmp::Ordering, collections::BTreeSet};

use serde_json::Value;

use super::{Breaks, Comparison, alternatives::is_integer, node::Node};

/// Every keyword that is compared; of any other nothing is known.
const KNOWN: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
    "uniqueItems",
];

impl<'a> Comparison<'a> {
    /// Compares what two schemas ask of the values of a type.
    pub(super) fn typed(&mut self, name: &str, old: &Node<'a>, new: &Node<'a>) {
        match name {
            "number" => {
                match (is_integer(old), is_integer(new)) {
                    (true, false) => self.add(
                        new,
                        Breaks::Readers,
                        "a number with a fraction is allowed now",
                        None,
                        None,
                    ),
                    (false, true) => self.add(new, Breaks::Writers, "only integers are allowed", None, None),
                    _ => {}
                }
                for (keyword, exclusive, is_least) in [
                    ("minimum", "exclusiveMinimum", true),
                    ("maximum", "exclusiveMaximum", false),
                ] {
                    let (before, after) = (
                        bound(old, keyword, exclusive, is_least),
                        bound(new, keyword, exclusive, is_least),
                    );
                    self.bound(keyword, before, after, is_least, (old, new));
                }
                self.factor(old, new);
            }
            "string" => {
                self.least(old, new, "minLength");
                self.most(old, new, "maxLength");
                self.text(old, new, "pattern", Breaks::Undecided);
                for keyword in ["format", "contentEncoding", "contentMediaType"] {
                    self.text(old, new, keyword, Breaks::Both);
                }
            }
            "array" => self.arrays(old, new),
            "object" => self.objects(old, new),
            _ => {}
        }
    }

    fn arrays(&mut self, old: &Node<'a>, new: &Node<'a>) {
        self.least(old, new, "minItems");
        self.most(old, new, "maxItems");
        let (before, after) = (is_true(old, "uniqueItems"), is_true(new, "uniqueItems"));
        match (before, after) {
            (false, true) => self.add(new, Breaks::Writers, "no item may stand twice", None, None),
            (true, false) => self.add(new, Breaks::Readers, "an item may stand twice", None, None),
            _ => {}
        }
        self.below(old, new, "items");
        let (olds, news) = (old.items("prefixItems"), new.items("prefixItems"));
        if olds.len() == news.len() {
            for (one, other) in olds.iter().zip(&news) {
                self.schemas(one, other);
            }
        } else {
            self.add(
                new,
                Breaks::Undecided,
                "another number of first items",
                None,
                None,
            );
        }
        for keyword in ["contains", "minContains", "maxContains"] {
            if old.get(keyword) != new.get(keyword) {
                self.add(
                    new,
                    Breaks::Undecided,
                    format!("another {keyword}"),
                    old.get(keyword),
                    new.get(keyword),
                );
            }
        }
    }

    fn objects(&mut self, old: &Node<'a>, new: &Node<'a>) {
        self.least(old, new, "minProperties");
        self.most(old, new, "maxProperties");
        self.below(old, new, "additionalProperties");
        self.below(old, new, "propertyNames");
        let (before, after) = (names(old, "required"), names(new, "required"));
        for name in after.difference(&before) {
            self.add(
                new,
                Breaks::Writers,
                format!("the member {name:?} is required now"),
                None,
                None,
            );
        }
        for name in before.difference(&after) {
            self.add(
                new,
                Breaks::Readers,
                format!("the member {name:?} is no longer required"),
                None,
                None,
            );
        }
        self.members(old, new, "properties");
        self.members(old, new, "patternProperties");
        if old.get("dependentRequired") != new.get("dependentRequired") {
            let (one, other) = (old.get("dependentRequired"), new.get("dependentRequired"));
            self.add(
                new,
                Breaks::Undecided,
                "other members that need others",
                one,
                other,
            );
        }
    }

    /// Members by name. One that only one side knows is held against what the other says of all others.
    fn members(&mut self, old: &Node<'a>, new: &Node<'a>, keyword: &str) {
        let of = |node: &Node<'a>| -> BTreeSet<&'a str> {
            let members = node.get(keyword).and_then(Value::as_object);
            members
                .into_iter()
                .flat_map(serde_json::Map::keys)
                .map(String::as_str)
                .collect()
        };
        let member = |node: &Node<'a>, name: &str| node.at(keyword)?.at(name);
        let (before, after) = (of(old), of(new));
        for name in before.union(&after) {
            match (member(old, name), member(new, name)) {
                (Some(one), Some(other)) => self.schemas(&one, &other),
                (None, Some(other)) => match old.at("additionalProperties") {
                    Some(others) if others.value == &Value::Bool(false) => {
                        self.add(
                            &other,
                            Breaks::Readers,
                            "a member that was not allowed",
                            None,
                            Some(other.value),
                        );
                    }
                    Some(others) if !others.is_open() => self.schemas(&others, &other),
                    _ => self.add(&other, Breaks::Nobody, "a new member", None, Some(other.value)),
                },
                (Some(one), None) => match new.at("additionalProperties") {
                    Some(others) if others.value == &Value::Bool(false) => {
                        let is_owed = names(old, "required").contains(*name);
                        let breaks = if is_owed { Breaks::Both } else { Breaks::Writers };
                        self.add(
                            &one,
                            breaks,
                            "a member that is no longer allowed",
                            Some(one.value),
                            None,
                        );
                    }
                    Some(others) if !others.is_open() => self.schemas(&one, &others),
                    _ => self.add(
                        &one,
                        Breaks::Readers,
                        "a member of which nothing is said any more",
                        Some(one.value),
                        None,
                    ),
                },
                (None, None) => {}
            }
        }
    }

    /// A schema below a keyword; without it, everything is allowed there.
    fn below(&mut self, old: &Node<'a>, new: &Node<'a>, keyword: &str) {
        match (old.at(keyword), new.at(keyword)) {
            (None, None) => {}
            (Some(one), Some(other)) => self.schemas(&one, &other),
            (None, Some(other)) if other.is_open() => {}
            (Some(one), None) if one.is_open() => {}
            (None, Some(other)) => {
                self.add(
                    &other,
                    Breaks::Writers,
                    format!("{keyword} was anything"),
                    None,
                    Some(other.value),
                );
            }
            (Some(one), None) => {
                self.add(
                    &one,
                    Breaks::Readers,
                    format!("{keyword} may be anything"),
                    Some(one.value),
                    None,
                );
            }
        }
    }

    fn least(&mut self, old: &Node<'a>, new: &Node<'a>, keyword: &str) {
        let of = |node: &Node<'_>| Some((node.get(keyword)?.as_f64()?, false));
        self.bound(keyword, of(old), of(new), true, (old, new));
    }

    fn most(&mut self, old: &Node<'a>, new: &Node<'a>, keyword: &str) {
        let of = |node: &Node<'_>| Some((node.get(keyword)?.as_f64()?, false));
        self.bound(keyword, of(old), of(new), false, (old, new));
    }

    /// A bound, and whether it is itself outside.
    fn bound(
        &mut self,
        keyword: &str,
        before: Option<(f64, bool)>,
        after: Option<(f64, bool)>,
        is_least: bool,
        (old, new): (&Node<'a>, &Node<'a>),
    ) {
        let order = match (before, after) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some((before, outside)), Some((after, is_outside))) => {
                let order = after.total_cmp(&before);
                let order = if is_least { order } else { order.reverse() };
                order.then(is_outside.cmp(&outside))
            }
        };
        let (breaks, what) = match order {
            Ordering::Equal => return,
            Ordering::Greater => (Breaks::Writers, "is narrower"),
            Ordering::Less => (Breaks::Readers, "is wider"),
        };
        self.add(
            new,
            breaks,
            format!("{keyword} {what}"),
            old.get(keyword),
            new.get(keyword),
        );
    }

    fn factor(&mut self, old: &Node<'a>, new: &Node<'a>) {
        let of = |node: &Node<'_>| node.get("multipleOf").and_then(Value::as_f64);
        let is_whole = |number: f64| number.fract() == 0.0;
        let breaks = match (of(old), of(new)) {
            (None, None) => return,
            (None, Some(_)) => Breaks::Writers,
            (Some(_), None) => Breaks::Readers,
            (Some(before), Some(after)) if before.total_cmp(&after).is_eq() => return,
            (Some(before), Some(after)) if is_whole(after / before) => Breaks::Writers,
            (Some(before), Some(after)) if is_whole(before / after) => Breaks::Readers,
            _ => Breaks::Both,
        };
        self.add(
            new,
            breaks,
            "another multipleOf",
            old.get("multipleOf"),
            new.get("multipleOf"),
        );
    }

    /// A rule about texts whose change is classified alike, whatever it is.
    fn text(&mut self, old: &Node<'a>, new: &Node<'a>, keyword: &str, changed: Breaks) {
        let (breaks, what) = match (old.get(keyword), new.get(keyword)) {
            (one, other) if one == other => return,
            (None, _) => (Breaks::Writers, "is asked for now"),
            (_, None) => (Breaks::Readers, "is no longer asked for"),
            _ => (changed, "is another"),
        };
        self.add(
            new,
            breaks,
            format!("{keyword} {what}"),
            old.get(keyword),
            new.get(keyword),
        );
    }

    /// `not`, which turns wider into narrower, and keywords of which nothing is known.
    pub(super) fn unknown(&mut self, old: &Node<'a>, new: &Node<'a>) {
        match (old.at("not"), new.at("not")) {
            (None, None) => {}
            (Some(one), Some(other)) => {
                self.is_inverted = !self.is_inverted;
                self.schemas(&one, &other);
                self.is_inverted = !self.is_inverted;
            }
            (None, Some(other)) => self.add(&other, Breaks::Writers, "excluded now", None, Some(other.value)),
            (Some(one), None) => self.add(&one, Breaks::Readers, "no longer excluded", Some(one.value), None),
        }
        let keywords: BTreeSet<_> = old.assertions().union(&new.assertions()).copied().collect();
        for keyword in keywords.into_iter().filter(|it| !KNOWN.contains(it)) {
            if old.get(keyword) != new.get(keyword) {
                let what = format!("{keyword} changed, which is not understood");
                self.add(new, Breaks::Undecided, what, old.get(keyword), new.get(keyword));
            }
        }
    }
}

/// A bound of numbers. In `OpenAPI` 3.0 the exclusive one is a switch.
fn bound(node: &Node<'_>, keyword: &str, exclusive: &str, is_least: bool) -> Option<(f64, bool)> {
    let plain = node.get(keyword).and_then(Value::as_f64);
    match node.get(exclusive) {
        Some(Value::Bool(outside)) => plain.map(|bound| (bound, *outside)),
        Some(other) => {
            let strict = other.as_f64()?;
            match plain {
                Some(bound) if is_least && bound > strict || !is_least && bound < strict => {
                    Some((bound, false))
                }
                _ => Some((strict, true)),
            }
        }
        None => plain.map(|bound| (bound, false)),
    }
}

fn is_true(node: &Node<'_>, keyword: &str) -> bool {
    node.get(keyword) == Some(&Value::Bool(true))
}

fn names<'a>(node: &Node<'a>, keyword: &str) -> BTreeSet<&'a str> {
    let list = node.get(keyword).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}
