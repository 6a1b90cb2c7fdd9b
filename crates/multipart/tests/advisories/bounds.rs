//! What a sender could make endless: header blocks, parts, fields, bodies.

use rebuttal_multipart::{Limits, Mode};

use crate::cases::{BOTH, NAMED, field, outcome, output, part};

/// A4: Go CVE-2023-45290 (a line without end), rack CVE-2025-61772, aiohttp CVE-2026-34516.
#[test]
fn a4_a_header_line_without_end_stops_at_its_limit() {
    let body = [b"--B\r\nX: ", &vec![b'x'; 300_000][..]].concat();
    for limit in [4 * 1024, 100, 1] {
        let limits = Limits {
            header_line_bytes: limit,
            ..Limits::default()
        };
        for mode in BOTH {
            let read = outcome(mode, &limits, &body);
            assert_eq!(read.refused, Some(("H12", 5 + limit as u64)));
            assert_eq!((read.parts.len(), read.reported.len()), (0, 0));
        }
    }
}

/// A4: Go CVE-2023-24536 (10,000 lines of headers), python-multipart CVE-2026-42561, commons-fileupload
/// CVE-2025-48976.
#[test]
fn a4_headers_without_end_stop_at_their_limits() {
    let lines = "X: y\r\n".repeat(20_000);
    let body = format!("--B\r\n{lines}");
    for mode in BOTH {
        let read = outcome(mode, &Limits::default(), body.as_bytes());
        assert_eq!(read.refused, Some(("H13", 5 + 16 * 6)));
        let limits = Limits {
            headers: usize::MAX,
            ..Limits::default()
        };
        let read = outcome(mode, &limits, body.as_bytes());
        assert_eq!(read.refused, Some(("H14", 5 + 8 * 1024)));
    }
}

/// A4: Plug CVE-2026-8468 and CVE-2026-56814 (headers were not charged to the limit on the body).
#[test]
fn a4_headers_count_towards_the_body() {
    let body = [
        field("a", "v"),
        field(&"n".repeat(100), "v"),
        b"--B--\r\n".to_vec(),
    ]
    .concat();
    let inside = field("a", "v").len() as u64 + 60;
    let limits = Limits {
        body_bytes: inside,
        ..Limits::default()
    };
    for mode in BOTH {
        let read = outcome(mode, &limits, &body);
        assert_eq!(read.refused, Some(("L01", inside)));
        assert_eq!(read.parts, [part("a", None, "v")]);
    }
}

/// A5: commons-fileupload CVE-2023-24998, Go CVE-2022-41725, rack CVE-2023-27530, Django CVE-2023-24580,
/// Netty CVE-2024-29025, PHP CVE-2023-0662 (a log entry each, besides).
#[test]
fn a5_parts_and_files_stop_at_their_limits() {
    let (one_field, one_file) = (field("a", ""), field("a\"; filename=\"x", ""));
    for (unit, id, most, inside) in [
        (&one_field, "L02", 128, 5),
        (&one_file, "L03", 32, field("a\"; filename=\"", "").len() - 7),
    ] {
        let body = unit.repeat(20_000);
        for mode in BOTH {
            let read = outcome(mode, &Limits::default(), &body);
            let at = most * unit.len() + inside;
            assert_eq!(read.refused, Some((id, at as u64)), "{mode:?}");
            assert_eq!((read.parts.len(), read.reported.len()), (most, 0));
        }
    }
}

/// A5: `ReactPHP` CVE-2023-26044 (the limit was met, and the parsing went on to the end of the body).
#[test]
fn a5_nothing_is_read_behind_a_limit() {
    let body = field("a", "v").repeat(5000);
    let limits = Limits {
        parts: 3,
        ..Limits::default()
    };
    for mode in BOTH {
        for size in [1, 100, 4096] {
            // Feeds on behind the error, which must repeat itself, and hand nothing out.
            let output = output(mode, &limits, &body, size);
            assert_eq!(
                (output.data_events, output.data_bytes, output.messages.len()),
                (3, 3, 1)
            );
        }
    }
}

/// A6: rack CVE-2025-61771, starlette CVE-2024-47874, werkzeug CVE-2024-49767 (fields without a filename
/// were held in memory whatever their size), aiohttp CVE-2026-34517 (the limit was looked at afterwards).
#[test]
fn a6_a_field_stops_at_its_limit_before_it_is_handed_out() {
    let first = field("a", "");
    let start = first.len() as u64 - 2;
    for (limits, id) in [
        (
            Limits {
                field_bytes: 1000,
                ..Limits::default()
            },
            "L04",
        ),
        (
            Limits {
                fields_bytes: 1000,
                ..Limits::default()
            },
            "L06",
        ),
    ] {
        for mode in BOTH {
            let read = outcome(mode, &limits, &field("a", vec![b'x'; 200_000]));
            assert_eq!(read.refused, Some((id, start + 1000)));
            assert_eq!(read.parts, [part("a", None, vec![b'x'; 1000])]);
        }
    }
    let limits = Limits {
        file_bytes: 1000,
        ..Limits::default()
    };
    let file = field("a\"; filename=\"x", vec![b'x'; 200_000]);
    let start = field("a\"; filename=\"x", "").len() as u64 - 2;
    for mode in BOTH {
        let read = outcome(mode, &limits, &file);
        assert_eq!(read.refused, Some(("L05", start + 1000)));
        assert_eq!(read.parts, [part("a", Some("x"), vec![b'x'; 1000])]);
    }
}

/// A6 again: the fields of a form are bounded together too.
#[test]
fn a6_many_fields_stop_at_their_sum() {
    let body = field("a", vec![b'x'; 100]).repeat(100);
    let limits = Limits {
        fields_bytes: 250,
        ..Limits::default()
    };
    let at = 2 * field("a", vec![b'x'; 100]).len() + field("a", "").len() - 2 + 50;
    for mode in BOTH {
        let read = outcome(mode, &limits, &body);
        assert_eq!(read.refused, Some(("L06", at as u64)));
        let lengths: Vec<usize> = read.parts.iter().map(|part| part.content.len()).collect();
        assert_eq!(lengths, [100, 100, 50]);
    }
}

/// A7: rack CVE-2026-34829 (the limit hung on `Content-Length`, and a chunked body has none). The reader is
/// told of no length and counts for itself, wherever the limit falls.
#[test]
fn a7_a_body_of_unknown_length_stops_at_the_limit() {
    let body = [
        field("a", "one"),
        field("b\"; filename=\"x", vec![b'x'; 100]),
        b"--B--\r\n".to_vec(),
    ]
    .concat();
    for limit in 0..body.len() as u64 {
        let limits = Limits {
            body_bytes: limit,
            ..Limits::default()
        };
        for mode in BOTH {
            assert_eq!(outcome(mode, &limits, &body).refused, Some(("L01", limit)));
        }
    }
    let limits = Limits {
        body_bytes: body.len() as u64,
        ..Limits::default()
    };
    assert_eq!(outcome(Mode::Strict, &limits, &body).refused, None);
    let endless = [
        &format!("--B\r\n{NAMED}; filename=\"x\"\r\n\r\n").into_bytes()[..],
        &vec![0; 500_000],
    ]
    .concat();
    let limits = Limits {
        body_bytes: 100_000,
        ..Limits::default()
    };
    for mode in BOTH {
        let output = output(mode, &limits, &endless, 4096);
        assert!(output.data_bytes <= 100_000);
        assert_eq!(output.messages.len(), 1);
    }
}
