//! Making records, moving disputes, resetting, snapshots.

use serde_json::{Value, json};

use crate::client::{PNG, api, control, form, refused, served, start, upload, upload_to};

#[tokio::test]
async fn what_is_made_is_served_by_the_api() {
    let mock = start().await;
    let made = served(
        &mock,
        "POST",
        "disputes",
        r#"{"status": "won", "amount": 4200, "documents": 2, "metadata": {"order": "A-1"},
            "files": [{"filename": "slip.pdf", "kind": "proof_of_receipt", "content_base64": "JVBERi0xLjQ="}]}"#,
    )
    .await;
    let id = made["id"].as_str().unwrap();
    let told = api(&mock, "GET", &format!("/disputes/{id}")).await.json();
    assert_eq!(
        (&told["status"], &told["amount"], &told["metadata"]),
        (&json!("won"), &json!(4200), &json!({"order": "A-1"}))
    );
    let documents = told["documents"]["data"].as_array().unwrap();
    let last = documents.last().unwrap();
    assert_eq!(documents.len(), 3);
    assert_eq!(
        (&last["filename"], &last["kind"]),
        (&json!("slip.pdf"), &json!("proof_of_receipt"))
    );

    let account = served(&mock, "POST", "accounts", r#"{"secret": "skey_test_mine"}"#).await;
    assert_eq!(account["number"], 2);
    let charged = served(
        &mock,
        "POST",
        "charges",
        r#"{"account": 2, "id": "chrg_test_mine"}"#,
    )
    .await;
    assert_eq!(charged["charges"], json!(["chrg_test_mine"]));
    let made = served(
        &mock,
        "POST",
        "disputes",
        r#"{"account": 2, "id": "dspt_test_mine"}"#,
    )
    .await;
    assert_eq!((&made["account"], &made["status"]), (&json!(2), &json!("open")));
    let made = served(&mock, "POST", "disputes/dspt_test_mine/documents", "{}").await;
    assert_eq!(made["documents"][0]["filename"], "evidence.png");
    let foreign = api(&mock, "GET", "/disputes/dspt_test_mine").await;
    assert_eq!(foreign.status(), 404);
    let state = served(&mock, "GET", "state", "").await;
    assert_eq!(state["accounts"][2]["secret"], "skey_test_mine");
    assert_eq!(state["accounts"][0]["secret"], mock.target().secret.expose());
}

