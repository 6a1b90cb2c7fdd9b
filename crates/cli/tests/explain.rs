//! `rebuttal explain` as people and programs use it.

mod explaining;

use std::{fs, path::Path};

use serde_json::Value;

use explaining::{explain, json, request};

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/reports");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Two parts with as many defects as fit, cut in the last line.
const BROKEN: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"file\";\r\n filename=\"a.png\"; \
    filename*=utf-8''a.png\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n\
    --b\nContent-Disposition: form-data; name=\"kind\"; name=\"sort\"\r\n\r\ndetails_of_purchase\r\n--b-";

#[test]
fn reports_are_reviewed() {
    let chunked = ["curl-chunked/ascii.http"];
    let type_of_b = ["-", "--content-type", "multipart/form-data; boundary=b"];
    let strict = [&type_of_b[..], &["--mode", "strict"]].concat();
    let node = request(
        "Content-Type: application/json\r\nContent-Length: 92\r\n",
        br#"{"file":{"type":"Buffer","data":[137,80,78,71,13,10,26,10]},"kind":"details_of_purchase"}   "#,
    );
    for (name, arguments, input, wanted) in [
        ("explain-clean", &chunked[..], &b""[..], 0),
        ("explain-japanese", &["urllib3/japanese.http"], b"", 0),
        ("explain-broken", &type_of_b, BROKEN, 1),
        ("explain-strict", &strict, BROKEN, 1),
        ("explain-guessed", &["-"], BROKEN, 1),
        ("explain-json-body", &["-"], &node, 1),
        ("explain-nothing", &["ruby-httprb/op-list.http"], b"", 1),
    ] {
        let (status, out, complaints) = explain(arguments, input);
        assert_eq!((status, complaints.as_str()), (wanted, ""), "{name}: {out}");
        assert_snapshot(name, &out);
    }
    let (status, out, _) = explain(&[&type_of_b[..], &["--format", "json"]].concat(), BROKEN);
    assert_eq!(status, 1);
    assert_snapshot("explain-broken-json", &out);
}

/// A form with one file of so many bytes, and a kind behind it.
fn large(bytes: usize) -> Vec<u8> {
    let mut body =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n".to_vec();
    body.resize(body.len() + bytes, 0);
    body.extend_from_slice(b"\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nx\r\n--b--\r\n");
    body
}

#[test]
fn large_files_are_read_to_their_end() {
    let (status, report) = json(&["-"], &large(10 * 1024 * 1024));
    assert_eq!(status, 0, "{report:#}");
    assert_eq!(report["parts"][0]["content"]["bytes"], 10 * 1024 * 1024);
    assert_eq!(report["verdicts"]["strict"]["reads"], true);

    // Too large for a reader, and listed all the same.
    let (status, report) = json(&["-"], &large(12 * 1024 * 1024));
    assert_eq!(status, 1);
    assert_eq!(report["violations"][0]["id"], "L05", "{report:#}");
    assert_eq!(report["parts"][1]["name"], "kind");
    assert_eq!(report["verdicts"]["lenient"]["stopped"]["id"], "L05");
}

