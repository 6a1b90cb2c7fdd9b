//! Keeps `schemas/` equal to what the binary publishes.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Result, bail};

use crate::{
    rebuttal,
    settle::{Mode, settle},
    workspace::{Workspace, output},
};

/// Writes the folder, or checks that it is fresh.
pub(crate) fn schemas(workspace: &Workspace, mode: Mode) -> Result<ExitCode> {
    let binary = rebuttal::build(workspace)?;
    let wanted = written(workspace, &binary)?;
    let changed = settle(
        &workspace.root.join("schemas"),
        &wanted,
        mode,
        "cargo xtask schemas",
    )?;
    match mode {
        Mode::Write => println!("schemas: {} files, {changed} changed", wanted.len()),
        Mode::Check => println!("schemas: {} files, all fresh", wanted.len()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything that the binary publishes, by path.
fn written(workspace: &Workspace, binary: &Path) -> Result<BTreeMap<String, String>> {
    let folder = workspace
        .target()?
        .join(format!("schemas-{}", std::process::id()));
    let written = output(Command::new(binary).args(["schema", "--out"]).arg(&folder))
        .and_then(|_| published(binary))
        .and_then(|paths| {
            let read = |path: String| Ok((path.clone(), fs::read_to_string(folder.join(path))?));
            paths.into_iter().map(read).collect()
        });
    // What cannot be removed lies in the target directory, where nobody looks for it.
    let _ = fs::remove_dir_all(&folder);
    written
}

/// The paths that the binary publishes, below `schemas/`.
pub(crate) fn published(binary: &Path) -> Result<Vec<String>> {
    let listed = output(Command::new(binary).args(["schema", "--list"]))?;
    let paths: Vec<_> = listed.lines().map(str::to_owned).collect();
    if paths.is_empty() {
        bail!("expected `rebuttal schema --list` to name files, found none");
    }
    Ok(paths)
}
