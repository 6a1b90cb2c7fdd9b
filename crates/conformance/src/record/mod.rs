//! A proxy on loopback that judges both sides of every exchange, and keeps them as scenarios.
//!
//! A client SDK is given the proxy's address in place of the API's. What it sends is held against the contract, sent on
//! to the endpoint, and what that answers is held against the contract too. What is told passes a mask that knows every
//! key which a client has shown.
//!
//! Left out: TLS on the client's side, HTTP/2, upgrades. A body is held whole before it goes on, up to [`HELD_BYTES`];
//! its transfer coding is made anew, and so is what concerns a connection only.
//!
//! ```
//! use rebuttal_conformance::{Limits, record::{Options, Proxy}};
//! use rebuttal_mock::{Config, Mock};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let mock = Mock::start(Config::default()).await?;
//! let options = Options {
//!     listen: "127.0.0.1:0".parse()?,
//!     upstream: mock.url().parse()?,
//!     limits: Limits::default(),
//!     live: false,
//!     out: None,
//! };
//! let proxy = Proxy::start(options, |line| print!("{}", line.json())).await?;
//! println!("give the SDK {} in place of the API's address", proxy.url());
//! assert_eq!(proxy.shutdown().await.exchanges, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
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
