//! `rebuttal explain` on files by strangers: no key, no escape sequence and no flood comes out.

mod explaining;

use std::fs;

use explaining::{BASIC, KEY, captures, command, explain, json, request, run};

#[test]
fn every_capture_is_explained_and_keeps_its_key() {
    let mut seen = 0;
    let clients = fs::read_dir(captures())
        .unwrap()
        .map(|client| client.unwrap().path());
    for client in clients.filter(|client| client.is_dir()) {
        for file in fs::read_dir(client).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "http") {
                continue;
            }
            seen += 1;
            let path = path.to_str().unwrap();
            let (status, out, complaints) = explain(&[path], b"");
            assert!(
                matches!(status, 0 | 1) && complaints.is_empty(),
                "{path}: {complaints}"
            );
            assert!(!out.contains(BASIC) && !out.contains(KEY), "{path}: {out}");
            let (same, report) = json(&[path], b"");
            assert_eq!(same, status, "{path}");
            let has_error = report["violations"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["severity"] == "error");
            let is_form = report["body"]["multipart"] == true;
            assert_eq!(status == 1, has_error || !is_form, "{path}");
        }
    }
    assert!(seen >= 25, "{seen} captures only");
}

#[test]
fn no_key_shows_in_either_form() {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{KEY}\"; filename=\"{BASIC}\"\r\n\r\n{KEY}\r\n--b--\r\n"
    );
    for headers in [
        "Content-Type: multipart/form-data; boundary=b\r\n",
        "",
        "Content-Type: text/plain\r\n",
    ] {
        for body in [body.as_bytes(), BASIC.as_bytes(), b""] {
            let request = request(headers, body);
            for form in ["human", "json"] {
                let (_, out, complaints) = explain(&["-", "--format", form], &request);
                assert!(out.contains("Authorization"), "{out}");
                let secret = &KEY[10..];
                assert!(
                    !out.contains(secret) && !out.contains(&BASIC[..24]),
                    "{form}:\n{out}"
                );
                assert_eq!(complaints, "");
            }
        }
    }
}

/// However a request was written down, and where no request is seen at all.
#[test]
fn no_key_shows_however_a_request_was_written_down() {
    let secret = "7f3kq9zb2m4x8w";
    let basic = "dXNlcjo3ZjNrcTl6YjJtNHg4dw==";
    let body = format!("--b\r\nContent-Disposition: form-data; name=\"{secret}\"\r\n\r\n1\r\n--b--\r\n");
    let headers = |sign: &str| {
        let lines = [
            "Host: h",
            "Authorization: Basic",
            &format!(" {basic}"),
            "X-Api-Key: abcdefgh",
            &format!("Cookie: a={secret}"),
            "Content-Type: multipart/form-data; boundary=b",
            "",
        ]
        .map(|line| format!("{sign}{line}\r\n"));
        lines.concat()
    };
    for (name, head, is_request) in [
        ("plain", format!("POST /v1 HTTP/1.1\r\n{}", headers("")), true),
        ("HTTP/2", format!("POST /v1 HTTP/2\r\n{}", headers("")), true),
        (
            "an empty line",
            format!("\r\nPOST /v1 HTTP/1.1\r\n{}", headers("")),
            true,
        ),
        (
            "a doubled space",
            format!("POST  /v1 HTTP/1.1\r\n{}", headers("")),
            true,
        ),
        (
            "a mark",
            format!("\u{feff}POST /v1 HTTP/1.1\r\n{}", headers("")),
            true,
        ),
        (
            "curl",
            format!("* Trying\r\n> POST /v1 HTTP/2\r\n{}", headers("> ")),
            true,
        ),
        ("no request line", headers(""), false),
        (
            "a response",
            format!("HTTP/1.1 200 OK\r\nSet-Cookie: a={secret}\r\n{}", headers("")),
            false,
        ),
        ("headers only", format!("x-api-key: {secret}\r\n"), false),
        (
            "a user",
            format!("CONNECT me:{secret}@h:443 HTTP/1.1\r\n{}", headers("")),
            true,
        ),
    ] {
        for form in ["human", "json"] {
            let input = format!("{head}{body}Cookie: b=abcdefgh1ijk\r\n");
            let (_, out, complaints) = explain(&["-", "--format", form], input.as_bytes());
            assert_eq!(complaints, "");
            for word in [
                secret,
                &secret[..12],
                basic,
                &basic[..8],
                "abcdefgh",
                "bcdefgh1ijk",
            ] {
                assert!(!out.contains(word), "{name}, {form}, {word}:\n{out}");
            }
            let is_told = out.contains("request  ") || out.contains("\"method\": \"");
            assert_eq!(is_told, is_request, "{name}, {form}:\n{out}");
        }
    }
}

#[test]
fn credentials_in_the_header_of_a_part_do_not_show() {
    let part = "--b\r\nCookie: abcdefgh12345678\r\nAuthorization:\r\n Basic secretly\r\n abcdefgh12345678zz\r\n\r\n--b--\r\n";
    for form in ["human", "json"] {
        for mode in ["observe", "lenient", "strict"] {
            let (_, out, _) = explain(&["-", "--format", form, "--mode", mode], part.as_bytes());
            for word in ["abcdefgh", "secretly", "zz"] {
                assert!(!out.contains(word), "{form}, {mode}, {word}:\n{out}");
            }
        }
    }
}

