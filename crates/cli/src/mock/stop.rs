//! When a mock stops: Ctrl-C, SIGTERM, or the end of its terminal.

use anyhow::Result;

/// The signals that stop a mock. Once it is made none is lost: who is told afterwards that the mock listens
/// may stop it at once.
pub(super) struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
}

#[cfg(unix)]
impl Stop {
    pub(super) fn new() -> Result<Self> {
        use anyhow::Context;
        use tokio::signal::unix::{SignalKind, signal};
        let one = |kind, name: &str| signal(kind).with_context(|| format!("cannot wait for {name}"));
        Ok(Self {
            signals: [
                one(SignalKind::interrupt(), "Ctrl-C")?,
                one(SignalKind::terminate(), "SIGTERM")?,
                one(SignalKind::hangup(), "SIGHUP")?,
            ],
        })
    }

    /// The name of the next signal.
    pub(super) async fn next(&mut self) -> Result<&'static str> {
        let [interrupt, terminate, hangup] = &mut self.signals;
        Ok(tokio::select! {
            _ = interrupt.recv() => "Ctrl-C",
            _ = terminate.recv() => "SIGTERM",
            _ = hangup.recv() => "SIGHUP",
        })
    }
}

#[cfg(not(unix))]
impl Stop {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {})
    }

    /// The name of the next signal.
    pub(super) async fn next(&mut self) -> Result<&'static str> {
        use anyhow::Context;
        tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
        Ok("Ctrl-C")
    }
}
