//! What an answer says in a few words, and how long it asks a client to wait.

use std::time::{Duration, Instant, SystemTime};

use crate::{
    run::{Seen, retry_after},
    transport::{Relayed, Response, reason_in},
};

/// An answer as the judge sees it.
pub(super) fn seen_of(answer: &Relayed, elapsed: Duration) -> Seen {
    let response = Response {
        status: answer.status.as_u16(),
        reason: reason_in(&answer.extensions),
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
pub(super) fn wait_asked_for(seen: &Seen) -> Option<(Instant, String)> {
    if seen.status != 429 {
        return None;
    }
    let wait = retry_after(&seen.headers, SystemTime::now())?;
    let until = Instant::now().checked_add(wait)?;
    Some((until, format!("{} s, as Retry-After said", wait.as_secs())))
}
