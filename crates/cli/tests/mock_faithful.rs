//! The mock as the API would be: what it answers to what is no request, files to download, and how it starts and stops.

mod mocking;
mod running;

#[cfg(unix)]
use std::path::Path;
use std::{fs, net::TcpListener};

use mocking::Running;
use running::run;
use serde_json::Value;

/// The body of an answer, as JSON.
fn body(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[test]
fn what_is_no_request_gets_an_error_object() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(folder.path(), &[]);
    let fields = |count: usize| {
        (0..count)
            .map(|at| format!("X-{at}: 1\r\n"))
            .collect::<Vec<_>>()
            .concat()
    };
    let long = "a".repeat(300_000);
    for (what, request, status) in [
        ("no method", "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(), 400),
        ("no version", "GET /disputes\r\n\r\n".to_owned(), 400),
        (
            "a version of its own",
            "GET /disputes HTTP/7.3\r\n\r\n".to_owned(),
            400,
        ),
        (
            "a field without a name",
            "GET / HTTP/1.1\r\n: x\r\n\r\n".to_owned(),
            400,
        ),
        (
            "two lengths",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".to_owned(),
            400,
        ),
        (
            "too many fields",
            format!("GET / HTTP/1.1\r\n{}\r\n", fields(101)),
            431,
        ),
        (
            "too long a field",
            format!("GET / HTTP/1.1\r\nX: {long}\r\n\r\n"),
            431,
        ),
        (
            "too long a path",
            format!("GET /{} HTTP/1.1\r\n\r\n", &long[..70_000]),
            414,
        ),
        ("TLS", "\u{16}\u{3}\u{1}\u{0}\u{5}hello".to_owned(), 400),
    ] {
        let answer = mock.ask(&request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{what}: {answer}"
        );
        assert_eq!(body(&answer)["object"], "error", "{what}");
        for wanted in [
            "\r\nX-Rebuttal-Not-In-Contract: true\r\n",
            "\r\nConnection: close\r\n",
            "\r\nContent-Type: application/json; charset=utf-8\r\n",
        ] {
            assert!(answer.contains(wanted), "{what}: {answer}");
        }
    }
    let head = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ";
    for (bytes, status) in [(65_536, 200), (65_537, 431), (70_000, 431)] {
        let padding = "a".repeat(bytes - head.len() - 4);
        let answer = mock.ask(&format!("{head}{padding}\r\n\r\n"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "a head of {bytes} bytes: {answer}"
        );
    }
    // The answer to the request before is not touched.
    let answer = mock.ask("GET /disputes HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 2, "{answer}");
    assert_eq!(answer.matches("\"object\":\"error\"").count(), 2, "{answer}");
}

#[test]
fn answers_have_the_headers_of_the_recorded_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(folder.path(), &[]);
    let of = |answer: &str| {
        let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
        let mut names: Vec<_> = head
            .lines()
            .skip(1)
            .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
            .collect();
        names.sort();
        names
    };
    let common = [
        "Cache-Control",
        "Connection",
        "Content-Length",
        "Content-Type",
        "Date",
        "Server",
        "Status",
        "X-Request-Id",
        "X-Runtime",
    ];
    let refused = of(&mock.ask("GET /disputes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    let mut wanted = common.map(str::to_owned).to_vec();
    wanted.push("Www-Authenticate".to_owned());
    wanted.sort();
    assert_eq!(refused, wanted);
    let served = mock.ask_with_key("GET /disputes HTTP/1.1", &["Connection: close"], b"");
    let mut wanted: Vec<_> = common.map(str::to_owned).to_vec();
    // Without Strict-Transport-Security: browsers would hold it against every other server of this machine.
    wanted.extend(["Omise-Version", "Vary"].map(str::to_owned));
    wanted.sort();
    assert_eq!(of(&served), wanted);
    assert!(served.contains("\r\nStatus: 200 OK\r\n"), "{served}");
}

#[test]
fn a_file_is_served_under_its_download_uri_until_it_is_destroyed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(folder.path(), &["--download-uri", "served"]);
    let dispute = &mock.list("open")[0];
    let close = ["Connection: close"];
    let list = body(&mock.ask_with_key(
        &format!("GET /disputes/{dispute}/documents?limit=1 HTTP/1.1"),
        &close,
        b"",
    ));
    let document = &list["data"][0];
    let url = document["download_uri"].as_str().expect("a URL");
    let path = url.strip_prefix(&mock.url).unwrap_or_else(|| panic!("{url}"));
    let ask = |method: &str, path: &str, more: &str| {
        mock.ask(&format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{more}\r\n"
        ))
    };
    let whole = ask("GET", path, "");
    for wanted in [
        "HTTP/1.1 200 OK\r\n",
        "Content-Type: image/png\r\n",
        "Accept-Ranges: bytes\r\n",
        "Content-Disposition: attachment; filename=\"evidence 01.png\"\r\n",
        "X-Content-Type-Options: nosniff\r\n",
        "X-Rebuttal-Not-In-Contract: true\r\n",
    ] {
        assert!(whole.contains(wanted), "{wanted}: {whole}");
    }
    let length = whole
        .split("Content-Length: ")
        .nth(1)
        .and_then(|rest| rest.split('\r').next())
        .expect("a length");
    let head = ask("HEAD", path, "");
    assert!(
        head.ends_with("\r\n\r\n") && head.contains(&format!("Content-Length: {length}\r\n")),
        "{head}"
    );
    for (more, status, wanted) in [
        (
            "Range: bytes=1-3\r\n",
            206,
            format!("Content-Range: bytes 1-3/{length}\r\n"),
        ),
        ("Range: bytes=-2\r\n", 206, "Content-Length: 2\r\n".to_owned()),
        (
            "Range: bytes=9999-\r\n",
            416,
            format!("Content-Range: bytes */{length}\r\n"),
        ),
        (
            "Range: bytes=1-3\r\nIf-Range: \"other\"\r\n",
            200,
            format!("Content-Length: {length}\r\n"),
        ),
        (
            "Range: bytes=0-1,3-4\r\n",
            200,
            format!("Content-Length: {length}\r\n"),
        ),
        ("If-None-Match: *\r\n", 304, String::new()),
    ] {
        let answer = ask("GET", path, more);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(&wanted),
            "{more}: {answer}"
        );
    }
    assert!(ask("GET", path, "Range: bytes=1-3\r\n").ends_with("PNG"));
    assert!(ask("POST", path, "Content-Length: 0\r\n").starts_with("HTTP/1.1 405 "));
    for guess in [
        format!("{path}x"),
        path.replace(dispute, &mock.list("open")[1]),
        "/_mock/download/".to_owned(),
    ] {
        assert!(ask("GET", &guess, "").starts_with("HTTP/1.1 404 "), "{guess}");
    }
    let location = document["location"].as_str().expect("a path");
    assert!(
        mock.ask_with_key(&format!("DELETE {location} HTTP/1.1"), &close, b"")
            .starts_with("HTTP/1.1 200 ")
    );
    assert!(ask("GET", path, "").starts_with("HTTP/1.1 404 "));
    let other = Running::start(folder.path(), &[]);
    assert!(
        other
            .ask(&format!(
                "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            ))
            .starts_with("HTTP/1.1 404 ")
    );
}

#[test]
fn choices_are_switches() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(
        folder.path(),
        &[
            "--max-documents",
            "3",
            "--layout",
            "pretty",
            "--members",
            "extra",
            "--connections",
            "closed",
            "--out-of-range",
            "clamped",
        ],
    );
    let list = mock.ask_with_key("GET /disputes?limit=0 HTTP/1.1", &[], b"");
    assert!(
        list.contains("\r\nConnection: close\r\n") && list.contains("{\n  \"object\": \"list\""),
        "{list}"
    );
    assert_eq!(body(&list)["limit"], 1);
    let full = &mock.list("open")[1];
    let answer = mock.ask_with_key(
        &format!("POST /disputes/{full}/documents HTTP/1.1"),
        &[
            "Content-Type: multipart/form-data; boundary=b",
            "Content-Length: 0",
        ],
        b"",
    );
    assert!(
        answer.starts_with("HTTP/1.1 422 ") && answer.contains("which is the maximum"),
        "{answer}"
    );
    let (status, _, err) = run(folder.path(), &["mock", "--layout", "wide"]);
    assert_eq!(status, 2);
    assert!(err.contains("[possible values: compact, pretty]"), "{err}");
    let (status, _, err) = run(
        folder.path(),
        &["conformance", "--target", "target.toml", "--only", "list"],
    );
    assert_eq!(status, 0, "{err}");
}

#[test]
fn a_place_that_is_taken_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (status, out, err) = run(folder.path(), &["mock", "--port", &port]);
    assert_eq!((status, out.as_str()), (3, ""), "{err}");
    assert!(
        err.contains(&format!("cannot listen on 127.0.0.1:{port}")) && err.contains("choose another --port"),
        "{err}"
    );
    let (status, _, err) = run(folder.path(), &["mock", "--host", "0.0.0.0"]);
    assert_eq!(status, 2);
    assert!(err.contains("--listen-to-others"), "{err}");
    let (status, _, err) = run(folder.path(), &["mock", "--host", "example.com"]);
    assert_eq!(status, 2);
    assert!(err.contains("expected localhost, or an address"), "{err}");
    let by_name = Running::start(folder.path(), &["--host", "localhost"]);
    assert!(by_name.url.starts_with("http://127.0.0.1:"), "{}", by_name.url);
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("SKIPPED: this machine has no ::1, so nothing was asked of it");
        return;
    }
    let six = Running::start(folder.path(), &["--host", "[::1]"]);
    assert!(six.url.starts_with("http://[::1]:"), "{}", six.url);
    assert!(
        six.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 404 ")
    );
    let (status, _, err) = run(
        folder.path(),
        &["conformance", "--target", "target.toml", "--only", "retrieve"],
    );
    assert_eq!(status, 0, "{err}");
}

#[cfg(unix)]
#[test]
fn the_target_file_is_private_and_every_signal_is_a_clean_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("target.toml");
    fs::write(&file, "old").expect("a file");
    for signal in ["TERM", "INT", "HUP"] {
        // The first line is told when no signal is lost any more.
        let mock = Running::start(folder.path(), &[]);
        mock.signal(signal);
        let (status, _, err) = mock.end();
        assert_eq!(status, Some(0), "{signal}: {err}");
        assert!(err.contains("running requests finish first"), "{signal}: {err}");
        assert_eq!(mode(&file), 0o600, "{signal}");
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}
