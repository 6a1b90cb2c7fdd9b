//! The operations that a sequence is made of.
//!
//! An operation names documents by the slot of the upload that made them, never by their place in the sequence: what is
//! left of a sequence after some operations were taken out still means the same.

use rebuttal_model::Kind;

use crate::evidence::Sample;

/// Which upload of a sequence made a document.
pub(crate) type Slot = u32;

/// One operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Op {
    /// A right upload to the dispute.
    Upload { slot: Slot, shape: Shape },
    /// Several uploads, one after another or all at the same time.
    Burst { count: u32, at_once: bool },
    /// An upload that has to be refused.
    Refused(Flaw),
    /// Retrieves a document, destroyed or not.
    Retrieve(Slot),
    /// Destroys a document, destroyed before or not.
    Destroy(Slot),
    /// Lists every document and compares with what there must be.
    List { looks_for: Slot },
    /// Lists one page and compares with the whole.
    Page {
        offset: usize,
        limit: Option<usize>,
        reverse: bool,
    },
    /// Lists page after page and compares with the whole.
    Walk { limit: u32, reverse: bool },
    /// Lists with bounds on the time.
    Within { slot: Slot, window: Window },
    /// Lists with a parameter out of range.
    BadQuery(BadQuery),
    /// Another account works on the dispute.
    Stranger { verb: Verb, slot: Slot },
    /// A document is asked for under another dispute.
    Elsewhere(Slot),
    /// Another account uploads to a dispute of its own.
    Theirs { slot: Slot },
    /// A document of the other account is retrieved, by its owner or by us.
    TheirsRead { slot: Slot, by_us: bool },
    /// The dispute moves on.
    Move(Move),
}

/// What an upload looks like.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Shape {
    pub(crate) file: Sample,
    pub(crate) bytes: Option<u64>,
    pub(crate) filename: Option<&'static str>,
    pub(crate) kind: Option<Kind>,
    pub(crate) kind_first: bool,
    pub(crate) media_type: Option<&'static str>,
}

/// Why an upload has to be refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flaw {
    Format(Sample),
    Kind(&'static str),
    NoFile,
    Empty,
    AsText,
    Broken(&'static str),
}

/// A stretch of time around the moment in which a document was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Window {
    /// From a second before it.
    From,
    /// To a second behind it.
    To,
    /// Some time later.
    Later,
}

/// A list parameter out of range.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct BadQuery {
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
}

/// One of the four operations.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verb {
    Upload,
    List,
    Retrieve,
    Destroy,
}

/// How a dispute moves on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Move {
    Answer,
    Accept,
    Win,
    Lose,
}

impl Op {
    /// The kind of the operation, for counts.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Upload { .. } => "upload",
            Self::Burst { at_once: true, .. } => "uploads at once",
            Self::Burst { .. } => "uploads in a row",
            Self::Refused(_) => "upload to be refused",
            Self::Retrieve(_) => "retrieve",
            Self::Destroy(_) => "destroy",
            Self::List { .. } => "list",
            Self::Page { .. } => "list one page",
            Self::Walk { .. } => "list page by page",
            Self::Within { .. } => "list within a time",
            Self::BadQuery(_) => "list with a bad parameter",
            Self::Stranger { .. } => "another account's try",
            Self::Elsewhere(_) => "retrieve under another dispute",
            Self::Theirs { .. } => "another account's upload",
            Self::TheirsRead { .. } => "retrieve another account's document",
            Self::Move(_) => "move the dispute on",
        }
    }

    /// Operations that show less and may show enough, the simplest first.
    pub(crate) fn simpler(&self) -> Vec<Self> {
        match self {
            Self::Upload { slot, shape } => shape
                .simpler()
                .into_iter()
                .map(|shape| Self::Upload { slot: *slot, shape })
                .collect(),
            Self::Burst { count, at_once } => {
                let mut fewer: Vec<_> = [2, count / 2, count - 1]
                    .into_iter()
                    .filter(|fewer| (2..*count).contains(fewer))
                    .map(|count| Self::Burst {
                        count,
                        at_once: *at_once,
                    })
                    .collect();
                // Nothing refers to it: the slot is that of no other upload.
                fewer.insert(
                    0,
                    Self::Upload {
                        slot: Slot::MAX,
                        shape: Shape::plain(),
                    },
                );
                if *at_once {
                    fewer.push(Self::Burst {
                        count: *count,
                        at_once: false,
                    });
                }
                fewer
            }
            Self::Page {
                offset,
                limit,
                reverse,
            } => {
                let page = |offset, limit, reverse| Self::Page {
                    offset,
                    limit,
                    reverse,
                };
                let mut simpler = Vec::new();
                if *reverse {
                    simpler.push(page(*offset, *limit, false));
                }
                if limit.is_some() {
                    simpler.push(page(*offset, None, *reverse));
                }
                simpler.extend(
                    [0, 1, offset / 2, offset.saturating_sub(1)]
                        .into_iter()
                        .filter(|less| less < offset)
                        .map(|less| page(less, *limit, *reverse)),
                );
                simpler
            }
            // One page tells more than a walk, where it is enough.
            Self::Walk { limit, reverse } => {
                let page = |offset| Self::Page {
                    offset,
                    limit: None,
                    reverse: *reverse,
                };
                let straight = reverse.then_some(Self::Walk {
                    limit: *limit,
                    reverse: false,
                });
                [page(1), page(21)].into_iter().chain(straight).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Shape {
    /// The plain upload that scenarios prepare with.
    pub(crate) fn plain() -> Self {
        Self {
            kind: Some(Kind::DetailsOfPurchase),
            ..Self::default()
        }
    }

    fn simpler(&self) -> Vec<Self> {
        let plain = Self::plain();
        let each = [
            plain.clone(),
            Self {
                file: plain.file,
                filename: None,
                ..self.clone()
            },
            Self {
                bytes: None,
                ..self.clone()
            },
            Self {
                filename: None,
                ..self.clone()
            },
            Self {
                kind: plain.kind,
                ..self.clone()
            },
            Self {
                kind_first: false,
                ..self.clone()
            },
            Self {
                media_type: None,
                ..self.clone()
            },
        ];
        let mut simpler: Vec<Self> = Vec::new();
        for shape in each {
            if shape != *self && !simpler.contains(&shape) {
                simpler.push(shape);
            }
        }
        simpler
    }
}
