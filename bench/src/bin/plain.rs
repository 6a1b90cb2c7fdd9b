//! What a server on hyper costs that does nothing: the limit that the mock is held against.
//!
//! `plain BYTES [keep]` prints its address. It reads every body and throws it away, or keeps it, as a mock must
//! keep documents; it answers everything 200 with the same BYTES bytes.

use std::{
    convert::Infallible,
    env,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let bytes = env::args().nth(1).and_then(|text| text.parse().ok());
    let kept = (env::args().nth(2).as_deref() == Some("keep")).then(Kept::default);
    let body = Bytes::from(vec![b'x'; bytes.context("expected a number of bytes")?]);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let kept = kept.clone();
        let service =
            service_fn(move |request: Request<Incoming>| answer(request, body.clone(), kept.clone()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

/// The bodies that were kept.
type Kept = Arc<Mutex<Vec<Vec<u8>>>>;

async fn answer(
    request: Request<Incoming>,
    body: Bytes,
    kept: Option<Kept>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut incoming = request.into_body();
    let announced = incoming
        .size_hint()
        .exact()
        .and_then(|bytes| bytes.try_into().ok());
    let mut file = Vec::new();
    if kept.is_some() {
        file.reserve_exact(announced.unwrap_or(0));
    }
    while let Some(Ok(frame)) = incoming.frame().await {
        if let (Some(bytes), true) = (frame.data_ref(), kept.is_some()) {
            file.extend_from_slice(bytes);
        }
    }
    if let Some(kept) = kept {
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(file);
    }
    let mut response = Response::new(Full::new(body));
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}
