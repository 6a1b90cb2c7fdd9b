//! Which endpoint is asked: a target file's, one that is named, or the embedded mock.

use std::{env, fmt::Write as _, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use clap::Args;
use rebuttal_conformance::{Disputes, Endpoint, ExitStatus, Limits, Rate, Target, TargetError, discover};
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::Profile;

use crate::output::{self, BAD, exit};

/// Which endpoint is asked, and which of its answers are right. What is seldom given stands last in the help.
#[derive(Args)]
pub(crate) struct EndpointArguments {
    /// The target file (TOML): URL, keys, disputes. Without it and --endpoint: the embedded mock.
    #[arg(long, value_name = "FILE", conflicts_with = "endpoint")]
    pub(crate) target: Option<PathBuf>,
    /// The endpoint, in place of a target file; its disputes are found by asking it.
    #[arg(long, value_name = "URL", requires = "key_env")]
    pub(crate) endpoint: Option<String>,
    /// The environment variable that holds the secret key for --endpoint.
    #[arg(long, value_name = "VAR", requires = "endpoint")]
    pub(crate) key_env: Option<String>,
    /// The profile whose answers are right: any, documented or recorded.
    #[arg(long, default_value = "any", value_parser = asked_profiles)]
    pub(crate) profile: AskedProfiles,
    /// Takes a live key; needs --change-real-disputes too.
    #[arg(long, display_order = 900)]
    pub(crate) live_key: bool,
    /// Accepts uploads to and destroys in disputes about real money; needs --live-key too.
    #[arg(long, display_order = 901)]
    pub(crate) change_real_disputes: bool,
    /// The profile that the embedded mock speaks: documented or recorded.
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::Documented, display_order = 902,
        conflicts_with_all = ["target", "endpoint"])]
    pub(crate) mock_profile: Profile,
    /// The fault that the embedded mock has; `rebuttal mock --list-faults` names them.
    #[arg(long, value_name = "NAME", display_order = 903, conflicts_with_all = ["target", "endpoint"])]
    pub(crate) mock_fault: Option<Fault>,
}

/// How patiently the endpoint is asked.
#[derive(Args)]
pub(crate) struct PaceArguments {
    /// How long to wait for an answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) timeout: u64,
    /// Sends at most so many requests in a time, evenly: 5/s, 30/m, 600/h. All count: retries and clean-up too.
    #[arg(long, value_name = "N/s")]
    pub(crate) rate: Option<Rate>,
    /// How long the endpoint may make it wait in all, in seconds: a 429 and its Retry-After are waited for, and a 5xx
    /// is backed off from.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) patience: u64,
}

/// The profiles that are right.
#[derive(Clone)]
pub(crate) struct AskedProfiles(pub(crate) Vec<Profile>);

fn asked_profiles(text: &str) -> Result<AskedProfiles, String> {
    match text {
        "any" => Ok(AskedProfiles(Profile::ALL.to_vec())),
        _ => text
            .parse()
            .map(|profile| AskedProfiles(vec![profile]))
            .map_err(|_| "expected any, documented or recorded".to_owned()),
    }
}

impl EndpointArguments {
    /// The flags that name the same endpoint again, each with a space before it.
    pub(crate) fn again(&self) -> String {
        let mut flags = String::new();
        let mut flag = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = write!(flags, " --{name} {value}");
            }
        };
        flag(
            "target",
            self.target.as_deref().map(|path| path.display().to_string()),
        );
        flag("endpoint", self.endpoint.clone());
        flag("key-env", self.key_env.clone());
        let other = self.mock_profile != Profile::default();
        flag("mock-profile", other.then(|| self.mock_profile.to_string()));
        flag("mock-fault", self.mock_fault.map(|fault| fault.to_string()));
        flags
    }
}

impl PaceArguments {
    /// The bounds of each exchange.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            answer: Duration::from_secs(self.timeout),
            rate: self.rate,
            patience: Duration::from_secs(self.patience),
            ..Limits::default()
        }
    }
}

/// Why there is nothing to ask.
pub(crate) enum Refused {
    /// The target file is wrong; the text shows its lines.
    Defects(String),
    /// The endpoint cannot be reached.
    Unreachable(String),
    /// The command line is wrong.
    Usage(anyhow::Error),
}

impl Refused {
    /// Says why, and with which status to end.
    pub(crate) fn tell(self) -> Result<ExitCode> {
        match self {
            Self::Defects(error) => {
                anstream::eprintln!("{error}");
                Ok(exit(ExitStatus::Usage))
            }
            Self::Unreachable(error) => {
                let reason = output::without_keys(&error);
                anstream::eprintln!("{BAD}error{BAD:#}: {reason}");
                Ok(exit(ExitStatus::NotRun))
            }
            Self::Usage(error) => Err(error),
        }
    }
}

/// The target that was asked for, and the mock where that is it.
pub(crate) async fn resolve(
    asked: &EndpointArguments,
    limits: Limits,
) -> Result<(Target, Option<Mock>), Refused> {
    let (target, mock) = find(asked, limits).await?;
    if target.is_live() && !(asked.live_key && asked.change_real_disputes) {
        return Err(Refused::Usage(anyhow::anyhow!(
            "a live key was given: the run would upload to and destroy in disputes about real money. Use a test key, \
             or say --live-key and --change-real-disputes both"
        )));
    }
    output::guard(&target.mask());
    Ok((target, mock))
}

/// Where disputes are locked against other processes of this machine, such as another shard; nobody else has the
/// mock of this one.
pub(crate) fn locks(mock: Option<&Mock>) -> Option<PathBuf> {
    mock.is_none().then(|| env::temp_dir().join("rebuttal-locks"))
}

async fn find(asked: &EndpointArguments, limits: Limits) -> Result<(Target, Option<Mock>), Refused> {
    if let Some(path) = &asked.target {
        return Target::from_file(path, |name| env::var(name).ok())
            .map(|target| (target, None))
            .map_err(|error| match error {
                TargetError::Defects(defects) => Refused::Defects(defects.render(true)),
                error @ TargetError::Read { .. } => Refused::Usage(anyhow::Error::new(error)),
            });
    }
    if let (Some(endpoint), Some(variable)) = (&asked.endpoint, &asked.key_env) {
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
        profile: asked.mock_profile,
        fault: asked.mock_fault,
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
