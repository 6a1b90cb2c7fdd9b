//! A client that sends one request a connection, and shows what came back to the last byte.

use std::{fmt::Write, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use rebuttal_mock::{Config, Mock};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// No exchange of these tests may take longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A grey picture of one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\
\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

/// What came back, to the end of the connection.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    /// 0 where not even a status came.
    pub(crate) fn status(&self) -> u16 {
        let status = self.bytes.get(9..12).and_then(|it| std::str::from_utf8(it).ok());
        status.and_then(|it| it.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn head(&self) -> String {
        let end = self.bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        String::from_utf8(self.bytes[..end].to_vec()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.head();
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    }

    pub(crate) fn body(&self) -> &[u8] {
        let end = self.bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        &self.bytes[end + 4..]
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.body())
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }
}

pub(crate) async fn start() -> Mock {
    Mock::start(Config::default()).await.unwrap()
}

/// Sends bytes on a connection of their own.
pub(crate) async fn send(mock: &Mock, bytes: &[u8]) -> Reply {
    let exchange = async {
        let mut stream = TcpStream::connect(mock.address()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        Reply { bytes }
    };
    timeout(PATIENCE, exchange).await.expect("an answer in time")
}

/// A request with these headers besides those that every one has.
pub(crate) async fn request(mock: &Mock, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        mock.address()
    );
    for header in headers {
        head += header;
        head += "\r\n";
    }
    if !body.is_empty() {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    send(mock, &[head.as_bytes(), body].concat()).await
}

/// A request of the control API.
pub(crate) async fn control(mock: &Mock, method: &str, path: &str, body: &str) -> Reply {
    let json = "Content-Type: application/json";
    request(mock, method, &format!("/_mock/{path}"), &[json], body.as_bytes()).await
}

/// The answer to a request of the control API that is served.
pub(crate) async fn served(mock: &Mock, method: &str, path: &str, body: &str) -> Value {
    let reply = control(mock, method, path, body).await;
    assert!(matches!(reply.status(), 200..=204), "{method} {path}: {reply:?}");
    if reply.body().is_empty() {
        Value::Null
    } else {
        reply.json()
    }
}

/// The first problem of a request of the control API that is refused: its status and the problem in words.
pub(crate) async fn refused(mock: &Mock, method: &str, path: &str, body: &str) -> (u16, String) {
    let reply = control(mock, method, path, body).await;
    let told = reply.json();
    let problem = &told["problems"][0];
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    let mut words = format!(
        "{}: expected {}, found {}",
        text("pointer"),
        text("expected"),
        text("found")
    );
    if !text("help").is_empty() {
        let _ = write!(words, " ({})", text("help"));
    }
    (reply.status(), words)
}

/// The credentials of the first account.
pub(crate) fn key(mock: &Mock) -> String {
    let user = format!("{}:", mock.target().secret.expose());
    format!("Authorization: Basic {}", STANDARD.encode(user))
}

/// A request of the API with the first account's key.
pub(crate) async fn api(mock: &Mock, method: &str, path: &str) -> Reply {
    request(mock, method, path, &[&key(mock)], b"").await
}

/// An upload of a small PNG to the first account's third dispute, which has no documents.
pub(crate) async fn upload(mock: &Mock, filename: &str) -> Reply {
    let body = form(
        &format!("form-data; name=\"file\"; filename=\"{filename}\""),
        "image/png",
        PNG,
    );
    let path = format!("/disputes/{}/documents", mock.target().disputes.open[2]);
    upload_to(mock, &path, "multipart/form-data; boundary=b", &body).await
}

pub(crate) async fn upload_to(mock: &Mock, path: &str, content_type: &str, body: &[u8]) -> Reply {
    let content_type = format!("Content-Type: {content_type}");
    request(mock, "POST", path, &[&key(mock), &content_type], body).await
}

/// A form of one part.
pub(crate) fn form(disposition: &str, content_type: &str, content: &[u8]) -> Vec<u8> {
    let mut head = format!("--b\r\nContent-Disposition: {disposition}\r\n");
    if !content_type.is_empty() {
        let _ = write!(head, "Content-Type: {content_type}\r\n");
    }
    [head.as_bytes(), b"\r\n", content, b"\r\n--b--\r\n"].concat()
}
