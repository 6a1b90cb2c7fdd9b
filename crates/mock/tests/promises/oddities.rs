//! What clients in the wild send and the contract has no word on: served as the usual form is.

use rebuttal_mock::{Config, ListParameters, Mock, Variants};
use serde_json::{Value, json};

use crate::{
    ask::{PNG, form},
    client::{Client, MULTIPART, get, request, start},
};

/// The first open dispute that holds documents, and the first of these.
fn places(mock: &Mock) -> (String, String) {
    let dispute = &mock.target().disputes.open[1];
    let document = mock.documents(dispute)[0].document.location.clone();
    (format!("/disputes/{dispute}"), document)
}

/// What an answer shows, less what differs from one document to the next.
fn shown(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        for name in ["id", "location", "created_at", "to"] {
            members.remove(name);
        }
    }
    value
}

#[tokio::test]
async fn odd_targets_and_versions_are_served_as_the_usual_ones_are() {
    for (target, version, keeps) in [
        ("PATH", "HTTP/1.1", true),
        ("PATH/", "HTTP/1.1", true),
        ("http://api.omise.co/PATH", "HTTP/1.1", true),
        ("https://api.omise.co:443/PATH", "HTTP/1.1", true),
        ("http://127.0.0.1/PATH/", "HTTP/1.0", false),
        ("PATH", "HTTP/1.0", false),
    ] {
        let mock = start(Config::default()).await;
        let (dispute, document) = places(&mock);
        let body = form(&[("file", Some("a.png"), PNG)]);
        let length = format!("Content-Length: {}", body.len());
        let mut client = Client::connect(mock.address()).await;
        for (method, path, headers, body, wanted) in [
            ("GET", "/disputes".to_owned(), &[][..], &b""[..], "list"),
            ("GET", dispute.clone(), &[], b"", "dispute"),
            ("GET", format!("{dispute}/documents"), &[], b"", "list"),
            (
                "POST",
                format!("{dispute}/documents"),
                &[&length, MULTIPART],
                &body,
                "document",
            ),
            ("GET", document.clone(), &[], b"", "document"),
            ("DELETE", document.clone(), &[], b"", "document"),
            (
                "PATCH",
                format!("{dispute}/accept"),
                &["Content-Length: 0"],
                b"",
                "dispute",
            ),
        ] {
            let target = target.replace("/PATH", "PATH").replace("PATH", &path);
            let line = format!("{method} {target} {version}");
            if !keeps {
                client = Client::connect(mock.address()).await;
            }
            let reply = client.ask(&request(&mock, &line, headers, body)).await;
            assert_eq!(
                (reply.status, &reply.json()["object"]),
                (200, &json!(wanted)),
                "{line}"
            );
            assert!(reply.header("x-rebuttal-not-in-contract").is_none(), "{line}");
            if !keeps {
                assert!(client.closes().await, "{line}");
            }
        }
    }
}

#[tokio::test]
async fn odd_uploads_are_stored_as_the_usual_ones_are() {
    let mock = start(Config::default()).await;
    let dispute = mock.target().disputes.open[2].clone();
    let line = format!("POST /disputes/{dispute}/documents HTTP/1.1");
    let old = format!("POST /disputes/{dispute}/documents HTTP/1.0");
    let kind = "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nproof_of_receipt\r\n--b--\r\n";
    let part = |head: &str| {
        [
            b"--b\r\n",
            head.as_bytes(),
            b"\r\n\r\n",
            PNG,
            b"\r\n",
            kind.as_bytes(),
        ]
        .concat()
    };
    let file = "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"";
    let typed = part(&format!("{file}\r\nContent-Type: image/png"));
    let untyped = part(file);
    let octets = part(&format!("{file}\r\nContent-Type: application/octet-stream"));
    let lower = part("content-disposition:form-data;name=file;filename=a.png");
    let mut wanted = None;
    for (name, line, body, chunked, extra) in [
        ("usual", &line, &typed, false, None),
        ("a part without a type", &line, &untyped, false, None),
        ("a part of octets", &line, &octets, false, None),
        ("lower case and no quotes", &line, &lower, false, None),
        ("in chunks", &line, &untyped, true, None),
        (
            "in chunks, with leave",
            &line,
            &untyped,
            true,
            Some("Expect: 100-continue"),
        ),
        ("with leave", &line, &untyped, false, Some("expect: 100-Continue")),
        ("in HTTP/1.0", &old, &untyped, false, None),
        (
            "in HTTP/1.0, to be kept",
            &old,
            &untyped,
            false,
            Some("Connection: keep-alive"),
        ),
    ] {
        let length = format!("Content-Length: {}", body.len());
        let framing = if chunked {
            "Transfer-Encoding: chunked"
        } else {
            length.as_str()
        };
        let mut headers = vec![framing, MULTIPART];
        headers.extend(extra);
        let body = if chunked {
            // A chunk may have an extension, and a trailer may follow.
            let head = format!("{:X};name=\"v;\"\r\n", body.len());
            [head.as_bytes(), body, b"\r\n0\r\nX-Sum: 1\r\n\r\n"].concat()
        } else {
            body.clone()
        };
        let mut client = Client::connect(mock.address()).await;
        let reply = client.ask(&request(&mock, line, &headers, &body)).await;
        assert_eq!(
            reply.status,
            200,
            "{name}: {}",
            String::from_utf8_lossy(&reply.body)
        );
        let found = shown(reply.json());
        assert_eq!(&found, wanted.get_or_insert_with(|| found.clone()), "{name}");
        if !line.ends_with('0') || extra.is_some() {
            assert_eq!(client.ask(&get(&mock)).await.status, 200, "after {name}");
        }
    }
    assert_eq!(mock.documents(&dispute).len(), 9);
}

