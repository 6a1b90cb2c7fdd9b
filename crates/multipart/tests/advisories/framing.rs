//! Delimiters, what stands before and after them, and bodies that end too early.

use rebuttal_multipart::{Boundary, Limits, Mode};

use crate::cases::{
    BOTH, NAMED, announced, field, one, outcome, outcome_with, output, part, refused, refused_in, taken,
};

/// A1: werkzeug CVE-2023-46136 (a file that begins with a line break, then megabytes without one), rack
/// CVE-2018-16470, python-multipart below 0.0.11 (0.75 MB/s). A reader that stops at each CR, or at each
/// beginning of a delimiter, has a path per byte; here a chunk gives at most two events, whatever it holds.
#[test]
fn a1_content_made_of_pieces_of_a_delimiter_has_no_path_per_byte() {
    let bytes = 64 * 1024;
    for unit in [
        "\r", "\n", "\r\n", "\r\n-", "\r\n--", "-", "--", "\r\r\n--", "\r\n--A", "B", "\r\n--b", "\0",
    ] {
        let content = unit.repeat(bytes / unit.len());
        let body = one(NAMED, &content);
        taken(&body, &[part("a", None, &content)]);
        for size in [1000, 4096, 100_000] {
            let output = output(Mode::Strict, &Limits::default(), &body, size);
            let chunks = body.len().div_ceil(size);
            assert_eq!(output.data_bytes, content.len());
            assert!(
                output.data_events <= 2 * chunks,
                "{}: {} events of {chunks} chunks",
                unit.escape_debug(),
                output.data_events
            );
        }
    }
    let content = [&b"\r"[..], &vec![b'x'; 4 * bytes]].concat();
    taken(one(NAMED, &content), &[part("a", None, &content)]);
}

/// A1 again, with a long delimiter less its last byte, and with one byte in the middle changed.
#[test]
fn a1_near_misses_of_a_long_delimiter_are_content() {
    let text = "x".repeat(35) + &"y".repeat(35);
    let boundary = Boundary::new(&text).expect("a boundary");
    let head = format!("--{text}\r\n{NAMED}\r\n\r\n");
    for near in [text[..69].to_owned(), text.replacen('y', "z", 1)] {
        let content = format!("\r\n--{near}").repeat(400);
        let body = format!("{head}{content}\r\n--{text}--\r\n");
        for mode in BOTH {
            let read = outcome_with(boundary, mode, &Limits::default(), body.as_bytes());
            assert_eq!(read.refused, None);
            assert!(read.parts == [part("a", None, &content)], "{near}");
        }
    }
}

/// A2: rack CVE-2025-61770, cpp-httplib #2557 (the whole body held, and searched again at every read). The
/// boundary that was announced never comes: the reader stops at the limit on the preamble.
#[test]
fn a2_a_boundary_that_never_comes_is_bounded() {
    let other = b"--C\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".repeat(10_000);
    for body in [&other[..], &vec![b'-'; 200_000], &b"\r\n--A".repeat(40_000)] {
        let strict = outcome(Mode::Strict, &Limits::default(), body);
        assert_eq!(strict.refused, Some(("F01", 0)));
        for limit in [0, 1, 100, 16 * 1024] {
            let limits = Limits {
                preamble_bytes: limit,
                ..Limits::default()
            };
            let lenient = outcome(Mode::Lenient, &limits, body);
            assert_eq!(lenient.refused, Some(("F02", limit)));
            assert_eq!((lenient.count("F01"), lenient.parts.len()), (1, 0));
        }
    }
    let short = outcome(Mode::Lenient, &Limits::default(), b"--C\r\n\r\n--C--\r\n");
    assert_eq!(short.refused, Some(("F10", 14)));
}

/// A3: python-multipart CVE-2024-53981 (a line of log for every byte after the last boundary) and
/// CVE-2026-40347, Tornado CVE-2025-47287 (warn, go on, warn again). Junk before and after is told once.
#[test]
fn a3_junk_before_and_after_is_told_once_and_bounded() {
    let most = 4 * 1024;
    for unit in ["\r\n", "x", "\r\n-", "\r\n--A"] {
        let junk = unit.repeat(most / unit.len());
        let before = format!("{junk}\r\n{}--B--\r\n", String::from_utf8_lossy(&field("a", "v")));
        let after = format!("{}--B--\r\nx{junk}", String::from_utf8_lossy(&field("a", "v")));
        for (body, id, at) in [(&before, "F01", 0), (&after, "F13", after.len() - junk.len() - 1)] {
            let strict = outcome(Mode::Strict, &Limits::default(), body.as_bytes());
            assert_eq!(strict.refused, Some((id, at as u64)));
            let limits = Limits {
                epilogue_bytes: 5 * 1024,
                ..Limits::default()
            };
            let lenient = outcome(Mode::Lenient, &limits, body.as_bytes());
            assert_eq!(lenient.refused, None);
            assert_eq!(lenient.reported, [(id, at as u64)], "{}", unit.escape_debug());
            assert_eq!(lenient.parts, [part("a", None, "v")]);
        }
    }
    let endless = [&field("a", "v")[..], b"--B--\r\n", &vec![b'x'; 100_000]].concat();
    let close = endless.len() as u64 - 100_000;
    let lenient = outcome(Mode::Lenient, &Limits::default(), &endless);
    assert_eq!(lenient.refused, Some(("L08", close + 4 * 1024)));
}

