//! `rebuttal compare` as people use it: two endpoints, and today against yesterday.

mod running;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
};

use running::{json, names, rebuttal, run};

/// What the tests ask: little, and something of everything.
const ONLY: [&str; 10] = [
    "--only",
    "upload/png",
    "--only",
    "upload.dispute-unknown",
    "--only",
    "upload.dispute-won",
    "--only",
    "list/empty*",
    "--only",
    "retrieve/unknown*",
];

/// A mock of its own process, which ends with the test.
struct Serving(Child);

impl Serving {
    /// Serves with these flags, and writes a target file of this name.
    fn start(folder: &Path, target: &str, flags: &[&str]) -> Self {
        let mut command = rebuttal(folder, &["mock", "--target-out", target]);
        let mut child = command
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = child.stdout.take().expect("a pipe");
        let first = BufReader::new(out).lines().next();
        assert!(first.is_some_and(|line| line.is_ok()), "it serves");
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

fn compare(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run(folder, &[&["compare"], arguments, &ONLY].concat())
}

#[test]
fn what_the_contract_leaves_open_and_what_it_forbids_is_told_by_clause() {
    let folder = tempfile::tempdir().expect("a folder");
    let _mock = Serving::start(folder.path(), "a.toml", &["--profile", "recorded"]);
    let (status, out, complaints) = compare(
        folder.path(),
        &[
            "--target",
            "a.toml",
            "--mock-fault",
            "unknown-dispute-answers-500",
        ],
    );
    assert_eq!(status, 1, "{out}{complaints}");
    // Without the first two lines, which have addresses and times.
    let told: Vec<_> = out.lines().skip(2).collect();
    insta::with_settings!({
        snapshot_path => "../../../snapshots/reports",
        prepend_module_to_snapshot => false,
    }, { insta::assert_snapshot!("comparison", told.join("\n")) });

    let (status, out, _) = compare(folder.path(), &["--target", "a.toml", "--format", "json"]);
    assert_eq!(status, 1, "{out}");
    let comparison: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let difference = &comparison["clauses"][0]["differences"][0];
    assert_eq!(
        (&difference["place"], &difference["a"], &difference["b"]),
        (&"status".into(), &"400".into(), &"422".into()),
        "{out}"
    );
}

#[test]
fn today_is_held_against_what_was_stored_yesterday() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Serving::start(folder.path(), "a.toml", &[]);
    let (status, out, complaints) = compare(folder.path(), &["--target", "a.toml", "--save", "day-1.json"]);
    assert_eq!(status, 0, "{out}{complaints}");
    assert!(out.contains(" 0 differences under 0 clauses"), "{out}");
    drop(mock);

    let _mock = Serving::start(folder.path(), "b.toml", &["--fault", "download-uri-missing"]);
    let save = [
        "--target",
        "b.toml",
        "--observed",
        "day-1.json",
        "--save",
        "day-2.json",
    ];
    let (status, out, complaints) = compare(folder.path(), &save);
    assert_eq!(status, 1, "{complaints}");
    assert!(
        out.contains("document.shape (MUST): was not asked in A, is broken in B")
            && out.contains("/download_uri: null in A, absent in B"),
        "{out}"
    );
    // Without any endpoint: two files say the same again.
    let stored = ["--observed", "day-1.json", "--observed", "day-2.json"];
    let (again, offline, _) = compare(folder.path(), &stored);
    assert_eq!((again, offline), (1, out));
    let key = fs::read_to_string(folder.path().join("b.toml")).expect("a target");
    let key = key.split('"').find(|it| it.starts_with("skey_")).expect("a key");
    let text = fs::read_to_string(folder.path().join("day-2.json")).expect("a report");
    assert!(!text.contains(key));
    assert!(json(&folder.path().join("day-2.json"))["scenarios"][0]["sketches"].is_array());
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("empty.json"), "{}").expect("it works");
    fs::write(
        folder.path().join("nobody.toml"),
        "url = \"http://127.0.0.1:1\"\n[keys]\nsecret = \"skey_test_5xuy4w91xqz7d1w9u0t\"\n",
    )
    .expect("it works");
    let (status, report, _) = run(
        folder.path(),
        &["conformance", "--only", "upload/png", "--report", "json"],
    );
    assert_eq!(status, 0);
    fs::write(folder.path().join("bare.json"), report).expect("it works");
    let before = names(folder.path());
    for (arguments, wanted, status) in [
        (
            &[][..],
            "expected one or two of --target FILE and --observed FILE, found 0",
            2,
        ),
        (
            &["--observed", "a", "--observed", "b", "--target", "c"],
            "found 3",
            2,
        ),
        (&["--observed", "missing.json"], "cannot read missing.json", 2),
        (&["--observed", "empty.json"], "cannot read empty.json", 2),
        (
            &["--observed", "bare.json", "--observed", "bare.json"],
            "the report holds no sketches of answers: expected one that `rebuttal compare --save` wrote",
            2,
        ),
        (
            &[
                "--observed",
                "bare.json",
                "--observed",
                "bare.json",
                "--save",
                "c.json",
            ],
            "expected at most 0 --save, one for each endpoint that is asked, found 1",
            2,
        ),
        (&["--target", "missing.toml"], "missing.toml", 2),
        (&["--target", "nobody.toml"], "cannot be asked", 3),
    ] {
        let (found, out, complaint) = compare(folder.path(), arguments);
        assert_eq!((found, out.as_str()), (status, ""), "{arguments:?}: {complaint}");
        assert!(complaint.contains(wanted), "{arguments:?}: {complaint}");
    }
    assert_eq!(names(folder.path()), before, "nothing is left");
}
