//! Identifiers: newtypes made only by parsing.

use std::{borrow::Borrow, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest identifier that is read, in bytes; real ones have 29.
pub const MAX_ID_BYTES: usize = 64;

/// A text that is not an identifier of the wanted kind.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected {prefix}_ or {prefix}_test_ followed by 1 to {} of 0-9 and a-z, found {found:?}", MAX_ID_BYTES - prefix.len() - 1)]
pub struct InvalidId {
    prefix: &'static str,
    found: String,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(try_from = "String")]
        #[schemars(extend("pattern" = concat!("^", $prefix, "(_test)?_[0-9a-z]+$"), "maxLength" = MAX_ID_BYTES))]
        pub struct $name(String);

        impl $name {
            /// What every identifier of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// The identifier as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it carries the `_test_` infix, and so belongs to test mode (`upload.livemode`).
            pub fn is_test(&self) -> bool {
                self.0[$prefix.len()..].starts_with("_test_")
            }

            /// Makes an identifier from its last part: 1 or more of `0-9` and `a-z`.
            ///
            /// # Errors
            ///
            /// When `suffix` holds anything else, or the whole grows past [`MAX_ID_BYTES`].
            pub fn with_suffix(test: bool, suffix: &str) -> Result<Self, InvalidId> {
                format!("{}{}_{suffix}", $prefix, if test { "_test" } else { "" }).parse()
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if has_form(text, $prefix, MAX_ID_BYTES) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { prefix: $prefix, found: text.chars().take(MAX_ID_BYTES).collect() })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// To be looked for, as a key, by what a text says.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

identifier!(
    /// The identifier of a dispute: `dspt_test_…` in test mode, `dspt_…` in live mode.
    DisputeId,
    "dspt"
);
identifier!(
    /// The identifier of a document: `docu_test_…` in test mode, `docu_…` in live mode.
    DocumentId,
    "docu"
);
identifier!(
    /// The identifier of a charge: `chrg_test_…` in test mode, `chrg_…` in live mode.
    ChargeId,
    "chrg"
);

/// `prefix`, an optional `_test`, then `_` and one or more of `0-9a-z`, at most `longest` bytes in all. Keys have
/// this form too.
pub(crate) fn has_form(text: &str, prefix: &str, longest: usize) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else {
        return false;
    };
    let Some(suffix) = rest.strip_prefix("_test_").or_else(|| rest.strip_prefix('_')) else {
        return false;
    };
    text.len() <= longest
        && !suffix.is_empty()
        && suffix
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_form_parses() {
        for (text, wanted) in [
            ("docu_test_no1t4tnemucod0e51mo", Some(true)),
            ("docu_no1t4tnemucod0e51mo", Some(false)),
            ("docu_test", Some(false)),
            ("docu_1", Some(false)),
            ("docu_", None),
            ("docu_test_", None),
            ("docu", None),
            ("", None),
            ("DOCU_test_1", None),
            ("docu_test_A", None),
            ("docu_test_1 ", None),
            ("docu_test_1\n", None),
            ("docu_test_é", None),
            ("docu-test-1", None),
            ("dspt_test_1", None),
            ("docu_test_1/../x", None),
        ] {
            let found = text.parse::<DocumentId>().ok().map(|id| id.is_test());
            assert_eq!(found, wanted, "{text:?}");
        }
    }

    #[test]
    fn the_error_names_what_was_expected_and_found() {
        let error = "dspt_test_1".parse::<DocumentId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected docu_ or docu_test_ followed by 1 to 59 of 0-9 and a-z, found \"dspt_test_1\""
        );
    }

    #[test]
    fn an_endless_identifier_is_refused_and_not_echoed_whole() {
        let error = format!("docu_test_{}", "a".repeat(10_000))
            .parse::<DocumentId>()
            .unwrap_err();
        assert!(error.to_string().len() < 200, "{}", error.to_string().len());
    }
}
