//! What a pass over a PDF has shown, in memory that does not grow with the file.

use super::{
    dict::{Identifier, Reference, Target},
    password::Security,
    table::Entry,
};

/// Cross-references whose place is kept: the last ones, because `startxref` names one of them.
const MAX_PLACES: usize = 64;

/// Nodes of the page tree that are kept: the first ones.
const MAX_NODES: usize = 32;

/// Entries of tables before their objects that are kept.
const MAX_AHEAD: usize = 16;

/// Encryption dictionaries that are kept: the last ones. A document has one, and an attached one another.
const MAX_SECURITIES: usize = 4;

/// What the verdict needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) objects: u64,
    /// Where the last whole or started object is.
    pub(super) last_object: u64,
    pub(super) object_streams: bool,
    /// Where the last trailer without `/Root` is, as long as none has one.
    pub(super) rootless_trailer: Option<u64>,
    /// The first and the last `/Root`, each with the place of its dictionary.
    pub(super) roots: Option<[(Target, u64); 2]>,
    /// The last `/Encrypt`, with the place of its dictionary.
    pub(super) encrypt: Option<(Target, u64)>,
    pub(super) securities: Securities,
    /// The first and the last `/ID`.
    pub(super) identifiers: Option<[Identifier; 2]>,
    /// The last catalog's number, and that of its page tree.
    pub(super) catalog: Option<(Reference, Reference)>,
    pub(super) tree: Tree,
    /// Where an empty page tree is.
    pub(super) empty_pages: Option<u64>,
    pub(super) pages: bool,
    /// How long a linearized file says it is.
    pub(super) promised: Option<u64>,
    pub(super) startxref: Option<StartXref>,
    pub(super) places: Places,
    pub(super) ahead: Ahead,
    pub(super) end_mark: EndMark,
}

/// What is known of `%%EOF`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum EndMark {
    /// None so far.
    #[default]
    Missing,
    /// No object follows the last one.
    Last,
    /// Objects follow the last one.
    Outlived,
}

/// The last `startxref`: where it is, and its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartXref {
    pub(super) offset: u64,
    pub(super) target: Option<u64>,
    /// Whether `%%EOF` followed.
    pub(super) ended: bool,
}

/// Encryption dictionaries, each with its object's number (none for one in a trailer) and its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Securities {
    ring: [Option<(Option<Reference>, u64, Security)>; MAX_SECURITIES],
    next: usize,
}

impl Securities {
    /// Keeps one; the newest object of a number is the one that counts.
    pub(super) fn keep(&mut self, number: Option<Reference>, offset: u64, security: &Security) {
        let same = |kept: &Option<(Option<Reference>, u64, Security)>| {
            kept.as_ref().is_some_and(|(kept, ..)| *kept == number)
        };
        let place = self.ring.iter().position(same).unwrap_or_else(|| {
            self.next += 1;
            (self.next - 1) % MAX_SECURITIES
        });
        self.ring[place] = Some((number, offset, *security));
    }

    /// The one that `/Encrypt` names, and its place.
    pub(super) fn find(&self, target: Target) -> Option<(u64, &Security)> {
        let wanted = match target {
            Target::Object(number) => Some(number),
            Target::Direct => None,
        };
        self.ring
            .iter()
            .flatten()
            .find(|(number, ..)| *number == wanted)
            .map(|(_, offset, security)| (*offset, security))
    }
}

/// Where the last cross-references are, each with its `/Prev`, or 0.
#[derive(Clone, Debug)]
pub(super) struct Places {
    ring: [(u64, u64); MAX_PLACES],
    count: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            ring: [(0, 0); MAX_PLACES],
            count: 0,
        }
    }
}

/// Where following `/Prev` from a cross-reference led.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Chain {
    /// To one without `/Prev`, or to one that was forgotten.
    Ends,
    /// To a cross-reference that was there before; the place of the one that leads back.
    Loops(u64),
    /// To a place where none is, from the cross-reference at the first.
    Breaks(u64, u64),
}

