//! `rebuttal explore`: random sequences of operations, held against a model of the contract.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use rebuttal_conformance::{ExitStatus, ExploreOptions, Explored, Halt, Progress, explore};
use rebuttal_model::Level;

use crate::{
    endpoint::{self, EndpointArguments, PaceArguments},
    halt,
    output::{self, BAD, exit},
    seed,
};

/// What to explore, how far, and where to put what is found.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 no broken MUST was found; 1 a sequence breaks a MUST (with --strict, or a SHOULD); 2 the \
command line or the target file is wrong; 3 something could not be asked; 4 nothing was asked.\n\nEach case is a \
sequence of its own. The same --seed gives the same sequences; the first that fails is made short, and written as a \
scenario that `rebuttal conformance --scenarios DIR` replays."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    endpoint: EndpointArguments,
    /// How many sequences are tried.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    cases: u64,
    /// What the sequences are made from; chosen by the clock, and printed, where not given.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Starts no further sequence after this time, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    time: Option<u64>,
    /// How many clients try sequences at the same time, each in a dispute of its own.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    clients: u16,
    /// Looks for broken MUSTs only.
    #[arg(long)]
    only_must: bool,
    /// Fails on a broken SHOULD too, and ends with it.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    pace: PaceArguments,
    /// The folder for the scenario of what is found.
    #[arg(long, value_name = "DIR", default_value = "explored")]
    out: PathBuf,
    /// The form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: Format,
}

/// A form of report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(ask(arguments))
}

async fn ask(arguments: &Arguments) -> Result<ExitCode> {
    let limits = arguments.pace.limits();
    let (target, mock) = match endpoint::resolve(&arguments.endpoint, limits).await {
        Ok(found) => found,
        Err(refused) => return refused.tell(),
    };
    let options = ExploreOptions {
        profiles: arguments.endpoint.profile.0.clone(),
        limits,
        seed: arguments.seed.unwrap_or_else(seed::of_the_clock),
        cases: arguments.cases,
        time: arguments.time.map(Duration::from_secs),
        clients: arguments.clients.into(),
        only_must: arguments.only_must,
        strict: arguments.strict,
        halt: Halt::default(),
        locks: endpoint::locks(mock.as_ref()),
    };
    halt::on_signals(options.halt.clone());
    let bar = crate::progress::bar(usize::try_from(arguments.cases).unwrap_or(usize::MAX));
    bar.set_message(format!("seed {}", options.seed));
    let explored = explore(target, &options, |progress| match progress {
        Progress::Cases(tried) => bar.set_position(tried),
        Progress::Shrinking { steps, tries } => {
            bar.set_message(format!("a failure: {steps} steps left after {tries} tries"));
        }
    })
    .await;
    bar.finish_and_clear();
    let embedded = mock.is_some();
    if let Some(mock) = mock {
        mock.shutdown().await;
    }
    match explored {
        Ok(mut explored) => {
            if embedded {
                // It is gone, with all that it held.
                explored.report.left_behind.clear();
            }
            tell(arguments, explored)
        }
        Err(error) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {error}");
            Ok(exit(ExitStatus::NotRun))
        }
    }
}

fn tell(arguments: &Arguments, mut explored: Explored) -> Result<ExitCode> {
    let written = write(&arguments.out, &mut explored);
    output::print(&match arguments.report {
        Format::Human => explored.human() + &next_steps(arguments, &explored),
        Format::Json => explored.json(),
    })?;
    written?;
    Ok(exit(explored.report.exit_status()))
}

/// Writes the scenario of what was found.
fn write(folder: &Path, explored: &mut Explored) -> Result<()> {
    let seed = explored.report.seed;
    let Some(finding) = &mut explored.report.finding else {
        return Ok(());
    };
    let clause = finding.clause.replace('.', "-");
    let path = folder.join(format!("{clause}-seed-{seed}-case-{}.toml", finding.case));
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    output::write_file(&path, &finding.scenario)?;
    finding.file = Some(path.display().to_string());
    Ok(())
}

/// The commands that repeat what was found.
fn next_steps(arguments: &Arguments, explored: &Explored) -> String {
    let Some(finding) = &explored.report.finding else {
        return String::new();
    };
    let place = arguments.endpoint.again();
    let strict = if finding.level == Level::Should {
        " --strict"
    } else {
        ""
    };
    let file = finding.file.as_deref().unwrap_or("nowhere");
    let (seed, out) = (explored.report.seed, arguments.out.display());
    let case = finding.case;
    format!(
        "\nwritten     {file}\nreplay      rebuttal conformance --scenarios {out}{strict}{place}\n\
         find again  rebuttal explore --seed {seed} --cases {case}{strict}{place}\n"
    )
}
