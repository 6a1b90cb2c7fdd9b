//! What the service hands to the keeper, and what it takes back when that fails.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering, mpsc::Sender},
};

use tokio::sync::oneshot;

use super::{
    Store,
    backing::Batch,
    keeper::{Job, Keeper, Progress, Stamp},
    tracking::Undo,
};

/// The service's end of the keeper.
#[derive(Debug)]
pub(crate) struct Log {
    jobs: Sender<Job>,
    progress: Arc<Progress>,
    /// How many failures were followed by taking back what was lost.
    failures: u64,
    /// The number of the last batch.
    last: u64,
    next_content: u64,
    /// From where identifiers are drawn after the last batch.
    random: Option<u64>,
    /// How to take back each batch that is not durable yet, in order.
    undo: VecDeque<(u64, Undo)>,
}

impl Log {
    pub(crate) fn new(keeper: &Keeper, next_content: u64) -> Self {
        Self {
            jobs: keeper.jobs(),
            progress: keeper.progress(),
            failures: 0,
            last: 0,
            next_content,
            random: None,
            undo: VecDeque::new(),
        }
    }

    /// Puts the store back to what is durable, where a commit failed. Called before anybody looks at it.
    pub(crate) fn catch_up(&mut self, store: &mut Store) {
        // In this order: nothing becomes durable behind a failure before it was noticed here.
        let failures = self.progress.failures.load(Ordering::Acquire);
        let durable = self.progress.durable.load(Ordering::Acquire);
        while self.undo.front().is_some_and(|(number, _)| *number <= durable) {
            self.undo.pop_front();
        }
        if failures != self.failures {
            while let Some((_, undo)) = self.undo.pop_back() {
                store.undo(undo);
            }
            self.failures = failures;
        }
    }

    /// Hands over what changed. What is given back is to be waited for before anybody is told of what was
    /// seen or changed; `None` where all of that is durable.
    pub(crate) fn settle(&mut self, store: &mut Store, random: u64) -> Option<oneshot::Receiver<()>> {
        let (done, told) = oneshot::channel();
        let number = self.last + 1;
        let stamp = Stamp {
            failures: self.failures,
            number,
        };
        let next_content = &mut self.next_content;
        let mut draw = || {
            *next_content += 1;
            *next_content - 1
        };
        let seen = store.take_seen();
        let changed = store.collect(number, &self.jobs, &mut draw);
        let (whole, rows) = match changed {
            None if self.random == Some(random) => {
                if seen <= self.progress.durable.load(Ordering::Acquire) {
                    return None;
                }
                // Nobody is there to ask once the keeper has ended: then `done` is gone, which refuses too.
                let _ = self.jobs.send(Job::Barrier { stamp, done });
                return Some(told);
            }
            None => (false, Vec::new()),
            Some((whole, rows, undo)) => {
                if whole {
                    // What came before is not there any more.
                    self.undo.clear();
                }
                self.undo.push_back((number, undo));
                (whole, rows)
            }
        };
        self.last = number;
        self.random = Some(random);
        let batch = Batch { whole, rows, random };
        let _ = self.jobs.send(Job::Commit { stamp, batch, done });
        Some(told)
    }
}

/// What an answer has to wait for.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<Vec<oneshot::Receiver<()>>>);

impl Pending {
    pub(crate) fn add(&self, told: oneshot::Receiver<()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }

    /// Waits until it is durable; false where it never will be.
    pub(crate) async fn is_kept(&self) -> bool {
        let waited_for = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut kept = true;
        for told in waited_for {
            kept &= told.await.is_ok();
        }
        kept
    }
}