#[test]
fn what_a_request_says_about_its_body_counts() {
    let body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n";
    let typed = "Content-Type: multipart/form-data; boundary=b\r\n";
    let ids = |headers: &str, body: &[u8], arguments: &[&str]| {
        let (status, report) = json(&[&["-"], arguments].concat(), &request(headers, body));
        let ids = report["violations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned());
        (status, ids.collect::<Vec<_>>().join(" "), report)
    };
    let (status, found, _) = ids(&format!("{typed}Content-Length: {}\r\n", body.len()), body, &[]);
    assert_eq!((status, found.as_str()), (0, ""));
    let (status, found, _) = ids(&format!("{typed}Content-Length: 999\r\n"), body, &[]);
    assert_eq!((status, found.as_str()), (1, "F21"));

    let chunks = [
        b"10\r\n",
        &body[..16],
        b"\r\n29\r\n",
        &body[16..],
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let chunked = format!("{typed}Transfer-Encoding: chunked\r\n");
    let (status, found, report) = ids(&chunked, &chunks, &[]);
    assert_eq!((status, found.as_str()), (0, ""), "{report:#}");
    assert_eq!(report["body"]["bytes"], body.len());
    assert!(
        report["notes"]
            .to_string()
            .contains("offsets count its bytes without"),
        "{report:#}"
    );
    let (status, _, report) = ids(&chunked, &chunks[..chunks.len() - 5], &[]);
    assert_eq!(status, 1);
    assert!(
        report["body"]["broken_chunks"]
            .as_str()
            .unwrap()
            .contains("another chunk")
    );

    let (status, found, report) = ids("", body, &[]);
    assert_eq!((status, found.as_str()), (1, "C01 C02"));
    assert_eq!(report["content_type"]["guessed"], true);
    assert_eq!(report["parts"][0]["name"], "a");
    let given = ["--content-type", "multipart/form-data; boundary=b"];
    let (status, found, _) = ids("Content-Type: text/plain\r\n", body, &given);
    assert_eq!((status, found.as_str()), (0, ""));
    let (status, found, report) = ids(
        "Content-Type: multipart/form-data\r\n",
        body,
        &["--mode", "strict"],
    );
    assert_eq!((status, found.as_str()), (1, "C02"));
    assert_eq!(report["body"]["multipart"], false);
}

#[test]
fn severities_are_those_of_the_mode() {
    let body = b"text\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n";
    for (mode, status, severity) in [
        ("observe", 1, "error"),
        ("strict", 1, "error"),
        ("lenient", 0, "warning"),
    ] {
        let (found, report) = json(&["-", "--mode", mode], body);
        let violation = &report["violations"][0];
        assert_eq!((found, violation["id"].as_str()), (status, Some("F01")), "{mode}");
        assert_eq!(violation["severity"], severity, "{mode}");
        assert_eq!(violation["severities"]["lenient"], "warning", "{mode}");
        assert_eq!(report["verdicts"]["strict"]["stopped"]["id"], "F01", "{mode}");
        assert_eq!(report["verdicts"]["lenient"]["parts"], 1, "{mode}");
    }
}

#[test]
fn what_cannot_be_read_is_status_3() {
    for path in ["no-such-file", "."] {
        let (status, out, complaint) = explain(&[path], b"");
        assert_eq!((status, out.as_str()), (3, ""), "{path}");
        assert!(
            complaint.contains(&format!("cannot read {path}: ")),
            "{complaint}"
        );
    }
    let (status, out, _) = explain(&["-"], b"");
    assert_eq!(status, 1, "an empty file is no form");
    assert!(out.contains("no body at all"), "{out}");
}

#[test]
fn the_published_schema_describes_what_is_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/explain.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (_, report) = json(
        &["-", "--content-type", "multipart/form-data; boundary=b"],
        BROKEN,
    );
    let required = schema["required"].as_array().unwrap();
    for member in report.as_object().unwrap().keys() {
        assert!(required.contains(&Value::from(member.as_str())), "{member}");
        assert!(schema["properties"][member].is_object(), "{member}");
    }
}

/// A head for a form of one field, and the form.
const FIELD: &[u8] = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n";
const TYPED: &str = "Content-Type: multipart/form-data; boundary=b\r\n";

#[test]
fn broken_framing_of_a_request_is_an_error() {
    let chunk = [
        format!("{:x}\r\n", FIELD.len()).as_bytes(),
        FIELD,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    for (headers, body, wanted) in [
        ("Content-Length: 5x", FIELD, "Content-Length is no number"),
        ("Transfer-Encoding: gzip", FIELD, "not the last transfer coding"),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 57",
            &chunk,
            "RFC 9112 §6.1",
        ),
    ] {
        let request = request(&format!("{TYPED}{headers}\r\n"), body);
        let (status, report) = json(&["-"], &request);
        assert_eq!(status, 1, "{headers}: {report:#}");
        let told = report["body"]["broken_framing"][0].as_str().unwrap();
        assert!(told.contains(wanted), "{told}");
        assert_eq!(report["parts"][0]["name"], "a", "{headers}");
        let (status, out, _) = explain(&["-"], &request);
        assert_eq!(status, 1);
        assert!(out.contains(" error ") && out.contains(": 1 error\n"), "{out}");
    }
}

#[test]
fn what_only_some_readers_take_of_chunks_is_noted() {
    let size = format!(" {:x}\n", FIELD.len());
    let more = vec![b'x'; 200_000];
    let chunks = [size.as_bytes(), FIELD, b"\r\n0\r\nabc\r\n\r\n", &more].concat();
    let request = request(&format!("{TYPED}Transfer-Encoding: chunked\r\n"), &chunks);
    let (status, report) = json(&["-"], &request);
    assert_eq!(status, 0, "{report:#}");
    let notes = report["notes"].to_string();
    for wanted in [
        "LF in place of CRLF in the framing of the chunks, at byte 3 of",
        "white space around the size of a chunk, at byte 0 of",
        "a trailer line without a colon, at byte",
        "200000 more bytes behind the last chunk, from byte",
    ] {
        assert!(notes.contains(wanted), "{wanted}: {notes}");
    }
}

#[test]
fn one_who_observes_reads_on_behind_every_limit_on_size() {
    let text = "x".repeat(2 * 1024 * 1024);
    let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n";
    let last = format!("{part}last\r\n--b--\r\n");
    for (id, body) in [
        ("L04", format!("{part}{text}\r\n{last}")),
        (
            "L06",
            format!("{part}{}\r\n", &text[..1024 * 1024]).repeat(5) + &last,
        ),
        ("L02", format!("{part}1\r\n").repeat(3000) + &last),
        (
            "L03",
            format!("{}1\r\n", part.replace("=a", "=a; filename=b")).repeat(100) + &last,
        ),
        ("F02", format!("{text}\r\n{last}")),
        ("L08", format!("{last}{text}")),
    ] {
        let (status, report) = json(
            &["-", "--content-type", "multipart/form-data; boundary=b"],
            body.as_bytes(),
        );
        assert_eq!(status, 1);
        let violations = report["violations"].as_array().unwrap();
        assert!(violations.iter().any(|it| it["id"] == id), "{id}: {violations:?}");
        let parts = report["parts"].as_array().unwrap();
        let content = &parts[parts.len() - 1]["content"];
        assert_eq!(content["bytes"], 4, "{id}");
        assert_eq!(report["verdicts"]["lenient"]["stopped"]["id"], id);
        let (_, out, _) = explain(
            &["-", "--content-type", "multipart/form-data; boundary=b"],
            body.as_bytes(),
        );
        assert!(out.contains(&format!("error     {id} ")), "{id}: {out}");
        assert!(out.lines().count() < 300, "{id}: {} lines", out.lines().count());
    }
}

#[test]
fn another_length_than_announced_is_told_with_its_place() {
    for (length, wanted) in [
        (50, "7 more bytes behind the announced end, which is at byte 50"),
        (56, "1 more byte behind the announced end, which is at byte 56"),
        (60, "the end of the body at byte 57, where byte 60 is announced"),
    ] {
        let request = request(&format!("{TYPED}Content-Length: {length}\r\n"), FIELD);
        let (status, out, _) = explain(&["-"], &request);
        assert_eq!(status, 1);
        assert!(out.contains("F21") && out.contains(wanted), "{out}");
        assert!(!out.contains("nothing more"), "{out}");
    }
}
