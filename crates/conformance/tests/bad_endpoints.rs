//! Whatever an endpoint does, a run ends in bounded time, with a verdict and a reason for each scenario.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rebuttal_conformance::{
    Disputes, ExitStatus, Limits, Options, Run, RunError, ScenarioReport, Target, Verdict, run, scenario,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const DISPUTE: &str = "dspt_test_1";

fn target(url: &str) -> Target {
    Target {
        endpoint: url.parse().expect("it works"),
        secret: "skey_test_5xuy4w91xqz7d1w9u0t".parse().expect("it works"),
        public: None,
        other_secret: None,
        disputes: Disputes {
            open: vec![DISPUTE.parse().expect("it works")],
            ..Disputes::default()
        },
        charges: Vec::new(),
    }
}

/// Limits short enough for a test.
fn options() -> Options {
    let limits = Limits {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(2),
        ..Limits::default()
    };
    Options {
        limits,
        ..Options::default()
    }
}

/// Serves every connection with `serve`, whatever it asks, and runs some scenarios against that.
async fn run_against<F, S>(only: &[&str], serve: S) -> Result<Run, RunError>
where
    F: Future<Output = ()> + Send,
    S: Fn(TcpStream) -> F + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("it works");
    let url = format!("http://{}", listener.local_addr().expect("it works"));
    let serve = Arc::new(serve);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let serve = Arc::clone(&serve);
            tokio::spawn(async move { serve(stream).await });
        }
    });
    let mut library = scenario::embedded().expect("it works");
    library.retain(|id, _| only.contains(&id.as_str()));
    assert_eq!(library.len(), only.len(), "{only:?} are all there");
    let started = Instant::now();
    let finished = run(target(&url), library, &options(), |_| {}).await;
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
    server.abort();
    finished
}

/// Reads a request head, and what of a body comes with it.
async fn read_head(stream: &mut TcpStream) -> String {
    let (mut head, mut chunk) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => head.extend_from_slice(&chunk[..count]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

const EMPTY_LIST: &str = r#"{"object":"list","data":[],"from":"1970-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z","offset":0,"limit":100,"total":0,"order":"chronological","location":"/disputes/dspt_test_1/documents"}"#;

/// Answers a list of no documents, so that scenarios can start.
fn empty_list() -> String {
    answer(
        "200 OK",
        "Content-Type: application/json\r\nOmise-Version: 2019-05-29\r\n",
        EMPTY_LIST,
    )
}

fn only(run: &Run) -> &ScenarioReport {
    let [scenario] = run.report.scenarios.as_slice() else {
        panic!("one scenario")
    };
    scenario
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let library = scenario::embedded().unwrap();
    let error = run(target(&url), library, &options(), |_| {}).await.unwrap_err();
    assert!(
        error.to_string().contains("cannot connect to 127.0.0.1"),
        "{error}"
    );
}

#[tokio::test]
async fn tls_with_one_that_speaks_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(empty_list().as_bytes()).await;
        }
    });
    let error = run(target(&url), scenario::embedded().unwrap(), &options(), |_| {})
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no TLS session with 127.0.0.1"),
        "{error}"
    );
}

