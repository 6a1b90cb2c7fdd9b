//! Part headers: bytes that do not belong there, the grammar of the disposition, names and filenames.

use rebuttal_multipart::{Limits, Mode};

use crate::cases::{
    BOTH, NAMED, announced, field, one, outcome, part, refused, refused_in, reported_in, taken,
};

/// A10: libmicrohttpd CVE-2023-27371 (a NUL in the boundary).
#[test]
fn a10_control_bytes_in_a_boundary_are_refused() {
    for byte in (0_u8..0x20)
        .chain([0x7f, 0x80, 0xff])
        .filter(|byte| *byte != b'\t')
    {
        let value = [&b"multipart/form-data; boundary=\"a"[..], &[byte], b"b\""].concat();
        for mode in BOTH {
            assert_eq!(announced(mode, &value), Err(("C05", 32)), "{byte:#04x}");
        }
    }
}

/// A10: rule 922130 of the OWASP rules (0x0E before or after a header's name), a NUL in a filename.
#[test]
fn a10_control_bytes_in_a_header_are_refused() {
    for byte in (0_u8..0x20)
        .chain([0x7f])
        .filter(|byte| !b"\t\r\n".contains(byte))
    {
        for (before, after, id) in [
            ("^", "Content-Disposition: form-data; name=\"a\"", "H04"),
            ("Content^", "-Disposition: form-data; name=\"a\"", "H04"),
            ("Content-Disposition: form-data; ^", "name=\"a\"", "H09"),
            ("Content-Disposition: form-data; name=\"a^", "\"", "H09"),
            (
                "Content-Disposition: form-data; name=\"a\"; filename=\"a.php^",
                ".png\"",
                "H09",
            ),
        ] {
            let head = [before.as_bytes(), &[byte], after.as_bytes()].concat();
            refused(one(head, "v"), id);
        }
    }
    let head = format!("{NAMED}; ^filename*=UTF-8''a%00.png");
    refused_in(Mode::Strict, &Limits::default(), one(head, "v"), "D07");
    let head = format!("{NAMED}; filename*=^UTF-8''a%00.png");
    refused_in(Mode::Lenient, &Limits::default(), one(head, "v"), "H09");
}

/// A10 again: right before the colon, where white space is forgiven. A form feed is none (RFC 9110 §5.6.3).
#[test]
fn a10_control_bytes_before_the_colon_are_no_white_space() {
    for byte in (0_u8..0x20)
        .chain([0x7f])
        .filter(|byte| !b"\t\r\n".contains(byte))
    {
        let head = [&b"Content-Disposition^"[..], &[byte], b": form-data; name=\"a\""].concat();
        refused(one(head, "v"), "H04");
    }
}

/// A11: python-multipart CVE-2024-24762 (exponential in backslashes), rack CVE-2022-44571 and CVE-2025-49007.
#[test]
fn a11_runs_of_backslashes_are_read_in_one_pass() {
    for pairs in [1, 2, 100, 500] {
        let run = "\\\\".repeat(pairs);
        let body = one(format!("{NAMED}; filename=\"{run}\""), "v");
        taken(&body, &[part("a", Some(&"\\".repeat(pairs)), "v")]);
        // One more, and the closing quote is escaped.
        let head = format!("{NAMED}; filename=\"{run}^\\\"");
        refused(one(head, "v"), "D17");
        let head = format!("{NAMED}; filename=^\"{run}\\\"; x");
        refused(one(head, "v"), "D12");
    }
}

/// A11: rack CVE-2026-34827 (many escapes, each of which cut the text anew), Tornado CVE-2025-67726.
#[test]
fn a11_escapes_and_parameters_are_bounded() {
    let escapes = "\\\"".repeat(500);
    let body = one(format!("{NAMED}; filename=\"{escapes}\""), "v");
    taken(&body, &[part("a", Some(&"\"".repeat(500)), "v")]);
    let percent = "%22".repeat(300);
    let body = one(format!("{NAMED}; filename=\"{percent}\""), "v");
    taken(&body, &[part("a", Some(&percent), "v")]);
    // The name and 15 more are taken.
    let head = format!("{NAMED}{}", "; x=y".repeat(15));
    taken(one(&head, "v"), &[part("a", None, "v")]);
    refused(one(format!("{head}; ^x=y; x=y"), "v"), "D22");
    let value = "Content-Disposition: ".len();
    let head = format!("{NAMED}; x=\"{}\"", "y".repeat(3000));
    let (start, rest) = head.split_at(value + 1536);
    refused(one(format!("{start}^{rest}"), "v"), "D22");
}

/// A11: a quote that nothing closes.
#[test]
fn a11_an_unterminated_quote_is_refused_where_it_opens() {
    for rest in ["", "; filename=b.php", "a; ", "a\\", "=\\x"] {
        let head = format!("Content-Disposition: form-data; name=\"a\"; filename=^\"{rest}");
        refused(one(head, "v"), "D12");
    }
}

