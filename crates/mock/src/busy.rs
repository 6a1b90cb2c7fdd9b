//! Uploads that are under way, for the fault of a server that takes one at a time of a dispute.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// How many uploads are under way, by path.
#[derive(Debug, Default)]
pub(crate) struct Busy(Mutex<BTreeMap<String, usize>>);

/// An upload that is under way, until this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay<'a> {
    busy: &'a Busy,
    path: String,
    /// Whether another was under way when it began.
    pub(crate) is_second: bool,
}

impl Busy {
    pub(crate) fn begin(&self, path: &str) -> UnderWay<'_> {
        let mut paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = paths.entry(path.to_owned()).or_default();
        *count += 1;
        UnderWay {
            busy: self,
            path: path.to_owned(),
            is_second: *count > 1,
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut paths = self.busy.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = paths.get_mut(&self.path) {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_a_dispute_is_known_until_the_first_ends() {
        let busy = Busy::default();
        let first = busy.begin("/a");
        assert!(!first.is_second && !busy.begin("/b").is_second);
        assert!(busy.begin("/a").is_second);
        drop(first);
        assert!(!busy.begin("/a").is_second);
    }
}
