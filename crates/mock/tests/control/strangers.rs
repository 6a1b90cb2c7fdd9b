//! Who may steer a mock, and that nothing else begins like the control API.

use crate::client::{api, control, request, send, start};

#[tokio::test]
async fn a_page_of_a_stranger_steers_nothing() {
    let mock = start().await;
    let own = format!("Origin: http://{}", mock.address());
    let json = "Content-Type: application/json";
    for (headers, wanted) in [
        (&[json][..], 204),
        (&[json, &own], 204),
        (&[json, &own, "Sec-Fetch-Site: same-origin"], 204),
        (&[json, "Origin: https://evil.example"], 403),
        (&[json, "Origin: null"], 403),
        (&[json, "Sec-Fetch-Site: cross-site"], 403),
        (&[json, "Sec-Fetch-Site: same-site"], 403),
        (&["Content-Type: text/plain"], 415),
        (&["Content-Type: application/x-www-form-urlencoded"], 415),
        (&[], 415),
    ] {
        let reply = request(&mock, "POST", "/_mock/reset", headers, b"").await;
        assert_eq!(reply.status(), wanted, "{headers:?}");
        assert_eq!(reply.header("Access-Control-Allow-Origin"), None);
    }
    // A name of the stranger that leads here.
    for host in ["evil.example", "127.0.0.1.evil.example"] {
        let bytes = format!("GET /_mock/state HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(send(&mock, bytes.as_bytes()).await.status(), 403, "{host}");
    }
    let preflight = request(
        &mock,
        "OPTIONS",
        "/_mock/reset",
        &["Origin: https://evil.example"],
        b"",
    )
    .await;
    assert_eq!(preflight.status(), 403);
}

#[tokio::test]
async fn every_answer_says_that_it_is_not_of_the_api() {
    let mock = start().await;
    for path in ["", "state", "nothing"] {
        let reply = control(&mock, "GET", path, "").await;
        let mark = reply.header("X-Rebuttal-Not-In-Contract");
        assert_eq!(mark.as_deref(), Some("control"), "{path}");
        assert_eq!(reply.header("X-Content-Type-Options").as_deref(), Some("nosniff"));
    }
    // The API itself does not have the prefix, nor does anything that only looks like it.
    for path in ["/_mocks", "/disputes/_mock/", "/_moc"] {
        let code = api(&mock, "GET", path).await.json()["code"].clone();
        assert!(
            code == "service_not_found" || code == "not_found",
            "{path} {code}"
        );
    }
    assert_eq!(control(&mock, "HEAD", "state", "").await.body(), b"");
}
