//! How much the mock holds: the files of documents, and what has come of uploads that are not yet whole.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use http::{HeaderValue, StatusCode, header};

use crate::{answer::Answer, connection::Shared, service::Service, store::Record};

/// The most that is held, and an estimate of what is.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u64,
    coming: AtomicU64,
    /// At least what the documents hold. It grows with each, and is counted anew when it seems too much.
    stored: Mutex<u64>,
}

/// What an upload may take; given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Reserved<'a> {
    shared: &'a Shared,
    bytes: u64,
    came: u64,
}

impl Budget {
    pub(crate) fn new(most: u64, service: &Service) -> Self {
        Self {
            most,
            coming: AtomicU64::new(0),
            stored: Mutex::new(service.held_bytes()),
        }
    }

    /// Bytes of uploads that are under way.
    pub(crate) fn coming(&self) -> u64 {
        self.coming.load(Ordering::Relaxed)
    }

    fn stored(&self) -> MutexGuard<'_, u64> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holds(&self, coming: u64, shared: &Shared) -> bool {
        if coming.saturating_add(*self.stored()) <= self.most {
            return true;
        }
        let counted = shared.service().held_bytes();
        *self.stored() = counted;
        coming.saturating_add(counted) <= self.most
    }
}

impl<'a> Reserved<'a> {
    /// Room for an upload that declares so many bytes, or none.
    pub(crate) fn new(shared: &'a Shared, declared: u64) -> Result<Self, Box<Answer>> {
        let mut reserved = Self {
            shared,
            bytes: 0,
            came: 0,
        };
        match reserved.grow(declared) {
            None => Ok(reserved),
            Some(answer) => Err(Box::new(answer)),
        }
    }

    /// Takes note of bytes that came; an answer means that there is no room for them.
    pub(crate) fn take(&mut self, bytes: usize) -> Option<Answer> {
        self.came += bytes as u64;
        match self.came.saturating_sub(self.bytes) {
            0 => None,
            more => self.grow(more),
        }
    }

    /// The upload is stored: what it took is no longer coming.
    pub(crate) fn keep(self) {
        *self.shared.budget.stored() += self.came;
    }

    /// Takes so many bytes more; an answer means that there is no room for them.
    fn grow(&mut self, more: u64) -> Option<Answer> {
        let budget = &self.shared.budget;
        let coming = budget.coming.fetch_add(more, Ordering::Relaxed) + more;
        self.bytes += more;
        if budget.holds(coming, self.shared) {
            return None;
        }
        let most = budget.most;
        let told = format!("the mock holds at most {most} bytes of files: destroy some, or allow it more");
        let status = if more > most {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let mut answer = self.shared.service().refuse(status, told);
        answer
            .headers
            .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        Some(answer)
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.shared.budget.coming.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Service {
    /// Bytes of all files that documents have.
    pub(crate) fn held_bytes(&self) -> u64 {
        let documents = self.store.all_disputes().flat_map(Record::documents);
        documents.map(|stored| stored.bytes).sum()
    }
}
