//! A server as a process, stopped when dropped.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// A running server.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    started: Instant,
    target: String,
}

impl Server {
    /// The mock, with records of its own; with a state file of its own where it `keeps` them.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn mock(program: &Path, folder: &Path, keeps: bool) -> Result<Self> {
        let (target, state) = (folder.join("target.toml"), folder.join("state.db"));
        for old in ["state.db", "state.db-wal"] {
            let _ = fs::remove_file(folder.join(old));
        }
        let mut command = Command::new(program);
        // Uploads that are refused are no load.
        command
            .args(["mock", "--max-memory", "16384", "--target-out"])
            .arg(&target);
        if keeps {
            command.arg("--state").arg(&state);
        }
        let mut server = Self::start(command)?;
        server.target = fs::read_to_string(&target)?;
        Ok(server)
    }

    /// The bare server, that answers as many bytes, and keeps what it is sent or does not.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn plain(program: &Path, bytes: usize, keeps: bool) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg(bytes.to_string());
        if keeps {
            command.arg("keep");
        }
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self> {
        let started = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().context("expected a pipe")?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.with_context(|| format!("expected an address, found {line:?}"))?;
        Ok(Self {
            child,
            address: address.to_owned(),
            started,
            target: String::new(),
        })
    }

    /// The key of the mock's first account; something of the same length for others.
    pub fn key(&self) -> &str {
        self.quoted("secret = \"")
            .unwrap_or("skey_test_0000000000000000000")
    }

    /// An open dispute with more than 20 documents.
    pub fn dispute(&self) -> &str {
        self.quoted("open = [\"")
            .unwrap_or("dspt_test_0000000000000000000")
    }

    /// Another open dispute.
    pub fn other_dispute(&self) -> &str {
        let first = self.dispute();
        let behind = self.target.split_once(first).map(|(_, rest)| rest);
        let next = behind.and_then(|rest| rest.split('"').nth(2));
        next.unwrap_or(first)
    }

    fn quoted(&self, before: &str) -> Option<&str> {
        let (_, rest) = self.target.split_once(before)?;
        rest.split('"').next()
    }

    /// The id of a document of the dispute.
    ///
    /// # Errors
    ///
    /// When the mock does not answer.
    pub fn document(&self) -> Result<String> {
        let list = self.get(&format!("/disputes/{}/documents?limit=1", self.dispute()))?;
        let found = list.split_once("\"docu_").map(|(_, rest)| rest.split('"').next());
        let found = found.flatten().context("expected a document in the list")?;
        Ok(format!("docu_{found}"))
    }

    /// Asks for something, and gives the body of the answer.
    ///
    /// # Errors
    ///
    /// When the answer is not 200.
    pub fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let key = base64(self.key());
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: mock\r\nAuthorization: Basic {key}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "found {answer:?}");
        let (_, body) = answer.split_once("\r\n\r\n").context("expected a body")?;
        Ok(body.to_owned())
    }

    /// How long it was from the start of the program until it had answered something.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn first_answer(&self) -> Result<Duration> {
        self.get(&format!("/disputes/{}", self.dispute()))?;
        Ok(self.started.elapsed())
    }

    /// The most memory that it had so far, in bytes; `None` where the system does not tell.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kibibytes * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `Basic` credentials of a key without a password.
pub fn base64(key: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = key.bytes().chain([b':']).collect();
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { letter.into() } else { '=' });
        }
    }
    text
}
