//! What goes wrong on either side, and on the disk.

use std::{fs, time::Duration};

use rebuttal_conformance::{
    Endpoint, ExitStatus, Limits, Verdict,
    record::{Options, Proxy, RecordError, Side},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::{BASIC, DOCUMENTS, KEY, PATIENCE, Recording, get, mock, rules, send, upload};

/// An endpoint that reads something and says this, then closes.
async fn endpoint(answer: &'static [u8], stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut scrap = [0; 4096];
            let _ = stream.read(&mut scrap).await;
            let _ = stream.write_all(answer).await;
            if stays {
                kept.push(stream);
            }
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn an_upstream_that_fails_is_told_and_answered_for() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (name, upstream, status, said) in [
        ("unreachable", gone, "502", "cannot connect"),
        (
            "silent",
            endpoint(b"", true).await,
            "504",
            "no whole answer within",
        ),
        (
            "closing",
            endpoint(b"", false).await,
            "502",
            "closed without an answer",
        ),
        (
            "half an answer",
            endpoint(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", false).await,
            "502",
            "closed within the answer",
        ),
        (
            "garbage",
            endpoint(b"\x00\x01garbage\r\n\r\n", false).await,
            "502",
            "not HTTP",
        ),
    ] {
        let recording = Recording::of(&upstream, None).await;
        let answer = recording.send(&get(DOCUMENTS)).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{name}: {answer}"
        );
        assert!(
            answer.contains(said) && answer.contains("X-Rebuttal") | answer.contains("x-rebuttal"),
            "{name}: {answer}"
        );
        let recorded = recording.only();
        assert_eq!(
            (recorded.client, recorded.server),
            (Verdict::Pass, Verdict::Error),
            "{name}"
        );
        assert!(recorded.answer.contains(said), "{name}: {}", recorded.answer);
        assert_eq!(recording.end().await.exit_status(), ExitStatus::NotRun, "{name}");
    }
}

#[tokio::test]
async fn what_clients_do_to_a_connection_is_told_and_stops_nothing() {
    let mock = mock().await;
    let recording = Recording::of(&mock.url(), None).await;
    // TLS, nothing, and what is no HTTP.
    recording.send(b"\x16\x03\x01\x02\x00\x01\x00").await;
    recording.send(b"").await;
    recording.send(b"hello\r\n\r\n").await;
    recording.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let troubles = recording.troubles();
    assert!(troubles[0].contains("began TLS"), "{troubles:?}");
    assert_eq!(troubles.len(), 3, "{troubles:?}");

    // An upload that breaks off is not sent on.
    let whole = upload("receipt.png", "");
    let answer = recording.send(&whole[..whole.len() - 40]).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
        "{answer}"
    );
    let recorded = recording.only();
    assert!(
        !recorded.sent_on && rules(&recorded).contains(&"cut-short"),
        "{recorded:#?}"
    );

    // One request after another without waiting, and a body in chunks behind 100-continue.
    let again = [upload("one.png", ""), get(DOCUMENTS)].concat();
    let answer = recording.send(&again).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
    let asks = upload("two.png", "Expect: 100-continue\r\n");
    let answer = recording.send(&asks).await;
    assert!(
        answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"),
        "{answer}"
    );
    let chunked = format!(
        "POST {DOCUMENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\n{BASIC}Content-Type: text/plain\r\nTransfer-Encoding: \
         chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    );
    let answer = recording.send(chunked.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");

    // A forward proxy it is not.
    let answer = recording
        .send(b"CONNECT api.omise.co:443 HTTP/1.1\r\nHost: api.omise.co\r\n\r\n")
        .await;
    assert!(
        answer.starts_with("HTTP/1.1 501") && answer.contains("in place of the API's"),
        "{answer}"
    );
    let summary = recording.end().await;
    assert_eq!((summary.exchanges, summary.refused), (6, 2));
    mock.shutdown().await;
}

#[tokio::test]
async fn a_body_over_the_limit_gets_a_clear_answer() {
    let mock = mock().await;
    let recording = Recording::of(&mock.url(), None).await;
    let mut stream = TcpStream::connect(recording.proxy.address()).await.unwrap();
    let head = format!("POST {DOCUMENTS} HTTP/1.1\r\nHost: x\r\n{BASIC}Content-Length: 40000000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let sending = tokio::spawn(async move {
        for _ in 0..400 {
            if writing.write_all(&[b'x'; 100_000]).await.is_err() {
                break;
            }
        }
    });
    let mut answer = Vec::new();
    timeout(PATIENCE, reading.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    sending.abort();
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("is not held"),
        "{answer}"
    );
    assert!(rules(&recording.only()).contains(&"body-over-limit"));
    recording.end().await;
    mock.shutdown().await;
}

#[tokio::test]
async fn several_clients_at_once_are_told_apart() {
    let mock = mock().await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::of(&mock.url(), Some(folder.path())).await;
    let names: Vec<_> = (0..12).map(|number| format!("receipt-{number}.png")).collect();
    let address = recording.proxy.address();
    let sends: Vec<_> = names
        .iter()
        .map(|name| {
            let request = upload(name, "");
            tokio::spawn(async move { send(address, &request).await })
        })
        .collect();
    let mut answers = Vec::new();
    for send in sends {
        answers.push(send.await.unwrap());
    }
    for (name, answer) in names.iter().zip(&answers) {
        assert!(answer.contains(name), "{name}: {answer}");
    }
    let recorded = recording.recorded();
    assert!(
        recorded.iter().all(|it| it.server == Verdict::Pass),
        "{recorded:#?}"
    );
    let numbers: Vec<_> = recorded.iter().map(|it| it.number).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    recording.end().await;
    mock.shutdown().await;
}

#[tokio::test]
async fn a_live_key_goes_nowhere_wherever_it_stands() {
    let live = "skey_5xuy4w91xqz7d1w9u0t";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let recording = Recording::of(&upstream, None).await;
    let line = |target: &str, more: &str, body: &str| {
        format!(
            "POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    for request in [
        // base64 of the key and a colon.
        line(
            "/a",
            "Authorization: Basic c2tleV81eHV5NHc5MXhxejdkMXc5dTB0Og==\r\n",
            "",
        ),
        line("/a", &format!("Authorization: Bearer {live}\r\n"), ""),
        line(&format!("/a?key={live}"), "", ""),
        line("/a", &format!("X-Api-Key: {live}\r\n"), ""),
        line("/a", "", &format!("{{\"key\":\"{live}\"}}")),
    ] {
        let answer = recording.send(request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 403") && answer.contains("a live key"),
            "{request}: {answer}"
        );
    }
    let asked = timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(asked.is_err(), "the upstream was asked");
    let told = format!("{:?}", recording.recorded());
    assert!(!told.contains("5xuy4w91"), "{told}");
    assert_eq!(recording.end().await.exit_status(), ExitStatus::NotRun);
}

#[tokio::test]
async fn a_fault_of_the_endpoint_is_told_as_its_own() {
    use rebuttal_mock::{Config, Fault, Mock, Plant};
    for (fault, clause) in [
        (Fault::FilenameLowerCased, "upload.filename-echo"),
        (Fault::KindNotEchoed, "upload.each-kind"),
        (Fault::CreatedAnswers201, "answer.status-200"),
        (Fault::UploadNotAttached, "upload.attached"),
        (Fault::NewDocumentDeleted, "upload.not-deleted"),
        (Fault::DuplicateId, "upload.distinct-ids"),
    ] {
        let plant = Plant {
            secret: KEY.parse().unwrap(),
            dispute: "dspt_test_5g5ih3pybo7v4wwrbjw".parse().unwrap(),
            document: "docu_test_5g5iiejzhyhbfyj6kzs".parse().unwrap(),
        };
        let config = Config {
            plant: Some(plant),
            fault: Some(fault),
            ..Config::default()
        };
        let mock = Mock::start(config).await.unwrap();
        let recording = Recording::of(&mock.url(), None).await;
        for name in ["One.png", "Two.png"] {
            recording.send(&upload(name, "Connection: close\r\n")).await;
        }
        recording.send(&get(DOCUMENTS)).await;
        let recorded = recording.recorded();
        assert!(
            recorded.iter().all(|it| it.client == Verdict::Pass),
            "{fault}: {recorded:#?}"
        );
        let findings = recorded.iter().flat_map(|it| &it.findings);
        let broken: Vec<_> = findings
            .filter(|it| it.side == Side::Server && it.level == rebuttal_model::Level::Must)
            .map(|it| it.clause)
            .collect();
        assert!(broken.contains(&clause), "{fault}: {broken:?}");
        assert!(broken.iter().all(|it| *it == clause), "{fault}: {broken:?}");
        assert_eq!(recording.end().await.exit_status(), ExitStatus::Failed, "{fault}");
        mock.shutdown().await;
    }
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let start = |out: std::path::PathBuf| {
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: "http://127.0.0.1:9".parse::<Endpoint>().unwrap(),
            limits: Limits::default(),
            live: false,
            out: Some(out),
        };
        Proxy::start(options, |_| {})
    };
    fs::write(folder.path().join("mine.toml"), "mine").unwrap();
    let error = start(folder.path().to_owned()).await.unwrap_err();
    assert!(
        matches!(error, RecordError::Folder(_)) && error.to_string().contains("new or empty"),
        "{error}"
    );
    let error = start(folder.path().join("mine.toml")).await.unwrap_err();
    assert!(error.to_string().contains("cannot write scenarios to"), "{error}");
    assert_eq!(
        fs::read_to_string(folder.path().join("mine.toml")).unwrap(),
        "mine"
    );
    assert!(start(folder.path().join("new/folder")).await.is_ok());
}

#[tokio::test]
async fn a_folder_that_goes_away_is_told_once_and_the_client_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("recorded");
    let mock = mock().await;
    let recording = Recording::of(&mock.url(), Some(&out)).await;
    fs::remove_dir(&out).unwrap();
    fs::write(&out, "a file in its place").unwrap();
    for _ in 0..3 {
        let answer = recording
            .send(&upload("receipt.png", "Connection: close\r\n"))
            .await;
        assert!(answer.contains("200 OK"), "{answer}");
    }
    let troubles = recording.troubles();
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    let summary = recording.end().await;
    assert!(summary.failed_to_save.is_some());
    assert_eq!(summary.exit_status(), ExitStatus::NotRun);
    mock.shutdown().await;
}
