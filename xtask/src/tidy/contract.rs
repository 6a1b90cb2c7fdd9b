//! What the binary knows: the published files and the scenarios' coverage of the clauses.

use std::{
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result};

use super::Finding;

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
