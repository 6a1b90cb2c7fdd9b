//! `rebuttal conformance`: replays scenarios against an endpoint.

use std::{
    collections::BTreeSet, env, fmt::Write, path::PathBuf, process::ExitCode, str::FromStr, time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use rebuttal_conformance::{
    Disputes, Endpoint, ExitStatus, Limits, Options, Run, Selector, Target, TargetError, Verdict, discover,
    report::{self, Format},
    run,
    scenario::{self, Library, LoadError},
};
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::{Level, Profile, clause};

use crate::{
    clauses,
    output::{self, BAD},
};

/// What to ask, with which scenarios, and how to tell.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 everything that was asked holds; 1 a MUST does not (with --strict, or a \
SHOULD); 2 the command line, a scenario or the target file is wrong; 3 something could not be asked; 4 nothing was \
asked.\n\nPATTERN is a scenario or a clause: `upload`, `upload.bad-kind`, `list/*`."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Arguments {
    /// The target file (TOML): URL, keys, disputes. Without it and --endpoint: the embedded mock.
    #[arg(long, value_name = "FILE", conflicts_with = "endpoint")]
    target: Option<PathBuf>,
    /// The endpoint, in place of a target file; its disputes are found by asking it.
    #[arg(long, value_name = "URL", requires = "key_env")]
    endpoint: Option<String>,
    /// The environment variable that holds the secret key for --endpoint.
    #[arg(long, value_name = "VAR", requires = "endpoint")]
    key_env: Option<String>,
    /// The profile whose answers are right: any, documented or recorded.
    #[arg(long, default_value = "any", value_parser = asked_profiles)]
    profile: AskedProfiles,
    /// Runs only these scenarios.
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Selector>,
    /// Runs all but these scenarios.
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<Selector>,
    /// Lists the scenarios that would run.
    #[arg(long)]
    list: bool,
    /// Prints the clauses, each with its scenarios and the faults of the mock that break it, and runs nothing.
    #[arg(long)]
    clauses: bool,
    /// Reads the scenarios, says what is wrong with them, and runs none.
    #[arg(long)]
    check_scenarios: bool,
    /// How many scenarios run at the same time.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// How long to wait for an answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Fails on a SHOULD too, and on an endpoint that mixes the profiles.
    #[arg(long)]
    strict: bool,
    /// Prints the report as human, json or junit; human where not given.
    #[arg(long, value_name = "FORMAT")]
    report: Vec<Format>,
    /// Writes a report to a file as well.
    #[arg(long, value_name = "FORMAT=PATH")]
    report_file: Vec<ReportFile>,
    /// Takes the scenarios of this folder in place of the program's own.
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Runs with a live key; needs --change-real-disputes too.
    #[arg(long)]
    live_key: bool,
    /// Accepts that the run uploads to and destroys in disputes about real money; needs --live-key too.
    #[arg(long)]
    change_real_disputes: bool,
    /// The profile that the embedded mock speaks: documented or recorded.
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::Documented, conflicts_with_all = ["target", "endpoint"])]
    mock_profile: Profile,
    /// The fault that the embedded mock has; `rebuttal mock --list-faults` names them.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["target", "endpoint"])]
    mock_fault: Option<Fault>,
}

/// The profiles that are right.
#[derive(Clone)]
struct AskedProfiles(Vec<Profile>);

fn asked_profiles(text: &str) -> Result<AskedProfiles, String> {
    match text {
        "any" => Ok(AskedProfiles(Profile::ALL.to_vec())),
        _ => text
            .parse()
            .map(|profile| AskedProfiles(vec![profile]))
            .map_err(|_| "expected any, documented or recorded".to_owned()),
    }
}

