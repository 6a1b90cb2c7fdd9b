//! Servers as processes, and the load that they are put under.

pub mod form;
pub mod load;
pub mod server;
