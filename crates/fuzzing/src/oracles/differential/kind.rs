//! How two answers differ.

use super::{Answer, Field, Reader};

/// How a peer differs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// It refuses what we read.
    Refuses,
    /// It reads what we refuse.
    Reads,
    /// The contents are the same, a name or a filename is not.
    Names,
    /// There are other parts, or other contents.
    Parts,
    /// It never answers.
    Stalls,
}

impl Kind {
    /// The difference, if there is one.
    pub(super) fn of(ours: &Answer, theirs: &Answer, peer: impl Reader) -> Option<Self> {
        match (ours, theirs) {
            (_, Answer::Stalled) => Some(Self::Stalls),
            (Answer::Refused | Answer::Stalled, Answer::Refused) => None,
            (Answer::Form(_), Answer::Refused) => Some(Self::Refuses),
            (Answer::Refused | Answer::Stalled, Answer::Form(_)) => Some(Self::Reads),
            (Answer::Form(ours), Answer::Form(theirs)) => {
                let same = |same: &dyn Fn(&Field, &Field) -> bool| {
                    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
                };
                if !same(&|ours, theirs| ours.content == theirs.content) {
                    Some(Self::Parts)
                } else if same(&|ours, theirs| {
                    ours.name == theirs.name && peer.filename(ours) == theirs.filename
                }) {
                    None
                } else {
                    Some(Self::Names)
                }
            }
        }
    }
}
