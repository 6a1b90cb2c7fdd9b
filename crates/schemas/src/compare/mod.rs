//! What changed between two states of published schemas, and whom it breaks.
//!
//! A schema is a set of values. Where the set grew, what is written may be something that a reader did not expect;
//! where it shrank, what a writer was allowed to write no longer is. A new optional member of an open object counts
//! as neither: readers of such objects skip what they do not know. What cannot be decided is said to be so, and
//! counts as breaking.
//!
//! Left out: whether two patterns allow the same texts, and conditions (`if`).

mod alternatives;
mod document;
mod keywords;
mod node;
mod openapi;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use node::Node;

/// Whom a difference breaks.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Breaks {
    /// Nobody.
    Nobody,
    /// Readers: what is written may be something they did not expect.
    Readers,
    /// Writers: what they were allowed to write no longer is.
    Writers,
    /// Readers and writers.
    Both,
    /// Nobody knows, so it counts as breaking.
    Undecided,
}

impl Breaks {
    /// Every kind, the harmless one first.
    pub const ALL: [Self; 5] = [
        Self::Nobody,
        Self::Readers,
        Self::Writers,
        Self::Both,
        Self::Undecided,
    ];

    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Readers => "readers",
            Self::Writers => "writers",
            Self::Both => "both",
            Self::Undecided => "undecided",
        }
    }

    /// Whether somebody may be broken.
    pub fn is_breaking(self) -> bool {
        self != Self::Nobody
    }

    const fn inverted(self) -> Self {
        match self {
            Self::Readers => Self::Writers,
            Self::Writers => Self::Readers,
            other => other,
        }
    }
}

/// One difference.
#[derive(Clone, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Difference {
    /// The path of the file below the folder.
    pub file: String,
    /// Where in the file: a JSON pointer into the new state, or into the old one for what is gone.
    pub pointer: String,
    /// Whom it breaks.
    pub breaks: Breaks,
    /// What changed, in words.
    pub what: String,
    /// What stood there, cut where it is long; null when nothing did.
    pub old: Option<String>,
    /// What stands there, cut where it is long; null when nothing does.
    pub new: Option<String>,
}

/// Files by their path below a folder.
pub type Files = BTreeMap<String, Value>;

/// Every difference between two states, by file and pointer.
pub fn compare(old: &Files, new: &Files) -> Vec<Difference> {
    let mut comparison = Comparison::new(old, new);
    for (path, before) in old {
        match new.get(path) {
            Some(after) => comparison.file(path, before, after),
            None => comparison.gone(path, before),
        }
    }
    for path in new.keys().filter(|path| !old.contains_key(*path)) {
        let difference = whole(path, Breaks::Nobody, "a new file");
        comparison.found.insert(difference);
    }
    comparison.found.into_iter().collect()
}

struct Comparison<'a> {
    old: &'a Files,
    new: &'a Files,
    found: BTreeSet<Difference>,
    /// The pairs of places that were compared, or are being: schemas lead back to themselves.
    seen: BTreeSet<(String, String, bool)>,
    /// Whether what widens here narrows the whole.
    is_inverted: bool,
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Files, new: &'a Files) -> Self {
        Self {
            old,
            new,
            found: BTreeSet::new(),
            seen: BTreeSet::new(),
            is_inverted: false,
        }
    }

    fn file(&mut self, path: &'a str, before: &'a Value, after: &'a Value) {
        let is = |value: &Value, name: &str| value.get(name).is_some_and(Value::is_string);
        if is(before, "openapi") || is(after, "openapi") {
            self.openapi(path, before, after);
        } else if is(before, "$schema") || is(after, "$schema") {
            if before.get("$id") != after.get("$id") {
                let what = "another name: references to the old one lead nowhere";
                let difference = whole(path, Breaks::Both, what);
                self.found.insert(difference);
            }
            let (old, new) = (Node::root(path, before), Node::root(path, after));
            self.schemas(&old, &new);
        } else if before != after {
            let difference = whole(path, Breaks::Nobody, "other data");
            self.found.insert(difference);
        }
    }

    /// A file that is no more; told as moved where a new one says the same.
    fn gone(&mut self, path: &str, before: &Value) {
        let less = |value: &Value| {
            let mut value = value.clone();
            if let Some(members) = value.as_object_mut() {
                members.remove("$id");
            }
            value
        };
        let before = less(before);
        let mut moved = self.new.iter().filter(|(to, _)| !self.old.contains_key(*to));
        let what = match moved.find(|(_, after)| less(after) == before) {
            Some((to, _)) => format!("moved to {to}"),
            None => "the file is gone".to_owned(),
        };
        let difference = whole(path, Breaks::Both, &what);
        self.found.insert(difference);
    }

    /// How many differences break somebody, so far.
    fn breaking(&self) -> usize {
        self.found.iter().filter(|it| it.breaks.is_breaking()).count()
    }

    fn add(
        &mut self,
        at: &Node<'_>,
        breaks: Breaks,
        what: impl Into<String>,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let breaks = if self.is_inverted {
            breaks.inverted()
        } else {
            breaks
        };
        self.found.insert(Difference {
            file: at.file.to_owned(),
            pointer: at.pointer.clone(),
            breaks,
            what: what.into(),
            old: old.map(shown),
            new: new.map(shown),
        });
    }
}

/// A difference of a file as a whole.
fn whole(path: &str, breaks: Breaks, what: &str) -> Difference {
    Difference {
        file: path.to_owned(),
        pointer: String::new(),
        breaks,
        what: what.to_owned(),
        old: None,
        new: None,
    }
}

/// The most characters of a value in a report.
const MAX_CHARS: usize = 120;

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
