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

impl Lengths {
    /// One of each kind.
    pub(crate) const ALL: [Self; 6] = [
        Self::Fixed(1),
        Self::Fixed(7),
        Self::Fixed(1028),
        Self::Fixed(64 * 1024),
        Self::Random(1),
        Self::Random(2),
    ];
}

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
