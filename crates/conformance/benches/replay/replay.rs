//! The bare client: hyper, a connection and what was taken. It judges nothing; of the answers it reads the status,
//! and the ids of what it made, since it cannot go on without them.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::BodyExt;
use hyper::{
    body::{Body, Frame, SizeHint},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use rebuttal_conformance::Target;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use crate::script::{Connection, Exchange, Piece, Scenario, Script, ids};

/// How much longer a raw exchange may take than it did.
const SLACK: Duration = Duration::from_millis(300);

/// How many answers there were, and how many of them as they were taken.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) answers: usize,
    pub(crate) same: usize,
}

/// What an id that was taken is called here.
type Names = Arc<Mutex<BTreeMap<String, String>>>;

/// Scenarios with the disputes that they need.
pub(crate) type Ready = Vec<(&'static Scenario, Names)>;

/// Makes a dispute for each that a scenario was lent by another.
pub(crate) async fn ready(target: &Target, scenarios: &'static [Scenario]) -> Ready {
    let disputes = &target.disputes;
    let given = [
        &disputes.open,
        &disputes.pending,
        &disputes.won,
        &disputes.lost,
        &disputes.foreign,
    ];
    let given: BTreeSet<_> = given
        .into_iter()
        .flatten()
        .map(|id| id.as_str().to_owned())
        .collect();
    let mut ready = Vec::new();
    for scenario in scenarios {
        let exchanges = || {
            let of = |connection: &'static Connection| match &connection.script {
                Script::Plain(exchanges) => exchanges.as_slice(),
                Script::Raw { .. } => &[],
            };
            scenario.connections.iter().flat_map(of)
        };
        let mentioned: BTreeSet<_> = exchanges().flat_map(|it| ids(it.path.as_bytes())).collect();
        let maker = exchanges().find(|it| it.headers.iter().any(|(name, _)| name == "authorization"));
        let made: BTreeSet<_> = exchanges()
            .filter(|it| makes(it))
            .flat_map(|it| &it.ids)
            .collect();
        let names = Names::default();
        for id in mentioned {
            // What a scenario names without having made it; unknown ones stay unknown.
            let lent =
                id.starts_with("dspt_test_") && id.len() > 25 && !given.contains(&id) && !made.contains(&id);
            if let (true, Some(maker), Some(charge)) = (lent, maker, target.charges.first()) {
                let exchange = Exchange {
                    method: Method::POST,
                    path: format!("/charges/{charge}/disputes"),
                    headers: maker.headers.clone(),
                    body: Bytes::new(),
                    chunked: false,
                    status: 200,
                    ids: vec![id],
                };
                plain(target.endpoint.port, &[exchange], &names).await;
            }
        }
        ready.push((scenario, names));
    }
    ready
}

fn makes(exchange: &Exchange) -> bool {
    exchange.method == Method::POST && exchange.path.starts_with("/charges/")
}

/// Sends everything, as many scenarios at a time as there are jobs.
pub(crate) async fn replay(port: u16, ready: Ready, jobs: usize) -> Tally {
    let (ready, next) = (Arc::new(ready), Arc::new(AtomicUsize::new(0)));
    let mut running = JoinSet::new();
    for _ in 0..jobs {
        let (ready, next) = (Arc::clone(&ready), Arc::clone(&next));
        running.spawn(async move {
            let mut tally = Tally::default();
            while let Some((scenario, names)) = ready.get(next.fetch_add(1, Ordering::Relaxed)) {
                tally.add(play(port, scenario, names).await);
            }
            tally
        });
    }
    let mut tally = Tally::default();
    for of_job in running.join_all().await {
        tally.add(of_job);
    }
    tally
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.answers += other.answers;
        self.same += other.same;
    }
}

