//! `rebuttal record` as people use it: what it prints, what it saves, how it ends, and that no key is in any of it.

mod running;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use running::{json, names, rebuttal, run};
use serde_json::Value;

/// A recording that is under way.
struct Recording {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    first: String,
    address: String,
}

impl Recording {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = rebuttal(folder, &[&["record"], arguments].concat())
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
    fn send(&self, request: &[u8]) -> String {
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
    fn interrupt(&self) {
        let pressed = std::process::Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(pressed.expect("it works").success());
    }

    /// Waits for the end: the status, everything that was printed, and complaints.
    fn end(mut self) -> (Option<i32>, String, String) {
        let mut text = self.first.clone();
        self.out.read_to_string(&mut text).expect("it is text");
        let mut complaints = String::new();
        let mut err = self.child.stderr.take().expect("a pipe");
        err.read_to_string(&mut complaints).expect("it is text");
        (self.child.wait().expect("it ends").code(), text, complaints)
    }
}

/// What a target file names: the secret key, and an open dispute.
fn target(folder: &Path) -> (String, String) {
    let path = folder.join("target.toml");
    // It is written when the proxy listens.
    let end = Instant::now() + Duration::from_secs(30);
    while !path.exists() && Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    let text = fs::read_to_string(path).expect("a target file");
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).expect("a line");
        line.split('"').nth(1).expect("a text").to_owned()
    };
    (value("secret = "), value("open = "))
}

fn basic(credentials: &str) -> String {
    format!("Authorization: Basic {}\r\n", base64(credentials.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
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

fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nOmise-Version: 2019-05-29\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn form(filename: &str, content: &[u8], kind: &str) -> Vec<u8> {
    let start = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"{filename}\r\nContent-Type: image/png\r\n\r\n"
    );
    let end = format!("\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--b--\r\n");
    [start.as_bytes(), content, end.as_bytes()].concat()
}

const FORM: &str = "Content-Type: multipart/form-data; boundary=b\r\n";

/// A PNG of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

/// What varies from run to run, made the same.
fn steady(text: &str, address: &str) -> String {
    let mut lines = Vec::new();
    for line in text.replace(address, "127.0.0.1:PORT").lines() {
        let mut line = line.to_owned();
        let is_time = line.len() > 9 && line.as_bytes()[8] == b'Z' && line.as_bytes()[2] == b':';
        if is_time {
            line.replace_range(..9, "hh:mm:ssZ");
        }
        if let Some(at) = line.rfind(", ").filter(|_| line.ends_with(" ms")) {
            line.replace_range(at.., ", N ms");
        }
        if let Some(at) = line.find(" in ").filter(|_| line.starts_with("recorded ")) {
            line.replace_range(at.., " in N s");
        }
        if line.starts_with("upstream ") {
            "upstream     http://127.0.0.1:PORT".clone_into(&mut line);
        }
        lines.push(line);
    }
    let mut text = lines.join("\n");
    for prefix in ["docu_test_", "dspt_test_"] {
        let mut at = 0;
        while let Some(found) = text[at..].find(prefix) {
            let start = at + found + prefix.len();
            let end = text[start..]
                .find(|it: char| !it.is_ascii_alphanumeric())
                .map_or(text.len(), |it| start + it);
            text.replace_range(start..end, "…");
            at = start;
        }
    }
    text
}

#[test]
fn a_recording_says_what_is_wrong_and_its_scenarios_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--out", "sdk", "--target-out", "target.toml", "--exchanges", "5"];
    let recording = Recording::start(folder.path(), &arguments);
    let (key, dispute) = target(folder.path());
    let documents = format!("/disputes/{dispute}/documents");
    let auth = basic(&format!("{key}:"));
    let headers = format!("{auth}{FORM}");
    let answer = recording.send(&request(
        "POST",
        &documents,
        &headers,
        &form("; filename=\"slip.png\"", PNG, "proof_of_receipt"),
    ));
    assert!(answer.contains("200 OK"), "{answer}");
    let text = base64(PNG);
    for (headers, body) in [
        (&headers, form("", text.as_bytes(), "proof-of-receipt")),
        (
            &headers,
            form(
                "; filename=\"slip.png\"",
                &String::from_utf8_lossy(PNG).into_owned().into_bytes(),
                "proof_of_receipt",
            ),
        ),
        (&basic(&format!(":{key}")), Vec::new()),
        (
            &format!("{auth}Content-Type: multipart/form-data\r\n"),
            form("; filename=\"slip.png\"", PNG, "proof_of_receipt"),
        ),
    ] {
        recording.send(&request("POST", &documents, headers, &body));
    }
    let address = recording.address.clone();
    let (status, text, complaints) = recording.end();
    assert_eq!((status, complaints.as_str()), (Some(1), ""), "{text}");
    insta::assert_snapshot!("recording", steady(&text, &address));
    let saved = fs::read_to_string(folder.path().join("sdk/dispute-1.toml")).expect("it was saved");
    insta::assert_snapshot!("scenario", saved);
    for profile in ["documented", "recorded"] {
        let arguments = [
            "conformance",
            "--scenarios",
            "sdk",
            "--strict",
            "--mock-profile",
            profile,
        ];
        let (status, text, complaints) = run(folder.path(), &arguments);
        assert_eq!(status, 0, "{text}{complaints}");
    }
    // The same folder is not written to again.
    let (status, _, complaints) = run(folder.path(), &["record", "--out", "sdk"]);
    assert_eq!(status, 2);
    assert!(complaints.contains("new or empty"), "{complaints}");
}

#[test]
fn lines_for_programs_fit_their_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--format", "json", "--exchanges", "2", "--out", "sdk"];
    let recording = Recording::start(folder.path(), &arguments);
    recording.send(&request("GET", "/disputes/null/documents", "", b""));
    recording.send(b"\x16\x03\x01");
    recording.send(&request("GET", "/charges", "", b""));
    let (status, text, complaints) = recording.end();
    assert_eq!((status, complaints.as_str()), (Some(1), ""), "{text}");
    let schema = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/record.json"));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut events = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("an object a line");
        let problems: Vec<_> = validator.iter_errors(&line).map(|it| it.to_string()).collect();
        assert!(problems.is_empty(), "{line}: {problems:?}");
        events.push(line["event"].as_str().expect("a text").to_owned());
    }
    assert_eq!(
        events,
        ["listening", "exchange", "trouble", "exchange", "summary"]
    );
}

