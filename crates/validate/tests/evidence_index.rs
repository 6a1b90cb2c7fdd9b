//! The evidence set beside a checkout: 318 files with verdicts made by trying them in viewers.
//!
//! The set is no part of the project; where it is absent these tests say so and pass.

mod feeding;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use feeding::{Lengths, check, check_in_chunks};
use rebuttal_validate::{Outcome, Policy, Report, Severity};
use serde_json::Value;

const MIN_FILES: usize = 318;

/// How far before the damage the chunk, segment or object around it may start, in bytes.
const AROUND_BYTES: u64 = 100;

/// Files that are not judged as the index says yet, with the reason. The test fails when one of them starts
/// to pass, so this list only gets shorter.
const NOT_JUDGED_YET: &[(&str, &str)] = &[];

struct Entry {
    path: String,
    acceptable: Vec<String>,
    verdict: String,
    reason: String,
    offset: Option<u64>,
    bytes: Vec<u8>,
}

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/evidence");
    if !folder.is_dir() {
        // Not `eprintln!`, which a passing test keeps to itself.
        let told = writeln!(io::stderr(), "SKIPPED: no evidence set at {}", folder.display());
        told.expect("a place for messages");
        return None;
    }
    Some(folder)
}

fn entries() -> Option<Vec<Entry>> {
    let folder = folder()?;
    let read = |path: &str| fs::read(folder.join(path)).expect("a file of the set");
    let index: Value = serde_json::from_slice(&read("index.json")).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let entries: Vec<_> = index["files"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|file| Entry {
            path: text(&file["path"]),
            acceptable: file["acceptable"]
                .as_array()
                .expect("an array")
                .iter()
                .map(text)
                .collect(),
            verdict: text(&file["verdict"]),
            reason: text(&file["reason"]),
            offset: file["offset"].as_u64(),
            bytes: read(&text(&file["path"])),
        })
        .collect();
    assert!(entries.len() >= MIN_FILES, "{} files", entries.len());
    Some(entries)
}

fn shown(report: &Report) -> String {
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{:?} {} at {:?}: {}",
                finding.severity,
                finding.code.as_str(),
                finding.offset,
                finding.found
            )
        })
        .collect();
    format!("{} [{}]", report.outcome().as_str(), findings.join("; "))
}

#[test]
fn every_outcome_is_one_that_the_index_accepts() {
    let Some(entries) = entries() else { return };
    let listed: BTreeMap<_, _> = NOT_JUDGED_YET.iter().copied().collect();
    let known: BTreeSet<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let mut wrong: Vec<_> = listed
        .keys()
        .filter(|path| !known.contains(*path))
        .map(|path| format!("{path} is not in the index"))
        .collect();
    for entry in &entries {
        let report = check(&entry.bytes, Policy::reviewer());
        let right = entry
            .acceptable
            .iter()
            .any(|verdict| verdict == report.outcome().as_str());
        match (right, listed.get(entry.path.as_str())) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => wrong.push(format!("{} passes now: take it off the list", entry.path)),
            (false, None) => {
                let wanted = entry.acceptable.join(" or ");
                wrong.push(format!(
                    "{}: {wanted} ({}), but {}",
                    entry.path,
                    entry.reason,
                    shown(&report)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_refusal_names_what_the_index_names() {
    let Some(entries) = entries() else { return };
    let mut wrong = Vec::new();
    let mut compared = 0;
    for entry in entries.iter().filter(|entry| entry.verdict == "reject") {
        let report = check(&entry.bytes, Policy::contract());
        let Some(finding) = report.rejection() else {
            continue;
        };
        compared += 1;
        let offset_right = match (entry.offset, finding.offset) {
            (Some(wanted), Some(found)) => found <= wanted && wanted - found <= AROUND_BYTES,
            _ => true,
        };
        if finding.code.as_str() != entry.reason || !offset_right {
            wrong.push(format!(
                "{}: {} at {:?}, but {}",
                entry.path,
                entry.reason,
                entry.offset,
                shown(&report)
            ));
        }
    }
    assert!(compared > 100, "{compared} compared");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nothing_that_the_index_takes_is_refused_under_either_policy() {
    let Some(entries) = entries() else { return };
    for entry in entries
        .iter()
        .filter(|entry| !entry.acceptable.iter().any(|verdict| verdict == "reject"))
    {
        for policy in [Policy::contract(), Policy::reviewer()] {
            let report = check(&entry.bytes, policy);
            assert!(report.rejection().is_none(), "{}: {}", entry.path, shown(&report));
        }
    }
}

#[test]
fn both_policies_refuse_the_same_files_and_the_contract_never_warns() {
    let Some(entries) = entries() else { return };
    for entry in &entries {
        let reviewer = check(&entry.bytes, Policy::reviewer());
        let contract = check(&entry.bytes, Policy::contract());
        assert_eq!(reviewer.rejection(), contract.rejection(), "{}", entry.path);
        assert!(contract.outcome() != Outcome::Warn, "{}", entry.path);
        for finding in &reviewer.findings {
            assert!(
                finding.severity <= finding.code.worst(),
                "{}: {finding:?}",
                entry.path
            );
            assert!(
                finding.severity != Severity::Rejection || finding.clause().is_some(),
                "{}",
                entry.path
            );
        }
    }
}

#[test]
fn the_chunking_changes_nothing() {
    let Some(entries) = entries() else { return };
    for entry in &entries {
        let whole = check(&entry.bytes, Policy::reviewer());
        for lengths in Lengths::ALL {
            let report = check_in_chunks(&entry.bytes, Policy::reviewer(), lengths);
            assert_eq!(report, whole, "{} at {lengths:?}", entry.path);
        }
    }
}
