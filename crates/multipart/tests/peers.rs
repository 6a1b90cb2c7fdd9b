//! Defects of other readers, one test each: what they got wrong is read right here, at every chunking.
//!
//! Who does what was measured on 2026-11-22, with the versions named.

mod cases;
mod reading;

use rebuttal_multipart::{Limits, Mode};

use cases::{BOTH, NAMED, Part, announced, field, marked, one, outcome, part, refused, reported_in, taken};

/// Two fields, as every reader takes them.
fn control() -> Vec<u8> {
    [field("a", "1"), field("b", "2"), b"--B--\r\n".to_vec()].concat()
}

/// actix-multipart 0.8.5 and http-multipart 0.1.2 count the bytes that a part's `Content-Length` names and
/// read across the next delimiter: the second field becomes content of the first.
#[test]
fn a_content_length_in_a_part_does_not_swallow_the_next_part() {
    for length in ["0", "1", "64", "999999", "-1", "18446744073709551616"] {
        let head = format!("{NAMED}\r\n^Content-Length: {length}");
        let first = &one(head, "1")[..];
        let first = first.strip_suffix(b"--B--\r\n").expect("the close delimiter");
        let body = [first, &field("b", "2"), b"--B--\r\n"].concat();
        for mode in BOTH {
            let parts = reported_in(mode, &body, "H18");
            assert_eq!(
                parts,
                [part("a", None, "1"), part("b", None, "2")],
                "{length}, {mode:?}"
            );
        }
    }
}

/// multer 3.1.0 looks for `name=` anywhere in the header, inside quotes too (rwf2/multer#72); mpart-async
/// 0.7 does so as well.
#[test]
fn a_name_inside_another_quoted_value_is_no_name() {
    for (disposition, name, filename) in [
        (
            "filename=\"x; name=evil\"; name=\"good\"",
            "good",
            Some("x; name=evil"),
        ),
        ("x=\"; filename=evil.php; \"; name=\"good\"", "good", None),
        ("x=\" name=evil\"; name=\"good\"", "good", None),
        (
            "filename=\" name=evil ;name=evil\"; name=\"good\"",
            "good",
            Some(" name=evil ;name=evil"),
        ),
    ] {
        let body = one(format!("Content-Disposition: form-data; {disposition}"), "v");
        taken(body, &[part(name, filename, "v")]);
    }
}

/// multer 3.1.0, mpart-async 0.7 and @remix-run/multipart-parser 0.16 know parameter names in lower case
/// only, and then read a part without a name.
#[test]
fn parameter_and_header_names_have_no_case() {
    for head in [
        "content-disposition: FORM-DATA; NAME=\"a\"; FileName=\"x\"",
        "CONTENT-DISPOSITION: Form-Data; Name=a; FILENAME=x",
    ] {
        taken(one(head, "v"), &[part("a", Some("x"), "v")]);
    }
}

/// multer 3.1.0 takes the first of two boundaries, and waits for ever for the one that never comes
/// (rwf2/multer#66); python-multipart, werkzeug and defnull take the last.
#[test]
fn a_boundary_given_twice_is_refused_in_either_order() {
    for (value, offset) in [
        ("multipart/form-data; boundary=B; boundary=C", 33),
        ("multipart/form-data; boundary=C; boundary=B", 33),
        ("multipart/form-data; boundary=B; x=y; BOUNDARY=\"B\"", 38),
    ] {
        for mode in BOTH {
            assert_eq!(announced(mode, value.as_bytes()), Err(("C07", offset)), "{value}");
        }
    }
}

/// multer 3.1.0 does not read `filename*`; werkzeug, busboy and undici let it win over `filename`.
#[test]
fn an_extended_filename_neither_vanishes_nor_wins() {
    let body = one(
        format!("{NAMED}; filename=\"a.txt\"; ^filename*=UTF-8''b.php"),
        "v",
    );
    cases::refused_in(Mode::Strict, &Limits::default(), &body, "D07");
    cases::refused_in(Mode::Lenient, &Limits::default(), &body, "D08");
    let alone = one(format!("{NAMED}; ^filename*=UTF-8''b%20c.txt"), "v");
    cases::refused_in(Mode::Strict, &Limits::default(), &alone, "D07");
    let parts = reported_in(Mode::Lenient, &alone, "D07");
    assert_eq!(parts, [part("a", Some("b c.txt"), "v")]);
}

