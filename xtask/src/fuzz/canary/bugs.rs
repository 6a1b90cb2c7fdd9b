//! The bugs that are planted: data in `fuzz/canary/bugs.toml`, and how they get into a copy of the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};
use toml::Table;

/// Where the bugs stand, below the root.
pub(super) const FILE: &str = "fuzz/canary/bugs.toml";

/// What every crate gets that a bug is planted into.
const CHOICE: &str = r#"
/// Whether the planted bug of this name was chosen for this run.
pub(crate) fn canary(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("REBUTTAL_CANARY").ok()).as_deref() == Some(name)
}
"#;

/// A bug to be planted.
#[derive(Clone, Debug)]
pub(super) struct Bug {
    pub(super) name: String,
    /// The fuzz target that has to find it.
    pub(super) target: String,
    /// What mistake it is an example of.
    pub(super) stands_for: String,
    /// The file it is planted in, below the root.
    file: String,
    /// What stands there, exactly once.
    sound: String,
    /// What stands there instead.
    planted: String,
}

/// Reads the bugs; they must have different names, and each must look for its own.
pub(super) fn read(root: &Path) -> Result<Vec<Bug>> {
    let text = fs::read_to_string(root.join(FILE)).with_context(|| format!("expected to read {FILE}"))?;
    let table: Table = text.parse().with_context(|| format!("{FILE} is not TOML"))?;
    let rows = table.get("bug").and_then(toml::Value::as_array);
    let rows = rows.with_context(|| format!("expected [[bug]] in {FILE}"))?;
    let bugs: Vec<Bug> = rows.iter().map(bug).collect::<Result<_>>()?;
    let mut names = BTreeSet::new();
    for bug in &bugs {
        if !names.insert(&bug.name) {
            bail!("{FILE}: two bugs are called {}", bug.name);
        }
        if !bug.planted.contains(&format!("crate::canary(\"{}\")", bug.name)) {
            bail!("{FILE}: {} does not ask whether it was chosen", bug.name);
        }
    }
    Ok(bugs)
}

fn bug(row: &toml::Value) -> Result<Bug> {
    let text = |member: &str| {
        let found = row.get(member).and_then(toml::Value::as_str);
        let found = found.with_context(|| format!("{FILE}: expected a text called {member} in {row:?}"))?;
        Ok::<_, anyhow::Error>(found.to_owned())
    };
    Ok(Bug {
        name: text("name")?,
        target: text("target")?,
        stands_for: text("stands_for")?,
        file: text("file")?,
        sound: text("sound")?,
        planted: text("planted")?,
    })
}

/// The changed files, by their paths below the root.
pub(super) fn planted(root: &Path, bugs: &[Bug]) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).with_context(|| format!("{FILE}: expected a file {path}"))
    };
    for bug in bugs {
        let text = match files.get(&bug.file) {
            Some(text) => String::clone(text),
            None => read(&bug.file)?,
        };
        let count = text.matches(&bug.sound).count();
        if count != 1 {
            bail!(
                "{FILE}: expected the text of {} once in {}, found it {count} times: plant the bug anew",
                bug.name,
                bug.file
            );
        }
        files.insert(bug.file.clone(), text.replacen(&bug.sound, &bug.planted, 1));
        let library = library(&bug.file)?;
        if !files.get(&library).is_some_and(|text| text.ends_with(CHOICE)) {
            let text = match files.remove(&library) {
                Some(text) => text,
                None => read(&library)?,
            };
            files.insert(library, text + CHOICE);
        }
    }
    Ok(files)
}

/// The root file of the crate that a file belongs to.
fn library(file: &str) -> Result<String> {
    match file.split_once("/src/") {
        Some((package, _)) => Ok(format!("{package}/src/lib.rs")),
        None => bail!("{FILE}: expected a file below the src of a crate, found {file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    #[test]
    fn every_bug_has_its_place_and_its_target() {
        let bugs = read(root()).unwrap();
        assert!(bugs.len() >= 12, "only {} bugs", bugs.len());
        let files = planted(root(), &bugs).unwrap();
        for bug in &bugs {
            assert!(files[&bug.file].contains(&bug.planted), "{} was undone", bug.name);
            let target = format!("fuzz/fuzz_targets/{}.rs", bug.target);
            assert!(root().join(&target).exists(), "{} names no {target}", bug.name);
            assert!(!bug.stands_for.is_empty());
        }
    }

    #[test]
    fn a_text_that_is_gone_fails_loudly() {
        let mut bugs = read(root()).unwrap();
        bugs.truncate(1);
        bugs[0].sound = "let nothing_of_the_kind".to_owned();
        let error = planted(root(), &bugs).unwrap_err().to_string();
        assert!(error.contains("found it 0 times: plant the bug anew"), "{error}");
    }
}
