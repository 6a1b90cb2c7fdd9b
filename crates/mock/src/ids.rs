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
    pub(crate) fn request_id(&mut self) -> String {
        let bits = self.requests.u128(..) & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let mut id = String::with_capacity(36);
        for digit in 0..32 {
            if matches!(digit, 8 | 12 | 16 | 20) {
                id.push('-');
            }
            let value = (bits >> (124 - 4 * digit)) as usize & 0xf;
            id.push(char::from(b"0123456789abcdef"[value]));
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
