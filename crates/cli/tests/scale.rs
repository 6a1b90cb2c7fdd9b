//! Runs beside each other, in parts, and at a pace.

mod running;

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use running::{json, rebuttal, run, told};

/// A mock, and a target file with one open dispute of it; it ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(folder: &Path) -> Served {
    let mock = rebuttal(folder, &["mock", "--target-out", "all.toml"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mock = Served(mock);
    let end = Instant::now() + Duration::from_mins(1);
    let text = loop {
        match fs::read_to_string(folder.join("all.toml")) {
            Ok(text) if text.contains("[charges]") => break text,
            _ => assert!(Instant::now() < end, "the mock does not start"),
        }
        thread::sleep(Duration::from_millis(20));
    };
    // Without charges no run makes disputes of its own, and the one that is there has to do for all.
    let text = text.split("[charges]").next().unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with("open = "))
        .expect("open disputes");
    let last = line.rsplit('"').nth(1).expect("an id");
    fs::write(
        folder.join("target.toml"),
        text.replace(line, &format!("open = [\"{last}\"]")),
    )
    .expect("a file");
    mock
}

#[test]
fn runs_beside_each_other_take_turns_with_the_disputes_of_a_target() {
    let folder = tempfile::tempdir().expect("a folder");
    let _mock = serve(folder.path());
    let expression =
        "id(list/limit) | id(list/offset) | id(list/pages-of-one) | id(upload/attached-each-of-several)";
    let arguments = [
        "conformance",
        "--target",
        "target.toml",
        "--strict",
        "-E",
        expression,
    ];
    let runs: Vec<_> = (0..4)
        .map(|_| {
            rebuttal(folder.path(), &arguments)
                .env("TMPDIR", folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts")
        })
        .collect();
    for child in runs {
        let (status, out, _) = told(&child.wait_with_output().expect("it runs"));
        assert_eq!(status, 0, "{out}");
        assert!(out.contains("scenarios  4 passed"), "{out}");
    }
}

#[test]
fn a_part_of_the_suite_says_which_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [
        "conformance",
        "--only",
        "auth",
        "--shard",
        "2/2",
        "--report-file",
        "json=report.json",
        "--report-file",
        "html=report.html",
        "--report-file",
        "markdown=report.md",
    ];
    let (status, out, _) = run(folder.path(), &arguments);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("shard      2/2"), "{out}");
    let report = json(&folder.path().join("report.json"));
    assert_eq!(
        (&report["shard"]["index"], &report["shard"]["of"]),
        (&2.into(), &2.into())
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a report");
    assert!(read("report.html").contains("<dt>shard</dt><dd>2/2</dd>"));
    assert!(read("report.md").contains("shard 2/2"));
}

#[test]
fn a_run_that_stops_at_the_first_failure_says_so_and_one_that_is_known_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [
        "conformance",
        "--only",
        "list.limit",
        "--mock-fault",
        "limit-off-by-one",
        "--jobs",
        "1",
    ];
    let (status, out, _) = run(folder.path(), &[&arguments[..], &["--fail-fast"]].concat());
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("not finished: --fail-fast: the first fail is list/"),
        "{out}"
    );
    assert!(out.contains("could not be asked"), "{out}");

    let known =
        "[[known]]\nclause = \"list.limit\"\nmismatch = { place = \"*\", found = \"*\" }\nreason = \"x\"\n";
    fs::write(folder.path().join("known.toml"), known).expect("a file");
    let (_, out, _) = run(
        folder.path(),
        &[&arguments[..], &["--fail-fast", "--known", "known.toml"]].concat(),
    );
    assert!(!out.contains("not finished"), "{out}");
}

#[test]
fn an_exploration_keeps_to_a_rate() {
    let folder = tempfile::tempdir().expect("a folder");
    let started = Instant::now();
    let arguments = [
        "explore", "--seed", "1", "--cases", "2", "--rate", "100/s", "--report", "json",
    ];
    let (status, out, _) = run(folder.path(), &arguments);
    assert_eq!(status, 0, "{out}");
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let requests = u32::try_from(report["requests"].as_u64().expect("a number")).expect("not many");
    // It cannot be faster, only slower.
    assert!(
        requests > 10 && started.elapsed() >= Duration::from_millis(10) * (requests - 1),
        "{requests}"
    );
}
