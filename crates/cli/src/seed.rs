//! Seeds that nobody chose.

use std::time::{SystemTime, UNIX_EPOCH};

/// A seed that is short to type.
pub(crate) fn of_the_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(since.subsec_nanos()) ^ (since.as_secs() & 0xffff_ffff)
}