impl Places {
    pub(super) fn push(&mut self, offset: u64, previous: Option<u64>) {
        self.ring[self.count % MAX_PLACES] = (offset, previous.unwrap_or(0));
        self.count += 1;
    }

    /// Notes the `/Prev` of the last one, whose trailer comes behind it.
    pub(super) fn set_previous(&mut self, previous: Option<u64>) {
        if let (Some(last), Some(previous)) = (self.count.checked_sub(1), previous) {
            self.ring[last % MAX_PLACES].1 = previous;
        }
    }

    /// Whether a cross-reference may start here, give or take white space before it. A forgotten one may.
    pub(super) fn may_hold(&self, target: u64) -> bool {
        self.count > MAX_PLACES || self.find(target).is_some()
    }

    fn find(&self, target: u64) -> Option<(u64, u64)> {
        let kept = &self.ring[..self.count.min(MAX_PLACES)];
        let near = |(place, _): &&(u64, u64)| (target..=target.saturating_add(2)).contains(place);
        kept.iter().rev().find(near).copied()
    }

    /// Follows `/Prev` from the cross-reference at `target`; offsets may count from `header`.
    pub(super) fn chain(&self, target: u64, header: u64) -> Chain {
        let find = |target: u64| {
            self.find(target)
                .or_else(|| self.find(target.saturating_add(header)))
        };
        let Some((mut at, mut previous)) = find(target) else {
            return Chain::Ends;
        };
        for _ in 0..MAX_PLACES {
            match (previous, find(previous)) {
                (0, _) => return Chain::Ends,
                (_, Some(next)) => (at, previous) = next,
                (_, None) if self.count > MAX_PLACES => return Chain::Ends,
                (_, None) => return Chain::Breaks(at, previous),
            }
        }
        Chain::Loops(at)
    }
}

/// Entries of tables that name a place behind the table, as linearized files have: the first ones, each with its
/// own place.
#[derive(Clone, Debug, Default)]
pub(super) struct Ahead {
    entries: [Option<(Entry, u64)>; MAX_AHEAD],
    count: usize,
}

impl Ahead {
    pub(super) fn keep(&mut self, entry: Entry, offset: u64) {
        if let Some(place) = self.entries.get_mut(self.count) {
            *place = Some((entry, offset));
            self.count += 1;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Entry, u64)> {
        self.entries.iter().flatten()
    }
}

/// What `/Kids` of a page tree's node says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kids {
    /// It is empty.
    None,
    First(Reference),
    /// It is not in the node.
    Untold,
}

/// The first nodes of the page tree, by number: where each one's first way down leads.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: [(Reference, u64, Kids); MAX_NODES],
    count: usize,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            nodes: [(0, 0, Kids::Untold); MAX_NODES],
            count: 0,
        }
    }
}

/// Where the first way down a page tree leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Descent {
    /// To a page, or out of sight.
    Fine,
    /// Nowhere: the root at this place has no kids.
    Empty(u64),
    /// Back up; the place of the root.
    Loops(u64),
}

impl Tree {
    pub(super) fn keep(&mut self, number: Reference, offset: u64, kids: Kids) {
        let place = self.place(number).unwrap_or(self.count);
        if let Some(node) = self.nodes.get_mut(place) {
            *node = (number, offset, kids);
            self.count = self.count.max(place + 1);
        }
    }

    fn place(&self, number: Reference) -> Option<usize> {
        self.nodes[..self.count]
            .iter()
            .position(|(kept, ..)| *kept == number)
    }

    pub(super) fn descend(&self, root: Reference) -> Descent {
        let Some((_, offset, mut kids)) = self.place(root).map(|place| self.nodes[place]) else {
            return Descent::Fine;
        };
        if kids == Kids::None {
            return Descent::Empty(offset);
        }
        for _ in 0..=MAX_NODES {
            let Kids::First(next) = kids else {
                return Descent::Fine;
            };
            let Some(place) = self.place(next) else {
                return Descent::Fine;
            };
            kids = self.nodes[place].2;
        }
        Descent::Loops(offset)
    }
}
