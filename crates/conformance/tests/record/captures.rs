//! Requests that real clients sent, byte for byte, through a recording in front of a correct endpoint.
//!
//! All of them lie beside a checkout, in `../shared/captures`; without them those that are kept with the reader of
//! forms are taken.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use rebuttal_conformance::{
    Verdict,
    record::{Recorded, Side},
    run, scenario,
};
use rebuttal_mock::{Config, Mock};
use rebuttal_model::{Kind, Level, Profile};
use serde::Deserialize;

use crate::{Recording, mock, support::target_of};

const ALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/captures");
const SOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../multipart/tests/captures");

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
    kind: Option<String>,
    strict: Option<bool>,
}

/// What is wrong with the requests that nobody's own defaults make, each as it must be named.
const ODD: &[(&str, &[&str])] = &[
    ("b64-part", &["H20"]),
    ("bearer", &["not-basic"]),
    ("empty-post", &["no-body"]),
    ("field-array", &["no-file"]),
    ("json", &["json-body"]),
    ("kind-as-file", &["kind-as-file"]),
    ("kind-crlf", &["bad-kind"]),
    ("kind-unicode", &["bad-kind"]),
    ("no-auth", &["no-credentials"]),
    ("no-parts-kind-only-urlencoded-empty", &["no-body"]),
    ("password-not-empty", &["password-not-empty"]),
    ("put", &["wrong-method"]),
    ("qp-part", &["H20"]),
    ("query-kind", &["kind-in-query"]),
    ("raw-body", &["raw-file-body"]),
    ("two-files", &["two-files"]),
    ("two-kinds", &["two-kinds"]),
    ("urlencoded", &["urlencoded-body"]),
    ("userinfo-url", &[]),
    ("extra-fields", &[]),
    ("gzip-accept", &[]),
];

/// The mistakes that a capture must be told, MUST and SHOULD; `None` where its form leaves readers a choice.
fn wanted(capture: &Capture) -> Option<BTreeSet<&'static str>> {
    let Capture { request, expect } = capture;
    let mut wanted = BTreeSet::new();
    match request.auth.as_str() {
        "basic" => {}
        "none" => {
            wanted.insert("no-credentials");
        }
        _ => {
            wanted.insert("not-basic");
        }
    }
    match expect.outcome.as_str() {
        "list" | "retrieve" | "destroy" => return Some(wanted),
        _ if request.method != "POST" => {
            wanted.insert("wrong-method");
            return Some(wanted);
        }
        "file" => {
            if expect.file_length == Some(0) {
                wanted.insert("file-empty");
            }
        }
        "plain-field" | "empty-filename" => {
            wanted.insert("file-as-text");
        }
        "no-file" => {
            wanted.insert("no-file");
        }
        _ => return None,
    }
    if expect
        .kind
        .as_deref()
        .is_some_and(|kind| kind.parse::<Kind>().is_err())
    {
        wanted.insert("bad-kind");
    }
    expect.strict.is_some_and(|strict| strict).then_some(wanted)
}

fn captures() -> Vec<PathBuf> {
    let folder = [ALL, SOME]
        .map(Path::new)
        .into_iter()
        .find(|it| it.is_dir())
        .unwrap();
    let mut found = Vec::new();
    for client in fs::read_dir(folder).unwrap() {
        let client = client.unwrap().path();
        if client.is_dir() {
            found.extend(fs::read_dir(client).unwrap().map(|it| it.unwrap().path()));
        }
    }
    found.retain(|path| path.extension().is_some_and(|it| it == "http"));
    found.sort();
    let least = if folder == Path::new(ALL) { 800 } else { 20 };
    assert!(
        found.len() >= least,
        "only {} captures in {}",
        found.len(),
        folder.display()
    );
    found
}

fn graded(recorded: &Recorded, side: Side, least: Level) -> BTreeSet<&'static str> {
    let findings = recorded.findings.iter();
    let graver = findings.filter(|it| it.side == side && it.level <= least);
    graver.map(|it| it.rule.unwrap_or(it.clause)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_capture_is_judged_as_it_deserves_and_replays() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("recorded");
    let odd: BTreeMap<_, _> = ODD.iter().copied().collect();
    let mock = mock().await;
    let recording = Recording::of(&mock.url(), Some(&out)).await;
    let mut wrong = Vec::new();
    let mut plain = 0;
    for path in captures() {
        let text = fs::read(path.with_extension("json")).unwrap();
        let capture: Capture = serde_json::from_slice(&text).unwrap();
        let answer = recording.send(&fs::read(&path).unwrap()).await;
        let Some(recorded) = recording.recorded().pop() else {
            wrong.push(format!("{}: nothing was recorded", path.display()));
            continue;
        };
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_odd = path.parent().is_some_and(|it| it.ends_with("curl-odd"));
        let must = graded(&recorded, Side::Client, Level::Must);
        if let Some(mistakes) = odd.get(name.as_str()).filter(|_| is_odd) {
            let told = graded(&recorded, Side::Client, Level::Should);
            if mistakes.is_empty() && !told.is_empty() || mistakes.iter().any(|it| !told.contains(it)) {
                wrong.push(format!("{}: wanted {mistakes:?}, told {told:?}", path.display()));
            }
        } else if let Some(wanted) = wanted(&capture) {
            plain += 1;
            if must != wanted {
                wrong.push(format!("{}: wanted {wanted:?}, told {must:?}", path.display()));
            }
        }
        let accused = graded(&recorded, Side::Server, Level::Should);
        if !accused.is_empty() {
            wrong.push(format!(
                "{}: the mock is accused of {accused:?}\n{answer}",
                path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(plain >= 10, "only {plain} captures were held against their notes");
    let summary = recording.end().await;
    assert!(
        summary.saved.len() > 5 && summary.failed_to_save.is_none(),
        "{summary:#?}"
    );
    mock.shutdown().await;
    holds(&out, &summary.saved).await;
}

/// What was saved passes on a correct endpoint of either profile.
async fn holds(folder: &Path, saved: &[String]) {
    let library = scenario::from_folder(folder).unwrap();
    assert_eq!(library.len(), saved.len());
    for profile in Profile::ALL {
        let config = Config {
            profile,
            ..Config::default()
        };
        let mock = Mock::start(config).await.unwrap();
        let options = rebuttal_conformance::Options::default();
        let finished = run(target_of(&mock), library.clone(), &options, |_| {})
            .await
            .unwrap();
        mock.shutdown().await;
        let bad: Vec<_> = finished
            .report
            .scenarios
            .iter()
            .filter(|it| !matches!(it.verdict, Verdict::Pass | Verdict::Observed))
            .map(|it| {
                (
                    it.id.clone(),
                    it.verdict,
                    it.reason.clone(),
                    it.mismatches.clone(),
                )
            })
            .collect();
        assert!(bad.is_empty(), "{profile}: {bad:#?}");
    }
}
