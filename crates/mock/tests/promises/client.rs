//! A client below HTTP: bytes out, one response in, nothing hidden.

use std::{io, net::SocketAddr, time::Duration};

use rebuttal_mock::{Config, Mock};
use rebuttal_model::DisputeId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::ask::base64;

/// No exchange of these tests may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// One response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }
}

/// One connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    unread: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the mock listens");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.stream.write_all(bytes))
            .await
            .expect("the mock takes bytes in time")
            .expect("the mock takes bytes");
    }

    /// Sends a request and reads the response to it.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Reply {
        self.send(request).await;
        self.reply().await
    }

    /// The next final response.
    pub(crate) async fn reply(&mut self) -> Reply {
        timeout(PATIENCE, self.read())
            .await
            .expect("the mock answers in time")
            .expect("the mock answers")
    }

    /// Whether the mock closes the connection without saying more.
    pub(crate) async fn closes(&mut self) -> bool {
        let mut byte = [0];
        let read = timeout(PATIENCE, self.stream.read(&mut byte)).await;
        self.unread.is_empty() && matches!(read, Ok(Ok(0)))
    }

    async fn read(&mut self) -> io::Result<Reply> {
        loop {
            let end = loop {
                if let Some(place) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                    break place + 4;
                }
                self.more().await?;
            };
            let head: Vec<u8> = self.unread.drain(..end).collect();
            let mut reply = parse_head(std::str::from_utf8(&head).map_err(io::Error::other)?);
            if reply.status >= 200 {
                let length = reply
                    .header("content-length")
                    .map_or(0, |value| value.parse().unwrap_or(0));
                while self.unread.len() < length {
                    self.more().await?;
                }
                reply.body = self.unread.drain(..length).collect();
                return Ok(reply);
            }
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        let mut chunk = vec![0; 16 * 1024];
        match self.stream.read(&mut chunk).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            bytes => {
                self.unread.extend_from_slice(&chunk[..bytes]);
                Ok(())
            }
        }
    }
}

fn parse_head(head: &str) -> Reply {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    Reply {
        status: status
            .and_then(|status| status.parse().ok())
            .expect("a status line"),
        headers,
        body: Vec::new(),
    }
}

pub(crate) async fn start(config: Config) -> Mock {
    Mock::start(config).await.unwrap()
}

/// A request with the first account's key.
pub(crate) fn request(mock: &Mock, line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let key = base64(format!("{}:", mock.target().secret.expose()).as_bytes());
    let mut bytes = format!(
        "{line}\r\nHost: {}\r\nAuthorization: Basic {key}\r\n",
        mock.address()
    );
    for header in headers {
        bytes += header;
        bytes += "\r\n";
    }
    bytes += "\r\n";
    [bytes.as_bytes(), body].concat()
}

pub(crate) fn get(mock: &Mock) -> Vec<u8> {
    request(mock, "GET /disputes/open HTTP/1.1", &[], b"")
}

pub(crate) fn upload(mock: &Mock, dispute: &DisputeId, body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}", body.len());
    request(mock, &upload_line(dispute), &[&length, MULTIPART], body)
}

pub(crate) fn upload_line(dispute: &DisputeId) -> String {
    format!("POST /disputes/{dispute}/documents HTTP/1.1")
}

pub(crate) const MULTIPART: &str = "Content-Type: multipart/form-data; boundary=b";
