//! `rebuttal record`: a proxy on loopback that judges both sides of every exchange, and keeps them as scenarios.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use rebuttal_conformance::{
    Endpoint, Halt, Limits,
    record::{Line, Options, Proxy, RecordError, Teller},
};
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::Profile;
use tokio::sync::Notify;

use crate::{
    halt,
    output::{self, BAD, exit},
};

/// Where to listen, where requests go, and where to put what is recorded.
#[derive(Args)]
#[command(
    after_help = "Give the SDK the address that is printed, in place of the API's; it needs no other change. Each request \
is held against the contract and sent on, each answer too; Ctrl-C ends the recording.\n\nExit status: 0 when neither side \
breaks a MUST; 1 when one does; 2 on wrong use, an address or a folder that cannot be used; 3 when the upstream did not answer, or something \
could not be saved; 4 when there was no exchange."
)]
pub(crate) struct Arguments {
    /// Where requests go, such as <https://api.omise.co>. Without it: the embedded mock.
    #[arg(long, value_name = "URL")]
    upstream: Option<Endpoint>,
    /// The folder for scenarios and the files they send, new or empty. Without it nothing is saved.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The address to listen on; port 0 lets the system choose.
    #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))]
    listen: SocketAddr,
    /// Accepts an address that others than this machine can reach. What they send is sent on.
    #[arg(long)]
    listen_to_others: bool,
    /// The form of what is printed: for people, or for programs one object a line.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Ends the recording after so many exchanges.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    exchanges: Option<u64>,
    /// How long to wait for an answer of the upstream, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Sends requests with a live key on; needs --change-real-disputes too.
    #[arg(long)]
    live_key: bool,
    /// Accepts that clients change disputes about real money; needs --live-key too.
    #[arg(long)]
    change_real_disputes: bool,
    /// The profile that the embedded mock speaks: documented or recorded.
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::Documented, conflicts_with = "upstream")]
    mock_profile: Profile,
    /// The fault that the embedded mock has; `rebuttal mock --list-faults` names them.
    #[arg(long, value_name = "NAME", conflicts_with = "upstream")]
    mock_fault: Option<Fault>,
    /// Writes a target file with the embedded mock's keys and disputes, and the address of the proxy.
    #[arg(long, value_name = "FILE", conflicts_with = "upstream")]
    target_out: Option<PathBuf>,
}

/// A form of what is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// The longest answer that is passed on, in bytes.
const MOST_ANSWER_BYTES: usize = 16 * 1024 * 1024;

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    if !arguments.listen.ip().is_loopback() && !arguments.listen_to_others {
        bail!(
            "{} can be reached by other machines, and what they send would be sent on: use 127.0.0.1 or [::1], or say \
             --listen-to-others",
            arguments.listen
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(record(arguments));
    // What still reads a client's last bytes need not be waited for.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended
}

async fn record(arguments: &Arguments) -> Result<ExitCode> {
    let mock = match &arguments.upstream {
        Some(_) => None,
        None => Some(start_mock(arguments).await?),
    };
    let upstream = match (&arguments.upstream, &mock) {
        (Some(upstream), _) => upstream.clone(),
        (None, Some(mock)) => mock.url().parse()?,
        (None, None) => bail!("there is no upstream"),
    };
    let options = Options {
        listen: arguments.listen,
        upstream,
        limits: Limits {
            answer: Duration::from_secs(arguments.timeout),
            answer_bytes: MOST_ANSWER_BYTES,
            ..Limits::default()
        },
        live: arguments.live_key && arguments.change_real_disputes,
        out: arguments.out.clone(),
    };
    let halt = Halt::default();
    halt::on_signals(halt.clone());
    let printer: &'static Printer = Box::leak(Box::new(Printer::new(arguments)));
    let proxy = match Proxy::start(options, |line| printer.print(line)).await {
        Ok(proxy) => proxy,
        Err(error @ RecordError::Upstream(_)) => {
            let reason = output::without_keys(&error.to_string());
            anstream::eprintln!("{BAD}error{BAD:#}: {reason}");
            return Ok(exit(rebuttal_conformance::ExitStatus::NotRun));
        }
        Err(error) => return Err(error.into()),
    };
    if let (Some(path), Some(mock)) = (&arguments.target_out, &mock) {
        let mut target = mock.target();
        target.url = proxy.url();
        output::write_secret_file(path, &target.to_toml())?;
    }
    tokio::select! {
        () = halt.wait() => {}
        () = printer.done.notified() => {}
    }
    let summary = proxy.shutdown().await;
    if let Some(mock) = mock {
        mock.shutdown().await;
    }
    printer.next_steps(arguments, &summary.saved)?;
    Ok(exit(summary.exit_status()))
}

async fn start_mock(arguments: &Arguments) -> Result<Mock> {
    let config = Config {
        profile: arguments.mock_profile,
        fault: arguments.mock_fault,
        ..Config::default()
    };
    Mock::start(config)
        .await
        .context("cannot start the embedded mock")
}

/// Prints what happens while it does.
struct Printer {
    format: Format,
    teller: Mutex<Teller>,
    exchanges: AtomicU64,
    most: u64,
    /// Whether nobody reads any more.
    is_deaf: AtomicBool,
    done: Notify,
}

impl Printer {
    fn new(arguments: &Arguments) -> Self {
        Self {
            format: arguments.format,
            teller: Mutex::default(),
            exchanges: AtomicU64::new(0),
            most: arguments.exchanges.unwrap_or(u64::MAX),
            is_deaf: AtomicBool::new(false),
            done: Notify::new(),
        }
    }

    fn print(&self, line: &Line) {
        let text = match self.format {
            Format::Human => self
                .teller
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .tell(line),
            Format::Json => line.json(),
        };
        // A recording goes on when nobody reads what it prints: the client is not to blame.
        if !self.is_deaf.load(Ordering::Relaxed)
            && !matches!(output::offer(&output::without_keys(&text)), Ok(true))
        {
            self.is_deaf.store(true, Ordering::Relaxed);
        }
        let is_exchange = matches!(line, Line::Exchange(_));
        if is_exchange && self.exchanges.fetch_add(1, Ordering::Relaxed) + 1 >= self.most {
            self.done.notify_one();
        }
    }

    /// How to ask an endpoint the same again.
    fn next_steps(&self, arguments: &Arguments, saved: &[String]) -> Result<()> {
        let (Some(out), Format::Human, false) = (&arguments.out, self.format, saved.is_empty()) else {
            return Ok(());
        };
        let place = if arguments.upstream.is_some() {
            " --target target.toml"
        } else {
            ""
        };
        let folder = out.display();
        output::print(&output::without_keys(&format!(
            "replay     rebuttal conformance --scenarios {folder}{place}\n"
        )))
    }
}
