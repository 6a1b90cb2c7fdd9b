//! The one binary of the project: a file per subcommand, no logic of its own.

mod check;
mod clauses;
mod conformance;
mod explain;
mod mock;
mod output;
mod progress;
mod schema;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The executable contract of a Dispute Documents API: hold an endpoint against it, mock it, check files.
#[derive(Parser)]
#[command(name = "rebuttal", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replays scenarios against an endpoint (or the embedded mock) and says clause by clause what holds.
    Conformance(Box<conformance::Arguments>),
    /// Serves the API on this machine, to develop against.
    Mock(mock::Arguments),
    /// Says whether files can be evidence, and what to do about those that cannot.
    Check(check::Arguments),
    /// Shows what stands where in an upload, and what is wrong with it.
    Explain(explain::Arguments),
    /// Prints a published JSON Schema or data file.
    Schema(schema::Arguments),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Conformance(arguments) => conformance::main(&arguments),
        Command::Mock(arguments) => mock::main(&arguments),
        Command::Check(arguments) => check::main(&arguments),
        Command::Explain(arguments) => explain::main(&arguments),
        Command::Schema(arguments) => schema::main(&arguments),
    };
    result.unwrap_or_else(|error| {
        // Without a backtrace: what went wrong is the user's to mend, not ours.
        anstream::eprintln!("{}error{}: {error:#}", output::BAD, output::BAD.render_reset());
        ExitCode::from(2)
    })
}
