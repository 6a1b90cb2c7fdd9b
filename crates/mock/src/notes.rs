//! What is noticed about a request while it is served, for the journal.
//!
//! Nothing here changes an answer. Whoever does not ask for notes pays nothing for them.

use std::sync::{Arc, Mutex, PoisonError};

use rebuttal_model::Clause;
use rebuttal_multipart::Diagnosis;
use rebuttal_validate::Finding;

use crate::refusal::Refusal;

/// The most defects of a form that are kept of one request; a hostile one has as many as bytes.
const MAX_DEFECTS: usize = 24;

/// Where notes are put; nowhere, unless they were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Option<Arc<Mutex<Noticed>>>);

/// What was noticed.
#[derive(Debug, Default)]
pub(crate) struct Noticed {
    /// Why the request was refused.
    pub(crate) refusal: Option<Refusal>,
    /// The clause that refused it, where the one who refused said so.
    pub(crate) clause: Option<&'static Clause>,
    /// What was wrong with the form, the first ones.
    pub(crate) form: Vec<Diagnosis>,
    /// What was found in the file and the kind.
    pub(crate) file: Vec<Finding>,
    /// Whether the part of the file has no `Content-Type`.
    pub(crate) untyped: bool,
}

impl Notes {
    /// Notes that are kept.
    pub(crate) fn kept() -> Self {
        Self(Some(Arc::default()))
    }

    /// What was noticed so far; it is not kept any longer.
    pub(crate) fn take(&self) -> Noticed {
        let mut taken = Noticed::default();
        self.add(|noticed| taken = std::mem::take(noticed));
        taken
    }

    pub(crate) fn refused(&self, refusal: &Refusal) {
        self.add(|noticed| noticed.refusal = Some(refusal.clone()));
    }

    pub(crate) fn clause(&self, clause: &'static Clause) {
        self.add(|noticed| noticed.clause = Some(clause));
    }

    pub(crate) fn form(&self, defect: &Diagnosis) {
        self.add(|noticed| {
            if noticed.form.len() < MAX_DEFECTS {
                noticed.form.push(defect.clone());
            }
        });
    }

    pub(crate) fn file(&self, findings: &[Finding], untyped: bool) {
        self.add(|noticed| {
            noticed.file.extend_from_slice(findings);
            noticed.untyped |= untyped;
        });
    }

    fn add(&self, change: impl FnOnce(&mut Noticed)) {
        if let Self(Some(kept)) = self {
            change(&mut kept.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
