//! What shall go wrong.

use rebuttal_mock::{
    Fault, Mock,
    control::{FaultState, Filter, NewOrder},
};
use serde_json::{Value, json};

use crate::client::{Reply, api, control, refused, served, start, upload};

async fn order(mock: &Mock, order: &str) -> Value {
    served(mock, "POST", "orders", order).await
}

#[tokio::test]
async fn an_answer_for_the_next_requests() {
    let mock = start().await;
    let placed = order(
        &mock,
        r#"{"times": 2, "answer": {"status": 429, "retry_after_seconds": 7}}"#,
    )
    .await;
    assert_eq!((&placed["number"], &placed["left"]), (&json!(1), &json!(2)));
    for left in [1, 0] {
        let reply = api(&mock, "GET", "/disputes").await;
        assert_eq!(reply.status(), 429);
        assert_eq!(reply.header("Retry-After").as_deref(), Some("7"));
        assert_eq!(reply.json()["object"], "error");
        assert_eq!(reply.json()["code"], "too_many_requests");
        assert_eq!(served(&mock, "GET", "orders/1", "").await["left"], left);
    }
    assert_eq!(api(&mock, "GET", "/disputes").await.status(), 200);
    let orders: Vec<_> = mock
        .journal(&Filter::default())
        .entries
        .iter()
        .map(|entry| entry.orders.clone())
        .collect();
    assert_eq!(orders, [vec![1], vec![1], vec![]]);
}

