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
    /// Connections at a time; for one more the one is closed that has waited longest for its client.
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_connections: u32,
    /// Files and uploads under way in all, in MiB; what is more is answered 503 with Retry-After.
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    max_memory: u64,
    /// The head of a request, in KiB.
    #[arg(long, value_name = "KIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(8..=1024))]
    max_head: u32,
    /// How long the head of a request may take, in seconds, and the wait for the next one.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    head_timeout: u64,
    /// How long a client may pause within a body, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    body_pause: u64,
    /// How long a body may take in all, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    body_timeout: u64,
    /// How long running requests may take to finish once the mock is told to stop, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3600))]
    stop_timeout: u64,
}

impl LimitArguments {
    pub(crate) fn limits(&self, download: Duration) -> Limits {
        Limits {
            connections: self.connections(),
            memory: self.max_memory * 1024 * 1024,
            head_bytes: usize::try_from(self.max_head).unwrap_or(64) * 1024,
            head_timeout: Duration::from_secs(self.head_timeout),
            body_idle: Duration::from_secs(self.body_pause),
            body_total: Duration::from_secs(self.body_timeout),
            shutdown: Duration::from_secs(self.stop_timeout),
            download,
            ..Limits::default()
        }
    }

    /// As many as were asked for, or as the system lets this process have.
    fn connections(&self) -> usize {
        let asked = usize::try_from(self.max_connections).unwrap_or(usize::MAX);
        let Some(files) = open_files(asked + OTHER_FILES) else {
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
