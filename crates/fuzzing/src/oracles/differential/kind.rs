//! How two answers differ.

use super::{Answer, Field, Peer};

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
    pub(super) fn of(ours: &Answer, theirs: &Answer, peer: Peer) -> Option<Self> {
        match (ours, theirs) {
            (_, Answer::Stalled) => Some(Self::Stalls),
            (Answer::Refused | Answer::Stalled, Answer::Refused) => None,
            (Answer::Form(_), Answer::Refused) => Some(Self::Refuses),
            (Answer::Refused | Answer::Stalled, Answer::Form(_)) => Some(Self::Reads),
            (Answer::Form(ours), Answer::Form(theirs)) => {
                let same = |same: fn(&Field, &Field, Peer) -> bool| {
                    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b, peer))
                };
                if !same(|ours, theirs, _| ours.content == theirs.content) {
                    Some(Self::Parts)
                } else if same(|ours, theirs, peer| {
                    ours.name == theirs.name && decoded(ours, peer) == theirs.filename
                }) {
                    None
                } else {
                    Some(Self::Names)
                }
            }
        }
    }
}

/// Our filename as the peer would have it: multra decodes every percent escape, or none when one is no
/// escape, and drops what then is not UTF-8.
fn decoded(field: &Field, peer: Peer) -> Option<String> {
    let filename = field.filename.clone()?;
    if peer != Peer::Multra {
        return Some(filename);
    }
    let mut bytes = Vec::new();
    let mut rest = filename.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let byte = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else {
            return Some(filename);
        };
        bytes.push(byte);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}