#[tokio::test]
async fn only_requests_that_match() {
    let mock = start().await;
    let target = mock.target();
    let (one, other) = (&target.disputes.open[1], &target.disputes.open[2]);
    for (wanted, path, method, hit) in [
        (json!({"method": "GET"}), "/disputes".to_owned(), "GET", true),
        (json!({"method": "POST"}), "/disputes".to_owned(), "GET", false),
        (
            json!({"path": "/disputes/*/documents"}),
            format!("/disputes/{one}/documents"),
            "GET",
            true,
        ),
        (
            json!({"path": "/disputes/*/documents"}),
            "/disputes".to_owned(),
            "GET",
            false,
        ),
        (
            json!({"operation": "list"}),
            format!("/disputes/{one}/documents"),
            "GET",
            true,
        ),
        (
            json!({"operation": "list"}),
            format!("/disputes/{one}"),
            "GET",
            false,
        ),
        (
            json!({"dispute": one}),
            format!("/disputes/{one}/documents"),
            "GET",
            true,
        ),
        (
            json!({"dispute": one}),
            format!("/disputes/{other}/documents"),
            "GET",
            false,
        ),
        (json!({"account": 0}), "/disputes".to_owned(), "GET", true),
        (json!({"account": 1}), "/disputes".to_owned(), "GET", false),
        (
            json!({"key": target.secret.expose()}),
            "/disputes".to_owned(),
            "GET",
            true,
        ),
        (
            json!({"key": "skey_test_1"}),
            "/disputes".to_owned(),
            "GET",
            false,
        ),
    ] {
        let placed = json!({"match": wanted, "answer": {"status": 503}});
        order(&mock, &placed.to_string()).await;
        let status = api(&mock, method, &path).await.status();
        assert_eq!(status, if hit { 503 } else { 200 }, "{wanted} {path}");
        served(&mock, "DELETE", "orders", "").await;
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_behind_a_gateway() {
    let mock = start().await;
    let dispute = mock.target().disputes.open[2].clone();
    order(&mock, r#"{"times": 1, "answer": {"status": 502}}"#).await;
    assert_eq!(upload(&mock, "slip.png").await.status(), 502);
    assert_eq!(mock.documents(&dispute).len(), 0, "it was not served");
    let gateway = r#"{"times": 1, "answer": {"status": 502, "served": true, "body": "<h1>502</h1>",
        "content_type": "text/html"}}"#;
    order(&mock, gateway).await;
    let reply = upload(&mock, "slip.png").await;
    assert_eq!((reply.status(), reply.body()), (502, &b"<h1>502</h1>"[..]));
    assert_eq!(reply.header("Content-Type").as_deref(), Some("text/html"));
    assert_eq!(mock.documents(&dispute).len(), 1, "it was served");
}

fn ends_early(reply: &Reply) -> bool {
    let length: usize = reply.header("Content-Length").unwrap().parse().unwrap();
    reply.body().len() < length
}

#[tokio::test]
async fn a_connection_that_is_closed_half_way() {
    let mock = start().await;
    let dispute = mock.target().disputes.open[2].clone();
    order(&mock, r#"{"times": 1, "cut": "before_head"}"#).await;
    assert_eq!(upload(&mock, "slip.png").await.bytes, b"");
    assert_eq!(mock.documents(&dispute).len(), 1, "it was served");
    order(&mock, r#"{"times": 1, "cut": "within_head"}"#).await;
    let reply = api(&mock, "GET", "/disputes").await;
    assert!(reply.bytes.starts_with(b"HTTP/1.1 200"), "{reply:?}");
    assert!(!reply.bytes.windows(4).any(|it| it == b"\r\n\r\n"), "{reply:?}");
    order(&mock, r#"{"times": 1, "cut": "within_body"}"#).await;
    let reply = api(&mock, "GET", "/disputes").await;
    assert!(!reply.body().is_empty() && ends_early(&reply), "{reply:?}");
    // Also what is sent slowly is cut at half.
    order(
        &mock,
        r#"{"times": 1, "cut": "within_body", "bytes_per_second": 1000000}"#,
    )
    .await;
    let slow = api(&mock, "GET", "/disputes").await;
    assert_eq!(slow.body(), reply.body());
    let whole = api(&mock, "GET", "/disputes").await;
    assert!(!ends_early(&whole));
    assert_eq!(whole.body()[..reply.body().len()], *reply.body());
}

#[tokio::test]
async fn json_that_does_not_parse_in_a_sound_frame() {
    let mock = start().await;
    order(&mock, r#"{"times": 1, "truncated": true}"#).await;
    let reply = api(&mock, "GET", "/disputes").await;
    assert!(!ends_early(&reply));
    assert!(serde_json::from_slice::<Value>(reply.body()).is_err());
    assert!(reply.body().starts_with(b"{\"object\":\"list\""));
}

#[tokio::test]
async fn slowness_changes_no_byte() {
    let mock = start().await;
    let wanted = api(&mock, "GET", "/disputes/closed").await;
    order(&mock, r#"{"times": 1, "bytes_per_second": 40000, "delay_ms": 5}"#).await;
    let slow = api(&mock, "GET", "/disputes/closed").await;
    let data = |reply: &Reply| reply.json()["data"].to_string().len();
    assert_eq!(data(&slow), data(&wanted));
    assert_eq!(mock.orders()[0].taken, 1);
}

#[tokio::test]
async fn a_fault_of_the_suite_for_matching_requests_only() {
    let mock = start().await;
    order(
        &mock,
        r#"{"fault": "created-answers-201", "times": 1, "match": {"operation": "upload"}}"#,
    )
    .await;
    assert_eq!(api(&mock, "GET", "/disputes").await.status(), 200);
    assert_eq!(upload(&mock, "slip.png").await.status(), 201);
    assert_eq!(upload(&mock, "slip.png").await.status(), 200);
}

#[tokio::test]
async fn every_fault_can_be_ordered_or_says_why_not() {
    let mock = start().await;
    let told = served(&mock, "GET", "faults", "").await;
    let told: Vec<FaultState> = serde_json::from_value(told).unwrap();
    assert_eq!(told.len(), Fault::ALL.len());
    let mut refusals = Vec::new();
    for (&fault, told) in Fault::ALL.iter().zip(&told) {
        assert_eq!(
            (told.name.as_str(), told.clause.as_str()),
            (fault.as_str(), fault.clause().id)
        );
        let placed = mock.order(NewOrder {
            fault: Some(fault),
            times: Some(1),
            ..NewOrder::default()
        });
        assert_eq!(placed.is_ok(), told.orderable, "{fault}");
        mock.clear_orders();
        refusals.extend(placed.err());
    }
    assert!(!refusals.is_empty());
    for refusal in refusals {
        let told = refusal.to_string();
        assert!(told.contains("(start the mock with --fault "), "{told}");
    }
}

#[tokio::test]
async fn what_cannot_be_ordered_is_told() {
    let mock = start().await;
    for (body, wanted) in [
        (
            "{}",
            ": expected one of answer, fault, delay_ms, cut, truncated, bytes_per_second, found none of them",
        ),
        (
            r#"{"fault": "answer-lost"}"#,
            "/fault: expected a fault that a single request can have, found `answer-lost`, which is about a whole \
             connection (start the mock with --fault answer-lost)",
        ),
        (
            r#"{"answer": {"status": 200}}"#,
            "/answer/status: expected a number from 400 to 599, found 200",
        ),
        (
            r#"{"answer": {}}"#,
            "/answer/status: expected the member `status`, found nothing",
        ),
        (
            r#"{"cut": "before-head"}"#,
            "/cut: expected one of before_head, within_head, within_body, found \"before-head\" (did you mean \
             `before_head`?)",
        ),
        (
            r#"{"delay_ms": 0}"#,
            "/delay_ms: expected a number from 1 to 600000, found 0",
        ),
        (
            r#"{"delay_ms": 1, "match": {"path": "disputes"}}"#,
            "/match/path: expected a path that begins with a slash, found \"disputes\"",
        ),
        (
            r#"{"delay_ms": 1, "match": {"method": "get"}}"#,
            "/match/method: expected a method such as POST, found \"get\"",
        ),
        (
            r#"{"delay_ms": 1, "match": {"account": 2}}"#,
            "/match/account: expected the number of an account, from 0 to 1, found 2",
        ),
        (
            r#"{"answer": {"status": 500, "content_type": "a\nb"}}"#,
            "/answer/content_type: expected a media type, found \"a\\nb\"",
        ),
    ] {
        assert_eq!(
            refused(&mock, "POST", "orders", body).await,
            (400, wanted.to_owned()),
            "{body}"
        );
    }
    assert_eq!(control(&mock, "DELETE", "orders/1", "").await.status(), 404);
    order(&mock, r#"{"delay_ms": 1}"#).await;
    assert_eq!(control(&mock, "DELETE", "orders/1", "").await.status(), 204);
}
