//! Keys: secrets that are sent, compared, and never shown.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::id::has_form;

/// The longest key that is read, in bytes; real ones have 29.
const MAX_KEY_BYTES: usize = 128;

/// A secret key, the user name of HTTP Basic (`auth.basic-secret-key`). `Debug` shows none of it.
///
/// ```
/// let key: rebuttal_model::SecretKey = "skey_test_5xuy4w91xqz7d1w9u0t".parse()?;
/// assert_eq!(format!("{key:?}"), "SecretKey(..)");
/// # Ok::<(), rebuttal_model::key::InvalidKey>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct SecretKey(String);

/// A public key, which the four operations refuse (`auth.public-key`). `Debug` shows none of it.
#[derive(Clone, Eq, PartialEq)]
pub struct PublicKey(String);

/// A text that is not a key of the wanted kind. It does not repeat the text, which may be a key.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum InvalidKey {
    /// Neither a secret nor a public key.
    #[error(
        "expected {wanted}_test_ or {wanted}_ followed by 0-9 and a-z, found {found_bytes} bytes of another form (not shown)"
    )]
    Form {
        /// `skey` or `pkey`.
        wanted: &'static str,
        /// How long the text is, in bytes.
        found_bytes: usize,
    },
    /// A key of the other kind.
    #[error("expected a key that starts with {wanted}_, found one that starts with {found}_")]
    OtherKind {
        /// `skey` or `pkey`.
        wanted: &'static str,
        /// The other of the two.
        found: &'static str,
    },
}

macro_rules! key {
    ($name:ident, $prefix:literal, $other:literal) => {
        impl $name {
            /// What every key of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// The key itself, to be put on the wire and nowhere else.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// Whether it opens live mode: the live form has no `_test_` infix.
            pub fn is_live(&self) -> bool {
                !self.0[$prefix.len()..].starts_with("_test_")
            }
        }

        impl FromStr for $name {
            type Err = InvalidKey;

            fn from_str(text: &str) -> Result<Self, InvalidKey> {
                if has_form(text, $prefix, MAX_KEY_BYTES) {
                    Ok(Self(text.to_owned()))
                } else if has_form(text, $other, MAX_KEY_BYTES) {
                    Err(InvalidKey::OtherKind {
                        wanted: $prefix,
                        found: $other,
                    })
                } else {
                    Err(InvalidKey::Form {
                        wanted: $prefix,
                        found_bytes: text.len(),
                    })
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

key!(SecretKey, "skey", "pkey");
key!(PublicKey, "pkey", "skey");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_other_kind_is_named_and_never_shown() {
        let error = "pkey_test_5xuy4w91xqz7d1w9u0t".parse::<SecretKey>().unwrap_err();
        assert_eq!(
            error,
            InvalidKey::OtherKind {
                wanted: "skey",
                found: "pkey"
            }
        );
        for text in ["skey_TEST_abc123", "hunter2", "", "skey_abc123!"] {
            let error = text.parse::<SecretKey>().unwrap_err();
            assert_eq!(
                error,
                InvalidKey::Form {
                    wanted: "skey",
                    found_bytes: text.len()
                }
            );
            assert!(text.is_empty() || !error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn the_live_form_has_no_infix() {
        assert!("skey_5xuy4w91xqz7d1w9u0t".parse::<SecretKey>().unwrap().is_live());
        assert!(
            !"skey_test_5xuy4w91xqz7d1w9u0t"
                .parse::<SecretKey>()
                .unwrap()
                .is_live()
        );
    }
}
