//! Sizes, and what is left on a connection: no answer is lost, and the next request is understood.

use rebuttal_mock::{Config, Mock};
use rebuttal_model::{DisputeId, Profile};
use tokio::io::AsyncReadExt;

use crate::{
    ask::{PNG, form},
    client::{Client, MULTIPART, get, request, start, upload, upload_line},
};

fn sized(bytes: usize) -> Vec<u8> {
    let mut file = PNG.to_vec();
    file.resize(bytes, 0);
    form(&[
        ("file", Some("large.png"), &file),
        ("kind", None, b"proof_of_receipt"),
    ])
}

#[tokio::test]
async fn the_size_limit_is_inclusive_and_one_byte_more_leaves_the_connection_usable() {
    for profile in Profile::ALL {
        let mock = start(Config {
            profile,
            ..Config::default()
        })
        .await;
        let dispute = mock.target().disputes.open[2].clone();
        let mut client = Client::connect(mock.address()).await;
        for (bytes, chunked, status) in [
            (10_000_000, false, 200),
            (10_000_000, true, 200),
            (10_485_760, false, 200),
            (10_485_760, true, 200),
            (10_485_761, false, 413),
        ] {
            let body = sized(bytes);
            let sent = if chunked {
                chunks(&mock, &dispute, &body)
            } else {
                upload(&mock, &dispute, &body)
            };
            let reply = client.ask(&sent).await;
            assert_eq!(
                reply.status,
                status,
                "{bytes}: {}",
                String::from_utf8_lossy(&reply.body)
            );
            let stored = mock.documents(&dispute);
            assert_eq!(
                stored.len() == 4,
                status != 200 || bytes == 10_485_760 && chunked,
                "{bytes}"
            );
            assert_eq!(client.ask(&get(&mock)).await.status, 200, "after {bytes}");
        }
        assert_eq!(mock.documents(&dispute).last().unwrap().bytes, 10_485_760);
        mock.shutdown().await;
    }
}

