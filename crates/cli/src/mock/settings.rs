//! What a mock starts with: a configuration file, and the flags that go before it.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Args;
use rebuttal_conformance::diagnostic::{Defects, Problem};
use rebuttal_mock::{Clock, Config, Fault, control::FileDefects};
use rebuttal_model::Profile;

use super::variants::VariantArguments;
use crate::output;

/// What is spoken, and from what it is made.
#[derive(Args)]
pub(crate) struct Settings {
    /// Reads a configuration file (TOML, schemas/mock-config.json); flags go before what it says.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to listen on, or localhost [default: 127.0.0.1].
    #[arg(long, value_parser = host)]
    host: Option<IpAddr>,
    /// The port to listen on; 0 lets the system choose [default: 0].
    #[arg(long)]
    port: Option<u16>,
    /// The reading of the contract to speak: documented or recorded [default: documented].
    #[arg(long)]
    profile: Option<Profile>,
    /// What keys and ids are made from: the same seed makes the same ones [default: 0].
    #[arg(long)]
    seed: Option<u64>,
    /// What time it is: system, a time at which the clock stands still (2019-12-31T12:59:59Z), or seconds before
    /// or behind the system's (+3600, -86400) [default: system].
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    clock: Option<Clock>,
    /// Breaks the contract in this one way.
    #[arg(long, value_name = "NAME")]
    pub(crate) fault: Option<Fault>,
    #[command(flatten)]
    choices: VariantArguments,
}

impl Settings {
    /// The configuration; a file that is wrong was told already.
    pub(crate) fn config(&self) -> Result<Result<Config, ExitCode>> {
        let mut config = match &self.config {
            None => Config::default(),
            Some(path) => match read(path)? {
                Ok(config) => config,
                Err(defects) => return Ok(Err(output::refuse(&defects))),
            },
        };
        config.host = self.host.unwrap_or(config.host);
        config.port = self.port.unwrap_or(config.port);
        config.profile = self.profile.unwrap_or(config.profile);
        config.seed = self.seed.unwrap_or(config.seed);
        config.clock = self.clock.unwrap_or(config.clock);
        config.fault = self.fault.or(config.fault);
        self.choices.apply(&mut config);
        Ok(Ok(config))
    }
}

/// An address, or the name that every machine has for itself.
fn host(text: &str) -> Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse()
        .map_err(|_| "expected localhost, or an address such as 127.0.0.1 or ::1".to_owned())
}

fn read(path: &Path) -> Result<Result<Config, Defects>> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    Ok(Config::from_toml(&name, &text).map_err(shown))
}

/// Told as the problems of other files are.
fn shown(found: FileDefects) -> Defects {
    let problems = found.defects.into_iter().map(|defect| Problem {
        span: defect.span,
        message: defect.message,
        help: defect.help,
    });
    Defects {
        path: found.path,
        text: found.text,
        problems: problems.collect(),
    }
}
