//! What the mock promises to whoever uses it.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod ask;
mod captures;
mod client;
mod contract;
mod faults;
mod limits;
mod neighbours;
mod oddities;