/// A8: aiohttp CVE-2024-30251 (an endless loop), Django CVE-2022-23833, Ruby CGI CVE-2006-5467 and
/// CVE-2006-6303, shellinabox CVE-2018-16789. A form cut anywhere is refused, at its end.
#[test]
fn a8_a_form_cut_anywhere_is_refused_where_it_ends() {
    let file = one(
        format!("{NAMED}; filename=\"x\"\r\nContent-Type: a/b"),
        "\r\n--A\r\n\r\n",
    );
    let whole = [field("kind", "receipt"), file].concat();
    let complete = whole.len() - 2;
    for end in 0..complete {
        for mode in BOTH {
            let read = outcome(mode, &Limits::default(), &whole[..end]);
            let (id, at) = read.refused.expect("a form that is cut is refused");
            assert_eq!(at, end as u64, "{id}");
            let wanted: &[&str] = if end == 0 {
                &["F16"]
            } else {
                &["F10", "F11", "F12"]
            };
            assert!(wanted.contains(&id), "{id} at {at}");
        }
    }
    for end in [complete, complete + 2] {
        for mode in BOTH {
            assert_eq!(outcome(mode, &Limits::default(), &whole[..end]).refused, None);
        }
    }
}

/// A9: commons-fileupload CVE-2014-0050 (a boundary as long as the buffer: an endless loop) and
/// CVE-2016-3092 (nearly as long: slow), PHP CVE-2024-8925 (content lost at a buffer's edge).
#[test]
fn a9_a_boundary_over_70_bytes_is_no_boundary() {
    let value = |len: usize| format!("multipart/form-data; boundary={}", "b".repeat(len)).into_bytes();
    for mode in BOTH {
        assert!(announced(mode, &value(70)).is_ok());
        assert_eq!(announced(mode, &value(257)), Err(("C04", 30)));
        assert_eq!(announced(mode, &value(8 * 1024)), Err(("C04", 30)));
    }
    assert_eq!(announced(Mode::Strict, &value(71)), Err(("C04", 30)));
    assert!(Boundary::new(&"b".repeat(71)).is_err());
}

/// A9 again: the longest and the oddest boundaries, with content made of themselves.
#[test]
fn a9_odd_boundaries_read_as_any_other() {
    for text in [
        "-".repeat(70),
        "A".repeat(70),
        "-".to_owned(),
        "ab".repeat(35),
        "--".to_owned(),
        "a b".to_owned(),
        "'()+_,-./:=?".to_owned(),
    ] {
        let boundary = Boundary::new(&text).expect("a boundary");
        let near = &text[..text.len() - 1];
        for content in [
            text.repeat(50),
            format!("\r\n--{near}\r\n").repeat(50),
            format!("\r\n-{text}").repeat(50),
        ] {
            let body = format!("--{text}\r\n{NAMED}\r\n\r\n{content}\r\n--{text}--\r\n");
            // Where the boundary is all dashes, what was made to miss it can hold it after all.
            if format!("\r\n{content}").contains(&format!("\r\n--{text}")) {
                continue;
            }
            for mode in BOTH {
                let read = outcome_with(boundary, mode, &Limits::default(), body.as_bytes());
                assert_eq!(read.refused, None, "{text}");
                assert!(read.parts == [part("a", None, &content)], "{text}");
            }
        }
    }
}

/// A9 again: many dashes, or nothing else, are said to be what slow readers choke on.
#[test]
fn a9_a_boundary_of_dashes_is_reported() {
    for mode in BOTH {
        let (_, reported) =
            announced(mode, b"multipart/form-data; boundary=--------------------").expect("a boundary");
        assert_eq!(reported, [("C15", 30)]);
    }
}

/// A23: salvo#1485. Without a boundary there is no form: not an empty one either.
#[test]
fn a23_a_missing_boundary_is_no_empty_form() {
    for mode in BOTH {
        for (value, wanted) in [
            ("multipart/form-data", ("C02", 19)),
            ("multipart/form-data;", ("C02", 20)),
            ("multipart/form-data; charset=utf-8", ("C02", 34)),
            ("multipart/form-data; boundary=", ("C03", 30)),
            ("multipart/form-data; boundary=\"\"", ("C03", 31)),
        ] {
            assert_eq!(announced(mode, value.as_bytes()), Err(wanted), "{value}");
        }
        refused_in(mode, &Limits::default(), "^", "F16");
    }
    refused_in(Mode::Strict, &Limits::default(), "^--B--\r\n", "F15");
    let lenient = outcome(Mode::Lenient, &Limits::default(), b"--B--\r\n");
    assert_eq!(
        (lenient.refused, &lenient.reported[..]),
        (None, &[("F15", 0)][..])
    );
}

/// A25: multra 1.2.0 and s3s bound how many empty chunks they take. A reader without a stream cannot be kept
/// busy: an empty chunk costs a call and changes nothing.
#[test]
fn a25_empty_chunks_change_nothing() {
    let body = [field("a", "v"), one(format!("{NAMED}; filename=\"x\""), "w")].concat();
    for mode in BOTH {
        let whole = crate::reading::read(crate::cases::boundary(), mode, &Limits::default(), &body, &[]);
        for at in 0..=body.len() {
            let empty = vec![at; 1000];
            let read =
                crate::reading::read(crate::cases::boundary(), mode, &Limits::default(), &body, &empty);
            assert!(read == whole, "empty chunks at {at}");
        }
    }
    refused("^", "F16");
}
