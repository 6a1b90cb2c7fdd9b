//! A15: the same bytes, read one way by the filter in front and another by the application.
//!
//! rack CVE-2026-26961 (the last boundary wins), Spring CVE-2026-41853 (an escaped quote ends the boundary),
//! `ModSecurity` CVE-2022-48279, httparty CVE-2024-22049, fastify/busboy#194 (text behind a quoted value),
//! sicuranext/karna#6 (a part without a body). Strict mode refuses each shape; lenient mode refuses it where
//! no reading is right, and elsewhere reads it one way and says so.

use rebuttal_multipart::{Limits, Mode};

use crate::cases::{
    BOTH, NAMED, Part, announced, field, marked, one, outcome, part, refused, refused_in, reported_in, taken,
};

/// Shapes of the announcement; the boundary is never guessed.
#[test]
fn a15_an_ambiguous_content_type_is_refused() {
    for (value, wanted) in [
        ("multipart/form-data; boundary=B; boundary=C", ("C07", 33)),
        ("multipart/form-data; boundary=B; boundary=B", ("C07", 33)),
        ("multipart/form-data; boundary=\"B\\\"C\"", ("C11", 32)),
        ("multipart/form-data; boundary=\"\\B\"", ("C11", 31)),
        ("multipart/form-data; boundary*=utf-8''B", ("C08", 21)),
        ("multipart/form-data; boundary*0=B", ("C08", 21)),
        ("multipart/form-data; boundary=\"B\"C", ("C10", 33)),
        ("multipart/form-data; boundary=\"B", ("C10", 30)),
        ("multipart/form-data, boundary=B", ("C10", 19)),
        ("multipart/mixed; boundary=B", ("C01", 0)),
    ] {
        for mode in BOTH {
            assert_eq!(announced(mode, value.as_bytes()), Err(wanted), "{value}");
        }
    }
    for value in [
        "multipart/form-data; boundary =B",
        "multipart/form-data; boundary= B",
    ] {
        let refused = announced(Mode::Strict, value.as_bytes()).map_err(|(id, _)| id);
        assert_eq!(refused, Err("C09"), "{value}");
    }
    // Single quotes are letters of the boundary; nobody was found to take them off.
    for mode in BOTH {
        let (text, _) = announced(mode, b"multipart/form-data; boundary='B'").expect("a boundary");
        assert_eq!(text, "'B'");
    }
}

/// The same, where there is one reading that some readers do not have.
#[test]
fn a15_an_odd_content_type_is_reported() {
    for (value, mode, text, wanted) in [
        ("multipart/form-data; boundary =B", Mode::Lenient, "B", "C09"),
        ("multipart/form-data; boundary= B", Mode::Lenient, "B", "C09"),
        (
            "multipart/form-data; boundary=a/b:c",
            Mode::Lenient,
            "a/b:c",
            "C12",
        ),
        ("multipart/form-data; boundary='B'", Mode::Strict, "'B'", "C13"),
        ("multipart/form-data; boundary='B'", Mode::Lenient, "'B'", "C13"),
        (
            "multipart/form-data; charset=utf-8; boundary=B",
            Mode::Strict,
            "B",
            "C14",
        ),
        (
            "multipart/form-data; charset=utf-8; boundary=B",
            Mode::Lenient,
            "B",
            "C14",
        ),
    ] {
        let (read, reported) = announced(mode, value.as_bytes()).expect(value);
        let ids: Vec<_> = reported.iter().map(|(id, _)| *id).collect();
        assert_eq!((&read[..], ids), (text, vec![wanted]), "{value}");
    }
    let refused = announced(Mode::Strict, b"multipart/form-data; boundary=a/b:c").map_err(|(id, _)| id);
    assert_eq!(refused, Err("C12"));
}

