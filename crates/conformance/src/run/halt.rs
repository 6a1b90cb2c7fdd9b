//! Ending a run before its end, with what it has.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

/// How long scenarios that are under way have to finish and clean up; CI systems kill some seconds later.
const GRACE: Duration = Duration::from_secs(4);

/// A handle that ends a run. Clones are one handle.
///
/// Once pressed, no scenario starts any more and those under way may finish for some seconds; pressed again,
/// they end at once. What was found until then is reported, and the rest as not asked.
#[derive(Clone, Debug)]
pub struct Halt(Arc<watch::Sender<Vec<String>>>);

impl Default for Halt {
    /// Not pressed.
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Halt {
    /// Ends the run, for this reason.
    pub fn press(&self, reason: &str) {
        self.0.send_modify(|reasons| reasons.push(reason.to_owned()));
    }

    /// Why the run ends, where it was pressed.
    pub fn reason(&self) -> Option<String> {
        self.0.borrow().first().cloned()
    }

    /// Waits until it is pressed.
    pub async fn wait(&self) {
        self.pressed(1).await;
    }

    /// Waits until it is pressed, lets nothing start any more, and waits until what runs must end.
    pub(super) async fn brake(self, permits: Arc<Semaphore>) {
        self.pressed(1).await;
        permits.close();
        self.end().await;
    }

    /// Waits until what runs must end: some seconds after it was pressed, or at once when it is pressed again.
    pub(super) async fn end(&self) {
        self.pressed(1).await;
        // Whichever comes first.
        let _ = timeout(GRACE, self.pressed(2)).await;
    }

    async fn pressed(&self, times: usize) {
        let mut receiver = self.0.subscribe();
        // The sender lives as long as this handle.
        let _ = receiver.wait_for(|reasons| reasons.len() >= times).await;
    }
}
