//! The service in somebody's hands: what they changed is handed to the keeper when they let go.

use std::{
    ops::{Deref, DerefMut},
    sync::MutexGuard,
};

use crate::{service::Service, store::log::Pending};

/// The service, held briefly and never across a wait.
pub(crate) struct Held<'a> {
    service: MutexGuard<'a, Service>,
    /// Where to put what an answer has to wait for; whoever answers nothing needs not wait.
    pending: Option<&'a Pending>,
}

impl<'a> Held<'a> {
    pub(crate) fn new(mut service: MutexGuard<'a, Service>, pending: Option<&'a Pending>) -> Self {
        let Service { store, log, .. } = &mut *service;
        if let Some(log) = log {
            log.catch_up(store);
        }
        Self { service, pending }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Service {
            store, log, random, ..
        } = &mut *self.service;
        if let Some(log) = log
            && let Some(told) = log.settle(store, random.state())
            && let Some(pending) = self.pending
        {
            pending.add(told);
        }
    }
}

impl Deref for Held<'_> {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Service {
        &mut self.service
    }
}
