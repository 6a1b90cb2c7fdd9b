//! Each scenario as a test of its own, for `cargo test` and `cargo nextest`: against a mock that the process starts,
//! or the endpoint of the target file that `REBUTTAL_TARGET` names.

mod support;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rebuttal_conformance::{
    Options, Target, Verdict,
    report::{Format, render},
    run,
    scenario::{self, Library, Need, Scenario},
};
use rebuttal_mock::{Config, Mock};
use rebuttal_model::Profile;
use support::target_of;
use tokio::runtime::Runtime;

/// So many scenarios run at the same time where nobody says otherwise: most of them wait most of the time.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    match trials(&arguments) {
        Ok((trials, endpoint)) => {
            let conclusion = libtest_mimic::run(&arguments, trials);
            endpoint.shutdown();
            conclusion.exit_code()
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The endpoint that is asked, and how.
struct Endpoint {
    runtime: Runtime,
    mock: Mutex<Option<Mock>>,
    target: Target,
    options: Options,
    strict: bool,
}

fn trials(arguments: &Arguments) -> Result<(Vec<Trial>, Arc<Endpoint>), String> {
    let endpoint = Arc::new(Endpoint::from_environment()?);
    // nextest runs a process for each: reading the others would take longer than asking this one.
    let library = match (&arguments.filter, arguments.exact) {
        (Some(id), true) => scenario::embedded_one(id),
        _ => scenario::embedded(),
    };
    let trials = library
        .map_err(|error| error.to_string())?
        .into_iter()
        .map(|(id, scenario)| {
            let missing = endpoint.lacks(&scenario);
            let (endpoint, name) = (Arc::clone(&endpoint), id.clone());
            Trial::ignorable_test(id, move || endpoint.ask(name, scenario)).with_ignored_flag(missing)
        });
    Ok((trials.collect(), Arc::clone(&endpoint)))
}

impl Endpoint {
    fn from_environment() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let profiles = match variable("REBUTTAL_PROFILE")?.as_deref() {
            None | Some("any") => Profile::ALL.to_vec(),
            Some(name) => vec![name.parse().map_err(|_| {
                format!("expected any, documented or recorded in REBUTTAL_PROFILE, found {name:?}")
            })?],
        };
        let (target, mock) = if let Some(path) = variable("REBUTTAL_TARGET")? {
            (target(&path)?, None)
        } else {
            let mock = runtime.block_on(Mock::start(Config::default()));
            let mock = mock.map_err(|error| format!("cannot start the mock: {error}"))?;
            (target_of(&mock), Some(mock))
        };
        let options = Options {
            profiles,
            // Processes that nextest starts share the disputes of a target, and threads here do.
            locks: mock.is_none().then(|| env::temp_dir().join("rebuttal-locks")),
            ..Options::default()
        };
        Ok(Self {
            runtime,
            mock: Mutex::new(mock),
            target,
            options,
            strict: variable("REBUTTAL_STRICT")?.is_some_and(|value| value != "0"),
        })
    }

    /// Whether the target has not what a scenario needs: known before anything is asked, so that the test is listed as
    /// ignored.
    fn lacks(&self, scenario: &Scenario) -> bool {
        let (target, disputes) = (&self.target, &self.target.disputes);
        let makes = !target.charges.is_empty();
        let opens = scenario
            .disputes
            .values()
            .filter(|need| matches!(need, Need::Open | Need::Empty));
        let lacks_key = scenario.keys.iter().any(|key| match key {
            scenario::ExtraKey::Public => target.public.is_none(),
            scenario::ExtraKey::Other => target.other_secret.is_none(),
        });
        let lacks_dispute = scenario.disputes.values().any(|need| match need {
            Need::Open | Need::Empty | Need::Fresh | Need::Another => false,
            Need::Pending | Need::PendingWithDocument => !makes && disputes.pending.is_empty(),
            Need::Won | Need::WonWithDocument => !makes && disputes.won.is_empty(),
            Need::Lost | Need::LostWithDocument => !makes && disputes.lost.is_empty(),
            Need::Foreign => disputes.foreign.is_empty(),
        });
        let lacks_fresh = scenario.disputes.values().any(|need| *need == Need::Fresh) && !makes;
        lacks_key || lacks_dispute || lacks_fresh || opens.count() > disputes.open.len() && !makes
    }

    fn ask(&self, id: String, scenario: Scenario) -> Result<Completion, Failed> {
        let library = Library::from([(id, scenario)]);
        let finished = run(self.target.clone(), library, &self.options, |_| {});
        let run = self
            .runtime
            .block_on(finished)
            .map_err(|error| error.to_string())?;
        let told = || render(&run, Format::Human);
        let [report] = run.report.scenarios.as_slice() else {
            return Err("no report of the scenario".into());
        };
        match report.verdict {
            Verdict::Warn if self.strict => Err(told().into()),
            Verdict::Pass | Verdict::Observed | Verdict::Known | Verdict::Warn => Ok(Completion::Completed),
            Verdict::Skip => {
                let reason = report.reason.clone().unwrap_or_default();
                if env::var_os("NEXTEST").is_some() {
                    // It would take an exit status of 0 for a pass, and there is no other for this.
                    Err(format!("not asked: {reason}; leave the test out with a filter").into())
                } else {
                    Ok(Completion::ignored_with(reason))
                }
            }
            Verdict::Fail | Verdict::Error => Err(told().into()),
        }
    }

    fn shutdown(&self) {
        let mock = self.mock.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mock) = mock {
            self.runtime.block_on(mock.shutdown());
        }
    }
}

fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(format!("expected UTF-8 in {name}")),
    }
}

/// The target of a file. Tests run in the folder of their package: a path is meant from the root of the workspace.
fn target(path: &str) -> Result<Target, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path: PathBuf = root.join(path);
    let target = Target::from_file(&path, |name| env::var(name).ok()).map_err(|error| {
        let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
        format!("REBUTTAL_TARGET: {error}{cause}")
    })?;
    if target.is_live() {
        return Err(
            "REBUTTAL_TARGET has a live key: these tests upload to and destroy in disputes".to_owned(),
        );
    }
    Ok(target)
}
