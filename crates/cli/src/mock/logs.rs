//! What a mock says while it runs, on stderr: one line for each request, for people or for programs.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use crate::output;

/// How much is told, and how.
#[derive(Args)]
pub(crate) struct LogArguments {
    /// Tells each request on stderr; twice tells connections too. Keys, headers and bodies are never told.
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
    /// The form of what is told: for people, or for programs one object a line.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    log_format: LogFormat,
}

/// A form of what is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum LogFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl LogArguments {
    /// From here on what happens is told.
    pub(crate) fn begin(&self) {
        let level = match self.verbose {
            0 => LevelFilter::WARN,
            1 => LevelFilter::INFO,
            _ => LevelFilter::DEBUG,
        };
        let logs = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(Masked)
            .with_target(false);
        // There is one mock in the life of a process.
        let _ = match self.log_format {
            LogFormat::Human => logs.with_ansi(false).try_init(),
            LogFormat::Json => logs.json().flatten_event(true).try_init(),
        };
    }
}

/// Writes to stderr what passes the mask of all that is written.
struct Masked;

impl MakeWriter<'_> for Masked {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

impl Write for Masked {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A line comes as a whole.
        let text = output::without_keys(&String::from_utf8_lossy(line));
        io::stderr().write_all(text.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
