//! Which lines of which files were reached, from llvm-cov's lcov form.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// The lines of one file that can be reached, and which of them were.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Lines {
    pub(super) reached: BTreeSet<u32>,
    pub(super) missed: BTreeSet<u32>,
}

/// Reads lcov; files by their path below `root`, others left out.
pub(super) fn read(lcov: &str, root: &str) -> BTreeMap<String, Lines> {
    let root = format!("{}/", root.trim_end_matches('/'));
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    let mut current = None;
    for line in lcov.lines() {
        if let Some(path) = line.strip_prefix("SF:") {
            current = path.strip_prefix(&root).map(str::to_owned);
        }
        let Some((file, data)) = current.as_ref().zip(line.strip_prefix("DA:")) else {
            continue;
        };
        let mut numbers = data.split(',').map(str::parse);
        if let (Some(Ok(number)), Some(Ok(count))) = (numbers.next(), numbers.next()) {
            let lines = files.entry(file.clone()).or_default();
            let count: u64 = count;
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            if count > 0 {
                lines.reached.insert(number);
                lines.missed.remove(&number);
            } else if !lines.reached.contains(&number) {
                lines.missed.insert(number);
            }
        }
    }
    files
}

/// Line numbers as people write them: `3-5, 9`.
pub(super) fn ranges(lines: &BTreeSet<u32>) -> String {
    let mut text = String::new();
    let mut left = lines.iter().copied().peekable();
    while let Some(first) = left.next() {
        let mut last = first;
        while left.next_if_eq(&(last + 1)).is_some() {
            last += 1;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        let _ = match last - first {
            0 => write!(text, "{first}"),
            _ => write!(text, "{first}-{last}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_by_file_and_what_one_program_reached_is_reached() {
        let lcov = "SF:/r/crates/a/src/lib.rs\nFN:1,x\nDA:1,5\nDA:2,0\nDA:3,0\nend_of_record\n\
                    SF:/elsewhere/serde.rs\nDA:1,0\nend_of_record\n\
                    SF:/r/crates/a/src/lib.rs\nDA:2,1\nDA:1,0\nend_of_record\n";
        let files = read(lcov, "/r");
        assert_eq!(files.keys().collect::<Vec<_>>(), ["crates/a/src/lib.rs"]);
        let lines = &files["crates/a/src/lib.rs"];
        assert_eq!(
            (ranges(&lines.reached), ranges(&lines.missed)),
            ("1-2".to_owned(), "3".to_owned())
        );
    }

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(ranges(&[1, 3, 4, 5, 9].into()), "1, 3-5, 9");
        assert_eq!(ranges(&BTreeSet::new()), "");
    }
}
