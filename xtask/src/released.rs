//! Holds `schemas/` against a state that was published before, and refuses what breaks somebody unannounced.
//!
//! The state is a revision that is named, or the newest release: the newest tag `v…` on the way to here; where there
//! is none, the commit that brought the newest heading into the change log; where nothing was published then, the
//! last commit of the change log, so that before the first release a change is told when it is made.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    rebuttal,
    workspace::{Workspace, output},
};

const CHANGELOG: &str = "CHANGELOG.md";

/// What `schemas/` is held against.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Base {
    /// A revision of git.
    Revision(String),
    /// The newest release.
    Released,
}

/// Tells the differences, and fails where one breaks somebody and the change log does not tell it.
pub(crate) fn compare(workspace: &Workspace, base: &Base) -> Result<ExitCode> {
    let found = match base {
        Base::Revision(name) => Some((commit(workspace, name)?, name.clone())),
        Base::Released => released(workspace)?,
    };
    let Some((commit, name)) = found else {
        println!(
            "SKIPPED: this clone is shallow and has no release in it; `git fetch --unshallow --tags` brings one"
        );
        return Ok(ExitCode::SUCCESS);
    };
    let short = &commit[..commit.len().min(12)];
    println!("schemas: held against {name} ({short})");
    let before = Before::take(workspace, &commit)?;
    if !before.folder.join("schemas").is_dir() {
        println!("schemas: nothing was published then");
        return Ok(ExitCode::SUCCESS);
    }
    let binary = rebuttal::build(workspace)?;
    let told = Command::new(&binary)
        .args(["schema", "compare", "--breaking", "--format", "json"])
        .args([before.folder.join("schemas"), workspace.root.join("schemas")])
        .output()
        .context("expected to run rebuttal")?;
    let diff: Value = serde_json::from_slice(&told.stdout).with_context(|| {
        format!(
            "expected a difference, found: {}",
            String::from_utf8_lossy(&told.stderr)
        )
    })?;
    let old_log = show(workspace, &commit, CHANGELOG).unwrap_or_default();
    let new_log = fs::read_to_string(workspace.root.join(CHANGELOG)).context("expected CHANGELOG.md")?;
    let announced = announced(&old_log, &new_log);
    let differences = diff["differences"].as_array().map_or(&[][..], Vec::as_slice);
    let mut untold = 0;
    for difference in differences {
        let text = |name: &str| difference[name].as_str().unwrap_or_default();
        let is_told = is_announced(text("file"), &announced);
        untold += usize::from(!is_told);
        let mark = if is_told { "told  " } else { "UNTOLD" };
        println!(
            "{mark} {:<9} {}#{}: {}",
            text("breaks"),
            text("file"),
            text("pointer"),
            text("what")
        );
    }
    println!(
        "schemas: {} breaking, {untold} of them not in {CHANGELOG}",
        differences.len()
    );
    if untold == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let files: BTreeSet<_> = differences
        .iter()
        .filter_map(|it| it["file"].as_str())
        .filter(|file| !is_announced(file, &announced))
        .collect();
    bail!(
        "tell in {CHANGELOG} whom it breaks, naming the file: {}",
        files
            .iter()
            .map(|file| format!("`schemas/{file}`"))
            .collect::<Vec<_>>()
            .join(", ")
    );
}

/// The files of a commit that are asked about, in a folder that goes with this value.
struct Before {
    folder: PathBuf,
}

