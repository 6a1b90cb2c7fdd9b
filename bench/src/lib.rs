//! Bodies to read, and those who read them: our reader, its peers, and a bare search for the delimiter.
//!
//! What is measured and why is in `README.md`. Nothing here but `service` does I/O; the programs in `bin/` print lines of
//! fields with tabs between them, which `cargo xtask bench` reads.

pub mod contestant;
pub mod evidence;
pub mod hostile;
pub mod input;
mod ours;
mod peers;
pub mod service;
mod source;
