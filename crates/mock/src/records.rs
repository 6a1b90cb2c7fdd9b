//! What a service holds, kept aside to begin from again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use rebuttal_model::{DisputeId, Order};

use crate::{
    ids::Random,
    service::{Service, Settings},
    store::Store,
};

/// The records of a [`Service`] at a moment, and where its randomness stood: a service that goes on from there
/// answers the same requests in the same way. Contents of files are shared with it and not copied.
///
/// ```
/// use rebuttal_mock::{Service, Settings};
/// use rebuttal_model::Timestamp;
///
/// let first = Service::new(Settings::default(), 7, Timestamp::EPOCH);
/// let second = Service::with_records(Settings::default(), &first.records());
/// let told = |service: &Service| service.target("http://127.0.0.1:1".to_owned()).to_toml();
/// assert_eq!(told(&first), told(&second));
/// ```
#[derive(Clone, Debug)]
pub struct Records {
    store: Store,
    random: Random,
    remembered: BTreeMap<DisputeId, Order>,
}

impl Service {
    /// What the service holds now.
    pub fn records(&self) -> Records {
        let remembered = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        Records {
            store: self.store.clone(),
            random: self.random.clone(),
            remembered: remembered.clone(),
        }
    }

    /// A service that goes on from these records, in memory only.
    pub fn with_records(settings: Settings, records: &Records) -> Self {
        Self {
            settings,
            store: records.store.clone(),
            random: records.random.clone(),
            downloads: None,
            orders: Mutex::new(records.remembered.clone()),
            reads: Mutex::default(),
            log: None,
        }
    }

    /// Makes everything as it was. What is kept in a state file is written anew.
    pub fn put_back(&mut self, records: &Records) {
        self.store = records.store.clone();
        self.random = records.random.clone();
        let remembered = self.orders.get_mut().unwrap_or_else(PoisonError::into_inner);
        remembered.clone_from(&records.remembered);
    }
}
