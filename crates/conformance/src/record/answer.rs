//! What an answer says in a few words, and how long it asks a client to wait.

use std::time::{Duration, Instant};

use crate::{
    run::Seen,
    transport::{Relayed, Response},
};

/// An answer as the judge sees it.
pub(super) fn seen_of(answer: &Relayed, elapsed: Duration) -> Seen {
    let response = Response {
        status: answer.status.as_u16(),
        headers: answer.headers.clone(),
        body: answer.body.clone(),
    };
    Seen::new(response, elapsed)
}

/// An answer in a few words: `200 document`, `404 not_found`.
pub(super) fn in_words(seen: &Seen) -> String {
    let object = seen.json.as_ref().and_then(|json| json.get("object")?.as_str());
    match object.filter(|_| seen.is_success()) {
        Some(object) => format!("{} {}", seen.status, object.escape_debug()),
        None => seen.summary(),
    }
}

/// Until when a client has to wait.
pub(super) fn retry_after(seen: &Seen) -> Option<(Instant, String)> {
    let value = seen.header("retry-after").filter(|_| seen.status == 429)?;
    let seconds: u64 = value.trim().parse().ok()?;
    let until = Instant::now().checked_add(Duration::from_secs(seconds))?;
    Some((until, format!("{seconds} s, as Retry-After said")))
}
