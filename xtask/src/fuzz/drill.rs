//! Bugs on purpose, to see that a campaign finds them, goes on after them, keeps their inputs and files them.
//!
//! Its targets are the examples `drill_*` of the fuzz package; nothing of this touches the folders of real targets.

use std::{fs, process::ExitCode};

use anyhow::{Context, Result, bail};

use super::{
    adopt,
    build::{self, Flavour, Kind, Programs},
    command::{Adopt, Run},
    folder::Folder,
    replay, run, summary,
    tally::{Group, Tally},
};
use crate::workspace::Workspace;

const PANIC: &str = "drill_panic";
const OVERFLOW: &str = "drill_overflow";
const SECONDS: u64 = 12;

/// Fails where something that was planted is not found, not kept, or not filed.
pub(super) fn drill(workspace: &Workspace, folder: &Folder) -> Result<ExitCode> {
    let targets = [OVERFLOW, PANIC].map(str::to_owned);
    let Some(programs) = build::build(workspace, folder, &targets, Kind::Examples, Flavour::Plain)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let field = Folder {
        root: programs.directory.join("drill"),
    };
    prepare(folder, &field, &targets)?;
    let asked = Run {
        targets: targets.to_vec(),
        seconds: SECONDS,
        jobs: 2,
        seed: Some(1),
        flavour: Flavour::Plain,
        json: false,
    };
    let mut tallies = Vec::new();
    run::rounds(&field, &programs, &asked, |tally| {
        print!("{}", summary::line(&tally));
        tallies.push(tally);
        Ok(())
    })?;
    let of = |target: &str| -> Result<&Tally> {
        let tally = tallies.iter().find(|tally| tally.target == target);
        tally.with_context(|| format!("{target} was not run"))
    };
    let first = found(of(PANIC)?, "the first bug")?;
    let second = found(of(PANIC)?, "the second bug")?;
    let overflow = found(of(OVERFLOW)?, "stack overflow")?;
    for (target, group, wanted) in [
        (PANIC, first, &b"ab"[..]),
        (PANIC, second, b"yz"),
        (OVERFLOW, overflow, b"[[["),
    ] {
        file(&field, &programs, target, group, wanted)?;
    }
    println!("fuzz: drill passed: two panics and a stack overflow were found, kept, made small and filed");
    Ok(ExitCode::SUCCESS)
}

/// Lays out an empty folder of targets.
fn prepare(folder: &Folder, field: &Folder, targets: &[String]) -> Result<()> {
    if field.root.exists() {
        fs::remove_dir_all(&field.root)?;
    }
    for target in targets {
        fs::create_dir_all(field.regressions(target))?;
        fs::create_dir_all(field.seeds(target))?;
        fs::write(field.seeds(target).join("seed"), "input")?;
    }
    fs::copy(
        folder.root.join("default.options"),
        field.root.join("default.options"),
    )?;
    Ok(())
}

/// The group of findings that speaks of this bug, which has to have a file.
fn found<'a>(tally: &'a Tally, bug: &str) -> Result<&'a Group> {
    let group = tally.groups.iter().find(|group| group.signature.contains(bug));
    let group = group.with_context(|| format!("{bug} of {} was not found in {SECONDS} s", tally.target))?;
    if group.artifacts.is_empty() {
        bail!("{bug} of {} was found, and its input was not kept", tally.target);
    }
    Ok(group)
}

/// Adopts the finding, and sees that what was filed is the bug and nothing besides, and that a replay fails of it.
fn file(field: &Folder, programs: &Programs, target: &str, group: &Group, wanted: &[u8]) -> Result<()> {
    let one = Programs {
        built: programs
            .built
            .iter()
            .filter(|built| built.name == target)
            .cloned()
            .collect(),
        directory: programs.directory.clone(),
        compiler: programs.compiler.clone(),
        flavour: programs.flavour,
    };
    let asked = Adopt {
        crash: group.artifacts[0].clone(),
        target: Some(target.to_owned()),
        name: None,
    };
    let filed = adopt::file(field, &one, &asked)?;
    let filed = filed.with_context(|| format!("what broke {target} does not break it again"))?;
    let content = fs::read(&filed.path)?;
    if content != wanted {
        bail!(
            "expected a regression of {target} that is {}, found {}",
            wanted.escape_ascii(),
            content.escape_ascii()
        );
    }
    if replay::all_hold(field, &one, &one.built[0], &[filed.path])? {
        bail!("a replay of {target} does not fail of what was filed");
    }
    Ok(())
}
