//! What was run so far, from the logs of runs: a table, the table of `docs/fuzzing.md`, and a page with plots.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};

use super::{
    command::Status,
    folder::{Folder, inputs, size},
    journal::{self, Entry},
    page,
    summary::{clock, grouped},
};
use crate::workspace::Workspace;

/// What is known of one target.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Known {
    pub(super) target: String,
    /// Inputs run, over all runs.
    pub(super) runs: u64,
    /// Seconds of all runs.
    pub(super) seconds: u64,
    /// Edges at the start of the first run of the newest program, and at the end of its last.
    pub(super) edges: (u64, u64),
    /// Seconds of running since an edge was new, runs without one taken together.
    pub(super) since_new_edge: u64,
    /// Files of the committed and of the working corpus.
    pub(super) files: (usize, usize),
    /// Findings by signature.
    pub(super) findings: BTreeMap<String, u64>,
    pub(super) entries: Vec<Entry>,
}

/// Prints the table, and writes the page.
pub(super) fn status(workspace: &Workspace, folder: &Folder, asked: &Status) -> Result<ExitCode> {
    let mut logs: Vec<PathBuf> = vec![journal::path(folder)];
    // The own log is there once something was run.
    logs.retain(|path| path.exists());
    logs.extend(asked.logs.iter().cloned());
    let entries = journal::read(&logs)?;
    let mut all = Vec::new();
    for target in folder.targets()? {
        let mut known = known(&target, &entries);
        known.files = (
            size(&inputs(&folder.seeds(&target))?).0,
            size(&inputs(&folder.work(&target))?).0,
        );
        all.push(known);
    }
    if asked.markdown {
        print!("{}", markdown(&entries));
        return Ok(ExitCode::SUCCESS);
    }
    print!("{}", table(&all));
    let path = match &asked.html {
        Some(path) => path.clone(),
        None => workspace.target()?.join("fuzz/status.html"),
    };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&path, page::page(&all)).with_context(|| format!("expected to write {}", path.display()))?;
    println!("\nwith plots: {}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn known(target: &str, entries: &[Entry]) -> Known {
    let entries: Vec<Entry> = entries
        .iter()
        .filter(|entry| entry.target == target)
        .cloned()
        .collect();
    let mut known = Known {
        target: target.to_owned(),
        ..Known::default()
    };
    for entry in &entries {
        known.runs += entry.runs;
        known.seconds += entry.seconds;
        known.since_new_edge += entry.seconds;
        if entry.edges > entry.edges_before {
            known.since_new_edge = entry.seconds.saturating_sub(entry.newest);
        }
        for (signature, count) in &entry.findings {
            *known.findings.entry(signature.clone()).or_default() += count;
        }
    }
    // Edges are those of one program: of another commit or flavour they say something else.
    if let Some(last) = entries.last() {
        let program = |entry: &&Entry| (&entry.commit, &entry.flavour) == (&last.commit, &last.flavour);
        known.edges = (
            entries
                .iter()
                .rev()
                .take_while(program)
                .last()
                .unwrap_or(last)
                .edges_before,
            last.edges,
        );
    }
    known.entries = entries;
    known
}

/// The table for a terminal.
fn table(all: &[Known]) -> String {
    let mut text = format!(
        "{:<24} {:>15} {:>9} {:>9} {:>14} {:>13} {:>12}  {}\n",
        "target", "executions", "time", "a second", "edges", "last new edge", "seeds+work", "findings"
    );
    for known in all {
        let rate = known.runs.checked_div(known.seconds).unwrap_or(0);
        let edges = match known.edges {
            (_, 0) => "-".to_owned(),
            (before, now) if before == now => now.to_string(),
            (before, now) => format!("{before} → {now}"),
        };
        let _ = writeln!(
            text,
            "{:<24} {:>15} {:>9} {:>9} {edges:>14} {:>13} {:>12}  {}",
            known.target,
            grouped(known.runs),
            clock(Duration::from_secs(known.seconds)),
            grouped(rate),
            if known.runs == 0 {
                "-".to_owned()
            } else {
                format!("{} ago", clock(Duration::from_secs(known.since_new_edge)))
            },
            format!("{}+{}", known.files.0, known.files.1),
            match known.findings.len() {
                0 => "-".to_owned(),
                ways => format!("{} in {ways} ways", known.findings.values().sum::<u64>()),
            }
        );
    }
    let runs: u64 = all.iter().map(|known| known.runs).sum();
    let seconds: u64 = all.iter().map(|known| known.seconds).sum();
    let _ = writeln!(
        text,
        "{:<24} {:>15} {:>9}",
        "all",
        grouped(runs),
        clock(Duration::from_secs(seconds))
    );
    text
}

