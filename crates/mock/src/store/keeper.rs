//! The thread that has the backing: it commits what requests changed, many requests with one sync.
//!
//! Requests do not wait for it with the service in hand. They hand over their batch and a way to be told, and
//! wait for that before they answer; so does a request that saw what another has not committed yet.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::backing::{Backing, Batch, Loaded, Row, StateError};

/// How much content is committed together at most, so that nobody waits for everybody, in bytes.
const MAX_GROUP_BYTES: usize = 32 * 1024 * 1024;

/// How long nothing must be asked before the backing may rest.
const REST_AFTER: Duration = Duration::from_millis(500);

/// What the keeper is asked to do. It does so in order.
#[derive(Debug)]
pub(crate) enum Job {
    Commit {
        stamp: Stamp,
        batch: Batch,
        done: oneshot::Sender<()>,
    },
    /// Tells when all that was asked before is committed.
    Barrier {
        stamp: Stamp,
        done: oneshot::Sender<()>,
    },
    Read(u64, SyncSender<Result<Bytes, StateError>>),
    /// Nobody has the content of this number any more.
    Unused(u64),
    Stop,
}

/// When a batch was made: after which failure, and as which of all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(super) failures: u64,
    pub(super) number: u64,
}

/// How far the keeper is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The number of the last batch that is durable.
    pub(super) durable: AtomicU64,
    /// How often a commit failed. What was made before a failure and is not durable never will be.
    pub(super) failures: AtomicU64,
    trouble: Mutex<Option<String>>,
}

impl Progress {
    fn trouble(&self) -> Option<String> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn tell(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// The end of the thread that requests have.
#[derive(Debug)]
pub(crate) struct Keeper {
    jobs: Sender<Job>,
    progress: Arc<Progress>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Keeper {
    /// Takes a backing, with what it holds.
    pub(crate) fn start(mut backing: Box<dyn Backing>) -> io::Result<(Self, Option<Loaded>)> {
        let loaded = backing.load().map_err(io::Error::other)?;
        let (jobs, asked) = mpsc::channel();
        let progress = Arc::new(Progress::default());
        let told = Arc::clone(&progress);
        let thread = thread::Builder::new()
            .name("state".to_owned())
            .spawn(move || Work::new(backing, told).run(&asked))?;
        let keeper = Self {
            jobs,
            progress,
            thread: Mutex::new(Some(thread)),
        };
        Ok((keeper, loaded))
    }

    /// Where to ask it for something.
    pub(crate) fn jobs(&self) -> Sender<Job> {
        self.jobs.clone()
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Why the last commit failed, where it did.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.progress.trouble()
    }

    /// Commits what was asked for, and closes the backing. What is asked later fails.
    pub(crate) fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = self.jobs.send(Job::Stop);
            // A panic there was told by the thread itself, and whoever waits for it has been refused.
            let _ = thread.join();
        }
    }
}

/// What the thread has at hand.
struct Work {
    backing: Box<dyn Backing>,
    progress: Arc<Progress>,
    unused: BTreeSet<u64>,
    rested: bool,
}

/// What is committed together.
#[derive(Default)]
struct Group {
    batches: Vec<Batch>,
    waiting: Vec<oneshot::Sender<()>>,
    last: u64,
    bytes: usize,
    stops: bool,
}

impl Work {
    fn new(backing: Box<dyn Backing>, progress: Arc<Progress>) -> Self {
        Self {
            backing,
            progress,
            unused: BTreeSet::new(),
            rested: true,
        }
    }

    fn run(mut self, asked: &Receiver<Job>) {
        loop {
            let first = match asked.recv_timeout(REST_AFTER) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    if !self.rested {
                        self.backing.rest();
                        self.rested = true;
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            self.rested = false;
            let mut group = Group::default();
            self.take(first, &mut group);
            while !group.stops
                && group.bytes < MAX_GROUP_BYTES
                && let Ok(job) = asked.try_recv()
            {
                self.take(job, &mut group);
            }
            let stops = group.stops;
            self.commit(group);
            if stops {
                return;
            }
        }
    }

    fn take(&mut self, job: Job, group: &mut Group) {
        let failures = self.progress.failures.load(Ordering::Acquire);
        match job {
            // Made over records that a failure has taken back: dropping `done` refuses it.
            Job::Commit { stamp, .. } | Job::Barrier { stamp, .. } if stamp.failures < failures => {}
            Job::Commit { stamp, batch, done } => {
                group.bytes += batch.content_bytes();
                group.last = stamp.number;
                group.batches.push(batch);
                group.waiting.push(done);
            }
            Job::Barrier { done, .. } => group.waiting.push(done),
            Job::Read(number, to) => {
                let _ = to.send(self.backing.content(number));
            }
            Job::Unused(number) => {
                self.unused.insert(number);
            }
            Job::Stop => group.stops = true,
        }
    }

    fn commit(&mut self, group: Group) {
        if !group.batches.is_empty() {
            if let Err(error) = self.backing.commit(&group.batches, &self.unused) {
                self.progress.tell(Some(error.to_string()));
                self.progress.failures.fetch_add(1, Ordering::AcqRel);
                return;
            }
            self.unused.clear();
            self.progress.tell(None);
            self.progress.durable.store(group.last, Ordering::Release);
            for row in group.batches.iter().flat_map(|batch| &batch.rows) {
                if let Row::Document {
                    content: Some(kept), ..
                } = row
                {
                    kept.release();
                }
            }
        }
        for done in group.waiting {
            let _ = done.send(());
        }
    }
}
