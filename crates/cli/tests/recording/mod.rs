//! A recording that is under way, and what clients send to it.
#![allow(dead_code, reason = "each test file uses some of these")]

#[path = "../running/mod.rs"]
pub(crate) mod running;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use running::rebuttal;

/// A recording that is under way.
pub(crate) struct Recording {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    first: String,
    pub(crate) address: String,
}

impl Recording {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_by(&mut rebuttal(folder, &[&["record"], arguments].concat()))
    }

    pub(crate) fn start_by(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first = String::new();
        out.read_line(&mut first).expect("it says where it listens");
        let address = first.split("http://").nth(1).expect("an address");
        let address = address.trim_end_matches(|it: char| !it.is_ascii_digit());
        let address = address.split('"').next().expect("it works").to_owned();
        Self {
            child,
            out,
            first,
            address,
        }
    }

    /// Sends a request, and reads until the proxy closes.
    pub(crate) fn send(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("it works");
        stream.write_all(request).expect("it takes requests");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pressed = std::process::Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(pressed.expect("it works").success());
    }

    /// Waits for the end: the status, everything that was printed, and complaints.
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        let mut text = self.first.clone();
        self.out.read_to_string(&mut text).expect("it is text");
        let mut complaints = String::new();
        let mut err = self.child.stderr.take().expect("a pipe");
        err.read_to_string(&mut complaints).expect("it is text");
        (self.child.wait().expect("it ends").code(), text, complaints)
    }
}

pub(crate) fn basic(credentials: &str) -> String {
    format!("Authorization: Basic {}\r\n", base64(credentials.as_bytes()))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0, |word, byte| word << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(LETTERS[word >> (18 - 6 * index) & 63]));
        }
    }
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

pub(crate) fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nOmise-Version: 2019-05-29\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub(crate) fn form(filename: &str, content: &[u8], kind: &str) -> Vec<u8> {
    let start = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"{filename}\r\nContent-Type: image/png\r\n\r\n"
    );
    let end = format!("\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--b--\r\n");
    [start.as_bytes(), content, end.as_bytes()].concat()
}

pub(crate) const FORM: &str = "Content-Type: multipart/form-data; boundary=b\r\n";

/// A PNG of one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";
