//! `rebuttal mock`: serves the API on this machine.

mod settings;

use std::{fmt::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use rebuttal_mock::{Config, Fault, Mock, control};

use crate::output;

/// Where to listen, and what to speak.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Writes a target file for `rebuttal conformance --target`, with the keys and the seeded disputes.
    #[arg(long, value_name = "FILE")]
    target_out: Option<PathBuf>,
    /// Lists the faults that can be ordered, each with the clause it breaks.
    #[arg(long)]
    list_faults: bool,
    #[command(flatten)]
    settings: settings::Settings,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list_faults {
        output::print(&faults())?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let config = match arguments.settings.config()? {
        Ok(config) => config,
        Err(status) => return Ok(status),
    };
    runtime.block_on(serve(arguments, config))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(arguments: &Arguments, config: Config) -> Result<()> {
    let place = format!("{}:{}", config.host, config.port);
    let fault = config.fault;
    let mock = Mock::start(config)
        .await
        .with_context(|| format!("cannot listen on {place}"))?;
    let target = mock.target();
    if let Some(path) = &arguments.target_out {
        output::write_file(path, &target.to_toml())?;
    }
    output::print(&format!("listening on {}\n", mock.url()))?;
    eprintln!("steer it at {}{}", mock.url(), control::PREFIX);
    if let Some(fault) = fault {
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
