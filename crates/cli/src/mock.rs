//! `rebuttal mock`: serves the API on this machine.

mod env;
mod settings;
mod stop;
mod variants;

use std::{
    fmt::Write,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use etcetera::BaseStrategy;
use rebuttal_conformance::ExitStatus;
use rebuttal_mock::{Authority, Clock, Config, Fault, Mock, TlsOptions, control};

use self::stop::Stop;
use crate::output::{self, BAD};

/// Where to listen, and what to speak.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: settings::Settings,
    /// Accepts an address that others than this machine can reach. Whoever reaches it can read and change everything
    /// that the mock holds: its keys are no secret.
    #[arg(long)]
    listen_to_others: bool,
    /// Writes a target file for `rebuttal conformance --target`, with the keys and the seeded disputes.
    #[arg(long, value_name = "FILE")]
    target_out: Option<PathBuf>,
    /// Keeps everything in this file (SQLite): a restart or a kill loses nothing that was answered 200.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
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
    /// Lists the faults that can be ordered, each with the clause it breaks.
    #[arg(long)]
    list_faults: bool,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list_faults {
        output::print(&faults())?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = match arguments.settings.config()? {
        Ok(config) => config,
        Err(status) => return Ok(status),
    };
    if arguments.print_env {
        let address = SocketAddr::new(config.host, config.port);
        return print_env(arguments, address).map(|()| ExitCode::SUCCESS);
    }
    if !config.host.is_loopback() && !arguments.listen_to_others {
        bail!(
            "{} can be reached by other machines, whose users could read and change what the mock holds: use 127.0.0.1 \
             or ::1, or say --listen-to-others",
            config.host
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let config = Config {
        state: arguments.state.clone(),
        tls: tls(arguments)?,
        ..config
    };
    runtime.block_on(serve(arguments, config))
}

async fn serve(arguments: &Arguments, config: Config) -> Result<ExitCode> {
    let mut stop = Stop::new()?;
    #[cfg(unix)]
    if arguments.state.is_some() {
        bear_a_limit_of_file_size()?;
    }
    let place = SocketAddr::new(config.host, config.port);
    let fault = config.fault;
    let mock = match Mock::start(config).await {
        Ok(mock) => mock,
        Err(error) => return refuse_to_start(place, error),
    };
    let target = mock.target();
    if let Some(path) = &arguments.target_out {
        output::write_secret_file(path, &target.to_toml())?;
    }
    output::print(&format!("listening on {}\n", mock.url()))?;
    eprintln!("steer it at {}{}", mock.url(), control::PREFIX);
    if let Some(fault) = fault {
        eprintln!("with the fault {fault}: {}", fault.description());
    }
    eprintln!(
        "accounts, keys and seeded disputes are the same for the same --seed; --target-out FILE names them"
    );
    let signal = stop.next().await?;
    eprintln!("stopped by {signal}: running requests finish first, once more does not wait");
    tokio::select! {
        () = mock.shutdown() => {}
        again = stop.next() => eprintln!("stopped by {} at once", again?),
    }
    Ok(ExitCode::SUCCESS)
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

/// Says why nothing listens; the command line is not wrong where the place is taken or not there.
fn refuse_to_start(place: SocketAddr, error: io::Error) -> Result<ExitCode> {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "; another program has it: choose another --port, or 0 to have one chosen"
        }
        io::ErrorKind::AddrNotAvailable => "; this machine has no such address: choose another --host",
        io::ErrorKind::PermissionDenied => "; ports below 1024 need a right: choose another --port",
        // About something else, and says what.
        _ => return Err(error.into()),
    };
    anstream::eprintln!("{BAD}error{BAD:#}: cannot listen on {place}: {error}{hint}");
    Ok(output::exit(ExitStatus::NotRun))
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

fn print_env(arguments: &Arguments, address: SocketAddr) -> Result<()> {
    if address.port() == 0 {
        bail!("expected --print-env with the --port that the mock will have, found none");
    }
    let folder = state_dir(arguments)?;
    let authority = Authority::open(&folder, Clock::System.now())?;
    let ca = authority.certificate();
    let beside = |name: &str| ca.with_file_name(name);
    let node = beside(env::NODE_FILE);
    write_if_new(&node, env::node_preload())?;
    output::print(&env::lines(address, ca, &node, &beside("ca.p12")))
}

fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    output::write_file(path, text)
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