#[test]
fn what_cannot_be_recorded_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, wanted) in [
        (&["--listen", "0.0.0.0:0"][..], "--listen-to-others"),
        (&["--listen", "here"], "invalid value"),
        (&["--upstream", "api.omise.co"], "expected a URL"),
        (
            &["--upstream", "http://x", "--mock-fault", "gif-accepted"],
            "cannot be used with",
        ),
        (&["--exchanges", "0"], "invalid value"),
        (&["--out", "missing\0"], ""),
    ] {
        if arguments.iter().any(|it| it.contains('\0')) {
            continue;
        }
        let (status, out, complaints) = run(folder.path(), &[&["record"], arguments].concat());
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {complaints}");
        assert!(complaints.contains(wanted), "{arguments:?}: {complaints}");
    }
    assert!(names(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn a_recording_ends_as_it_went() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = Recording::start(folder.path(), &[]);
    recording.interrupt();
    let (status, text, _) = recording.end();
    assert_eq!(status, Some(4), "{text}");
    assert!(text.contains("recorded   0 exchanges"), "{text}");

    let recording = Recording::start(folder.path(), &["--upstream", "http://127.0.0.1:1"]);
    let auth = basic("skey_test_5xuy4w91xqz7d1w9u0t:");
    let answer = recording.send(&request("GET", "/disputes/dspt_test_1/documents", &auth, b""));
    assert!(answer.contains("502 Bad Gateway"), "{answer}");
    recording.interrupt();
    let (status, text, _) = recording.end();
    assert_eq!(status, Some(3), "{text}");
    assert!(text.contains("cannot connect to 127.0.0.1:1"), "{text}");
}

/// A key in every form in which it could show, but for the letters at the ends that mix with what stands beside.
fn forms(key: &str) -> Vec<String> {
    let tail = &key[10..];
    let mut forms = vec![
        tail.to_owned(),
        tail.bytes().map(|it| format!("%{it:02X}")).collect(),
    ];
    for lead in ["", "x", "xy"] {
        forms.push(base64(format!("{lead}{key}:").as_bytes())[8..32].to_owned());
    }
    forms
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("it works").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read(&path).expect("a file")));
        }
    }
}

