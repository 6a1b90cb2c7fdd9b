//! Damage, as files and bodies suffer it.

use std::fmt;

use proptest::{collection::vec, prelude::*, sample::Index};

/// Bytes that a failed property shows as text.
#[derive(Clone, Eq, PartialEq)]
pub struct Input(pub Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, u8),
    Repeat(Index, u8),
    Cut(Index),
}

/// What `base` makes, changed in up to three places.
pub fn edited(base: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Input> {
    (base, vec(edit(), 0..4)).prop_map(|(bytes, edits)| Input(edits.iter().fold(bytes, apply)))
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(index, byte)| Edit::Set(index, byte)),
        4 => (at(), 0_u8..8).prop_map(|(index, bit)| Edit::Flip(index, bit)),
        2 => (at(), vec(any::<u8>(), 1..9)).prop_map(|(index, bytes)| Edit::Insert(index, bytes)),
        2 => (at(), 1_u8..32).prop_map(|(index, count)| Edit::Remove(index, count)),
        2 => (at(), 1_u8..32).prop_map(|(index, count)| Edit::Repeat(index, count)),
        1 => at().prop_map(Edit::Cut),
    ]
}

fn apply(mut bytes: Vec<u8>, edit: &Edit) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let range = |index: &Index, count: u8| {
        let start = index.index(bytes.len());
        start..(start + usize::from(count)).min(bytes.len())
    };
    match edit {
        Edit::Set(index, byte) => {
            let at = index.index(bytes.len());
            bytes[at] = *byte;
        }
        Edit::Flip(index, bit) => {
            let at = index.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        Edit::Insert(index, inserted) => {
            let at = index.index(bytes.len() + 1);
            bytes.splice(at..at, inserted.iter().copied());
        }
        Edit::Remove(index, count) => drop(bytes.drain(range(index, *count))),
        Edit::Repeat(index, count) => {
            let range = range(index, *count);
            let slice = bytes[range.clone()].to_vec();
            bytes.splice(range.start..range.start, slice);
        }
        Edit::Cut(index) => bytes.truncate(index.index(bytes.len())),
    }
    bytes
}