#[tokio::test]
async fn a_body_on_get_is_ignored_unless_its_parameters_are_asked_to_be_read() {
    let body = br#"{"limit":2,"offset":1,"order":"reverse_chronological","from":null}"#;
    let length = format!("Content-Length: {}", body.len());
    for (list_parameters, target, body, wanted) in [
        (
            ListParameters::InQuery,
            "",
            &body[..],
            json!([20, 0, "chronological"]),
        ),
        (
            ListParameters::InBody,
            "",
            body,
            json!([2, 1, "reverse_chronological"]),
        ),
        (
            ListParameters::InBody,
            "?limit=7",
            body,
            json!([7, 0, "chronological"]),
        ),
        (ListParameters::InBody, "", b"{}", json!([20, 0, "chronological"])),
        (ListParameters::InBody, "", b"", json!([20, 0, "chronological"])),
    ] {
        let variants = Variants {
            list_parameters,
            ..Variants::default()
        };
        let mock = start(Config {
            variants,
            ..Config::default()
        })
        .await;
        let first = &mock.target().disputes.open[0];
        let json = "Content-Type: application/json";
        let length = if body.len() < 3 {
            format!("Content-Length: {}", body.len())
        } else {
            length.clone()
        };
        let mut client = Client::connect(mock.address()).await;
        for path in [
            format!("/disputes/{first}/documents"),
            "/disputes".to_owned(),
            "/disputes/open".to_owned(),
        ] {
            let line = format!("GET {path}{target} HTTP/1.1");
            let reply = client.ask(&request(&mock, &line, &[json, &length], body)).await;
            let list = reply.json();
            let found = json!([list["limit"], list["offset"], list["order"]]);
            assert_eq!((reply.status, &found), (200, &wanted), "{list_parameters} {line}");
        }
        let line = format!("GET /disputes/{first}/documents HTTP/1.1");
        let wrong = client
            .ask(&request(
                &mock,
                &line,
                &[json, "Content-Length: 11"],
                b"{\"limit\":0}",
            ))
            .await;
        let status = if list_parameters == ListParameters::InBody {
            400
        } else {
            200
        };
        assert_eq!(wrong.status, status);
    }
}

#[tokio::test]
async fn head_options_and_what_nobody_wrote() {
    let mock = start(Config::default()).await;
    let (dispute, document) = places(&mock);
    let upload = format!("{dispute}/documents");
    for (method, path, status, marked, allow) in [
        ("HEAD", "/disputes", 200, false, None),
        ("HEAD", document.as_str(), 200, false, None),
        ("OPTIONS", "/disputes", 204, true, Some("GET, HEAD, OPTIONS")),
        (
            "OPTIONS",
            upload.as_str(),
            204,
            true,
            Some("GET, HEAD, POST, OPTIONS"),
        ),
        (
            "OPTIONS",
            "*",
            204,
            true,
            Some("GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
        ),
        (
            "PUT",
            document.as_str(),
            405,
            true,
            Some("GET, HEAD, DELETE, OPTIONS"),
        ),
        ("BREW", "/disputes", 405, true, Some("GET, HEAD, OPTIONS")),
        ("GET", "/account", 404, true, None),
        ("GET", "/v1/disputes", 404, true, None),
        ("TRACE", "/", 404, true, None),
    ] {
        let mut client = Client::connect(mock.address()).await;
        let bytes = request(
            &mock,
            &format!("{method} {path} HTTP/1.1"),
            &["Connection: close"],
            b"",
        );
        client.send(&bytes).await;
        let mut text = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut client.stream, &mut text)
            .await
            .unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{method} {path}: {text}"
        );
        assert_eq!(
            head.contains("\r\nX-Rebuttal-Not-In-Contract: "),
            marked,
            "{method} {path}"
        );
        let told = head.lines().find_map(|line| line.strip_prefix("Allow: "));
        assert_eq!(told, allow, "{method} {path}");
        let empty = method == "HEAD" || status == 204;
        assert_eq!(body.is_empty(), empty, "{method} {path}");
        assert_eq!(
            method == "HEAD",
            head.contains("Content-Length: ") && empty,
            "{method} {path}"
        );
        if !empty {
            let error: Value = serde_json::from_str(body).unwrap();
            assert_eq!(
                (&error["object"], &error["code"]),
                (&json!("error"), &json!("service_not_found"))
            );
        }
    }
}
