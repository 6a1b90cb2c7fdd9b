//! The body of a request: held whole, within bounds on bytes and time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::{
    sync::Semaphore,
    time::{Instant as Moment, timeout_at},
};

use super::{HELD_BYTES, client::BodyEnd};

/// How long a client may pause while it sends a body, and how long that may take in all.
const BODY_IDLE: Duration = Duration::from_secs(30);
const BODY_TOTAL: Duration = Duration::from_mins(10);

/// How many bodies over [`SMALL_BYTES`] are held at a time; further ones wait.
pub(super) const MOST_LARGE: usize = 8;
const SMALL_BYTES: usize = 256 * 1024;

/// Reads a body as far as it is held, and how it ended; with a place among the large ones, where it is one.
pub(super) async fn read<'s>(
    body: &mut Incoming,
    large: &'s Semaphore,
) -> (Bytes, BodyEnd, Option<tokio::sync::SemaphorePermit<'s>>) {
    let last = Moment::now() + BODY_TOTAL;
    let mut whole = BytesMut::new();
    let mut place = None;
    loop {
        let by = last.min(Moment::now() + BODY_IDLE);
        let frame = match timeout_at(by, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return (whole.freeze(), BodyEnd::Cut(reason(&error)), place),
            Ok(None) => return (whole.freeze(), BodyEnd::Whole, place),
            Err(_) => return (whole.freeze(), BodyEnd::Stalled, place),
        };
        let Some(data) = frame.data_ref() else { continue };
        if whole.len() + data.len() > HELD_BYTES {
            return (whole.freeze(), BodyEnd::TooLong, place);
        }
        whole.extend_from_slice(data);
        if place.is_none() && whole.len() > SMALL_BYTES {
            place = large.acquire().await.ok();
        }
    }
}

/// Why a body broke off, in plain words.
fn reason(error: &hyper::Error) -> String {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return "the connection was closed".to_owned();
    }
    crate::transport::chain(error)
}
