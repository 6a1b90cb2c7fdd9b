//! Builds, runs and replays the fuzz targets with nothing but a stable toolchain and a C++ compiler.
//!
//! Left out: sanitizers and coverage reports, which need more than that; `cargo fuzz` has them.

mod build;
mod canary;
mod run;

use std::{collections::BTreeSet, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// A subcommand of `cargo xtask fuzz`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Command {
    List,
    Build,
    /// No targets: all of them.
    Run {
        targets: Vec<String>,
        seconds: u32,
        /// Where the random choices begin; 0 is another place each time.
        seed: u32,
    },
    Replay,
    Canary(canary::Plan),
}

/// How long each target runs where the command line does not say.
const DEFAULT_SECONDS: u32 = 60;

impl Command {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        match words {
            ["list"] => Ok(Self::List),
            ["build"] => Ok(Self::Build),
            ["replay"] => Ok(Self::Replay),
            ["run", rest @ ..] => Self::parse_run(rest),
            ["canary", rest @ ..] => canary::Plan::parse(rest).map(Self::Canary),
            [command @ ("list" | "build" | "replay"), surplus, ..] => {
                Err(format!("fuzz {command} does not take {surplus:?}"))
            }
            _ => Err("expected list, build, run, replay or canary after fuzz".to_owned()),
        }
    }

    fn parse_run(words: &[&str]) -> Result<Self, String> {
        let (mut targets, mut seconds, mut seed) = (Vec::new(), DEFAULT_SECONDS, 0);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if *word == "--seconds" {
                seconds = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .filter(|seconds| *seconds > 0)
                    .ok_or("expected a number of seconds, at least 1, after --seconds")?;
            } else if *word == "--seed" {
                seed = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .ok_or("expected a number after --seed")?;
            } else if word.starts_with('-') {
                return Err(format!("fuzz run does not take {word:?}"));
            } else {
                targets.push((*word).to_owned());
            }
        }
        Ok(Self::Run {
            targets,
            seconds,
            seed,
        })
    }
}

/// Does what was asked; without a C++ compiler it says so, and nothing has failed.
pub(crate) fn fuzz(workspace: &Workspace, command: &Command) -> Result<ExitCode> {
    if let Command::Canary(plan) = command {
        return canary::canary(workspace, plan);
    }
    let folder = Folder {
        root: workspace.root.join("fuzz"),
    };
    let all = folder.targets()?;
    let wanted = match command {
        Command::List => {
            println!("{}", all.join("\n"));
            return Ok(ExitCode::SUCCESS);
        }
        Command::Run { targets, .. } if !targets.is_empty() => known(targets, &all)?,
        _ => all,
    };
    let Some(built) = build::build(workspace, &folder, &wanted)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let (limit, done) = match command {
        Command::Run { seconds, seed, .. } => (run::Limit::Seconds(*seconds, *seed), "fuzzed"),
        Command::Replay => (run::Limit::Replay, "replayed"),
        Command::List | Command::Build | Command::Canary(_) => {
            println!("fuzz: {} targets built", built.len());
            return Ok(ExitCode::SUCCESS);
        }
    };
    let mut broken = Vec::new();
    for target in &built {
        if !run::run(&folder, target, limit)? {
            broken.push(target.name.as_str());
        }
    }
    if !broken.is_empty() {
        bail!(
            "{} of {} targets broke: {}",
            broken.len(),
            built.len(),
            broken.join(", ")
        );
    }
    println!("fuzz: {} targets {done}, none broke", built.len());
    Ok(ExitCode::SUCCESS)
}

fn known(asked: &[String], all: &[String]) -> Result<Vec<String>> {
    if let Some(unknown) = asked.iter().find(|target| !all.contains(target)) {
        bail!(
            "there is no fuzz target {unknown:?}; there are {}",
            all.join(", ")
        );
    }
    let asked: BTreeSet<_> = asked.iter().cloned().collect();
    Ok(asked.into_iter().collect())
}

/// The folder `fuzz/`.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    fn targets(&self) -> Result<Vec<String>> {
        let folder = self.root.join("fuzz_targets");
        let entries = fs::read_dir(&folder).context("expected a folder fuzz/fuzz_targets")?;
        let mut targets = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
        targets.sort();
        if targets.is_empty() {
            bail!("expected fuzz targets in fuzz/fuzz_targets, found none");
        }
        Ok(targets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_takes_targets_and_seconds() {
        let parsed = |line: &str| Command::parse(&line.split_whitespace().collect::<Vec<_>>());
        let run = |targets: &[&str], seconds, seed| {
            let targets = targets.iter().map(|target| (*target).to_owned()).collect();
            Ok(Command::Run {
                targets,
                seconds,
                seed,
            })
        };
        assert_eq!(parsed("run"), run(&[], 60, 0));
        assert_eq!(
            parsed("run decode --seconds 5 inspect --seed 7"),
            run(&["decode", "inspect"], 5, 7)
        );
        for line in [
            "run --seconds",
            "run --seconds 0",
            "run --seconds x",
            "run --seed",
            "run -j 2",
            "build x",
            "go",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_unknown_target_is_refused_with_those_there_are() {
        let all = ["decode", "inspect"].map(str::to_owned);
        let error = known(&["decod".to_owned()], &all).unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no fuzz target \"decod\"; there are decode, inspect"
        );
    }
}
