//! Locks on disputes, so that runs in several processes of one machine never work on the same one.
//!
//! A lock is a file that the system locks, and gives free when its process ends, however that ends. Where there is no
//! folder for such files, or it cannot be written, nothing is locked: the run goes on as if it were alone.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use rebuttal_model::DisputeId;

use crate::selection::hash;

/// How often a dispute that another process has is asked for.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// After this time one that other processes have is not waited for any longer.
pub(super) const LONGEST: Duration = Duration::from_mins(3);

/// The locks on the disputes of one endpoint.
#[derive(Debug)]
pub(super) struct Locks {
    folder: Option<PathBuf>,
    endpoint: String,
}

/// Whether a dispute may be worked on.
#[derive(Debug)]
pub(super) enum Lock {
    /// By this process alone.
    Held(File),
    /// Nothing is locked here.
    Free,
    /// Another process works on it.
    Busy,
}

impl Locks {
    pub(super) fn new(folder: Option<&Path>, endpoint: String) -> Self {
        let folder = folder.filter(|folder| fs::create_dir_all(folder).is_ok());
        Self {
            folder: folder.map(Path::to_owned),
            endpoint,
        }
    }

    pub(super) fn take(&self, dispute: &DisputeId) -> Lock {
        let Some(folder) = &self.folder else {
            return Lock::Free;
        };
        let name = format!("{:016x}.lock", hash(&format!("{} {dispute}", self.endpoint)));
        let Ok(file) = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(name))
        else {
            return Lock::Free;
        };
        match file.try_lock() {
            Ok(()) => Lock::Held(file),
            Err(TryLockError::WouldBlock) => Lock::Busy,
            Err(TryLockError::Error(_)) => Lock::Free,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dispute_is_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let locks = |endpoint: &str| Locks::new(Some(folder.path()), endpoint.to_owned());
        let (one, other, elsewhere) = (locks("http://a"), locks("http://a"), locks("http://b"));
        let dispute: DisputeId = "dspt_test_1".parse().unwrap();
        let held = one.take(&dispute);
        assert!(matches!(held, Lock::Held(_)));
        assert!(matches!(other.take(&dispute), Lock::Busy));
        assert!(matches!(
            other.take(&"dspt_test_2".parse().unwrap()),
            Lock::Held(_)
        ));
        assert!(matches!(elsewhere.take(&dispute), Lock::Held(_)));
        drop(held);
        assert!(matches!(other.take(&dispute), Lock::Held(_)));
    }

    #[test]
    fn where_nothing_can_be_locked_a_run_goes_on() {
        let dispute: DisputeId = "dspt_test_1".parse().unwrap();
        assert!(matches!(
            Locks::new(None, String::new()).take(&dispute),
            Lock::Free
        ));
        let file = tempfile::NamedTempFile::new().unwrap();
        let below = file.path().join("locks");
        assert!(matches!(
            Locks::new(Some(&below), String::new()).take(&dispute),
            Lock::Free
        ));
    }
}
