//! What a mock starts with: a configuration file, and the flags that go before it.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Args;
use rebuttal_conformance::diagnostic::{Defects, Problem};
use rebuttal_mock::{
    Clock, Config, Connections, Destroyed, DownloadUri, Fault, Layout, MemberOrder, Members, OutOfRange,
    TooLargeBody, control::FileDefects,
};
use rebuttal_model::Profile;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::output;

/// What is spoken, and from what it is made.
#[derive(Args)]
pub(crate) struct Settings {
    /// Reads a configuration file (TOML, schemas/mock-config.json); flags go before what it says.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1].
    #[arg(long)]
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
    choices: Choices,
}

/// Choices that the contract leaves open; every value is legal, and the first one is taken where none is given.
#[derive(Args)]
#[command(next_help_heading = "Choices that the contract leaves open (the first is the default)")]
struct Choices {
    /// How a destroyed document is retrieved: `not_found` or shown.
    #[arg(long, value_name = "HOW", value_parser = choice::<Destroyed>)]
    destroyed: Option<Destroyed>,
    /// What a list parameter outside its range gets: refused or clamped.
    #[arg(long, value_name = "HOW", value_parser = choice::<OutOfRange>)]
    out_of_range: Option<OutOfRange>,
    /// What `download_uri` holds: null or url.
    #[arg(long, value_name = "WHAT", value_parser = choice::<DownloadUri>)]
    download_uri: Option<DownloadUri>,
    /// What the body of a 413 is in the profile recorded: json or html.
    #[arg(long, value_name = "WHAT", value_parser = choice::<TooLargeBody>)]
    too_large: Option<TooLargeBody>,
    /// How JSON is written: compact or pretty.
    #[arg(long, value_name = "HOW", value_parser = choice::<Layout>)]
    layout: Option<Layout>,
    /// What members objects have: listed or extra.
    #[arg(long, value_name = "WHICH", value_parser = choice::<Members>)]
    members: Option<Members>,
    /// In which order members stand: usual or reversed.
    #[arg(long, value_name = "HOW", value_parser = choice::<MemberOrder>)]
    member_order: Option<MemberOrder>,
    /// What becomes of a connection behind an answer: kept, closed or http10.
    #[arg(long, value_name = "HOW", value_parser = choice::<Connections>)]
    connections: Option<Connections>,
    /// How long every answer takes at least, in milliseconds.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(..=600_000))]
    delay_ms: Option<u32>,
    /// The most documents that a dispute takes; without a maximum where left out.
    #[arg(long, value_name = "N")]
    max_documents: Option<u32>,
}

/// A value by its name, with the others named where it is none.
fn choice<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::String(text.to_owned())).map_err(|error| error.to_string())
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
        let (choices, variants) = (&self.choices, &mut config.variants);
        variants.destroyed = choices.destroyed.unwrap_or(variants.destroyed);
        variants.out_of_range = choices.out_of_range.unwrap_or(variants.out_of_range);
        variants.download_uri = choices.download_uri.unwrap_or(variants.download_uri);
        variants.too_large = choices.too_large.unwrap_or(variants.too_large);
        variants.layout = choices.layout.unwrap_or(variants.layout);
        variants.members = choices.members.unwrap_or(variants.members);
        variants.order = choices.member_order.unwrap_or(variants.order);
        variants.connections = choices.connections.unwrap_or(variants.connections);
        let delay = choices.delay_ms.map(|delay| Duration::from_millis(delay.into()));
        variants.delay = delay.unwrap_or(variants.delay);
        variants.max_documents = choices.max_documents.or(variants.max_documents);
        Ok(Ok(config))
    }
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