/// A12: dicer CVE-2022-24434, multer (JavaScript) CVE-2025-47944, CVE-2025-7338, CVE-2025-48997, Coraza
/// CVE-2023-40586. What a header block lacks is refused by name.
#[test]
fn a12_a_malformed_header_block_is_refused() {
    for (body, id) in [
        ("--B\r\n^\r\nv\r\n--B--\r\n", "H01"),
        ("--B\r\n^\r\n\r\n--B--\r\n", "H01"),
        ("--B\r\n^: form-data; name=\"a\"\r\n\r\nv\r\n--B--\r\n", "H03"),
        ("--B\r\n^Content-Disposition\r\n\r\nv\r\n--B--\r\n", "H02"),
        (
            "--B\r\n^ Content-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--B--\r\n",
            "H07",
        ),
        ("--B\r\n^Content-Type: text/plain\r\n\r\nv\r\n--B--\r\n", "D01"),
        ("--B\r\nContent-Disposition: ^\r\n\r\nv\r\n--B--\r\n", "D02"),
        (
            "--B\r\nContent-Disposition: ^attachment; name=\"a\"\r\n\r\nv\r\n--B--\r\n",
            "D02",
        ),
        (
            "--B\r\nContent-Disposition: ^form-data\r\n\r\nv\r\n--B--\r\n",
            "D03",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name^\r\n\r\nv\r\n--B--\r\n",
            "D29",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=^\r\n\r\nv\r\n--B--\r\n",
            "D29",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=\"a\"^\n\r\nv\r\n--B--\r\n",
            "H08",
        ),
    ] {
        refused(body, id);
    }
    let parts = reported_in(
        Mode::Lenient,
        one(format!("{NAMED}\r\nContent-Type: ^text"), "v"),
        "H22",
    );
    assert_eq!(parts, [part("a", None, "v")]);
}

/// A12: juice-shop#3641 (headers directly followed by the closing boundary ended the process).
#[test]
fn a12_headers_directly_followed_by_a_boundary_are_refused() {
    refused(
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n^--B--\r\n\r\n",
        "F17",
    );
    refused(
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n^--B--: x\r\n\r\nv\r\n--B--\r\n",
        "F17",
    );
    refused("--B\r\n^--B--\r\n", "F17");
    refused(
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n^--B\r\nX: y\r\n\r\nv\r\n--B--\r\n",
        "F17",
    );
}

/// A12 again: every byte of a form changed, taken out and put in twice. Each is read or refused, at an
/// offset inside it, and nothing panics.
#[test]
fn a12_no_damage_makes_the_reader_panic() {
    let form = [
        field("a", "v\r\n"),
        one(
            format!("{NAMED}; filename=\"\\\"x\"\r\nContent-Type: a/b"),
            "\r\n--",
        ),
    ]
    .concat();
    let (mut read, mut refused) = (0, 0);
    for at in 0..form.len() {
        let mut damaged = vec![
            [&form[..at], &form[at + 1..]].concat(),
            [&form[..at], &form[at..=at], &form[at..]].concat(),
        ];
        for byte in *b"\0\r\n -\";=:\\\xff" {
            let mut changed = form.clone();
            changed[at] = byte;
            damaged.push(changed);
        }
        for body in damaged {
            for mode in BOTH {
                let whole =
                    crate::reading::read(crate::cases::boundary(), mode, &Limits::default(), &body, &[]);
                match whole.error {
                    None => read += 1,
                    Some((_, offset, _)) => {
                        refused += 1;
                        assert!(offset <= body.len() as u64);
                    }
                }
            }
        }
    }
    assert!(read > 500 && refused > 500, "{read} read, {refused} refused");
}

/// A13: multer (JavaScript) CVE-2026-5079 (names with many brackets). A name is opaque text.
#[test]
fn a13_a_name_is_opaque() {
    let deep = format!("a{}", "[b]".repeat(300));
    for name in [
        "__proto__",
        "constructor",
        "a[b][c]",
        "a[",
        "a.b.c",
        "[]",
        "a[]=",
        "toString",
        &deep,
    ] {
        taken(
            one(format!("Content-Disposition: form-data; name=\"{name}\""), "v"),
            &[part(name, None, "v")],
        );
    }
    let long = "[x]".repeat(400);
    let (start, rest) = long.split_at(1024);
    refused(
        one(
            format!("Content-Disposition: form-data; name=\"{start}^{rest}\""),
            "v",
        ),
        "D24",
    );
}

