//! The project's own commands, run as `cargo xtask …`.
//!
//! It stays quick to build: what needs the crates runs the binary `rebuttal` instead of linking them.

mod bench;
mod fuzz;
mod interop;
mod rebuttal;
mod released;
mod schemas;
mod settle;
mod tidy;
mod workspace;

use std::{env, process::ExitCode};

use anyhow::Result;
use workspace::Workspace;

const USAGE: &str = "\
The project's own commands

Usage: cargo xtask COMMAND

  conformance [ARGS…]      hold an endpoint against the contract (default: the mock)
  mock [ARGS…]             serve the contract until interrupted
  schemas [--check]        write schemas/ from the crates, or check that it is fresh
  schemas --compare REV    fail where what breaks since REV is not in CHANGELOG.md
                           (--released: since the newest release)
  faults [--check]         hold the suite against every fault of the mock, and write the
                           kill matrix to snapshots/, or check that it is fresh
  tidy                     check the invariants of ARCHITECTURE.md

  fuzz list                name the fuzz targets
  fuzz build               build them; a stable toolchain and a C++ compiler are enough
  fuzz run [TARGET…] [--seconds N] [--seed N]
                           fuzz each target in turn (60 seconds, all targets)
  fuzz replay              run the committed inputs through the fuzz binaries
  fuzz canary [BUG…]       plant bugs into a copy, and see that each is found in time

  bench mock|multipart|suite|validate [--quick] [--check]
                           time ours and its peers (--check: a missed gate fails)
  interop [--all]          hold schemas/ against tools of other languages

ARGS are those of the binary: see `cargo xtask conformance --help`.
Exit status: that of the binary; else 0 done, 1 a check failed, 2 wrong use.
";

/// What the command line asks for.
#[derive(Debug, Eq, PartialEq)]
enum Command {
    Help,
    /// A subcommand of the binary, with its arguments.
    Rebuttal(Vec<String>),
    Schemas(settle::Mode),
    Compare(released::Base),
    Faults(settle::Mode),
    Tidy,
    Fuzz(fuzz::Command),
    Bench(bench::Command),
    Interop(interop::Command),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let command = match parse(&arguments) {
        Ok(command) => command,
        Err(wrong) => {
            eprintln!("error: {wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    run(command).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Help => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Rebuttal(arguments) => rebuttal::become_it(&workspace, &arguments),
        Command::Schemas(mode) => schemas::schemas(&workspace, mode),
        Command::Compare(base) => released::compare(&workspace, &base),
        Command::Faults(mode) => rebuttal::faults(&workspace, mode),
        Command::Tidy => tidy::tidy(&workspace),
        Command::Fuzz(command) => fuzz::fuzz(&workspace, &command),
        Command::Bench(command) => bench::bench(&workspace, command),
        Command::Interop(command) => interop::interop(&workspace, command),
    }
}

fn parse(arguments: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Err("expected a command".to_owned()),
        ["--help" | "-h" | "help", ..] => Ok(Command::Help),
        ["conformance" | "mock", ..] => Ok(Command::Rebuttal(arguments.to_vec())),
        ["schemas"] => Ok(Command::Schemas(settle::Mode::Write)),
        ["schemas", "--check"] => Ok(Command::Schemas(settle::Mode::Check)),
        ["schemas", "--compare"] => Err("expected a revision after --compare".to_owned()),
        ["schemas", "--compare", revision] => {
            Ok(Command::Compare(released::Base::Revision((*revision).to_owned())))
        }
        ["schemas", "--released"] => Ok(Command::Compare(released::Base::Released)),
        ["faults"] => Ok(Command::Faults(settle::Mode::Write)),
        ["faults", "--check"] => Ok(Command::Faults(settle::Mode::Check)),
        ["tidy"] => Ok(Command::Tidy),
        ["fuzz", rest @ ..] => fuzz::Command::parse(rest).map(Command::Fuzz),
        ["interop", rest @ ..] => interop::Command::parse(rest).map(Command::Interop),
        ["bench", rest @ ..] => bench::Command::parse(rest).map(Command::Bench),
        [command @ ("schemas" | "faults" | "tidy"), surplus, ..] => {
            Err(format!("{command} does not take {surplus:?}"))
        }
        [unknown, ..] => Err(format!("there is no command {unknown:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn commands_are_read_to_the_letter() {
        assert_eq!(parsed("tidy"), Ok(Command::Tidy));
        assert_eq!(
            parsed("schemas --check"),
            Ok(Command::Schemas(settle::Mode::Check))
        );
        let passed_on = ["mock", "--port", "1", "--help"].map(str::to_owned).to_vec();
        assert_eq!(parsed("mock --port 1 --help"), Ok(Command::Rebuttal(passed_on)));
        for (line, wanted) in [
            ("", "expected a command"),
            ("schema", "there is no command \"schema\""),
            ("schemas --compare", "expected a revision after --compare"),
            ("schemas --chek", "schemas does not take \"--chek\""),
            ("tidy now", "tidy does not take \"now\""),
            ("fuzz", "expected list, build, run, replay or canary after fuzz"),
            ("bench", "expected mock, multipart, suite or validate after bench"),
        ] {
            assert_eq!(parsed(line), Err(wanted.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_usage_fits_a_screen() {
        assert!(USAGE.lines().count() <= 29);
        assert!(USAGE.lines().all(|line| line.chars().count() <= 90));
    }
}
