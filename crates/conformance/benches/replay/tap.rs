//! Listens in between the suite and a mock.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rebuttal_conformance::{Options, run, scenario};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::script::Scenario;

/// What went over one connection.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) events: Vec<Event>,
}

/// Some bytes, or the end of them.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Duration,
    pub(crate) by_client: bool,
    /// Nothing where this side sends no more.
    pub(crate) bytes: Vec<u8>,
}

type Shared = Arc<Mutex<Taken>>;

/// Runs the suite once, through the tap, one scenario after another.
pub(crate) async fn take(mock: u16) -> Vec<Scenario> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let connections: Arc<Mutex<Vec<Shared>>> = Arc::default();
    let heard = Arc::clone(&connections);
    let began = Instant::now();
    let listening = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let taken = Shared::default();
            heard.lock().expect("no panic").push(Arc::clone(&taken));
            tokio::spawn(between(client, mock, taken, began));
        }
    });
    let options = Options {
        jobs: 1,
        ..Options::default()
    };
    let mut scenarios: Vec<Vec<Shared>> = Vec::new();
    let library = scenario::embedded().expect("the suite");
    let run = run(crate::target(port).await, library, &options, |_| {
        let ended = std::mem::take(&mut *connections.lock().expect("no panic"));
        scenarios.push(ended);
    })
    .await;
    run.expect("a run");
    listening.abort();
    // The last bytes may still be on their way.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let of_scenario = |connections: Vec<Shared>| {
        let taken = connections
            .iter()
            .map(|taken| std::mem::take(&mut *taken.lock().expect("no panic")));
        Scenario::of(taken.collect())
    };
    scenarios.into_iter().map(of_scenario).collect()
}

async fn between(client: TcpStream, mock: u16, taken: Shared, began: Instant) {
    let mock = TcpStream::connect(("127.0.0.1", mock)).await.expect("the mock");
    let (from_client, to_client) = client.into_split();
    let (from_mock, to_mock) = mock.into_split();
    tokio::join!(
        copy(from_client, to_mock, true, &taken, began),
        copy(from_mock, to_client, false, &taken, began),
    );
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    by_client: bool,
    taken: &Shared,
    began: Instant,
) {
    let mut scrap = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut scrap).await.unwrap_or(0);
        let bytes = scrap[..length].to_vec();
        let at = began.elapsed();
        taken
            .lock()
            .expect("no panic")
            .events
            .push(Event { at, by_client, bytes });
        if length == 0 || to.write_all(&scrap[..length]).await.is_err() {
            let _ = to.shutdown().await;
            return;
        }
    }
}
