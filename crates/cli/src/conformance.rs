//! `rebuttal conformance`: replays scenarios against an endpoint.

use std::{
    collections::BTreeSet,
    fmt::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use clap::Args;
use rebuttal_conformance::{
    ExitStatus, Options, Run, Secrets, Verdict,
    known::{Known, KnownError, Suite, suite},
    report::{Format, journal},
    run,
    scenario::{self, Library, LoadError},
};
use rebuttal_model::{Level, Timestamp, clause};

use crate::{
    clauses,
    endpoint::{self, EndpointArguments, PaceArguments, Refused},
    halt,
    output::{self, BAD, exit},
    reports::{ReportFile, Reports},
    rounds::RoundsArguments,
    selecting::{self, GRAMMAR, SelectionArguments},
};

/// Where the scenarios that the program carries stand in the project's own sources.
const OWN_SCENARIOS: &str = "crates/conformance/scenarios";

/// What to ask, with which scenarios, and how to tell.
#[derive(Args)]
#[command(
    after_help = format!("Exit status: 0 everything that was asked holds; 1 a MUST does not (with --strict, or a \
SHOULD); 2 the command line, a scenario or the target file is wrong; 3 something could not be asked; 4 nothing was \
asked.\n\nA run that is stopped (Ctrl-C, SIGTERM) still writes its reports. One that is killed \
leaves REPORT.journal beside each JSON report: `rebuttal report show` reads it.\n\n{GRAMMAR}")
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArguments,
    #[command(flatten)]
    selection: SelectionArguments,
    /// Lists the scenarios that would run.
    #[arg(long)]
    list: bool,
    /// Lists the tags of the scenarios that would run, with what they mean.
    #[arg(long)]
    list_tags: bool,
    /// Prints the clauses, each with its scenarios and the faults of the mock that break it, and runs nothing.
    #[arg(long)]
    clauses: bool,
    /// Reads the scenarios, says what is wrong with them, and runs none.
    #[arg(long)]
    check_scenarios: bool,
    /// How many scenarios run at the same time.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    #[command(flatten)]
    pace: PaceArguments,
    #[command(flatten)]
    rounds: RoundsArguments,
    /// Fails on a SHOULD too, and on an endpoint that mixes the profiles.
    #[arg(long)]
    strict: bool,
    /// The list of known failures (TOML): what it pins fails no run, and what is no longer true of it does.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Prints the report as human, json, junit, tap, github, markdown or html; human where not given.
    #[arg(long, value_name = "FORMAT")]
    report: Vec<Format>,
    /// Writes a report to a file as well: whole, or not at all.
    #[arg(long, value_name = "FORMAT=PATH")]
    report_file: Vec<ReportFile>,
    /// Takes the scenarios of this folder in place of the program's own.
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let loaded = match &arguments.scenarios {
        Some(folder) => scenario::from_folder(folder),
        None if arguments.check_scenarios => scenario::checked(),
        None => scenario::embedded(),
    };
    let mut library = match loaded {
        Ok(library) => library,
        Err(error) => return Ok(wrong_scenarios(&error)),
    };
    if arguments.check_scenarios {
        return check_scenarios(arguments, &library);
    }
    if arguments.clauses {
        output::print(&clauses::matrix(&library))?;
        return Ok(ExitCode::SUCCESS);
    }
    let selection = match arguments.selection.selection() {
        Ok(selection) => selection,
        Err(defects) => return Ok(output::refuse(&defects)),
    };
    let inputs = [&arguments.endpoint.target, &arguments.known]
        .into_iter()
        .flatten();
    let inputs: Vec<&Path> = inputs.map(PathBuf::as_path).collect();
    let reports = Reports::new(&arguments.report, &arguments.report_file, &inputs)?;
    let known = match arguments.known.as_deref().map(Known::from_file).transpose() {
        Ok(known) => known.unwrap_or_default(),
        Err(KnownError::Defects(defects)) => return Ok(output::refuse(&defects)),
        Err(error) => return Err(error.into()),
    };
    if arguments.scenarios.is_none() && reports.point_into_files() {
        scenario::locate(&mut library, Path::new(OWN_SCENARIOS));
    }
    let whole = suite(&library);
    let (library, idle) = match selection.select(library) {
        Ok(library) => (library, None),
        Err(idle) => (Library::new(), Some(idle)),
    };
    let plan = Plan {
        whole,
        library,
        known,
    };
    if plan.library.is_empty() {
        arguments.selection.tell_nothing(idle.as_ref());
        let endpoint = arguments.endpoint.endpoint.clone().unwrap_or_default();
        let run = Run::not_begun(endpoint, &Suite::new(), "", Secrets::default());
        return tell(arguments, &plan, run, reports, &[]);
    }
    if arguments.list_tags {
        output::print(&selecting::tags(&plan.library))?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.list {
        output::print(&list(&plan.library))?;
        return Ok(ExitCode::SUCCESS);
    }
    // What is asked waits far more than it computes, and threads cost more than they bring.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(ask(arguments, plan, reports))
}

/// Every defect of every file, each with its line.
fn wrong_scenarios(error: &LoadError) -> ExitCode {
    let LoadError::Defects(defects) = error else {
        anstream::eprintln!("{BAD}error{BAD:#}: {:#}", describe(error));
        return exit(ExitStatus::Usage);
    };
    for defect in defects {
        anstream::eprintln!("{}\n", defect.render(true));
    }
    let problems: usize = defects.iter().map(|defect| defect.problems.len()).sum();
    eprintln!("{problems} problems in {} scenario files", defects.len());
    exit(ExitStatus::Usage)
}

/// An error and its causes, as one line.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// The scenarios were read; what is left to check is that they leave no clause out.
fn check_scenarios(arguments: &Arguments, library: &Library) -> Result<ExitCode> {
    let covered: BTreeSet<_> = library
        .values()
        .flat_map(rebuttal_conformance::scenario::Scenario::clauses)
        .map(|it| it.id)
        .collect();
    let missing: Vec<_> = clause::all()
        .filter(|clause| !covered.contains(clause.id))
        .collect();
    let total = clause::all().count();
    let mut text = format!(
        "{} scenarios, {} of {total} clauses covered\n",
        library.len(),
        covered.len()
    );
    for clause in &missing {
        let _ = writeln!(
            text,
            "  no scenario covers {} ({}): {}",
            clause.id,
            clause.level.as_str(),
            clause.statement
        );
    }
    output::print(&text)?;
    // A folder of one's own need not cover the contract.
    let incomplete = arguments.scenarios.is_none() && missing.iter().any(|clause| clause.level != Level::Obs);
    Ok(if incomplete {
        exit(ExitStatus::Usage)
    } else {
        ExitCode::SUCCESS
    })
}

fn list(library: &Library) -> String {
    let width = library.keys().map(String::len).max().unwrap_or(0);
    library.iter().fold(String::new(), |mut text, (id, scenario)| {
        let _ = writeln!(text, "{id:<width$}  {}", scenario.covers.join(", "));
        text
    })
}

/// What is to be run, and held against.
struct Plan {
    /// Every scenario there is.
    whole: Suite,
    /// Those that were selected.
    library: Library,
    known: Known,
}

async fn ask(arguments: &Arguments, mut plan: Plan, mut reports: Reports<'_>) -> Result<ExitCode> {
    let limits = arguments.pace.limits();
    let mut options = Options {
        profiles: arguments.endpoint.profile.0.clone(),
        jobs: arguments.jobs.into(),
        repeat: arguments.rounds.repeat,
        retries: arguments.rounds.retry,
        limits,
        ..Options::default()
    };
    let selected = suite(&plan.library);
    let (target, mock) = match endpoint::resolve(&arguments.endpoint, limits).await {
        Ok(found) => found,
        Err(Refused::Unreachable(error)) => {
            let reason = output::without_keys(&error);
            anstream::eprintln!("{BAD}error{BAD:#}: {reason}");
            let endpoint = arguments.endpoint.endpoint.clone().unwrap_or_default();
            let run = Run::not_begun(endpoint, &selected, &reason, Secrets::default());
            return tell(arguments, &plan, run, reports, &[]);
        }
        Err(refused) => return refused.tell(),
    };
    options.locks = endpoint::locks(mock.as_ref());
    halt::on_signals(options.halt.clone());
    let (endpoint, secrets) = (target.endpoint.to_string(), target.mask());
    reports.begin(&journal::head(&endpoint, now(), arguments.strict, &selected))?;
    let bar = crate::progress::bar(selected.len());
    let library = std::mem::take(&mut plan.library);
    let finished = run(target, library, &options, |scenario| {
        reports.note(scenario, &secrets);
        let rounds = &arguments.rounds;
        rounds.brake(&options.halt, scenario, arguments.strict, &plan.known, &secrets);
        bar.inc(1);
        bar.set_message(scenario.id.clone());
        if matches!(scenario.verdict, Verdict::Fail | Verdict::Error) && !bar.is_hidden() {
            bar.println(format!("{:<6} {}", scenario.verdict.as_str(), scenario.id));
        }
    })
    .await;
    bar.finish_and_clear();
    let embedded = mock.is_some();
    if let Some(mock) = mock {
        mock.shutdown().await;
    }
    match finished {
        Ok(mut run) => {
            if embedded {
                // It is gone, with all that it held.
                run.report.left_behind.clear();
            }
            tell(arguments, &plan, run, reports, &[Format::Human])
        }
        Err(error) => {
            let reason = secrets.mask(&error.to_string());
            anstream::eprintln!("{BAD}error{BAD:#}: {reason}");
            let run = Run::not_begun(endpoint, &selected, &reason, secrets);
            tell(arguments, &plan, run, reports, &[])
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Writes the reports; `otherwise` is printed where nothing else was asked for.
fn tell(
    arguments: &Arguments,
    plan: &Plan,
    mut run: Run,
    reports: Reports<'_>,
    otherwise: &[Format],
) -> Result<ExitCode> {
    run.report.strict = arguments.strict;
    run.report.shard = arguments.selection.shard;
    plan.known.apply(&mut run, &plan.whole);
    reports.finish(&run, otherwise)?;
    Ok(exit(run.report.exit_status()))
}