/// Shapes of the framing and of headers for which there is no right reading.
#[test]
fn a15_what_has_no_right_reading_is_refused_in_both_modes() {
    let other = String::from_utf8(field("b", "w")).expect("text");
    for (body, id) in [
        // Framing.
        (
            format!("--B\r\n{NAMED}\r\n\r\nv\r\n--B^x\r\n\r\n--B--\r\n"),
            "F04",
        ),
        (format!("--B\r\n{NAMED}\r\n\r\nv\r\n--B-^x\r\n--B--\r\n"), "F04"),
        (
            format!("--B\r\n{NAMED}\r\n\r\nv\r\n--B^\n{NAMED}\r\n\r\nw\r\n--B--\r\n"),
            "F07",
        ),
        (
            format!("--B\r\n{NAMED}\r\n\r\nv\r\n--B^\r{NAMED}\r\n\r\nw\r\n--B--\r\n"),
            "F08",
        ),
        (
            format!("--B\r\n{NAMED}\r\n\r\n^--B\r\n{NAMED}\r\n\r\nw\r\n--B--\r\n"),
            "F17",
        ),
        // Headers.
        (
            format!("--B\r\n{NAMED}\r\n^Content-Disposition: form-data; name=\"b\"\r\n\r\nv\r\n--B--\r\n"),
            "H15",
        ),
        (format!("--B\r\n^ X: y\r\n{NAMED}\r\n\r\nv\r\n--B--\r\n"), "H07"),
        (format!("--B\r\nX: y^\n{NAMED}\r\n\r\nv\r\n--B--\r\n"), "H08"),
        (format!("--B\r\nX: y^\r{NAMED}\r\n\r\nv\r\n--B--\r\n"), "H08"),
        (format!("--B\r\n{NAMED}^\n\nv\r\n--B--\r\n"), "H08"),
    ] {
        refused(body, id);
    }
    // A boundary that does not begin its line: strict mode stops at the text before it.
    refused_in(
        Mode::Lenient,
        &Limits::default(),
        format!("x^{other}--B--\r\n"),
        "F03",
    );
    refused_in(
        Mode::Strict,
        &Limits::default(),
        format!("^x{other}--B--\r\n"),
        "F01",
    );
    // A part behind the close delimiter is hidden from some: strict mode stops before it, at the line.
    let hidden = format!("{other}--B--\r\n^{other}--B--\r\n");
    refused_in(Mode::Lenient, &Limits::default(), &hidden, "F14");
    let (body, at) = marked(&hidden);
    let strict = outcome(Mode::Strict, &Limits::default(), &body);
    assert!(
        matches!(strict.refused, Some(("F13" | "F14", place)) if place == at),
        "{strict:?}"
    );
}

/// Shapes of the disposition for which there is no right reading.
#[test]
fn a15_an_ambiguous_disposition_is_refused_in_both_modes() {
    for (disposition, id) in [
        ("form-data; name=\"a\"; ^name=\"b\"", "D05"),
        ("form-data; name=\"a\"; ^NAME=b", "D05"),
        (
            "form-data; name=\"a\"; filename=\"a.txt\"; ^filename=\"b.php\"",
            "D06",
        ),
        (
            "form-data; name=\"a\"; ^filename*0=\"b.\"; filename*1=\"php\"",
            "D10",
        ),
        ("form-data; name=\"a\"; filename=x^/y.txt", "D11"),
        ("form-data; name=\"a\"; filename=x ^y.txt", "D29"),
        ("form-data; name=^\"a; filename=b.php", "D12"),
        ("form-data; name=\"a\"; filename=\"a.jpg\"^.html", "D13"),
        ("form-data; name=\"a\"^\"b\"", "D13"),
        ("form-data; name=\"a\"; filename=\"C:\\dir^\\\"", "D17"),
        ("^attachment; name=\"a\"", "D02"),
        ("form-data; name^ =\"a\"", "D29"),
        ("form-data; name=^ \"a\"", "D29"),
    ] {
        refused(one(format!("Content-Disposition: {disposition}"), "v"), id);
    }
    for disposition in [
        "form-data; name=\"a\"; filename=\"a.txt\"; ^filename*=UTF-8''b.php",
        "form-data; name=\"a\"; ^filename*=UTF-8''b.php; filename=\"a.txt\"",
    ] {
        let body = one(format!("Content-Disposition: {disposition}"), "v");
        refused_in(Mode::Strict, &Limits::default(), &body, "D07");
        refused_in(Mode::Lenient, &Limits::default(), &body, "D08");
    }
    for value in ["^ISO-8859-1''b", "UTF-8''^%ff", "UTF-8''a^%zz", "^b.php"] {
        let body = one(format!("{NAMED}; filename*={value}"), "v");
        refused_in(Mode::Lenient, &Limits::default(), &body, "D09");
    }
}

/// Shapes that strict mode refuses and lenient mode reads, with a word.
#[test]
fn a15_what_has_one_reading_is_reported_in_lenient_mode() {
    let plain = [part("a", None, "v")];
    let file = [part("a", Some("x"), "v")];
    let typed = |lines: &str| one(format!("{NAMED}; filename=\"x\"\r\n{lines}"), "v");
    let cases: [(Vec<u8>, &str, &[Part]); 8] = [
        (
            one("Content-Disposition^ : form-data; name=\"a\"", "v"),
            "H05",
            &plain,
        ),
        (
            typed("Content-Type: text/plain\r\n^Content-Type: text/html"),
            "H16",
            &file,
        ),
        (typed("Content-Transfer-Encoding: ^base64"), "H20", &file),
        (typed("Content-Type: ^nonsense"), "H22", &file),
        (one(format!("{NAMED}; ^filename*=UTF-8''x"), "v"), "D07", &file),
        ([b"^junk\r\n", &one(NAMED, "v")[..]].concat(), "F01", &plain),
        ([&one(NAMED, "v")[..], b"^junk"].concat(), "F13", &plain),
        (b"^--B--\r\n".to_vec(), "F15", &[]),
    ];
    for (body, id, wanted) in cases {
        refused_in(Mode::Strict, &Limits::default(), &body, id);
        assert_eq!(reported_in(Mode::Lenient, &body, id), wanted, "{id}");
    }
}

