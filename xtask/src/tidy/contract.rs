//! What the binary knows: the published files and the scenarios' coverage of the clauses.

use std::{
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result};

use super::Finding;

/// The reviewed kill matrix.
pub(super) const MATRIX: &str = "snapshots/kill-matrix.txt";

/// Published files that git does not track: other teams would not get them.
pub(super) fn tracked(published: &[String], tracked: &[String]) -> Vec<Finding> {
    published
        .iter()
        .map(|path| format!("schemas/{path}"))
        .filter(|path| !tracked.contains(path))
        .map(|path| {
            let mend = format!("cargo xtask schemas && git add {path}");
            Finding::new(path, "published, and not tracked by git", mend)
        })
        .collect()
}

/// What the binary says of its scenarios, clauses without one included.
pub(super) fn scenarios(binary: &Path) -> Result<Option<Finding>> {
    let output = Command::new(binary)
        .args(["conformance", "--check-scenarios"])
        .output()
        .context("expected to run rebuttal")?;
    Ok(judged(&output))
}

/// Faults of the mock that the reviewed kill matrix does not show as caught.
pub(super) fn faults(binary: &Path, matrix: &str) -> Result<Vec<Finding>> {
    let output = Command::new(binary)
        .args(["mock", "--list-faults"])
        .output()
        .context("expected to run rebuttal")?;
    Ok(unnoticed(&String::from_utf8_lossy(&output.stdout), matrix))
}

fn unnoticed(listed: &str, matrix: &str) -> Vec<Finding> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<_> = matrix.lines().map(words).collect();
    let faults = listed.lines().map(words).filter(|it| it.len() > 1);
    faults
        .filter(|fault| {
            let caught = |row: &Vec<String>| {
                row.get(..2) == fault.get(..2) && row.get(2).is_some_and(|it| it == "yes")
            };
            !rows.iter().any(caught)
        })
        .map(|fault| {
            let what = format!(
                "the fault {} of {} is not known to be noticed",
                fault[0], fault[1]
            );
            Finding::new(
                MATRIX,
                what,
                "cargo xtask faults; then strengthen a scenario where it is missed",
            )
        })
        .collect()
}

fn judged(output: &Output) -> Option<Finding> {
    if output.status.success() {
        return None;
    }
    let told = [&output.stdout[..], &output.stderr]
        .map(String::from_utf8_lossy)
        .concat();
    let what = format!(
        "`rebuttal conformance --check-scenarios` ended with {}:\n{}",
        output.status,
        told.trim_end()
    );
    let mend = "add or correct a scenario; CONTRIBUTING.md has the recipe";
    Some(Finding::new("crates/conformance/scenarios", what, mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_nothing_notices_is_found() {
        let listed =
            "gif-accepted  upload.bad-format  GIF files are accepted\npng-refused  upload.png  PNG\n";
        let matrix = "fault breaks caught\ngif-accepted upload.bad-format yes\npng-refused upload.png NO\n";
        let found = unnoticed(listed, matrix);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.starts_with("the fault png-refused of upload.png"));
        assert_eq!(unnoticed(listed, "").len(), 2);
    }

    #[test]
    fn an_untracked_schema_is_found() {
        let published = ["error.json".to_owned()];
        assert_eq!(tracked(&published, &["schemas/error.json".to_owned()]), []);
        let found = tracked(&published, &["error.json".to_owned()]);
        assert_eq!(found[0].mend, "cargo xtask schemas && git add schemas/error.json");
    }

    #[test]
    #[cfg(unix)]
    fn scenarios_that_do_not_cover_the_contract_are_found_in_the_binary_s_words() {
        use std::os::unix::process::ExitStatusExt;

        let ended = |code: i32| Output {
            status: std::process::ExitStatus::from_raw(code << 8),
            stdout: Vec::new(),
            stderr: b"no scenario covers upload.png\n".to_vec(),
        };
        assert_eq!(judged(&ended(0)), None);
        let found = judged(&ended(2)).unwrap();
        assert!(found.what.ends_with("no scenario covers upload.png"), "{found}");
    }
}
