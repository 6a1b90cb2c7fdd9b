//! Real uploads, byte for byte as 61 clients sent them, read at many chunkings.
//!
//! `tests/captures` holds a few of each kind. The whole set, when it lies beside the project, is read too.
#![expect(clippy::unwrap_used, reason = "a capture that cannot be loaded ends the test")]

mod reading;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rebuttal_multipart::{Boundary, Limits, Mode, ViolationId};
use serde_json::Value;
use sha2::{Digest, Sha256};

use reading::{ReadPart, Reading, every, read};

/// Bodies up to this many bytes are cut at every place, in lenient mode, which reads further.
const EVERY_CUT_MAX_BYTES: usize = 1536;

#[test]
fn captures_kept_here_are_read_as_their_notes_say() {
    let tally = check_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures"));
    assert!(tally.files >= 25, "read {} captures only", tally.files);
}

#[test]
fn every_capture_is_read_as_its_notes_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    if !folder.is_dir() {
        // Written past the harness, which hides what a passing test prints.
        writeln!(
            io::stderr(),
            "skipped: the whole set of captures is not beside this checkout"
        )
        .unwrap();
        return;
    }
    let tally = check_folder(&folder);
    assert!(tally.files >= 800, "read {} captures only", tally.files);
    assert_eq!(tally.forms, 762);
    assert_eq!(
        tally.lenient,
        BTreeMap::from([("D12", 16), ("D13", 11), ("H08", 4)]),
        "forms that lenient mode refuses"
    );
    assert_eq!(
        tally.strict,
        BTreeMap::from([
            ("D07", 16),
            ("D12", 16),
            ("D13", 11),
            ("H08", 4),
            ("H20", 2),
            ("H22", 2)
        ]),
        "forms that strict mode refuses"
    );
}

/// What a folder held.
#[derive(Default)]
struct Tally {
    files: usize,
    forms: usize,
    /// Refusals by violation.
    lenient: BTreeMap<&'static str, usize>,
    strict: BTreeMap<&'static str, usize>,
}

fn check_folder(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for path in captures(folder) {
        tally.files += 1;
        let capture = Capture::load(&path);
        let Some(boundary) = capture.boundary() else {
            continue;
        };
        tally.forms += 1;
        let name = &capture.name;
        let lenient = capture.read_at_every_chunking(boundary, Mode::Lenient);
        let strict = capture.read_at_every_chunking(boundary, Mode::Strict);
        match lenient.error {
            None => capture.check(&lenient),
            Some((id, offset, _)) => {
                assert!(!capture.must_be_read(), "{name}: {id} at {offset}");
                *tally.lenient.entry(id.as_str()).or_default() += 1;
            }
        }
        match strict.error {
            None => assert_eq!(strict.parts, lenient.parts, "{name}"),
            Some((id, offset, _)) => {
                // One reading, but forbidden: filename* beside the same filename, and an empty Content-Type.
                let is_forbidden = matches!(id, ViolationId::D07 | ViolationId::H22);
                assert!(
                    !capture.must_be_read() || is_forbidden,
                    "{name}: {id} at {offset}"
                );
                *tally.strict.entry(id.as_str()).or_default() += 1;
            }
        }
    }
    tally
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    let clients = entries(folder).into_iter().filter(|path| path.is_dir());
    let mut found: Vec<PathBuf> = clients.flat_map(|client| entries(&client)).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "http"));
    found.sort();
    found
}

struct Capture {
    name: String,
    notes: Value,
    content_type: Option<Vec<u8>>,
    body: Vec<u8>,
}

impl Capture {
    fn load(path: &Path) -> Self {
        let request = fs::read(path).unwrap();
        let notes: Value = serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
        let head = memchr::memmem::find(&request, b"\r\n\r\n").unwrap();
        let content_type = request[..head].split(|byte| *byte == b'\n').find_map(|line| {
            let (name, value) = line.split_at_checked(13)?;
            name.eq_ignore_ascii_case(b"content-type:")
                .then(|| value.trim_ascii().to_vec())
        });
        let body = &request[head + 4..];
        let is_chunked = notes["request"]["transfer"] == "chunked";
        let body = if is_chunked { dechunk(body) } else { body.to_vec() };
        assert_eq!(notes["request"]["body"], body.len(), "{}", path.display());
        Self {
            name: path.display().to_string(),
            notes,
            content_type,
            body,
        }
    }