#[tokio::test]
async fn one_that_hangs_is_given_up_and_not_waited_for_by_every_scenario() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let run = run_against(
        &[
            "upload/png",
            "upload/jpg",
            "upload/pdf",
            "list/empty",
            "list/location",
            "upload/file-missing",
            "retrieve/unknown",
            "destroy/unknown",
        ],
        move |stream| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::time::sleep(Duration::from_mins(1)).await;
                drop(stream);
            }
        },
    )
    .await
    .unwrap();
    // One connection that is only tried, three requests, and the look for what they may have left behind.
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked <= 6, "{asked} connections");
    assert_eq!(run.report.exit_status(), ExitStatus::NotRun);
    for scenario in &run.report.scenarios {
        let reason = scenario.reason.as_deref().unwrap_or_default();
        assert_eq!(scenario.verdict, Verdict::Error, "{}", scenario.id);
        assert!(
            reason.contains("no whole answer within") || reason.contains("stopped answering"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn one_that_closes_half_way() {
    let run = run_against(&["list/empty"], |mut stream| async move {
        let head = read_head(&mut stream).await;
        let whole = empty_list();
        let cut = if head.contains("limit=100") {
            whole.len()
        } else {
            whole.len() - 40
        };
        let _ = stream.write_all(&whole.as_bytes()[..cut]).await;
    })
    .await
    .unwrap();
    let reason = only(&run).reason.clone().unwrap_or_default();
    assert_eq!(only(&run).verdict, Verdict::Error);
    assert!(reason.contains("closed within the answer"), "{reason}");
    assert_eq!(run.report.exit_status(), ExitStatus::NotRun);
}

#[tokio::test]
async fn one_that_answers_html() {
    let run = run_against(&["retrieve/unknown"], |mut stream| async move {
        let head = read_head(&mut stream).await;
        let page = answer(
            "404 Not Found",
            "Content-Type: text/html\r\n",
            "<html><body>nothing here</body></html>",
        );
        let text = if head.contains("limit=100") {
            empty_list()
        } else {
            page
        };
        let _ = stream.write_all(text.as_bytes()).await;
    })
    .await
    .unwrap();
    let [mismatch] = only(&run).mismatches.as_slice() else {
        panic!("{:?}", only(&run).mismatches)
    };
    assert_eq!(
        (mismatch.clause, mismatch.found.as_str()),
        ("retrieve.unknown", "404 with a body of text/html")
    );
    assert_eq!(run.report.exit_status(), ExitStatus::Failed);
}

#[tokio::test]
async fn one_that_answers_500_and_recovers() {
    let asked = Arc::new(AtomicUsize::new(0));
    let run = run_against(&["list/empty"], move |mut stream| {
        let asked = Arc::clone(&asked);
        async move {
            read_head(&mut stream).await;
            let text = match asked.fetch_add(1, Ordering::SeqCst) {
                1 | 2 => answer("500 Internal Server Error", "", ""),
                _ => empty_list(),
            };
            let _ = stream.write_all(text.as_bytes()).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(only(&run).verdict, Verdict::Pass, "{:?}", only(&run));
}

#[tokio::test]
async fn one_that_redirects_is_not_followed() {
    let run = run_against(&["retrieve/unknown"], |mut stream| async move {
        let head = read_head(&mut stream).await;
        let away = answer("302 Found", "Location: https://elsewhere.example/\r\n", "");
        let text = if head.contains("limit=100") {
            empty_list()
        } else {
            away
        };
        let _ = stream.write_all(text.as_bytes()).await;
    })
    .await
    .unwrap();
    let found: Vec<_> = only(&run).mismatches.iter().map(|it| it.found.as_str()).collect();
    assert_eq!(
        found,
        ["302, a redirect to https://elsewhere.example/ (not followed)"]
    );
}

#[tokio::test]
async fn one_that_sends_an_endless_body() {
    let run = run_against(&["list/empty"], |mut stream| async move {
        let head = read_head(&mut stream).await;
        if head.contains("limit=100") {
            let _ = stream.write_all(empty_list().as_bytes()).await;
            return;
        }
        let start = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        let _ = stream.write_all(start.as_bytes()).await;
        while stream.write_all(b"400\r\n").await.is_ok() && stream.write_all(&[b' '; 1024]).await.is_ok() {
            if stream.write_all(b"\r\n").await.is_err() {
                break;
            }
        }
    })
    .await
    .unwrap();
    let reason = only(&run).reason.clone().unwrap_or_default();
    assert!(reason.contains("longer than 1048576 bytes"), "{reason}");
}

#[tokio::test]
async fn one_that_answers_no_http() {
    let run = run_against(&["list/empty"], |mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    })
    .await
    .unwrap();
    let reason = only(&run).reason.clone().unwrap_or_default();
    assert_eq!(only(&run).verdict, Verdict::Error);
    assert!(reason.contains("not HTTP"), "{reason}");
}

#[tokio::test]
async fn one_that_answers_an_upload_early_and_closes_is_heard() {
    let run = run_against(&["upload/too-large-by-one-byte"], |mut stream| async move {
        let head = read_head(&mut stream).await;
        let error = r#"{"object":"error","location":"https://www.omise.co/api-errors#file-too-large","code":"file_too_large","message":"too large"}"#;
        let refusal = answer("413 Payload Too Large", "Content-Type: application/json\r\n", error);
        let text = if head.starts_with("GET") { empty_list() } else { refusal };
        let _ = stream.write_all(text.as_bytes()).await;
        let _ = stream.shutdown().await;
        // The rest of the upload is taken for a moment, as a polite server does, and then no more.
        let mut sink = vec![0; 65_536];
        for _ in 0..4 {
            if !matches!(stream.read(&mut sink).await, Ok(count) if count > 0) {
                break;
            }
        }
    })
    .await
    .unwrap();
    assert_eq!(only(&run).verdict, Verdict::Pass, "{:?}", only(&run));
}

#[tokio::test]
async fn no_key_is_ever_written() {
    let run = run_against(
        &["retrieve/unknown", "upload/png", "auth/missing-header"],
        |mut stream| async move {
            let head = read_head(&mut stream).await;
            // An endpoint that echoes everything it was sent, in a body and in a header.
            let line = head
                .lines()
                .find(|line| line.to_lowercase().starts_with("authorization"))
                .unwrap_or_default();
            let text = if head.contains("limit=100") {
                empty_list()
            } else {
                answer(
                    "400 Bad Request",
                    &format!("X-Echo: {line}\r\n"),
                    &format!("{{\"object\":\"error\",\"message\":\"skey_test_5xuy4w91xqz7d1w9u0t {line}\"}}"),
                )
            };
            let _ = stream.write_all(text.as_bytes()).await;
        },
    )
    .await
    .unwrap();
    for format in rebuttal_conformance::report::Format::ALL {
        let text = rebuttal_conformance::report::render(&run, format);
        for secret in [
            "5xuy4w91xqz7d1w9u0t",
            "c2tleV90ZXN0",
            "eHV5NHc5MXhxejdk",
            "NXh1eTR3OTF4cXo3ZDF3OXUwd",
        ] {
            assert!(
                !text.contains(secret),
                "{secret} stands in the {} report:\n{text}",
                format.as_str()
            );
        }
    }
    let leak = run
        .report
        .clauses
        .iter()
        .find(|it| it.id == "error.no-leak")
        .expect("the clause");
    assert_eq!(leak.verdict, Verdict::Fail);
}
