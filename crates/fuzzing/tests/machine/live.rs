//! A mock on a socket, asked by hyper.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use rebuttal_fuzzing::{
    oracles::mock::Endpoint,
    reference::{Reply, Request, SEED, STARTS_AT, World},
};
use rebuttal_mock::{Clock, Config, Mock, Settings};
use rebuttal_model::Timestamp;
use tokio::{net::TcpStream, runtime::Runtime};

/// What the one snapshot is called.
const KEPT: &str = "kept";

/// A mock of its own, with a runtime that runs while it is asked.
pub(crate) struct Live {
    mock: Mock,
    runtime: Runtime,
}

impl Live {
    pub(crate) fn start(settings: Settings) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let config = Config {
            seed: SEED,
            clock: Clock::Fixed(Timestamp::from_unix_seconds(STARTS_AT)),
            profile: settings.profile,
            fault: settings.fault,
            variants: settings.variants,
            ..Config::default()
        };
        let mock = runtime.block_on(Mock::start(config)).unwrap();
        Self { mock, runtime }
    }
}

impl Endpoint for Live {
    fn ask(&mut self, request: &Request, world: &World) -> Reply {
        self.mock.set_clock(Clock::Fixed(world.now));
        self.runtime.block_on(asked(&self.mock, request))
    }

    fn keep(&mut self) {
        self.mock.snapshot(KEPT).unwrap();
    }

    fn put_back(&mut self) {
        self.mock.restore(KEPT).unwrap();
    }
}

/// One request on a connection of its own.
async fn asked(mock: &Mock, request: &Request) -> Reply {
    let stream = TcpStream::connect(mock.address()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let target = match &request.query {
        Some(query) => format!("{}?{query}", request.path),
        None => request.path.clone(),
    };
    let mut sent = http::Request::builder()
        .method(&request.method)
        .uri(target)
        .header("Host", mock.address().to_string());
    for (name, value) in &request.headers {
        sent = sent.header(name, value);
    }
    let body = Full::new(Bytes::copy_from_slice(&request.body));
    let answer = sender.send_request(sent.body(body).unwrap()).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    connection.abort();
    Reply {
        status: head.status,
        headers: head.headers,
        body,
    }
}
