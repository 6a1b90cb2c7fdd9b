//! A mock with a state file as a process, and a client of it below HTTP libraries.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::running::rebuttal;

/// The name of the state file in the folder of a test.
pub(crate) const STATE: &str = "state.db";

/// A mock that runs. It is killed when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Running {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::of(rebuttal(folder, &["mock", "--state", STATE]))
    }

    /// Runs a command that becomes a mock.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        out.read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("said {line:?}")).to_owned();
        Self { child, address }
    }

    /// Kills it, with a signal that no program can catch.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection to a mock.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    key: String,
}

impl Client {
    pub(crate) fn connect(address: &str, key: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            key: STANDARD.encode(format!("{key}:")),
        })
    }

    /// Uploads a file; gives the status and the body of the answer.
    pub(crate) fn upload(
        &mut self,
        dispute: &str,
        filename: &str,
        content: &[u8],
    ) -> io::Result<(u16, String)> {
        let mut body =
            format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\r\n")
                .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let head = "Content-Type: multipart/form-data; boundary=b\r\n";
        self.ask("POST", &format!("/disputes/{dispute}/documents"), head, &body)
    }

    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        head: &str,
        body: &[u8],
    ) -> io::Result<(u16, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: mock\r\nAuthorization: Basic {}\r\n{head}Content-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.stream.get_mut().write_all(body)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<(u16, String)> {
        let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 || !line.ends_with('\n') {
                return Err(broken());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest.get(..3).and_then(|code| code.parse().ok());
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| broken())?;
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8(body).map_err(|_| broken())?;
        Ok((status.ok_or_else(broken)?, body))
    }
}
