//! What a recording promises: each mistake of a client is named, no correct endpoint is accused, what is saved holds
//! when it is asked again, and nothing that either side does stops it.
#![expect(clippy::unwrap_used, reason = "what cannot be run ends the test")]

mod captures;
#[path = "../support/mod.rs"]
mod support;
mod troubles;

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use rebuttal_conformance::{
    Endpoint, Limits,
    record::{Line, Options, Proxy, Recorded, Summary},
};
use rebuttal_mock::{Config, Mock, Plant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

pub(crate) const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";
pub(crate) const BASIC: &str = "Authorization: Basic c2tleV90ZXN0XzV4dXk0dzkxeHF6N2Qxdzl1MHQ6\r\n";
pub(crate) const DOCUMENTS: &str = "/disputes/dspt_test_5g5ih3pybo7v4wwrbjw/documents";

/// Nothing in a test takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mock with an account of the key, and an open dispute with a document.
pub(crate) async fn mock() -> Mock {
    let plant = Plant {
        secret: KEY.parse().unwrap(),
        dispute: "dspt_test_5g5ih3pybo7v4wwrbjw".parse().unwrap(),
        document: "docu_test_5g5iiejzhyhbfyj6kzs".parse().unwrap(),
    };
    let config = Config {
        plant: Some(plant),
        ..Config::default()
    };
    Mock::start(config).await.unwrap()
}

/// A recording, and what it told.
pub(crate) struct Recording {
    pub(crate) proxy: Proxy,
    lines: Arc<Mutex<Vec<Line>>>,
}

impl Recording {
    pub(crate) async fn of(upstream: &str, out: Option<&Path>) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: upstream.parse::<Endpoint>().unwrap(),
            limits: Limits {
                connect: Duration::from_secs(2),
                answer: Duration::from_secs(2),
                ..Limits::default()
            },
            live: false,
            out: out.map(Path::to_owned),
        };
        let proxy = Proxy::start(options, move |line| sink.lock().unwrap().push(line.clone()))
            .await
            .unwrap();
        Self { proxy, lines }
    }

    /// Sends bytes on a connection of their own, and reads until the proxy closes it.
    pub(crate) async fn send(&self, bytes: &[u8]) -> String {
        send(self.proxy.address(), bytes).await
    }

    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        let lines = self.lines.lock().unwrap();
        let exchanges = lines.iter().filter_map(|line| match line {
            Line::Exchange(recorded) => Some(recorded.clone()),
            _ => None,
        });
        exchanges.collect()
    }

    pub(crate) fn troubles(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let troubles = lines.iter().filter_map(|line| match line {
            Line::Trouble { text, .. } => Some(text.clone()),
            _ => None,
        });
        troubles.collect()
    }

    /// The one exchange there was.
    pub(crate) fn only(&self) -> Recorded {
        let recorded = self.recorded();
        assert_eq!(recorded.len(), 1, "{recorded:#?}");
        recorded[0].clone()
    }

    pub(crate) async fn end(self) -> Summary {
        timeout(PATIENCE, self.proxy.shutdown()).await.expect("it hangs")
    }
}

/// Sends bytes to an address, and reads until it closes.
pub(crate) async fn send(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let answer = async {
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    timeout(PATIENCE, answer).await.expect("it hangs")
}

/// A request with a key, without a body.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{BASIC}Omise-Version: 2019-05-29\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

/// An upload of a PNG whose name is `filename`.
pub(crate) fn upload(filename: &str, more: &str) -> Vec<u8> {
    let png = rebuttal_conformance::evidence::Sample::Png.content(None);
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\nContent-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend(&png);
    body.extend(
        b"\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nproof_of_receipt\r\n--b--\r\n",
    );
    let mut request = format!(
        "POST {DOCUMENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\n{BASIC}Omise-Version: 2019-05-29\r\n{more}Content-Type: \
         multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    request
}

pub(crate) fn rules(recorded: &Recorded) -> Vec<&'static str> {
    recorded.findings.iter().filter_map(|it| it.rule).collect()
}
