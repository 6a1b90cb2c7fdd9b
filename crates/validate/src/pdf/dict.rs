//! The dictionary of an object or trailer, as far as its outermost keys matter.

use super::{atom::Atom, password::Security, text::Text};

/// A reference `12 0 R`, by its object's number.
pub(super) type Reference = u64;

/// What the outermost keys of one dictionary said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dict {
    pub(super) kind: Kind,
    pub(super) root: Option<Target>,
    pub(super) encrypt: Option<Target>,
    pub(super) previous: Option<u64>,
    pub(super) length: Option<u64>,
    pub(super) count: Option<u64>,
    /// The page tree that a catalog names.
    pub(super) pages: Option<Reference>,
    /// How many references `/Kids` has, and the first.
    pub(super) kids: Option<(u64, Reference)>,
    /// Whether this opens a linearized file, and the length `/L` that the file then has.
    pub(super) linearized: bool,
    pub(super) file_length: Option<u64>,
}

/// What a key names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    Object(Reference),
    /// A dictionary on the spot, which some writers leave there.
    Direct,
}

/// What `/Type` says, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Kind {
    #[default]
    Other,
    Catalog,
    CrossReference,
    ObjectStream,
    Page,
    Pages,
}

/// The first of the two identifiers in a trailer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Identifier {
    Here(Text),
    /// In an object of its own.
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    Type,
    Root,
    Encrypt,
    Identifier,
    Previous,
    Length,
    Count,
    Pages,
    Kids,
    Linearized,
    FileLength,
    Filter,
    Version,
    Revision,
    Permissions,
    Owner,
    User,
    Other,
}

impl Key {
    fn of(name: &Atom) -> Self {
        match name.as_bytes() {
            b"Type" => Self::Type,
            b"Root" => Self::Root,
            b"Encrypt" => Self::Encrypt,
            b"ID" => Self::Identifier,
            b"Prev" => Self::Previous,
            b"Length" => Self::Length,
            b"Count" => Self::Count,
            b"Pages" => Self::Pages,
            b"Kids" => Self::Kids,
            b"Linearized" => Self::Linearized,
            b"L" => Self::FileLength,
            b"Filter" => Self::Filter,
            b"V" => Self::Version,
            b"R" => Self::Revision,
            b"P" => Self::Permissions,
            b"O" => Self::Owner,
            b"U" => Self::User,
            _ => Self::Other,
        }
    }
}

