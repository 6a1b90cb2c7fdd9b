//! The log of all runs, one line of JSON for each target of each run. It is only ever added to.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{
    build::Programs,
    folder::Folder,
    tally::{Sample, Tally},
};
use crate::workspace::{Workspace, output};

/// What was fuzzed.
pub(super) struct Origin {
    /// The commit, with `+` where files differ from it.
    pub(super) commit: String,
    pub(super) compiler: String,
    pub(super) flavour: &'static str,
}

impl Origin {
    pub(super) fn find(workspace: &Workspace, programs: &Programs) -> Self {
        let git = |arguments: &[&str]| {
            output(Command::new("git").current_dir(&workspace.root).args(arguments)).unwrap_or_default()
        };
        let commit = git(&["rev-parse", "--short=10", "HEAD"]).trim().to_owned();
        let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
        Self {
            commit: if changed.is_empty() { commit } else { commit + "+" },
            compiler: programs.compiler.clone(),
            flavour: programs.flavour.name(),
        }
    }
}

/// The file, open for adding.
pub(super) struct Journal {
    file: File,
}

pub(super) fn path(folder: &Folder) -> PathBuf {
    folder.root.join("executions.jsonl")
}

impl Journal {
    pub(super) fn open(folder: &Folder) -> Result<Self> {
        let path = path(folder);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        Ok(Self {
            file: file.with_context(|| format!("expected to write {}", path.display()))?,
        })
    }

    /// Adds a run as one write, so that two campaigns on one checkout do not mix their lines.
    pub(super) fn add(&mut self, origin: &Origin, tally: &Tally) -> Result<()> {
        let ended = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let line = line(origin, tally, ended.as_secs());
        self.file
            .write_all(line.as_bytes())
            .context("expected to write the log of runs")
    }
}

fn line(origin: &Origin, tally: &Tally, ended: u64) -> String {
    let findings = tally
        .groups
        .iter()
        .map(|group| json!([group.signature, group.count]));
    let value = json!({
        "ended": ended,
        "target": tally.target,
        "commit": origin.commit,
        "compiler": origin.compiler,
        "flavour": origin.flavour,
        "processes": tally.processes,
        "seconds": (tally.elapsed + Duration::from_millis(500)).as_secs(),
        "runs": tally.runs,
        "edges_before": tally.edges_before.unwrap_or(tally.edges),
        "edges": tally.edges,
        "features": tally.features,
        "newest": tally.newest.as_secs(),
        "files": tally.work[1].0,
        "findings": findings.collect::<Vec<_>>(),
        "samples": tally.samples.taken,
    });
    format!("{value}\n")
}

/// A line, read again.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Entry {
    /// When the run ended, in seconds of Unix time.
    pub(super) ended: u64,
    pub(super) target: String,
    pub(super) commit: String,
    pub(super) compiler: String,
    pub(super) flavour: String,
    pub(super) seconds: u64,
    pub(super) runs: u64,
    pub(super) edges_before: u64,
    pub(super) edges: u64,
    /// Seconds from the start to the last new edge.
    pub(super) newest: u64,
    /// Inputs in the working corpus.
    pub(super) files: u64,
    pub(super) findings: Vec<(String, u64)>,
    pub(super) samples: Vec<Sample>,
}

/// Reads logs, without the lines that stand in several of them, in the order of time.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    for path in paths {
        let text =
            fs::read_to_string(path).with_context(|| format!("expected to read {}", path.display()))?;
        for (index, line) in text.lines().enumerate() {
            let entry = entry(line).with_context(|| place(path, index))?;
            entries.push(entry);
        }
    }
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| (entry.ended, entry.target.clone(), entry.runs);
        key(one).cmp(&key(other))
    });
    entries.dedup();
    Ok(entries)
}

fn place(path: &Path, index: usize) -> String {
    format!("{}, line {}", path.display(), index + 1)
}

fn entry(line: &str) -> Result<Entry> {
    let value: Value = serde_json::from_str(line).context("expected a JSON object")?;
    let number = |name: &str| {
        value[name]
            .as_u64()
            .with_context(|| format!("expected a number {name:?}"))
    };
    let text = |name: &str| {
        let text = value[name].as_str().map(str::to_owned);
        text.with_context(|| format!("expected a text {name:?}"))
    };
    let list = |name: &str| {
        value[name]
            .as_array()
            .with_context(|| format!("expected a list {name:?}"))
    };
    let finding = |value: &Value| match (value[0].as_str(), value[1].as_u64()) {
        (Some(signature), Some(count)) => Ok((signature.to_owned(), count)),
        _ => bail!("expected [signature, count], found {value}"),
    };
    let sample = |value: &Value| -> Result<Sample> {
        let mut sample = Sample::default();
        for (index, place) in sample.iter_mut().enumerate() {
            *place = value[index]
                .as_u64()
                .with_context(|| format!("expected five numbers, found {value}"))?;
        }
        Ok(sample)
    };
    Ok(Entry {
        ended: number("ended")?,
        target: text("target")?,
        commit: text("commit")?,
        compiler: text("compiler")?,
        flavour: text("flavour")?,
        seconds: number("seconds")?,
        runs: number("runs")?,
        edges_before: number("edges_before")?,
        edges: number("edges")?,
        newest: number("newest")?,
        files: number("files")?,
        findings: list("findings")?.iter().map(finding).collect::<Result<_>>()?,
        samples: list("samples")?.iter().map(sample).collect::<Result<_>>()?,
    })
}

/// The day of a Unix time, as `2026-11-22`.
pub(super) fn day(seconds: u64) -> String {
    let mut days = seconds / 86_400;
    let mut year = 1970;
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = |year| if is_leap(year) { 366 } else { 365 };
    while days >= length(year) {
        days -= length(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::tally::{Group, Samples};

    #[test]
    fn what_is_written_is_read_again() {
        let origin = Origin {
            commit: "6a6e024".to_owned(),
            compiler: "rustc 1.95.0".to_owned(),
            flavour: "plain",
        };
        let mut samples = Samples::default();
        samples.offer([1, 2, 3, 4, 5]);
        let tally = Tally {
            target: "decode".to_owned(),
            processes: 2,
            elapsed: Duration::from_mins(1),
            runs: 99,
            edges_before: Some(7),
            edges: 8,
            newest: Duration::from_secs(30),
            work: [(1, 1), (2, 2)],
            samples,
            groups: vec![Group {
                signature: "timeout".to_owned(),
                told: String::new(),
                count: 3,
                artifacts: Vec::new(),
            }],
            ..Tally::default()
        };
        let read = entry(line(&origin, &tally, 1_795_385_490).trim()).unwrap();
        assert_eq!(
            (read.runs, read.edges_before, read.edges, read.newest),
            (99, 7, 8, 30)
        );
        assert_eq!(read.findings, [("timeout".to_owned(), 3)]);
        assert_eq!(read.samples, [[1, 2, 3, 4, 5]]);
        assert_eq!((read.seconds, read.files, read.ended), (60, 2, 1_795_385_490));
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let folder = std::env::temp_dir().join(format!("rebuttal-fuzz-journal-{}", std::process::id()));
        fs::write(&folder, "{\"ended\":1}\n").unwrap();
        let error = format!("{:#}", read(std::slice::from_ref(&folder)).unwrap_err());
        assert!(error.contains(", line 1: expected a text \"target\""), "{error}");
        fs::remove_file(folder).unwrap();
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, wanted) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_795_385_490, "2026-11-22"),
            (1_798_761_599, "2026-12-31"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(day(seconds), wanted);
        }
    }
}
