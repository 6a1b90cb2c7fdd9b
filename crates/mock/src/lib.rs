//! The Dispute Documents API as a stateful server.
