//! Whether fuzzing would find what it is for: bugs are planted into a copy of the sources, and each must be found by
//! its target in time.
//!
//! One build holds them all; which one a run has is chosen by the environment. Without a choice the same programs must
//! find nothing.

mod bugs;
mod copy;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use self::bugs::Bug;
use super::{
    build::{self, Flavour, Kind},
    folder::Folder,
};
use crate::{rebuttal::program, workspace::Workspace};

/// How long each bug may stay unfound where the command line does not say.
const DEFAULT_SECONDS: u32 = 60;

/// How long each target runs without a bug.
const CONTROL_SECONDS: u32 = 10;

/// What `cargo xtask fuzz canary` shall do.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Plan {
    /// The bugs that are looked for; none means all.
    names: Vec<String>,
    seconds: u32,
}

impl Plan {
    pub(super) fn parse(words: &[&str]) -> Result<Self, String> {
        let (mut names, mut seconds) = (Vec::new(), DEFAULT_SECONDS);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if *word == "--seconds" {
                seconds = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .filter(|seconds| *seconds > 0)
                    .ok_or("expected a number of seconds, at least 1, after --seconds")?;
            } else if word.starts_with('-') {
                return Err(format!("fuzz canary does not take {word:?}"));
            } else {
                names.push((*word).to_owned());
            }
        }
        Ok(Self { names, seconds })
    }
}

/// Plants the bugs, builds, and lets each target look for its own.
pub(super) fn canary(workspace: &Workspace, plan: &Plan) -> Result<ExitCode> {
    let all = bugs::read(&workspace.root)?;
    if let Some(unknown) = plan
        .names
        .iter()
        .find(|name| all.iter().all(|bug| bug.name != **name))
    {
        let names: Vec<_> = all.iter().map(|bug| bug.name.as_str()).collect();
        bail!(
            "there is no planted bug {unknown:?}; there are {}",
            names.join(", ")
        );
    }
    let wanted = |bug: &&Bug| plan.names.is_empty() || plan.names.contains(&bug.name);
    let wanted: Vec<&Bug> = all.iter().filter(wanted).collect();
    let mut targets: Vec<String> = wanted.iter().map(|bug| bug.target.clone()).collect();
    targets.sort_unstable();
    targets.dedup();

    let folder = workspace.target()?.join("fuzz").join("canary");
    let sources = folder.join("sources");
    copy::copy(workspace, &sources, bugs::planted(&workspace.root, &all)?)?;
    let Some(programs) = compile(workspace, &sources, &targets)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let hunt = Hunt {
        sources,
        programs,
        folder,
    };
    for target in &targets {
        if let Found::After { message, .. } = hunt.run(target, None, CONTROL_SECONDS)? {
            bail!("{target} finds something where no bug was chosen: {message}");
        }
    }
    println!(
        "canary: {} bugs planted; without one {} targets found nothing in {CONTROL_SECONDS} s each",
        all.len(),
        targets.len()
    );
    let mut missed = 0;
    for bug in &wanted {
        let found = hunt.run(&bug.target, Some(bug), plan.seconds)?;
        missed += usize::from(matches!(found, Found::Not { .. }));
        println!("{}", row(bug, &found));
    }
    if missed > 0 {
        bail!(
            "{missed} of {} planted bugs were not found in {} s",
            wanted.len(),
            plan.seconds
        );
    }
    println!("canary: {} bugs found, none missed", wanted.len());
    Ok(ExitCode::SUCCESS)
}

fn row(bug: &Bug, found: &Found) -> String {
    let Bug {
        name,
        target,
        stands_for,
        ..
    } = bug;
    match found {
        Found::After { took, runs, message } => {
            let took = took.as_secs_f64();
            format!("found   {name:<34} {target:<22} {took:>5.1} s {runs:>9} runs  {message}")
        }
        Found::Not { runs } => {
            format!("MISSED  {name:<34} {target:<22}         {runs:>9} runs  ({stands_for})")
        }
    }
}

