//! What a running mock has besides the API: the journal, the orders, the snapshots.
//!
//! Locks are taken in the order service, orders, snapshots, and none is held across a wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rebuttal_model::{DisputeId, DocumentId};
use tokio::sync::watch;

use super::{
    clock::LiveClock,
    journal::Journal,
    make,
    orders::Orders,
    problem::{ControlError, problem},
    shown::{AccountState, DisputeState, OrderState, State},
    snapshots::{self, Snapshot, Snapshots},
    state,
    wire::{ClockSetting, Move, NewAccount, NewCharge, NewDispute, NewDocument, NewOrder},
};
use crate::{
    config::{Clock, Config},
    service::Service,
};

/// The journal, the orders and the snapshots of one mock.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) journal: Journal,
    pub(crate) clock: Arc<LiveClock>,
    orders: Mutex<Orders>,
    snapshots: Mutex<Snapshots>,
    first: Snapshot,
    /// Whether those who wait shall go.
    closing: watch::Sender<bool>,
}

impl Desk {
    pub(crate) fn new(config: &Config, service: &Service, orders: Orders, clock: Arc<LiveClock>) -> Self {
        Self {
            journal: Journal::new(config.limits.journal_entries, config.limits.journal_bytes),
            first: Snapshot {
                service: service.clone(),
                clock: clock.get(),
                orders: orders.clone(),
            },
            clock,
            orders: Mutex::new(orders),
            snapshots: Mutex::default(),
            closing: watch::Sender::new(false),
        }
    }

    pub(crate) fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn snapshots(&self) -> MutexGuard<'_, Snapshots> {
        self.snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    pub(crate) fn state(&self, service: &Service) -> State {
        State {
            clock: self.clock.state(),
            profile: service.settings.profile.to_string(),
            fault: service.settings.fault.map(|fault| fault.to_string()),
            accounts: state::accounts(service),
            disputes: state::disputes(service),
            orders: self.orders().list(),
            snapshots: self.snapshots().names(),
        }
    }

    pub(crate) fn add_account(service: &mut Service, new: &NewAccount) -> Result<AccountState, ControlError> {
        make::account(service, new)?;
        let made = state::accounts(service).pop();
        made.ok_or_else(|| problem("", "an account", "none"))
    }

    pub(crate) fn add_charge(service: &mut Service, new: &NewCharge) -> Result<AccountState, ControlError> {
        make::charge(service, new)?;
        let place = usize::try_from(new.account).unwrap_or(usize::MAX);
        let charged = state::accounts(service).into_iter().nth(place);
        charged.ok_or_else(|| problem("", "an account", "none"))
    }

    pub(crate) fn add_dispute(
        &self,
        service: &mut Service,
        new: &NewDispute,
    ) -> Result<DisputeState, ControlError> {
        let id = make::dispute(service, new, self.clock.now())?;
        state::dispute(service, &id)
    }

    pub(crate) fn add_document(
        &self,
        service: &mut Service,
        dispute: &DisputeId,
        new: &NewDocument,
    ) -> Result<DocumentId, ControlError> {
        make::document(service, dispute, new, self.clock.now())
    }

    pub(crate) fn move_dispute(
        &self,
        service: &mut Service,
        dispute: &DisputeId,
        to: &Move,
    ) -> Result<DisputeState, ControlError> {
        make::move_dispute(service, dispute, to, self.clock.now())?;
        state::dispute(service, dispute)
    }

    pub(crate) fn place(&self, service: &Service, order: NewOrder) -> Result<OrderState, ControlError> {
        if let Some(number) = order.matching.account {
            let count = service.store.accounts().count();
            if usize::try_from(number).unwrap_or(usize::MAX) >= count {
                let wanted = format!("the number of an account, from 0 to {}", count.saturating_sub(1));
                return Err(problem("/match/account", wanted, number.to_string()));
            }
        }
        let mut orders = self.orders();
        let number = orders.place(order)?;
        orders.get(number).ok_or_else(|| problem("", "an order", "none"))
    }

    pub(crate) fn snapshot(&self, service: &Service, name: &str) -> Result<(), ControlError> {
        snapshots::check(name)?;
        let snapshot = Snapshot {
            service: service.clone(),
            clock: self.clock.get(),
            orders: self.orders().clone(),
        };
        self.snapshots().keep(name, snapshot)
    }

    pub(crate) fn restore(&self, service: &mut Service, name: &str) -> Result<(), ControlError> {
        let mut orders = self.orders();
        let snapshots = self.snapshots();
        self.put_back(snapshots.get(name)?, service, &mut orders);
        Ok(())
    }

    pub(crate) fn remove_snapshot(&self, name: &str) -> Result<(), ControlError> {
        self.snapshots().remove(name)
    }

    pub(crate) fn snapshot_names(&self) -> Vec<String> {
        self.snapshots().names()
    }

    /// Everything as it was at the start, but for the snapshots; the journal is emptied.
    pub(crate) fn reset(&self, service: &mut Service) {
        self.put_back(&self.first, service, &mut self.orders());
        self.journal.clear();
    }

    fn put_back(&self, snapshot: &Snapshot, service: &mut Service, orders: &mut Orders) {
        // Who keeps the records stays, and is handed all of them.
        let (log, downloads) = (service.log.take(), service.downloads.take());
        *service = Service {
            log,
            downloads,
            ..snapshot.service.clone()
        };
        *orders = snapshot.orders.clone();
        self.clock.set(snapshot.clock);
    }
}

impl ClockSetting {
    /// The clock that is meant, where exactly one member is there.
    pub(crate) fn clock(&self) -> Result<Clock, ControlError> {
        let Self {
            system,
            fixed,
            starts_at,
            shifted_by_seconds,
        } = self;
        match (system, fixed, starts_at, shifted_by_seconds) {
            (true, None, None, None) => Ok(Clock::System),
            (false, Some(time), None, None) => Ok(Clock::Fixed(*time)),
            (false, None, Some(time), None) => {
                let now = Clock::System.now();
                Ok(Clock::Shifted(time.unix_seconds() - now.unix_seconds()))
            }
            (false, None, None, Some(seconds)) => Ok(Clock::Shifted(*seconds)),
            _ => {
                let names = [
                    ("system", *system),
                    ("fixed", fixed.is_some()),
                    ("starts_at", starts_at.is_some()),
                    ("shifted_by_seconds", shifted_by_seconds.is_some()),
                ];
                let there: Vec<_> = names.iter().filter(|it| it.1).map(|it| it.0).collect();
                let found = if there.is_empty() {
                    "none".to_owned()
                } else {
                    there.join(" and ")
                };
                let wanted = "exactly one of system (true), fixed, starts_at, shifted_by_seconds";
                Err(problem("", wanted, found))
            }
        }
    }
}
