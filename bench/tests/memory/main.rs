//! Memory is bounded whatever comes: on what fuzzing keeps, as it is and grown to a size at which it would show.
//!
//! dhat's allocator counts for the whole process, so one test has all of it.
#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
};

use rebuttal_bench::hostile::heap_bound;
use rebuttal_model::{
    ApiError, ApiVersion, Dispute, Document, List,
    decode::{Limits as BodyLimits, decode},
    inspect::{Subject, Wanted, inspect},
};
use rebuttal_multipart::{Boundary, Limits, Mode, Parser};
use rebuttal_validate::{Checker, Policy};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The most that a check of a file may hold, in bytes: as `cargo xtask bench validate` asks.
const CHECK_BYTES: usize = 64 * 1024;

/// What a decoded body may hold for each byte of it, and besides.
const DECODED: (usize, usize) = (8, 4 * 1024);

/// What an inspected body may hold for each byte of it (names and values, which are kept in order), and besides
/// (departures, of which a thousand of either weight are told, and a mebibyte of their pointers).
const INSPECTED: (usize, usize) = (48, 5 * 1024 * 1024);

#[test]
fn memory_is_bounded_whatever_comes() {
    let bodies = kept("multipart_");
    assert!(bodies.len() > 100, "{} bodies", bodies.len());
    for (path, bytes) in &bodies {
        for body in [bytes.clone(), grown_body(bytes), grown_head(bytes)] {
            for mode in [Mode::Strict, Mode::Lenient, Mode::Observe] {
                for piece in [body.len(), 1000] {
                    let peak = peak(|| read(&body, mode, piece));
                    assert!(
                        peak <= heap_bound(),
                        "{path:?}: {peak} bytes, {mode:?}, {piece} at once"
                    );
                }
            }
        }
    }
    let files = kept("evidence_");
    assert!(files.len() > 100, "{} files", files.len());
    for (path, bytes) in &files {
        for file in [bytes.clone(), bytes.repeat(100_000 / bytes.len().max(1) + 1)] {
            let peak = peak(|| check(&file));
            assert!(peak < CHECK_BYTES, "{path:?}: {peak} bytes for {}", file.len());
        }
    }
    let mut answers = kept("decode_");
    answers.extend(kept("inspect"));
    assert!(answers.len() > 100, "{} answers", answers.len());
    answers.extend(hostile_answers());
    for (path, bytes) in &answers {
        for body in [bytes.clone(), grown_list(bytes)] {
            let within = |(times, more): (usize, usize)| times * body.len() + more;
            let peak_of_decode = peak(|| decoded(&body));
            assert!(
                peak_of_decode <= within(DECODED),
                "{path:?}: {peak_of_decode} bytes for {} when decoded",
                body.len()
            );
            for subject in [Subject::DocumentList, Subject::Error] {
                let wanted = Wanted::new(subject, ApiVersion::V2019_05_29);
                let peak = peak(|| inspect(&wanted, &body));
                assert!(
                    peak <= within(INSPECTED),
                    "{path:?}: {peak} bytes for {} when inspected as {subject:?}",
                    body.len()
                );
            }
        }
    }
}

/// The most that was held at a time, in bytes.
fn peak<T>(run: impl FnOnce() -> T) -> usize {
    let profiler = dhat::Profiler::builder().testing().build();
    let done = black_box(run());
    let peak = dhat::HeapStats::get().max_bytes;
    drop((profiler, done));
    peak
}

fn read(body: &[u8], mode: Mode, piece: usize) {
    let mut parser = Parser::new(Boundary::new("b").unwrap(), mode, Limits::default());
    for chunk in body.chunks(piece.max(1)) {
        let mut events = parser.feed(chunk);
        loop {
            match events.next_event() {
                Ok(Some(event)) => drop(black_box(event)),
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
    let mut events = parser.finish();
    while let Ok(Some(event)) = events.next_event() {
        black_box(event);
    }
}

fn check(file: &[u8]) {
    let mut checker = Checker::new(Policy::reviewer());
    for chunk in file.chunks(16 * 1024) {
        checker.feed(chunk);
    }
    black_box(checker.finish());
}

fn decoded(body: &[u8]) {
    let limits = BodyLimits::default();
    black_box(decode::<Document>(body, limits).ok());
    black_box(decode::<List<Document>>(body, limits).ok());
    black_box(decode::<Dispute>(body, limits).ok());
    black_box(decode::<ApiError>(body, limits).ok());
}

/// As the content of a part, again and again.
fn grown_body(bytes: &[u8]) -> Vec<u8> {
    let head = &b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"[..];
    let content = bytes.repeat(40_000 / bytes.len().max(1) + 1);
    [head, &content, b"\r\n--b--\r\n"].concat()
}

/// As the headers of a part, again and again.
fn grown_head(bytes: &[u8]) -> Vec<u8> {
    let head = &b"--b\r\nContent-Disposition: form-data; name=\""[..];
    [head, &bytes.repeat(40_000 / bytes.len().max(1) + 1)].concat()
}

/// As the items of a list.
fn grown_list(bytes: &[u8]) -> Vec<u8> {
    let items = vec![bytes; 8000 / bytes.len().max(1) + 1].join(&b","[..]);
    [&b"{\"object\":\"list\",\"data\":["[..], &items, b"]}"].concat()
}

/// Bodies that depart from everything at once.
fn hostile_answers() -> Vec<(PathBuf, Vec<u8>)> {
    let list = |item: &str| grown_list(vec![item; 20_000].join(",").as_bytes());
    let long = "n".repeat(100_000);
    let repeated = vec![r#""":0"#; 5000].join(",");
    let bodies = [
        ("empty objects", list("{}")),
        ("zeros", list("0")),
        ("unlisted members", list(r#"{"":0}"#)),
        (
            "a long name over many",
            format!("{{\"{long}\":{{{repeated}}}}}").into_bytes(),
        ),
    ];
    bodies.map(|(name, body)| (name.into(), body)).into()
}

/// What is committed for the targets of a family.
fn kept(family: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let mut found = Vec::new();
    for folder in ["corpus", "regressions"] {
        for target in fs::read_dir(fuzz.join(folder)).unwrap() {
            let target = target.unwrap();
            if !target.file_name().to_string_lossy().starts_with(family) {
                continue;
            }
            for file in fs::read_dir(target.path()).unwrap() {
                let path = file.unwrap().path();
                let bytes = fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found
}
