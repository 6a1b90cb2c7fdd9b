//! Builds and runs the binary `rebuttal`.

use std::{
    io::{IsTerminal, stderr},
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::settle::Mode;
use crate::workspace::{Workspace, output};

/// Runs the binary in this process's place, so that its exit status, signals and streams are its own.
pub(crate) fn become_it(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let mut run = workspace.cargo("run");
    if announce_first_build(workspace)? == Told::InWords {
        run.arg("--quiet");
    }
    replace(run.args(["--package", "rebuttal", "--"]).args(arguments))
}

/// Holds the suite against every fault of the mock, and writes the kill matrix or compares it.
pub(crate) fn faults(workspace: &Workspace, mode: Mode) -> Result<ExitCode> {
    let mut test = workspace.cargo("test");
    test.args([
        "--profile",
        "faults",
        "--package",
        "rebuttal-conformance",
        "--test",
        "faults",
        "--",
        "--nocapture",
    ]);
    if mode == Mode::Write {
        test.env("REBUTTAL_WRITE_KILL_MATRIX", "1");
    }
    replace(&mut test)
}

/// Builds the binary and names the file.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    announce_first_build(workspace)?;
    built(workspace, "dev")
}

/// Builds the binary as it is shipped and names the file.
pub(crate) fn build_optimised(workspace: &Workspace) -> Result<PathBuf> {
    built(workspace, "release")
}

fn built(workspace: &Workspace, profile: &str) -> Result<PathBuf> {
    let messages = output(workspace.cargo("build").args([
        "--quiet",
        "--package",
        "rebuttal",
        "--message-format",
        "json",
        "--profile",
        profile,
    ]))?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("expected cargo build to name the binary rebuttal")
}

/// How a wait for the compiler is made bearable.
#[derive(Eq, PartialEq)]
enum Told {
    /// By a line of ours, or not at all where nothing is to be built.
    InWords,
    /// By cargo's own progress.
    ByCargo,
}

/// Says on stderr that a first build takes a while; on a terminal cargo shows its progress too.
fn announce_first_build(workspace: &Workspace) -> Result<Told> {
    let binary = workspace.target()?.join("debug").join(program("rebuttal"));
    if binary.exists() {
        return Ok(Told::InWords);
    }
    eprintln!("building rebuttal: the first build takes a few minutes");
    Ok(if stderr().is_terminal() {
        Told::ByCargo
    } else {
        Told::InWords
    })
}

/// The file name of a program on this platform.
pub(crate) fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(unix)]
fn replace(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    Err(command.exec()).context("expected to run cargo")
}

#[cfg(not(unix))]
fn replace(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().context("expected to run cargo")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
