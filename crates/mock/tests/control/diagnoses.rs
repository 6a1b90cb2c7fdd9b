//! What the journal says was wrong with a request, and by which clause it was refused.

use rebuttal_mock::{
    Mock,
    control::{Entry, Filter, Severity},
};

use crate::client::{PNG, api, form, key, request, start, upload_to};

/// The last entry: its status, its clause, and its diagnoses as severity and code.
fn last(mock: &Mock) -> Entry {
    mock.journal(&Filter::default()).entries.pop().unwrap()
}

fn codes(entry: &Entry) -> Vec<String> {
    entry
        .diagnoses
        .iter()
        .map(|it| {
            let severity = match it.severity {
                Severity::Info => "info",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            format!("{severity} {}", it.code)
        })
        .collect()
}

/// What it is, the path, the content type, the body; then the status, the clause and the diagnoses.
type Upload<'a> = (
    &'a str,
    String,
    &'a str,
    Vec<u8>,
    u16,
    Option<&'a str>,
    &'a [&'a str],
);

/// The method, the path, the headers; then the clause and the diagnoses.
type Head<'a> = (&'a str, String, Vec<String>, Option<&'a str>, &'a [&'a str]);

const FILE: &str = "form-data; name=\"file\"; filename=\"slip.png\"";
const FORM: &str = "multipart/form-data; boundary=b";

#[tokio::test]
async fn uploads() {
    let mock = start().await;
    let target = mock.target();
    let path = |id: &dyn std::fmt::Display| format!("/disputes/{id}/documents");
    let open = path(&target.disputes.open[2]);
    let sound = form(FILE, "image/png", PNG);
    let kind = |kind: &str| {
        let field = format!("--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n");
        [field.as_bytes(), &sound].concat()
    };
    let lf = String::from_utf8_lossy(&form(FILE, "image/png", b"x")).replace("\r\n", "\n");
    let cases: Vec<Upload<'_>> = vec![
        ("sound", open.clone(), FORM, sound.clone(), 200, None, &[]),
        (
            "a part without a type",
            open.clone(),
            FORM,
            form(FILE, "", PNG),
            200,
            None,
            &["info part_without_type"],
        ),
        (
            "a type that disagrees",
            open.clone(),
            FORM,
            form(FILE, "image/jpeg", PNG),
            200,
            None,
            &["info type_disagrees"],
        ),
        (
            "no form",
            open.clone(),
            "application/json",
            b"{}".to_vec(),
            400,
            Some("upload.not-multipart"),
            &["error C01"],
        ),
        (
            "no boundary",
            open.clone(),
            "multipart/form-data",
            sound.clone(),
            400,
            Some("upload.broken-multipart"),
            &["error C02"],
        ),
        (
            "another boundary",
            open.clone(),
            "multipart/form-data; boundary=c",
            sound.clone(),
            400,
            Some("upload.broken-multipart"),
            &["warning F01", "error F10"],
        ),
        (
            "a picture of another format",
            open.clone(),
            FORM,
            form(FILE, "image/png", b"GIF89a\x01\x00\x01\x00\x00;"),
            400,
            Some("upload.bad-format"),
            &[
                "error type_not_allowed",
                "info name_disagrees",
                "info type_disagrees",
            ],
        ),
        (
            "nothing in the file",
            open.clone(),
            FORM,
            form(FILE, "image/png", b""),
            400,
            Some("upload.file-empty"),
            &["error empty"],
        ),
        (
            "a text for a file",
            open.clone(),
            FORM,
            form("form-data; name=\"file\"", "", PNG),
            400,
            Some("upload.file-as-text"),
            &["error file_as_text"],
        ),
        (
            "no file",
            open.clone(),
            FORM,
            form(
                "form-data; name=\"document\"; filename=\"slip.png\"",
                "image/png",
                PNG,
            ),
            400,
            Some("upload.file-missing"),
            &["error file_missing"],
        ),
        (
            "a kind in capitals",
            open.clone(),
            FORM,
            kind("PROOF_OF_RECEIPT"),
            400,
            Some("upload.bad-kind"),
            &["error bad_kind"],
        ),
        (
            "line feeds",
            open.clone(),
            FORM,
            lf.into_bytes(),
            400,
            Some("upload.bad-format"),
            &[
                "warning F07",
                "error type_not_allowed",
                "info name_disagrees",
                "info type_disagrees",
            ],
        ),
        (
            "pending",
            path(&target.disputes.pending[0]),
            FORM,
            sound.clone(),
            422,
            Some("upload.dispute-pending"),
            &["error dispute_not_open"],
        ),
        (
            "another account's",
            path(&target.disputes.foreign[0]),
            FORM,
            sound.clone(),
            404,
            Some("upload.dispute-foreign"),
            &["error foreign_dispute"],
        ),
        (
            "unknown",
            path(&"dspt_test_nobody"),
            FORM,
            sound.clone(),
            404,
            Some("upload.dispute-unknown"),
            &["error unknown_dispute"],
        ),
        (
            "malformed",
            path(&"../x"),
            FORM,
            sound.clone(),
            404,
            Some("http.unknown-route"),
            &["error unknown_path"],
        ),
    ];
    for (what, path, content_type, body, status, clause, wanted) in cases {
        let reply = upload_to(&mock, &path, content_type, &body).await;
        assert_eq!(reply.status(), status, "{what}");
        let entry = last(&mock);
        assert_eq!(entry.clause.as_deref(), clause, "{what}: {entry:?}");
        assert_eq!(codes(&entry), wanted, "{what}: {entry:?}");
    }
}

