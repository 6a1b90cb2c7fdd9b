//! The way to an endpoint and back, over HTTP/1.1.
//!
//! The HTTP is hyper's; what is ours is the record of the bytes as they went over the wire, the limits, and
//! the sending of bytes that no HTTP library would send. Redirects are not followed, nothing is retried.

mod answers;
mod canned;
mod endpoint;
mod error;
mod framing;
mod raw;
mod relay;
mod request;
mod tls;
#[cfg(test)]
mod unasked;
mod wire;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::{client::conn::http1, ext::ReasonPhrase};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;

pub(crate) use canned::Canned;
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use error::TransportError;
pub(crate) use error::chain;
use error::classify;
pub(crate) use raw::Script;
pub(crate) use relay::Relayed;
use request::SendBody;
pub(crate) use request::{Body, Framing, Request};
pub(crate) use wire::Tape;
use wire::{Recorder, Wire};

use crate::run::Rate;

/// Bounds of an exchange, and of all together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long to wait for a connection.
    pub connect: Duration,
    /// How long to wait for a whole answer; a request body adds its time at 100 KB a second.
    pub answer: Duration,
    /// The longest body of an answer that is read, in bytes.
    pub answer_bytes: usize,
    /// How fast requests follow each other, whatever they are for; `None` for as fast as answers come.
    pub rate: Option<Rate>,
    /// How long the endpoint may make the run wait in all, by 429 and 5xx.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(15),
            answer_bytes: 1 << 20,
            rate: None,
            patience: Duration::from_mins(5),
        }
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The reason phrase; of one that is the status's own hyper keeps nothing.
    pub(crate) reason: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

/// What hyper keeps of a reason phrase.
pub(crate) fn reason_in(extensions: &http::Extensions) -> String {
    let kept = extensions.get::<ReasonPhrase>();
    kept.map_or_else(String::new, |it| {
        String::from_utf8_lossy(it.as_bytes()).into_owned()
    })
}

impl Response {
    /// A header's value as text; of several, the first.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// One request and what came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Response, TransportError>,
    pub(crate) tape: Tape,
    pub(crate) elapsed: Duration,
    /// The connection, where it can carry another request.
    pub(crate) connection: Option<Connection>,
}

impl Outcome {
    /// Whether the request was answered, and not refused.
    pub(crate) fn is_success(&self) -> bool {
        let status = self.result.as_ref().map_or(0, |response| response.status);
        (200..300).contains(&status)
    }
}

/// Connects to one endpoint.
#[derive(Clone)]
pub(crate) struct Client {
    endpoint: Endpoint,
    limits: Limits,
    tls: Option<TlsConnector>,
}

/// An open connection.
pub(crate) enum Connection {
    /// One that hyper has.
    Http(HttpConnection),
    /// One that was written to by hand.
    Raw {
        stream: Box<dyn Stream>,
        /// How many bytes came behind the last answer.
        unread: u64,
    },
}

/// A connection that hyper has.
pub(crate) struct HttpConnection {
    sender: http1::SendRequest<SendBody>,
    recorder: Recorder,
    /// How many bytes the last answer had, and how many came with it; what comes after it was not asked for.
    heard: u64,
    received: u64,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

impl Client {
    pub(crate) fn new(endpoint: Endpoint, limits: Limits) -> Result<Self, TransportError> {
        let tls = if endpoint.tls {
            Some(tls::connector(&endpoint)?)
        } else {
            None
        };
        Ok(Self {
            endpoint,
            limits,
            tls,
        })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Opens a connection and closes it again.
    pub(crate) async fn probe(&self) -> Result<(), TransportError> {
        self.dial().await.map(drop)
    }

    async fn dial(&self) -> Result<Box<dyn Stream>, TransportError> {
        let authority = self.endpoint.authority();
        let connect = |reason: String| TransportError::Connect {
            authority: authority.clone(),
            reason,
        };
        let address = (self.endpoint.host.as_str(), self.endpoint.port);
        let stream = timeout(self.limits.connect, TcpStream::connect(address))
            .await
            .map_err(|_| {
                connect(format!(
                    "no connection within {} s",
                    self.limits.connect.as_secs_f32()
                ))
            })?
            .map_err(|error| connect(error.to_string()))?;
        // Requests are written whole; waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let Some(connector) = &self.tls else {
            return Ok(Box::new(stream));
        };
        let failed = |reason: String| TransportError::Tls {
            authority: authority.clone(),
            reason,
        };
        let name = tls::server_name(&self.endpoint).map_err(failed)?;
        let session = timeout(self.limits.connect, connector.connect(name, stream))
            .await
            .map_err(|_| {
                failed(format!(
                    "no handshake within {} s",
                    self.limits.connect.as_secs_f32()
                ))
            })?
            .map_err(|error| failed(error.to_string()))?;
        Ok(Box::new(session))
    }

