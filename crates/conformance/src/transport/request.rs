//! Requests as scenarios make them, and their bodies as hyper sends them.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Buf;
use http::{HeaderName, HeaderValue, Method, header};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::{Endpoint, wire::Recorder};
use crate::segments::{Segments, Sent};

/// How much of a body goes into one write, in bytes.
const FRAME_BYTES: usize = 64 * 1024;

/// How long an endpoint has to say `100 Continue` before the body is sent without it (RFC 9110 §10.1.1).
const CONTINUE_WAIT: Duration = Duration::from_secs(1);

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, below the endpoint's prefix.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    /// Whether the body waits for `100 Continue`.
    pub(crate) expect_continue: bool,
}

/// The body of a request.
#[derive(Clone, Debug, Default)]
pub(crate) enum Body {
    /// None, and no framing headers.
    #[default]
    None,
    /// With `Content-Length`.
    Whole(Segments),
    /// In chunked transfer coding.
    Chunked(Segments),
}

impl Body {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Whole(content) | Self::Chunked(content) => content.len(),
        }
    }
}

impl Request {
    pub(crate) fn new(method: &str, path: impl Into<String>) -> Self {
        Self {
            method: method.to_owned(),
            path: path.into(),
            headers: Vec::new(),
            body: Body::None,
            expect_continue: false,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = Body::Whole(value.to_string().into());
        self.header("content-type", "application/json")
    }

    /// The request as hyper takes it. `Err` says what cannot be sent.
    pub(super) fn to_http(
        &self,
        endpoint: &Endpoint,
        recorder: &Recorder,
    ) -> Result<http::Request<SendBody>, String> {
        let bad = |what: &str, value: &str| format!("{what} {value:?} cannot stand in an HTTP message");
        let method =
            Method::from_bytes(self.method.as_bytes()).map_err(|_| bad("the method", &self.method))?;
        let target = format!("{}{}", endpoint.prefix, self.path);
        let mut request = http::Request::builder()
            .method(method)
            .uri(&target)
            .body(SendBody::new(
                &self.body,
                self.expect_continue.then(|| recorder.clone()),
            ))
            .map_err(|_| bad("the path", &target))?;
        let headers = request.headers_mut();
        let host = endpoint.authority();
        headers.insert(
            header::HOST,
            HeaderValue::from_str(&host).map_err(|_| bad("the host", &host))?,
        );
        let agent = concat!("rebuttal/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if self.expect_continue {
            headers.insert(header::EXPECT, HeaderValue::from_static("100-continue"));
        }
        for (name, value) in &self.headers {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad("the header name", name))?;
            let value =
                HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad("the value of header", name))?;
            headers.insert(key, value);
        }
        Ok(request)
    }
}

impl Request {
    /// The request as it goes over the wire, and where in it the body begins. `Err` says what cannot be sent.
    pub(crate) fn to_bytes(&self, endpoint: &Endpoint, framing: Framing) -> Result<(Vec<u8>, usize), String> {
        let http = self.to_http(endpoint, &Recorder::default())?;
        let mut bytes = format!("{} {} HTTP/1.1\r\n", http.method(), http.uri()).into_bytes();
        for (name, value) in http.headers() {
            bytes.extend(
                [
                    title_case(name.as_str()).as_bytes(),
                    b": ",
                    value.as_bytes(),
                    b"\r\n",
                ]
                .concat(),
            );
        }
        let body = match (&self.body, framing) {
            (Body::None, _) => None,
            (Body::Whole(body), Framing::One) => {
                bytes.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
                Some(body.to_bytes().into())
            }
            (Body::Chunked(body), Framing::One) => {
                bytes.extend(b"Transfer-Encoding: chunked\r\n");
                Some(chunked(&body.to_bytes()))
            }
            (Body::Whole(body) | Body::Chunked(body), Framing::Both) => {
                let body = chunked(&body.to_bytes());
                let both = format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", body.len());
                bytes.extend(both.bytes());
                Some(body)
            }
        };
        bytes.extend(b"\r\n");
        let head = bytes.len();
        bytes.extend(body.unwrap_or_default());
        Ok((bytes, head))
    }
}

/// How the end of a body is announced.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Framing {
    /// As the body says.
    #[default]
    One,
    /// By its length, and in chunks.
    Both,
}

/// A body as one chunk.
fn chunked(body: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

/// A header's name as clients write it.
fn title_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

/// A body on its way out.
pub(crate) struct SendBody {
    rest: Sent,
    /// Whether the length is announced.
    sized: bool,
    /// What the body waits for before it starts.
    gate: Option<(Recorder, Pin<Box<Sleep>>)>,
}

impl SendBody {
    pub(super) fn new(body: &Body, gate: Option<Recorder>) -> Self {
        let (rest, sized) = match body {
            Body::None => (Sent::default(), true),
            Body::Whole(content) => (Sent::of(content), true),
            Body::Chunked(content) => (Sent::of(content), false),
        };
        Self {
            rest,
            sized,
            gate: gate.map(|recorder| (recorder, Box::pin(sleep(CONTINUE_WAIT)))),
        }
    }
}

impl HttpBody for SendBody {
    type Data = Sent;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Sent>, Infallible>>> {
        if let Some((recorder, deadline)) = &mut self.gate {
            if recorder.poll_received(context).is_pending() && deadline.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.gate = None;
        }
        if !self.rest.has_remaining() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(FRAME_BYTES)))))
    }

    fn is_end_stream(&self) -> bool {
        self.sized && !self.rest.has_remaining()
    }

    fn size_hint(&self) -> SizeHint {
        if self.sized {
            SizeHint::with_exact(self.rest.remaining() as u64)
        } else {
            SizeHint::default()
        }
    }
}
