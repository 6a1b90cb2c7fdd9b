//! The content of a document: in memory, or in the backing that it was committed to.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Sender, sync_channel},
    },
};

use bytes::Bytes;

use super::keeper::Job;

/// The bytes of a file, wherever they are kept. Cloning it copies no bytes.
#[derive(Clone, Debug)]
pub struct Content(Place);

#[derive(Clone, Debug)]
enum Place {
    Memory(Bytes),
    Backing(Arc<Kept>),
}

impl Content {
    /// The content of a document that has none any more.
    pub(crate) const fn gone() -> Self {
        Self(Place::Memory(Bytes::new()))
    }

    /// The bytes. Where they are in a state file they are read from it, which waits for the disk: an
    /// asynchronous program calls this where it may block.
    ///
    /// # Errors
    ///
    /// When the state file cannot be read, does not hold what was written, or was closed.
    pub fn read(&self) -> io::Result<Bytes> {
        match &self.0 {
            Place::Memory(bytes) => Ok(bytes.clone()),
            Place::Backing(kept) => kept.read(),
        }
    }

    /// Content that a backing holds already.
    pub(super) fn kept(number: u64, jobs: Sender<Job>) -> Self {
        Self(Place::Backing(Arc::new(Kept {
            number,
            waiting: Mutex::new(None),
            jobs,
        })))
    }

    /// What a backing shall keep of it, under a number that is drawn where it has none; nothing of nothing.
    pub(super) fn keep(&mut self, jobs: &Sender<Job>, draw: impl FnOnce() -> u64) -> Option<Arc<Kept>> {
        if let Place::Memory(bytes) = &self.0 {
            if bytes.is_empty() {
                return None;
            }
            self.0 = Place::Backing(Arc::new(Kept {
                number: draw(),
                waiting: Mutex::new(Some(bytes.clone())),
                jobs: jobs.clone(),
            }));
        }
        match &self.0 {
            Place::Memory(_) => None,
            Place::Backing(kept) => Some(Arc::clone(kept)),
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self(Place::Memory(bytes))
    }
}

/// Content under a number in a backing. When the last clone goes, the backing may forget it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(super) number: u64,
    /// The bytes, until they are durable.
    waiting: Mutex<Option<Bytes>>,
    jobs: Sender<Job>,
}

impl Kept {
    /// The bytes, where they are not durable yet.
    pub(super) fn waiting(&self) -> Option<Bytes> {
        self.lock().clone()
    }

    /// Lets go of the bytes, now that they are durable.
    pub(super) fn release(&self) {
        *self.lock() = None;
    }

    fn read(&self) -> io::Result<Bytes> {
        if let Some(bytes) = self.waiting() {
            return Ok(bytes);
        }
        let (to, from) = sync_channel(1);
        let closed = || io::Error::other("the state file was closed");
        self.jobs.send(Job::Read(self.number, to)).map_err(|_| closed())?;
        from.recv().map_err(|_| closed())?.map_err(io::Error::other)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Bytes>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // A keeper that has ended needs not be told: what nothing refers to is removed when a file is opened.
        let _ = self.jobs.send(Job::Unused(self.number));
    }
}
