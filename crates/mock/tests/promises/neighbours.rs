//! Clients that hang, babble or come in numbers: nobody else suffers, and a shutdown is orderly.

use std::time::{Duration, Instant};

use rebuttal_mock::{Config, Fault, Limits, Mock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{sleep, timeout},
};

use crate::{
    ask::{PNG, form},
    client::{Client, get, start, upload},
};

/// A mock whose patience is short.
async fn hasty() -> Mock {
    let limits = Limits {
        head_timeout: Duration::from_millis(300),
        body_idle: Duration::from_millis(300),
        ..Limits::default()
    };
    start(Config {
        limits,
        ..Config::default()
    })
    .await
}

#[tokio::test]
async fn clients_that_hang_or_babble_hurt_nobody() {
    let mock = hasty().await;
    let dispute = mock.target().disputes.open[2].clone();
    let whole = upload(&mock, &dispute, &form(&[("file", Some("a.png"), PNG)]));
    let cases: [(&str, Vec<u8>, bool, &[u16]); 6] = [
        ("nothing", Vec::new(), false, &[]),
        (
            "half a head",
            b"GET /disputes HTTP/1.1\r\nHos".to_vec(),
            false,
            &[408],
        ),
        ("half a body", whole[..whole.len() - 9].to_vec(), false, &[408]),
        (
            "half a body, then no more",
            whole[..whole.len() - 9].to_vec(),
            true,
            &[400],
        ),
        ("garbage", vec![0xff; 300], false, &[400]),
        (
            "an endless head",
            [b"GET / HTTP/1.1\r\nX: ".to_vec(), vec![b'x'; 100_000]].concat(),
            false,
            &[431],
        ),
    ];
    for (name, bytes, half_close, statuses) in cases {
        let mut client = Client::connect(mock.address()).await;
        client.send(&bytes).await;
        if half_close {
            client.stream.shutdown().await.unwrap();
        }
        let asked = Instant::now();
        let other = Client::connect(mock.address()).await.ask(&get(&mock)).await;
        assert_eq!(other.status, 200, "{name}");
        assert!(
            asked.elapsed() < Duration::from_millis(250),
            "{name} delayed another client"
        );
        let mut text = Vec::new();
        let read = timeout(Duration::from_secs(8), client.stream.read_to_end(&mut text)).await;
        assert!(matches!(read, Ok(Ok(_))), "{name}: {read:?}");
        let text = String::from_utf8_lossy(&text);
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse::<u16>().ok());
        assert!(
            status.is_none_or(|status| statuses.contains(&status)),
            "{name}: {text}"
        );
        assert!(
            status.is_some() || name == "nothing" || name == "half a head",
            "{name}: no answer"
        );
    }
    assert_eq!(mock.documents(&dispute).len(), 0);
}

#[tokio::test]
async fn a_slow_upload_delays_nobody_unless_ordered() {
    for (fault, delayed) in [(None, false), (Some(Fault::SlowUploadBlocksAll), true)] {
        let mock = start(Config {
            fault,
            ..Config::default()
        })
        .await;
        let dispute = mock.target().disputes.open[2].clone();
        let whole = upload(&mock, &dispute, &form(&[("file", Some("a.png"), PNG)]));
        let (first, rest) = whole.split_at(whole.len() - 9);
        let mut slow = Client::connect(mock.address()).await;
        slow.send(first).await;
        // Until the mock has begun with it.
        sleep(Duration::from_millis(50)).await;
        let mut other = Client::connect(mock.address()).await;
        other.send(&get(&mock)).await;
        let early = timeout(Duration::from_millis(300), other.reply()).await;
        assert_eq!(early.is_err(), delayed, "{fault:?}");
        assert_eq!(slow.ask(rest).await.status, 200);
        assert_eq!(mock.documents(&dispute).len(), 1);
    }
}

#[tokio::test]
async fn connections_over_the_limit_wait() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let mock = start(Config {
        limits,
        ..Config::default()
    })
    .await;
    let mut first = Client::connect(mock.address()).await;
    assert_eq!(first.ask(&get(&mock)).await.status, 200);
    let mut second = Client::connect(mock.address()).await;
    assert_eq!(second.ask(&get(&mock)).await.status, 200);
    let mut third = Client::connect(mock.address()).await;
    third.send(&get(&mock)).await;
    assert!(
        timeout(Duration::from_millis(200), third.reply()).await.is_err(),
        "the limit is not held"
    );
    drop(first);
    assert_eq!(third.reply().await.status, 200);
}

#[tokio::test]
async fn a_shutdown_lets_a_running_upload_finish() {
    let mock = start(Config::default()).await;
    let dispute = mock.target().disputes.open[2].clone();
    let whole = upload(&mock, &dispute, &form(&[("file", Some("a.png"), PNG)]));
    let (first, rest) = whole.split_at(whole.len() - 9);
    let mut running = Client::connect(mock.address()).await;
    running.send(first).await;
    let mut idle = Client::connect(mock.address()).await;
    assert_eq!(idle.ask(&get(&mock)).await.status, 200);
    sleep(Duration::from_millis(50)).await;
    let address = mock.address();
    let stopping = tokio::spawn(mock.shutdown());
    assert!(idle.closes().await, "an idle connection is kept");
    assert_eq!(running.ask(rest).await.status, 200);
    assert!(running.closes().await);
    drop((running, idle));
    timeout(Duration::from_secs(5), stopping).await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_idle_clients() {
    let mock = start(Config::default()).await;
    let mut idle = Client::connect(mock.address()).await;
    assert_eq!(idle.ask(&get(&mock)).await.status, 200);
    timeout(Duration::from_secs(1), mock.shutdown())
        .await
        .expect("nothing is running");
}

#[tokio::test]
async fn a_client_that_has_said_all_is_answered_however_late() {
    let mock = start(Config {
        fault: Some(Fault::SlowUploadBlocksAll),
        ..Config::default()
    })
    .await;
    let dispute = mock.target().disputes.open[2].clone();
    let whole = upload(&mock, &dispute, &form(&[("file", Some("a.png"), PNG)]));
    let (first, rest) = whole.split_at(whole.len() - 9);
    let mut slow = Client::connect(mock.address()).await;
    slow.send(first).await;
    sleep(Duration::from_millis(50)).await;
    let mut client = Client::connect(mock.address()).await;
    client.send(&get(&mock)).await;
    client.stream.shutdown().await.unwrap();
    sleep(Duration::from_millis(50)).await;
    assert_eq!(slow.ask(rest).await.status, 200);
    assert_eq!(client.reply().await.status, 200);
    assert!(client.closes().await);
}

#[tokio::test]
async fn a_connection_is_out_of_step_by_order_only() {
    for (fault, status) in [(None, 200), (Some(Fault::RefusalLeavesBody), 400)] {
        let mock = start(Config {
            fault,
            ..Config::default()
        })
        .await;
        let dispute = mock.target().disputes.won[0].clone();
        let refused = upload(&mock, &dispute, &form(&[("file", Some("a.png"), PNG)]));
        let mut client = Client::connect(mock.address()).await;
        assert_eq!(client.ask(&refused).await.status, 422);
        client.send(&get(&mock)).await;
        assert_eq!(client.reply().await.status, status, "{fault:?}");
    }
}
