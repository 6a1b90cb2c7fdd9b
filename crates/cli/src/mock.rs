//! `rebuttal mock`: serves the API on this machine.

mod env;
mod variants;

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use etcetera::BaseStrategy;
use rebuttal_mock::{Authority, Clock, Config, Fault, Limits, Mock, TlsOptions};
use rebuttal_model::Profile;

use self::variants::VariantArguments;
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
    /// Speaks TLS too, with a certificate for localhost and api.omise.co; CONNECT leads here.
    #[arg(long)]
    tls: bool,
    /// Takes HTTPS only; without it the port takes HTTP as well.
    #[arg(long, requires = "tls")]
    tls_only: bool,
    /// The folder for what outlives the mock: the authority of --tls. By default one of the user's own.
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// Prints lines for `eval` that lead clients of this shell to a mock with --tls and this --port, and ends.
    #[arg(long, requires = "tls")]
    print_env: bool,
    /// Breaks the contract in this one way.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    /// Lists the faults that can be ordered, each with the clause it breaks.
    #[arg(long)]
    list_faults: bool,
    #[command(flatten)]
    choices: VariantArguments,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list_faults {
        output::print(&faults())?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.print_env {
        return print_env(arguments).map(|()| ExitCode::SUCCESS);
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
        variants: arguments.choices.variants(),
        limits: Limits {
            download: arguments.choices.download_lasts(),
            ..Limits::default()
        },
        tls: tls(arguments)?,
        ..Config::default()
    };
    let place = format!("{}:{}", arguments.host, arguments.port);
    let mock = Mock::start(config)
        .await
        .with_context(|| format!("cannot listen on {place}"))?;
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

fn tls(arguments: &Arguments) -> Result<Option<TlsOptions>> {
    if !arguments.tls {
        return Ok(None);
    }
    let state = state_dir(arguments)?;
    let only = arguments.tls_only;
    Ok(Some(TlsOptions { state, only }))
}

/// The folder for what outlives the mock.
fn state_dir(arguments: &Arguments) -> Result<PathBuf> {
    if let Some(folder) = &arguments.state_dir {
        return Ok(folder.clone());
    }
    let folders =
        etcetera::choose_base_strategy().context("cannot find the home folder: give --state-dir")?;
    let parent = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Ok(parent.join("rebuttal"))
}

fn print_env(arguments: &Arguments) -> Result<()> {
    if arguments.port == 0 {
        bail!("expected --print-env with the --port that the mock will have, found none");
    }
    let folder = state_dir(arguments)?;
    let authority = Authority::open(&folder, Clock::System.now())?;
    let ca = authority.certificate();
    let beside = |name: &str| ca.with_file_name(name);
    let node = beside(env::NODE_FILE);
    write_if_new(&node, env::node_preload())?;
    let address = SocketAddr::new(arguments.host, arguments.port);
    output::print(&env::lines(address, ca, &node, &beside("ca.p12")))
}

fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    output::write_file(path, text)
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
