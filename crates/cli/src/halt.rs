//! Ctrl-C and SIGTERM: a run or an exploration ends with what it has, and its reports are written.

use std::process;

use rebuttal_conformance::{ExitStatus, Halt};

/// Presses the handle at the first two signals, and ends the program at the third.
pub(crate) fn on_signals(halt: Halt) {
    tokio::spawn(async move {
        for hint in ["; what is under way cleans up first, once more does not wait", ""] {
            let name = signal().await;
            eprintln!("stopped by {name}{hint}");
            halt.press(&format!("stopped by {name}"));
        }
        signal().await;
        process::exit(ExitStatus::NotRun as i32);
    });
}

#[cfg(unix)]
async fn signal() -> &'static str {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupt().await;
    };
    tokio::select! {
        name = interrupt() => name,
        _ = terminate.recv() => "SIGTERM",
    }
}

#[cfg(not(unix))]
async fn signal() -> &'static str {
    interrupt().await
}

async fn interrupt() -> &'static str {
    if tokio::signal::ctrl_c().await.is_err() {
        // There is no such signal here.
        std::future::pending::<()>().await;
    }
    "Ctrl-C"
}
