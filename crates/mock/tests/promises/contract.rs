//! The order of checks, both profiles, the versions and the shapes, on the core: no sockets, a fixed clock.

use http::{HeaderMap, Method};
use rebuttal_mock::{
    Destroyed, DownloadUri, Layout, Members, OutOfRange, Service, Settings, Target, TooLargeBody, Variants,
};
use rebuttal_model::{ApiVersion, Profile, inspect};
use serde_json::{Value, json};

use crate::ask::{Ask, PNG, form, now, wanted_error};

fn documented() -> Ask {
    Ask::new(Settings::default())
}

fn recorded() -> Ask {
    Ask::new(Settings {
        profile: Profile::Recorded,
        ..Settings::default()
    })
}

#[test]
fn the_seed_decides_everything() {
    let target = |seed| {
        let target = Service::new(Settings::default(), seed, now()).target("http://x".to_owned());
        target.to_toml()
    };
    assert_eq!(target(1), target(1));
    assert_ne!(target(1), target(2));
    let Target {
        disputes, charges, ..
    } = documented().target;
    let counts = [
        &disputes.open,
        &disputes.pending,
        &disputes.won,
        &disputes.lost,
        &disputes.foreign,
    ]
    .map(Vec::len);
    assert_eq!((counts, charges.len()), ([4, 1, 1, 1, 2], 1));
}

#[test]
fn an_upload_is_answered_with_the_document_and_can_be_found() {
    let mut ask = documented();
    let dispute = ask.target.disputes.open[2].clone();
    let answer = ask.upload(
        &dispute,
        &form(&[
            ("kind", None, b"proof_of_receipt"),
            ("file", Some("ใบเสร็จ.png"), PNG),
        ]),
    );
    let document = answer.json();
    let id = document["id"].as_str().unwrap();
    let location = format!("/disputes/{dispute}/documents/{id}");
    assert_eq!(answer.status, 200);
    assert_eq!(
        document,
        json!({
            "object": "document", "id": id, "livemode": false, "location": location, "deleted": false,
            "filename": "ใบเสร็จ.png", "kind": "proof_of_receipt", "download_uri": null,
            "created_at": "2020-01-01T00:00:00Z",
        })
    );
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(answer.headers["omise-version"], "2019-05-29");
    assert_eq!(ask.get(&location).json(), document);
    let list = ask.get(&format!("/disputes/{dispute}/documents"));
    assert_eq!(
        list.json(),
        json!({
            "object": "list", "from": "1970-01-01T00:00:00Z", "to": "2020-01-01T00:00:00Z", "offset": 0,
            "limit": 20, "total": 1, "order": "chronological", "location": format!("/disputes/{dispute}/documents"),
            "data": [document],
        })
    );
    let destroyed = ask.send(&Method::DELETE, &location, b"").json();
    assert_eq!(destroyed["deleted"], true);
    assert_eq!(destroyed["filename"], "ใบเสร็จ.png");
    assert_eq!(ask.get(&location).code(), (404, "not_found".to_owned()));
    assert_eq!(
        ask.send(&Method::DELETE, &location, b"").code(),
        (404, "not_found".to_owned())
    );
    assert_eq!(
        ask.get(&format!("/disputes/{dispute}/documents")).json()["total"],
        0
    );
}

/// Each request breaks several rules; the first in the order of the contract is answered.
#[test]
fn checks_come_in_the_order_of_the_contract() {
    for (mut ask, locked, format) in [
        (
            documented(),
            (422, "dispute_not_open"),
            (400, "invalid_file_format"),
        ),
        (recorded(), (400, "documents_locked"), (400, "invalid_file_type")),
    ] {
        let open = ask.target.disputes.open[3].to_string();
        let unready = [
            ("dspt_test_0".to_owned(), (404, "not_found")),
            (ask.target.disputes.foreign[0].to_string(), (404, "not_found")),
            ("dspt_test_%41".to_owned(), (404, "not_found")),
            (ask.target.disputes.pending[0].to_string(), locked),
        ];
        let broken = &bodies(format)[0].1;
        for (dispute, wanted) in unready {
            ask.with_key = false;
            check(
                &mut ask,
                &dispute,
                "no key",
                broken,
                (401, "authentication_failure"),
            );
            ask.with_key = true;
            check(&mut ask, &dispute, "cut short", broken, wanted);
        }
        for (name, body, wanted) in bodies(format) {
            check(&mut ask, &open, name, &body, wanted);
        }
        assert_eq!(
            ask.get(&format!("/disputes/{open}/documents")).json()["total"],
            0,
            "one was stored"
        );
    }
}

