//! Runs the committed inputs through the fuzz programs. `cargo test` runs them through the same oracles without.

use std::{
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{
    build::{Built, Programs},
    finding,
    folder::{self, Folder},
    process,
};

/// Replays seeds and regressions of every target, and names each file that breaks.
pub(super) fn replay(folder: &Folder, programs: &Programs) -> Result<ExitCode> {
    let (mut broken, mut count) = (Vec::new(), 0);
    for target in &programs.built {
        let seeds = folder::inputs(&folder.seeds(&target.name))?;
        if seeds.is_empty() {
            bail!(
                "fuzz/corpus/{} has no seeds: what nothing replays protects nothing",
                target.name
            );
        }
        let mut files = seeds;
        files.extend(folder::inputs(&folder.regressions(&target.name))?);
        count += files.len();
        if all_hold(folder, programs, target, &files)? {
            println!("fuzz: {}: {} inputs hold", target.name, files.len());
            continue;
        }
        // Which of them it was, and whether there are more, is asked one by one.
        for file in &files {
            if let Some(finding) = one(folder, programs, target, file)? {
                let path = file.strip_prefix(&folder.root).unwrap_or(file).display();
                println!(
                    "fuzz: fuzz/{path} breaks {}: {}\n{}",
                    target.name, finding.signature, finding.told
                );
                broken.push(format!("fuzz/{path}"));
            }
        }
    }
    if broken.is_empty() {
        println!(
            "fuzz: {count} inputs of {} targets replayed, none broke",
            programs.built.len()
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "fuzz: {} of {count} inputs broke: {}",
        broken.len(),
        broken.join(", ")
    );
    Ok(ExitCode::FAILURE)
}

/// Whether all of them hold, in one process.
pub(super) fn all_hold(
    folder: &Folder,
    programs: &Programs,
    target: &Built,
    files: &[PathBuf],
) -> Result<bool> {
    let mut command = process::call(folder, target, programs.flavour)?;
    command.args(files).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status();
    Ok(status
        .with_context(|| format!("expected to run {}", target.program.display()))?
        .success())
}

/// What one input breaks; none where it holds.
pub(super) fn one(
    folder: &Folder,
    programs: &Programs,
    target: &Built,
    file: &Path,
) -> Result<Option<finding::Finding>> {
    let mut command = process::call(folder, target, programs.flavour)?;
    let output = command.arg(file).output();
    let output = output.with_context(|| format!("expected to run {}", target.program.display()))?;
    if output.status.success() {
        return Ok(None);
    }
    let log: Vec<_> = String::from_utf8_lossy(&output.stderr)
        .lines()
        .map(str::to_owned)
        .collect();
    Ok(Some(finding::read(&log, process::signal(output.status))))
}
