//! Names and words, with a bound on what is kept of each.

use super::class::is_regular;

/// The longest name or word that is kept, in bytes; no rule asks for a longer one.
const MAX_ATOM_BYTES: usize = 32;

/// A name or word, cut to what the rules need.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Atom {
    bytes: [u8; MAX_ATOM_BYTES],
    length: usize,
}

impl Atom {
    pub(super) fn push(&mut self, byte: u8) {
        // What does not fit is dropped: no word that a rule asks for is as long.
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let taken = bytes.len().min(MAX_ATOM_BYTES - self.length);
        self.bytes[self.length..self.length + taken].copy_from_slice(&bytes[..taken]);
        self.length += taken;
    }

    /// Becomes the first `length` bytes of `input`.
    pub(super) fn set(&mut self, input: &[u8], length: usize) {
        if let Some(block) = input.first_chunk() {
            // What is copied besides is not looked at, and a copy of fixed length needs no call.
            self.bytes = *block;
            self.length = length.min(MAX_ATOM_BYTES);
        } else {
            self.length = 0;
            self.extend(&input[..length]);
        }
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Reads `#4C` as `L`, as names are written.
    pub(super) fn unescape(&mut self) {
        if !self.as_bytes().contains(&b'#') {
            return;
        }
        let written = *self;
        self.clear();
        let mut rest = written.as_bytes();
        while let [first, tail @ ..] = rest {
            let escaped = match (first, tail) {
                (b'#', [high, low, ..]) => digit(*high).zip(digit(*low)),
                _ => None,
            };
            self.push(escaped.map_or(*first, |(high, low)| 16 * high + low));
            rest = if escaped.is_some() { &tail[2..] } else { tail };
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Digits alone, with the end of the word behind them, and not so many that they overflow: how many, and the number.
#[inline]
pub(super) fn integer(input: &[u8]) -> Option<(usize, u64)> {
    const MAX_DIGITS: usize = 19;
    let mut number = 0;
    for (length, byte) in input.iter().enumerate().take(MAX_DIGITS + 1) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return (length > 0 && !is_regular(*byte)).then_some((length, number));
        }
        number = 10_u64.wrapping_mul(number).wrapping_add(u64::from(digit));
    }
    None
}

/// The number that digits write, if they are digits alone and not too many.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    let add = |number: u64, byte: &u8| {
        let digit = byte.wrapping_sub(b'0');
        let number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
        (digit <= 9).then_some(number)
    };
    let digits = digits.get(..MAX_ATOM_BYTES).unwrap_or(digits);
    digits.iter().try_fold(0, add)
}
