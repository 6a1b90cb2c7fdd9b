//! Replays the committed inputs of every fuzz target through the target's oracle.
//!
//! A folder that is empty or that no target has fails: what nothing replays protects nothing.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use rebuttal_fuzzing::oracles;

#[test]
fn every_committed_input_keeps_its_promise() {
    let mut broken = Vec::new();
    for (target, oracle) in oracles::ALL.iter().chain(oracles::EVERY_WAY) {
        let seeds = inputs(&fuzz().join("corpus").join(target));
        assert!(!seeds.is_empty(), "fuzz/corpus/{target} has no seeds");
        let regressions = inputs(&fuzz().join("regressions").join(target));
        println!(
            "{target}: {} seeds, {} regressions",
            seeds.len(),
            regressions.len()
        );
        for path in seeds.into_iter().chain(regressions) {
            let input = fs::read(&path).unwrap();
            if catch_unwind(AssertUnwindSafe(|| oracle(&input))).is_err() {
                broken.push(path.strip_prefix(fuzz()).unwrap().to_owned());
            }
        }
    }
    assert!(
        broken.is_empty(),
        "the messages are above; broken in fuzz/: {broken:?}"
    );
}

/// A target compares each input in one way of several, to be fast. Here all of them are tried.
#[test]
fn every_named_form_and_file_is_compared_in_every_way() {
    let committed = |target: &str| {
        let inputs = ["corpus", "regressions"].map(|folder| inputs(&fuzz().join(folder).join(target)));
        // Those with a name: what a run has found is named by its hash.
        let named = inputs.into_iter().flatten().filter(|path| name(path).len() != 40);
        named.map(|path| fs::read(path).unwrap())
    };
    for mut input in committed("multipart_raw").filter(|input| input.len() > 2) {
        for (limits, cuts) in [0, 2]
            .into_iter()
            .flat_map(|limits| (0..64).map(move |cuts| (limits, cuts * 4 + limits)))
        {
            (input[0], input[1]) = (limits, cuts);
            oracles::raw_every_way(&input);
        }
    }
    for file in committed("evidence_any") {
        oracles::evidence::every_way(&file);
    }
}

#[test]
fn targets_folders_and_oracles_have_the_same_names() {
    let wanted: BTreeSet<String> = oracles::ALL
        .iter()
        .map(|(target, _)| (*target).to_owned())
        .collect();
    assert_eq!(wanted.len(), oracles::ALL.len(), "two oracles of one name");
    for folder in ["corpus", "regressions"] {
        let found: BTreeSet<_> = children(&fuzz().join(folder))
            .into_iter()
            .filter(|path| path.is_dir())
            .map(|path| name(&path))
            .collect();
        assert_eq!(found, wanted, "fuzz/{folder}");
    }
    let found: BTreeSet<_> = children(&fuzz().join("fuzz_targets"))
        .iter()
        .map(|path| name(path).trim_end_matches(".rs").to_owned())
        .collect();
    assert_eq!(found, wanted, "fuzz/fuzz_targets");
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The files of a folder, without those that git needs to keep it, and without what a run found.
fn inputs(folder: &Path) -> Vec<PathBuf> {
    children(folder)
        .into_iter()
        .filter(|path| path.is_file() && !name(path).starts_with('.'))
        .collect()
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
