//! Uploads that real clients sent, byte for byte over TCP, must be stored as their authors meant them.
//!
//! The captures lie beside a checkout, in `../shared/captures`; without them the test says so and stops.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use rebuttal_mock::{Config, Mock, Plant};
use rebuttal_model::{ApiVersion, Document, Kind};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::client::{Client, Reply};

const CAPTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/captures");

#[derive(Deserialize)]
struct Capture {
    request: Sent,
    expect: Expect,
}

#[derive(Deserialize)]
struct Sent {
    method: String,
    auth: String,
}

#[derive(Deserialize)]
struct Expect {
    outcome: String,
    file_length: Option<u64>,
    file_sha256: Option<String>,
    #[serde(default)]
    filename_accept: Vec<String>,
    #[serde(default)]
    filename_stripped: Vec<String>,
    kind: Option<String>,
    /// Absent where nothing was parsed.
    strict: Option<bool>,
}

/// What the contract wants for a capture.
#[derive(Debug, PartialEq)]
enum Wanted {
    /// The file, stored.
    Stored,
    /// Either a refusal, or the file stored as expected.
    StoredOrRefused,
    /// The answer to a list, a retrieve or a destroy.
    Served,
    /// Nothing stored, and this status.
    Refused(u16),
}

fn wanted(capture: &Capture) -> Wanted {
    let Capture { request, expect, .. } = capture;
    let kind_is_known = expect
        .kind
        .as_deref()
        .is_none_or(|kind| kind.parse::<Kind>().is_ok());
    match expect.outcome.as_str() {
        "list" | "retrieve" | "destroy" => Wanted::Served,
        // The path has no PUT.
        _ if request.method != "POST" => Wanted::Refused(405),
        // No credentials, or a key as Bearer.
        _ if request.auth != "basic" => Wanted::Refused(401),
        "file" if expect.file_length == Some(0) || !kind_is_known => Wanted::Refused(400),
        "file" if expect.strict == Some(false) => Wanted::StoredOrRefused,
        "file" => Wanted::Stored,
        // A text called file, a file without a name, no file, another body: `upload.file-as-text`,
        // `upload.file-missing`, `upload.not-multipart`.
        "plain-field" | "empty-filename" | "no-file" | "not-multipart" => Wanted::Refused(400),
        other => panic!("unknown outcome {other}"),
    }
}

#[tokio::test]
async fn every_captured_upload_is_stored_as_it_was_meant() {
    let folder = Path::new(CAPTURES);
    if !folder.is_dir() {
        // Not by a macro: the harness would swallow it.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no captures in {}", folder.display());
        return;
    }
    let mut read = 0;
    let mut wrong = Vec::new();
    for path in captures(folder) {
        read += 1;
        let text = fs::read(path.with_extension("json")).unwrap();
        let capture: Capture =
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        if let Err(difference) = replay(&capture, &fs::read(&path).unwrap()).await {
            wrong.push(format!("{}: {difference}", path.display()));
        }
    }
    assert!(read >= 800, "read only {read} captures");
    assert!(
        wrong.is_empty(),
        "{} of {read}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for client in fs::read_dir(folder).unwrap() {
        let client = client.unwrap().path();
        if client.is_dir() {
            found.extend(fs::read_dir(client).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "http"));
    found.sort();
    found
}

async fn replay(capture: &Capture, bytes: &[u8]) -> Result<(), String> {
    let plant = Plant {
        secret: "skey_test_5xuy4w91xqz7d1w9u0t".parse().unwrap(),
        dispute: "dspt_test_5g5ih3pybo7v4wwrbjw".parse().unwrap(),
        document: "docu_test_5g5iiejzhyhbfyj6kzs".parse().unwrap(),
    };
    let config = Config {
        plant: Some(plant.clone()),
        ..Config::default()
    };
    let mock = Mock::start(config).await.unwrap();
    let reply = Client::connect(mock.address()).await.ask(bytes).await;
    let mut stored = mock.documents(&plant.dispute);
    let wanted = wanted(capture);
    let difference = match (&wanted, reply.status) {
        (Wanted::Served, 200) => Ok(()),
        (Wanted::Refused(status), found) if *status == found => refused(&reply, stored.len()),
        (Wanted::StoredOrRefused, 400) => refused(&reply, stored.len()),
        (Wanted::Stored | Wanted::StoredOrRefused, 200) if stored.len() == 2 => {
            let stored = stored.remove(1);
            same(
                &capture.expect,
                &stored.document,
                stored.bytes,
                &stored.content.read().unwrap(),
                &reply,
            )
        }
        _ => Err(format!("wanted {wanted:?}, {} documents are there", stored.len())),
    };
    mock.shutdown().await;
    difference.map_err(|text| {
        format!(
            "{text}; {} {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        )
    })
}

fn refused(reply: &Reply, documents: usize) -> Result<(), String> {
    match (reply.json()["object"].as_str(), documents) {
        (Some("error"), 1) => Ok(()),
        _ => Err(format!("refused, and {documents} documents are there")),
    }
}

fn same(
    expect: &Expect,
    document: &Document,
    bytes: u64,
    content: &[u8],
    reply: &Reply,
) -> Result<(), String> {
    let sha256 = Sha256::digest(content)
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let mut names = expect.filename_accept.iter().chain(&expect.filename_stripped);
    let kind = document
        .kind
        .as_ref()
        .and_then(|kind| kind.listed())
        .map(|kind| kind.as_str());
    if reply.json() != document.to_json(ApiVersion::default()) {
        return Err(format!("stored {document:?}"));
    }
    if (Some(bytes), Some(sha256)) != (expect.file_length, expect.file_sha256.clone()) {
        return Err(format!("{bytes} bytes of other content"));
    }
    if kind != expect.kind.as_deref() {
        return Err(format!("kind {kind:?} in place of {:?}", expect.kind));
    }
    if !names.any(|name| *name == document.filename) {
        return Err(format!("filename {:?}", document.filename));
    }
    Ok(())
}
