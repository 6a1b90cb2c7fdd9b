//! Runs that are stopped, and runs that are killed.

mod running;

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use running::{json, names, rebuttal, run, told};
use serde_json::Value;

/// An endpoint that answers `first` requests 404 and then never again.
fn stalling(first: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("it works");
    let address = listener.local_addr().expect("it works").to_string();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for (count, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("it works");
            if count < first {
                answer(&mut stream);
            } else {
                kept.push(stream);
            }
        }
    });
    address
}

fn answer(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let _ = stream.read(&mut buffer);
    let body = "{\"object\":\"error\",\"location\":\"x\",\"code\":\"not_found\",\"message\":\"x\"}";
    let _ = write!(
        stream,
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
}

/// A run whose journal has a scenario, and that waits for an answer which does not come.
fn under_way(folder: &Path) -> Child {
    let target = format!(
        "url = \"http://{}\"\n[keys]\nsecret = \"skey_test_5xuy4w91xqz7d1w9u0t\"\n[disputes]\nopen = [\"dspt_test_1\"]\n",
        stalling(12)
    );
    fs::write(folder.join("target.toml"), target).expect("it works");
    let child = rebuttal(
        folder,
        &[
            "conformance",
            "--target",
            "target.toml",
            "--jobs",
            "1",
            "--timeout",
            "100",
            "--report-file",
            "json=report.json",
            "--report-file",
            "junit=report.xml",
        ],
    )
    .stdout(Stdio::null())
    .stderr(Stdio::piped())
    .spawn()
    .expect("it works");
    let journal = folder.join("report.json.journal");
    let end = Instant::now() + Duration::from_mins(1);
    while fs::read_to_string(&journal).map_or(0, |text| text.lines().count()) < 2 {
        assert!(Instant::now() < end, "the journal stays empty");
        thread::sleep(Duration::from_millis(20));
    }
    child
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_writes_its_reports() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("it works");
        let mut child = under_way(folder.path());
        // Twice: at once, instead of after some seconds.
        for _ in 0..2 {
            let pressed = Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status();
            assert!(pressed.expect("it works").success());
            thread::sleep(Duration::from_millis(200));
        }
        let status = child.wait().expect("it works").code();
        assert!(matches!(status, Some(1 | 3)), "{status:?}");
        let report = json(&folder.path().join("report.json"));
        let wanted = if signal == "-INT" { "Ctrl-C" } else { "SIGTERM" };
        assert_eq!(report["stopped"], format!("stopped by {wanted}"));
        assert!(report["scenarios"].as_array().expect("it works").len() > 100);
        let junit = fs::read_to_string(folder.path().join("report.xml")).expect("it works");
        assert!(
            junit.contains("the run was stopped before this was done"),
            "{junit}"
        );
        assert_eq!(names(folder.path()), ["report.json", "report.xml", "target.toml"]);
    }
}

#[cfg(unix)]
#[test]
fn explorations_and_campaigns_that_are_stopped_say_what_they_have() {
    let explore = &["explore"][..];
    let fuzz = &["fuzz", "--seconds", "600"][..];
    for (signal, command) in [
        ("-TERM", explore),
        ("-INT", explore),
        ("-TERM", fuzz),
        ("-INT", fuzz),
    ] {
        let folder = tempfile::tempdir().expect("it works");
        let listener = TcpListener::bind("127.0.0.1:0").expect("it works");
        let address = listener.local_addr().expect("it works");
        let target = format!(
            "url = \"http://{address}\"\n[keys]\nsecret = \"skey_test_5xuy4w91xqz7d1w9u0t\"\n[disputes]\nopen = [\"dspt_test_1\"]\n",
        );
        fs::write(folder.path().join("target.toml"), target).expect("it works");
        let arguments = [command, &["--target", "target.toml", "--timeout", "100"]].concat();
        let child = rebuttal(folder.path(), &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it works");
        // The first connection only tries; the second one asks, and is never answered.
        let kept: Vec<_> = listener.incoming().take(2).collect();
        for _ in 0..2 {
            let pressed = Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status();
            assert!(pressed.expect("it works").success());
            thread::sleep(Duration::from_millis(200));
        }
        let (status, out, complaints) = told(&child.wait_with_output().expect("it works"));
        drop(kept);
        assert_eq!(status, 3, "{complaints}");
        assert!(out.contains("stopped; nothing was found so far"), "{out}");
        assert!(complaints.contains("stopped by"), "{complaints}");
    }
}

#[test]
fn a_run_that_is_killed_leaves_its_journal() {
    let folder = tempfile::tempdir().expect("it works");
    let mut child = under_way(folder.path());
    child.kill().expect("it works");
    child.wait().expect("it works");
    assert_eq!(names(folder.path()), ["report.json.journal", "target.toml"]);
    let journal = fs::read_to_string(folder.path().join("report.json.journal")).expect("it works");
    assert!(!journal.contains("5xuy4w91xqz7d1w9u0t"));
    let (status, out, complaints) = run(
        folder.path(),
        &["report", "show", "report.json.journal", "--format", "json"],
    );
    assert!(matches!(status, 1 | 3), "{complaints}");
    let report: Value = serde_json::from_str(&out).expect("it works");
    assert!(
        report["stopped"]
            .as_str()
            .expect("it works")
            .starts_with("the run was killed")
    );
    assert!(report["scenarios"].as_array().expect("it works").len() > 100);
}