#[cfg(unix)]
#[test]
fn no_key_is_printed_or_saved_wherever_a_client_puts_it() {
    let key = "skey_test_5xuy4w91xqz7d1w9u0t";
    let other = "skey_test_7qplant3dother9key42";
    for format in ["human", "json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let recording = Recording::start(folder.path(), &["--out", "sdk", "--format", format]);
        let auth = basic(&format!("{key}:"));
        let headers = format!("{auth}{FORM}X-Api-Key: {other}\r\nCookie: key={key}\r\n");
        let percent: String = other.bytes().map(|it| format!("%{it:02X}")).collect();
        let documents = "/disputes/dspt_test_1/documents";
        for name in [
            key.to_owned(),
            base64(other.as_bytes()),
            format!("x{}", base64(format!("x{key}").as_bytes())),
        ] {
            let filename = format!("; filename=\"{name}.png\"");
            recording.send(&request(
                "POST",
                documents,
                &headers,
                &form(&filename, PNG, "proof_of_receipt"),
            ));
            recording.send(&request(
                "POST",
                documents,
                &headers,
                &form(&filename, PNG, &name),
            ));
            let content = [PNG, name.as_bytes()].concat();
            let plain = "; filename=\"a.png\"";
            recording.send(&request(
                "POST",
                documents,
                &headers,
                &form(plain, &content, "other"),
            ));
            let path = format!("{documents}?key={name}&again={percent}");
            recording.send(&request("GET", &path, &auth, b""));
            recording.send(&request("DELETE", &format!("{documents}/{name}"), &auth, b""));
            let json = format!("{{\"file\":\"{name}\",\"key\":\"{other}\"}}");
            let is_json = format!("{auth}Content-Type: application/json\r\n");
            recording.send(&request("POST", documents, &is_json, json.as_bytes()));
            let broken =
                format!("--b\r\n{name}\r\nContent-Disposition: {name}; name=\"{name}\"\r\n\r\n{name}");
            recording.send(&request("POST", documents, &headers, broken.as_bytes()));
            recording.send(&request(
                "POST",
                &format!("/v1/{name}/documents"),
                &headers,
                name.as_bytes(),
            ));
            recording.send(&request(
                "GET",
                documents,
                &format!("Authorization: {name}\r\n"),
                b"",
            ));
            recording.send(&request(
                "GET",
                documents,
                &format!("Authorization: Basic {name}\r\n"),
                b"",
            ));
            recording.send(&request(
                "GET",
                documents,
                &format!("Authorization: Bearer {other}\r\nOmise-Version: {key}\r\n"),
                b"",
            ));
        }
        recording.send(format!("{key} {other}\r\n\r\n").as_bytes());
        recording.interrupt();
        let (_, text, complaints) = recording.end();
        let mut written = vec![
            ("stdout".to_owned(), text.into_bytes()),
            ("stderr".to_owned(), complaints.into_bytes()),
        ];
        files(&folder.path().join("sdk"), &mut written);
        assert!(written.len() > 5 && String::from_utf8_lossy(&written[0].1).contains("***"));
        for (what, bytes) in written {
            let text = String::from_utf8_lossy(&bytes);
            for form in forms(key).iter().chain(&forms(other)) {
                let near = text.find(form.as_str()).map(|at| {
                    let start = (0..=at.saturating_sub(200))
                        .rev()
                        .find(|it| text.is_char_boundary(*it));
                    text[start.unwrap_or(0)..at].to_owned()
                });
                assert!(near.is_none(), "{what} shows {form} behind {near:?}");
            }
        }
    }
}
