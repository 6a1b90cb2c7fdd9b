//! `rebuttal mock`: serves the API on this machine.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Args;
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::Profile;

use crate::output;

/// Where to listen, and what to speak.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// The port to listen on; 0 lets the system choose.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The reading of the contract to speak: documented or recorded.
    #[arg(long, default_value_t = Profile::Documented)]
    profile: Profile,
    /// Writes a target file for `rebuttal conformance --target`, with the keys and the seeded disputes.
    #[arg(long, value_name = "FILE")]
    target_out: Option<PathBuf>,
    /// What keys and ids are made from: the same seed makes the same ones.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Keeps everything in this file (SQLite): a restart or a kill loses nothing that was answered 200.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Breaks the contract in this one way.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    /// Lists the faults that can be ordered, each with the clause it breaks.
    #[arg(long)]
    list_faults: bool,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list_faults {
        output::print(&faults())?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(arguments))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(arguments: &Arguments) -> Result<()> {
    let config = Config {
        host: arguments.host,
        port: arguments.port,
        seed: arguments.seed,
        profile: arguments.profile,
        fault: arguments.fault,
        state: arguments.state.clone(),
        ..Config::default()
    };
    let place = format!("{}:{}", arguments.host, arguments.port);
    #[cfg(unix)]
    if arguments.state.is_some() {
        bear_a_limit_of_file_size()?;
    }
    let mock = match Mock::start(config).await {
        // What is not the system's about the address says by itself what it is about: the state file.
        Err(error) if error.kind() == std::io::ErrorKind::Other => return Err(error.into()),
        started => started.with_context(|| format!("cannot listen on {place}"))?,
    };
    let target = mock.target();
    if let Some(path) = &arguments.target_out {
        output::write_file(path, &target.to_toml())?;
    }
    output::print(&format!("listening on {}\n", mock.url()))?;
    if let Some(fault) = arguments.fault {
        eprintln!("with the fault {fault}: {}", fault.description());
    }
    eprintln!(
        "accounts, keys and seeded disputes are the same for the same --seed; --target-out FILE names them"
    );
    stopped().await?;
    eprintln!("stopping: running requests finish first");
    mock.shutdown().await;
    Ok(())
}

/// Has a write over the limit (`ulimit -f`) fail like one on a full disk, in place of ending the program.
#[cfg(unix)]
fn bear_a_limit_of_file_size() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    /// SIGXFSZ, on Linux, macOS and the BSDs.
    const OVER_THE_LIMIT: i32 = 25;
    signal(SignalKind::from_raw(OVER_THE_LIMIT))
        .map(drop)
        .context("cannot wait for SIGXFSZ")
}

/// Waits for Ctrl-C, or for the signal that a supervisor sends.
async fn stopped() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result.context("cannot wait for Ctrl-C"),
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")
}

fn faults() -> String {
    let width = Fault::ALL
        .iter()
        .map(|fault| fault.as_str().len())
        .max()
        .unwrap_or(0);
    Fault::ALL.iter().fold(String::new(), |mut text, fault| {
        let _ = writeln!(
            text,
            "{:<width$}  {:<28}  {}",
            fault.as_str(),
            fault.clause().id,
            fault.description()
        );
        text
    })
}