/// Shapes that both modes read, and report, because real clients send them or no peer differs.
#[test]
fn a15_what_both_modes_read_is_reported_in_both() {
    for (head, id, name, filename) in [
        (
            "Content-Disposition: form-data; name=^'a'; filename=x",
            "D14",
            "'a'",
            Some("x"),
        ),
        (
            "Content-Disposition: form-data; name=\"a\"; filename=\"^%22\"",
            "D18",
            "a",
            Some("%22"),
        ),
        (
            "Content-Disposition: form-data; name=\"a\"; filename=\"x^\\\"y\"",
            "D15",
            "a",
            Some("x\"y"),
        ),
        (
            "Content-Disposition: form-data; name=\"a\"; filename=\"^=?utf-8?B?YQ==?=\"",
            "D21",
            "a",
            Some("=?utf-8?B?YQ==?="),
        ),
        (
            "Content-Disposition: form-data; name=\"a\"\r\n^Content-Length: 3",
            "H18",
            "a",
            None,
        ),
        (
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: ^multipart/mixed; boundary=I",
            "H21",
            "a",
            None,
        ),
        (
            "Content-Disposition: form-data; name=\"a\"\r\n^X-Other: 3",
            "H17",
            "a",
            None,
        ),
    ] {
        for mode in BOTH {
            let parts = reported_in(mode, one(head, "v"), id);
            assert_eq!(parts, [part(name, filename, "v")], "{id}, {mode:?}");
        }
    }
    let padded = format!("--B^ \t\r\n{NAMED}\r\n\r\nv\r\n--B--\r\n");
    for mode in BOTH {
        assert_eq!(reported_in(mode, &padded, "F05"), [part("a", None, "v")]);
    }
}

/// Text that only looks like a parameter, a part or a delimiter is content.
#[test]
fn a15_what_stands_in_quotes_or_in_a_line_is_text() {
    let body = one(
        "Content-Disposition: form-data; filename=\"; name=b; filename=c\"; name=\"a\"",
        "v",
    );
    taken(body, &[part("a", Some("; name=b; filename=c"), "v")]);
    for content in [
        "v\n--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nw",
        "v\r--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nw",
        "v--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nw",
        "v\r\n --B\r\n",
        "v\r\n--b\r\n",
        "v\n--B--\n",
    ] {
        taken(one(NAMED, content), &[part("a", None, content)]);
    }
}

/// Character sets: a part that names one other than UTF-8, and the field that claims one for all.
#[test]
fn a15_character_sets_are_reported() {
    let body = one(
        format!("{NAMED}\r\nContent-Type: ^text/plain; charset=utf-7"),
        "v",
    );
    let (body, _) = marked(body);
    for mode in BOTH {
        let read = outcome(mode, &Limits::default(), &body);
        assert_eq!((read.refused, read.count("H23")), (None, 1), "{mode:?}");
    }
    for (charset, said) in [("utf-8", 0), ("utf-16", 1)] {
        let body = [
            field("_charset_", charset),
            field("a", "v"),
            b"--B--\r\n".to_vec(),
        ]
        .concat();
        for mode in BOTH {
            let read = outcome(mode, &Limits::default(), &body);
            assert_eq!((read.refused, read.count("D26")), (None, said), "{mode:?}");
            assert_eq!(
                read.parts,
                [part("_charset_", None, charset), part("a", None, "v")]
            );
        }
    }
}

/// Line feeds throughout have one reading, and lenient mode has it; a single one among CRLF has not.
#[test]
fn a15_a_body_of_line_feeds_is_read_in_lenient_mode() {
    let body = String::from_utf8([field("a", "v"), one(format!("{NAMED}; filename=\"x\""), "w")].concat())
        .expect("text")
        .replace("\r\n", "\n");
    let strict = outcome(Mode::Strict, &Limits::default(), body.as_bytes());
    assert_eq!(strict.refused, Some(("F07", 3)));
    let lenient = outcome(Mode::Lenient, &Limits::default(), body.as_bytes());
    assert_eq!(lenient.refused, None);
    assert_eq!(lenient.parts, [part("a", None, "v"), part("a", Some("x"), "w")]);
    assert!(lenient.count("F07") >= 1);
    let mixed = body.replacen("\n\n", "\r\n\r\n", 1);
    let lenient = outcome(Mode::Lenient, &Limits::default(), mixed.as_bytes());
    assert!(lenient.refused.is_some(), "{lenient:?}");
}
