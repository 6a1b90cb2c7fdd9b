//! Builds, runs and looks after the fuzz targets with nothing but a stable toolchain and a C++ compiler.
//!
//! The engine is libFuzzer. What is here is what it leaves to its caller: supervising several processes, keeping
//! what they find, and telling what was done.

mod adopt;
mod build;
mod campaign;
mod canary;
mod command;
mod corpus;
mod coverage;
mod doctor;
mod drill;
mod finding;
mod folder;
mod journal;
mod kept;
mod page;
mod patience;
mod process;
mod pulse;
mod reduce;
mod replay;
mod run;
mod speed;
mod status;
mod summary;
mod tally;

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use crate::workspace::Workspace;
use build::{Flavour, Kind, Programs};
pub(crate) use command::Command;
use folder::Folder;

/// Does what was asked; without a C++ compiler it says so, and nothing has failed.
pub(crate) fn fuzz(workspace: &Workspace, command: &Command) -> Result<ExitCode> {
    if let Command::Canary(plan) = command {
        return canary::canary(workspace, plan);
    }
    let folder = Folder {
        root: workspace.root.join("fuzz"),
    };
    let build = |targets: &[String], flavour: Flavour| -> Result<Option<Programs>> {
        build::build(
            workspace,
            &folder,
            &folder.wanted(targets)?,
            Kind::Targets,
            flavour,
        )
    };
    match command {
        Command::Help => print!("{}", command::HELP),
        Command::List { json } => list(&folder, *json)?,
        Command::Build { targets, flavour } => {
            if let Some(programs) = build(targets, *flavour)? {
                println!("fuzz: {} targets built", programs.built.len());
            }
        }
        Command::Run(asked) => return run::run(workspace, &folder, asked),
        Command::Replay { targets, flavour } => {
            if let Some(programs) = build(targets, *flavour)? {
                return replay::replay(&folder, &programs);
            }
        }
        Command::Adopt(asked) => {
            if let Some(programs) = build(&[adopt::target(&folder, asked)?], Flavour::Plain)? {
                return adopt::adopt(&folder, &programs, asked);
            }
        }
        Command::Minimize { targets } => {
            if let Some(programs) = build(targets, Flavour::Plain)? {
                corpus::minimize(&folder, &programs)?;
            }
        }
        Command::Merge { folders, target } => {
            let one: Vec<String> = target.iter().cloned().collect();
            if let Some(programs) = build(&one, Flavour::Plain)? {
                corpus::merge(&folder, &programs, folders, target.is_some())?;
            }
        }
        Command::Coverage(asked) => return coverage::coverage(workspace, &folder, asked),
        Command::Status(asked) => return status::status(workspace, &folder, asked),
        Command::Speed { check, seconds } => return speed::speed(workspace, &folder, *seconds, *check),
        Command::Doctor => doctor::doctor(workspace)?,
        Command::Canary(plan) => return canary::canary(workspace, plan),
        Command::Drill => return drill::drill(workspace, &folder),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(folder: &Folder, json: bool) -> Result<()> {
    let targets = folder.targets()?;
    if !json {
        println!("{}", targets.join("\n"));
        return Ok(());
    }
    let mut listed = Vec::new();
    for target in targets {
        let dictionary = folder.dictionary(&target);
        let name = dictionary.as_deref().and_then(|path| path.file_name());
        listed.push(json!({
            "target": target,
            "seeds": folder::inputs(&folder.seeds(&target))?.len(),
            "regressions": folder::inputs(&folder.regressions(&target))?.len(),
            "dictionary": name.map(|name| name.to_string_lossy()),
            "options": folder.options(&target)?,
        }));
    }
    println!("{:#}", json!(listed));
    Ok(())
}