/// A14: Django CVE-2021-28658 and CVE-2021-31542, python-multipart CVE-2026-24486, iris CVE-2021-23772,
/// siyuan CVE-2026-32749. A filename that is a path comes as it was sent, with a warning in both modes;
/// nothing here ever opens it.
#[test]
fn a14_a_filename_that_is_a_path_is_reported_and_kept() {
    for filename in [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        "C:x",
        "C:\\x\\y.txt",
        "a/b",
        ".htaccess",
        "a.php.",
        "a.php ",
        "CON",
        "nul.txt",
        "LPT1",
        "\\\\server\\share",
        "..%2f/x",
    ] {
        let sent = filename.replace("\\\\", "\\\\\\\\");
        for mode in BOTH {
            let parts = reported_in(mode, one(format!("{NAMED}; filename=\"^{sent}\""), "v"), "D20");
            assert_eq!(parts, [part("a", Some(filename), "v")]);
        }
    }
    for filename in ["a.txt", "a..b", "console.txt", "é.png", "%2e%2e%2fx"] {
        let body = one(format!("{NAMED}; filename=\"{filename}\""), "v");
        assert_eq!(
            outcome(Mode::Strict, &Limits::default(), &body).count("D20"),
            0,
            "{filename}"
        );
    }
}

/// A14 again: characters that make a filename look like another.
#[test]
fn a14_invisible_characters_in_a_filename_are_reported() {
    for filename in [
        "a\u{202e}gnp.exe",
        "a\u{200b}.png",
        "\u{feff}a.png",
        "a\u{2066}.png",
    ] {
        let body = one(format!("{NAMED}; filename=\"{filename}\""), "v");
        for mode in BOTH {
            let read = outcome(mode, &Limits::default(), &body);
            assert_eq!((read.refused, read.count("D25")), (None, 1), "{filename:?}");
            assert_eq!(read.parts, [part("a", Some(filename), "v")]);
        }
    }
}

/// A16: rack CVE-2026-26962 (a folded header's line break survived into a value, and split a response).
#[test]
fn a16_a_folded_header_is_refused_in_strict_mode() {
    for white in [" ", "\t", "  \t "] {
        for head in [
            format!("{NAMED}\r\n^{white}; filename=\"x\""),
            format!("{NAMED}\r\nContent-Type: text/plain;\r\n^{white}charset=utf-8"),
            format!("{NAMED}\r\n^{white}"),
        ] {
            refused_in(Mode::Strict, &Limits::default(), one(head, "v"), "H06");
        }
    }
}

/// A16: the fold is what is wrong, and not what the line before it lacks.
#[test]
fn a16_a_fold_is_named_where_it_parts_parameters() {
    let body = one("Content-Disposition: form-data;\r\n^ name=\"a\"", "v");
    refused_in(Mode::Strict, &Limits::default(), body, "H06");
}

/// A16: lenient mode reads the fold as spaces; no line break is left in any value.
#[test]
fn a16_a_folded_header_is_unfolded_in_lenient_mode() {
    let body = one(
        "Content-Disposition: form-data;\r\n^ name=\"a\"; filename=\"xy\"\r\n\t",
        "v",
    );
    let (body, at) = crate::cases::marked(body);
    let whole = crate::reading::read(
        crate::cases::boundary(),
        Mode::Lenient,
        &Limits::default(),
        &body,
        &[],
    );
    assert_eq!(whole.error, None);
    assert!(
        whole
            .violations
            .iter()
            .any(|(id, place, _)| id.as_str() == "H06" && *place == at)
    );
    let filename = whole.parts[0].filename.as_deref().expect("a filename");
    assert!(
        filename.starts_with('x') && filename.ends_with('y'),
        "{filename:?}"
    );
    assert_eq!(filename.trim_matches(['x', 'y']).trim(), "");
    for (_, value) in &whole.parts[0].headers {
        assert!(
            !value.iter().any(|byte| b"\r\n".contains(byte)),
            "{}",
            value.escape_ascii()
        );
    }
    for text in [&whole.parts[0].name.clone(), filename] {
        assert!(!text.contains(['\r', '\n']));
    }
}

/// A17: Django's release of April 2026 (base64 with masses of white space). Transfer encodings are not
/// decoded, so that their cost is that of any content.
#[test]
fn a17_base64_is_not_decoded_whatever_it_is_padded_with() {
    let content = format!("aGVs{}bG8=", " \r\n".repeat(20_000));
    for encoding in ["base64", "Base64", "quoted-printable", "x-uuencode"] {
        let head = format!("{NAMED}\r\nContent-Transfer-Encoding: ^{encoding}");
        let body = one(head, &content);
        refused_in(Mode::Strict, &Limits::default(), &body, "H20");
        let parts = reported_in(Mode::Lenient, &body, "H20");
        assert!(parts == [part("a", None, &content)]);
    }
}

/// A24: salvo#1486. What makes a part a file is its filename, an empty one too; its type does not.
#[test]
fn a24_a_file_is_told_by_its_filename_alone() {
    let limits = Limits {
        field_bytes: 3,
        file_bytes: 5,
        ..Limits::default()
    };
    let typed = format!("{NAMED}\r\nContent-Type: image/png");
    let named = format!("{NAMED}; filename=\"\"\r\nContent-Type: text/plain");
    for mode in BOTH {
        let parts = refused_in(mode, &limits, one(&typed, "123^456"), "L04");
        assert_eq!(parts, [part("a", None, "123")]);
        let parts = refused_in(mode, &limits, one(&named, "12345^6"), "L05");
        assert_eq!(parts, [part("a", Some(""), "12345")]);
    }
}
