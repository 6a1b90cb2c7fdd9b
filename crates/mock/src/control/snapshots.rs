//! What the mock held at a moment, kept in memory under a name.

use std::collections::BTreeMap;

use super::{
    clock::LiveClock,
    orders::Orders,
    problem::{ControlError, missing, problem},
};
use crate::{config::Clock, records::Records, service::Service};

/// The most snapshots that are kept. Contents of files are shared with them and not copied.
const MAX_SNAPSHOTS: usize = 64;

/// The longest name of a snapshot, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Everything but the journal, as it was.
#[derive(Debug)]
pub(crate) struct Snapshot {
    records: Records,
    clock: Clock,
    orders: Orders,
}

impl Snapshot {
    pub(crate) fn of(service: &Service, clock: Clock, orders: &Orders) -> Self {
        Self {
            records: service.records(),
            clock,
            orders: orders.clone(),
        }
    }

    /// Makes everything as it was. What is kept in a state file is written anew.
    pub(crate) fn put_back(&self, service: &mut Service, clock: &LiveClock, orders: &mut Orders) {
        service.put_back(&self.records);
        orders.clone_from(&self.orders);
        clock.set(self.clock);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Snapshots(BTreeMap<String, Snapshot>);

impl Snapshots {
    /// Keeps a snapshot, in place of one of the same name.
    pub(crate) fn keep(&mut self, name: &str, snapshot: Snapshot) -> Result<(), ControlError> {
        check(name)?;
        if self.0.len() >= MAX_SNAPSHOTS && !self.0.contains_key(name) {
            let error = problem("", format!("at most {MAX_SNAPSHOTS} snapshots"), "one more");
            return Err(error.help("remove one with DELETE"));
        }
        self.0.insert(name.to_owned(), snapshot);
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Snapshot, ControlError> {
        self.0.get(name).ok_or_else(|| self.unknown(name))
    }

    pub(crate) fn remove(&mut self, name: &str) -> Result<(), ControlError> {
        match self.0.remove(name) {
            Some(_) => Ok(()),
            None => Err(self.unknown(name)),
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn unknown(&self, name: &str) -> ControlError {
        let found: String = name.chars().take(MAX_NAME_BYTES).collect();
        let wanted = match self.names().join(", ") {
            names if names.is_empty() => "the name of a snapshot, of which there is none".to_owned(),
            names => format!("the name of a snapshot: {names}"),
        };
        missing(wanted, format!("{found:?}"))
    }
}

/// Whether a snapshot may be called this.
pub(crate) fn check(name: &str) -> Result<(), ControlError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(fits) {
        let found: String = name.chars().take(MAX_NAME_BYTES).collect();
        let wanted = format!("a name of 1 to {MAX_NAME_BYTES} letters, digits, dashes, underscores and dots");
        return Err(problem("", wanted, format!("{found:?}")));
    }
    Ok(())
}
