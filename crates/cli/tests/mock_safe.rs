//! The mock as a process that others depend on: it tells what happens and no key, and stops without losing anything.

mod mocking;
mod running;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use mocking::{Running, base64};
use serde_json::Value;

/// The smallest picture that is evidence, as a form.
const FORM: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n\
\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\
\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82\r\n--b--\r\n";

const LIVE: &str = "skey_5xuy4w91xqz7d1w9u0t";

/// Begins an upload and sends half of it.
#[cfg(unix)]
fn half_an_upload(mock: &Running) -> TcpStream {
    let key = base64(format!("{}:", mock.target("secret")).as_bytes());
    let dispute = &mock.list("open")[2];
    let mut socket = TcpStream::connect(mock.address()).expect("it listens");
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a timeout");
    let head = format!(
        "POST /disputes/{dispute}/documents HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {key}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        FORM.len()
    );
    socket.write_all(head.as_bytes()).expect("it takes bytes");
    // The upload is under way once it is given leave.
    let mut leave = [0; 25];
    socket.read_exact(&mut leave).expect("leave");
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(&FORM[..FORM.len() / 2]).expect("it takes bytes");
    socket
}

/// Waits until nobody listens any more.
#[cfg(unix)]
fn refuses(mock: &Running) {
    let begun = Instant::now();
    while TcpStream::connect(mock.address()).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn an_upload_that_is_under_way_is_finished_before_the_mock_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(folder.path(), &[]);
    let mut socket = half_an_upload(&mock);
    let idle = TcpStream::connect(mock.address()).expect("it listens");
    mock.signal("TERM");
    refuses(&mock);
    socket.write_all(&FORM[FORM.len() / 2..]).expect("it takes bytes");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"object\":\"document\""),
        "{answer}"
    );
    let (status, _, err) = mock.end();
    assert_eq!(status, Some(0), "{err}");
    drop(idle);
}

#[cfg(unix)]
#[test]
fn who_does_not_wait_says_so_twice_or_bounds_the_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(folder.path(), &["--stop-timeout", "3600"]);
    let held = half_an_upload(&mock);
    mock.signal("TERM");
    refuses(&mock);
    mock.signal("INT");
    let (status, _, err) = mock.end();
    assert_eq!(status, Some(0), "{err}");
    assert!(err.contains("stopped by Ctrl-C at once"), "{err}");
    drop(held);
    let mock = Running::start(folder.path(), &["--stop-timeout", "1"]);
    let held = half_an_upload(&mock);
    mock.signal("TERM");
    assert_eq!(mock.end().0, Some(0));
    drop(held);
}

#[cfg(unix)]
#[test]
fn what_happens_is_told_in_either_form_and_no_key_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = base64(format!("{LIVE}:").as_bytes());
    for (switches, level) in [
        (&[][..], 0),
        (&["-v"][..], 1),
        (&["-vv"], 2),
        (&["-v", "--log-format", "json"], 1),
        (&["-vv", "--log-format", "json"], 2),
    ] {
        let mock = Running::start(folder.path(), switches);
        let secret = mock.target("secret");
        mock.ask_with_key(
            "GET /disputes?key=skey_test_5xuy4w91xqz7d1w9u0t HTTP/1.1",
            &["Connection: close"],
            b"",
        );
        mock.ask(&format!("GET /{LIVE}/{live} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {live}\r\nConnection: close\r\n\r\n"));
        mock.signal("TERM");
        let (_, _, err) = mock.end();
        for key in [
            secret.as_str(),
            LIVE,
            &live,
            "5xuy4w91xqz7d1w9u0t",
            &base64(format!("{secret}:").as_bytes()),
        ] {
            assert!(!err.contains(key), "{switches:?}: {err}");
        }
        let lines: Vec<&str> = err.lines().filter(|line| line.contains("request_id")).collect();
        assert_eq!(lines.len(), if level > 0 { 2 } else { 0 }, "{switches:?}: {err}");
        assert_eq!(err.contains("peer"), level > 1, "{switches:?}: {err}");
        if switches.contains(&"json") {
            let first: Value = serde_json::from_str(lines[0]).expect("JSON");
            assert_eq!(
                (&first["method"], &first["path"], &first["status"]),
                (&"GET".into(), &"/disputes".into(), &200.into())
            );
            assert_eq!(first["level"], "INFO");
        }
    }
}

#[test]
fn a_live_key_is_refused_unless_the_command_line_takes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = base64(format!("{LIVE}:").as_bytes());
    let request = format!(
        "GET /disputes HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {key}\r\nConnection: close\r\n\r\n"
    );
    for (switches, told) in [(&[][..], true), (&["--accept-live-keys"], false)] {
        let mock = Running::start(folder.path(), switches);
        let answer = mock.ask(&request);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        assert_eq!(answer.contains("a live key was sent to a mock"), told, "{answer}");
    }
}

#[test]
fn bounds_are_switches() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = Running::start(
        folder.path(),
        &[
            "--max-memory",
            "1",
            "--max-head",
            "8",
            "--head-timeout",
            "1",
            "--max-connections",
            "2",
        ],
    );
    let dispute = &mock.list("open")[2];
    let upload = format!("POST /disputes/{dispute}/documents HTTP/1.1");
    let headers = [
        "Content-Type: multipart/form-data; boundary=b",
        "Content-Length: 2000000",
        "Expect: 100-continue",
    ];
    let answer = mock.ask_with_key(&upload, &headers, b"");
    assert!(
        answer.starts_with("HTTP/1.1 413 ") && answer.contains("\r\nRetry-After: 5\r\n"),
        "{answer}"
    );
    let answer = mock.ask(&format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(100_000)));
    assert!(
        answer.starts_with("HTTP/1.1 431 ") && answer.contains("at most 8192 bytes"),
        "{answer}"
    );
    let answer = mock.ask("GET / HTTP/1.1\r\n");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let waiting: Vec<_> = (0..8)
        .map(|_| TcpStream::connect(mock.address()).expect("it listens"))
        .collect();
    let answer = mock.ask("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(waiting);
}
