//! The mock as a process of its own.
#![allow(dead_code, reason = "each test file uses some of these")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::running::rebuttal;

/// A mock that is killed when it is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    /// What it said that it listens on.
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
    // A closed pipe would be another test.
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
}

impl Running {
    /// Starts `rebuttal mock` with a target file `target.toml`, and waits until it listens.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with(folder, arguments, |_| {})
    }

    pub(crate) fn start_with(folder: &Path, arguments: &[&str], set: impl FnOnce(&mut Command)) -> Self {
        let mut command = rebuttal(folder, &["mock", "--target-out", "target.toml"]);
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        set(&mut command);
        let mut child = command.spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut stderr = child.stderr.take().expect("a pipe");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            let mut told = String::new();
            stderr.read_to_string(&mut told).expect("UTF-8");
            panic!("{line:?}: {told}");
        };
        Self {
            url: url.to_owned(),
            folder: folder.to_owned(),
            child,
            stdout,
            stderr,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let (_, address) = self.url.split_once("://").expect("a URL");
        address.parse().expect("an address")
    }

    /// The value of a member of the target file that is a text.
    pub(crate) fn target(&self, name: &str) -> String {
        let text = fs::read_to_string(self.folder.join("target.toml")).expect("a target file");
        let line = text.lines().find(|line| line.starts_with(&format!("{name} = ")));
        let value = line
            .unwrap_or_else(|| panic!("no {name} in {text}"))
            .split('"')
            .nth(1);
        value.expect("a text").to_owned()
    }

    /// The identifiers of a list in the target file.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("target.toml")).expect("a target file");
        let line = text.lines().find(|line| line.starts_with(&format!("{name} = [")));
        let values = line
            .unwrap_or_else(|| panic!("no {name} in {text}"))
            .split('"')
            .skip(1)
            .step_by(2);
        values.map(str::to_owned).collect()
    }

    /// Sends a request with the first account's key, and reads until the end of the connection.
    pub(crate) fn ask_with_key(&self, line: &str, headers: &[&str], body: &[u8]) -> String {
        let key = base64(format!("{}:", self.target("secret")).as_bytes());
        let host = self.address();
        let mut head = format!("{line}\r\nHost: {host}\r\nAuthorization: Basic {key}\r\n");
        for header in headers {
            head += &format!("{header}\r\n");
        }
        self.ask(&format!("{head}\r\n{}", String::from_utf8_lossy(body)))
    }

    /// Sends bytes on a connection of their own and reads until its end.
    pub(crate) fn ask(&self, request: &str) -> String {
        let mut socket = TcpStream::connect(self.address()).expect("it listens");
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        socket.write_all(request.as_bytes()).expect("it takes bytes");
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).expect("it answers");
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for the end; its status, and what it said on both streams since.
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        let status = self.child.wait().expect("it ends");
        let (mut out, mut err) = (String::new(), String::new());
        self.stdout.read_to_string(&mut out).expect("UTF-8");
        self.stderr.read_to_string(&mut err).expect("UTF-8");
        (status.code(), out, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS[bits as usize & 63]);
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let bits =
                chunk.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            let digits = [
                digit(bits >> 18),
                digit(bits >> 12),
                digit(bits >> 6),
                digit(bits),
            ];
            (0..4).map(move |at| if at > chunk.len() { '=' } else { digits[at] })
        })
        .collect()
}