/// `FORMAT=PATH`.
#[derive(Clone)]
struct ReportFile {
    format: Format,
    path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text
            .split_once('=')
            .ok_or("expected FORMAT=PATH, such as json=report.json")?;
        let format = format.parse::<Format>().map_err(|error| error.to_string())?;
        if path.is_empty() {
            return Err("expected a path after the `=`".to_owned());
        }
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let loaded = match &arguments.scenarios {
        Some(folder) => scenario::from_folder(folder),
        None => scenario::embedded(),
    };
    let library = match loaded {
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
    let library = selected(arguments, library);
    if library.is_empty() {
        anstream::eprintln!(
            "{BAD}error{BAD:#}: nothing was selected: no scenario is meant by --only and --skip"
        );
        return Ok(exit(ExitStatus::Nothing));
    }
    if arguments.list {
        output::print(&list(&library))?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(ask(arguments, library))
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

fn selected(arguments: &Arguments, library: Library) -> Library {
    let meant =
        |selectors: &[Selector], id: &str, scenario: &_| selectors.iter().any(|it| it.selects(id, scenario));
    library
        .into_iter()
        .filter(|(id, scenario)| arguments.only.is_empty() || meant(&arguments.only, id, scenario))
        .filter(|(id, scenario)| !meant(&arguments.skip, id, scenario))
        .collect()
}

fn list(library: &Library) -> String {
    let width = library.keys().map(String::len).max().unwrap_or(0);
    library.iter().fold(String::new(), |mut text, (id, scenario)| {
        let _ = writeln!(text, "{id:<width$}  {}", scenario.covers.join(", "));
        text
    })
}

async fn ask(arguments: &Arguments, library: Library) -> Result<ExitCode> {
    let limits = Limits {
        answer: Duration::from_secs(arguments.timeout),
        ..Limits::default()
    };
    let options = Options {
        profiles: arguments.profile.0.clone(),
        jobs: arguments.jobs.into(),
        limits,
    };
    let (target, mock) = match target(arguments, limits).await {
        Ok(found) => found,
        Err(Refused::Defects(error)) => {
            anstream::eprintln!("{error}");
            return Ok(exit(ExitStatus::Usage));
        }
        Err(Refused::Unreachable(error)) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {error}");
            return Ok(exit(ExitStatus::NotRun));
        }
        Err(Refused::Usage(error)) => return Err(error),
    };
    if target.is_live() && !(arguments.live_key && arguments.change_real_disputes) {
        bail!(
            "a live key was given: the run would upload to and destroy in disputes about real money. Use a test key, \
             or say --live-key and --change-real-disputes both"
        );
    }
    let bar = crate::progress::bar(library.len());
    let finished = run(target, library, &options, |scenario| {
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
            tell(arguments, &run)
        }
        Err(error) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {error}");
            Ok(exit(ExitStatus::NotRun))
        }
    }
}

/// Why there is nothing to ask.
enum Refused {
    /// The target file is wrong; the text shows its lines.
    Defects(String),
    /// The endpoint cannot be reached.
    Unreachable(String),
    /// The command line is wrong.
    Usage(anyhow::Error),
}

async fn target(arguments: &Arguments, limits: Limits) -> Result<(Target, Option<Mock>), Refused> {
    if let Some(path) = &arguments.target {
        return Target::from_file(path, |name| env::var(name).ok())
            .map(|target| (target, None))
            .map_err(|error| match error {
                TargetError::Defects(defects) => Refused::Defects(defects.render(true)),
                error @ TargetError::Read { .. } => Refused::Usage(anyhow::Error::new(error)),
            });
    }
    if let (Some(endpoint), Some(variable)) = (&arguments.endpoint, &arguments.key_env) {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if variable.starts_with("skey_") || variable.starts_with("pkey_") || !variable.bytes().all(is_name) {
            let reason = "expected --key-env to name an environment variable (its value is not shown here)";
            return Err(Refused::Usage(anyhow::anyhow!(reason)));
        }
        let secret =
            env::var(variable).with_context(|| format!("the environment has no variable {variable}"));
        let secret = secret.and_then(|key| key.parse().with_context(|| format!("the variable {variable}")));
        let mut target = Target {
            endpoint: endpoint
                .parse::<Endpoint>()
                .map_err(|error| Refused::Usage(error.into()))?,
            secret: secret.map_err(Refused::Usage)?,
            public: None,
            other_secret: None,
            disputes: Disputes::default(),
            charges: Vec::new(),
        };
        if !target.is_live() {
            discover(&mut target, limits)
                .await
                .map_err(|error| Refused::Unreachable(error.to_string()))?;
        }
        return Ok((target, None));
    }
    let config = Config {
        profile: arguments.mock_profile,
        fault: arguments.mock_fault,
        ..Config::default()
    };
    let mock = Mock::start(config)
        .await
        .context("cannot start the embedded mock")
        .map_err(Refused::Usage)?;
    let target = target_of(&mock).map_err(Refused::Usage)?;
    Ok((target, Some(mock)))
}

/// The embedded mock as a target.
fn target_of(mock: &Mock) -> Result<Target> {
    let target = mock.target();
    let disputes = target.disputes;
    Ok(Target {
        endpoint: target.url.parse()?,
        secret: target.secret,
        public: Some(target.public),
        other_secret: Some(target.other_secret),
        disputes: Disputes {
            open: disputes.open,
            pending: disputes.pending,
            won: disputes.won,
            lost: disputes.lost,
            foreign: disputes.foreign,
        },
        charges: target.charges,
    })
}

fn tell(arguments: &Arguments, run: &Run) -> Result<ExitCode> {
    let formats = if arguments.report.is_empty() {
        &[Format::Human][..]
    } else {
        &arguments.report
    };
    for format in formats {
        output::print(&report::render(run, *format))?;
    }
    // Last: what cannot be written must not take the printed report along.
    for file in &arguments.report_file {
        output::write_file(&file.path, &output::plain(&report::render(run, file.format)))?;
    }
    Ok(exit(run.report.exit_status(arguments.strict)))
}

fn exit(status: ExitStatus) -> ExitCode {
    ExitCode::from(status as u8)
}
