//! Keeps keys out of the journal.

use std::borrow::Cow;

use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};

/// How keys begin: as they are, and in base64, with which Basic credentials begin too.
const BEGINNINGS: [&str; 4] = ["skey_", "pkey_", "c2tleV", "cGtleV"];

const STARS: &str = "***";

/// Whether a header carries credentials by its name.
pub(crate) fn is_credential(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
}

/// Adds what is told of a header that carries credentials: the scheme.
pub(crate) fn push_credential(text: &mut String, value: &str) {
    if let Some((scheme, _)) = value.split_once(' ')
        && scheme.len() <= 16
        && scheme.bytes().all(|it| it.is_ascii_alphabetic())
    {
        text.push_str(scheme);
        text.push(' ');
    }
    text.push_str(STARS);
}

/// A text in which whatever looks like a key is starred behind its beginning.
pub(crate) fn starred(text: &str) -> Cow<'_, str> {
    let Some(first) = next_key(text) else {
        return Cow::Borrowed(text);
    };
    let mut told = String::with_capacity(text.len());
    let (mut rest, mut place) = (text, Some(first));
    while let Some(behind) = place {
        told.push_str(&rest[..behind]);
        told.push_str(STARS);
        rest =
            rest[behind..].trim_start_matches(|it: char| it.is_ascii_alphanumeric() || "+/=_-".contains(it));
        place = next_key(rest);
    }
    told.push_str(rest);
    Cow::Owned(told)
}

/// Where the beginning of the next key ends.
fn next_key(text: &str) -> Option<usize> {
    // Every request passes through here, and hardly any holds the last letters of a beginning.
    memchr::memchr2_iter(b'_', b'V', text.as_bytes())
        .map(|last| &text.as_bytes()[..=last])
        .filter(|until| until.ends_with(b"key_") || until.ends_with(b"tleV"))
        .find(|until| {
            BEGINNINGS
                .iter()
                .any(|beginning| until.ends_with(beginning.as_bytes()))
        })
        .map(<[u8]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_key_is_starred() {
        for (text, wanted) in [
            ("/disputes?limit=2", "/disputes?limit=2"),
            ("/disputes?key=skey_test_123&x=1", "/disputes?key=skey_***&x=1"),
            ("pkey_1, skey_2.", "pkey_***, skey_***."),
            ("a c2tleV90ZXN0XzE6 b", "a c2tleV*** b"),
            ("ผ skey_ ผ", "ผ skey_*** ผ"),
        ] {
            assert_eq!(starred(text), wanted);
        }
        let mut told = String::new();
        for value in ["Basic c2tleV8=", "skey_test_1", "skey_test_1 x"] {
            push_credential(&mut told, value);
            told.push('\n');
        }
        assert_eq!(told, "Basic ***\n***\n***\n");
    }
}
