//! The binary as people and CI systems use it: exit statuses, streams, messages.

mod running;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

fn rebuttal(arguments: &[&str]) -> Command {
    running::rebuttal(Path::new("."), arguments)
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    running::run(Path::new("."), arguments)
}

fn assert_snapshot(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../../../snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn help_is_reviewed() {
    for command in [
        &["--help"][..],
        &["conformance", "--help"],
        &["explore", "--help"],
        &["fuzz", "--help"],
        &["compare", "--help"],
        &["clause", "--help"],
        &["mock", "--help"],
        &["record", "--help"],
        &["check", "--help"],
        &["explain", "--help"],
        &["schema", "--help"],
        &["schema", "validate", "--help"],
        &["schema", "compare", "--help"],
        &["report", "diff", "--help"],
        &["report", "show", "--help"],
        &["report", "merge", "--help"],
    ] {
        let (status, help, complaints) = run(command);
        assert_eq!((status, complaints.as_str()), (0, ""));
        let name = match command {
            [_] => "rebuttal".to_owned(),
            [words @ .., _] => words.join("-"),
            [] => unreachable!("every command has a word"),
        };
        assert_snapshot("help", &name, &help);
    }
}

#[test]
fn wrong_use_is_status_2_and_says_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.toml");
    fs::write(
        &target,
        "url = \"http://127.0.0.1:1\"\nkeys = { secret = \"pkey_test_5xuy4w91xqz7d1w9u0t\" }\nextra = 1\n",
    )
    .unwrap();
    let target = target.to_str().unwrap();
    for (arguments, wanted) in [
        (&["conformance", "--no-such-flag"][..], "--no-such-flag"),
        (&["conformance", "--only", "A B"], "expected a pattern such as"),
        (
            &["conformance", "--shard", "5/4"],
            "expected I/N with I from 1 to N",
        ),
        (
            &["conformance", "-E", "id(upload/png"],
            "expected `)` behind the pattern of `id`, found the end",
        ),
        (
            &["conformance", "--profile", "both"],
            "expected any, documented or recorded",
        ),
        (
            &["conformance", "--report", "xml"],
            "expected human, json, junit, tap, github, markdown or html",
        ),
        (&["conformance", "--report-file", "json"], "expected FORMAT=PATH"),
        (&["conformance", "--endpoint", "http://127.0.0.1:1"], "--key-env"),
        (
            &["conformance", "--endpoint", "127.0.0.1:1", "--key-env", "X"],
            "expected a URL such as",
        ),
        (
            &[
                "conformance",
                "--endpoint",
                "http://127.0.0.1:1",
                "--key-env",
                "NO_SUCH_VARIABLE",
            ],
            "no variable NO_SUCH_VARIABLE",
        ),
        (
            &["conformance", "--target", "no-such-file.toml"],
            "cannot read no-such-file.toml",
        ),
        (&["conformance", "--target", target], "unknown key `extra`"),
        (&["conformance", "--target", target], ":3:1"),
        (
            &["conformance", "--scenarios", "no-such-folder"],
            "cannot read no-such-folder",
        ),
        (&["conformance", "--mock-fault", "no-such-fault"], "no-such-fault"),
        (&["explore", "--cases", "0"], "0 is not in"),
        (&["explore", "--seed", "seven"], "invalid value 'seven'"),
        (&["explore", "--report", "junit"], "possible values: human, json"),
        (&["explore", "--target", target], "unknown key `extra`"),
        (
            &["explore", "--target", target, "--mock-fault", "id-reused"],
            "cannot be used with",
        ),
        (&["explore", "--endpoint", "http://127.0.0.1:1"], "--key-env"),
        (&["mock", "--profile", "any"], "expected documented or recorded"),
        (&["mock", "--layout", "prety"], "'pretty'"),
        (&["check"], "FILE"),
        (&["explain"], "FILE"),
        (&["explain", "-", "--mode", "kind"], "kind"),
        (
            &["schema", "no-such-schema.json"],
            "expected the name of a published file",
        ),
        (&["explode"], "explode"),
    ] {
        let (status, out, complaint) = run(arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {complaint}");
        assert!(
            complaint.contains(wanted),
            "{arguments:?} is answered:\n{complaint}"
        );
        assert!(!complaint.contains("5xuy4w91xqz7d1w9u0t"), "{complaint}");
    }
}

#[test]
fn a_run_that_selects_nothing_is_status_4() {
    for (arguments, wanted) in [
        (
            &["--only", "no-such-scenario"][..],
            "nothing was selected: --only no-such-scenario means no",
        ),
        // A typo beside what is right must not pass for a smaller run.
        (
            &["--only", "upload/png", "--only", "lsit"],
            "did you mean `list`?",
        ),
        (&["--skip", "uplaod"], "did you mean `upload`?"),
        (&["--filter", "id(upload/png) | tag(smok)"], "--filter:1:22"),
        (&["-E", "id(list/*) & tag(raw)"], "together"),
        (&["--only", "upload/png", "--shard", "1/4"], "shard 1/4"),
    ] {
        let (status, out, complaint) = run(&[&["conformance"], arguments].concat());
        assert_eq!((status, out.as_str()), (4, ""), "{arguments:?}");
        assert!(complaint.contains(wanted), "{arguments:?}: {complaint}");
    }
}

#[test]
fn reports_go_where_they_are_asked_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let file = format!("json={}", path.display());
    let arguments = [
        "conformance",
        "--only",
        "upload.png",
        "--report",
        "junit",
        "--report-file",
        &file,
    ];
    let (status, out, complaints) = run(&arguments);
    assert_eq!((status, complaints.as_str()), (0, ""));
    assert!(
        out.starts_with("<?xml") && out.contains("<testsuite name=\"upload\""),
        "{out}"
    );
    assert!(!out.contains('\u{1b}'), "colours in a file");
    let report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(report["summary"]["clauses"]["pass"], 1);
    assert_eq!(report["clauses"][0]["id"], "upload.png");
    assert_eq!(report["profile"]["asked"], "any");
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(
        files.len(),
        1,
        "a report is written whole, with nothing beside it"
    );
}

