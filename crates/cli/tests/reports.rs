//! Report files, and reports that are read again.

mod running;

use std::fs;

use running::{json, names, rebuttal, run, told};
use serde_json::Value;

const ONLY: [&str; 3] = ["conformance", "--only", "upload/png"];

#[test]
fn a_report_that_cannot_be_written_is_told_before_the_endpoint_is_asked() {
    let folder = tempfile::tempdir().expect("it works");
    fs::create_dir(folder.path().join("taken")).expect("it works");
    fs::write(folder.path().join("known.toml"), "").expect("it works");
    // Nobody listens there: a run that got as far would end with status 3.
    let never = [
        "conformance",
        "--endpoint",
        "http://127.0.0.1:1",
        "--key-env",
        "KEY",
    ];
    for (files, wanted) in [
        (&["json=missing/report.json"][..], "there is no folder missing"),
        (&["json=taken"], "it is a folder"),
        (
            &["json=a.json", "junit=./a.json"],
            "each report in a file of its own",
        ),
        (
            &["json=a.json", "html=a.json.journal"],
            "each report in a file of its own",
        ),
        (&["html=known.toml"], "in use already"),
    ] {
        let mut command = rebuttal(folder.path(), &never);
        command
            .env("KEY", "skey_test_5xuy4w91xqz7d1w9u0t")
            .args(["--known", "known.toml"]);
        for file in files {
            command.args(["--report-file", file]);
        }
        let (status, out, complaint) = told(&command.output().expect("it works"));
        assert_eq!((status, out.as_str()), (2, ""), "{files:?}: {complaint}");
        assert!(complaint.contains(wanted), "{files:?}: {complaint}");
    }
    assert_eq!(names(folder.path()), ["known.toml", "taken"], "nothing is left");
}

#[test]
fn every_form_is_written_whole_and_nothing_beside() {
    let folder = tempfile::tempdir().expect("it works");
    let forms = ["human", "json", "junit", "tap", "github", "markdown", "html"];
    let files: Vec<_> = forms.iter().map(|form| format!("{form}=report.{form}")).collect();
    let mut command = rebuttal(folder.path(), &ONLY);
    for file in &files {
        command.args(["--report-file", file]);
    }
    let (status, _, complaints) = told(&command.output().expect("it works"));
    assert_eq!((status, complaints.as_str()), (0, ""));
    let mut wanted: Vec<_> = forms.iter().map(|form| format!("report.{form}")).collect();
    wanted.sort();
    assert_eq!(names(folder.path()), wanted);
    for form in forms {
        let text = fs::read_to_string(folder.path().join(format!("report.{form}"))).expect("it works");
        assert!(!text.is_empty() && !text.contains('\u{1b}'), "{form}");
        // The JSON report holds enough to write every other form of it again.
        if form != "json" {
            let shown = run(
                folder.path(),
                &["report", "show", "report.json", "--format", form],
            );
            assert_eq!(shown, (0, text, String::new()), "{form}");
        }
    }
}

#[test]
fn a_run_that_asked_nothing_still_has_its_reports() {
    let folder = tempfile::tempdir().expect("it works");
    let (status, out, _) = run(
        folder.path(),
        &[
            "conformance",
            "--only",
            "no-such-scenario",
            "--report-file",
            "junit=empty.xml",
            "--report",
            "tap",
        ],
    );
    assert_eq!(status, 4);
    assert!(out.contains("not ok 1 - run/asked"), "{out}");
    let junit = fs::read_to_string(folder.path().join("empty.xml")).expect("it works");
    assert!(
        junit.contains("nothing was asked") && junit.contains("errors=\"1\""),
        "{junit}"
    );

    let mut command = rebuttal(
        folder.path(),
        &[
            "conformance",
            "--endpoint",
            "http://127.0.0.1:1",
            "--key-env",
            "KEY",
            "--report-file",
            "json=none.json",
        ],
    );
    let (status, out, _) = told(
        &command
            .env("KEY", "skey_test_5xuy4w91xqz7d1w9u0t")
            .output()
            .expect("it works"),
    );
    assert_eq!((status, out.as_str()), (3, ""));
    let report = json(&folder.path().join("none.json"));
    assert!(
        report["summary"]["error"].as_u64() > Some(100),
        "{}",
        report["summary"]
    );
}

#[test]
fn a_list_of_known_failures_is_read_with_line_and_column() {
    let folder = tempfile::tempdir().expect("it works");
    fs::write(
        folder.path().join("bad.toml"),
        "[[known]]\nclause = \"list.limit\"\nreason = \"x\"\n",
    )
    .expect("it works");
    let (status, out, complaint) = run(folder.path(), &["conformance", "--known", "bad.toml"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        complaint.contains("missing key `mismatch`") && complaint.contains("bad.toml:1:1"),
        "{complaint}"
    );
    let (status, _, complaint) = run(folder.path(), &["conformance", "--known", "none.toml"]);
    assert_eq!(status, 2);
    assert!(complaint.contains("cannot read none.toml"), "{complaint}");

    let pin = "[[known]]\nscenario = \"list/limit\"\nmismatch = { place = \"/data\", found = \"*\" }\nreason = \"known\"\n";
    fs::write(folder.path().join("good.toml"), pin).expect("it works");
    let with = |fault: &str| {
        let mut command = rebuttal(
            folder.path(),
            &["conformance", "--only", "list/limit", "--known", "good.toml"],
        );
        if !fault.is_empty() {
            command.args(["--mock-fault", fault]);
        }
        told(&command.output().expect("it works"))
    };
    let (status, out, _) = with("limit-off-by-one");
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("1 known to fail"), "{out}");
    let (status, out, _) = with("");
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("1 no longer true") && out.contains("good.toml:1:1"),
        "{out}"
    );
}

#[test]
fn two_reports_are_compared_by_clause() {
    let folder = tempfile::tempdir().expect("it works");
    for (name, fault) in [
        ("a.json", None),
        ("again.json", None),
        ("b.json", Some("limit-off-by-one")),
    ] {
        let file = format!("json={name}");
        let mut command = rebuttal(
            folder.path(),
            &[
                "conformance",
                "--only",
                "list/limit",
                "--only",
                "upload/png",
                "--report-file",
                &file,
            ],
        );
        command.args(fault.map(|fault| ["--mock-fault", fault]).into_iter().flatten());
        command.output().expect("it works");
    }
    let (status, out, _) = run(folder.path(), &["report", "diff", "a.json", "again.json"]);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("the same"), "{out}");
    let (status, out, _) = run(folder.path(), &["report", "diff", "a.json", "b.json"]);
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("worse\n  list.limit (MUST): pass → fail\n    B  list/limit, step 5, /data:"),
        "{out}"
    );
    let (status, out, _) = run(
        folder.path(),
        &["report", "diff", "b.json", "a.json", "--format", "json"],
    );
    let diff: Value = serde_json::from_str(&out).expect("it works");
    assert_eq!((status, &diff["clauses"][0]["way"]), (1, &Value::from("better")));
    for bad in ["none.json", "b.html"] {
        fs::write(folder.path().join("b.html"), "<html>").expect("it works");
        let (status, out, complaint) = run(folder.path(), &["report", "diff", "a.json", bad]);
        assert_eq!((status, out.as_str()), (2, ""), "{complaint}");
        assert!(complaint.contains(&format!("cannot read {bad}")), "{complaint}");
    }
}
