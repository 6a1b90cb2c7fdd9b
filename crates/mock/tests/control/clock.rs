//! The clock.

use serde_json::json;

use crate::client::{refused, served, start, upload};

#[tokio::test]
async fn it_is_set_and_moved_and_documents_show_it() {
    let mock = start().await;
    let told = served(&mock, "PUT", "clock", r#"{"fixed": "2020-02-28T23:59:59Z"}"#).await;
    assert_eq!(
        told,
        json!({"now": "2020-02-28T23:59:59Z", "stands_still": true, "shifted_by_seconds": 0})
    );
    let told = served(&mock, "POST", "clock/advance", r#"{"seconds": 1}"#).await;
    assert_eq!(told["now"], "2020-02-29T00:00:00Z");
    assert_eq!(
        upload(&mock, "slip.png").await.json()["created_at"],
        "2020-02-29T00:00:00Z"
    );
    let told = served(&mock, "PUT", "clock", r#"{"shifted_by_seconds": -86400}"#).await;
    assert_eq!(
        (&told["stands_still"], &told["shifted_by_seconds"]),
        (&json!(false), &json!(-86400))
    );
    let told = served(&mock, "POST", "clock/advance", r#"{"seconds": 86400}"#).await;
    assert_eq!(told["shifted_by_seconds"], 0);
    let told = served(&mock, "PUT", "clock", r#"{"starts_at": "1999-12-31T23:00:00Z"}"#).await;
    assert!(
        told["now"].as_str().unwrap().starts_with("1999-12-31T23:"),
        "{told}"
    );
    let told = served(&mock, "PUT", "clock", r#"{"system": true}"#).await;
    assert_eq!(told["shifted_by_seconds"], 0);
}

#[tokio::test]
async fn exactly_one_way_to_set_it() {
    let mock = start().await;
    let wanted = ": expected exactly one of system (true), fixed, starts_at, shifted_by_seconds, found ";
    for (body, found) in [
        ("{}", "none"),
        (r#"{"system": false}"#, "none"),
        (
            r#"{"system": true, "shifted_by_seconds": 1}"#,
            "system and shifted_by_seconds",
        ),
    ] {
        let told = refused(&mock, "PUT", "clock", body).await;
        assert_eq!(told, (400, format!("{wanted}{found}")), "{body}");
    }
    let (status, told) = refused(&mock, "PUT", "clock", r#"{"fixed": "2020-02-30T00:00:00Z"}"#).await;
    assert_eq!(
        (status, told.as_str()),
        (
            400,
            "/fixed: expected a UTC datetime such as 2019-12-31T12:59:59Z, found \"2020-02-30T00:00:00Z\""
        )
    );
}
