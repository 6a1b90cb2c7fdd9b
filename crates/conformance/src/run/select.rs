//! Which scenarios run.

use std::str::FromStr;

use thiserror::Error;

use crate::scenario::Scenario;

/// A pattern for scenario ids and clause ids: `*` stands for any text, and a name stands for all below it, so
/// that `upload` means `upload/png` and `upload.bad-kind` alike.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Selector(String);

/// A text that selects nothing by its form.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected a pattern such as upload, upload.bad-kind or list/*, found {0:?}")]
pub struct InvalidPattern(String);

impl FromStr for Selector {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"./-*".contains(&byte);
        if text.is_empty() || !text.bytes().all(known) {
            return Err(InvalidPattern(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Selector {
    /// Whether a scenario is meant, by its id or by a clause that it covers.
    pub fn selects(&self, id: &str, scenario: &Scenario) -> bool {
        self.matches(id) || scenario.covers.iter().any(|clause| self.matches(clause))
    }

    fn matches(&self, name: &str) -> bool {
        Self::stands_for(&self.0, name)
    }

    /// Whether a pattern stands for the name of a scenario or a clause.
    pub(crate) fn stands_for(pattern: &str, name: &str) -> bool {
        let below = name
            .strip_prefix(pattern)
            .is_some_and(|rest| rest.starts_with(['/', '.']));
        below || glob(pattern.as_bytes(), name.as_bytes())
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Matches with `*` for any text; the last star is the only one that is ever gone back to.
pub(crate) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut star, mut mark) = (0, None, 0);
    let mut index = 0;
    while index < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some(at);
            mark = index;
            at += 1;
        } else if pattern.get(at) == Some(&text[index]) {
            at += 1;
            index += 1;
        } else if let Some(star) = star {
            at = star + 1;
            mark += 1;
            index = mark;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_stars() {
        for (pattern, name, wanted) in [
            ("upload", "upload/png", true),
            ("upload", "upload.bad-kind", true),
            ("upload", "uploads/png", false),
            ("upload/png", "upload/png", true),
            ("upload/p", "upload/png", false),
            ("upload/p*", "upload/png", true),
            ("*kind*", "upload/bad-kind-blank", true),
            ("*", "anything", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
        ] {
            let selector: Selector = pattern.parse().unwrap();
            assert_eq!(selector.matches(name), wanted, "{pattern} {name}");
        }
        for text in ["", "UPLOAD", "a b", "a|b"] {
            assert!(text.parse::<Selector>().is_err(), "{text:?}");
        }
    }
}
