//! The promises that no input may break, one function each.

mod cut;
mod deep;
pub mod differential;
mod evidence;
pub mod mock;
mod multipart;
mod pulled;
mod response;

pub use deep::deep;
pub use differential::multipart_differential;
pub use evidence::evidence;
pub use mock::mock_requests;
pub use multipart::{multipart_raw, multipart_round_trip};
pub use response::{decode, inspect};

/// An oracle as the fuzz targets call it.
pub type Oracle = fn(&[u8]);

/// Every fuzz target by name, with its oracle. The folders below `fuzz/` have the same names.
pub const ALL: &[(&str, Oracle)] = &[
    ("decode", decode),
    ("deep", deep),
    ("evidence", evidence),
    ("inspect", inspect),
    ("mock_requests", mock_requests),
    ("multipart_differential", multipart_differential),
    ("multipart_raw", multipart_raw),
    ("multipart_round_trip", multipart_round_trip),
];
