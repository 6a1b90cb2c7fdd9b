//! No byte that the program writes shows a key, in whatever form an endpoint sends it back.

mod running;

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Stdio,
    thread,
    time::Duration,
};

use running::rebuttal;

const SECRET: &str = "skey_test_5xuy4w91xqz7d1w9u0t";
const OTHER: &str = "skey_test_7qplant3dother9key42";
const PUBLIC: &str = "pkey_test_6zrplant8publ1ckey5x";

/// Pieces of the planted keys, none of which may show: long enough to be of use to somebody.
fn pieces() -> Vec<(String, String)> {
    let mut pieces = Vec::new();
    for key in [SECRET, OTHER, PUBLIC] {
        let tail = &key[10..];
        pieces.push(("raw".to_owned(), tail.to_owned()));
        for lead in ["", "x", "xy"] {
            // The letters in the middle: those at the ends mix with what stands beside.
            let encoded = base64(format!("{lead}{key}:").as_bytes());
            pieces.push((format!("base64 after {lead:?}"), encoded[8..32].to_owned()));
        }
        let each = |write: &dyn Fn(char) -> String| tail.chars().map(write).collect::<String>();
        pieces.push(("percent".to_owned(), each(&|it| format!("%{:02X}", it as u32))));
        pieces.push(("JSON".to_owned(), each(&|it| format!("\\u{:04x}", it as u32))));
        pieces.push((
            "JSON in JSON".to_owned(),
            each(&|it| format!("\\\\u{:04x}", it as u32)),
        ));
        pieces.push(("HTML".to_owned(), each(&|it| format!("&#{};", it as u32))));
        pieces.push((
            "HTML in HTML".to_owned(),
            each(&|it| format!("&amp;#{};", it as u32)),
        ));
        // Halves of a key that was sent in two chunks.
        pieces.push(("first half".to_owned(), tail[..9].to_owned()));
        pieces.push(("second half".to_owned(), tail[10..].to_owned()));
    }
    pieces
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
    text
}

fn assert_clean(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (form, piece) in pieces() {
        if let Some(at) = text.find(&piece) {
            let near: String = text[..at]
                .chars()
                .rev()
                .take(120)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            panic!("{what} shows a key ({form}): {near}>>>{piece}");
        }
    }
}

/// The body of an answer that sends every key back in every form.
fn echo(count: usize) -> Vec<u8> {
    let each = |key: &str, write: &dyn Fn(char) -> String| key.chars().map(write).collect::<String>();
    let mut forms = Vec::new();
    for key in [SECRET, OTHER, PUBLIC] {
        forms.push(key.to_owned());
        forms.push(base64(format!("{key}:").as_bytes()));
        forms.push(base64(format!("x{key}:").as_bytes()));
        forms.push(base64(format!("xy{key}:").as_bytes()));
        forms.push(each(key, &|it| format!("%{:02X}", it as u32)));
        forms.push(each(key, &|it| format!("\\u{:04x}", it as u32)));
        forms.push(each(key, &|it| format!("&#{};", it as u32)));
    }
    let message = forms[count % forms.len()].clone();
    format!(
        "{{\"object\":\"error\",\"location\":\"x\",\"code\":\"{message}\",\"message\":\"seen: {}\"}}",
        forms.join(" ")
    )
    .into_bytes()
}

/// An endpoint that sends keys back: in a header, in a body with a length, and in chunks that cut them.
fn endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("it works");
    let address = listener.local_addr().expect("it works").to_string();
    thread::spawn(move || {
        for (count, stream) in listener.incoming().enumerate() {
            let stream = stream.expect("it works");
            thread::spawn(move || serve(stream, count));
        }
    });
    address
}