#[tokio::test]
async fn heads() {
    let mock = start().await;
    let key = key(&mock);
    let own = mock.target().disputes.open[2].clone();
    let cases: Vec<Head<'_>> = vec![
        (
            "GET",
            "/disputes".into(),
            vec![],
            Some("auth.missing-header"),
            &["error no_credentials"],
        ),
        (
            "GET",
            "/disputes".into(),
            vec!["Authorization: Bearer skey_test_1".into()],
            Some("auth.malformed-basic"),
            &["error malformed_credentials"],
        ),
        (
            "GET",
            "/disputes".into(),
            // pkey_test_1: and skey_test_1: and skey_1:
            vec!["Authorization: Basic cGtleV90ZXN0XzE6".into()],
            Some("auth.public-key"),
            &["error public_key"],
        ),
        (
            "GET",
            "/disputes".into(),
            vec!["Authorization: Basic c2tleV90ZXN0XzE6".into()],
            Some("auth.wrong-key"),
            &["error unknown_key"],
        ),
        (
            "GET",
            "/disputes".into(),
            vec!["Authorization: Basic c2tleV8xOg==".into()],
            Some("auth.wrong-key"),
            &["error live_key"],
        ),
        (
            "GET",
            format!("/disputes/{own}/documents?limt=3&offset=&order=chronological&order=chronological"),
            vec![key.clone()],
            Some("list.bad-parameter"),
            &[
                "warning unknown_parameter",
                "warning empty_parameter",
                "warning repeated_parameter",
                "error bad_parameter",
            ],
        ),
        (
            "GET",
            format!("/disputes/{own}/documents?limit=101"),
            vec![key.clone()],
            Some("list.bad-parameter"),
            &["error bad_parameter"],
        ),
        (
            "GET",
            format!("/disputes/{own}/documents/"),
            vec![key.clone(), "Omise-Version: 2099-01-01".into()],
            None,
            &["info slash_at_end", "error unknown_version"],
        ),
        (
            "GET",
            "/v1/disputes".into(),
            vec![key.clone()],
            Some("http.unknown-route"),
            &["error unknown_path"],
        ),
        (
            "PUT",
            "/disputes".into(),
            vec![key.clone()],
            Some("http.unknown-route"),
            &["error wrong_method"],
        ),
        (
            "DELETE",
            format!("/disputes/{own}/documents/docu_test_nobody?x=1"),
            vec![key.clone()],
            Some("destroy.unknown"),
            &["info query_ignored", "error unknown_document"],
        ),
    ];
    for (method, path, headers, clause, wanted) in cases {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        request(&mock, method, &path, &headers, b"").await;
        let entry = last(&mock);
        assert_eq!(entry.clause.as_deref(), clause, "{method} {path} {headers:?}");
        assert_eq!(codes(&entry), wanted, "{method} {path} {headers:?}: {entry:?}");
        for diagnosis in &entry.diagnoses {
            assert!(
                !diagnosis.advice.is_empty() && !diagnosis.message.is_empty(),
                "{diagnosis:?}"
            );
        }
    }
    // As the Python client lists.
    let json = [&*key, "Content-Type: application/json"];
    request(&mock, "GET", "/disputes", &json, br#"{"limit": 3}"#).await;
    assert_eq!(codes(&last(&mock)), ["warning parameters_in_body"]);
    request(&mock, "GET", &format!("/disputes/{own}"), &json, b"{}").await;
    assert_eq!(codes(&last(&mock)), ["info body_ignored"]);
    api(&mock, "GET", &format!("/disputes/{own}")).await;
    assert_eq!(codes(&last(&mock)), Vec::<String>::new());
}

/// The check that runs along does not inflate: what it refuses is looked at again, and checksums tell of damage.
#[tokio::test]
async fn pictures_are_judged_by_their_checksums() {
    let mock = start().await;
    let path = format!("/disputes/{}/documents", mock.target().disputes.open[2]);
    let idat = PNG.windows(4).position(|it| it == b"IDAT").unwrap();
    let length = u32::from_be_bytes(PNG[idat - 4..idat].try_into().unwrap()) as usize;
    let end = idat + 4 + length;
    let mut damaged = PNG.to_vec();
    damaged[idat + 6] ^= 1;
    let mut written_wrong = PNG.to_vec();
    written_wrong[idat + 4..end].fill(0);
    let sum = crc32fast::hash(&written_wrong[idat..end]).to_be_bytes();
    written_wrong[end..end + 4].copy_from_slice(&sum);
    for (what, file, status, diagnoses) in [
        ("damaged", &damaged[..], 400, vec!["error png_crc_mismatch"]),
        ("cut", &PNG[..end - 1], 400, vec!["error png_truncated"]),
        ("no IEND", &PNG[..PNG.len() - 12], 200, vec![]),
        ("written wrong", &written_wrong, 200, vec![]),
    ] {
        let reply = upload_to(&mock, &path, FORM, &form(FILE, "image/png", file)).await;
        assert_eq!(reply.status(), status, "{what}");
        assert_eq!(codes(&last(&mock)), diagnoses, "{what}");
    }
}
