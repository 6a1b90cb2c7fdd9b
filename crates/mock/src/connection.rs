//! One connection: requests in, answers out, and its end left clean.
//!
//! A server that closes a socket with unread bytes resets it, and the client may lose the answer that it
//! was about to read. So a small rest of a body is read before the answer, and before a connection is
//! closed for good its sending side is, and what still comes is read for a while.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Version, header};
use http_body_util::BodyExt;
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Mutex as Turn, watch},
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    answer::Answer,
    config::{Config, Connections, Limits},
    control::{self, Cuts, Desk, LiveClock, Manner, Outgoing, Severed, Watched},
    fault::Fault,
    held::Held,
    service::{Head, Service, Step},
    store::log::Pending,
    tamper::{Notes, Tampered},
    tls::{Rewound, Stream, Tls},
    tunnel::{self, Gate},
    worded::{self, Worded},
};

/// The largest rest of a body that is read so that the connection can be used again, in bytes.
const MAX_DRAINED_BYTES: u64 = 1024 * 1024;

/// How long a rest of known length may take, and one of unknown length, before the answer goes out.
const DRAIN_KNOWN: Duration = Duration::from_secs(2);
const DRAIN_UNKNOWN: Duration = Duration::from_millis(100);

/// The most that is read from a connection that is being closed, in bytes.
const MAX_LINGER_BYTES: usize = 64 * 1024 * 1024;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    service: Mutex<Service>,
    clock: Arc<LiveClock>,
    /// The journal, the orders and the snapshots.
    pub(crate) desk: Desk,
    pub(crate) limits: Limits,
    connections: Connections,
    delay: Duration,
    /// Where one upload holds up everyone, by order.
    turn: Option<Turn<()>>,
    /// Whether a connection keeps the key of its first request, by order.
    remembers_key: bool,
    /// What goes wrong on connections, by order.
    fault: Option<Fault>,
    /// What encrypts connections, where that is asked for.
    pub(crate) tls: Option<Tls>,
}

impl Shared {
    pub(crate) fn new(service: Service, orders: control::Orders, config: &Config, tls: Option<Tls>) -> Self {
        let clock = Arc::new(LiveClock::new(config.clock));
        let one_at_a_time = config.fault == Some(Fault::SlowUploadBlocksAll);
        Self {
            desk: Desk::new(config, &service, orders, Arc::clone(&clock)),
            service: Mutex::new(service),
            clock,
            limits: Limits {
                body_idle: patience(config.fault).unwrap_or(config.limits.body_idle),
                ..config.limits
            },
            connections: config.variants.connections,
            delay: config.variants.delay,
            turn: one_at_a_time.then(Turn::default),
            remembers_key: config.fault == Some(Fault::ConnectionRemembersKey),
            fault: config.fault,
            tls,
        }
    }

    /// The service, held briefly and never across a wait.
    pub(crate) fn service(&self) -> Held<'_> {
        self.hold(None)
    }

    /// The service, for an answer that waits until what it tells is kept.
    fn service_for<'a>(&'a self, pending: &'a Pending) -> Held<'a> {
        self.hold(Some(pending))
    }

    fn hold<'a>(&'a self, pending: Option<&'a Pending>) -> Held<'a> {
        Held::new(
            self.service.lock().unwrap_or_else(PoisonError::into_inner),
            pending,
        )
    }
}

/// How long a server with a fault waits for more of a body.
fn patience(fault: Option<Fault>) -> Option<Duration> {
    match fault? {
        Fault::SlowPiecesRefused => Some(Duration::from_millis(200)),
        Fault::StalledUploadStored | Fault::StalledUploadAnswers500 => Some(Duration::from_millis(550)),
        _ => None,
    }
}

/// Serves a connection until it ends or the mock stops.
pub(crate) async fn serve(socket: TcpStream, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let is_local = socket
        .peer_addr()
        .is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
    let mut next = Some(Rewound::new(Bytes::new(), socket));
    while let Some(socket) = next {
        let Some(stream) = open(socket, &shared).await else {
            return;
        };
        next = exchange(stream, &shared, is_local, &mut stopped).await;
    }
}

/// The stream of a connection, or of a tunnel on it; `None` where no handshake comes about.
async fn open(socket: Rewound, shared: &Shared) -> Option<Stream> {
    match &shared.tls {
        Some(tls) => timeout(shared.limits.head_timeout, tls.open(socket))
            .await
            .ok()?
            .ok(),
        None => Some(Stream::Plain(socket)),
    }
}

