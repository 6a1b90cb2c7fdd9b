//! Ctrl-C and SIGTERM: a run or an exploration ends with what it has, and its reports are written.

use std::process;

use rebuttal_conformance::{ExitStatus, Halt};

/// Presses the handle at the first two signals, and ends the program at the third. From this call on no signal is
/// lost: who is told afterwards that the program runs may stop it at once.
pub(crate) fn on_signals(halt: Halt) {
    let mut signals = Signals::new();
    tokio::spawn(async move {
        for hint in ["; what is under way cleans up first, once more does not wait", ""] {
            let name = signals.next().await;
            eprintln!("stopped by {name}{hint}");
            halt.press(&format!("stopped by {name}"));
        }
        signals.next().await;
        process::exit(ExitStatus::NotRun as i32);
    });
}

/// The signals that end a run; none where the system has no such thing.
#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};

        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) -> &'static str {
        async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
            let came = match signal {
                Some(signal) => signal.recv().await.is_some(),
                None => false,
            };
            if !came {
                std::future::pending::<()>().await;
            }
        }
        tokio::select! {
            () = one(&mut self.interrupt) => "Ctrl-C",
            () = one(&mut self.terminate) => "SIGTERM",
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            // There is no such signal here.
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}
