//! A proxy on loopback that judges both sides of every exchange, and keeps them as scenarios.
//!
//! A client SDK is given the proxy's address in place of the API's. What it sends is held against the contract, sent on
//! to the endpoint, and what that answers is held against the contract too. What is told passes a mask that knows every
//! key which a client has shown.
//!
//! Left out: TLS on the client's side, HTTP/2, upgrades. A body is held whole before it goes on, up to [`HELD_BYTES`];
//! its transfer coding is made anew, and so is what concerns a connection only.

mod client;
mod connection;
mod exchange;
mod finding;
mod human;
mod intake;
mod keys;
mod line;
mod memory;
mod message;
mod proxy;
mod route;
mod save;
mod server;
mod tally;

pub use self::{
    finding::{Finding, Side},
    human::Teller,
    line::{Line, Recorded, Summary, Told},
    proxy::{Options, Proxy, RecordError},
    route::Operation,
    save::FolderError,
};
pub(crate) use line::schema;

/// The longest body of a request that is held and sent on, in bytes; a longer one is answered 413.
pub const HELD_BYTES: usize = 32 * 1024 * 1024;
