//! Which lines the committed corpus reaches by itself, by crate.

mod lines;
mod reasons;
pub(super) mod tools;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{
    build::{self, Built, Flavour, Kind, Programs},
    command::Coverage,
    folder::{Folder, inputs},
    process,
};
use crate::workspace::{Workspace, output};
use lines::Lines;
use reasons::Reasons;
use tools::Tools;

/// What is judged: a name, its files, and how many of a hundred lines are to be reached.
struct Subject {
    name: &'static str,
    places: &'static [&'static str],
    bar: u32,
}

const SUBJECTS: &[Subject] = &[
    Subject {
        name: "multipart",
        places: &["crates/multipart/src/"],
        bar: 95,
    },
    Subject {
        name: "validate",
        places: &["crates/validate/src/"],
        bar: 95,
    },
    Subject {
        name: "model (decoding)",
        // The clauses, the schemas and what is published are no readers of bytes.
        places: &[
            "crates/model/src/decode.rs",
            "crates/model/src/dispute.rs",
            "crates/model/src/document.rs",
            "crates/model/src/error.rs",
            "crates/model/src/id.rs",
            "crates/model/src/inspect/",
            "crates/model/src/json.rs",
            "crates/model/src/kind.rs",
            "crates/model/src/list.rs",
            "crates/model/src/time.rs",
        ],
        bar: 90,
    },
];

impl Subject {
    fn has(&self, path: &str) -> bool {
        self.places.iter().any(|place| {
            if place.ends_with('/') {
                path.starts_with(place)
            } else {
                path == *place
            }
        })
    }
}