#[test]
fn a_faulty_endpoint_is_status_1_and_the_report_names_clause_source_and_exchange() {
    let (status, out, _) = run(&[
        "conformance",
        "--only",
        "upload.png",
        "--mock-fault",
        "created-answers-201",
    ]);
    assert_eq!(status, 1, "{out}");
    for wanted in [
        "FAIL answer.status-200 (MUST)",
        "page \"Upload dispute documents\"",
        "expected  200",
        "Authorization: Basic ***",
        "HTTP/1.1 201 Created",
    ] {
        assert!(out.contains(wanted), "{wanted:?} is missing:\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "colours in a pipe");
}

#[test]
fn scenarios_can_be_listed_and_checked() {
    let (status, out, _) = run(&["conformance", "--list", "--only", "upload/png"]);
    assert_eq!(
        (status, out.split_whitespace().collect::<Vec<_>>()),
        (0, vec!["upload/png", "upload.png"])
    );
    let arguments = [
        "conformance",
        "--list",
        "-E",
        "clause(upload.*) & tag(smoke) & !id(upload/p*)",
    ];
    let (status, out, _) = run(&arguments);
    let ids: Vec<_> = out
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let wanted = [
        "upload/attached",
        "upload/bad-format-text",
        "upload/file-missing",
        "upload/jpg",
    ];
    assert_eq!((status, ids), (0, wanted.to_vec()));
    let (status, out, _) = run(&["conformance", "--list-tags", "--only", "upload/png"]);
    assert_eq!(status, 0);
    assert!(
        out.starts_with("needs-open     1  needs an open dispute\n"),
        "{out}"
    );
    let (status, out, complaints) = run(&["conformance", "--check-scenarios"]);
    assert_eq!((status, complaints.as_str()), (0, ""), "{out}");
    assert!(out.contains("81 of 81 clauses covered"), "{out}");
}

#[test]
fn files_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = write(
        "slip.pdf",
        &rebuttal_conformance::evidence::Sample::Pdf.content(None),
    );
    let bad = write(
        "photo.jpg",
        &rebuttal_conformance::evidence::Sample::Heic.content(None),
    );
    let (status, out, _) = run(&["check", &good]);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("acceptable"), "{out}");
    let (status, out, _) = run(&["check", &good, &bad]);
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("HEIC") && out.contains("JPEG"), "{out}");
    let (status, out, _) = run(&["check", &good, "--kind", "receipt"]);
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("proof_of_receipt"), "{out}");
    let (status, out, _) = run(&["check", &good, "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, report["verdict"].as_str()), (0, Some("accept")));
    let (status, out, _) = run(&["check", "no-such-file.pdf"]);
    assert_eq!(status, 3, "{out}");
    assert!(out.contains("no-such-file.pdf: cannot be read"), "{out}");
}

#[cfg(unix)]
#[test]
fn the_mock_says_where_it_listens_serves_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.toml");
    let mut child = rebuttal(&["mock", "--target-out", target.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first
        .strip_prefix("listening on http://")
        .expect("the address")
        .to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(b"GET /disputes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let answer = std::io::read_to_string(stream).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let (status, out, complaints) = run(&[
        "conformance",
        "--target",
        target.to_str().unwrap(),
        "--only",
        "upload.png",
        "--report",
        "json",
    ]);
    assert_eq!((status, complaints.as_str()), (0, ""), "{out}");
    let stopped = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    assert_eq!(child.wait().unwrap().code(), Some(0), "SIGTERM is a clean end");
    assert!(Path::new(&target).exists());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = rebuttal(&["conformance", "--list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
