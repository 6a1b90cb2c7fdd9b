//! Measures our multipart reader against its peers, and judges it.
//!
//! The programs in `bench/` do the measuring. Here they are built and run, and what they print becomes a
//! report: `bench/README.md` says how to read it.

mod gates;
mod linear;
mod measured;
mod report;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command as Process, ExitCode},
};

use anyhow::{Context, Result, bail};

use crate::{
    rebuttal::program,
    workspace::{Workspace, cargo, output},
};
use measured::Measured;

/// The subcommand `cargo xtask bench multipart`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Command {
    /// How often everybody is timed.
    rounds: u32,
    /// Whether a missed gate is a failure.
    check: bool,
}

const ROUNDS: u32 = 31;
const QUICK_ROUNDS: u32 = 7;

impl Command {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let ["multipart", options @ ..] = words else {
            return Err("expected multipart after bench".to_owned());
        };
        let mut command = Self {
            rounds: ROUNDS,
            check: false,
        };
        for option in options {
            match *option {
                "--quick" => command.rounds = QUICK_ROUNDS,
                "--check" => command.check = true,
                unknown => return Err(format!("bench multipart does not take {unknown:?}")),
            }
        }
        Ok(command)
    }
}

/// Builds, measures, judges and reports.
pub(crate) fn bench(workspace: &Workspace, command: Command) -> Result<ExitCode> {
    let target = workspace.target()?.join("bench");
    let programs = build(workspace, &target)?;
    eprintln!("timing, {} rounds", command.rounds);
    let times = output(Process::new(programs.join(program("time"))).arg(command.rounds.to_string()))?;
    eprintln!("counting allocations");
    let heap = output(&mut Process::new(programs.join(program("heap"))))?;
    eprintln!("counting instructions");
    let linear = linear::count(&programs.join(program("linear")))?;
    let measured = Measured::read(&times, &heap, linear)?;
    let gates = gates::judge(&measured);
    let text = report::write(&measured, &gates, command.rounds);
    print!("{text}");
    let path = target.join("multipart.md");
    fs::write(&path, text).with_context(|| format!("expected to write {}", path.display()))?;
    let missed = gates.iter().filter(|gate| gate.is_missed()).count();
    println!("\nbench: {missed} of {} gates missed", gates.len());
    if command.check && missed > 0 {
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder of the programs.
fn build(workspace: &Workspace, target: &Path) -> Result<PathBuf> {
    let programs = target.join("release");
    if !programs.exists() {
        eprintln!("building the peers: the first build takes a minute or two");
    }
    let status = Process::new(cargo())
        .args(["build", "--quiet", "--release", "--locked", "--bins"])
        // One peer declares a newer Rust than it needs.
        .arg("--ignore-rust-version")
        // Where a loop of five instructions happens to lie decides up to 40 % of its speed: luck that would
        // go to a contestant, and change with every line of code.
        .args(["--config", r#"build.rustflags = ["-Cllvm-args=-align-loops=64"]"#])
        .arg("--manifest-path")
        .arg(workspace.root.join("bench/Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .status()
        .context("expected to run cargo")?;
    if !status.success() {
        bail!("the bench does not build");
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_to_the_letter() {
        let parsed = |line: &str| Command::parse(&line.split_whitespace().collect::<Vec<_>>());
        let wanted = |rounds, check| Ok(Command { rounds, check });
        assert_eq!(parsed("multipart"), wanted(31, false));
        assert_eq!(parsed("multipart --quick --check"), wanted(7, true));
        for line in ["", "multi", "multipart --fast", "multipart 3"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