/// Builds, replays, and reports; 1 is the status where a bar is missed and `--check` was given.
pub(super) fn coverage(workspace: &Workspace, folder: &Folder, asked: &Coverage) -> Result<ExitCode> {
    // Before minutes of building.
    let tools = tools::find(asked.llvm.as_deref())?;
    let targets = folder.wanted(&asked.targets)?;
    let Some(programs) = build::build(workspace, folder, &targets, Kind::Targets, Flavour::Lines)? else {
        return Ok(ExitCode::SUCCESS);
    };
    eprintln!("fuzz: replaying the committed inputs, read by {}", tools.told());
    let profile = replayed(folder, &programs, &tools)?;
    let root = workspace.root.display().to_string();
    let lcov = output(cov(&tools, &programs, &profile, workspace, "export").arg("-format=lcov"))?;
    let files = lines::read(&lcov, &root);
    let path = folder.root.join("unreached.txt");
    let reasons = match fs::read_to_string(&path) {
        Ok(text) => Reasons::read(&text).with_context(|| format!("in {}", path.display()))?,
        Err(_) => Reasons::default(),
    };
    let mut missed = 0;
    for subject in SUBJECTS {
        let of: BTreeMap<_, _> = files.iter().filter(|(path, _)| subject.has(path)).collect();
        missed += usize::from(!told(subject, &of, asked.uncovered, workspace, &reasons));
    }
    if asked.html {
        let html = programs.directory.join("html");
        let mut show = cov(&tools, &programs, &profile, workspace, "show");
        show.arg("-format=html").arg("-output-dir").arg(&html);
        output(&mut show)?;
        println!("fuzz: {}", html.join("index.html").display());
    }
    if asked.check && missed > 0 {
        println!("fuzz: {missed} of {} bars missed", SUBJECTS.len());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a line for the subject, and its unreached lines where they are wanted; whether the bar is held.
fn told(
    subject: &Subject,
    files: &BTreeMap<&String, &Lines>,
    uncovered: bool,
    workspace: &Workspace,
    reasons: &Reasons,
) -> bool {
    let reached: usize = files.values().map(|lines| lines.reached.len()).sum();
    let all = reached + files.values().map(|lines| lines.missed.len()).sum::<usize>();
    let held = holds(reached, all, subject.bar);
    println!(
        "fuzz: {:<18} {reached:>6} of {all:>6} lines, {:>5} %; bar {} %{}",
        subject.name,
        percent(reached, all),
        subject.bar,
        if held { "" } else { ": MISSED" }
    );
    if !uncovered {
        return held;
    }
    for (path, lines) in files.iter().filter(|(_, lines)| !lines.missed.is_empty()) {
        let source = fs::read_to_string(workspace.root.join(path)).unwrap_or_default();
        let source: Vec<_> = source.lines().collect();
        let mut by_reason: BTreeMap<Option<&str>, BTreeSet<u32>> = BTreeMap::new();
        let mut last = None;
        for line in &lines.missed {
            let text = source.get(*line as usize - 1).copied().unwrap_or_default();
            let reason = reasons.of(path, text);
            let reason = if closes_only(text) {
                reason.or(last)
            } else {
                reason
            };
            last = reason;
            by_reason.entry(reason).or_default().insert(*line);
        }
        for (reason, lines) in by_reason {
            println!(
                "  {path}: {} — {}",
                lines::ranges(&lines),
                reason.unwrap_or("no reason given")
            );
        }
    }
    held
}

/// Whether a line has no text of its own that a reason could name.
fn closes_only(line: &str) -> bool {
    line.trim().chars().all(|char| "})];,?".contains(char))
}

/// Whether so many of all are at least so many of a hundred. No lines at all are none that were reached.
fn holds(reached: usize, all: usize, bar: u32) -> bool {
    all > 0 && reached * 100 >= all * bar as usize
}

/// Tenths of a percent, cut off, so that nothing is rounded up to a bar.
fn percent(reached: usize, all: usize) -> String {
    let tenths = (reached * 1_000).checked_div(all).unwrap_or(0);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Replays the inputs of each target, and makes one profile of what they reached.
fn replayed(folder: &Folder, programs: &Programs, tools: &Tools) -> Result<PathBuf> {
    let raw = programs.directory.join("profiles");
    if raw.exists() {
        fs::remove_dir_all(&raw)?;
    }
    fs::create_dir_all(&raw)?;
    for target in &programs.built {
        let mut files = inputs(&folder.seeds(&target.name))?;
        files.extend(inputs(&folder.regressions(&target.name))?);
        // As many as one command line takes.
        for (number, batch) in files.chunks(500).enumerate() {
            reach(
                folder,
                target,
                batch,
                &raw.join(format!("{}-{number}.profraw", target.name)),
            )?;
        }
    }
    let profile = programs.directory.join("fuzz.profdata");
    let mut merge = Command::new(&tools.profdata);
    merge
        .args(["merge", "-sparse", "-o"])
        .arg(&profile)
        .args(inputs(&raw)?);
    output(&mut merge)?;
    Ok(profile)
}

fn reach(folder: &Folder, target: &Built, batch: &[PathBuf], profile: &Path) -> Result<()> {
    let status = process::call(folder, target, Flavour::Lines)?
        .args(batch)
        .env("LLVM_PROFILE_FILE", profile)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("expected to run {}", target.program.display()))?;
    if !status.success() {
        bail!(
            "a committed input breaks {}: `cargo xtask fuzz replay` names it",
            target.name
        );
    }
    Ok(())
}

/// A call of llvm-cov on all programs and the crates that are judged.
fn cov(tools: &Tools, programs: &Programs, profile: &Path, workspace: &Workspace, what: &str) -> Command {
    let mut command = Command::new(&tools.cov);
    command.arg(what).arg("-instr-profile").arg(profile);
    for (index, target) in programs.built.iter().enumerate() {
        if index > 0 {
            command.arg("-object");
        }
        command.arg(&target.program);
    }
    command.arg("-sources");
    for folder in ["multipart", "validate", "model"] {
        command.arg(workspace.root.join("crates").join(folder).join("src"));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_held_exactly_or_not() {
        assert!(holds(95, 100, 95) && holds(1, 1, 100));
        assert!(!holds(949, 1_000, 95) && !holds(0, 0, 0));
        assert_eq!(
            [percent(949, 1_000), percent(1, 3), percent(0, 0)],
            ["94.9", "33.3", "0.0"]
        );
    }

    #[test]
    fn a_line_of_closing_brackets_has_no_text_of_its_own() {
        assert!(closes_only("        });") && closes_only("    )?;") && closes_only("}"));
        assert!(!closes_only("    } else {") && !closes_only("    Ok(())"));
    }

    #[test]
    fn what_publishes_is_no_decoding() {
        let of = |path| {
            SUBJECTS
                .iter()
                .find(|subject| subject.has(path))
                .map(|subject| subject.name)
        };
        assert_eq!(of("crates/model/src/inspect/rule.rs"), Some("model (decoding)"));
        assert_eq!(of("crates/model/src/openapi/mod.rs"), None);
        assert_eq!(of("crates/validate/src/lib.rs"), Some("validate"));
    }
}
