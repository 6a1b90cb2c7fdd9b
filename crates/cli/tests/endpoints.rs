//! Endpoints that cannot be asked, and keys that are not for this.

mod running;

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::Command,
};

use running::told;

fn rebuttal(arguments: &[&str]) -> Command {
    running::rebuttal(Path::new("."), arguments)
}

#[test]
fn a_run_that_reaches_nothing_is_status_3() {
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("it works")
        .local_addr()
        .expect("it works");
    let mut command = rebuttal(&[
        "conformance",
        "--endpoint",
        &format!("http://{free}"),
        "--key-env",
        "KEY",
    ]);
    let (status, out, complaint) = told(
        &command
            .env("KEY", "skey_test_5xuy4w91xqz7d1w9u0t")
            .output()
            .expect("it works"),
    );
    assert_eq!((status, out.as_str()), (3, ""));
    assert!(complaint.contains("cannot connect to"), "{complaint}");
}

#[test]
fn a_key_that_is_refused_is_told_before_anything_is_run() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("it works");
    let url = format!("http://{}", listener.local_addr().expect("it works"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("it works");
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream
                .write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    for command in ["conformance", "explore"] {
        let mut command = rebuttal(&[command, "--endpoint", &url, "--key-env", "KEY"]);
        let (status, out, complaint) = told(
            &command
                .env("KEY", "skey_test_5xuy4w91xqz7d1w9u0t")
                .output()
                .expect("it works"),
        );
        assert_eq!((status, out.as_str()), (3, ""), "{complaint}");
        assert!(
            complaint.contains("the endpoint refuses the key: GET /disputes/open"),
            "{complaint}"
        );
    }
}

#[test]
fn a_live_key_needs_two_words() {
    for flags in [&[][..], &["--live-key"], &["--change-real-disputes"]] {
        let mut command = rebuttal(&[
            "conformance",
            "--endpoint",
            "http://127.0.0.1:1",
            "--key-env",
            "KEY",
        ]);
        let (status, _, complaint) = told(
            &command
                .args(flags)
                .env("KEY", "skey_5xuy4w91xqz7d1w9u0t")
                .output()
                .expect("it works"),
        );
        assert_eq!(status, 2, "{complaint}");
        assert!(
            complaint.contains("a live key was given") && !complaint.contains("5xuy4w"),
            "{complaint}"
        );
    }
}