impl Before {
    fn take(workspace: &Workspace, commit: &str) -> Result<Self> {
        let folder = workspace
            .target()?
            .join(format!("schemas-of-{commit}-{}", std::process::id()));
        let before = Self { folder };
        let listed =
            output(git(workspace).args(["ls-tree", "-r", "-z", "--name-only", commit, "--", "schemas"]))?;
        for path in listed
            .split_terminator('\0')
            .filter(|path| Path::new(path).extension().is_some_and(|it| it == "json"))
        {
            let file = before.folder.join(path);
            fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
            fs::write(file, show(workspace, commit, path)?)?;
        }
        Ok(before)
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        // What cannot be removed lies in the target directory, where nobody looks for it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn git(workspace: &Workspace) -> Command {
    let mut git = Command::new("git");
    git.current_dir(&workspace.root);
    git
}

fn commit(workspace: &Workspace, name: &str) -> Result<String> {
    let wanted = format!("{name}^{{commit}}");
    let told = output(git(workspace).args(["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]))
        .with_context(|| format!("expected a revision, found {name:?}"))?;
    Ok(told.trim().to_owned())
}

fn show(workspace: &Workspace, commit: &str, path: &str) -> Result<String> {
    output(git(workspace).args(["show", &format!("{commit}:{path}")]))
}

/// The newest release: its commit, and what it is called. `None` where a shallow clone cannot tell.
fn released(workspace: &Workspace) -> Result<Option<(String, String)>> {
    let tag = git(workspace)
        .args(["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"])
        .output()
        .context("expected to run git")?;
    if tag.status.success() {
        let name = String::from_utf8_lossy(&tag.stdout).trim().to_owned();
        return Ok(Some((commit(workspace, &name)?, name)));
    }
    if output(git(workspace).args(["rev-parse", "--is-shallow-repository"]))?.trim() == "true" {
        return Ok(None);
    }
    let log = fs::read_to_string(workspace.root.join(CHANGELOG)).context("expected CHANGELOG.md")?;
    let heading = newest(&log).with_context(|| format!("expected a heading `## 1.2.3` in {CHANGELOG}"))?;
    let commits =
        output(git(workspace).args(["log", "--format=%H", &format!("-S{heading}"), "--", CHANGELOG]))?;
    let commit = commits
        .lines()
        .last()
        .with_context(|| format!("{heading:?} is not committed yet"))?;
    if !output(git(workspace).args(["ls-tree", "--name-only", commit, "schemas"]))?.is_empty() {
        return Ok(Some((
            commit.to_owned(),
            format!("the commit that brought {heading:?} into {CHANGELOG}"),
        )));
    }
    let last = output(git(workspace).args(["log", "-1", "--format=%H", "--", CHANGELOG]))?;
    let name = format!("the last commit of {CHANGELOG}, as nothing was published with {heading:?}");
    Ok(Some((last.trim().to_owned(), name)))
}

/// The newest heading of a release.
fn newest(log: &str) -> Option<&str> {
    log.lines().find(|line| {
        line.strip_prefix("## ")
            .is_some_and(|it| it.starts_with(|first: char| first.is_ascii_digit()))
    })
}

/// The lines of a change log that were not there before.
fn announced<'a>(before: &str, after: &'a str) -> Vec<&'a str> {
    let known: BTreeSet<_> = before.lines().map(str::trim).collect();
    after
        .lines()
        .map(str::trim)
        .filter(|line| !known.contains(line))
        .collect()
}

/// Whether a line names the file, or a folder that it lies in.
fn is_announced(file: &str, lines: &[&str]) -> bool {
    let path = format!("schemas/{file}");
    let folders = path.match_indices('/').skip(1).map(|(at, _)| &path[..=at]);
    let names: Vec<_> = folders
        .chain([path.as_str()])
        .map(|name| format!("`{name}`"))
        .collect();
    lines
        .iter()
        .any(|line| names.iter().any(|name| line.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_a_file_or_its_folder() {
        let old = "## 0.1.0\n- `schemas/report.json` has a version\n";
        let new = "## 0.1.0\n- `schemas/report.json` has a version\n- `schemas/known.json` and all of `schemas/2019-05-29/`\n";
        let lines = announced(old, new);
        assert_eq!(lines.len(), 1);
        for (file, wanted) in [
            ("known.json", true),
            ("2019-05-29/document.json", true),
            ("report.json", false),
            ("2017-11-02/document.json", false),
            ("nown.json", false),
        ] {
            assert_eq!(is_announced(file, &lines), wanted, "{file}");
        }
        assert!(!is_announced("report.json", &["all of `schemas/` is new"]));
    }

    #[test]
    fn the_newest_heading_is_the_first_with_a_number() {
        assert_eq!(
            newest("# Changes\n\n## Unreleased\n\n## 0.2.0\n\n## 0.1.0\n"),
            Some("## 0.2.0")
        );
        assert_eq!(newest("# Changes\n"), None);
    }
}
