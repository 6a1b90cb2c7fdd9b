//! One connection of a client: requests in, answers out, and its end left clean.
//!
//! A server that closes a socket with unread bytes resets it, and the client may lose the answer that it was about to
//! read: before a connection is closed for good its sending side is, and what still comes is read for a while.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, Request, header};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    time::timeout,
};

use super::exchange::Desk;

/// Head of a request, in bytes.
const HEAD_BYTES: usize = 256 * 1024;

/// How long a client may take to send the head of a request, and to begin the next one.
const HEAD_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a refused client's bytes are still read, and how many, so that it can read its answer.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// What the first byte of a TLS session is.
const TLS_HANDSHAKE: u8 = 0x16;

/// Serves a connection until it ends or the recording does.
pub(super) async fn serve(stream: TcpStream, desk: Arc<Desk>, mut stopped: watch::Receiver<bool>) {
    let mut first = [0];
    let peeked = tokio::select! {
        peeked = timeout(HEAD_TIMEOUT, stream.peek(&mut first)) => peeked,
        _ = stopped.wait_for(|stopped| *stopped) => return,
    };
    if !matches!(peeked, Ok(Ok(1))) {
        return;
    }
    if first == [TLS_HANDSHAKE] {
        desk.trouble(
            "a client began TLS: give it the address of the proxy with http://, not https:// (TLS is spoken to the \
             upstream only)",
        );
        return;
    }
    let unread = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        let desk = Arc::clone(&desk);
        let unread = &unread;
        Box::pin(async move {
            // The exchange is recorded, whatever becomes of the client.
            let exchange = tokio::spawn(async move { desk.exchange(request).await });
            let Ok((mut response, reusable)) = exchange.await else {
                return Ok::<_, Infallible>(super::message::own(
                    http::StatusCode::INTERNAL_SERVER_ERROR,
                    "recording_failed",
                    "the proxy failed",
                ));
            };
            if !reusable {
                unread.store(true, Ordering::Relaxed);
                response
                    .headers_mut()
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        })
    });
    let mut connection = http1::Builder::new()
        .preserve_header_case(true)
        .title_case_headers(true)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(200)
        .max_buf_size(HEAD_BYTES)
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|context| connection.poll_without_shutdown(context)) => Some(ended),
        _ = stopped.wait_for(|stopped| *stopped) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        Pin::new(&mut connection).graceful_shutdown();
        poll_fn(|context| connection.poll_without_shutdown(context)).await
    };
    if let Err(error) = &ended
        && error.is_parse()
    {
        desk.trouble(&format!("a client sent what is no HTTP/1.1 request: {error}"));
    }
    let stream = connection.into_parts().io.into_inner();
    if ended.is_err() || unread.load(Ordering::Relaxed) {
        let _ = timeout(LINGER, close(stream)).await;
    }
}

/// Closes the sending side, then reads until the client closes too.
async fn close(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut scrap = vec![0; 16 * 1024];
    let mut read = 0;
    while read < LINGER_BYTES {
        match stream.read(&mut scrap).await {
            Ok(0) | Err(_) => return,
            Ok(bytes) => read += bytes,
        }
    }
}
