//! No key is in what a recording prints or saves, wherever a client puts it.
#![cfg(unix)]

mod recording;

use std::{fs, path::Path};

use recording::{FORM, PNG, Recording, base64, basic, form, request};

/// A key in every form in which it could show, but for the letters at the ends that mix with what stands beside.
fn forms(key: &str) -> Vec<String> {
    let tail = &key[10..];
    let mut forms = vec![
        tail.to_owned(),
        tail.bytes().map(|it| format!("%{it:02X}")).collect(),
    ];
    for lead in ["", "x", "xy"] {
        forms.push(base64(format!("{lead}{key}:").as_bytes())[8..32].to_owned());
    }
    forms
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("it works").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read(&path).expect("a file")));
        }
    }
}

#[test]
fn no_key_is_printed_or_saved_wherever_a_client_puts_it() {
    let key = "skey_test_5xuy4w91xqz7d1w9u0t";
    let other = "skey_test_7qplant3dother9key42";
    for format in ["human", "json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let recording = Recording::start(folder.path(), &["--out", "sdk", "--format", format]);
        let auth = basic(&format!("{key}:"));
        let headers = format!("{auth}{FORM}X-Api-Key: {other}\r\nCookie: key={key}\r\n");
        let percent: String = other.bytes().map(|it| format!("%{it:02X}")).collect();
        let documents = "/disputes/dspt_test_1/documents";
        for name in [
            key.to_owned(),
            base64(other.as_bytes()),
            format!("x{}", base64(format!("x{key}").as_bytes())),
        ] {
            let filename = format!("; filename=\"{name}.png\"");
            recording.send(&request(
                "POST",
                documents,
                &headers,
                &form(&filename, PNG, "proof_of_receipt"),
            ));
            recording.send(&request(
                "POST",
                documents,
                &headers,
                &form(&filename, PNG, &name),
            ));
            let content = [PNG, name.as_bytes()].concat();
            let plain = "; filename=\"a.png\"";
            recording.send(&request(
                "POST",
                documents,
                &headers,
                &form(plain, &content, "other"),
            ));
            let path = format!("{documents}?key={name}&again={percent}");
            recording.send(&request("GET", &path, &auth, b""));
            recording.send(&request("DELETE", &format!("{documents}/{name}"), &auth, b""));
            let json = format!("{{\"file\":\"{name}\",\"key\":\"{other}\"}}");
            let is_json = format!("{auth}Content-Type: application/json\r\n");
            recording.send(&request("POST", documents, &is_json, json.as_bytes()));
            let broken =
                format!("--b\r\n{name}\r\nContent-Disposition: {name}; name=\"{name}\"\r\n\r\n{name}");
            recording.send(&request("POST", documents, &headers, broken.as_bytes()));
            recording.send(&request(
                "POST",
                &format!("/v1/{name}/documents"),
                &headers,
                name.as_bytes(),
            ));
            recording.send(&request(
                "GET",
                documents,
                &format!("Authorization: {name}\r\n"),
                b"",
            ));
            recording.send(&request(
                "GET",
                documents,
                &format!("Authorization: Basic {name}\r\n"),
                b"",
            ));
            recording.send(&request(
                "GET",
                documents,
                &format!("Authorization: Bearer {other}\r\nOmise-Version: {key}\r\n"),
                b"",
            ));
        }
        recording.send(format!("{key} {other}\r\n\r\n").as_bytes());
        recording.interrupt();
        let (_, text, complaints) = recording.end();
        let mut written = vec![
            ("stdout".to_owned(), text.into_bytes()),
            ("stderr".to_owned(), complaints.into_bytes()),
        ];
        files(&folder.path().join("sdk"), &mut written);
        assert!(written.len() > 5 && String::from_utf8_lossy(&written[0].1).contains("***"));
        for (what, bytes) in written {
            let text = String::from_utf8_lossy(&bytes);
            for form in forms(key).iter().chain(&forms(other)) {
                let near = text.find(form.as_str()).map(|at| {
                    let start = (0..=at.saturating_sub(200))
                        .rev()
                        .find(|it| text.is_char_boundary(*it));
                    text[start.unwrap_or(0)..at].to_owned()
                });
                assert!(near.is_none(), "{what} shows {form} behind {near:?}");
            }
        }
    }
}
