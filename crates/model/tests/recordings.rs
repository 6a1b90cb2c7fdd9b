//! Holds both readers against recorded answers of the live API.
//!
//! The recordings are not part of the project: they lie beside a checkout, and where they do not, the test
//! says so and passes.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use rebuttal_model::{
    ApiError, ApiVersion, Dispute, Document, List,
    decode::{self, DestroyAnswer, Limits},
    inspect::{self, Subject, Wanted, Weight},
    json::Node,
};

/// Fewer files than this is a wrong or half-copied folder.
const LEAST_FILES: usize = 20;

/// Recordings that neither reader is for, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[(
    "2017-11-02/search_disputes.json",
    "a search answer: an object of its own with pages, which no clause speaks of",
)];

/// Every departure of the recordings from the contract: file, pointer, and why the contract stands as it is.
/// The shapes before 2019-05-29 depart nowhere, since they are judged by their own tables.
const REVIEWED: &[(&str, &str, &str)] = &[
    (
        "2019-05-29/disputes-get.json",
        "/data/4/documents/data/0/kind",
        "recorded without kind, which the page \"Document API\" now lists among the members",
    ),
    (
        "2019-05-29/disputes__dspt_test_5fqcgl9si4xqs3fi4hp-get.json",
        "/documents/data/0/kind",
        "the same document, retrieved with its dispute",
    ),
];

#[test]
fn every_recorded_body_passes_both_readers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/recordings");
    if !folder.is_dir() {
        eprintln!("skipped: no recordings beside this checkout (looked for ../shared/recordings)");
        return;
    }
    let recordings = read(&folder);
    assert!(
        recordings.len() >= LEAST_FILES,
        "only {} recordings",
        recordings.len()
    );
    for (name, why) in LEFT_OUT {
        assert!(
            recordings.iter().any(|it| it.name == *name),
            "{name} is left out, but gone"
        );
        eprintln!("left out: {name}: {why}");
    }
    let mut found = BTreeSet::new();
    for recording in &recordings {
        if LEFT_OUT.iter().any(|(name, _)| *name == recording.name) {
            continue;
        }
        recording.decodes();
        found.extend(recording.departures());
    }
    let reviewed: BTreeSet<_> = REVIEWED
        .iter()
        .map(|(name, pointer, _)| (Weight::Breach, (*name).to_owned(), (*pointer).to_owned()))
        .collect();
    let new: Vec<_> = found.difference(&reviewed).collect();
    let stale: Vec<_> = reviewed.difference(&found).collect();
    assert!(new.is_empty(), "not in the reviewed list: {new:#?}");
    assert!(stale.is_empty(), "reviewed, but no longer found: {stale:#?}");
}

struct Recording {
    /// The path below the folder of recordings.
    name: String,
    version: ApiVersion,
    subject: Subject,
    body: Vec<u8>,
}

fn read(folder: &Path) -> Vec<Recording> {
    let mut recordings = Vec::new();
    for (name, version) in [
        ("2017-11-02", ApiVersion::V2017_11_02),
        ("2019-05-29", ApiVersion::V2019_05_29),
    ] {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder.join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        paths.sort();
        for path in paths {
            let text = fs::read(&path).unwrap();
            let (method, body) = open(text);
            let file = path.file_name().unwrap().to_string_lossy();
            let name = format!("{name}/{file}");
            let subject = subject_of(&name, &method, &Node::parse(&body).unwrap());
            recordings.push(Recording {
                name,
                version,
                subject,
                body,
            });
        }
    }
    recordings
}

/// The request's method and the answer's body: some recordings are an exchange, some a bare body.
fn open(text: Vec<u8>) -> (String, Vec<u8>) {
    let node = Node::parse(&text).unwrap();
    let inside = |pointer| node.pointer(pointer).and_then(Node::as_str);
    match (inside("/request/method"), inside("/body")) {
        (Some(method), Some(body)) => (method.to_owned(), body.as_bytes().to_owned()),
        _ => ("get".to_owned(), text),
    }
}

fn subject_of(name: &str, method: &str, body: &Node) -> Subject {
    let inside = |member| body.get(member).and_then(Node::as_str).unwrap_or_default();
    match inside("object") {
        "document" if method == "delete" => Subject::DestroyedDocument,
        "document" => Subject::Document,
        "list" if inside("location").ends_with("/documents") => Subject::DocumentList,
        // A search is left out by its name.
        "list" | "search" => Subject::DisputeList,
        "dispute" => Subject::Dispute,
        "error" => Subject::Error,
        other => panic!("{name}: no reader for an object {other:?}"),
    }
}

impl Recording {
    fn decodes(&self) {
        let limits = Limits::default();
        let outcome = match self.subject {
            Subject::Document => decode::decode::<Document>(&self.body, limits).map(drop),
            Subject::DestroyedDocument => decode::decode::<DestroyAnswer>(&self.body, limits)
                .map(|answer| assert!(answer.is_deleted(), "{}: not deleted", self.name)),
            Subject::DocumentList => decode::decode::<List<Document>>(&self.body, limits).map(drop),
            Subject::Dispute => decode::decode::<Dispute>(&self.body, limits).map(drop),
            Subject::DisputeList => decode::decode::<List<Dispute>>(&self.body, limits).map(drop),
            Subject::Error => decode::decode::<ApiError>(&self.body, limits).map(drop),
        };
        if let Err(error) = outcome {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            panic!("{}: {error}: {}", self.name, source.unwrap_or_default());
        }
    }

    /// The weight, the file and the pointer of each departure.
    fn departures(&self) -> impl Iterator<Item = (Weight, String, String)> {
        inspect::inspect(&Wanted::new(self.subject, self.version), &self.body)
            .into_iter()
            .map(|it| (it.weight, self.name.clone(), it.pointer))
    }
}