/// Serves requests until the connection ends; gives it back where a tunnel was asked for.
async fn exchange(
    stream: Stream,
    shared: &Arc<Shared>,
    is_local: bool,
    stopped: &mut watch::Receiver<bool>,
) -> Option<Rewound> {
    let limits = shared.limits;
    let encrypted = stream.is_tls();
    let tunnels = AtomicBool::new(false);
    let in_doubt = AtomicBool::new(false);
    let notes = Arc::new(Notes::default());
    let key = Mutex::new(None);
    let cuts = Arc::new(Cuts::default());
    let service = service_fn(|mut request: Request<Incoming>| {
        if shared.remembers_key {
            remember_key(&key, &mut request);
        }
        let (shared, in_doubt, notes) = (Arc::clone(shared), &in_doubt, &notes);
        let (tunnels, cuts) = (&tunnels, &cuts);
        let begun = Instant::now();
        Box::pin(async move {
            match tunnel::gate(&request, &shared, encrypted) {
                Gate::Served => {}
                Gate::Tunnel => {
                    tunnels.store(true, Ordering::Relaxed);
                    return Ok(Response::new(control::outgoing(Bytes::new(), None)));
                }
                Gate::Refused(answer) => {
                    return Ok(response(answer, false, shared.connections, Manner::default()));
                }
            }
            let had_body = !request.body().is_end_stream();
            let (mut answer, reusable, manner) = if notes.framed_twice.swap(false, Ordering::Relaxed) {
                (shared.service().fail(), false, Manner::default())
            } else {
                respond(request, &shared, is_local).await
            };
            in_doubt.store(!reusable, Ordering::Relaxed);
            let refused = had_body && answer.status.is_client_error();
            notes.refused.store(refused, Ordering::Relaxed);
            tokio::time::sleep(shared.delay).await;
            if let Some(date) = shared.clock.date() {
                answer.headers.insert(header::DATE, date);
            }
            if let Some(cut) = manner.cut {
                cuts.order(cut, answer.body.len());
            }
            let mut response = response(answer, reusable, shared.connections, manner);
            like_the_recorded(&mut response, begun);
            Ok::<_, Infallible>(response)
        })
    });
    let mut connection = http1::Builder::new()
        .title_case_headers(true)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(limits.head_bytes)
        .half_close(true)
        .serve_connection(
            Severed::new(
                Worded::new(
                    Tampered::new(TokioIo::new(stream), shared.fault, Arc::clone(&notes)),
                    Arc::clone(shared),
                ),
                Arc::clone(&cuts),
            ),
            service,
        );
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
    // An error is the client's, and hyper has answered it where it could; what follows it is unread too.
    let parts = connection.into_parts();
    let mut stream = parts.io.into_inner().into_inner().into_inner().into_inner();
    if tunnels.load(Ordering::Relaxed) {
        return stream.into_plain().map(|socket| socket.before(parts.read_buf));
    }
    if ended.as_ref().is_err_and(hyper::Error::is_timeout) && !parts.read_buf.is_empty() {
        // Part of a head came. The library closes without a word.
        let told = worded::written(&worded::refusal(shared, StatusCode::REQUEST_TIMEOUT));
        let _ = timeout(limits.linger, stream.write_all(&told)).await;
    }
    if ended.is_err() || in_doubt.load(Ordering::Relaxed) {
        let _ = timeout(limits.linger, close(stream)).await;
    }
    None
}

/// Takes the key of an earlier request for one that has none, as a fault does.
fn remember_key(known: &Mutex<Option<HeaderValue>>, request: &mut Request<Incoming>) {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    match (request.headers().get(header::AUTHORIZATION), &*known) {
        (Some(sent), _) => *known = Some(sent.clone()),
        (None, Some(key)) => {
            let key = key.clone();
            request.headers_mut().insert(header::AUTHORIZATION, key);
        }
        (None, None) => {}
    }
}