/// Follows the keys and values at the outermost level of one dictionary.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    dict: Dict,
    security: Security,
    identifier: Option<Identifier>,
    /// Whether one of the two above was written to: they are too large to be cleared for each object.
    touched: bool,
    key: Option<Key>,
    /// The number that may be the key's value, or the start of a reference.
    number: Option<u64>,
    /// The key whose array is open.
    array: Option<Key>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            dict: Dict::default(),
            security: Security::new(),
            identifier: None,
            touched: false,
            key: None,
            number: None,
            array: None,
        }
    }

    /// Forgets everything, for the next dictionary.
    pub(super) fn reset(&mut self) {
        self.dict = Dict::default();
        if std::mem::take(&mut self.touched) {
            self.security = Security::new();
            self.identifier = None;
        }
        self.key = None;
        self.number = None;
        self.array = None;
    }

    /// What was read so far, the value at the end included.
    pub(super) fn dict(&mut self) -> Dict {
        self.settle();
        self.dict
    }

    /// What it says as an encryption dictionary, if it is one: with a handler and a version.
    pub(super) fn security(&self) -> Option<Security> {
        self.security.handler.and(self.security.version)?;
        Some(Security {
            key_bits: self.dict.length,
            ..self.security
        })
    }

    /// What it says as a trailer.
    pub(super) fn identifier(&self) -> Option<Identifier> {
        self.identifier
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
                    b"Catalog" => Kind::Catalog,
                    b"XRef" => Kind::CrossReference,
                    b"ObjStm" => Kind::ObjectStream,
                    b"Page" => Kind::Page,
                    b"Pages" => Kind::Pages,
                    _ => Kind::Other,
                }
            }
            Some(Key::Filter) if !is_stream_filter(name) => {
                self.security.handler = Some(*name);
                self.touched = true;
            }
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
            (Some(Key::Root), Some(number)) => self.dict.root = Some(Target::Object(number)),
            (Some(Key::Encrypt), Some(number)) => self.dict.encrypt = Some(Target::Object(number)),
            (Some(Key::Pages), Some(number)) => self.dict.pages = Some(number),
            (Some(Key::Identifier), _) => {
                self.identifier = Some(Identifier::Elsewhere);
                self.touched = true;
            }
            _ => {}
        }
    }

    /// A keyword, or a number with a sign: permissions are negative.
    pub(super) fn word(&mut self, word: &Atom) {
        if self.key == Some(Key::Permissions) {
            let number = std::str::from_utf8(word.as_bytes()).ok();
            let number = number.and_then(|text| text.parse::<i32>().ok());
            self.security.permissions = number.map(i32::cast_unsigned);
            self.touched = true;
        }
        self.dict.linearized |= self.key == Some(Key::Linearized);
        self.other_value();
    }

    /// A string.
    pub(super) fn text(&mut self, text: &Text) {
        let place = match self.key {
            Some(Key::Owner) => Some(&mut self.security.owner),
            Some(Key::User) => Some(&mut self.security.user),
            _ => None,
        };
        if let Some(place) = place {
            *place = *text;
            self.touched = true;
        }
        self.other_value();
    }

    /// The start of an array.
    pub(super) fn array(&mut self) {
        self.array = self.key;
        if self.key == Some(Key::Kids) {
            self.dict.kids = Some((0, 0));
        }
        self.other_value();
    }

    /// The start of a dictionary; whether it is an encryption dictionary on the spot.
    pub(super) fn dictionary(&mut self) -> bool {
        self.array = None;
        let encrypt = self.key == Some(Key::Encrypt);
        match self.key {
            Some(Key::Root) => self.dict.root = Some(Target::Direct),
            Some(Key::Encrypt) => self.dict.encrypt = Some(Target::Direct),
            _ => {}
        }
        self.other_value();
        encrypt
    }

    /// A string in the array of a key.
    pub(super) fn text_inside(&mut self, text: &Text) {
        if self.array == Some(Key::Identifier) && self.identifier.is_none() {
            self.identifier = Some(Identifier::Here(*text));
            self.touched = true;
        }
    }

    /// A reference in the array of a key.
    pub(super) fn reference_inside(&mut self, number: Reference) {
        if let (Some(Key::Kids), Some((count, first))) = (self.array, &mut self.dict.kids) {
            if *count == 0 {
                *first = number;
            }
            *count += 1;
        }
    }

    /// A value that no rule reads, which ends the present key.
    fn other_value(&mut self) {
        self.key = None;
        self.number = None;
    }

    /// A number that no `R` followed is a value.
    fn settle(&mut self) {
        let Some(number) = self.number.take() else { return };
        match self.key.take() {
            Some(Key::Length) => self.dict.length = Some(number),
            Some(Key::Count) => self.dict.count = Some(number),
            Some(Key::Previous) => self.dict.previous = Some(number),
            Some(Key::FileLength) => self.dict.file_length = Some(number),
            Some(Key::Linearized) => self.dict.linearized = true,
            Some(Key::Version) => {
                self.security.version = Some(number);
                self.touched = true;
            }
            Some(Key::Revision) => {
                self.security.revision = Some(number);
                self.touched = true;
            }
            Some(Key::Permissions) => {
                self.security.permissions = u32::try_from(number).ok();
                self.touched = true;
            }
            _ => {}
        }
    }
}

fn is_stream_filter(name: &Atom) -> bool {
    let name = name.as_bytes();
    let short: &[&[u8]] = &[b"A85", b"AHx", b"CCF", b"DCT", b"Fl", b"LZW", b"RL", b"Crypt"];
    name.ends_with(b"Decode") || short.contains(&name)
}