fn serve(mut stream: TcpStream, count: usize) {
    stream
        .set_read_timeout(Some(Duration::from_millis(300)))
        .expect("it works");
    let mut request = vec![0; 1 << 16];
    let _ = stream.read(&mut request);
    let body = echo(count);
    let status = ["200 OK", "404 Not Found", "500 Oops"][count % 3];
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Echo: {SECRET}\r\nConnection: close\r\nAuthorization: \
         Basic {}\r\n",
        base64(format!("{OTHER}:").as_bytes())
    );
    let mut answer = head.into_bytes();
    if count.is_multiple_of(2) {
        answer.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
        answer.extend(body);
    } else {
        answer.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        // Chunks of 13 bytes: every key is cut.
        for chunk in body.chunks(13) {
            answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
            answer.extend(chunk);
            answer.extend(b"\r\n");
        }
        answer.extend(b"0\r\n\r\n");
    }
    let _ = stream.write_all(&answer);
}

fn run(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = rebuttal(folder, arguments)
        .env("PLANTED", SECRET)
        .env("RUST_BACKTRACE", "full")
        .env("CLICOLOR_FORCE", "1")
        .output()
        .expect("it works");
    let what = arguments.join(" ");
    assert_clean(&format!("stdout of {what}"), &output.stdout);
    assert_clean(&format!("stderr of {what}"), &output.stderr);
    [output.stdout, output.stderr].concat()
}

fn assert_files_are_clean(folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("it works") {
        let path = entry.expect("it works").path();
        if path
            .file_name()
            .is_some_and(|name| name != "target.toml" && name != "keys.toml")
        {
            assert_clean(&path.display().to_string(), &fs::read(&path).expect("it works"));
            count += 1;
        }
    }
    count
}

fn target(folder: &Path) {
    let text = format!(
        "url = \"http://{}\"\n[keys]\nsecret = \"{SECRET}\"\nother_secret = \"{OTHER}\"\npublic = \"{PUBLIC}\"\n\
         [disputes]\nopen = [\"dspt_test_1\", \"dspt_test_2\"]\nforeign = [\"dspt_test_3\"]\n",
        endpoint()
    );
    fs::write(folder.join("target.toml"), text).expect("it works");
}

#[test]
fn no_report_shows_a_key_that_the_endpoint_sends_back() {
    let folder = tempfile::tempdir().expect("it works");
    target(folder.path());
    let known = "[[known]]\nclause = \"auth.wrong-key\"\nmismatch = { place = \"status\", found = \"x\" }\nreason = \"x\"\n";
    fs::write(folder.path().join("known.toml"), known).expect("it works");
    let forms = ["human", "json", "junit", "tap", "github", "markdown", "html"];
    let files: Vec<_> = forms.iter().map(|form| format!("{form}=report.{form}")).collect();
    let mut arguments = vec![
        "conformance",
        "--target",
        "target.toml",
        "--strict",
        "--known",
        "known.toml",
        "--only",
        "auth",
        "--only",
        "list",
        "--only",
        "upload/png",
        "--only",
        "retrieve",
        "--only",
        "http",
    ];
    for file in &files {
        arguments.extend(["--report-file", file]);
    }
    let out = run(folder.path(), &arguments);
    let text = String::from_utf8_lossy(&out);
    assert!(text.contains("***") && text.contains("failed"), "{text}");
    assert_eq!(assert_files_are_clean(folder.path()), forms.len() + 1);
    for form in forms {
        arguments.truncate(16);
        run(
            folder.path(),
            &["report", "show", "report.json", "--format", form],
        );
    }
    let json = fs::read_to_string(folder.path().join("report.json")).expect("it works");
    assert!(
        json.contains("$KEY:") && json.contains("joined here"),
        "the forms were met"
    );
    fs::write(
        folder.path().join("empty.json"),
        json.replace("\"fail\"", "\"pass\""),
    )
    .expect("it works");
    for format in ["human", "json"] {
        run(
            folder.path(),
            &["report", "diff", "empty.json", "report.json", "--format", format],
        );
    }
}

