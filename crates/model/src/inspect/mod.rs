//! The strict reader of response bodies, for judges.
//!
//! It returns *every* departure of a body from the contract, each with its JSON pointer (RFC 6901), what
//! was expected and what was found. It judges one body by itself: what two answers owe each other is for
//! the one who asked.

mod member;
mod rule;
mod subject;

use std::collections::HashSet;

use rule::Rule;

use crate::{
    clause::{self, Clause},
    id::DisputeId,
    json::{Node, push_pointer},
    version::ApiVersion,
};

/// What a body should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Subject {
    /// One document.
    Document,
    /// The answer to destroy.
    DestroyedDocument,
    /// A list of documents.
    DocumentList,
    /// One dispute, with its first page of documents.
    Dispute,
    /// A list of disputes.
    DisputeList,
    /// An error.
    Error,
}

/// What a body is held against.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What the body should be.
    pub subject: Subject,
    /// The version whose shape it should have.
    pub version: ApiVersion,
    /// The dispute that was asked about: locations must name it.
    pub dispute: Option<&'a DisputeId>,
}

impl Wanted<'_> {
    /// A body of this kind and version, of any dispute.
    pub const fn new(subject: Subject, version: ApiVersion) -> Self {
        Self {
            subject,
            version,
            dispute: None,
        }
    }
}

/// Whether a departure breaks the contract.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Weight {
    /// The clause is broken.
    Breach,
    /// A reader must bear it, and may want to know: a member that the contract does not list.
    Observation,
}

/// One departure of a body from the contract.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Departure {
    /// The clause it concerns.
    pub clause: &'static Clause,
    /// Whether it breaks that clause.
    pub weight: Weight,
    /// Where it is: a JSON pointer; `""` is the whole body.
    pub pointer: String,
    /// What the contract asks for.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// The most departures of either weight that are told of one body.
pub const MOST_DEPARTURES: usize = 1000;

/// Where the pointers of all departures together pass this, in bytes, no more are told.
const MOST_POINTER_BYTES: usize = 1 << 20;

/// What the last departure says that is found, where there are more.
const MORE: &str = "more than are told here";

/// Every departure of `body` from what was wanted, in the order of the body; none means it conforms.
///
/// A body may depart in more ways than anyone reads, and than fit into memory. So at most [`MOST_DEPARTURES`] of either
/// weight are told, fewer where their pointers are longer than 1 MiB together, and one more says that these are not all:
/// see [`is_cut`].
pub fn inspect(wanted: &Wanted<'_>, body: &[u8]) -> Vec<Departure> {
    let mut inspector = Inspector {
        wanted: *wanted,
        departures: Vec::new(),
        told: [0; 2],
        pointer_bytes: 0,
        left_out: None,
    };
    match Node::parse(body) {
        Ok(node) => {
            inspector.duplicates(&node, None);
            inspector.subject(wanted.subject, &node, "");
        }
        Err(error) => {
            let found = if body.is_empty() {
                "an empty body".to_owned()
            } else {
                error.to_string()
            };
            inspector.breach(inspector.json_clause(), "", "one JSON object", found);
        }
    }
    inspector.finish()
}

/// Whether there were more breaches than were told: then a clause that none of them concerns may be broken too.
pub fn is_cut(departures: &[Departure]) -> bool {
    departures
        .last()
        .is_some_and(|last| last.weight == Weight::Breach && last.pointer.is_empty() && last.found == MORE)
}

struct Inspector<'a> {
    wanted: Wanted<'a>,
    departures: Vec<Departure>,
    /// How many of each weight.
    told: [usize; 2],
    /// The length of their pointers.
    pointer_bytes: usize,
    /// The heaviest that was not told.
    left_out: Option<Weight>,
}

/// A place in a body, whose pointer is only made where there is something to tell.
struct Place<'a> {
    within: Option<&'a Place<'a>>,
    token: Token<'a>,
}

enum Token<'a> {
    Name(&'a str),
    Index(usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        let within = self.within.map(Place::pointer).unwrap_or_default();
        match self.token {
            Token::Name(name) => push_pointer(&within, name),
            Token::Index(index) => push_pointer(&within, index),
        }
    }
}

impl Inspector<'_> {
    fn breach(
        &mut self,
        clause: &'static Clause,
        pointer: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.tell(Departure {
            clause,
            weight: Weight::Breach,
            pointer: pointer.to_owned(),
            expected: clip(expected.into()),
            found: clip(found.into()),
        });
    }

    fn tell(&mut self, departure: Departure) {
        if self.has_room(departure.weight) {
            self.told[departure.weight as usize] += 1;
            self.pointer_bytes += departure.pointer.len();
            self.departures.push(departure);
        }
    }

    /// Whether one more of this weight is told.
    fn has_room(&mut self, weight: Weight) -> bool {
        let has_room =
            self.told[weight as usize] < MOST_DEPARTURES && self.pointer_bytes <= MOST_POINTER_BYTES;
        if !has_room {
            self.left_out = Some(self.left_out.map_or(weight, |other| other.min(weight)));
        }
        has_room
    }

    /// Whether what follows need not be looked at.
    fn is_full(&self) -> bool {
        self.left_out == Some(Weight::Breach)
    }

    /// The departures, and whether there are more.
    fn finish(mut self) -> Vec<Departure> {
        if let Some(weight) = self.left_out {
            self.departures.push(Departure {
                clause: self.json_clause(),
                weight,
                pointer: String::new(),
                expected: format!("at most {} departures", self.departures.len()),
                found: MORE.to_owned(),
            });
        }
        self.departures
    }

    /// The clause that says: one JSON object, with unique member names.
    fn json_clause(&self) -> &'static Clause {
        match self.wanted.subject {
            Subject::Error => &clause::document::ERROR_SHAPE,
            _ => &clause::document::ANSWER_JSON,
        }
    }

    /// The clause that says what a document is made of, in the wanted version.
    fn document_clause(&self) -> &'static Clause {
        match self.wanted.version {
            ApiVersion::V2019_05_29 => &clause::document::SHAPE,
            ApiVersion::V2017_11_02 | ApiVersion::V2015_11_17 => &clause::http::VERSION_2017_SHAPE,
            ApiVersion::V2014_07_27 => &clause::http::VERSION_2014_SHAPE,
        }
    }

    fn duplicates(&mut self, node: &Node, within: Option<&Place<'_>>) {
        match node {
            Node::Object(members) => {
                let mut seen = HashSet::new();
                for (name, value) in members {
                    let place = Place {
                        within,
                        token: Token::Name(name),
                    };
                    if !seen.insert(name) {
                        let found = format!("a second member {}", excerpt(name));
                        self.breach(self.json_clause(), &place.pointer(), "unique member names", found);
                    }
                    self.duplicates(value, Some(&place));
                    if self.is_full() {
                        return;
                    }
                }
            }
            Node::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let token = Token::Index(index);
                    self.duplicates(item, Some(&Place { within, token }));
                    if self.is_full() {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

/// The most characters that either text of a departure has: bodies write into both.
const MOST: usize = 200;

/// A text of bounded length.
fn clip(mut text: String) -> String {
    if let Some((cut, _)) = text.char_indices().nth(MOST) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// A text as a departure names it: quoted, and of bounded length.
fn excerpt(text: &str) -> String {
    Node::String(text.to_owned()).excerpt(120)
}
