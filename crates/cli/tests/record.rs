//! `rebuttal record` as people use it: what it prints, what it saves, how it ends, and that no key is in any of it.

mod recording;

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use recording::running::{json, names, run};
use recording::{FORM, PNG, Recording, base64, basic, form, request};
use serde_json::Value;

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

/// Holds a text against the one that people reviewed.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/reports");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
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
    snapshot("record-human", &steady(&text, &address));
    let saved = fs::read_to_string(folder.path().join("sdk/dispute-1.toml")).expect("it was saved");
    snapshot("record-scenario", &saved);
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
    ] {
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