/// Forms that break a rule and, but for the last, a later one too: the kind is bad in all of them.
fn bodies(format: (u16, &'static str)) -> Vec<(&'static str, Vec<u8>, (u16, &'static str))> {
    let kind: (&str, Option<&str>, &[u8]) = ("kind", None, b"nonsense");
    let file = |filename, content| form(&[kind, ("file", filename, content)]);
    let mut broken = file(Some("a.gif"), b"GIF89a");
    broken.truncate(broken.len() - 3);
    vec![
        ("cut short", broken, (400, "bad_request")),
        ("no file", form(&[kind]), (400, "bad_request")),
        ("a text", file(None, b"GIF89a"), (400, "bad_request")),
        ("a nameless file", file(Some(""), b"GIF89a"), (400, "bad_request")),
        ("an empty file", file(Some("a.gif"), b""), (400, "bad_request")),
        (
            "a large file",
            file(Some("a.gif"), &vec![0; 10_485_761]),
            (413, "file_too_large"),
        ),
        ("a GIF", file(Some("a.gif"), b"GIF89a\x01\0\x01\0\0\0\0;"), format),
        ("a bad kind", file(Some("a.png"), PNG), (400, "bad_request")),
    ]
}

fn check(ask: &mut Ask, dispute: &str, name: &str, body: &[u8], wanted: (u16, &str)) {
    let answer = ask.send(&Method::POST, &format!("/disputes/{dispute}/documents"), body);
    let name = format!("{name}, {dispute}: {}", answer.text());
    assert_eq!(answer.code(), (wanted.0, wanted.1.to_owned()), "{name}");
    assert_eq!(inspect::inspect(&wanted_error(), &answer.body), [], "{name}");
    assert!(!answer.text().contains("skey"), "{name}");
    assert_eq!(
        answer.status == 401,
        answer.headers.contains_key("www-authenticate"),
        "{name}"
    );
}

#[test]
fn what_is_known_from_the_head_is_answered_without_the_body() {
    let mut ask = documented();
    let open = format!("/disputes/{}/documents", ask.target.disputes.open[2]);
    let won = format!("/disputes/{}/documents", ask.target.disputes.won[0]);
    for (path, content_type, wanted) in [
        (
            "/disputes/dspt_test_0/documents".to_owned(),
            "multipart/form-data; boundary=b",
            404,
        ),
        (won, "multipart/form-data; boundary=b", 422),
        (open.clone(), "application/json", 400),
        (open.clone(), "multipart/form-data", 400),
        (open.clone(), "", 400),
    ] {
        ask.content_type = content_type.to_owned();
        assert_eq!(
            ask.head_only(&Method::POST, &path),
            Some(wanted),
            "{path} {content_type}"
        );
    }
    ask.content_type = "multipart/form-data; boundary=b".to_owned();
    assert_eq!(ask.head_only(&Method::POST, &open), None);
}

#[test]
fn a_dispute_that_closes_while_bytes_stream_takes_no_document() {
    let mut ask = documented();
    let dispute = ask.target.disputes.open[2].clone();
    let path = format!("/disputes/{dispute}/documents");
    let body = form(&[("file", Some("a.png"), PNG)]);
    let mut upload = ask.begin_upload(&path);
    assert!(upload.feed(&body).is_none());
    assert_eq!(
        ask.send(&Method::PATCH, &format!("/disputes/{dispute}/accept"), b"")
            .status,
        200
    );
    let answer = upload.finish(&mut ask.service, now());
    assert_eq!(answer.status, 422);
    assert_eq!(ask.service.documents(&dispute).len(), 0);
}

#[test]
fn versions_have_their_shapes() {
    let mut ask = documented();
    let dispute = ask.target.disputes.open[2].clone();
    for version in ApiVersion::ALL {
        ask.headers = HeaderMap::from_iter([(
            http::HeaderName::from_static("omise-version"),
            http::HeaderValue::from_static(version.as_str()),
        )]);
        let answer = ask.upload(&dispute, &form(&[("file", Some("a.png"), PNG)]));
        let document = answer.json();
        let wanted = inspect::Wanted::new(inspect::Subject::Document, version);
        assert_eq!(inspect::inspect(&wanted, &answer.body), [], "{version}");
        assert_eq!(answer.headers["omise-version"], version.as_str());
        assert_eq!(document.get("created").is_some(), version.is_legacy());
        let destroyed = ask
            .send(&Method::DELETE, document["location"].as_str().unwrap(), b"")
            .json();
        let members: Vec<&String> = destroyed.as_object().unwrap().keys().collect();
        let short = ["object", "id", "livemode", "deleted"];
        assert_eq!(members == short, version.is_legacy(), "{version}: {members:?}");
        let dispute = ask.get(&format!("/disputes/{dispute}"));
        assert_eq!(
            dispute.json()["documents"]["order"].is_null(),
            version.is_legacy()
        );
    }
    ask.headers
        .insert("omise-version", http::HeaderValue::from_static("2020-01-01"));
    assert_eq!(
        ask.get(&format!("/disputes/{dispute}")).code(),
        (400, "bad_request".to_owned())
    );
}

#[test]
fn disputes_move_as_the_contract_says() {
    let mut ask = documented();
    let charge = ask.target.charges[0].clone();
    let opened = ask.send(&Method::POST, &format!("/charges/{charge}/disputes"), b"");
    let path = opened.json()["location"].as_str().unwrap().to_owned();
    assert_eq!(
        (opened.status, opened.json()["status"].as_str()),
        (200, Some("open"))
    );
    assert_eq!(ask.get("/disputes/open").json()["total"], 5);

    ask.content_type = "application/json".to_owned();
    let noted = ask
        .send(&Method::PATCH, &path, br#"{"metadata":{"ticket":7}}"#)
        .json();
    assert_eq!(
        (&noted["status"], &noted["metadata"]),
        (&json!("open"), &json!({"ticket": 7}))
    );
    let answered = ask
        .send(&Method::PATCH, &path, br#"{"message":"delivered"}"#)
        .json();
    assert_eq!(
        (&answered["status"], &answered["closed_at"]),
        (&json!("pending"), &Value::Null)
    );
    assert_eq!(answered["message"], "delivered");
    let again = ask.send(&Method::PATCH, &path, br#"{"message":"delivered"}"#);
    assert_eq!(again.code(), (422, "dispute_not_open".to_owned()));
    assert_eq!(
        ask.send(&Method::PATCH, &format!("{path}/accept"), b"").status,
        422
    );
    let bad = ask.send(&Method::PATCH, &format!("{path}/close"), br#"{"status":"open"}"#);
    assert_eq!(bad.code(), (400, "bad_request".to_owned()));

    ask.content_type = "application/x-www-form-urlencoded".to_owned();
    let won = ask
        .send(&Method::PATCH, &format!("{path}/close"), b"status=won")
        .json();
    assert_eq!(
        (&won["status"], &won["closed_at"]),
        (&json!("won"), &json!("2020-01-01T00:00:00Z"))
    );
    assert_eq!(ask.get("/disputes/closed").json()["total"], 3);
    let foreign = ask.send(&Method::POST, "/charges/chrg_test_1/disputes", b"");
    assert_eq!(foreign.code(), (404, "not_found".to_owned()));
}

#[test]
fn routes_that_the_contract_lacks_say_so() {
    let mut ask = documented();
    ask.with_key = false;
    for (method, path, status) in [
        (Method::GET, "/", 404),
        (Method::GET, "/charges", 404),
        (Method::DELETE, "/disputes", 405),
        (Method::PUT, "/disputes/dspt_test_1/documents", 405),
        (Method::OPTIONS, "/disputes", 204),
    ] {
        let answer = ask.send(&method, path, b"");
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer.headers.contains_key("x-rebuttal-not-in-contract"),
            "{path}"
        );
        if status != 204 {
            assert_eq!(answer.json()["code"], "service_not_found");
        }
    }
}

#[test]
fn variants_are_legal_choices() {
    let mut ask = Ask::new(Settings {
        profile: Profile::Recorded,
        fault: None,
        variants: Variants {
            destroyed: Destroyed::Shown,
            out_of_range: OutOfRange::Clamped,
            download_uri: DownloadUri::Url,
            too_large: TooLargeBody::Html,
            layout: Layout::Pretty,
            members: Members::Extra,
            max_documents: Some(1),
            ..Variants::default()
        },
    });
    let dispute = ask.target.disputes.open[2].clone();
    let list = format!("/disputes/{dispute}/documents");
    let large = ask.upload(&dispute, &form(&[("file", Some("a.png"), &vec![0; 10_485_761])]));
    assert_eq!(
        (large.status, large.headers["content-type"].to_str().unwrap()),
        (413, "text/html; charset=utf-8")
    );
    let first = ask.upload(&dispute, &form(&[("file", Some("a.png"), PNG)]));
    assert!(first.text().starts_with("{\n  \""), "{}", first.text());
    assert!(
        first.json()["download_uri"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    assert!(first.json().get("origin").is_some());
    assert_eq!(ask.get(&format!("{list}?limit=1000")).json()["limit"], 100);
    let second = ask.upload(&dispute, &form(&[("file", Some("a.png"), PNG)]));
    assert_eq!(second.status, 422);
    let path = first.json()["location"].as_str().unwrap().to_owned();
    assert_eq!(ask.send(&Method::DELETE, &path, b"").status, 200);
    assert_eq!(ask.get(&path).json()["deleted"], true);
    assert_eq!(ask.send(&Method::DELETE, &path, b"").status, 404);
}
