//! One connection: requests in, answers out, and its end left clean.
//!
//! A server that closes a socket with unread bytes resets it, and the client may lose the answer that it
//! was about to read. So a small rest of a body is read before the answer, and before a connection is
//! closed for good its sending side is, and what still comes is read for a while.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    sync::{Mutex as Turn, watch},
    task::spawn_blocking,
    time::{Instant, timeout},
};

use crate::{
    answer::Answer,
    body::{End, drain, read},
    budget::{Budget, Reserved},
    busy::Busy,
    config::{Config, Connections, Limits},
    control::{self, Cuts, Desk, Manner, Severed, Watched},
    downloads, ending,
    fault::Fault,
    held::Held,
    log,
    metrics::Metrics,
    places::{Place, Places},
    service::{Head, Service, Step},
    store::log::Pending,
    tamper::{Notes, Tampered, remember_key},
    tls::{Rewound, Stream, Tls},
    tunnel::{self, Gate},
    wire,
    worded::{self, Worded},
};

/// How long an upload takes by the fault that refuses a second one.
const BUSY: Duration = Duration::from_millis(50);

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    service: Mutex<Service>,
    /// The journal, the orders, the snapshots and the clock.
    pub(crate) desk: Desk,
    pub(crate) limits: Limits,
    connections: Connections,
    delay: Duration,
    /// Where one upload holds up everyone, by order.
    turn: Option<Turn<()>>,
    /// The uploads that are under way, where a second one is refused, by order.
    busy: Option<Busy>,
    /// Whether a connection keeps the key of its first request, by order.
    remembers_key: bool,
    /// What goes wrong on connections, by order.
    fault: Option<Fault>,
    /// What encrypts connections, where that is asked for.
    pub(crate) tls: Option<Tls>,
    /// Whether keys of live mode are taken.
    pub(crate) live_keys: bool,
    pub(crate) places: Arc<Places>,
    pub(crate) budget: Budget,
    pub(crate) metrics: Metrics,
}

impl Shared {
    pub(crate) fn new(service: Service, desk: Desk, config: &Config, tls: Option<Tls>) -> Self {
        let budget = Budget::new(config.limits.memory, &service);
        let one_at_a_time = config.fault == Some(Fault::SlowUploadBlocksAll);
        Self {
            desk,
            service: Mutex::new(service),
            limits: Limits {
                body_idle: patience(config.fault).unwrap_or(config.limits.body_idle),
                ..config.limits
            },
            connections: config.variants.connections,
            delay: config.variants.delay,
            busy: (config.fault == Some(Fault::BusyAnswers409)).then(Busy::default),
            turn: one_at_a_time.then(Turn::default),
            remembers_key: config.fault == Some(Fault::ConnectionRemembersKey),
            fault: config.fault,
            tls,
            live_keys: config.live_keys,
            places: Arc::new(Places::new(config.limits.connections)),
            budget,
            metrics: Metrics::default(),
        }
    }

