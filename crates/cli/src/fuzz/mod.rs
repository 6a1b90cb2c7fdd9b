//! `rebuttal fuzz`: sends an endpoint what nobody sends, and holds it to what it owes whatever was sent.

mod consent;
mod write;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use clap::{Args, ValueEnum};
use rebuttal_conformance::{
    CampaignOptions, CampaignProgress, Campaigned, ExitStatus, Halt, InvalidRate, Limits, Rate, campaign,
};

use crate::{
    endpoint::{self, EndpointArguments},
    halt,
    output::{self, BAD, exit},
    seed,
};

/// How long a campaign lasts where nothing says so, in seconds.
const USUAL_SECONDS: u64 = 10;

/// What to send, how fast, and where to put what is found.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 nothing was found; 1 something was; 2 the command line or the target file is wrong; 3 \
something could not be asked, or it was stopped; 4 nothing was sent.\n\nThe same --seed sends the same inputs in the same \
order: first everything of a catalogue, then mixtures. What is uploaded is destroyed again. Each finding is tried again, \
made small, and written as a scenario that `rebuttal conformance --scenarios DIR` replays."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    endpoint: EndpointArguments,
    /// Sends no further input after this time, in seconds; 10 where --requests is not given either.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    seconds: Option<u64>,
    /// Sends so many inputs at most; lists and clean-up are not counted.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    requests: Option<u64>,
    /// Sends at most so many requests a second, evenly; or in another time: 30/m, 600/h. All count: lists and clean-up
    /// too.
    #[arg(long, value_name = "R", value_parser = rate)]
    rate: Option<Rate>,
    /// What the inputs are made from; chosen by the clock, and printed, where not given.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// How long an answer may take, in seconds: one that takes longer is a finding.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// How long the endpoint may make it wait in all, in seconds: a 429 and its Retry-After are waited for, and a 502,
    /// 503 or 504 is backed off from.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    patience: u64,
    /// Consents to a campaign against this host, which is not this machine; it has to be the target's.
    #[arg(long, value_name = "HOST", display_order = 899)]
    allow_host: Option<String>,
    /// The folder for the scenarios of what is found.
    #[arg(long, value_name = "DIR", default_value = "fuzzed")]
    out: PathBuf,
    /// The form of the report.
    #[arg(
        long,
        visible_alias = "report",
        value_name = "FORMAT",
        default_value = "human"
    )]
    format: Format,
}

/// A form of report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// A rate; a bare number is one in a second.
fn rate(text: &str) -> Result<Rate, InvalidRate> {
    let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if bare {
        format!("{text}/s").parse()
    } else {
        text.parse()
    }
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(ask(arguments))
}

async fn ask(arguments: &Arguments) -> Result<ExitCode> {
    let allowed = arguments.allow_host.as_deref();
    // Before anything is asked: finding out which disputes there are is a request too.
    consent::given_for(arguments.endpoint.endpoint.as_deref(), allowed)?;
    let limits = Limits {
        answer: Duration::from_secs(arguments.timeout),
        rate: arguments.rate,
        patience: Duration::from_secs(arguments.patience),
        ..Limits::default()
    };
    let (target, mock) = match endpoint::resolve(&arguments.endpoint, limits).await {
        Ok(found) => found,
        Err(refused) => return refused.tell(),
    };
    consent::given(&target.endpoint, allowed)?;
    let endless = arguments.requests.is_none() && arguments.seconds.is_none();
    let seconds = arguments.seconds.or(endless.then_some(USUAL_SECONDS));
    let options = CampaignOptions {
        profiles: arguments.endpoint.profile.0.clone(),
        limits,
        seed: arguments.seed.unwrap_or_else(seed::of_the_clock),
        requests: arguments.requests,
        time: seconds.map(Duration::from_secs),
        halt: Halt::default(),
        locks: endpoint::locks(mock.as_ref()),
    };
    halt::on_signals(options.halt.clone());
    let known = arguments.requests.and_then(|it| usize::try_from(it).ok());
    let bar = crate::progress::bar(known.unwrap_or(0));
    if known.is_none() {
        bar.unset_length();
    }
    let seed = options.seed;
    bar.set_message(format!("seed {seed}"));
    let finished = campaign(target, &options, |progress| match progress {
        CampaignProgress::Sent { inputs, findings } => {
            bar.set_position(inputs);
            bar.set_message(format!("seed {seed}, {findings} findings"));
        }
        CampaignProgress::Shrinking { tries } => {
            bar.set_message(format!("seed {seed}, making a finding smaller: {tries} tries"));
        }
    })
    .await;
    bar.finish_and_clear();
    let embedded = mock.is_some();
    if let Some(mock) = mock {
        mock.shutdown().await;
    }
    match finished {
        Ok(mut campaigned) => {
            if embedded {
                // It is gone, with all that it held.
                campaigned.report.left_behind.clear();
            }
            tell(arguments, campaigned)
        }
        Err(error) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {error}");
            Ok(exit(ExitStatus::NotRun))
        }
    }
}

fn tell(arguments: &Arguments, mut campaigned: Campaigned) -> Result<ExitCode> {
    let written = write::findings(&arguments.out, &mut campaigned.report.findings);
    output::print(&match arguments.format {
        Format::Human => campaigned.human() + &next_steps(arguments, &campaigned),
        Format::Json => campaigned.json(),
    })?;
    written?;
    Ok(exit(campaigned.report.exit_status()))
}

/// The commands that repeat what was found.
fn next_steps(arguments: &Arguments, campaigned: &Campaigned) -> String {
    let report = &campaigned.report;
    if report.findings.is_empty() {
        return String::new();
    }
    let place = arguments.endpoint.again();
    let should = report
        .findings
        .iter()
        .any(|it| it.level != rebuttal_model::Level::Must);
    let strict = if should { " --strict" } else { "" };
    let host = arguments.allow_host.as_ref();
    let allowed = host
        .map(|host| format!(" --allow-host {host}"))
        .unwrap_or_default();
    let last = report
        .findings
        .iter()
        .map(|it| it.input)
        .max()
        .unwrap_or_default();
    let (seed, out) = (report.seed, arguments.out.display());
    format!(
        "replay      rebuttal conformance --scenarios {out}{strict}{place}\n\
         find again  rebuttal fuzz --seed {seed} --requests {last}{place}{allowed}\n"
    )
}
