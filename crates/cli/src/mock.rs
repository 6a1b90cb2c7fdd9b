//! `rebuttal mock`: serves the API on this machine.

mod env;
mod limits;
mod logs;
mod stop;
mod tls;
mod variants;

use std::{
    fmt::Write,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use rebuttal_conformance::ExitStatus;
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::Profile;

use self::{
    limits::LimitArguments, logs::LogArguments, stop::Stop, tls::TlsArguments, variants::VariantArguments,
};
use crate::output::{self, BAD};

/// Where to listen, and what to speak.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The address to listen on, or localhost.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_parser = host)]
    host: IpAddr,
    /// Accepts an address that others than this machine can reach. Whoever reaches it can read and change everything
    /// that the mock holds: its keys are no secret.
    #[arg(long)]
    listen_to_others: bool,
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
    #[command(flatten)]
    tls: TlsArguments,
    /// Breaks the contract in this one way.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    /// Lists the faults that can be ordered, each with the clause it breaks.
    #[arg(long)]
    list_faults: bool,
    /// Takes keys of live mode; without it a request with one is refused unread.
    #[arg(long)]
    accept_live_keys: bool,
    #[command(flatten)]
    logs: LogArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    choices: VariantArguments,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list_faults {
        output::print(&faults())?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.tls.print_env {
        let address = SocketAddr::new(arguments.host, arguments.port);
        return arguments.tls.print_env(address).map(|()| ExitCode::SUCCESS);
    }
    if !arguments.host.is_loopback() && !arguments.listen_to_others {
        bail!(
            "{} can be reached by other machines, whose users could read and change what the mock holds: use 127.0.0.1 \
             or ::1, or say --listen-to-others",
            arguments.host
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> Result<ExitCode> {
    arguments.logs.begin();
    let mut stop = Stop::new()?;
    let config = Config {
        host: arguments.host,
        port: arguments.port,
        seed: arguments.seed,
        profile: arguments.profile,
        fault: arguments.fault,
        state: arguments.state.clone(),
        variants: arguments.choices.variants(),
        limits: arguments.limits.limits(arguments.choices.download_lasts()),
        live_keys: arguments.accept_live_keys,
        tls: arguments.tls.options()?,
        ..Config::default()
    };
    #[cfg(unix)]
    if arguments.state.is_some() {
        bear_a_limit_of_file_size()?;
    }
    let mock = match Mock::start(config).await {
        Ok(mock) => mock,
        Err(error) => return refuse_to_start(arguments, error),
    };
    let target = mock.target();
    if let Some(path) = &arguments.target_out {
        output::write_secret_file(path, &target.to_toml())?;
    }
    output::print(&format!("listening on {}\n", mock.url()))?;
    if let Some(fault) = arguments.fault {
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
fn refuse_to_start(arguments: &Arguments, error: io::Error) -> Result<ExitCode> {
    let place = SocketAddr::new(arguments.host, arguments.port);
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