    /// The announced boundary, unless the request is no form and its notes say so.
    fn boundary(&self) -> Option<Boundary> {
        let announced = &self.notes["wire"]["boundary"];
        let boundary = self
            .content_type
            .as_ref()
            .map(|value| Boundary::from_content_type(value));
        match boundary {
            Some(Ok(boundary)) => {
                assert_eq!(announced, boundary.as_str(), "{}", self.name);
                Some(boundary)
            }
            Some(Err(error)) => {
                assert_eq!(
                    (announced, error.id),
                    (&Value::Null, ViolationId::C01),
                    "{}",
                    self.name
                );
                None
            }
            None => {
                assert_eq!(announced, &Value::Null, "{}", self.name);
                None
            }
        }
    }

    fn must_be_read(&self) -> bool {
        self.notes["expect"]["strict"] == true
    }

    fn read_at_every_chunking(&self, boundary: Boundary, mode: Mode) -> Reading {
        let (body, limits) = (&self.body, Limits::default());
        let read = |cuts: &[usize]| read(boundary, mode, &limits, body, cuts);
        let whole = read(&[]);
        let mut chunkings = vec![every(1, body.len()), every(7, body.len())];
        chunkings.extend((1..=3).map(|seed| random_cuts(seed, body.len())));
        if mode == Mode::Lenient && body.len() <= EVERY_CUT_MAX_BYTES {
            chunkings.extend((1..body.len()).map(|cut| vec![cut]));
        }
        for cuts in chunkings {
            assert_eq!(
                read(&cuts),
                whole,
                "{} cut at {:?}",
                self.name,
                &cuts[..cuts.len().min(9)]
            );
        }
        whole
    }

    fn check(&self, reading: &Reading) {
        let (name, expect) = (&self.name, &self.notes["expect"]);
        assert!(reading.ended, "{name}");
        let wire: Vec<Value> = reading.parts.iter().map(wire).collect();
        assert_eq!(self.notes["wire"]["parts"], Value::from(wire), "{name}");
        let part = |wanted: &str| reading.parts.iter().find(|part| part.name == wanted);
        let kind = part("kind").map(|part| String::from_utf8_lossy(&part.content).into_owned());
        assert_eq!(expect["kind"], Value::from(kind), "{name}");
        let Some(file) = part("file") else {
            assert_eq!(expect["outcome"], "no-file", "{name}");
            return;
        };
        assert_eq!(expect["file_length"], file.content.len(), "{name}");
        assert_eq!(
            expect["file_sha256"],
            hex(&Sha256::digest(&file.content)),
            "{name}"
        );
        let outcome = match file.filename.as_deref() {
            None => "plain-field",
            Some("") => "empty-filename",
            Some(filename) => {
                let accepted = expect["filename_accept"].as_array().unwrap();
                assert!(
                    accepted.iter().any(|accepted| accepted == filename),
                    "{name}: {filename}"
                );
                assert_eq!(expect["filename"], filename, "{name}");
                "file"
            }
        };
        assert_eq!(expect["outcome"], outcome, "{name}");
    }
}

/// A part as the notes write it: name, content type, length.
fn wire(part: &ReadPart) -> Value {
    let content_type = part
        .content_type
        .as_ref()
        .map(|value| String::from_utf8_lossy(value).into_owned());
    serde_json::json!([part.name, content_type, part.content.len()])
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}

/// Cuts between 1 and 64 bytes apart (splitmix64).
fn random_cuts(seed: u64, len: usize) -> Vec<usize> {
    let mut state = seed;
    let mut cuts = Vec::new();
    let mut at = 0;
    loop {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        at += 1 + (mixed >> 58) as usize;
        if at >= len {
            return cuts;
        }
        cuts.push(at);
    }
}

/// Takes the chunk framing of HTTP off.
fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = memchr::memmem::find(rest, b"\r\n").unwrap();
        let size = std::str::from_utf8(&rest[..line]).unwrap();
        let size = usize::from_str_radix(size.split(';').next().unwrap().trim(), 16).unwrap();
        if size == 0 {
            return body;
        }
        rest = &rest[line + 2..];
        body.extend_from_slice(&rest[..size]);
        rest = rest[size..].strip_prefix(b"\r\n").unwrap();
    }
}
