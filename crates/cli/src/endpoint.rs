//! Which endpoint is asked: a target file's, one that is named, or the embedded mock.

use std::{env, path::Path, process::ExitCode};

use anyhow::{Context, Result};
use rebuttal_conformance::{Disputes, Endpoint, ExitStatus, Limits, Target, TargetError, discover};
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::Profile;

use crate::output::{self, BAD, exit};

/// What the command line says about the endpoint.
pub(crate) struct Asked<'a> {
    /// The target file.
    pub(crate) target: Option<&'a Path>,
    /// The URL, in place of a target file.
    pub(crate) endpoint: Option<&'a str>,
    /// The environment variable with the key for that URL.
    pub(crate) key_env: Option<&'a str>,
    /// What the embedded mock speaks.
    pub(crate) mock_profile: Profile,
    /// The fault that it has.
    pub(crate) mock_fault: Option<Fault>,
    /// Whether both flags that a live key needs were given.
    pub(crate) live_is_meant: bool,
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
pub(crate) async fn resolve(asked: &Asked<'_>, limits: Limits) -> Result<(Target, Option<Mock>), Refused> {
    let (target, mock) = find(asked, limits).await?;
    if target.is_live() && !asked.live_is_meant {
        return Err(Refused::Usage(anyhow::anyhow!(
            "a live key was given: the run would upload to and destroy in disputes about real money. Use a test key, \
             or say --live-key and --change-real-disputes both"
        )));
    }
    output::guard(&target.mask());
    Ok((target, mock))
}

async fn find(asked: &Asked<'_>, limits: Limits) -> Result<(Target, Option<Mock>), Refused> {
    if let Some(path) = asked.target {
        return Target::from_file(path, |name| env::var(name).ok())
            .map(|target| (target, None))
            .map_err(|error| match error {
                TargetError::Defects(defects) => Refused::Defects(defects.render(true)),
                error @ TargetError::Read { .. } => Refused::Usage(anyhow::Error::new(error)),
            });
    }
    if let (Some(endpoint), Some(variable)) = (asked.endpoint, asked.key_env) {
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