#[test]
fn no_journal_shows_a_key() {
    let folder = tempfile::tempdir().expect("it works");
    target(folder.path());
    let arguments = [
        "conformance",
        "--target",
        "target.toml",
        "--report-file",
        "json=report.json",
    ];
    let mut child = rebuttal(folder.path(), &arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it works");
    let journal = folder.path().join("report.json.journal");
    for _ in 0..1000 {
        if fs::read_to_string(&journal).is_ok_and(|text| text.lines().count() > 15) {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it works");
    child.wait().expect("it works");
    let text = fs::read_to_string(&journal).expect("a journal, since the run was killed");
    assert!(text.contains("***"), "{text}");
    assert_files_are_clean(folder.path());
    run(folder.path(), &["report", "show", "report.json.journal"]);
}

#[test]
fn no_complaint_shows_a_key() {
    let folder = tempfile::tempdir().expect("it works");
    for (name, text) in [
        (
            "no such key",
            format!("url = \"http://x\"\n[keys]\n{SECRET} = 1\n"),
        ),
        (
            "a public key as secret",
            format!("url = \"http://x\"\n[keys]\nsecret = \"{PUBLIC}\"\n"),
        ),
        (
            "never closed",
            format!("url = \"http://x\"\n[keys]\nsecret = \"{SECRET}\n"),
        ),
        (
            "a key as the name of a variable",
            format!("url = \"http://x\"\n[keys]\nsecret_env = \"{SECRET}\"\n"),
        ),
        (
            "beside a password",
            format!("url = \"http://{SECRET}:@x\"\n[keys]\nsecret = \"{OTHER}\"\n"),
        ),
    ] {
        fs::write(folder.path().join("target.toml"), &text).expect("it works");
        let told = run(folder.path(), &["conformance", "--target", "target.toml"]);
        assert!(String::from_utf8_lossy(&told).contains("error"), "{name}");
    }
    fs::write(
        folder.path().join("keys.toml"),
        "url = \"http://x\"\n[keys]\nsecret = \"hunter-of-keys\"\npublic = \"hunter-of-keys\"\n",
    )
    .expect("it works");
    let told = run(folder.path(), &["conformance", "--target", "keys.toml"]);
    let told = String::from_utf8_lossy(&told);
    assert!(
        told.contains("keys.toml:3:") && !told.contains("hunter"),
        "{told}"
    );

    fs::write(
        folder.path().join("known.toml"),
        format!("[[known]]\nclause = \"{SECRET}\"\nreson = \"{OTHER}\"\n"),
    )
    .expect("it works");
    fs::create_dir(folder.path().join("scenarios")).expect("it works");
    fs::write(
        folder.path().join("scenarios/bad.toml"),
        format!("covers = [\"{SECRET}\"]\nwhy = 1\n[[step]]\nauthorization = \"{OTHER}\"\n"),
    )
    .expect("it works");
    for arguments in [
        &["conformance", "--only", SECRET][..],
        &["conformance", "--target", SECRET],
        &["conformance", "--endpoint", SECRET, "--key-env", "PLANTED"],
        &[
            "conformance",
            "--endpoint",
            "http://127.0.0.1:1",
            "--key-env",
            SECRET,
        ],
        &[
            "conformance",
            "--endpoint",
            "http://127.0.0.1:1",
            "--key-env",
            "PLANTED",
        ],
        &["conformance", "--report", SECRET],
        &["conformance", "--filter", SECRET],
        &["conformance", "--filter", &format!("id({SECRET})")],
        &["conformance", "--shard", SECRET],
        &["conformance", "--rate", SECRET],
        &["report", "merge", SECRET],
        &["conformance", "--known", SECRET],
        &["conformance", "--known", "known.toml"],
        &["conformance", "--scenarios", "scenarios"],
        &["conformance", "--no-such-flag", SECRET],
        &["mock", "--fault", SECRET],
        &["report", "show", SECRET],
        &["report", "diff", SECRET, OTHER],
        &["schema", SECRET],
        &[SECRET],
    ] {
        run(folder.path(), arguments);
    }
}
