//! The keys that a client has shown so far, however it wrote them: what must not be told, nor go on by mistake.

use std::collections::BTreeSet;

use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD_NO_PAD as ENCODER,
    },
};
use memchr::memmem;
use rebuttal_model::SecretKey;

use crate::redact::Secrets;

/// Clients differ in whether they pad, and a run that is cut may end anywhere.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How keys begin.
const BEGINNINGS: [&str; 2] = ["skey_", "pkey_"];

/// The shortest credential that is masked although it is no key, in bytes; [`Secrets`] knows none shorter.
const SHORTEST: usize = 12;

/// The most keys that are remembered: a client has one or two, and one that sends others with every request makes
/// the mask no slower than this.
const MOST: usize = 64;

/// Around a key in base64 at most so many letters are decoded.
const LONGEST_RUN: usize = 512;

/// The keys seen so far.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    keys: BTreeSet<String>,
    secrets: Secrets,
}

impl Keyring {
    /// Remembers keys, and other credentials that are long enough to be told from words.
    pub(super) fn learn<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) {
        let before = self.keys.len();
        for key in keys {
            if key.len() >= SHORTEST && self.keys.len() < MOST {
                self.keys.insert(key.to_owned());
            }
        }
        if self.keys.len() > before {
            self.secrets = Secrets::new(self.keys.iter().map(String::as_str));
        }
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

/// The keys in some bytes: as they are, percent-encoded, or in base64 at any alignment.
pub(super) fn find(bytes: &[u8]) -> BTreeSet<String> {
    let mut found = plain(bytes);
    if memchr::memchr(b'%', bytes).is_some() {
        let decoded: Vec<u8> = percent_encoding::percent_decode(bytes).collect();
        found.extend(plain(&decoded));
    }
    for beginning in BEGINNINGS {
        for lead in 0..3 {
            // The letters that do not depend on what stands before or behind.
            let whole = ENCODER.encode([&vec![b' '; lead], beginning.as_bytes()].concat());
            let first = (lead * 4).div_ceil(3);
            let pattern = &whole.as_bytes()[first..(lead + beginning.len()) * 8 / 6];
            for at in memmem::find_iter(bytes, pattern) {
                found.extend(encoded(bytes, at, first));
            }
        }
    }
    found
}

/// Whether one of these opens live mode.
pub(super) fn has_live<'k>(keys: impl IntoIterator<Item = &'k String>) -> bool {
    keys.into_iter()
        .any(|key| key.parse::<SecretKey>().is_ok_and(|key| key.is_live()))
}

fn plain(bytes: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for at in memmem::find_iter(bytes, b"key_") {
        let Some(start) = at
            .checked_sub(1)
            .filter(|start| matches!(bytes[*start], b's' | b'p'))
        else {
            continue;
        };
        let tail = &bytes[at + 4..];
        let infix = if tail.starts_with(b"test_") { 5 } else { 0 };
        let is_part = |byte: &&u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        let length = tail[infix..].iter().take(128).take_while(is_part).count();
        if length > 0 {
            let key = &bytes[start..at + 4 + infix + length];
            found.insert(String::from_utf8_lossy(key).into_owned());
        }
    }
    found
}

/// The keys in a run of base64 in which the letters of a key begin at `at`, `first` letters into their group.
fn encoded(bytes: &[u8], at: usize, first: usize) -> BTreeSet<String> {
    let start = at - first.min(at);
    let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let run: Vec<u8> = bytes[start..]
        .iter()
        .take(LONGEST_RUN)
        .take_while(is_letter)
        .copied()
        .collect();
    let whole = run.len() - usize::from(run.len() % 4 == 1);
    BASE64
        .decode(&run[..whole])
        .map_or_else(|_| BTreeSet::new(), |decoded| plain(&decoded))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let wanted = BTreeSet::from([KEY.to_owned()]);
        let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for before in ["", "a", "ab", "user:"] {
            for after in ["", ":", ":x", "/more"] {
                let text = format!("{before}{KEY}{after}");
                for way in [
                    text.clone(),
                    STANDARD.encode(&text),
                    format!("<{}>", STANDARD.encode(&text)),
                    format!("?a={percent}&b={after}"),
                ] {
                    assert_eq!(find(way.as_bytes()), wanted, "{way}");
                }
            }
        }
        for text in ["", "key_", "skey_", "monkey_1", "skey_test_", "c2tleV8", "%"] {
            let found = find(text.as_bytes());
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_live_secret_key_is_told_from_others() {
        for (key, live) in [
            ("skey_5xuy4w91xqz7d1w9u0t", true),
            (KEY, false),
            ("pkey_5xuy4w91xqz7d1w9u0t", false),
        ] {
            assert_eq!(has_live(&find(key.as_bytes())), live, "{key}");
        }
    }
}
