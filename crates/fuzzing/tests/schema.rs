//! The reviewed differences between schemas and readers are all there are, and all that are needed.

use std::{collections::BTreeSet, fs, path::Path};

use rebuttal_fuzzing::oracles::response::{BORNE, INSPECTED, SCHEMED, Shape, UNREAD, difference, shapes};
use rebuttal_model::{ApiVersion, inspect::Subject, samples};
use serde_json::Value;

#[test]
fn every_row_of_the_lists_is_needed() {
    let mut needed = BTreeSet::new();
    let mut hold = |shape: &Shape, body: &[u8]| {
        for version in [ApiVersion::V2019_05_29, ApiVersion::V2017_11_02] {
            needed.extend(
                difference(shape, version, body)
                    .into_iter()
                    .map(std::ptr::from_ref),
            );
        }
    };
    let mut tried = 0;
    for shape in shapes() {
        let body = match shape.subject {
            Subject::Document | Subject::DestroyedDocument => samples::document(),
            Subject::DocumentList => samples::list(),
            Subject::Dispute => samples::dispute(),
            Subject::DisputeList => disputes(),
            Subject::Error => samples::error(),
        };
        for changed in samples::changes(&body, &samples::values()) {
            hold(shape, changed.body.to_string().as_bytes());
            tried += 1;
        }
        let mut late = body.clone();
        if let Some(members) = late.as_object_mut() {
            members.remove("deleted");
            members.remove("created_at");
            members.insert("created".to_owned(), "2019-12-31T24:00:00Z".into());
        }
        hold(shape, late.to_string().as_bytes());
        let text = body.to_string();
        hold(shape, text.replacen('{', "{\"object\":\"x\",", 1).as_bytes());
        for folder in ["corpus/inspect", "regressions/schema"] {
            for entry in fs::read_dir(fuzz().join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_file() {
                    hold(shape, &fs::read(path).expect("a file"));
                }
            }
        }
    }
    assert!(tried > 2_000, "only {tried} bodies");
    let rows = [UNREAD, BORNE, INSPECTED, SCHEMED].into_iter().flatten();
    let unneeded: Vec<_> = rows
        .filter(|row| !needed.contains(&std::ptr::from_ref(*row)))
        .map(|row| row.why)
        .collect();
    assert!(unneeded.is_empty(), "take these rows out: {unneeded:#?}");
}

/// A page of disputes.
fn disputes() -> Value {
    let mut page = samples::list();
    page["location"] = "/disputes".into();
    page["data"] = [samples::dispute()].into_iter().collect();
    page["total"] = 1.into();
    page
}

fn fuzz() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}
