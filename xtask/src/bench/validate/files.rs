//! Times `rebuttal check` on many files beside `cat` of the same files, as many at a time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, ensure};

use super::gates::ALL_FILES;
use crate::{
    rebuttal::{build_optimised, program},
    workspace::{Workspace, output},
};

/// Files of each kind: 999 in all, and fewer where it has to be quick.
const FILES: u32 = 333;
const QUICK_FILES: u32 = 33;

/// How often each is timed; the best counts.
const ROUNDS: u32 = 7;

/// What many files took, in seconds.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) name: String,
    pub(super) files: usize,
    pub(super) check: f64,
    pub(super) cat: f64,
}

impl Crowd {
    pub(super) fn ratio(&self) -> f64 {
        self.check / self.cat
    }
}

/// Every kind by itself, and all together. Nothing is measured where there is no `cat`.
pub(super) fn time(workspace: &Workspace, programs: &Path, folder: &Path, quick: bool) -> Result<Vec<Crowd>> {
    if !is_there("cat") {
        eprintln!("no cat found: nothing is said about many files");
        return Ok(Vec::new());
    }
    eprintln!("building rebuttal as it is shipped");
    let rebuttal = build_optimised(workspace)?;
    let folder = folder.join("files");
    let count = if quick { QUICK_FILES } else { FILES };
    output(
        Command::new(programs.join(program("evidence_files")))
            .arg(&folder)
            .arg(count.to_string()),
    )?;
    eprintln!("checking {} files, {ROUNDS} rounds", 3 * count);
    let mut crowds = Vec::new();
    for kind in ["jpg", "png", "pdf"] {
        crowds.push(crowd(&rebuttal, kind.to_owned(), &folder.join(kind))?);
    }
    crowds.push(crowd(&rebuttal, ALL_FILES.to_owned(), &folder)?);
    Ok(crowds)
}

fn is_there(command: &str) -> bool {
    let mut command = Command::new(command);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn crowd(rebuttal: &Path, name: String, folder: &Path) -> Result<Crowd> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    let jobs = thread::available_parallelism()?.get();
    let (mut check, mut cat) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let mut command = Command::new(rebuttal);
        command
            .arg("check")
            .arg("--jobs")
            .arg(jobs.to_string())
            .arg(folder);
        check = check.min(seconds(vec![command])?);
        let share = files.len().div_ceil(jobs);
        let cats = files.chunks(share).map(|files| {
            let mut command = Command::new("cat");
            command.args(files);
            command
        });
        cat = cat.min(seconds(cats.collect())?);
    }
    Ok(Crowd {
        name,
        files: files.len(),
        check,
        cat,
    })
}

/// Every file below a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("expected to read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// How long it takes until all of the commands have ended, started together, their output thrown away.
fn seconds(commands: Vec<Command>) -> Result<f64> {
    let start = Instant::now();
    let mut children = Vec::new();
    for mut command in commands {
        children.push(command.stdout(Stdio::null()).spawn()?);
    }
    for mut child in children {
        let status = child.wait()?;
        ensure!(status.success(), "a command ended with {status}");
    }
    Ok(start.elapsed().as_secs_f64())
}
