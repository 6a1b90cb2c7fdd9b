//! What the control API promises, over real HTTP and from Rust.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod client;
mod clock;
mod diagnoses;
mod face;
mod file;
mod journal;
mod orders;
mod page;
mod records;
mod same;
mod strangers;
