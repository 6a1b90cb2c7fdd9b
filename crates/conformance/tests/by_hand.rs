//! What is sent below HTTP is judged by what the endpoint may do: answer in turn, close between two answers, be
//! patient; and by nothing that it may not.

use std::{sync::Arc, time::Duration};

use rebuttal_conformance::{Disputes, Limits, Options, ScenarioReport, Target, Verdict, run, scenario};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const TOGETHER: &str = r#"
covers = ["http.keep-alive"]
why = "Three requests that have three answers."

[[step]]
together = [
  { request = { method = "GET", path = "/a" }, expect = { status = [404] } },
  { request = { method = "POST", path = "/b", body = "GET /c HTTP/1.1\r\n\r\n" }, expect = { status = [405] } },
  { request = { method = "GET", path = "/c" }, expect = { status = [410] } },
]
"#;

const STALLED: &str = r#"
covers = ["upload.broken-multipart"]
why = "A body that does not go on."

[[step]]
send = { then = "stall", stall_ms = 200, may_close = true, pieces = ["POST /a HTTP/1.1\nHost: {{host}}\nContent-Length: 9\n\n", "half"] }
expect = { status = [400, 408] }
"#;

/// What an endpoint does once it has read the last byte that is sent to it.
#[derive(Clone, Copy)]
enum Does {
    /// Says this and listens on.
    Says(&'static str),
    /// Says this byte by byte and listens on.
    Drips(&'static str),
    /// Says this and closes.
    Closes(&'static str),
}

/// Runs a scenario against an endpoint that waits for the text `last` and then does this.
async fn judged(text: &str, last: &'static str, does: Does) -> ScenarioReport {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, last, does));
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("http")).expect("a folder");
    std::fs::write(folder.path().join("http/it.toml"), text).expect("a file");
    let library = scenario::from_folder(folder.path()).expect("a scenario");
    let target = Target {
        endpoint: url.parse().expect("a URL"),
        secret: "skey_test_5xuy4w91xqz7d1w9u0t".parse().expect("a key"),
        public: None,
        other_secret: None,
        disputes: Disputes::default(),
        charges: Vec::new(),
    };
    let options = Options {
        limits: Limits {
            answer: Duration::from_millis(400),
            ..Limits::default()
        },
        ..Options::default()
    };
    let finished = run(target, library, &options, |_| {}).await.expect("a run");
    server.abort();
    let mut scenarios = finished.report.scenarios;
    assert_eq!(scenarios.len(), 1);
    scenarios.remove(0)
}

async fn serve(mut stream: TcpStream, last: &str, does: Does) {
    let (mut heard, mut chunk) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&heard).contains(last) {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => heard.extend_from_slice(&chunk[..count]),
            _ => return,
        }
    }
    match does {
        Does::Says(text) | Does::Closes(text) => drop(stream.write_all(text.as_bytes()).await),
        Does::Drips(text) => {
            for byte in text.bytes() {
                drop(stream.write_all(&[byte]).await);
                tokio::task::yield_now().await;
            }
        }
    }
    if !matches!(does, Does::Closes(_)) {
        sleep(Duration::from_secs(5)).await;
    }
}

macro_rules! answer {
    ($status:literal) => {
        concat!(
            "HTTP/1.1 ",
            $status,
            " Refused\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"
        )
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_sent_together_each_is_answered_in_its_turn_or_the_connection_is_closed() {
    let all = concat!(answer!("404"), answer!("405"), answer!("410"));
    let cut = "HTTP/1.1 405 Refused\r\nContent-Length: 2\r\n\r\nn";
    let cases = Arc::new([
        ("in turn", Does::Says(all), Verdict::Pass, ""),
        ("in turn, byte by byte", Does::Drips(all), Verdict::Pass, ""),
        ("in turn, then closed", Does::Closes(all), Verdict::Pass, ""),
        (
            "closed behind the first",
            Does::Closes(answer!("404")),
            Verdict::Pass,
            "",
        ),
        ("closed before the first", Does::Closes(""), Verdict::Skip, ""),
        (
            "in another order",
            Does::Says(concat!(answer!("405"), answer!("404"), answer!("410"))),
            Verdict::Warn,
            "answer 1 of 3, status",
        ),
        (
            "the second lost",
            Does::Closes(concat!(answer!("404"), answer!("410"))),
            Verdict::Warn,
            "answer 2 of 3, status",
        ),
        (
            "silent behind the first",
            Does::Says(answer!("404")),
            Verdict::Warn,
            "answer 2 of 3",
        ),
        (
            "closed within the second",
            Does::Closes(Box::leak(format!("{}{cut}", answer!("404")).into_boxed_str())),
            Verdict::Warn,
            "answer 2 of 3",
        ),
    ]);
    for (name, does, verdict, place) in cases.iter() {
        let found = judged(TOGETHER, "GET /c HTTP/1.1\r\nHost", *does).await;
        assert_eq!(found.verdict, *verdict, "{name}: {found:?}");
        let places: Vec<_> = found.mismatches.iter().map(|it| it.place.as_str()).collect();
        let wanted: &[_] = if place.is_empty() { &[] } else { &[*place] };
        assert_eq!(places, wanted, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_may_be_borne_answered_or_ended_and_is_no_error_of_the_server() {
    for (name, does, verdict) in [
        ("patient", Does::Says(""), Verdict::Pass),
        ("answered", Does::Says(answer!("408")), Verdict::Pass),
        ("answered and closed", Does::Closes(answer!("400")), Verdict::Pass),
        ("closed", Does::Closes(""), Verdict::Pass),
        ("an error", Does::Says(answer!("500")), Verdict::Fail),
        (
            "a success",
            Does::Says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            Verdict::Fail,
        ),
    ] {
        let found = judged(STALLED, "half", does).await;
        assert_eq!(found.verdict, verdict, "{name}: {found:?}");
    }
}
