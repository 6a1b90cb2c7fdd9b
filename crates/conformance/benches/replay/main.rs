//! The whole suite beside a bare client that replays the same exchanges: what judging, lending and cleaning up add
//! to what HTTP costs anyway.
//!
//! The exchanges are taken once, by a tap between the suite and a mock. Then the suite and the bare client are run in
//! turns, each against a fresh mock in a process of its own, with as many scenarios at a time, all in the same order,
//! with the same pauses. `cargo xtask bench suite` runs it.

mod replay;
mod script;
mod tap;

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rebuttal_conformance::{Disputes, Options, Target, run, scenario};
use rebuttal_mock::{Config, Mock};
use tokio::runtime;

use replay::Tally;

/// The argument by which this program serves a mock in place of measuring.
const SERVE: &str = "--serve-a-mock";

/// How often each of the two is run, where nothing is said.
const ROUNDS: usize = 5;

fn main() {
    if env::args().any(|argument| argument == SERVE) {
        return on_this_thread(serve());
    }
    let (jobs, rounds) = (
        given("--jobs", Options::default().jobs),
        given("--rounds", ROUNDS),
    );
    eprintln!("taking the exchanges, one scenario after another: a minute or two");
    let scripts: &'static [_] = {
        let mock = Served::start();
        on_this_thread(tap::take(mock.port)).leak()
    };
    let exchanges: usize = scripts.iter().map(script::Scenario::exchanges).sum();
    let (mut suite, mut bare) = (Vec::new(), Vec::new());
    let mut tally = Tally::default();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        let mock = Served::start();
        suite.push(timed(|| on_this_thread(ask(mock.port, jobs))).0);
        let mock = Served::start();
        let target = on_this_thread(target(mock.port));
        let ready = on_this_thread(replay::ready(&target, scripts));
        let (spent, told) = timed(|| on_this_thread(replay::replay(mock.port, ready, jobs)));
        bare.push(spent);
        tally = told;
    }
    println!("# The suite beside a bare client\n");
    println!(
        "{} scenarios, {exchanges} requests, --jobs {jobs}; the bare client had {} answers of {} with the status that \
         was taken.\nThe best of {rounds} rounds.\n",
        scripts.len(),
        tally.same,
        tally.answers
    );
    println!("| | suite | bare client | ratio |\n| --- | --- | --- | --- |");
    let wall = row("time on the clock", &suite, &bare, |it| it.wall);
    row("CPU of the client alone", &suite, &bare, |it| it.cpu);
    let state = if wall <= 1.5 { "met" } else { "MISSED" };
    println!("\ngate: time on the clock, at most 1.5 times the bare client's: {state}");
}

/// The number behind an option.
fn given(option: &str, otherwise: usize) -> usize {
    let mut arguments = env::args().skip_while(|argument| argument != option).skip(1);
    let number = arguments.next().map(|number| number.parse().expect("a number"));
    number.unwrap_or(otherwise)
}

fn row(name: &str, suite: &[Spent], bare: &[Spent], of: impl Fn(&Spent) -> Duration) -> f64 {
    let best = |all: &[Spent]| all.iter().map(&of).min().unwrap_or_default();
    let (suite, bare) = (best(suite), best(bare));
    let ratio = suite.as_secs_f64() / bare.as_secs_f64();
    println!("| {name} | {suite:.2?} | {bare:.2?} | {ratio:.2} |");
    ratio
}

/// What a run took.
struct Spent {
    wall: Duration,
    cpu: Duration,
}

fn timed<T>(work: impl FnOnce() -> T) -> (Spent, T) {
    let (began, before) = (Instant::now(), cpu());
    let result = work();
    let spent = Spent {
        wall: began.elapsed(),
        cpu: cpu().saturating_sub(before),
    };
    (spent, result)
}

/// The CPU time of this thread, which does all the work here; nothing where the system does not tell.
fn cpu() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn on_this_thread<T>(future: impl Future<Output = T>) -> T {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

async fn ask(port: u16, jobs: usize) {
    let options = Options {
        jobs,
        ..Options::default()
    };
    let library = scenario::embedded().expect("the suite");
    let run = run(target(port).await, library, &options, |_| {}).await;
    let status = run.expect("a run").report.exit_status();
    assert_eq!(status, rebuttal_conformance::ExitStatus::Pass, "a sound mock");
}

/// A mock in a process of its own; it ends with this value.
struct Served {
    process: Child,
    port: u16,
}

impl Served {
    fn start() -> Self {
        let program = env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a mock");
        let told = BufReader::new(process.stdout.take().expect("its output"))
            .lines()
            .next();
        let port = told.and_then(|line| line.ok()?.parse().ok()).expect("its port");
        Self { process, port }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves a mock until nobody listens any more.
async fn serve() {
    let mock = Mock::start(Config::default()).await.expect("a mock");
    println!("{}", mock.address().port());
    std::future::pending::<()>().await;
}

/// The mock at a port. All mocks have the same records, since they have the same seed.
async fn target(port: u16) -> Target {
    let twin = Mock::start(Config::default()).await.expect("a mock");
    let target = twin.target();
    Target {
        endpoint: format!("http://127.0.0.1:{port}").parse().expect("a URL"),
        secret: target.secret,
        public: Some(target.public),
        other_secret: Some(target.other_secret),
        disputes: Disputes {
            open: target.disputes.open,
            pending: target.disputes.pending,
            won: target.disputes.won,
            lost: target.disputes.lost,
            foreign: target.disputes.foreign,
        },
        charges: target.charges,
    }
}