/// The same upload with chunked transfer coding.
fn chunks(mock: &Mock, dispute: &DisputeId, body: &[u8]) -> Vec<u8> {
    let mut bytes = request(
        mock,
        &upload_line(dispute),
        &["Transfer-Encoding: chunked", MULTIPART],
        b"",
    );
    for chunk in body.chunks(70_001) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

#[tokio::test]
async fn far_too_much_is_refused_while_it_comes_and_the_answer_can_be_read() {
    let mock = start(Config::default()).await;
    let target = mock.target();
    for (dispute, status) in [(&target.disputes.open[2], 413), (&target.disputes.won[0], 422)] {
        let mut client = Client::connect(mock.address()).await;
        let length = format!("Content-Length: {}", 40_000_000);
        client
            .send(&request(&mock, &upload_line(dispute), &[&length, MULTIPART], b""))
            .await;
        let start = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
        client.send(start).await;
        // All of it is sent before the answer is looked at, as simple clients do.
        for _ in 0..40 {
            client.send(&vec![0; 1_000_000 - 2]).await;
        }
        let reply = client.reply().await;
        assert_eq!(
            (reply.status, reply.header("connection")),
            (status, Some("close"))
        );
        assert_eq!(reply.json()["object"], "error");
        assert!(client.closes().await);
    }
    assert_eq!(mock.documents(&target.disputes.open[2]).len(), 0);
}

#[tokio::test]
async fn a_client_that_waits_for_leave_is_told_no_at_once() {
    let mock = start(Config::default()).await;
    let target = mock.target();
    let body = form(&[("file", Some("a.png"), PNG)]);
    let length = format!("Content-Length: {}", body.len());
    let headers = [length.as_str(), MULTIPART, "Expect: 100-continue"];

    let mut refused = Client::connect(mock.address()).await;
    refused
        .send(&request(
            &mock,
            &upload_line(&target.disputes.won[0]),
            &headers,
            b"",
        ))
        .await;
    let mut text = String::new();
    refused.stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 422 "), "{text}");
    assert!(text.contains("\r\nConnection: close\r\n"), "{text}");

    let mut welcome = Client::connect(mock.address()).await;
    welcome
        .send(&request(
            &mock,
            &upload_line(&target.disputes.open[2]),
            &headers,
            b"",
        ))
        .await;
    let mut leave = [0; 25];
    welcome.stream.read_exact(&mut leave).await.unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(welcome.ask(&body).await.status, 200);
    assert_eq!(welcome.ask(&get(&mock)).await.status, 200);
}

#[tokio::test]
async fn a_refusal_never_puts_the_connection_out_of_step() {
    let mock = start(Config::default()).await;
    let target = mock.target();
    let body = form(&[(
        "file",
        Some("GET / HTTP/1.1\n"),
        b"GET /disputes HTTP/1.1\r\n\r\n",
    )]);
    let unknown: DisputeId = "dspt_test_0".parse().unwrap();
    let foreign = target.disputes.foreign[0].clone();
    let pending = target.disputes.pending[0].clone();
    let open = target.disputes.open[2].clone();
    for (dispute, status) in [(unknown, 404), (foreign, 404), (pending, 422), (open, 400)] {
        let mut client = Client::connect(mock.address()).await;
        // Both at once: the second waits in the mock's buffer behind a body that was refused.
        let both = [upload(&mock, &dispute, &body), get(&mock)].concat();
        assert_eq!(client.ask(&both).await.status, status, "{dispute}");
        let second = client.reply().await;
        assert_eq!(
            (second.status, second.json()["object"].as_str()),
            (200, Some("list")),
            "{dispute}"
        );
    }
}

#[tokio::test]
async fn a_body_on_get_and_delete_changes_nothing() {
    let mock = start(Config::default()).await;
    let target = mock.target();
    let stored = mock.documents(&target.disputes.open[0]);
    let path = &stored[0].document.location;
    let list = format!("GET /disputes/{}/documents HTTP/1.1", target.disputes.open[0]);
    let json = "Content-Type: application/json";
    let mut client = Client::connect(mock.address()).await;
    for (line, headers, body) in [
        (
            format!("GET {path} HTTP/1.1"),
            [json, "Content-Length: 2"],
            &b"{}"[..],
        ),
        (list, [json, "Content-Length: 14"], b"{\"limit\":null}"),
        (
            format!("GET {path} HTTP/1.1"),
            [json, "Transfer-Encoding: chunked"],
            b"2\r\n{}\r\n0\r\n\r\n",
        ),
        (
            format!("DELETE {path} HTTP/1.1"),
            [json, "Content-Length: 2"],
            b"{}",
        ),
    ] {
        let reply = client.ask(&request(&mock, &line, &headers, body)).await;
        assert_eq!(reply.status, 200, "{line}");
    }
    assert_eq!(mock.documents(&target.disputes.open[0]).len(), stored.len() - 1);
}

#[tokio::test]
async fn old_and_proxied_requests_are_served() {
    let mock = start(Config::default()).await;
    for (line, head) in [
        ("GET /disputes/open/ HTTP/1.1".to_owned(), false),
        ("GET http://api.omise.co/disputes/open HTTP/1.1".to_owned(), false),
        ("HEAD /disputes/open HTTP/1.1".to_owned(), true),
        ("GET /disputes/open HTTP/1.0".to_owned(), false),
    ] {
        let mut client = Client::connect(mock.address()).await;
        client
            .send(&request(&mock, &line, &["Connection: close"], b""))
            .await;
        let mut text = String::new();
        client.stream.read_to_string(&mut text).await.unwrap();
        assert!(text.contains(" 200 OK\r\n"), "{line}: {text}");
        assert_eq!(text.ends_with("\r\n\r\n"), head, "{line}");
    }
}
