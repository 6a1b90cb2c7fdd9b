//! What clients may take of a mock, as switches.

use std::time::Duration;

use clap::Args;
use rebuttal_mock::Limits;

/// So many files are open besides connections.
const OTHER_FILES: usize = 64;

/// Bounds, so that no client harms the others.
#[derive(Args)]
#[command(next_help_heading = "What clients may take")]
pub(crate) struct LimitArguments {
    /// Connections at a time; for one more the one is closed that has waited longest for its client [default: 1024].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_connections: Option<u32>,
    /// Files and uploads under way in all, in MiB; what is more is answered 503 with Retry-After [default: 1024].
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    max_memory: Option<u64>,
    /// The head of a request, in KiB [default: 64].
    #[arg(long, value_name = "KIB", value_parser = clap::value_parser!(u32).range(8..=1024))]
    max_head: Option<u32>,
    /// How long the head of a request may take, in seconds, and the wait for the next one [default: 30].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    head_timeout: Option<u64>,
    /// How long a client may pause within a body, in seconds [default: 30].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    body_pause: Option<u64>,
    /// How long a body may take in all, in seconds [default: 600].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    body_timeout: Option<u64>,
    /// How long running requests may take to finish once the mock is told to stop, in seconds [default: 30].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3600))]
    stop_timeout: Option<u64>,
}

impl LimitArguments {
    /// The limits, and those of `base` where nothing is said.
    pub(crate) fn limits(&self, base: Limits) -> Limits {
        let seconds = |said: Option<u64>, base| said.map_or(base, Duration::from_secs);
        let head = self.max_head.and_then(|kib| usize::try_from(kib).ok());
        Limits {
            connections: self.connections(base.connections),
            memory: self.max_memory.map_or(base.memory, |mib| mib * 1024 * 1024),
            head_bytes: head.map_or(base.head_bytes, |kib| kib * 1024),
            head_timeout: seconds(self.head_timeout, base.head_timeout),
            body_idle: seconds(self.body_pause, base.body_idle),
            body_total: seconds(self.body_timeout, base.body_total),
            shutdown: seconds(self.stop_timeout, base.shutdown),
            ..base
        }
    }

    /// As many as were asked for, or as the system lets this process have.
    fn connections(&self, base: usize) -> usize {
        let asked = self
            .max_connections
            .map_or(base, |number| usize::try_from(number).unwrap_or(usize::MAX));
        let Some(files) = open_files(asked.saturating_add(OTHER_FILES)) else {
            return asked;
        };
        let possible = files.saturating_sub(OTHER_FILES).max(1);
        if possible < asked {
            eprintln!(
                "the system lets this process have {files} open files: {possible} connections at a time"
            );
        }
        asked.min(possible)
    }
}

/// Asks for so many open files; how many there may be then, where there is a bound.
#[cfg(unix)]
fn open_files(wanted: usize) -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(wanted).ok()?;
    let current = now.current?;
    if current < wanted {
        let raised = now.maximum.map_or(wanted, |most| most.min(wanted));
        let asked = Rlimit {
            current: Some(raised),
            maximum: now.maximum,
        };
        // Where it is refused there are as many as before.
        let _ = setrlimit(Resource::Nofile, asked);
    }
    usize::try_from(getrlimit(Resource::Nofile).current?).ok()
}

#[cfg(not(unix))]
fn open_files(_wanted: usize) -> Option<usize> {
    None
}