/// Builds the copy with what the other programs of the fuzz package have built already; `None` without a C++ compiler.
fn compile(workspace: &Workspace, sources: &Path, targets: &[String]) -> Result<Option<PathBuf>> {
    eprintln!("building the fuzz targets with the planted bugs");
    let folder = Folder {
        root: sources.join("fuzz"),
    };
    let built = build::build(workspace, &folder, targets, Kind::Targets, Flavour::Plain)
        .with_context(|| format!("the planted bugs do not build: mend {}", bugs::FILE))?;
    let Some(built) = built else { return Ok(None) };
    // Aside, since the next build of the sound targets puts its own in their place.
    let programs = built.directory.join("canary").join("programs");
    fs::create_dir_all(&programs)?;
    for target in &built.built {
        let to = programs.join(program(&target.name));
        let _ = fs::remove_file(&to);
        fs::copy(&target.program, to).with_context(|| format!("expected {}", target.program.display()))?;
    }
    Ok(Some(programs))
}

/// Where programs run, and what they run on.
struct Hunt {
    sources: PathBuf,
    programs: PathBuf,
    folder: PathBuf,
}

/// What a run came to.
enum Found {
    After {
        took: Duration,
        runs: String,
        message: String,
    },
    Not {
        runs: String,
    },
}

impl Hunt {
    /// Lets a target run on its committed seeds, until it finds something or the time is over.
    fn run(&self, target: &str, bug: Option<&Bug>, seconds: u32) -> Result<Found> {
        let name = bug.map_or(target, |bug| bug.name.as_str());
        let work = self.folder.join("work").join(name);
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        let (new, artifacts) = (work.join("corpus"), work.join("artifacts"));
        fs::create_dir_all(&new)?;
        fs::create_dir_all(&artifacts)?;
        let log = work.join("log");
        let file = File::create(&log)?;
        let fuzz = Folder {
            root: self.sources.join("fuzz"),
        };
        let program = self.programs.join(program(target));
        let mut command = Command::new(&program);
        command
            // From one seed, so that a change is judged and not the draw.
            .args([
                "-timeout=10",
                "-rss_limit_mb=2048",
                "-print_final_stats=1",
                "-seed=1",
            ])
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg(new)
            .arg(fuzz.seeds(target))
            .arg(fuzz.regressions(target))
            .env("RUST_BACKTRACE", "0")
            .env_remove("REBUTTAL_CANARY")
            .stdout(file.try_clone()?)
            .stderr(file);
        if let Some(dictionary) = fuzz.dictionary(target) {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        if let Some(bug) = bug {
            command.env("REBUTTAL_CANARY", &bug.name);
        }
        let begun = Instant::now();
        let status = command
            .status()
            .with_context(|| format!("expected to run {}", program.display()))?;
        let took = begun.elapsed();
        let log = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let runs = runs(&log).to_owned();
        if status.success() {
            return Ok(Found::Not { runs });
        }
        let message = message(&log).with_context(|| {
            format!(
                "{target} ended with {status} and found nothing: see {}",
                work.display()
            )
        })?;
        Ok(Found::After { took, runs, message })
    }
}

/// How many inputs were run.
fn runs(log: &str) -> &str {
    log.lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map_or("?", str::trim)
}

/// How much of a message is shown, in characters.
const MESSAGE_CHARS: usize = 60;

/// What a panic said, or libFuzzer where nothing panicked.
fn message(log: &str) -> Option<String> {
    let mut lines = log.lines();
    let told = match lines.find(|line| line.contains("panicked at")) {
        Some(_) => lines.next(),
        None => log.lines().find(|line| line.contains("ERROR: libFuzzer")),
    };
    told.map(|line| line.chars().take(MESSAGE_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_takes_bugs_and_seconds() {
        let plan = Plan::parse(&["a", "--seconds", "5", "b"]).unwrap();
        assert_eq!((plan.names.len(), plan.seconds), (2, 5));
        for words in [&["--seconds"][..], &["--seconds", "0"], &["-x"]] {
            assert!(Plan::parse(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn a_log_says_what_broke_and_after_how_many_runs() {
        let log = "#1\tINITED\nthread 'x' panicked at y:1:1:\nboom\n==1== ERROR: libFuzzer: deadly signal\n\
                   stat::number_of_executed_units: 77\n";
        assert_eq!((message(log).as_deref(), runs(log)), (Some("boom"), "77"));
        let log = "==1== ERROR: libFuzzer: timeout after 10 seconds\n";
        assert_eq!(
            message(log).as_deref(),
            Some("==1== ERROR: libFuzzer: timeout after 10 seconds")
        );
        assert_eq!(message("killed"), None);
    }
}