async fn play(port: u16, scenario: &'static Scenario, names: &Names) -> Tally {
    let mut tally = Tally::default();
    let mut beside: BTreeMap<usize, JoinHandle<Tally>> = BTreeMap::new();
    for (index, connection) in scenario.connections.iter().enumerate() {
        for before in &connection.after {
            if let Some(running) = beside.remove(before) {
                tally.add(running.await.expect("no panic"));
            }
        }
        sleep(connection.pause).await;
        let next = scenario.connections.get(index + 1);
        if next.is_none_or(|next| next.after.contains(&index)) {
            tally.add(carry_out(port, &connection.script, names).await);
        } else {
            let names = Arc::clone(names);
            let running = async move { carry_out(port, &connection.script, &names).await };
            beside.insert(index, tokio::spawn(running));
        }
    }
    for running in beside.into_values() {
        tally.add(running.await.expect("no panic"));
    }
    tally
}

async fn carry_out(port: u16, script: &Script, names: &Names) -> Tally {
    match script {
        Script::Plain(exchanges) => plain(port, exchanges, names).await,
        Script::Raw {
            pieces,
            answered,
            held,
        } => {
            raw(port, pieces, *answered, *held).await;
            Tally::default()
        }
    }
}

async fn plain(port: u16, exchanges: &[Exchange], names: &Names) -> Tally {
    let mut tally = Tally {
        answers: exchanges.len(),
        same: 0,
    };
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the mock");
    let _ = stream.set_nodelay(true);
    let (mut sender, driver) = http1::handshake(TokioIo::new(stream))
        .await
        .expect("a connection");
    tokio::spawn(async move { drop(driver.await) });
    for exchange in exchanges {
        if sender.ready().await.is_err() {
            break;
        }
        let Ok(answer) = sender.send_request(request(exchange, names)).await else {
            break;
        };
        tally.same += usize::from(answer.status() == exchange.status);
        let Ok(body) = answer.into_body().collect().await else {
            break;
        };
        if exchange.method == Method::POST {
            let found = ids(&body.to_bytes());
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.extend(exchange.ids.iter().cloned().zip(found));
        }
    }
    tally
}

fn request(exchange: &Exchange, names: &Names) -> Request<Sent> {
    let mut path = exchange.path.clone();
    for id in ids(path.clone().as_bytes()) {
        if let Some(name) = names.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            path = path.replace(&id, name);
        }
    }
    let mut request = Request::new(Sent {
        rest: exchange.body.clone(),
        chunked: exchange.chunked,
    });
    *request.method_mut() = exchange.method.clone();
    *request.uri_mut() = path.parse().expect("a path that was sent before");
    request.headers_mut().extend(exchange.headers.iter().cloned());
    request
}

/// A body, in pieces of 64 KiB as the suite sends it.
struct Sent {
    rest: Bytes,
    chunked: bool,
}

impl Body for Sent {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let length = self.rest.len().min(64 * 1024);
        let piece = self.rest.split_to(length);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        !self.chunked && self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.rest.len() as u64)
        }
    }
}

/// Sends the pieces and reads as much as there was to read.
async fn raw(port: u16, pieces: &[Piece], answered: usize, held: Duration) {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the mock");
    let (mut from, mut to) = stream.into_split();
    let mut left = answered;
    let reading = async {
        let mut scrap = vec![0; 16 * 1024];
        while left > 0 {
            match from.read(&mut scrap).await {
                Ok(0) | Err(_) => return,
                Ok(length) => left = left.saturating_sub(length),
            }
        }
    };
    let writing = async {
        for piece in pieces {
            sleep(piece.pause).await;
            let sent = if piece.bytes.is_empty() {
                to.shutdown().await
            } else {
                to.write_all(&piece.bytes).await
            };
            if sent.is_err() {
                return;
            }
        }
        if answered == 0 {
            sleep(held).await;
        }
    };
    let slowest = pieces.iter().map(|piece| piece.pause).sum::<Duration>() + held + SLACK;
    let _ = timeout(slowest, async { tokio::join!(reading, writing) }).await;
}
