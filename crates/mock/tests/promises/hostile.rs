//! Clients that take more than they should: each is bounded, and the others are served.

use std::time::Duration;

use rebuttal_mock::{Config, Limits, Mock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{
    ask::{PNG, base64, form},
    client::{Client, MULTIPART, get, request, start, upload, upload_line},
};

const MIB: usize = 1024 * 1024;

async fn limited(limits: Limits) -> Mock {
    start(Config {
        limits,
        ..Config::default()
    })
    .await
}

/// A client of its own is served.
async fn serves(mock: &Mock) {
    let mut client = Client::connect(mock.address()).await;
    assert_eq!(client.ask(&get(mock)).await.status, 200);
}

/// A form with a file of so many bytes.
fn sized(bytes: usize) -> Vec<u8> {
    let mut file = PNG.to_vec();
    file.resize(bytes, 0);
    form(&[("file", Some("large.png"), &file)])
}

#[tokio::test]
async fn heads_that_never_end_are_ended_and_meanwhile_make_room() {
    let mock = limited(Limits {
        connections: 4,
        head_timeout: Duration::from_secs(2),
        ..Limits::default()
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..4 {
        let mut client = Client::connect(mock.address()).await;
        client.send(b"GET /disputes HTTP/1.1\r\nX-Slow: ").await;
        slow.push(client);
    }
    serves(&mock).await;
    let mut ended = 0;
    for mut client in slow {
        // A letter now and then keeps nobody's patience.
        for _ in 0..3 {
            let _ = client.stream.write_all(b"a").await;
            sleep(Duration::from_millis(100)).await;
        }
        let mut text = Vec::new();
        let _ = client.stream.read_to_end(&mut text).await;
        let text = String::from_utf8_lossy(&text);
        // One had to make room, and was told nothing.
        let told = text.starts_with("HTTP/1.1 408 ") && text.contains("\"object\":\"error\"");
        assert!(text.is_empty() || told, "{text}");
        ended += usize::from(told);
    }
    assert!(ended >= 2, "{ended}");
    serves(&mock).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_connections_starve_nobody() {
    let mock = limited(Limits {
        connections: 1024,
        ..Limits::default()
    })
    .await;
    let mut idle = Vec::new();
    for number in 1..=10_000 {
        match TcpStream::connect(mock.address()).await {
            Ok(stream) => idle.push(stream),
            Err(error) => {
                eprintln!("this machine lets a process have {number} connections and not 10,000: {error}");
                break;
            }
        }
        if number % 2_000 == 0 {
            serves(&mock).await;
        }
    }
    serves(&mock).await;
    let mut client = Client::connect(mock.address()).await;
    let page = client
        .ask(b"GET /_mock/metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    let page = String::from_utf8(page.body).unwrap();
    let number = |name: &str| -> usize {
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{page}")).parse().unwrap()
    };
    assert!(number("rebuttal_mock_connections") <= 1024, "{page}");
    assert!(
        number("rebuttal_mock_connections_evicted_total") >= idle.len() - 1024,
        "{page}"
    );
}

#[tokio::test]
async fn a_body_without_end_is_ended() {
    let mock = start(Config::default()).await;
    let dispute = mock.target().disputes.open[2].clone();
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    // Within a file, before the first part, in a field that nobody knows, in the head of a part, and in trailers.
    for begin in [
        head,
        "",
        "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n",
        "--b\r\nX-Long: ",
    ] {
        let mut client = Client::connect(mock.address()).await;
        let headers = ["Transfer-Encoding: chunked", MULTIPART];
        client
            .send(&request(&mock, &upload_line(&dispute), &headers, b""))
            .await;
        let _ = client
            .stream
            .write_all(format!("{:x}\r\n{begin}\r\n", begin.len()).as_bytes())
            .await;
        let mut chunk = b"10000\r\n".to_vec();
        chunk.resize(7 + 65_536, b'a');
        chunk.extend_from_slice(b"\r\n");
        let mut sent = 0;
        // 96 MiB are more than it reads, behind its answer too.
        while sent < 96 * MIB && client.stream.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        assert!(sent < 96 * MIB, "{begin:?}");
        serves(&mock).await;
    }
    assert_eq!(mock.documents(&dispute).len(), 0);
}

#[tokio::test]
async fn a_body_that_drips_is_ended() {
    let mock = limited(Limits {
        body_idle: Duration::from_secs(5),
        body_total: Duration::from_millis(600),
        ..Limits::default()
    })
    .await;
    let dispute = mock.target().disputes.open[2].clone();
    let mut client = Client::connect(mock.address()).await;
    let headers = ["Content-Length: 100000", MULTIPART];
    client
        .send(&request(&mock, &upload_line(&dispute), &headers, b"--b\r\n"))
        .await;
    for _ in 0..12 {
        let _ = client.stream.write_all(b"a").await;
        sleep(Duration::from_millis(100)).await;
    }
    let reply = client.reply().await;
    assert_eq!((reply.status, reply.header("connection")), (408, Some("close")));
    serves(&mock).await;
}

#[tokio::test]
async fn what_is_held_in_all_is_bounded_and_comes_free_again() {
    // What is seeded takes some of it.
    let mock = limited(Limits {
        memory: 3 * MIB as u64,
        ..Limits::default()
    })
    .await;
    let dispute = mock.target().disputes.open[2].clone();
    let body = sized(2 * MIB);
    let mut client = Client::connect(mock.address()).await;
    let first = client.ask(&upload(&mock, &dispute, &body)).await;
    assert_eq!(first.status, 200);
    let second = client.ask(&upload(&mock, &dispute, &body)).await;
    assert_eq!((second.status, second.header("retry-after")), (503, Some("5")));
    assert_eq!(second.header("x-rebuttal-not-in-contract"), Some("true"));
    assert_eq!(second.json()["object"], "error");
    serves(&mock).await;
    let location = first.json()["location"].as_str().unwrap().to_owned();
    let mut client = Client::connect(mock.address()).await;
    let gone = client
        .ask(&request(&mock, &format!("DELETE {location} HTTP/1.1"), &[], b""))
        .await;
    assert_eq!(gone.status, 200);
    assert_eq!(
        client.ask(&upload(&mock, &dispute, &sized(4 * MIB))).await.status,
        413,
        "more than all"
    );
    // One that is under way counts, whole or not.
    let mut slow = Client::connect(mock.address()).await;
    let sent = upload(&mock, &dispute, &body);
    slow.send(&sent[..sent.len() / 2]).await;
    let mut other = Client::connect(mock.address()).await;
    let small = upload(&mock, &dispute, &sized(MIB / 2));
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let large = other.ask(&upload(&mock, &dispute, &body)).await;
        statuses.push(large.status);
        other = Client::connect(mock.address()).await;
    }
    assert_eq!(statuses, [503, 503]);
    assert_eq!(
        other.ask(&small).await.status,
        200,
        "there is room for half a MiB"
    );
    slow.send(&sent[sent.len() / 2..]).await;
    assert_eq!(slow.reply().await.status, 200);
    // In chunks nothing is declared: the room ends while they come.
    let mut chunked = Client::connect(mock.address()).await;
    let headers = ["Transfer-Encoding: chunked", MULTIPART];
    chunked
        .send(&request(&mock, &upload_line(&dispute), &headers, b""))
        .await;
    let chunk = [
        format!("{:x}\r\n", body.len()).as_bytes(),
        &body,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    chunked.send(&chunk).await;
    assert_eq!(chunked.reply().await.status, 503);
    assert_eq!(mock.documents(&dispute).len(), 2);
}

#[tokio::test]
async fn nothing_is_decompressed() {
    let mock = start(Config::default()).await;
    let dispute = mock.target().disputes.open[2].clone();
    let body = form(&[("file", Some("a.png"), PNG)]);
    let length = format!("Content-Length: {}", body.len());
    for (coding, status) in [
        ("gzip", 415),
        ("br, gzip", 415),
        ("deflate", 415),
        ("identity", 200),
        ("Identity", 200),
    ] {
        let mut client = Client::connect(mock.address()).await;
        let coding = format!("Content-Encoding: {coding}");
        let reply = client
            .ask(&request(
                &mock,
                &upload_line(&dispute),
                &[&length, MULTIPART, &coding],
                &body,
            ))
            .await;
        assert_eq!(reply.status, status, "{coding}");
        if status == 415 {
            assert_eq!(reply.header("accept-encoding"), Some("identity"));
            assert_eq!(reply.json()["object"], "error");
        }
    }
    assert_eq!(mock.documents(&dispute).len(), 2);
}

#[tokio::test]
async fn a_live_key_is_refused_unless_it_is_told() {
    for live_keys in [false, true] {
        let mock = start(Config {
            live_keys,
            ..Config::default()
        })
        .await;
        for (scheme, key) in [
            ("Basic", base64(b"skey_5xuy4w91xqz7d1w9u0t:")),
            ("Basic", base64(b"skey_live_5xuy4w91:")),
            ("Bearer", "pkey_5xuy4w91xqz7d1w9u0t".to_owned()),
        ] {
            let mut client = Client::connect(mock.address()).await;
            let asked = format!("GET /disputes HTTP/1.1\r\nHost: a\r\nAuthorization: {scheme} {key}\r\n\r\n");
            let reply = client.ask(asked.as_bytes()).await;
            assert_eq!(
                (reply.status, reply.json()["code"].as_str()),
                (401, Some("authentication_failure"))
            );
            let told = reply.json()["message"]
                .as_str()
                .unwrap()
                .contains("a live key was sent to a mock");
            assert_eq!(told, !live_keys);
            assert_eq!(reply.header("x-rebuttal-not-in-contract").is_some(), !live_keys);
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            assert!(!text.contains("5xuy4w91"), "{text}");
        }
    }
}

#[tokio::test]
async fn health_is_told_to_anybody() {
    let mock = start(Config::default()).await;
    let mut client = Client::connect(mock.address()).await;
    for path in ["/healthz", "/_mock/healthz"] {
        let reply = client
            .ask(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes())
            .await;
        assert_eq!((reply.status, &reply.json()["status"]), (200, &"ok".into()));
        assert_eq!(reply.header("x-rebuttal-not-in-contract"), Some("true"));
    }
    client.ask(&get(&mock)).await;
    client.ask(b"BREW /disputes HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let page = client
        .ask(b"GET /_mock/metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    let page = String::from_utf8(page.body).unwrap();
    for line in [
        "rebuttal_mock_requests_total{method=\"GET\",status=\"200\"} 3",
        "rebuttal_mock_requests_total{method=\"other\",status=\"405\"} 1",
        "rebuttal_mock_connections 1",
        "rebuttal_mock_uploading_bytes 0",
        "rebuttal_mock_request_seconds_count 4",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}: {page}");
    }
    assert!(page.ends_with("# EOF\n"), "{page}");
}
