//! A copy of the sources, for changes that the checkout must not have.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Makes `to` a copy of what git knows of the workspace, but for the files in `changed`. A file that is there already
/// keeps its time, so that a second build is quick.
pub(super) fn copy(workspace: &Workspace, to: &Path, mut changed: BTreeMap<String, String>) -> Result<()> {
    let files = workspace.files(true)?;
    let mut there = Vec::new();
    list(to, &mut there)?;
    for path in there {
        let below = path
            .strip_prefix(to)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        if !files.contains(&below) {
            fs::remove_file(&path)?;
        }
    }
    for file in files {
        let content = match changed.remove(&file) {
            Some(text) => text.into_bytes(),
            None => {
                fs::read(workspace.root.join(&file)).with_context(|| format!("expected to read {file}"))?
            }
        };
        let copy = to.join(&file);
        if fs::read(&copy).is_ok_and(|before| before == content) {
            continue;
        }
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&copy, content).with_context(|| format!("expected to write {}", copy.display()))?;
    }
    Ok(())
}

/// The files below a folder; none where there is no folder.
fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
