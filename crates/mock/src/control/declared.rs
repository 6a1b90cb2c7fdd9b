//! Records and orders that a mock starts with, besides the seeded ones.

use rebuttal_model::Timestamp;

use super::{
    make,
    orders::Orders,
    problem::{ControlError, problem},
    shown::Problem,
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
pub(crate) fn make_records(
    service: &mut Service,
    declared: &Declared,
    now: Timestamp,
) -> Result<(), ControlError> {
    let mut problems = Vec::new();
    for (index, account) in declared.accounts.iter().enumerate().skip(OWN_ACCOUNTS) {
        let made = make::account(service, account).map(drop);
        note(&mut problems, &format!("/accounts/{index}"), made);
    }
    for (index, charge) in declared.charges.iter().enumerate() {
        let made = make::charge(service, charge).map(drop);
        note(&mut problems, &format!("/charges/{index}"), made);
    }
    for (index, dispute) in declared.disputes.iter().enumerate() {
        let made = make::dispute(service, dispute, now).map(drop);
        note(&mut problems, &format!("/disputes/{index}"), made);
    }
    if let Err(error) = place_orders(service, declared) {
        problems.extend(error.problems);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ControlError::all(problems))
    }
}

/// The orders that are there from the start. Every problem is told, with its place.
pub(crate) fn place_orders(service: &Service, declared: &Declared) -> Result<Orders, ControlError> {
    let mut problems = Vec::new();
    let mut placed = Orders::default();
    let known = service.store.accounts().count();
    for (index, order) in declared.orders.iter().enumerate() {
        let place = format!("/orders/{index}");
        let stranger = order
            .matching
            .account
            .filter(|number| usize::try_from(*number).unwrap_or(usize::MAX) >= known);
        if let Some(number) = stranger {
            let wanted = format!("the number of an account, from 0 to {}", known - 1);
            let found = problem("/match/account", wanted, number.to_string());
            note(&mut problems, &place, Err(found));
        } else {
            note(&mut problems, &place, placed.place(order.clone()).map(drop));
        }
    }
    if problems.is_empty() {
        Ok(placed)
    } else {
        Err(ControlError::all(problems))
    }
}

fn note(problems: &mut Vec<Problem>, place: &str, outcome: Result<(), ControlError>) {
    if let Err(error) = outcome {
        problems.extend(error.below(place).problems);
    }
}
