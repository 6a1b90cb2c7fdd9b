//! The one binary of the project: a file per subcommand, no logic of its own.

mod check;
mod clause;
mod clauses;
mod compare;
mod conformance;
mod endpoint;
mod explain;
mod explore;
mod fuzz;
mod halt;
mod mock;
mod output;
mod progress;
mod record;
mod report;
mod reports;
mod rounds;
mod schema;
mod seed;
mod selecting;
mod shown;

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
    /// Tries random sequences of operations on an endpoint (or the embedded mock), and makes a scenario of what fails.
    Explore(Box<explore::Arguments>),
    /// Sends an endpoint (or the embedded mock) broken and hostile requests, and makes scenarios of what it cannot take.
    Fuzz(Box<fuzz::Arguments>),
    /// Holds two endpoints, or one today and yesterday, against the contract and against each other.
    Compare(Box<compare::Arguments>),
    /// Explains clauses of the contract: statement, sources, scenarios, faults, known deviations.
    Clause(clause::Arguments),
    /// Judges what a client sends and what an endpoint answers, as a proxy between them, and makes scenarios of it.
    Record(Box<record::Arguments>),
    /// Reads JSON reports again: shows one in another form, or compares two.
    Report(report::Arguments),
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
    std::panic::set_hook(Box::new(|panic| eprintln!("{}", output::panic_text(panic))));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_use(&error),
    };
    let result = match cli.command {
        Command::Conformance(arguments) => conformance::main(&arguments),
        Command::Explore(arguments) => explore::main(&arguments),
        Command::Fuzz(arguments) => fuzz::main(&arguments),
        Command::Compare(arguments) => compare::main(&arguments),
        Command::Clause(arguments) => clause::main(&arguments),
        Command::Record(arguments) => record::main(&arguments),
        Command::Report(arguments) => report::main(&arguments),
        Command::Mock(arguments) => mock::main(&arguments),
        Command::Check(arguments) => check::main(&arguments),
        Command::Explain(arguments) => explain::main(&arguments),
        Command::Schema(arguments) => schema::main(&arguments),
    };
    result.unwrap_or_else(|error| {
        // Without a backtrace: what went wrong is the user's to mend, not ours.
        let told = output::without_keys(&format!("{error:#}"));
        anstream::eprintln!("{}error{}: {told}", output::BAD, output::BAD.render_reset());
        ExitCode::from(2)
    })
}

/// What clap says of the command line, which may hold a key where none belongs.
fn wrong_use(error: &clap::Error) -> ExitCode {
    let told = error.render().to_string();
    let masked = output::without_keys(&told);
    if masked == told {
        error.exit();
    }
    eprint!("{masked}");
    ExitCode::from(2)
}
