//! Reading the body of a request, within bounds.

use std::{pin::pin, time::Duration};

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::{
    task::yield_now,
    time::{Instant, timeout, timeout_at},
};

use crate::{answer::Answer, config::Limits};

/// The largest rest of a body that is read so that the connection can be used again, in bytes.
const MAX_DRAINED_BYTES: u64 = 1024 * 1024;

/// How long a rest of known length may take, and one of unknown length, before the answer goes out.
const DRAIN_KNOWN: Duration = Duration::from_secs(2);
const DRAIN_UNKNOWN: Duration = Duration::from_millis(100);

/// How much of a body is read before others have their turn, in bytes: a client that sends fast always has more.
const MAX_IN_A_ROW_BYTES: usize = 256 * 1024;

/// How the reading of a body ended.
pub(crate) enum End {
    Whole,
    /// The answer is known, and the rest of the body was not read.
    Answered(Answer),
    /// The client broke off, or its framing was wrong.
    Broken,
    TooSlow,
}

pub(crate) async fn read(
    body: &mut Incoming,
    limits: &Limits,
    mut take: impl FnMut(&[u8]) -> Option<Answer>,
) -> End {
    let last = Instant::now() + limits.body_total;
    let mut in_a_row = 0;
    loop {
        let by = last.min(Instant::now() + limits.body_idle);
        let frame = match timeout_at(by, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_))) => return End::Broken,
            Ok(None) => return End::Whole,
            Err(_) => return End::TooSlow,
        };
        let Some(bytes) = frame.data_ref() else {
            continue;
        };
        if let Some(answer) = take(bytes) {
            return End::Answered(answer);
        }
        in_a_row += bytes.len();
        if in_a_row >= MAX_IN_A_ROW_BYTES {
            in_a_row = 0;
            yield_now().await;
        }
    }
}

/// Reads a small rest of a body; says whether it is through.
pub(crate) async fn drain(body: &mut Incoming) -> bool {
    let by = match body.size_hint().exact() {
        Some(bytes) if bytes > MAX_DRAINED_BYTES => return false,
        Some(_) => DRAIN_KNOWN,
        None => DRAIN_UNKNOWN,
    };
    let all = async {
        let mut read = 0;
        while read <= MAX_DRAINED_BYTES {
            match body.frame().await {
                None => return true,
                Some(Ok(frame)) => read += frame.data_ref().map_or(0, |bytes| bytes.len() as u64),
                Some(Err(_)) => return false,
            }
        }
        false
    };
    timeout(by, pin!(all)).await.unwrap_or(false)
}
