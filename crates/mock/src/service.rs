//! The API as a function from request to response.
//!
//! No sockets, no clock: the time is passed in, and randomness is made from a seed. Nothing here waits, so
//! whoever holds the service holds it briefly; an upload is read without it.

use rebuttal_model::{DisputeId, DisputeStatus, Profile, Timestamp};

use crate::{
    config::{Plant, Variants},
    fault::Fault,
    ids::Random,
    seed,
    store::{Owner, Store, Stored},
    target::{Target, TargetDisputes},
};

/// What the API speaks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// The reading of the contract that is spoken.
    pub profile: Profile,
    /// The one way in which the contract is broken.
    pub fault: Option<Fault>,
    /// Choices that the contract leaves open.
    pub variants: Variants,
}

/// The API: its records, and the rules over them.
#[derive(Debug)]
pub struct Service {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) random: Random,
}

impl Service {
    /// An API with two accounts that have disputes in every state, all made before `now`.
    pub fn new(settings: Settings, seed: u64, now: Timestamp) -> Self {
        let mut random = Random::new(seed);
        Self {
            settings,
            store: seed::store(&mut random, now),
            random,
        }
    }

    /// Adds a record with identifiers of the caller's choice.
    pub fn plant(&mut self, plant: &Plant, now: Timestamp) {
        seed::plant(&mut self.store, plant, &mut self.random, now);
    }

    /// The keys and records that a conformance run needs, for an endpoint at `url`.
    pub fn target(&self, url: String) -> Target {
        let ids = |owner, status| {
            self.store
                .disputes(owner)
                .filter(|record| record.status == status)
                .map(|record| record.id.clone())
                .collect()
        };
        Target {
            url,
            secret: self.store.account(Owner::FIRST).secret.clone(),
            public: self.store.account(Owner::FIRST).public.clone(),
            other_secret: self.store.account(Owner::OTHER).secret.clone(),
            disputes: TargetDisputes {
                open: ids(Owner::FIRST, DisputeStatus::Open),
                pending: ids(Owner::FIRST, DisputeStatus::Pending),
                won: ids(Owner::FIRST, DisputeStatus::Won),
                lost: ids(Owner::FIRST, DisputeStatus::Lost),
                foreign: ids(Owner::OTHER, DisputeStatus::Open),
            },
            charges: self.store.charges(Owner::FIRST).cloned().collect(),
        }
    }

    /// The documents of a dispute that are there, in the order of upload; none where there is no dispute.
    pub fn documents(&self, dispute: &DisputeId) -> Vec<Stored> {
        self.store
            .dispute(dispute)
            .map(|record| record.documents().cloned().collect())
            .unwrap_or_default()
    }
}
