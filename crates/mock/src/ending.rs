//! What a client still sends when its answer is known: read for a while, so that the answer is not lost.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::tls::Stream;

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