/// Closes the sending side, then reads until the client closes too.
async fn close(mut stream: Stream) {
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

/// The answer to a request, whether the connection can be used again, and how the answer is sent.
async fn respond(request: Request<Incoming>, shared: &Shared, is_local: bool) -> (Answer, bool, Manner) {
    if control::is_control(request.uri().path()) {
        let (answer, reusable) = control::serve(request, shared, is_local).await;
        return (answer, reusable, Manner::default());
    }
    let _turn = match &shared.turn {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    let (parts, mut body) = request.into_parts();
    let head = Head {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &parts.headers,
    };
    let pending = Pending::default();
    let watched = Watched::begin(&parts, shared);
    let step = match watched.instead(shared) {
        Some(answer) => Step::Answer(answer),
        None => shared.service_for(&pending).begin_noting(
            &head,
            shared.clock.now(),
            watched.fault(),
            watched.notes(),
        ),
    };
    // A client that waits for leave to send would take reading for the leave.
    let waits = matches!(step, Step::Answer(_) | Step::File(_)) && parts.headers.contains_key(header::EXPECT);
    let (mut answer, rest) = follow(step, &mut body, shared, &watched, &pending).await;
    if !pending.is_kept().await {
        answer = shared.service().fail();
    }
    let reusable = match rest {
        Rest::Lost => false,
        Rest::Left => body.is_end_stream() || !waits && drain(&mut body).await,
    };
    let (answer, manner) = watched.end(&parts, answer, shared).await;
    (answer, reusable, manner)
}

/// What became of a body once the answer is known.
enum Rest {
    /// Some of it may be left to read, or nothing.
    Left,
    /// The client broke off or fell silent.
    Lost,
}

/// Reads what a request's head asks for, and answers.
async fn follow(
    step: Step,
    body: &mut Incoming,
    shared: &Shared,
    watched: &Watched,
    pending: &Pending,
) -> (Answer, Rest) {
    let fault = watched.fault().or(shared.fault);
    let limits = Limits {
        body_idle: patience(watched.fault()).unwrap_or(shared.limits.body_idle),
        ..shared.limits
    };
    let service = || shared.service_for(pending);
    let now = || shared.clock.now();
    match step {
        Step::Answer(answer) => (answer, Rest::Left),
        Step::Body(mut reader) => {
            match read(body, &limits, |bytes| reader.feed(watched.count(bytes))).await {
                End::Whole => (reader.finish(&mut service(), now()), Rest::Left),
                End::Answered(answer) => (answer, Rest::Left),
                End::Broken => (reader.abandon(), Rest::Lost),
                End::TooSlow => (reader.time_out(), Rest::Lost),
            }
        }
        Step::Upload(mut upload) => {
            match read(body, &limits, |bytes| upload.feed(watched.count(bytes))).await {
                End::Whole => (upload.finish(&mut service(), now()), Rest::Left),
                End::Answered(answer) => (answer, Rest::Left),
                End::Broken if fault == Some(Fault::CutUploadStored) => {
                    (upload.keep_what_came(&mut service(), now()), Rest::Lost)
                }
                End::Broken => (upload.abandon(), Rest::Lost),
                End::TooSlow if fault == Some(Fault::StalledUploadStored) => {
                    (upload.keep_what_came(&mut service(), now()), Rest::Lost)
                }
                End::TooSlow => (upload.time_out(), Rest::Lost),
            }
        }
        Step::File(file) => match spawn_blocking(|| file.read()).await {
            Ok(answer) => (answer, Rest::Left),
            Err(_) => (shared.service().fail(), Rest::Left),
        },
    }
}

fn response(answer: Answer, reusable: bool, connections: Connections, manner: Manner) -> Response<Outgoing> {
    let mut response = Response::new(control::outgoing(answer.body, manner.bytes_per_second));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if connections == Connections::Http10 {
        *response.version_mut() = Version::HTTP_10;
    }
    if !reusable || connections != Connections::Kept {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Adds the headers that the live API's servers add.
fn like_the_recorded(response: &mut Response<Outgoing>, begun: Instant) {
    const STATUS: HeaderName = HeaderName::from_static("status");
    const RUNTIME: HeaderName = HeaderName::from_static("x-runtime");
    let status = response.status().to_string();
    let runtime = format!("{:.6}", begun.elapsed().as_secs_f64());
    for (name, value) in [(STATUS, status), (RUNTIME, runtime)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}

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
    loop {
        let by = last.min(Instant::now() + limits.body_idle);
        let frame = match timeout_at(by, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_))) => return End::Broken,
            Ok(None) => return End::Whole,
            Err(_) => return End::TooSlow,
        };
        if let Some(bytes) = frame.data_ref()
            && let Some(answer) = take(bytes)
        {
            return End::Answered(answer);
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
