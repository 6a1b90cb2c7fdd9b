//! The open disputes of a run: which are free, and which are on loan.

use std::{collections::BTreeMap, fs::File};

use rebuttal_model::DisputeId;

use super::locks::{Lock, Locks};

#[derive(Default)]
pub(super) struct State {
    /// Open disputes that nobody has.
    pub(super) free: Vec<Open>,
    /// How many are on loan.
    pub(super) lent: usize,
    /// The locks on those that are, against other processes.
    pub(super) locked: BTreeMap<DisputeId, File>,
}

#[derive(Clone)]
pub(super) struct Open {
    pub(super) id: DisputeId,
    pub(super) made: bool,
    /// Whether it has held documents during this run: what is wrong with destroy may show in it later.
    pub(super) used: bool,
}

impl State {
    /// Whether a free dispute is not another process's, and so is this one's from now on. One that the run made is
    /// known to nobody else.
    pub(super) fn lock(&mut self, index: usize, locks: &Locks) -> bool {
        let open = &self.free[index];
        if open.made {
            return true;
        }
        match locks.take(&open.id) {
            Lock::Held(file) => {
                self.locked.insert(open.id.clone(), file);
                true
            }
            Lock::Free => true,
            Lock::Busy => false,
        }
    }

    pub(super) fn put_back(&mut self, back: Vec<Open>) {
        for open in &back {
            self.locked.remove(&open.id);
        }
        self.free.extend(back);
    }
}
