//! What was received.

use std::time::Duration;

use rebuttal_mock::{Config, Limits, Mock, control::Filter};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::client::{PATIENCE, api, key, refused, request, send, served, start, upload};

fn numbers(page: &Value) -> Vec<u64> {
    let entries = page["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["number"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_request_is_written_down_with_its_answer() {
    let mock = start().await;
    let body = br#"{"limit": 3}"#;
    let headers = [&*key(&mock), "X-Trace: skey_test_123 \u{e1c}", "Cookie: a=b"];
    request(
        &mock,
        "GET",
        "/disputes/open?limit=2&key=skey_test_42",
        &headers,
        body,
    )
    .await;
    api(&mock, "GET", "/disputes/dspt_test_nobody").await;
    let page = served(&mock, "GET", "journal", "").await;
    let entries = page["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    let first = &entries[0];
    for (name, wanted) in [
        ("number", json!(1)),
        ("method", json!("GET")),
        ("path", json!("/disputes/open")),
        ("query", json!("limit=2&key=skey_***")),
        ("operation", json!("list_disputes")),
        ("status", json!(200)),
        ("error_code", json!(null)),
        ("body_bytes", json!(0)),
        ("clause", json!(null)),
    ] {
        assert_eq!(first[name], wanted, "{name}");
    }
    let header = |name: &str| {
        let headers = first["headers"].as_array().unwrap();
        let found = headers.iter().find(|header| header["name"] == name);
        found.map(|header| header["value"].as_str().unwrap().to_owned())
    };
    assert_eq!(header("authorization").as_deref(), Some("Basic ***"));
    assert_eq!(header("cookie").as_deref(), Some("***"));
    assert_eq!(header("x-trace").as_deref(), Some("skey_*** \u{e1c}"));
    assert_eq!(entries[1]["error_code"], "not_found");
    assert_eq!(entries[1]["error_message"], "the dispute was not found");
    assert_eq!(served(&mock, "GET", "journal/2", "").await, entries[1]);
    let text = page.to_string();
    assert!(!text.contains(mock.target().secret.expose()), "{text}");
    assert!(!format!("{mock:?}").contains("skey_test_"), "Debug shows a key");
}

#[tokio::test]
async fn filters_narrow_it() {
    let mock = start().await;
    api(&mock, "GET", "/disputes").await;
    upload(&mock, "slip.png").await;
    api(&mock, "GET", "/nowhere").await;
    api(&mock, "PUT", "/disputes").await;
    for (query, wanted) in [
        ("", &[1, 2, 3, 4][..]),
        ("?since=2", &[3, 4]),
        ("?status=4xx", &[3, 4]),
        ("?status=405", &[4]),
        ("?path=documents", &[2]),
        ("?operation=upload", &[2]),
        ("?limit=1", &[1]),
        ("?since=4", &[]),
    ] {
        let page = served(&mock, "GET", &format!("journal{query}"), "").await;
        assert_eq!(numbers(&page), wanted, "{query}");
    }
    for (query, wanted) in [
        (
            "?sinse=1",
            "one of the parameters since, status, path, operation, limit, wait, found \"sinse\" (did you mean `since`?)",
        ),
        (
            "?status=600",
            "status to be one such as 404, or a class such as 4xx, found \"600\"",
        ),
        (
            "?limit=1001",
            "limit to be a number from 0 to 1000, found \"1001\"",
        ),
        ("?wait=-1", "wait to be a number from 0 to 60, found \"-1\""),
        (
            "?operation=uplod",
            "operation to be one such as upload or list_disputes, found \"uplod\" (did you mean `upload`?)",
        ),
    ] {
        let told = refused(&mock, "GET", &format!("journal{query}"), "").await;
        assert_eq!(told, (400, format!(": expected {wanted}")), "{query}");
    }
    served(&mock, "DELETE", "journal", "").await;
    let page = served(&mock, "GET", "journal", "").await;
    assert_eq!(
        (numbers(&page), &page["last"], &page["dropped"]),
        (vec![], &json!(4), &json!(4))
    );
}

#[tokio::test]
async fn who_waits_gets_the_next_one_and_holds_up_nobody() {
    let mock = start().await;
    let waiting = served(&mock, "GET", "journal?since=0&wait=20", "");
    let asking = async {
        // Whatever waits, others are served.
        served(&mock, "GET", "state", "").await;
        api(&mock, "GET", "/disputes").await;
    };
    let (page, ()) = tokio::join!(waiting, asking);
    assert_eq!(numbers(&page), [1]);
    let filter = Filter {
        since: 1,
        ..Filter::default()
    };
    let (entry, _) = tokio::join!(
        mock.next_request(&filter, PATIENCE),
        api(&mock, "GET", "/disputes/open")
    );
    assert_eq!(entry.unwrap().path, "/disputes/open");
    let none = mock
        .next_request(&Filter { since: 9, ..filter }, Duration::from_millis(1))
        .await;
    assert!(none.is_none());
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_who_waits() {
    let limits = Limits {
        shutdown: PATIENCE * 2,
        ..Limits::default()
    };
    let mock = Mock::start(Config {
        limits,
        ..Config::default()
    })
    .await
    .unwrap();
    let address = mock.address();
    let waiting = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET /_mock/journal?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        bytes
    });
    // The next answer shows that the one who waits is being served by now, or will find the mock closed.
    served(&mock, "GET", "state", "").await;
    timeout(PATIENCE, mock.shutdown())
        .await
        .expect("the shutdown ends");
    let _bytes = timeout(PATIENCE, waiting)
        .await
        .expect("who waits is let go")
        .unwrap();
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let limits = Limits {
        journal_entries: 0,
        ..Limits::default()
    };
    let mock = Mock::start(Config {
        limits,
        ..Config::default()
    })
    .await
    .unwrap();
    api(&mock, "GET", "/disputes").await;
    assert_eq!(mock.journal(&Filter::default()).last, 0);
    // What is no HTTP is in no journal either.
    let reply = send(&mock, b"nonsense\r\n\r\n").await;
    assert_eq!(reply.status(), 400);
}
