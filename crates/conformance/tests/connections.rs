//! Connections are kept for as little as can be: what an endpoint does with one that is used twice, or left open,
//! is the business of the clauses about that, and of no other.

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rebuttal_conformance::{ExitStatus, Limits, Options, Run, run, scenario};
use rebuttal_mock::{Config, Mock};
use support::target_of;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// Each lists and destroys beside what it is about; the last asks again for what it has uploaded.
const SCENARIOS: &[&str] = &[
    "upload/png",
    "upload/file-missing",
    "upload/too-large-not-stored",
    "destroy/twice",
];

/// What stands before a sound mock.
#[derive(Clone, Copy, Debug)]
enum Door {
    /// It serves one connection until that is closed, and only then the next.
    OneByOne,
    /// It closes each connection behind its first answer, and did not say so.
    Closes,
    /// It answers the first request of each connection, and no other.
    Forgets,
}

/// What a run on the mock behind the door comes to, and how many connections it took.
async fn through(door: Door, scenarios: &[&str], jobs: usize) -> (Run, usize) {
    let mock = Mock::start(Config::default()).await.expect("a mock");
    let behind = mock.address();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut target = target_of(&mock);
    target.endpoint.port = listener.local_addr().expect("a port").port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let doorkeeper = tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            let mut server = TcpStream::connect(behind).await.expect("the mock");
            if matches!(door, Door::OneByOne) {
                let _ = copy_bidirectional(&mut client, &mut server).await;
            } else {
                tokio::spawn(first_answer_only(client, server, door));
            }
        }
    });
    let mut library = scenario::embedded().expect("the suite");
    library.retain(|id, _| scenarios.contains(&id.as_str()));
    assert_eq!(library.len(), scenarios.len(), "all are there");
    let options = Options {
        jobs,
        limits: Limits {
            answer: Duration::from_secs(2),
            ..Limits::default()
        },
        ..Options::default()
    };
    let finished = run(target, library, &options, |_| {}).await.expect("a run");
    doorkeeper.abort();
    mock.shutdown().await;
    (finished, connections.load(Ordering::Relaxed))
}

/// Passes on what the client sends, and of what comes back one answer with a `Content-Length`.
async fn first_answer_only(client: TcpStream, server: TcpStream, door: Door) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let sending = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let (mut heard, mut chunk) = (Vec::new(), [0; 4096]);
    while whole(&heard).is_none_or(|whole| heard.len() < whole) {
        match from_server.read(&mut chunk).await {
            Ok(count) if count > 0 => heard.extend_from_slice(&chunk[..count]),
            _ => break,
        }
    }
    let _ = to_client.write_all(&heard).await;
    match door {
        Door::Forgets => {
            // What is sent on is thrown away with the answer to it.
            let _ = sending.await;
        }
        Door::OneByOne | Door::Closes => sending.abort(),
    }
}

/// How long an answer is, by its own word.
fn whole(heard: &[u8]) -> Option<usize> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    let start = answer
        .parse(heard)
        .ok()
        .filter(httparse::Status::is_complete)?
        .unwrap();
    let length = answer
        .headers
        .iter()
        .find(|header| header.name == "Content-Length")?;
    Some(start + str::from_utf8(length.value).ok()?.parse::<usize>().ok()?)
}

#[tokio::test]
async fn whatever_happens_to_a_second_request_on_a_connection_accuses_nobody() {
    for door in [Door::OneByOne, Door::Closes, Door::Forgets] {
        for jobs in [1, 4] {
            let (run, _) = through(door, SCENARIOS, jobs).await;
            assert_eq!(
                run.report.exit_status(),
                ExitStatus::Pass,
                "{door:?}, {jobs} jobs"
            );
            let found = run.report.scenarios.iter().flat_map(|it| &it.mismatches);
            assert_eq!(found.count(), 0, "{door:?}, {jobs} jobs");
        }
    }
}

#[tokio::test]
async fn what_is_judged_has_a_connection_of_its_own_and_clean_ups_share_one() {
    // The look whether somebody is there, the dispute that is made, the upload.
    let upload = 3;
    for (scenario, wanted) in [
        // The clean-up goes over the connection of the upload.
        ("upload/png", upload),
        // The list before; the upload that is refused; the list after it, with the clean-up.
        ("upload/file-missing", upload + 2),
    ] {
        let (run, connections) = through(Door::OneByOne, &[scenario], 1).await;
        assert_eq!(run.report.exit_status(), ExitStatus::Pass, "{scenario}");
        assert_eq!(connections, wanted, "{scenario}");
    }
}
