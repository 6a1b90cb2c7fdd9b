//! Two schemas: what all of their parts say together.

use serde_json::{Map, Value};

use super::{
    Breaks, Comparison,
    node::{Node, is_annotation},
};

/// The most references in a row.
const MAX_REFERENCES: usize = 32;

impl<'a> Comparison<'a> {
    /// Compares two schemas, wherever their references lead.
    pub(super) fn schemas(&mut self, old: &Node<'a>, new: &Node<'a>) {
        if !self.seen.insert((old.key(), new.key(), self.is_inverted)) {
            return;
        }
        self.annotations(old, new);
        let parts = (
            old.conjuncts(self.old, MAX_REFERENCES),
            new.conjuncts(self.new, MAX_REFERENCES),
        );
        let (Some(olds), Some(news)) = parts else {
            let what = "a reference leads nowhere that is known";
            return self.add(new, Breaks::Undecided, what, Some(old.value), Some(new.value));
        };
        self.conjunctions(olds, news, new);
    }

    /// Compares what must hold together: what is the same first, then what stands in the same place.
    fn conjunctions(&mut self, mut olds: Vec<Node<'a>>, mut news: Vec<Node<'a>>, at: &Node<'a>) {
        if let ([old], [new]) = (olds.as_slice(), news.as_slice()) {
            let (old, new) = (old.clone(), new.clone());
            return self.plain(&old, &new);
        }
        let mut pairs = Vec::new();
        for is_same in [same_place as fn(&Node<'_>, &Node<'_>) -> bool, same_text] {
            olds.retain(|old| match news.iter().position(|new| is_same(old, new)) {
                Some(index) => {
                    pairs.push((old.clone(), news.remove(index)));
                    false
                }
                None => true,
            });
        }
        if olds.len() == news.len() {
            pairs.extend(olds.drain(..).zip(news.drain(..)));
        }
        for (old, new) in &pairs {
            self.plain(old, new);
        }
        match (olds.as_slice(), news.as_slice()) {
            ([], news) => {
                for new in news.iter().filter(|new| !new.is_open()) {
                    self.add(new, Breaks::Writers, "one condition more", None, Some(new.value));
                }
            }
            (olds, []) => {
                for old in olds.iter().filter(|old| !old.is_open()) {
                    self.add(old, Breaks::Readers, "one condition less", Some(old.value), None);
                }
            }
            _ => self.add(
                at,
                Breaks::Undecided,
                "other conditions, of another number",
                None,
                Some(at.value),
            ),
        }
    }

    /// Compares two schemas without references of their own.
    fn plain(&mut self, old: &Node<'a>, new: &Node<'a>) {
        self.annotations(old, new);
        let is_nothing = |node: &Node<'_>| node.value == &Value::Bool(false);
        match (is_nothing(old), is_nothing(new)) {
            (true, true) => {}
            (true, false) => self.add(
                new,
                Breaks::Readers,
                "allowed now",
                Some(old.value),
                Some(new.value),
            ),
            (false, true) => self.add(
                new,
                Breaks::Writers,
                "no longer allowed",
                Some(old.value),
                Some(new.value),
            ),
            (false, false) => self.alternatives(old, new),
        }
    }

    /// What is only said about a schema.
    pub(super) fn annotations(&mut self, old: &Node<'a>, new: &Node<'a>) {
        let none = Map::new();
        let (before, after) = (
            old.value.as_object().unwrap_or(&none),
            new.value.as_object().unwrap_or(&none),
        );
        let mut names: Vec<_> = before
            .keys()
            .chain(after.keys().filter(|it| !before.contains_key(*it)))
            .collect();
        names.retain(|name| is_annotation(name) && !matches!(name.as_str(), "$defs" | "definitions" | "$id"));
        for name in names {
            let (one, other) = (before.get(name), after.get(name));
            if one != other {
                let at = new.named(name);
                self.add(&at, Breaks::Nobody, format!("another {name}"), one, other);
            }
        }
    }
}

fn same_place(old: &Node<'_>, new: &Node<'_>) -> bool {
    old.key() == new.key()
}

fn same_text(old: &Node<'_>, new: &Node<'_>) -> bool {
    old.value == new.value
}