    /// The service, held briefly and never across a wait.
    pub(crate) fn service(&self) -> Held<'_> {
        self.hold(None)
    }

    /// The service, for an answer that waits until what it tells is kept.
    pub(crate) fn service_for<'a>(&'a self, pending: &'a Pending) -> Held<'a> {
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
pub(crate) async fn serve(
    socket: TcpStream,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
    place: &Place,
) {
    let is_local = socket
        .peer_addr()
        .is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
    let mut next = Some(Rewound::new(Bytes::new(), socket));
    while let Some(socket) = next {
        let Some(stream) = open(socket, &shared).await else {
            return;
        };
        next = exchange(stream, &shared, is_local, &mut stopped, place).await;
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
    place: &Place,
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
        let (shared, in_doubt, notes, tunnels) = (Arc::clone(shared), &in_doubt, &notes, &tunnels);
        let cuts = &cuts;
        let begun = Instant::now();
        Box::pin(async move {
            place.begin().await;
            let told = log::Told::new(&request);
            let had_body = !request.body().is_end_stream();
            // Behind a tunnel that was refused may come what was meant for its other end.
            let goes_on = !had_body && request.method() != Method::CONNECT;
            let (answer, reusable, manner) = match tunnel::gate(&request, &shared, encrypted) {
                Gate::Tunnel => {
                    tunnels.store(true, Ordering::Relaxed);
                    place.end(Instant::now());
                    return Ok(Response::new(control::outgoing(Bytes::new(), None)));
                }
                Gate::Answered(answer) => (answer, goes_on, Manner::default()),
                Gate::Refused(answer) => (answer, false, Manner::default()),
                Gate::Served if notes.framed_twice.swap(false, Ordering::Relaxed) => {
                    (shared.service().fail(), false, Manner::default())
                }
                Gate::Served => respond(begun, request, &shared, is_local).await,
            };
            in_doubt.store(!reusable, Ordering::Relaxed);
            let refused = had_body && answer.status.is_client_error();
            notes.refused.store(refused, Ordering::Relaxed);
            // A sleep of no time lasts until the timer's next tick all the same.
            if !shared.delay.is_zero() {
                tokio::time::sleep(shared.delay).await;
            }
            let now = Instant::now();
            let took = now - begun;
            told.answered(&answer, took, &shared.metrics);
            if let Some(cut) = manner.cut {
                cuts.order(cut, answer.body.len());
            }
            let mut response = wire::response(answer, reusable, shared.connections, manner);
            wire::like_the_recorded(&mut response, took, &shared.desk.clock);
            place.end(now);
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
            Worded::new(
                Tampered::new(
                    Severed::new(TokioIo::new(stream), Arc::clone(&cuts)),
                    shared.fault,
                    Arc::clone(&notes),
                ),
                Arc::clone(shared),
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
        let _ = timeout(limits.linger, ending::close(stream)).await;
    }
    None
}

/// The answer to a request, whether the connection can be used again, and how the answer is sent.
async fn respond(
    begun: Instant,
    request: Request<Incoming>,
    shared: &Shared,
    is_local: bool,
) -> (Answer, bool, Manner) {
    let path = request.uri().path();
    if control::is_control(path) && !downloads::is_download(path) {
        let (answer, reusable) = Box::pin(control::serve(request, shared, is_local)).await;
        return (answer, reusable, Manner::default());
    }
    let _turn = match &shared.turn {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    let (parts, mut body) = request.into_parts();
    let is_upload = parts.method == Method::POST && parts.uri.path().ends_with("/documents");
    let busy = shared.busy.as_ref().filter(|_| is_upload);
    let under_way = busy.map(|busy| busy.begin(parts.uri.path()));
    if under_way.as_ref().is_some_and(|it| it.is_second) {
        let reusable = Box::pin(drain(&mut body)).await;
        return (shared.service().conflict(), reusable, Manner::default());
    }
    if under_way.is_some() {
        tokio::time::sleep(BUSY).await;
    }
    let head = Head {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &parts.headers,
    };
    let pending = Pending::default();
    let watched = Watched::begin(begun.into_std(), &parts, shared);
    let step = match watched.instead(shared) {
        Some(answer) => Step::Answer(answer),
        None => watched.serve(&mut shared.service_for(&pending), &head, shared.live_keys),
    };
    // A client that waits for leave to send would take reading for the leave.
    let waits = matches!(step, Step::Answer(_) | Step::File(_)) && parts.headers.contains_key(header::EXPECT);
    // What is rare is put aside: the room of it all is taken, and moved, for every request.
    let (mut answer, rest) = match step {
        Step::Answer(answer) => (answer, Rest::Left),
        step => Box::pin(follow(step, &mut body, shared, &pending, &watched)).await,
    };
    if !pending.is_kept().await {
        answer = shared.service().fail();
    }
    let reusable = match rest {
        Rest::Lost => false,
        Rest::Left => body.is_end_stream() || !waits && Box::pin(drain(&mut body)).await,
    };
    answer = watched.bend(answer, shared);
    if let Some(delay) = watched.delay() {
        Box::pin(tokio::time::sleep(delay)).await;
    }
    let manner = watched.end(&parts, &answer, shared);
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
    pending: &Pending,
    watched: &Watched,
) -> (Answer, Rest) {
    let fault = watched.fault().or(shared.fault);
    let limits = Limits {
        body_idle: patience(watched.fault()).unwrap_or(shared.limits.body_idle),
        ..shared.limits
    };
    let now = || shared.desk.clock.now();
    match step {
        Step::Answer(answer) => (answer, Rest::Left),
        Step::Body(mut reader) => {
            match read(body, &limits, |bytes| reader.feed(watched.count(bytes))).await {
                End::Whole => (reader.finish(&mut shared.service_for(pending), now()), Rest::Left),
                End::Answered(answer) => (answer, Rest::Left),
                End::Broken => (reader.abandon(), Rest::Lost),
                End::TooSlow => (reader.time_out(), Rest::Lost),
            }
        }
        Step::Upload(mut upload) => {
            let mut room = match Reserved::new(shared, body.size_hint().exact().unwrap_or(0)) {
                Ok(room) => room,
                Err(answer) => return (*answer, Rest::Left),
            };
            let take = |bytes: &[u8]| {
                let bytes = watched.count(bytes);
                room.take(bytes.len()).or_else(|| upload.feed(bytes))
            };
            match read(body, &limits, take).await {
                End::Whole => {
                    let answer = upload.finish(&mut shared.service_for(pending), now());
                    if answer.status.is_success() {
                        room.keep();
                    }
                    (answer, Rest::Left)
                }
                End::Answered(answer) => (answer, Rest::Left),
                End::Broken if fault == Some(Fault::CutUploadStored) => (
                    upload.keep_what_came(&mut shared.service_for(pending), now()),
                    Rest::Lost,
                ),
                End::Broken => (upload.abandon(), Rest::Lost),
                End::TooSlow if fault == Some(Fault::StalledUploadStored) => (
                    upload.keep_what_came(&mut shared.service_for(pending), now()),
                    Rest::Lost,
                ),
                End::TooSlow => (upload.time_out(), Rest::Lost),
            }
        }
        Step::File(file) => match spawn_blocking(|| file.read()).await {
            Ok(answer) => (answer, Rest::Left),
            Err(_) => (shared.service().fail(), Rest::Left),
        },
    }
}