/// multer 3.1.0 holds a whole body in memory when its stream is always ready (rwf2/multer#62). Here every
/// byte but those of a held delimiter is handed out before the next chunk is taken.
#[test]
fn content_is_handed_out_as_it_comes() {
    let body = [field("a", vec![b'x'; 300_000]), b"--B--\r\n".to_vec()].concat();
    for mode in BOTH {
        for size in [100, 4096, 65_536] {
            let output = cases::output(mode, &Limits::default(), &body, size);
            let chunks = body.len().div_ceil(size);
            assert_eq!(output.data_bytes, 300_000);
            assert!(
                output.data_events <= chunks + 1,
                "{} events of {chunks} chunks",
                output.data_events
            );
        }
    }
}

/// multiparty 0.1.0 loses parts when a chunk ends inside a header block: one of these two at 16 bytes, 446
/// of 10,000 at 64 KiB.
#[test]
fn no_part_is_lost_at_a_chunk_edge() {
    taken(control(), &[part("a", None, "1"), part("b", None, "2")]);
    let many = 2000;
    let mut body: Vec<u8> = (0..many)
        .flat_map(|index| field(&index.to_string(), "12345678"))
        .collect();
    body.extend_from_slice(b"--B--\r\n");
    let limits = Limits {
        parts: many,
        ..Limits::default()
    };
    for mode in BOTH {
        let read = outcome(mode, &limits, &body);
        assert_eq!(read.refused, None);
        let wanted: Vec<Part> = (0..many)
            .map(|index| part(&index.to_string(), None, "12345678"))
            .collect();
        assert!(read.parts == wanted, "{} parts of {many}", read.parts.len());
    }
}

/// multiparty 0.1.0 reports a body that was cut as complete; python-multipart 0.0.34 and Go's mime/multipart
/// hand the content out and have an error for those only who ask at the end; form-data 0.6 never answers.
#[test]
fn a_body_that_was_cut_is_refused_where_it_ends() {
    for (body, id) in [
        ("", "F16"),
        ("--B", "F11"),
        ("--B\r\nContent-Disposition: form-data; name=\"a\"", "F12"),
        ("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", "F10"),
        (
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv",
            "F10",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--B",
            "F11",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--B-",
            "F11",
        ),
    ] {
        refused(format!("{body}^"), id);
    }
}

/// http-multipart 0.1.2 refuses content that holds CRLF and two dashes: three real uploads of 60 were lost.
#[test]
fn content_may_hold_a_line_break_and_two_dashes() {
    for content in [
        "\r\n--\r\n--",
        "\r\n--",
        "\r\n-- B\r\n--A",
        "%PDF-1.7\r\n--\r\n\r\n--b--\r\n",
        "\r\n\r\n--\r\n-B",
    ] {
        taken(one(NAMED, content), &[part("a", None, content)]);
    }
}

/// http-multipart 0.1.2 finds neither an upper-case disposition nor `BOUNDARY=`, and cuts quotes off by place.
#[test]
fn a_boundary_parameter_has_no_case_and_is_unquoted_by_its_quotes() {
    for value in [
        "multipart/form-data; BOUNDARY=B",
        "Multipart/Form-Data;Boundary=\"B\"",
        "multipart/form-data; x=\"a;b\"; boundary=\"B\"",
    ] {
        for mode in BOTH {
            let (text, _) = announced(mode, value.as_bytes()).expect(value);
            assert_eq!(text, "B", "{value}");
        }
    }
}

/// form-data 0.6 panics on this header, and refuses an empty name.
#[test]
fn a_decoy_after_a_quoted_semicolon_is_refused_for_its_missing_name() {
    refused(
        one(
            "Content-Disposition: ^form-data; x=\"; filename=evil.php; \"",
            "v",
        ),
        "D03",
    );
    let parts = reported_in(
        Mode::Strict,
        one("Content-Disposition: form-data; name=\"^\"", "v"),
        "D04",
    );
    assert_eq!(parts, [part("", None, "v")]);
}

/// s3s-multipart 0.17 and http-multipart 0.1.2 refuse a body without the last line break, which is optional
/// (RFC 2046 §5.1.1).
#[test]
fn the_line_break_after_the_close_delimiter_is_optional() {
    let body = control();
    let wanted = [part("a", None, "1"), part("b", None, "2")];
    taken(&body, &wanted);
    taken(body.strip_suffix(b"\r\n").expect("a line break"), &wanted);
}

/// s3s-multipart 0.17 drops every header after the third one, a `Content-Disposition` among them.
#[test]
fn a_disposition_in_fourth_place_is_read() {
    let head = format!("Content-Type: text/plain\r\nX-A: 1\r\nX-B: 2\r\n{NAMED}; filename=\"x\"");
    taken(one(&head, "v"), &[part("a", Some("x"), "v")]);
}

