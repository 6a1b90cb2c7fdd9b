//! Steering a mock from Rust: the same as over HTTP, typed.

use std::time::Duration;

use rebuttal_model::{DisputeId, DisputeStatus, DocumentId, Timestamp};

use super::{
    desk::Desk,
    journal::Filter,
    problem::ControlError,
    shown::{AccountState, DisputeState, Entry, FaultState, JournalPage, OrderState, State},
    state,
    wire::{Move, NewAccount, NewCharge, NewDispute, NewDocument, NewOrder},
};
use crate::{config::Clock, server::Mock};

/// Steering a running mock, for tests: what the [control API](crate::control) does over HTTP.
///
/// ```
/// use rebuttal_mock::{Config, Mock, control::{Filter, NewDispute, NewOrder, OrderedAnswer}};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// let mock = Mock::start(Config::default()).await?;
/// let dispute = mock.add_dispute(&NewDispute { documents: 2, ..NewDispute::default() })?;
/// mock.order(NewOrder {
///     times: Some(1),
///     answer: Some(OrderedAnswer { status: 429, retry_after_seconds: Some(1), ..OrderedAnswer::default() }),
///     ..NewOrder::default()
/// })?;
///
/// // … the code under test talks to `mock.url()` about `dispute.id` with `mock.target().secret` …
///
/// for entry in mock.journal(&Filter::default()).entries {
///     println!("{} {} {}", entry.method, entry.path, entry.status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Mock {
    /// Everything that the mock holds.
    pub fn state(&self) -> State {
        self.shared.desk.state(&self.shared.service())
    }

    /// Makes an account; keys that are left out are made up.
    ///
    /// # Errors
    ///
    /// When a key is one of live mode or of another account, or there are too many accounts.
    pub fn add_account(&self, new: &NewAccount) -> Result<AccountState, ControlError> {
        Desk::add_account(&mut self.shared.service(), new)
    }

    /// Makes a charge that can be disputed; answers its account.
    ///
    /// # Errors
    ///
    /// When there is no such account, or the id is taken or of live mode.
    pub fn add_charge(&self, new: &NewCharge) -> Result<AccountState, ControlError> {
        Desk::add_charge(&mut self.shared.service(), new)
    }

    /// Makes a dispute in any state, with documents.
    ///
    /// # Errors
    ///
    /// When there is no such account, an id is taken or of live mode, or members contradict each other.
    pub fn add_dispute(&self, new: &NewDispute) -> Result<DisputeState, ControlError> {
        self.shared.desk.add_dispute(&mut self.shared.service(), new)
    }

    /// Makes a document, whatever state its dispute is in.
    ///
    /// # Errors
    ///
    /// When there is no such dispute, or the id is taken or of live mode.
    pub fn add_document(&self, dispute: &DisputeId, new: &NewDocument) -> Result<DocumentId, ControlError> {
        self.shared
            .desk
            .add_document(&mut self.shared.service(), dispute, new)
    }

    /// One dispute with its documents, destroyed ones included.
    ///
    /// # Errors
    ///
    /// When there is no such dispute.
    pub fn dispute(&self, dispute: &DisputeId) -> Result<DisputeState, ControlError> {
        state::dispute(&self.shared.service(), dispute)
    }

    /// Moves a dispute to any state, whatever the API would say.
    ///
    /// # Errors
    ///
    /// When there is no such dispute.
    pub fn move_dispute(
        &self,
        dispute: &DisputeId,
        status: DisputeStatus,
    ) -> Result<DisputeState, ControlError> {
        let to = Move {
            status,
            message: None,
        };
        self.shared
            .desk
            .move_dispute(&mut self.shared.service(), dispute, &to)
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.shared.desk.clock.now()
    }

    /// Sets the clock.
    pub fn set_clock(&self, clock: Clock) {
        self.shared.desk.clock.set(clock);
    }

    /// Moves the clock, back where `seconds` is negative.
    pub fn advance(&self, seconds: i64) {
        self.shared.desk.clock.advance(seconds);
    }

    /// What was received, oldest first. A request is there before its client has the answer.
    pub fn journal(&self, filter: &Filter) -> JournalPage {
        self.shared.desk.journal.page(filter)
    }

    /// The first request that fits, waited for up to `patience`; `None` where none came.
    pub async fn next_request(&self, filter: &Filter, patience: Duration) -> Option<Entry> {
        super::edge::wait_for(&self.shared.desk, filter, patience).await;
        self.journal(filter).entries.into_iter().next()
    }

    /// Empties the journal. Numbers go on.
    pub fn clear_journal(&self) {
        self.shared.desk.journal.clear();
    }

    /// Orders something that shall go wrong.
    ///
    /// # Errors
    ///
    /// When nothing is ordered, or what no single request can have.
    pub fn order(&self, order: NewOrder) -> Result<OrderState, ControlError> {
        self.shared.desk.place(&self.shared.service(), order)
    }

    /// What was ordered, and what became of it.
    pub fn orders(&self) -> Vec<OrderState> {
        self.shared.desk.orders().list()
    }

    /// Removes an order; says whether it was there.
    pub fn remove_order(&self, number: u64) -> bool {
        self.shared.desk.orders().remove(number)
    }

    /// Removes every order.
    pub fn clear_orders(&self) {
        self.shared.desk.orders().clear();
    }

    /// The faults, with whether they can be ordered for single requests.
    pub fn faults() -> Vec<FaultState> {
        state::faults()
    }

    /// Keeps what the mock holds under a name: records, clock, randomness and orders.
    ///
    /// # Errors
    ///
    /// When the name is empty, too long or has other characters than letters, digits, `-`, `_` and `.`, or
    /// there are too many snapshots.
    pub fn snapshot(&self, name: &str) -> Result<(), ControlError> {
        self.shared.desk.snapshot(&self.shared.service(), name)
    }

    /// Makes everything as it was when the snapshot was taken.
    ///
    /// # Errors
    ///
    /// When there is no snapshot of this name.
    pub fn restore(&self, name: &str) -> Result<(), ControlError> {
        self.shared.desk.restore(&mut self.shared.service(), name)
    }

    /// Makes everything as it was at the start, and empties the journal. Snapshots are kept.
    pub fn reset(&self) {
        self.shared.desk.reset(&mut self.shared.service());
    }
}
