//! The search for `--boundary` in a chunk, in safe code at the speed of the machine's vectors.
//!
//! It looks for two bytes of the needle at their distance (memchr's packed pair) and compares where both
//! stand. Which two is our choice, because a sender chooses boundary and content: a dash, and the last byte,
//! without which content that nearly is the boundary would be compared at every turn.
//! Work is linear, because a comparison ends at the first difference and candidates are one byte apart.

use memchr::arch::all::packedpair::Pair;
use memchr::memmem;

#[cfg(target_arch = "aarch64")]
use memchr::arch::aarch64::neon::packedpair::Finder as Neon;
#[cfg(target_arch = "x86_64")]
use memchr::arch::x86_64::{avx2::packedpair::Finder as Avx2, sse2::packedpair::Finder as Sse2};

/// After so many places with the pair and not the needle, the pair is common in this text.
const MAX_CANDIDATES: usize = 8;

/// A searcher for one needle of at least two bytes, which stands elsewhere.
#[derive(Debug)]
pub(crate) struct Search {
    kernel: Kernel,
    /// The byte of the needle that is looked for in short texts, and where it stands.
    rare: (u8, usize),
}

#[derive(Debug)]
enum Kernel {
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Sse2(Sse2),
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    /// Where there are no vectors, or the needle has no two places for a pair.
    Portable(Box<memmem::Finder<'static>>),
}

impl Search {
    pub(crate) fn new(needle: &[u8]) -> Self {
        let (first, last) = pair(needle);
        let kernel = Pair::with_indices(needle, first, last).and_then(|pair| vectors(needle, pair));
        Self {
            kernel: kernel
                .unwrap_or_else(|| Kernel::Portable(Box::new(memmem::Finder::new(needle).into_owned()))),
            rare: (needle[usize::from(last)], usize::from(last)),
        }
    }

    /// Where `needle`, which is that of [`Search::new`], first stands in `text`.
    #[inline]
    pub(crate) fn find(&self, text: &[u8], needle: &[u8]) -> Option<usize> {
        if !self.has_vectors_for(text) {
            return self.find_among_many(text, needle);
        }
        let candidate = self.candidate(text)?;
        self.confirm(text, needle, candidate)
    }

    /// Where the pair first stands, in a text that vectors can be used on.
    #[inline]
    fn candidate(&self, text: &[u8]) -> Option<usize> {
        match &self.kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(it) => it.find_prefilter(text),
            #[cfg(target_arch = "x86_64")]
            Kernel::Sse2(it) => it.find_prefilter(text),
            #[cfg(target_arch = "aarch64")]
            Kernel::Neon(it) => it.find_prefilter(text),
            Kernel::Portable(_) => Some(0),
        }
    }

    #[inline]
    fn has_vectors_for(&self, text: &[u8]) -> bool {
        match &self.kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(it) => text.len() >= it.min_haystack_len(),
            #[cfg(target_arch = "x86_64")]
            Kernel::Sse2(it) => text.len() >= it.min_haystack_len(),
            #[cfg(target_arch = "aarch64")]
            Kernel::Neon(it) => text.len() >= it.min_haystack_len(),
            Kernel::Portable(_) => false,
        }
    }

    /// Goes on from the first place with the pair to the needle itself.
    fn confirm(&self, text: &[u8], needle: &[u8], mut candidate: usize) -> Option<usize> {
        for _ in 0..MAX_CANDIDATES {
            if text[candidate..].starts_with(needle) {
                return Some(candidate);
            }
            let from = candidate + 1;
            if !self.has_vectors_for(&text[from..]) {
                break;
            }
            candidate = from + self.candidate(&text[from..])?;
        }
        let found = self.find_among_many(&text[candidate..], needle);
        found.map(|found| candidate + found)
    }

    /// The same by a loop that compares within itself: quicker where the pair stands often, and slower where
    /// it does not.
    fn find_among_many(&self, text: &[u8], needle: &[u8]) -> Option<usize> {
        match &self.kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(it) if text.len() >= it.min_haystack_len() => it.find(text, needle),
            #[cfg(target_arch = "x86_64")]
            Kernel::Sse2(it) if text.len() >= it.min_haystack_len() => it.find(text, needle),
            #[cfg(target_arch = "aarch64")]
            Kernel::Neon(it) if text.len() >= it.min_haystack_len() => it.find(text, needle),
            Kernel::Portable(it) => it.find(text),
            _ => self.find_in_short(text, needle),
        }
    }

    /// In a text of less than a few vectors.
    fn find_in_short(&self, text: &[u8], needle: &[u8]) -> Option<usize> {
        let (byte, place) = self.rare;
        memchr::memchr_iter(byte, text.get(place..)?).find(|start| text[*start..].starts_with(needle))
    }
}

