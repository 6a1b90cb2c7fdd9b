//! What a client still sends when its answer is known: read for a while, so that the answer is not lost.

use std::{pin::pin, time::Duration};

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use crate::tls::Stream;

/// The largest rest of a body that is read so that the connection can be used again, in bytes.
const MAX_DRAINED_BYTES: u64 = 1024 * 1024;

/// How long a rest of known length may take, and one of unknown length, before the answer goes out.
const DRAIN_KNOWN: Duration = Duration::from_secs(2);
const DRAIN_UNKNOWN: Duration = Duration::from_millis(100);

/// The most that is read from a connection that is being closed, in bytes.
const MAX_LINGER_BYTES: usize = 64 * 1024 * 1024;

/// Closes the sending side, then reads until the client closes too.
pub(crate) async fn close(mut stream: Stream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut scrap = vec![0; 16 * 1024];
    let mut read = 0;
    while read < MAX_LINGER_BYTES {
        match stream.read(&mut scrap).await {
            Ok(0) | Err(_) => return,
            Ok(bytes) => read += bytes,
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
