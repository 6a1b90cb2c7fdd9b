//! `rebuttal report`: reads JSON reports again, to show them in another form or to compare two.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use rebuttal_conformance::{
    Run, RunReport, Secrets,
    report::{self, Format, diff},
};

use crate::{
    output,
    reports::{ReportFile, Reports},
};

/// What to do with reports.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Says what changed from one report to another, clause by clause.
    #[command(
        after_help = "Exit status: 0 nothing changed; 1 something did; 2 a report cannot be read.\n\nIds, times \
and addresses differ from run to run and are no change."
    )]
    Diff(DiffArguments),
    /// Writes a JSON report, or the journal that a killed run left, in another form.
    #[command(after_help = "Exit status: that of the run.")]
    Show(ShowArguments),
    /// Makes the JSON reports of all shards one, in any form.
    #[command(
        after_help = "Exit status: that of the whole run; 3 where the report of a shard is missing; 2 where the \
reports are not of shards of one run."
    )]
    Merge(MergeArguments),
}

#[derive(Args)]
struct DiffArguments {
    /// The earlier report, or that of the one endpoint (JSON).
    a: PathBuf,
    /// The later report, or that of the other endpoint (JSON).
    b: PathBuf,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    format: DiffFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum DiffFormat {
    Human,
    Json,
}

#[derive(Args)]
struct ShowArguments {
    /// The report (JSON) or journal.
    file: PathBuf,
    /// The form: human, json, junit, tap, github, markdown or html.
    #[arg(long, default_value = "human")]
    format: Format,
}

#[derive(Args)]
struct MergeArguments {
    /// The report of each shard (JSON).
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Prints the whole as human, json, junit, tap, github, markdown or html; human where not given.
    #[arg(long, value_name = "FORMAT")]
    report: Vec<Format>,
    /// Writes the whole to a file as well.
    #[arg(long, value_name = "FORMAT=PATH")]
    report_file: Vec<ReportFile>,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.command {
        Command::Diff(arguments) => {
            let diff = diff::diff(&read(&arguments.a)?, &read(&arguments.b)?);
            output::print(&match arguments.format {
                DiffFormat::Human => diff.human(),
                DiffFormat::Json => diff.json(),
            })?;
            Ok(ExitCode::from(u8::from(!diff.is_empty())))
        }
        Command::Show(arguments) => {
            let run = written(read(&arguments.file)?);
            output::print(&report::render(&run, arguments.format))?;
            Ok(output::exit(run.report.exit_status()))
        }
        Command::Merge(arguments) => merge(arguments),
    }
}

/// A run whose keys were masked when its report was written.
fn written(report: RunReport) -> Run {
    Run {
        report,
        secrets: Secrets::default(),
    }
}

fn merge(arguments: &MergeArguments) -> Result<ExitCode> {
    let inputs: Vec<&Path> = arguments.files.iter().map(PathBuf::as_path).collect();
    let reports = Reports::new(&arguments.report, &arguments.report_file, &inputs)?;
    let parts = inputs.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let run = written(report::merge::merge(&parts)?);
    reports.finish(&run, &[Format::Human])?;
    Ok(output::exit(run.report.exit_status()))
}

/// Reads a JSON report, or a journal.
pub(crate) fn read(path: &Path) -> Result<RunReport> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    report::read(&text).with_context(|| format!("cannot read {shown}"))
}
