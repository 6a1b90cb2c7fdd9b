//! No file of the project names a folder that only one machine has.

use super::{Exception, Finding, stale};

/// Where people and machines keep their own files. Written in two halves, so that this file has none.
const MACHINES: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
];

/// Files that name such folders for another reason.
const NAMED: &[Exception] = &[Exception {
    path: "crates/conformance/src/run/everywhere.rs",
    why: "what no error may leak is looked for by these names",
}];

const MEND: &str = "write a path below the project, or make it at run time";

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    if NAMED.iter().any(|it| it.path == path) {
        return Vec::new();
    }
    found(path, text)
}

/// Files that may name such folders, and do not.
pub(super) fn stale_exceptions(texts: &[(String, String)]) -> Vec<Finding> {
    stale("xtask/src/tidy/path.rs", NAMED, texts, |text| {
        !found("", text).is_empty()
    })
}

fn found(path: &str, text: &str) -> Vec<Finding> {
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let found = MACHINES.iter().find(|machine| starts_a_path(line, machine))?;
            Some(Finding::at(
                path,
                index + 1,
                format!("a path of one machine: {found}…"),
                MEND,
            ))
        })
        .collect()
}

/// Whether the folder stands in the line as the start of a path, and not within a longer one.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| !character.is_alphanumeric() && !"*>}.-_~".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_path_is_found_where_it_starts() {
        for machine in MACHINES {
            for line in [
                format!("{machine}x"),
                format!("see \"{machine}x\""),
                format!("file://{machine}x"),
            ] {
                let found = check("a.md", &format!("one\n{line}\n"));
                assert_eq!(found.len(), 1, "{line}");
                assert_eq!(found[0].place, "a.md:2");
            }
            for line in [
                format!("corpus/*{machine}"),
                format!("https://x.example{machine}x"),
                format!("..{machine}"),
            ] {
                assert_eq!(check("a.md", &line), [], "{line}");
            }
        }
    }
}
