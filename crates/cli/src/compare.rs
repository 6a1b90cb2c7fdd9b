//! `rebuttal compare`: holds two endpoints against the contract and against each other.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use rebuttal_conformance::{
    ExitStatus, Halt, Options, Run, RunReport,
    compare::{NoSketches, compare},
    report::{self, Format},
    run,
    scenario::{self, Library},
};
use rebuttal_mock::Fault;
use rebuttal_model::Profile;

use crate::{
    endpoint::{self, AskedProfiles, EndpointArguments, PaceArguments, Refused},
    halt,
    output::{self, BAD, exit},
    selecting::{GRAMMAR, SelectionArguments},
};

/// How many of the things that stay on an endpoint are named.
const MOST_LEFT: usize = 3;

/// Which two endpoints are compared, and by which scenarios.
#[derive(Args)]
#[command(
    after_help = format!("A is the earlier of the two: --observed files come first, then --target files, in the order \
given. One alone is compared with the embedded mock, as B.\n\nExit status: 0 they look the same; 1 they differ; 2 \
the command line or a file is wrong; 3 one of them could not be asked.\n\nIds, times, texts and addresses differ from \
run to run and are no difference; statuses, codes, members and their types are.\n\n{GRAMMAR}")
)]
pub(crate) struct Arguments {
    /// A target file (TOML): URL, keys, disputes. Up to two; they are asked one after the other.
    #[arg(long, value_name = "FILE")]
    target: Vec<PathBuf>,
    /// What --save wrote of an earlier run, in place of an endpoint.
    #[arg(long, value_name = "FILE")]
    observed: Vec<PathBuf>,
    /// Writes what the endpoint shows, to be compared later; a second one is for the second --target.
    #[arg(long, value_name = "FILE")]
    save: Vec<PathBuf>,
    #[command(flatten)]
    selection: SelectionArguments,
    /// How many scenarios run at the same time.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    #[command(flatten)]
    pace: PaceArguments,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
    /// Takes a live key; needs --change-real-disputes too.
    #[arg(long)]
    live_key: bool,
    /// Accepts uploads to and destroys in disputes about real money; needs --live-key too.
    #[arg(long)]
    change_real_disputes: bool,
    /// The profile that the embedded mock speaks: documented or recorded.
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::Documented)]
    mock_profile: Profile,
    /// The fault that the embedded mock has; `rebuttal mock --list-faults` names them.
    #[arg(long, value_name = "NAME")]
    mock_fault: Option<Fault>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Human,
    Json,
}

/// One of the two.
enum Side<'a> {
    /// It was asked before.
    Observed(Box<RunReport>),
    /// It is asked now: a target, or the embedded mock.
    Asked(Option<&'a Path>),
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let sides = sides(arguments)?;
    let selection = match arguments.selection.selection() {
        Ok(selection) => selection,
        Err(defects) => return Ok(output::refuse(&defects)),
    };
    let library = match selection.select(scenario::embedded()?) {
        Ok(library) if !library.is_empty() => library,
        outcome => {
            arguments.selection.tell_nothing(outcome.err().as_ref());
            return Ok(exit(ExitStatus::Usage));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let halt = Halt::default();
    // Once for both: a second listener would press twice, and nothing would be cleaned up.
    runtime.block_on(async { halt::on_signals(halt.clone()) });
    let mut reports = Vec::new();
    let mut places = arguments.save.iter();
    for side in sides {
        reports.push(match side {
            Side::Observed(mut stored) => {
                stored.scenarios.retain(|it| library.contains_key(&it.id));
                *stored
            }
            Side::Asked(target) => {
                let run = match runtime.block_on(ask(arguments, target, library.clone(), halt.clone())) {
                    Ok(run) => run,
                    Err(refused) => return refused.tell(),
                };
                if let Some(place) = places.next() {
                    output::write_file(place, &report::render(&run, Format::Json))?;
                }
                run.report
            }
        });
    }
    let [a, b] = reports.as_slice() else {
        anyhow::bail!("expected two sides to compare, found {}", reports.len());
    };
    let comparison = match compare(a, b) {
        Ok(comparison) => comparison,
        Err(error @ NoSketches) => return Err(error.into()),
    };
    output::print(&match arguments.format {
        Form::Human => comparison.human(),
        Form::Json => comparison.json(),
    })?;
    let unfinished = [a, b]
        .into_iter()
        .find(|it| it.stopped.is_some() || it.asked_nothing());
    Ok(match unfinished {
        Some(report) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {} was not asked to the end", report.endpoint);
            exit(ExitStatus::NotRun)
        }
        None if comparison.is_empty() => ExitCode::SUCCESS,
        None => exit(ExitStatus::Failed),
    })
}

/// A and B. What was stored is read here: a wrong file is told before an endpoint is asked.
fn sides(arguments: &Arguments) -> Result<[Side<'_>; 2]> {
    let (observed, targets) = (arguments.observed.len(), arguments.target.len());
    let found = observed + targets;
    ensure!(
        (1..=2).contains(&found),
        "expected one or two of --target FILE and --observed FILE, found {found}"
    );
    let asked = 2 - observed;
    ensure!(
        arguments.save.len() <= asked,
        "expected at most {asked} --save, one for each endpoint that is asked, found {}",
        arguments.save.len()
    );
    let stored = arguments.observed.iter().map(|path| {
        let report = crate::report::read(path)?;
        Ok(Side::Observed(Box::new(report)))
    });
    let asked = arguments
        .target
        .iter()
        .map(|path| Ok(Side::Asked(Some(path.as_path()))));
    let mut sides = stored.chain(asked).collect::<Result<Vec<_>>>()?;
    if sides.len() == 1 {
        sides.push(Side::Asked(None));
    }
    sides
        .try_into()
        .map_err(|_| anyhow::anyhow!("expected two sides to compare"))
}

/// Asks one endpoint everything, and keeps what its answers look like.
async fn ask(
    arguments: &Arguments,
    target: Option<&Path>,
    library: Library,
    halt: Halt,
) -> Result<Run, Refused> {
    let endpoint = EndpointArguments {
        target: target.map(Path::to_path_buf),
        endpoint: None,
        key_env: None,
        profile: AskedProfiles(Profile::ALL.to_vec()),
        live_key: arguments.live_key,
        change_real_disputes: arguments.change_real_disputes,
        mock_profile: arguments.mock_profile,
        mock_fault: arguments.mock_fault,
    };
    let limits = arguments.pace.limits();
    let (target, mock) = endpoint::resolve(&endpoint, limits).await?;
    let options = Options {
        jobs: arguments.jobs.into(),
        limits,
        halt,
        sketches: true,
        ..Options::default()
    };
    let bar = crate::progress::bar(library.len());
    let name = target.endpoint.to_string();
    let finished = run(target, library, &options, |scenario| {
        bar.inc(1);
        bar.set_message(format!("{name}: {}", scenario.id));
    })
    .await;
    bar.finish_and_clear();
    let mut run = finished.map_err(|error| Refused::Unreachable(error.to_string()))?;
    if let Some(mock) = mock {
        mock.shutdown().await;
        run.report.left_behind.clear();
    }
    let left = &run.report.left_behind;
    for it in left.iter().take(MOST_LEFT) {
        eprintln!("left behind: {}", run.secrets.mask(it));
    }
    if left.len() > MOST_LEFT {
        eprintln!("left behind: {} more", left.len() - MOST_LEFT);
    }
    Ok(run)
}
