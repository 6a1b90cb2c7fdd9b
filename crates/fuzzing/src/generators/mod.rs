//! Inputs, drawn from bytes or by proptest.
//!
//! What libFuzzer has to steer is drawn from [`Bytes`], so that one generator serves both worlds; what only
//! property tests use is a proptest strategy, which shrinks to something readable.

mod bytes;
mod edit;
pub mod evidence;
pub mod form;
pub mod operations;
pub mod request;
pub mod response;

pub use bytes::Bytes;
pub use edit::{Input, edited};
