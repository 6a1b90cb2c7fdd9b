//! What every Rust file keeps to, and what no file is called.

use super::{Exception, Finding, stale};

/// The longest file, in lines.
const MOST_LINES: usize = 400;

/// Files that may be longer.
const LONG: &[Exception] = &[];

/// Words that mark what is not finished or not run, and what to do instead. Written in two halves, so that
/// this file has none of them.
const UNWANTED: &[(&str, &str)] = &[
    (
        concat!("#[", "ignore"),
        "let the test run, or delete it; a skip says its reason at run time",
    ),
    (
        concat!("to", "do!("),
        "write it, or return an error that says what is not supported",
    ),
    (
        concat!("unimple", "mented!("),
        "write it, or return an error that says what is not supported",
    ),
    (concat!("db", "g!("), "take it out"),
];

/// Names that say nothing of what is in the file.
const NAMELESS: &[&str] = &["utils.rs", "util.rs", "helpers.rs", "common.rs", "types.rs"];

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES && !LONG.iter().any(|it| it.path == path) {
        let what = format!("{lines} lines, at most {MOST_LINES} are allowed");
        findings.push(Finding::at(
            path,
            MOST_LINES + 1,
            what,
            "split the file by what it is about",
        ));
    }
    for (index, line) in text.lines().enumerate() {
        for (word, mend) in UNWANTED.iter().filter(|(word, _)| line.contains(word)) {
            let word = word.trim_end_matches('(');
            findings.push(Finding::at(
                path,
                index + 1,
                format!("{word} must not stay"),
                *mend,
            ));
        }
    }
    findings
}

/// A finding where the file's name tells nothing.
pub(super) fn name(path: &str) -> Option<Finding> {
    let file = path.rsplit('/').next().unwrap_or(path);
    NAMELESS.contains(&file).then(|| {
        Finding::new(
            path,
            "the name tells nothing of the content",
            "name it after what it does",
        )
    })
}

/// Files that may be longer, and are not.
pub(super) fn stale_exceptions(texts: &[(String, String)]) -> Vec<Finding> {
    let long = |text: &str| text.lines().count() > MOST_LINES;
    stale("xtask/src/tidy/source.rs", LONG, texts, long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found() {
        assert_eq!(check("a.rs", &"x\n".repeat(MOST_LINES)), []);
        let found = check("a.rs", &"x\n".repeat(MOST_LINES + 1));
        assert_eq!(
            found[0].to_string(),
            "a.rs:401: 401 lines, at most 400 are allowed\n  mend: split the file by what it is about"
        );
    }

    #[test]
    fn unfinished_work_is_found() {
        for (word, _) in UNWANTED {
            let found = check("a.rs", &format!("fn a() {{\n    {word}\n}}\n"));
            assert_eq!(found.len(), 1, "{word}");
            assert_eq!(found[0].place, "a.rs:2");
        }
    }

    #[test]
    fn a_name_that_tells_nothing_is_found() {
        assert!(name("crates/model/src/utils.rs").is_some());
        assert!(name("crates/model/src/kind.rs").is_none());
    }
}
