//! A request of somebody else's, sent on as it is, and the answer as it came.
//!
//! Each goes over a connection of its own: one that the endpoint has closed meanwhile would make an upload of
//! unknown fate, and a proxy may not send that again.

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header, request};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout};

use super::{
    Body, Client, SendBody, TransportError, collect,
    error::{chain, classify},
    wire::{Recorder, Wire},
};

/// What an endpoint said, with all of its headers.
#[derive(Debug)]
pub(crate) struct Relayed {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The reason phrase and how the names of headers were written.
    pub(crate) extensions: Extensions,
    pub(crate) body: Bytes,
}

impl Client {
    /// Sends a request below the endpoint's prefix: method, path, query, headers and body as they are given, but for
    /// `Host` and what frames the body.
    pub(crate) async fn relay(&self, head: request::Parts, body: &Body) -> Result<Relayed, TransportError> {
        let question = self.question(head, body)?;
        let stream = self.dial().await?;
        let recorder = Recorder::default();
        let (mut sender, driver) = http1::Builder::new()
            .preserve_header_case(true)
            .max_headers(200)
            .max_buf_size(256 * 1024)
            .handshake(TokioIo::new(Wire::new(stream, recorder.clone())))
            .await
            .map_err(|error| TransportError::NotHttp {
                reason: chain(&error),
            })?;
        // The driver ends with the connection; how, the exchange will say.
        let driver = tokio::spawn(async move { drop(driver.await) });
        let started = Instant::now();
        let wait = self.limits.answer + std::time::Duration::from_millis(body.len() as u64 / 100);
        let answer = async {
            let answer = sender
                .send_request(question)
                .await
                .map_err(|error| classify(&error, &recorder))?;
            let (head, body) = answer.into_parts();
            let body = collect(body, self.limits.answer_bytes, &recorder).await?;
            Ok(Relayed {
                status: head.status,
                headers: head.headers,
                extensions: head.extensions,
                body,
            })
        };
        let result = timeout(wait, answer).await.unwrap_or_else(|_| {
            Err(TransportError::Timeout {
                after: started.elapsed().max(wait),
                received: recorder.received_bytes(),
            })
        });
        driver.abort();
        result
    }

    fn question(
        &self,
        mut head: request::Parts,
        body: &Body,
    ) -> Result<http::Request<SendBody>, TransportError> {
        let bad = |what: &str| TransportError::Request {
            reason: format!("{what} cannot stand in an HTTP message"),
        };
        let path = head.uri.path_and_query().map_or("/", |it| it.as_str());
        head.uri = format!("{}{path}", self.endpoint.prefix)
            .parse()
            .map_err(|_| bad("the path"))?;
        head.version = http::Version::HTTP_11;
        let host = HeaderValue::from_str(&self.endpoint.authority()).map_err(|_| bad("the host"))?;
        head.headers.insert(header::HOST, host);
        head.headers.remove(header::CONTENT_LENGTH);
        // A body of no bytes that was announced is announced again, also where nobody expects one.
        if matches!(body, Body::Whole(content) if content.is_empty()) && head.method != Method::GET {
            head.headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(http::Request::from_parts(head, SendBody::new(body, None)))
    }
}
