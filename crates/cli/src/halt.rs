//! Ctrl-C and SIGTERM: the run ends with what it has, and its reports are written.

use std::process;

use rebuttal_conformance::{ExitStatus, Halt};

/// Presses the handle at the first two signals, and ends the program at the third.
pub(crate) fn on_signals(halt: Halt) {
    tokio::spawn(async move {
        for _ in 0..2 {
            let name = signal().await;
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