#[tokio::test]
async fn a_dispute_goes_anywhere_and_back() {
    let mock = start().await;
    let id = mock.target().disputes.open[2].clone();
    for (body, status, has_message, is_closed) in [
        (
            r#"{"status": "pending", "message": "see the slip"}"#,
            "pending",
            true,
            false,
        ),
        (r#"{"status": "won"}"#, "won", true, true),
        (r#"{"status": "lost"}"#, "lost", true, true),
        (r#"{"status": "open"}"#, "open", false, false),
    ] {
        let moved = served(&mock, "PATCH", &format!("disputes/{id}"), body).await;
        assert_eq!(moved["status"], status);
        let told = api(&mock, "GET", &format!("/disputes/{id}")).await.json();
        assert_eq!(told["status"], status);
        assert_eq!(told["message"].is_string(), has_message, "{told}");
        assert_eq!(told["closed_at"].is_string(), is_closed, "{told}");
        let body = form(
            "form-data; name=\"file\"; filename=\"slip.png\"",
            "image/png",
            PNG,
        );
        let path = format!("/disputes/{id}/documents");
        let taken = upload_to(&mock, &path, "multipart/form-data; boundary=b", &body)
            .await
            .status();
        assert_eq!(taken, if status == "open" { 200 } else { 422 });
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let mock = start().await;
    let open = mock.target().disputes.open[0].clone();
    let secret = mock.target().secret.expose().to_owned();
    for (method, path, body, status, wanted) in [
        (
            "POST",
            "disputes",
            r#"{"statsu": "won"}"#.to_owned(),
            400,
            "/statsu: expected one of account, amount, charge, closed_at, created_at, documents, files, id, message, \
             metadata, status, found the unknown member `statsu` (did you mean `status`?)"
                .to_owned(),
        ),
        (
            "POST",
            "disputes",
            r#"{"account": 9}"#.to_owned(),
            400,
            "/account: expected the number of an account, from 0 to 1, found 9".to_owned(),
        ),
        (
            "POST",
            "disputes",
            format!(r#"{{"id": "{open}"}}"#),
            409,
            format!("/id: expected an id that is new, found {open}, which is there already"),
        ),
        (
            "POST",
            "disputes",
            r#"{"id": "dspt_live"}"#.to_owned(),
            400,
            "/id: expected an id of test mode, found dspt_live, which is of live mode".to_owned(),
        ),
        (
            "POST",
            "disputes",
            r#"{"files": [{"id": "docu_1"}]}"#.to_owned(),
            400,
            "/files/0/id: expected an id of test mode, found docu_1, which is of live mode".to_owned(),
        ),
        (
            "POST",
            "disputes",
            r#"{"status": "open", "closed_at": "2020-01-01T00:00:00Z"}"#.to_owned(),
            400,
            "/closed_at: expected a time for a dispute that is won or lost, found 2020-01-01T00:00:00Z for one that \
             is open"
                .to_owned(),
        ),
        (
            "POST",
            "accounts",
            r#"{"secret": "skey_5live"}"#.to_owned(),
            400,
            "/secret: expected a key of test mode, found one of live mode (not shown)".to_owned(),
        ),
        (
            "POST",
            "accounts",
            format!(r#"{{"secret": "{secret}"}}"#),
            409,
            "/secret: expected a key that is new, found that of another account (not shown)".to_owned(),
        ),
        (
            "PATCH",
            "disputes/dspt_test_nobody",
            r#"{"status": "won"}"#.to_owned(),
            404,
            ": expected a dispute of the mock, found dspt_test_nobody, which it does not have".to_owned(),
        ),
        (
            "PATCH",
            "disputes/nobody",
            r#"{"status": "won"}"#.to_owned(),
            404,
            ": expected the id of a dispute, such as dspt_test_1, found \"nobody\"".to_owned(),
        ),
        (
            "POST",
            "reset/now",
            String::new(),
            404,
            ": expected one of state, accounts, charges, disputes, clock, journal, orders, faults, reset, \
             snapshots, schema below /_mock/, found \"reset/now\""
                .to_owned(),
        ),
        (
            "PUT",
            "reset",
            String::new(),
            405,
            ": expected POST for this path, found PUT".to_owned(),
        ),
        (
            "POST",
            "disputes",
            String::new(),
            400,
            ": expected one JSON value, found EOF while parsing a value at line 1 column 0".to_owned(),
        ),
    ] {
        let told = refused(&mock, method, path, &body).await;
        assert_eq!(told, (status, wanted), "{method} {path} {body}");
    }
    let long = format!(r#"{{"secret": "{}"}}"#, "a".repeat(300 * 1024));
    let (status, told) = refused(&mock, "POST", "accounts", &long).await;
    assert_eq!(
        (status, told.as_str()),
        (
            413,
            ": expected a body of at most 262144 bytes, found a longer one"
        )
    );
}

async fn records(mock: &rebuttal_mock::Mock) -> Value {
    let mut state = served(mock, "GET", "state", "").await;
    state["clock"] = Value::Null;
    state["snapshots"] = Value::Null;
    state
}

#[tokio::test]
async fn a_snapshot_brings_everything_back_randomness_too() {
    let mock = start().await;
    served(&mock, "PUT", "clock", r#"{"fixed": "2020-01-01T00:00:00Z"}"#).await;
    served(
        &mock,
        "POST",
        "orders",
        r#"{"truncated": true, "times": 2, "match": {"path": "/nowhere"}}"#,
    )
    .await;
    let before = records(&mock).await;
    served(&mock, "PUT", "snapshots/clean", "").await;
    assert_eq!(served(&mock, "GET", "snapshots", "").await, json!(["clean"]));

    let first = upload(&mock, "one.png").await;
    api(&mock, "GET", "/nowhere").await;
    served(&mock, "POST", "clock/advance", r#"{"seconds": 60}"#).await;
    served(&mock, "DELETE", "orders", "").await;
    assert_ne!(records(&mock).await, before);

    served(&mock, "POST", "snapshots/clean/restore", "").await;
    assert_eq!(records(&mock).await, before);
    assert_eq!(
        served(&mock, "GET", "clock", "").await["now"],
        "2020-01-01T00:00:00Z"
    );
    let again = upload(&mock, "one.png").await;
    assert_eq!(again.json(), first.json(), "the same id and time");
    assert_eq!(again.header("X-Request-Id"), first.header("X-Request-Id"));

    let (status, told) = refused(&mock, "POST", "snapshots/cleen/restore", "").await;
    assert_eq!(
        (status, told.as_str()),
        (404, ": expected the name of a snapshot: clean, found \"cleen\"")
    );
    let (status, _) = refused(&mock, "PUT", "snapshots/a%20b", "").await;
    assert_eq!(status, 400);
    served(&mock, "DELETE", "snapshots/clean", "").await;
    assert_eq!(
        control(&mock, "DELETE", "snapshots/clean", "").await.status(),
        404
    );
}

#[tokio::test]
async fn a_reset_is_a_fresh_start() {
    let mock = start().await;
    let before = records(&mock).await;
    upload(&mock, "one.png").await;
    served(&mock, "POST", "orders", r#"{"delay_ms": 1}"#).await;
    served(&mock, "PUT", "clock", r#"{"starts_at": "2001-01-01T00:00:00Z"}"#).await;
    served(&mock, "POST", "reset", "").await;
    assert_eq!(records(&mock).await, before);
    assert_eq!(served(&mock, "GET", "clock", "").await["shifted_by_seconds"], 0);
    let journal = served(&mock, "GET", "journal", "").await;
    assert_eq!((&journal["entries"], &journal["last"]), (&json!([]), &json!(1)));
}

#[tokio::test]
async fn the_schema_is_the_published_one() {
    let mock = start().await;
    let schema = served(&mock, "GET", "schema", "").await;
    assert_eq!(&schema, rebuttal_mock::control::schema());
    assert!(schema["$defs"]["NewOrder"].is_object());
}
