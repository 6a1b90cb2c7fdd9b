//! The endpoint of a run: from a target file, from the command line, or the embedded mock.

use std::env;

use anyhow::{Context, Result};
use rebuttal_conformance::{Disputes, Endpoint, Limits, Target, TargetError, discover};
use rebuttal_mock::{Config, Mock};

use crate::conformance::Arguments;

/// Why there is nothing to ask.
pub(crate) enum Refused {
    /// The target file is wrong; the text shows its lines.
    Defects(String),
    /// The endpoint cannot be reached.
    Unreachable(String),
    /// The command line is wrong.
    Usage(anyhow::Error),
}

pub(crate) async fn target(arguments: &Arguments, limits: Limits) -> Result<(Target, Option<Mock>), Refused> {
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
