//! The Dispute Documents API as a stateful server: a sandbox to develop against, and faults to order.
//!
//! The core is a function from request to response ([`Service`]), with the time passed in and randomness
//! made from a seed; [`Mock`] puts it on a socket. The mock honours every clause of the contract, in the
//! order of checks that the contract lists, unless a [`Fault`] tells it to break one.
//!
//! A running mock is steered by [`control`]: over HTTP, from Rust, or from a page.
//!
//! Records outlive the process where [`Config::state`] names a file, and so does the authority that TLS needs.
//!
//! ```
//! use rebuttal_mock::{Config, Mock};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let mock = Mock::start(Config::default()).await?;
//! println!("{}", mock.target().to_toml());
//! mock.shutdown().await;
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod answer;
mod auth;
mod authority;
mod body;
mod budget;
mod busy;
mod change;
mod choices;
mod config;
mod connection;
pub mod control;
mod documents;
mod downloads;
mod ending;
mod fault;
mod form;
mod held;
mod ids;
mod judge;
mod list_body;
mod listing;
mod log;
mod lookup;
mod metrics;
mod notes;
mod passing;
mod places;
mod plain;
mod present;
mod ranges;
mod records;
mod refusal;
mod resume;
mod route;
mod seed;
mod server;
mod service;
mod store;
mod tamper;
mod target;
mod tls;
mod tunnel;
mod upload;
mod wire;
mod worded;

pub use answer::Answer;
pub use authority::{API_HOST, Authority, AuthorityError};
pub use change::BodyReader;
pub use choices::UnknownChoice;
pub use config::{
    Clock, Config, Connections, Destroyed, DownloadUri, Layout, Limits, ListParameters, MemberOrder, Members,
    OutOfRange, Plant, TlsOptions, TooLargeBody, Variants,
};
pub use downloads::FileReader;
pub use fault::{Fault, UnknownFault};
pub use records::Records;
pub use server::Mock;
pub use service::{Head, Service, Settings, Step};
pub use store::{Content, StateError, Stored};
pub use target::{Target, TargetDisputes};
pub use upload::Upload;
