//! Why lines may stay out of reach of every input: `fuzz/unreached.txt`.
//!
//! A line of it is `PATH[: TEXT] = REASON`. Without a text it speaks of the whole file (or of a folder, with `/` at
//! the end), with one of the lines that contain the text, so that it does not go stale with line numbers.

use anyhow::{Result, bail};

/// One entry.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    path: String,
    text: Option<String>,
    reason: String,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Reasons {
    entries: Vec<Entry>,
}

impl Reasons {
    pub(super) fn read(text: &str) -> Result<Self> {
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let parts = line.rsplit_once(" = ");
            let Some((place, reason)) = parts.filter(|(_, reason)| !reason.trim().is_empty()) else {
                bail!(
                    "expected `PATH[: TEXT] = REASON` in line {}, found {line:?}",
                    index + 1
                );
            };
            let (path, text) = match place.split_once(": ") {
                Some((path, text)) => (path, Some(text.trim().to_owned())),
                None => (place, None),
            };
            entries.push(Entry {
                path: path.trim().to_owned(),
                text,
                reason: reason.trim().to_owned(),
            });
        }
        Ok(Self { entries })
    }

    /// The reason for a line that stays out of reach, by its file and its text.
    pub(super) fn of(&self, path: &str, line: &str) -> Option<&str> {
        let speaks_of = |entry: &&Entry| {
            let is_place = if entry.path.ends_with('/') {
                path.starts_with(&entry.path)
            } else {
                path == entry.path
            };
            is_place && entry.text.as_ref().is_none_or(|text| line.contains(text))
        };
        self.entries
            .iter()
            .find(speaks_of)
            .map(|entry| entry.reason.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_speaks_of_a_folder_a_file_or_the_lines_with_a_text() {
        let text = "# why\ncrates/a/src/deep/ = off here\ncrates/a/src/x.rs: fn fmt = text for people\n\
                    crates/a/src/y.rs = no oracle writes\n";
        let reasons = Reasons::read(text).unwrap();
        for (path, line, wanted) in [
            ("crates/a/src/deep/pdf/x.rs", "let x = 1;", Some("off here")),
            (
                "crates/a/src/x.rs",
                "    fn fmt(&self) {",
                Some("text for people"),
            ),
            ("crates/a/src/x.rs", "let x = 1;", None),
            ("crates/a/src/y.rs", "}", Some("no oracle writes")),
            ("crates/b/src/y.rs", "}", None),
        ] {
            assert_eq!(reasons.of(path, line), wanted, "{path}: {line}");
        }
        for wrong in ["crates/a/src/x.rs", "x = ", "x =  "] {
            assert!(Reasons::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
