//! Measures our multipart reader, our check of files, the mock and our suite against their peers, and judges them.
//!
//! The programs in `bench/` do the measuring. Here they are built and run, and what they print becomes a
//! report: `bench/README.md` says how to read it.

mod gates;
mod linear;
mod measured;
mod mock;
mod report;
mod validate;

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
use gates::Gate;
use measured::Measured;

/// The subcommand `cargo xtask bench`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Command {
    subject: Subject,
    /// Whether fewer rounds and files will do.
    quick: bool,
    /// Whether a missed gate is a failure.
    check: bool,
}

/// What is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Subject {
    Mock,
    Multipart,
    Validate,
    Suite,
}

impl Subject {
    /// As on the command line; the report is called so too.
    const fn name(self) -> &'static str {
        match self {
            Self::Mock => "mock",
            Self::Multipart => "multipart",
            Self::Validate => "validate",
            Self::Suite => "suite",
        }
    }
}

const ROUNDS: u32 = 31;
const QUICK_ROUNDS: u32 = 7;

impl Command {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let (subject, options) = match words {
            ["mock", options @ ..] => (Subject::Mock, options),
            ["multipart", options @ ..] => (Subject::Multipart, options),
            ["validate", options @ ..] => (Subject::Validate, options),
            ["suite", options @ ..] => (Subject::Suite, options),
            _ => return Err("expected mock, multipart, suite or validate after bench".to_owned()),
        };
        let mut command = Self {
            subject,
            quick: false,
            check: false,
        };
        for option in options {
            match *option {
                "--quick" => command.quick = true,
                "--check" => command.check = true,
                unknown => return Err(format!("bench {} does not take {unknown:?}", subject.name())),
            }
        }
        Ok(command)
    }

    /// How often everybody is timed.
    fn rounds(self) -> u32 {
        if self.quick { QUICK_ROUNDS } else { ROUNDS }
    }
}

/// Builds, measures, judges and reports.
pub(crate) fn bench(workspace: &Workspace, command: Command) -> Result<ExitCode> {
    let target = workspace.target()?.join("bench");
    let (text, all, missed) = if command.subject == Subject::Suite {
        suite(workspace, command)?
    } else {
        let programs = build(workspace, &target)?;
        let (text, gates) = match command.subject {
            Subject::Mock => mock::run(workspace, &target, &programs, command)?,
            Subject::Multipart => multipart(&programs, command.rounds())?,
            _ => validate::run(workspace, &target, &programs, command)?,
        };
        let missed = gates.iter().filter(|gate| gate.is_missed()).count();
        (text, gates.len(), missed)
    };
    print!("{text}");
    let path = target.join(command.subject.name()).with_extension("md");
    fs::create_dir_all(&target)
        .and_then(|()| fs::write(&path, text))
        .with_context(|| format!("expected to write {}", path.display()))?;
    println!("\nbench: {missed} of {all} gates missed");
    if command.check && missed > 0 {
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The suite beside a bare client: its report, how many gates it has, and how many are missed. The bare client is
/// hyper, which the suite has anyway, so that it stands beside the tests of the suite and not in `bench/`.
fn suite(workspace: &Workspace, command: Command) -> Result<(String, usize, usize)> {
    let rounds = if command.quick { "1" } else { "5" };
    let text = output(workspace.cargo("bench").args([
        "--quiet",
        "--locked",
        "--profile",
        "faults",
        "--package",
        "rebuttal-conformance",
        "--bench",
        "replay",
        "--",
        "--rounds",
        rounds,
    ]))?;
    let gates = || text.lines().filter(|line| line.starts_with("gate: "));
    let missed = gates().filter(|line| line.ends_with("MISSED")).count();
    let all = gates().count();
    Ok((text, all, missed))
}

/// The reader of forms: its report and its gates.
fn multipart(programs: &Path, rounds: u32) -> Result<(String, Vec<Gate>)> {
    eprintln!("timing, {rounds} rounds");
    let times = output(Process::new(programs.join(program("time"))).arg(rounds.to_string()))?;
    eprintln!("counting allocations");
    let heap = output(&mut Process::new(programs.join(program("heap"))))?;
    eprintln!("counting instructions");
    let linear = linear::count(&programs.join(program("linear")))?;
    let measured = Measured::read(&times, &heap, linear)?;
    let gates = gates::judge(&measured);
    Ok((report::write(&measured, &gates, rounds), gates))
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
        let wanted = |subject, quick, check| {
            Ok(Command {
                subject,
                quick,
                check,
            })
        };
        assert_eq!(parsed("multipart"), wanted(Subject::Multipart, false, false));
        assert_eq!(
            parsed("multipart --quick --check"),
            wanted(Subject::Multipart, true, true)
        );
        assert_eq!(parsed("validate --check"), wanted(Subject::Validate, false, true));
        assert_eq!(parsed("validate --quick").map(Command::rounds), Ok(7));
        for line in ["", "multi", "multipart --fast", "multipart 3", "validate --fast"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
