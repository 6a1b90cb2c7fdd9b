//! Inputs, drawn from bytes.
//!
//! Each generator is written once, over [`arbitrary::Unstructured`]: libFuzzer steers the bytes it draws from, and
//! a property test draws them from proptest ([`drawn`]). When the bytes are used up every choice is the first one,
//! so every input makes something, and no bytes at all make something sound.

mod edit;
pub mod evidence;
pub mod form;
pub mod operations;
pub mod request;
pub mod response;
pub mod spelling;

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};
use proptest::{collection::vec, prelude::*};

pub use edit::{edit, edited};

/// Bytes that a failed property shows as text.
#[derive(Clone, Eq, PartialEq)]
pub struct Input(pub Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// What libFuzzer would draw, for a property test; proptest shrinks the bytes.
///
/// # Panics
///
/// Never: every input makes something.
pub fn drawn<T: for<'a> Arbitrary<'a> + fmt::Debug>() -> impl Strategy<Value = T> {
    vec(any::<u8>(), 0..400).prop_map(|bytes| from_bytes(&bytes))
}

/// What `base` makes, changed in up to three places: [`edited`] for a property test.
///
/// # Panics
///
/// Never: every source of changes makes some.
pub fn damaged(base: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Input> {
    (base, vec(any::<u8>(), 0..40)).prop_map(|(bytes, changes)| {
        let changed = edited(&mut Unstructured::new(&changes), bytes);
        Input(changed.expect("every source makes something"))
    })
}

/// What these bytes make.
///
/// # Panics
///
/// Never: every input makes something.
pub fn from_bytes<T: for<'a> Arbitrary<'a>>(bytes: &[u8]) -> T {
    T::arbitrary(&mut Unstructured::new(bytes)).expect("every input makes something")
}

/// A number below `bound`, which is at least 1. What fits a byte is taken from one byte, as `int_in_range` does it in
/// many more steps, each of which a fuzzer watches.
fn below(u: &mut Unstructured<'_>, bound: usize) -> Result<usize> {
    match bound {
        2..=256 => Ok(usize::from(u.arbitrary::<u8>()?) % bound),
        _ => u.int_in_range(0..=bound - 1),
    }
}

/// One of these, which are not none.
fn one_of<'t, T>(u: &mut Unstructured<'_>, of: &'t [T]) -> Result<&'t T> {
    Ok(&of[below(u, of.len())?])
}

/// True once in `times`; false where the source is used up.
fn rarely(u: &mut Unstructured<'_>, times: u8) -> Result<bool> {
    Ok(u.int_in_range(1..=times)? == times)
}

/// At most `most` bytes as they stand in the source.
fn slice<'a>(u: &mut Unstructured<'a>, most: usize) -> Result<&'a [u8]> {
    let most = below(u, most + 1)?.min(u.len());
    u.bytes(most)
}

/// Characters that a name can trip over, and a few harmless ones.
const CHARACTERS: &[&str] = &[
    "a", "b", "Z", "0", "9", ".", "-", "_", " ", "\"", "\\", "/", ";", "=", "%", "2", "'", "*", ",", ":",
    "(", "\r", "\n", "\t", "\0", "\u{7f}", "é", "ภ", "ำ", "日", "本", "😀", "\u{202e}", "\u{feff}",
    "\u{fffd}",
];

/// A text of at most `chars` characters, mostly odd ones.
fn text(u: &mut Unstructured<'_>, chars: usize) -> Result<String> {
    let chars = below(u, chars + 1)?;
    let drawn = u.bytes(chars.min(u.len()))?;
    let mut text = String::with_capacity(4 * chars);
    for byte in drawn {
        text.push_str(CHARACTERS[usize::from(*byte) % CHARACTERS.len()]);
    }
    for _ in drawn.len()..chars {
        text.push_str(CHARACTERS[0]);
    }
    Ok(text)
}