#[cfg(target_arch = "x86_64")]
fn vectors(needle: &[u8], pair: Pair) -> Option<Kernel> {
    let quick = Avx2::with_pair(needle, pair).map(Kernel::Avx2);
    quick.or_else(|| Sse2::with_pair(needle, pair).map(Kernel::Sse2))
}

#[cfg(target_arch = "aarch64")]
fn vectors(needle: &[u8], pair: Pair) -> Option<Kernel> {
    Neon::with_pair(needle, pair).map(Kernel::Neon)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn vectors(_needle: &[u8], _pair: Pair) -> Option<Kernel> {
    None
}

/// The places of two bytes to look for: the dash that every needle here begins with, which is rare in most
/// content, and the last byte; where that is a dash too, the nearest before it that is none.
fn pair(needle: &[u8]) -> (u8, u8) {
    let last = u8::try_from(needle.len() - 1).unwrap_or(u8::MAX);
    let before = &needle[..usize::from(last)];
    if needle[usize::from(last)] != b'-' {
        return (0, last);
    }
    let other = before.iter().rposition(|byte| *byte != b'-');
    (other.and_then(|at| u8::try_from(at).ok()).unwrap_or(0), last)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    #[test]
    fn two_different_bytes_are_looked_for() {
        for (needle, wanted) in [
            ("--b", (0, 2)),
            ("----WebKitFormBoundaryW0gW", (0, 25)),
            ("--aab--", (4, 6)),
            ("------", (0, 5)),
            ("--abbb", (0, 5)),
        ] {
            assert_eq!(pair(needle.as_bytes()), wanted, "{needle}");
        }
        assert_eq!(pair(&[b'a'; 258]), (0, 255));
    }

    fn portable(needle: &[u8]) -> Search {
        let finder = memmem::Finder::new(needle).into_owned();
        Search {
            kernel: Kernel::Portable(Box::new(finder)),
            ..Search::new(needle)
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn sse2(needle: &[u8]) -> Option<Search> {
        let (first, last) = pair(needle);
        let finder = Sse2::with_pair(needle, Pair::with_indices(needle, first, last)?)?;
        Some(Search {
            kernel: Kernel::Sse2(finder),
            ..Search::new(needle)
        })
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn sse2(_needle: &[u8]) -> Option<Search> {
        None
    }

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn vectors_are_used_wherever_a_pair_is_found() {
        for needle in ["--", "--b", "--------------"] {
            let kernel = Search::new(needle.as_bytes()).kernel;
            assert!(!matches!(kernel, Kernel::Portable(_)), "{needle}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_finds_what_memmem_finds(
            boundary in vec(select(vec!["a", "b", "-", "0", "ab", "--", "aaaaaaaaaaaaaaaaaaaa"]), 1..14),
            pieces in vec(select(vec!["a", "b", "-", "\r\n", "0", "ab", "N", "n", "x"]), 0..120),
        ) {
            let needle = format!("--{}", boundary.concat());
            let text = pieces.concat().replace('N', &needle).replace('n', &needle[..needle.len() - 1]);
            let needle = needle.as_bytes();
            let searches = [Search::new(needle), portable(needle)];
            for search in searches.iter().chain(&sse2(needle)) {
                for start in 0..text.len().min(70) {
                    let text = &text.as_bytes()[start..];
                    prop_assert_eq!(search.find(text, needle), memmem::find(text, needle));
                    prop_assert_eq!(search.find_among_many(text, needle), memmem::find(text, needle));
                }
            }
        }
    }
}
