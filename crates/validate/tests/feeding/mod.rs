//! Ways to feed a file.

use rebuttal_validate::{Checker, Policy, Report};

/// The lengths of the chunks that a file is cut into, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lengths {
    /// All alike.
    Fixed(usize),
    /// Zero to 99, by a generator with this seed.
    Random(u64),
}

/// One of each kind.
pub(crate) const CHUNKINGS: &[Lengths] = &[
    Lengths::Fixed(1),
    Lengths::Fixed(7),
    Lengths::Fixed(1028),
    Lengths::Fixed(64 * 1024),
    Lengths::Random(1),
    Lengths::Random(2),
];

/// Checks a file that is fed at once.
pub(crate) fn check(bytes: &[u8], policy: Policy) -> Report {
    let mut checker = Checker::new(policy);
    checker.feed(bytes);
    checker.finish()
}

/// Checks a file that is fed in pieces.
pub(crate) fn check_in_chunks(bytes: &[u8], policy: Policy, lengths: Lengths) -> Report {
    let mut checker = Checker::new(policy);
    let mut rest = bytes;
    let mut state = match lengths {
        Lengths::Fixed(_) => 0,
        Lengths::Random(seed) => seed,
    };
    while !rest.is_empty() {
        let wanted = match lengths {
            Lengths::Fixed(length) => length,
            Lengths::Random(_) => {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                usize::from(state.to_be_bytes()[0]) % 100
            }
        };
        let (chunk, tail) = rest.split_at(wanted.min(rest.len()));
        checker.feed(chunk);
        rest = tail;
    }
    checker.finish()
}