/// A row for each target, commit and flavour: the log as `docs/fuzzing.md` has it.
fn markdown(entries: &[Entry]) -> String {
    #[derive(Default)]
    struct Row {
        runs: u64,
        seconds: u64,
        edges: u64,
        days: BTreeSet<String>,
        compilers: BTreeSet<String>,
        findings: BTreeSet<String>,
    }
    let mut rows: BTreeMap<(&str, &str, &str), Row> = BTreeMap::new();
    for entry in entries {
        let row = rows
            .entry((&entry.target, &entry.commit, &entry.flavour))
            .or_default();
        row.runs += entry.runs;
        row.seconds += entry.seconds;
        row.edges = row.edges.max(entry.edges);
        row.days.insert(journal::day(entry.ended));
        row.compilers.insert(version(&entry.compiler));
        row.findings
            .extend(entry.findings.iter().map(|(signature, _)| signature.clone()));
    }
    let mut text = "| target | day | commit | rustc | flavour | executions | time | edges | findings |\n\
                    | --- | --- | --- | --- | --- | ---: | ---: | ---: | --- |\n"
        .to_owned();
    for ((target, commit, flavour), row) in &rows {
        let joined = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        let findings = joined(&row.findings).replace('|', "\\|");
        let _ = writeln!(
            text,
            "| `{target}` | {} | {commit} | {} | {flavour} | {} | {} | {} | {} |",
            joined(&row.days),
            joined(&row.compilers),
            grouped(row.runs),
            clock(Duration::from_secs(row.seconds)),
            row.edges,
            if findings.is_empty() { "none" } else { &findings }
        );
    }
    text
}

/// `1.95.0` of `rustc 1.95.0 (59807616e 2026-04-14)`.
fn version(compiler: &str) -> String {
    compiler.split(' ').nth(1).unwrap_or(compiler).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(ended: u64, commit: &str, edges: (u64, u64), newest: u64) -> Entry {
        Entry {
            ended,
            target: "decode".to_owned(),
            commit: commit.to_owned(),
            compiler: "rustc 1.95.0 (0 0)".to_owned(),
            flavour: "plain".to_owned(),
            seconds: 100,
            runs: 1_000_000,
            edges_before: edges.0,
            edges: edges.1,
            newest,
            ..Entry::default()
        }
    }

    #[test]
    fn runs_add_up_and_edges_are_those_of_the_last_program() {
        let mut broken = entry(3, "b", (80, 80), 0);
        broken.findings = vec![("timeout".to_owned(), 2)];
        let entries = [entry(1, "a", (10, 70), 90), entry(2, "b", (70, 80), 40), broken];
        let known = known("decode", &entries);
        assert_eq!((known.runs, known.seconds), (3_000_000, 300));
        assert_eq!(known.edges, (70, 80));
        assert_eq!(known.since_new_edge, 60 + 100);
        let text = table(&[known, Known::default()]);
        assert!(text.contains("3,000,000"), "{text}");
        assert!(
            text.contains("70 → 80") && text.contains("2:40 ago") && text.contains("2 in 1 ways"),
            "{text}"
        );
    }

    #[test]
    fn the_log_of_the_page_has_a_row_for_each_program() {
        let mut broken = entry(86_400, "b", (80, 80), 0);
        broken.findings = vec![("x.rs:1:1: a | b".to_owned(), 2)];
        let text = markdown(&[
            entry(1, "a", (10, 70), 90),
            entry(86_400, "a", (70, 71), 1),
            broken,
        ]);
        assert!(
            text.contains(
                "| `decode` | 1970-01-01, 1970-01-02 | a | 1.95.0 | plain | 2,000,000 | 3:20 | 71 | none |"
            ),
            "{text}"
        );
        assert!(text.contains("| x.rs:1:1: a \\| b |"), "{text}");
    }
}
