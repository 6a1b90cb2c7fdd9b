//! The dictionary of an object or trailer, as far as its outermost keys matter.

use super::atom::Atom;

/// A reference `12 0 R`, by its object's number.
pub(super) type Reference = u64;

/// What the outermost keys of one dictionary said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dict {
    pub(super) kind: Kind,
    pub(super) root: Option<Root>,
    pub(super) length: Option<u64>,
    pub(super) count: Option<u64>,
    pub(super) encrypt: Option<Reference>,
    /// `/Filter` with a name that is no stream filter: that of a security handler.
    pub(super) handler: Option<Atom>,
    /// Whether there is a `/V`, as encryption dictionaries have.
    pub(super) versioned: bool,
}

/// What `/Root` is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Root {
    Object(Reference),
    /// A dictionary on the spot, which some writers leave there.
    Direct,
}

/// What `/Type` says, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Kind {
    #[default]
    Other,
    CrossReference,
    ObjectStream,
    Page,
    Pages,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    Type,
    Root,
    Length,
    Count,
    Encrypt,
    Filter,
    Version,
    Other,
}

impl Key {
    fn of(name: &Atom) -> Self {
        match name.as_bytes() {
            b"Type" => Self::Type,
            b"Root" => Self::Root,
            b"Length" => Self::Length,
            b"Count" => Self::Count,
            b"Encrypt" => Self::Encrypt,
            b"Filter" => Self::Filter,
            b"V" => Self::Version,
            _ => Self::Other,
        }
    }
}

/// Follows the keys and values at the outermost level of one dictionary.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader {
    dict: Dict,
    key: Option<Key>,
    /// The number that may be the key's value, or the start of a reference.
    number: Option<u64>,
}

impl Reader {
    /// What was read so far, the value at the end included.
    pub(super) fn dict(&mut self) -> Dict {
        self.settle();
        self.dict
    }

    /// A name: the next key, or the value of the present one.
    pub(super) fn name(&mut self, name: &Atom) {
        if self.number.is_some() {
            self.settle();
        }
        match self.key.take() {
            None => self.key = Some(Key::of(name)),
            Some(Key::Type) => {
                self.dict.kind = match name.as_bytes() {
                    b"XRef" => Kind::CrossReference,
                    b"ObjStm" => Kind::ObjectStream,
                    b"Page" => Kind::Page,
                    b"Pages" => Kind::Pages,
                    _ => Kind::Other,
                }
            }
            Some(Key::Filter) if !is_stream_filter(name) => self.dict.handler = Some(*name),
            Some(_) => {}
        }
    }

    /// A number: a value, or the first or second part of a reference.
    pub(super) fn number(&mut self, number: u64) {
        self.number.get_or_insert(number);
    }

    /// `R`, which makes a reference of the two numbers before it.
    pub(super) fn reference(&mut self) {
        match (self.key.take(), self.number.take()) {
            (Some(Key::Root), Some(number)) => self.dict.root = Some(Root::Object(number)),
            (Some(Key::Encrypt), Some(number)) => self.dict.encrypt = Some(number),
            _ => {}
        }
    }

    /// A value that no rule reads: a string, an array, `true`; or a dictionary.
    pub(super) fn other_value(&mut self, dict: bool) {
        if dict && self.key == Some(Key::Root) {
            self.dict.root = Some(Root::Direct);
        }
        self.key = None;
        self.number = None;
    }

    /// A number that no `R` followed is a value.
    fn settle(&mut self) {
        let Some(number) = self.number.take() else { return };
        match self.key.take() {
            Some(Key::Length) => self.dict.length = Some(number),
            Some(Key::Count) => self.dict.count = Some(number),
            Some(Key::Version) => self.dict.versioned = true,
            _ => {}
        }
    }
}

fn is_stream_filter(name: &Atom) -> bool {
    let name = name.as_bytes();
    let short: &[&[u8]] = &[b"A85", b"AHx", b"CCF", b"DCT", b"Fl", b"LZW", b"RL", b"Crypt"];
    name.ends_with(b"Decode") || short.contains(&name)
}
