//! Identifiers and keys, made from a seed: the same seed makes the same ones, in order.

use std::{iter, str::FromStr};

use fastrand::Rng;

/// How many characters real identifiers and keys have after their last underscore.
const SUFFIX_CHARACTERS: usize = 19;

/// Two streams of random numbers, so that how many requests came does not change what records are called.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    records: Rng,
    requests: Rng,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut records = Rng::with_seed(seed);
        let requests = records.fork();
        Self { records, requests }
    }

    /// From where on identifiers of records are drawn: [`Random::new`] with it draws none of those before.
    pub(crate) fn state(&self) -> u64 {
        self.records.get_seed()
    }

    /// A fresh identifier or key of type `T`, whose wire form starts with `prefix`.
    pub(crate) fn id<T: FromStr>(&mut self, prefix: &str, test: bool) -> T {
        let infix = if test { "_test" } else { "" };
        // The form fits every identifier and key by construction, so the loop ends at once.
        loop {
            let suffix: String = iter::repeat_with(|| self.character())
                .take(SUFFIX_CHARACTERS)
                .collect();
            if let Ok(id) = format!("{prefix}{infix}_{suffix}").parse() {
                return id;
            }
        }
    }

    /// What a request is called in its answer: a UUID, version 4.
    pub(crate) fn request_id(&mut self) -> [u8; 36] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Where the two digits of each byte stand, between hyphens.
        const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
        let bits = self.requests.u128(..) & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let mut id = [b'-'; 36];
        for (byte, place) in bits.to_be_bytes().into_iter().zip(PLACES) {
            id[place] = DIGITS[usize::from(byte >> 4)];
            id[place + 1] = DIGITS[usize::from(byte & 0xf)];
        }
        id
    }

    /// A number below `bound`, for amounts and the like.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.records.u32(0..bound)
    }

    fn character(&mut self) -> char {
        self.records.digit(36)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_called_by_random_uuids() {
        let mut random = Random::new(7);
        let ids: Vec<_> = (0..100).map(|_| random.request_id()).collect();
        for id in &ids {
            let text = str::from_utf8(id).unwrap();
            let groups: Vec<_> = text.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{text}");
            assert!(
                text.bytes().all(|it| b"0123456789abcdef-".contains(&it)),
                "{text}"
            );
            assert!(id[14] == b'4' && b"89ab".contains(&id[19]), "{text}");
        }
        for place in (0..36).filter(|place| ![8, 13, 14, 18, 19, 23].contains(place)) {
            assert!(
                ids.iter().any(|id| id[place] != ids[0][place]),
                "{place} is always the same"
            );
        }
    }
}
