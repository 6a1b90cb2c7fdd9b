//! Records and orders that a mock starts with, besides the seeded ones.

use rebuttal_model::Timestamp;

use super::{
    make,
    orders::Orders,
    problem::{ControlError, problem},
    wire::{NewAccount, NewCharge, NewDispute, NewOrder},
};
use crate::service::Service;

/// Records and orders that a mock starts with.
///
/// ```
/// use rebuttal_mock::{Config, control::{Declared, NewDispute}};
///
/// let config = Config {
///     declared: Declared {
///         bare: true,
///         disputes: vec![NewDispute { amount: Some(120_000), ..NewDispute::default() }],
///         ..Declared::default()
///     },
///     ..Config::default()
/// };
/// assert_eq!(config.declared.accounts, []);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// Whether the disputes, documents and charges that a mock has by itself are left out.
    pub bare: bool,
    /// Accounts. A mock always has two: the first two that are named here give them their keys.
    pub accounts: Vec<NewAccount>,
    /// Charges.
    pub charges: Vec<NewCharge>,
    /// Disputes.
    pub disputes: Vec<NewDispute>,
    /// What shall go wrong from the start.
    pub orders: Vec<NewOrder>,
}

/// How many accounts every mock has.
pub(crate) const OWN_ACCOUNTS: usize = 2;

/// Makes the records on top of the seeded ones. Every problem is told, with its place.
pub(crate) fn declare(
    service: &mut Service,
    declared: &Declared,
    now: Timestamp,
) -> Result<(), ControlError> {
    let mut problems = Vec::new();
    let mut note = |place: String, outcome: Result<(), ControlError>| {
        problems.extend(
            outcome
                .err()
                .into_iter()
                .flat_map(|error| error.below(&place).problems),
        );
    };
    for (index, account) in declared.accounts.iter().enumerate().skip(OWN_ACCOUNTS) {
        note(
            format!("/accounts/{index}"),
            make::account(service, account).map(|_| ()),
        );
    }
    for (index, charge) in declared.charges.iter().enumerate() {
        note(
            format!("/charges/{index}"),
            make::charge(service, charge).map(|_| ()),
        );
    }
    for (index, dispute) in declared.disputes.iter().enumerate() {
        let made = make::dispute(service, dispute, now).map(|_| ());
        note(format!("/disputes/{index}"), made);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ControlError::all(problems))
    }
}

/// The orders that a mock starts with. Every problem is told, with its place.
pub(crate) fn declared_orders(service: &Service, declared: &Declared) -> Result<Orders, ControlError> {
    let mut placed = Orders::default();
    let mut problems = Vec::new();
    let known = service.store.accounts().count();
    for (index, order) in declared.orders.iter().enumerate() {
        let number = order.matching.account;
        let stranger = number.filter(|number| usize::try_from(*number).unwrap_or(usize::MAX) >= known);
        let outcome = match stranger {
            Some(number) => {
                let wanted = format!("the number of an account, from 0 to {}", known.saturating_sub(1));
                Err(problem("/match/account", wanted, number.to_string()))
            }
            None => placed.place(order.clone()).map(|_| ()),
        };
        problems.extend(
            outcome
                .err()
                .into_iter()
                .flat_map(|error| error.below(&format!("/orders/{index}")).problems),
        );
    }
    if problems.is_empty() {
        Ok(placed)
    } else {
        Err(ControlError::all(problems))
    }
}
