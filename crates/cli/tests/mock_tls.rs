//! The mock over TLS: the suite holds on it, a shell is led to it, and nobody is led elsewhere.

mod mocking;
mod running;

use std::{fs, path::Path, process::Command};

use mocking::Running;
use running::{names, run};

const TLS: &[&str] = &["--tls", "--state-dir", "state"];

#[test]
fn the_suite_holds_over_tls_and_an_authority_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mock = Running::start(folder, TLS);
    assert!(mock.url.starts_with("https://127.0.0.1:"), "{}", mock.url);
    let (status, out, _) = run(
        folder,
        &["conformance", "--target", "target.toml", "--only", "upload"],
    );
    assert_eq!(status, 0, "{out}");
    let first = fs::read(folder.join("state/ca.pem")).expect("an authority");
    assert_eq!(names(&folder.join("state")), ["ca.key", "ca.pem"]);
    drop(mock);
    let mock = Running::start(folder, TLS);
    assert_eq!(
        fs::read(folder.join("state/ca.pem")).expect("an authority"),
        first
    );
    // Without the file nobody trusts it.
    let target = fs::read_to_string(folder.join("target.toml")).expect("a target file");
    let without: String = target
        .lines()
        .filter(|line| !line.starts_with("ca"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(folder.join("untrusted.toml"), without).expect("a file");
    let (status, _, err) = run(folder, &["conformance", "--target", "untrusted.toml"]);
    assert_eq!(status, 3, "{err}");
    assert!(err.contains("UnknownIssuer"), "{err}");
    drop(mock);
}

#[test]
fn a_target_names_its_authority_or_is_told_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let keys = "[keys]\nsecret = \"skey_test_1\"\n";
    for (name, head, status, told) in [
        (
            "http.toml",
            "url = \"http://localhost:1\"\nca = \"ca.pem\"\n",
            2,
            "expected `ca` with an https URL",
        ),
        (
            "missing.toml",
            "url = \"https://localhost:1\"\nca = \"ca.pem\"\n",
            3,
            "ca.pem",
        ),
        (
            "empty.toml",
            "url = \"https://localhost:1\"\nca = \"empty.toml\"\n",
            3,
            "no certificate",
        ),
    ] {
        fs::write(folder.join(name), format!("{head}{keys}")).expect("a file");
        let (found, _, err) = run(folder, &["conformance", "--target", name]);
        assert_eq!(found, status, "{err}");
        assert!(err.contains(told), "{err}");
    }
}

#[test]
fn a_tunnel_leads_to_the_mock_and_to_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(folder.path(), TLS);
    for (host, status) in [
        ("example.com:443", "403 Forbidden"),
        ("169.254.169.254:80", "403 Forbidden"),
    ] {
        let answer = mock.ask(&format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
        assert!(
            answer.contains("X-Rebuttal-Not-In-Contract: true\r\n"),
            "{answer}"
        );
    }
    // What is inside need not be TLS.
    let inside = "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = mock.ask(&format!(
        "CONNECT api.omise.co:80 HTTP/1.1\r\nHost: a\r\n\r\n{inside}"
    ));
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("HTTP/1.1 404 Not Found"),
        "{answer}"
    );
    let plain = Running::start(folder.path(), &[]);
    let answer = plain.ask("CONNECT api.omise.co:443 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 501 ") && answer.contains("--tls"),
        "{answer}"
    );
}

#[test]
fn who_wants_https_only_gets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let both = Running::start(folder.path(), TLS);
    assert!(both.ask(request).starts_with("HTTP/1.1 404 "));
    let only = Running::start(folder.path(), &[TLS, &["--tls-only"]].concat());
    let answer = only.ask(request);
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.contains("HTTPS only"),
        "{answer}"
    );
}

#[test]
fn a_shell_is_led_to_the_mock() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("it's here");
    fs::create_dir(&folder).expect("a folder");
    let mock = Running::start(&folder, TLS);
    let port = mock.address().port().to_string();
    let (status, lines, err) = run(
        &folder,
        &[&["mock", "--print-env", "--port", &port], TLS].concat(),
    );
    assert_eq!(status, 0, "{err}");
    let Some(found) = ask_in_shell(&folder, &lines, &mock.target("secret")) else {
        eprintln!("SKIPPED: no sh and curl here, so what --print-env prints was not evaluated");
        return;
    };
    assert_eq!(found, "200 000");
    let (status, _, err) = run(&folder, &[&["mock", "--print-env"], TLS].concat());
    assert_eq!(status, 2);
    assert!(err.contains("expected --print-env with the --port"), "{err}");
}

/// The statuses that curl has for the API and for another host, in a shell that evaluated these lines.
fn ask_in_shell(folder: &Path, lines: &str, key: &str) -> Option<String> {
    let script = "eval \"$LINES_\"; for host in api.omise.co example.com; do \
                  curl -s -o /dev/null -w '%{http_code} ' -u \"$KEY:\" https://$host/disputes; done";
    Command::new("curl").arg("--version").output().ok()?;
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder)
        .env("LINES_", lines)
        .env("KEY", key)
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
