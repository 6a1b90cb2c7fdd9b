//! Keeps `schemas/` equal to what the binary publishes.

use std::{
    collections::BTreeMap,
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
    let mut wanted = BTreeMap::new();
    for path in published(&binary)? {
        let content = output(Command::new(&binary).args(["schema", &path]))?;
        wanted.insert(path, content);
    }
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

/// The paths that the binary publishes, below `schemas/`.
pub(crate) fn published(binary: &Path) -> Result<Vec<String>> {
    let listed = output(Command::new(binary).args(["schema", "--list"]))?;
    let paths: Vec<_> = listed.lines().map(str::to_owned).collect();
    if paths.is_empty() {
        bail!("expected `rebuttal schema --list` to name files, found none");
    }
    Ok(paths)
}