/// multra 1.2.0 and mpart-async 0.7 decode every percent escape of a filename: `%41` becomes `A`, `%2e%2e`
/// a way up. Nothing is decoded here unless the caller asks.
#[test]
fn percent_escapes_in_a_filename_are_kept() {
    for filename in ["a%22b%41.txt", "%2e%2e%2fx", "100%", "%zz"] {
        let body = one(format!("{NAMED}; filename=\"{filename}\""), "v");
        taken(body, &[part("a", Some(filename), "v")]);
    }
    let body = one(format!("{NAMED}; filename=\"^a%22b%41.txt\""), "v");
    for mode in BOTH {
        reported_in(mode, &body, "D18");
    }
}

/// actix-multipart 0.8.5, werkzeug 3.1.9 and @remix-run/multipart-parser 0.16 read `C:dirx.txt`; defnull,
/// python-multipart and busboy keep the last segment only.
#[test]
fn backslashes_of_a_windows_path_survive() {
    let filename = "C:\\dir\\x.txt";
    let body = one(format!("{NAMED}; filename=\"{filename}\""), "v");
    taken(&body, &[part("a", Some(filename), "v")]);
    let body = one(format!("{NAMED}; filename=\"^{filename}\""), "v");
    for mode in BOTH {
        reported_in(mode, &body, "D20");
    }
}

/// werkzeug 3.1.9 takes a line feed or a carriage return alone for the line break of a delimiter: a value
/// brings a field of its own. undici and actix refuse the body.
#[test]
fn a_delimiter_after_half_a_line_break_is_content() {
    for half in ["\n", "\r"] {
        let content = format!("v{half}--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nw");
        taken(one(NAMED, &content), &[part("a", None, &content)]);
    }
}

/// The same shapes are named, so that whoever reads behind a werkzeug knows.
#[test]
fn a_delimiter_after_half_a_line_break_is_reported() {
    for half in ["\n", "\r"] {
        let content = format!("v{half}^--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nw");
        for mode in BOTH {
            reported_in(mode, one(NAMED, &content), "F09");
        }
    }
}

/// busboy 1.6 makes content of the next part's headers, @fastify/busboy drops the first part, werkzeug and
/// Go read two, twelve others one: five answers, so none of them here.
#[test]
fn a_part_without_a_body_is_refused() {
    let body = format!(
        "--B\r\n{NAMED}\r\n\r\n^--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nw\r\n--B--\r\n"
    );
    refused(body, "F17");
    refused(format!("--B\r\n{NAMED}\r\n\r\n^--B--\r\n"), "F17");
    // With its line break it is an empty field, to everyone.
    taken(one(NAMED, ""), &[part("a", None, "")]);
}

/// undici 7.30 looks for the boundary without a line break before it, and refuses this body
/// (nodejs/undici#5561).
#[test]
fn a_boundary_in_the_middle_of_a_line_is_content() {
    for content in ["before--B", "before--B\r\nafter", "--C --B --B--", "x--B--"] {
        taken(one(NAMED, content), &[part("a", None, content)]);
    }
}

/// undici 7.30 decodes base64 parts, and nobody else does.
#[test]
fn base64_is_never_decoded() {
    let body = one(
        format!("{NAMED}\r\nContent-Transfer-Encoding: ^base64"),
        "aGVsbG8=",
    );
    cases::refused_in(Mode::Strict, &Limits::default(), &body, "H20");
    let parts = reported_in(Mode::Lenient, &body, "H20");
    assert_eq!(parts, [part("a", None, "aGVsbG8=")]);
}

/// Bun ends a part at a boundary anywhere in it (oven-sh/bun#35615), and so did Deno (denoland/deno#34586):
/// whoever controls a value adds fields.
#[test]
fn a_value_cannot_bring_a_field_of_its_own() {
    let value = "hello--B\r\nContent-Disposition: form-data; name=\"admin\"\r\n\r\ntrue";
    taken(one(NAMED, value), &[part("a", None, value)]);
}

/// The same shape is named.
#[test]
fn a_boundary_in_the_middle_of_a_line_is_reported() {
    for content in ["before^--B\r\nafter", "hello^--B--\r\n"] {
        for mode in BOTH {
            reported_in(mode, one(NAMED, content), "F20");
        }
    }
}

/// The helper that the tests above rest on does fail.
#[test]
fn the_mark_is_where_a_violation_is() {
    let (body, at) = marked("--B\r\n^no colon\r\n\r\n\r\n--B--");
    let read = outcome(Mode::Strict, &Limits::default(), &body);
    assert_eq!(read.refused, Some(("H02", at)));
    for (body, id) in [
        ("--B\r\nn^o colon\r\n\r\n\r\n--B--", "H02"),
        ("--B\r\n^no colon\r\n\r\n\r\n--B--", "H03"),
        (
            "^--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--B--",
            "H02",
        ),
    ] {
        let missed = std::panic::catch_unwind(|| refused(body, id));
        assert!(missed.is_err(), "{body:?} {id}");
    }
}