    async fn connect(&self, stream: Box<dyn Stream>) -> Result<HttpConnection, TransportError> {
        let recorder = Recorder::default();
        let wire = Wire::new(stream, recorder.clone());
        let (sender, driver) = http1::Builder::new()
            .title_case_headers(true)
            .max_headers(200)
            .max_buf_size(256 * 1024)
            .handshake(TokioIo::new(wire))
            .await
            .map_err(|error| TransportError::NotHttp {
                reason: chain(&error),
            })?;
        // The driver ends with the connection; how, the exchange that is under way will say.
        tokio::spawn(async move { drop(driver.await) });
        Ok(HttpConnection {
            sender,
            recorder,
            heard: 0,
            received: 0,
        })
    }

    /// Sends a request, on the given connection where it still can carry one.
    pub(crate) async fn send(&self, request: &Request, connection: Option<Connection>) -> Outcome {
        let started = Instant::now();
        let fail = |error, tape| Outcome {
            result: Err(error),
            tape,
            elapsed: started.elapsed(),
            connection: None,
        };
        let connection = match self.reusable(connection).await {
            Ok(Some(connection)) => connection,
            Err(error) => return fail(error, Tape::default()),
            Ok(None) => match self.open().await {
                Ok(connection) => connection,
                Err(error) => return fail(error, Tape::default()),
            },
        };
        let head = match request.to_http(&self.endpoint, &connection.recorder) {
            Ok(head) => head,
            Err(reason) => return fail(TransportError::Request { reason }, Tape::default()),
        };
        let wait = self.limits.answer + Duration::from_millis(request.body.len() as u64 / 100);
        self.exchange(head, connection, wait, started).await
    }

    /// Sends a request over a stream that is open already.
    pub(crate) async fn send_over(&self, stream: Canned, request: &Request) -> Outcome {
        let started = Instant::now();
        let connected = self.connect(Box::new(stream)).await;
        let ready = connected.and_then(|connection| {
            let head = request.to_http(&self.endpoint, &connection.recorder);
            let head = head.map_err(|reason| TransportError::Request { reason })?;
            Ok((head, connection))
        });
        match ready {
            Ok((head, connection)) => self.exchange(head, connection, self.limits.answer, started).await,
            Err(error) => Outcome {
                result: Err(error),
                tape: Tape::default(),
                elapsed: started.elapsed(),
                connection: None,
            },
        }
    }

    async fn open(&self) -> Result<HttpConnection, TransportError> {
        let stream = self.dial().await?;
        self.connect(stream).await
    }

    /// The connection, where it is still open and takes another request.
    ///
    /// # Errors
    ///
    /// When the endpoint said something after its answer: what it takes for the next request is part of the last.
    async fn reusable(
        &self,
        connection: Option<Connection>,
    ) -> Result<Option<HttpConnection>, TransportError> {
        let mut connection = match connection {
            None => return Ok(None),
            Some(Connection::Http(connection)) => connection,
            Some(Connection::Raw { stream, unread: 0 }) => return self.connect(stream).await.map(Some),
            Some(Connection::Raw { unread: bytes, .. }) => {
                return Err(TransportError::Unsolicited { bytes });
            }
        };
        // An answer that came early may leave a body behind that nobody reads.
        let ready = timeout(Duration::from_secs(1), connection.sender.ready()).await;
        let received = connection.received + connection.recorder.received_bytes();
        match received.saturating_sub(connection.heard) {
            0 => Ok(matches!(ready, Ok(Ok(()))).then_some(connection)),
            bytes => Err(TransportError::Unsolicited { bytes }),
        }
    }

    async fn exchange(
        &self,
        request: http::Request<SendBody>,
        mut connection: HttpConnection,
        wait: Duration,
        started: Instant,
    ) -> Outcome {
        let recorder = connection.recorder.clone();
        let limit = self.limits.answer_bytes;
        let result = timeout(wait, async {
            let answer = connection
                .sender
                .send_request(request)
                .await
                .map_err(|error| classify(&error, &recorder))?;
            let (head, body) = answer.into_parts();
            let body = collect(body, limit, &recorder).await?;
            Ok(Response {
                status: head.status.as_u16(),
                reason: reason_in(&head.extensions),
                headers: head.headers,
                body,
            })
        })
        .await
        .unwrap_or_else(|_| {
            Err(TransportError::Timeout {
                after: wait,
                received: recorder.received_bytes(),
            })
        });
        let came = recorder.take();
        let unasked = connection.heard > 0 && came.sent_bytes == 0 && came.received_bytes > 0;
        let result = match result {
            // hyper gave the connection up before it had written anything.
            Err(_) if unasked => Err(TransportError::Unsolicited {
                bytes: came.received_bytes,
            }),
            result => result,
        };
        let length = result
            .as_ref()
            .ok()
            .and_then(|answer: &Response| answer.header("content-length")?.parse().ok());
        connection.heard = came.answer_bytes(length);
        connection.received = came.received_bytes;
        let connection = result.is_ok().then_some(Connection::Http(connection));
        Outcome {
            result,
            tape: came,
            elapsed: started.elapsed(),
            connection,
        }
    }
}

async fn collect(
    mut body: hyper::body::Incoming,
    limit: usize,
    recorder: &Recorder,
) -> Result<Bytes, TransportError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| classify(&error, recorder))?;
        if let Some(data) = frame.data_ref() {
            whole.extend_from_slice(data);
        }
        if whole.len() > limit {
            return Err(TransportError::TooLong { limit });
        }
    }
    Ok(whole.freeze())
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