#[test]
fn keys_are_masked_as_a_whole() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"skey_live_4f9a8b7c6d5e\"\r\n\r\npkey_live_4f9a8b7c6d5e\r\n--b--\r\n";
    for form in ["human", "json"] {
        let (_, out, _) = explain(&["-", "--format", form], body.as_bytes());
        assert!(
            out.contains("skey_***") && !out.contains("live") && !out.contains("4f9a"),
            "{out}"
        );
    }
}

/// Bytes that would do something to a terminal, or to what stands beside them.
fn hostile() -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=255).filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    bytes.extend_from_slice(b"\x1b[9m\x1b]0;title\x07\x1b[2J\rover");
    bytes.extend_from_slice("\u{9b}9m\u{202e}\u{2066}\u{feff}\u{200b}\u{85}\u{2028}\u{e0041}".as_bytes());
    bytes
}

#[test]
fn hostile_bytes_never_reach_a_terminal() {
    let evil = hostile();
    let place = |before: &str, after: &str| [before.as_bytes(), &evil, after.as_bytes()].concat();
    let head = "Content-Disposition: form-data; name=\"a\"";
    let form = |part: &[u8]| [b"--b\r\n", part, b"\r\n--b--\r\n"].concat();
    let boundary = "Content-Type: multipart/form-data; boundary=b\r\n";
    for (name, input) in [
        (
            "name",
            form(&place("Content-Disposition: form-data; name=\"", "\"\r\n\r\n")),
        ),
        (
            "filename",
            form(&place(&format!("{head}; filename=\""), "\"\r\n\r\n")),
        ),
        ("header", form(&place(&format!("{head}\r\n"), ": x\r\n\r\n"))),
        (
            "value",
            form(&place(&format!("{head}\r\nContent-Type: "), "\r\n\r\n")),
        ),
        ("content", form(&place(&format!("{head}\r\n\r\n"), "--b "))),
        ("preamble", [&evil[..], b"\r\n--b--\r\n"].concat()),
        ("epilogue", [b"--b--\r\n", &evil[..]].concat()),
        ("boundary", [b"--b", &evil[..], b"\r\n\r\n\r\n--b--\r\n"].concat()),
        ("boundary to guess", place("--", "\r\n\r\n\r\n--b--\r\n")),
        (
            "header of the request",
            place("POST / HTTP/1.1\r\n", &format!(": x\r\n{boundary}\r\n--b--")),
        ),
        (
            "type of the request",
            place("POST / HTTP/1.1\r\nContent-Type: ", "\r\n\r\n--b--\r\n"),
        ),
        (
            "coding",
            place("POST / HTTP/1.1\r\nTransfer-Encoding: ", "\r\n\r\n--b--\r\n"),
        ),
        (
            "target",
            place("POST /", &format!(" HTTP/1.1\r\n{boundary}\r\n--b--")),
        ),
        ("no form", place("{", "}")),
    ] {
        for form in ["human", "json"] {
            for mode in ["observe", "lenient", "strict"] {
                let mut command = command(&["-", "--format", form, "--mode", mode]);
                let (_, out, complaints) = run(command.env("CLICOLOR_FORCE", "1"), &input);
                assert!(
                    !out.is_empty() && complaints.is_empty(),
                    "{name}, {form}: {complaints}"
                );
                assert_harmless(&out, &format!("{name}, {form}, {mode}"));
            }
        }
    }
    let (status, out, complaints) = explain(&["no\u{1b}[9m\u{202e}file"], b"");
    assert_eq!((status, out.as_str()), (3, ""));
    assert_harmless(&complaints, "the name of the file");
}

/// Only our own colours, and no character that is not seen.
fn assert_harmless(text: &str, name: &str) {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{1b}') {
        assert_plain(before, name);
        let (code, after) = behind.split_once('m').expect("a colour");
        let code = code
            .strip_prefix('[')
            .unwrap_or_else(|| panic!("{name}: {code:?}"));
        assert!(
            matches!(code, "0" | "1" | "2" | "31" | "33" | "32" | "35" | "36"),
            "{name}: {code:?}"
        );
        rest = after;
    }
    assert_plain(rest, name);
}

fn assert_plain(text: &str, name: &str) {
    let is_hidden = |char: char| {
        matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    let bad = text
        .chars()
        .find(|char| *char != '\n' && (char.is_control() || is_hidden(*char)));
    assert_eq!(bad, None, "{name}: {}", text.escape_debug());
}

#[test]
fn output_is_bounded() {
    let part = "--b\r\nA: 1\r\nA: 2\r\nA: 3\r\n\r\n\r\n";
    let (status, out, _) = explain(&["-"], part.repeat(5000).as_bytes());
    assert_eq!(status, 1);
    assert!(out.lines().count() < 1000, "{} lines", out.lines().count());
    for wanted in ["more parts, bytes", "more violations are not told here", "L09"] {
        assert!(out.contains(wanted), "{wanted}: {out}");
    }
    let widest = out.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?} columns");
}
