//! What an endpoint says behind its answer is never lost, whenever it comes.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Client, Limits, Request, TransportError};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const MORE: &[u8] = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";

/// Asks twice over one connection; the endpoint answers the first request twice, the second time so much later.
async fn second_answer(later: Duration) -> Result<u16, TransportError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let endpoint = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut scrap = [0; 4096];
        let _ = stream.read(&mut scrap).await.expect("a request");
        stream.write_all(ANSWER).await.expect("answered");
        let until = std::time::Instant::now() + later;
        while std::time::Instant::now() < until {
            tokio::task::yield_now().await;
        }
        let _ = stream.write_all(MORE).await;
        while matches!(stream.read(&mut scrap).await, Ok(1..)) {}
    });
    let url = format!("http://127.0.0.1:{port}").parse().expect("a URL");
    let client = Client::new(url, Limits::default()).expect("a client");
    let request = Request::new("GET", "/");
    let first = client.send(&request, None).await;
    assert_eq!(first.result.expect("an answer").status, 200);
    let second = client.send(&request, first.connection).await.result;
    endpoint.abort();
    second.map(|answer| answer.status)
}

/// It is told as what it is, or it is what the next request gets: never a connection that was closed, nor an
/// answer that is not HTTP.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_asked_for_is_seen_whenever_it_comes() {
    for round in 0..400 {
        let later = Duration::from_micros(round % 100);
        match second_answer(later).await {
            Ok(401) | Err(TransportError::Unsolicited { .. }) => {}
            other => panic!("{later:?} later: {other:?}"),
        }
    }
}
