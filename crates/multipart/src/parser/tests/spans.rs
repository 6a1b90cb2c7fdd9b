use super::*;
use crate::Place;
use ViolationId::{
    D26, F01, F02, F03, F04, F05, F06, F07, F08, F09, F10, F11, F12, F13, F14, F15, F16, F17, F20, F21, L02,
    L03, L04, L05, L06, L08,
};

/// Everything that is said of a body, which is cut into pieces of one size.
fn said(limits: &Limits, body: &[u8], size: usize) -> Vec<Diagnosis> {
    let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Observe, limits.clone());
    let mut said = Vec::new();
    for chunk in body.chunks(size).map(Some).chain([None]) {
        let mut events = match chunk {
            Some(chunk) => parser.feed(chunk),
            None => parser.finish(),
        };
        loop {
            match events.next_event() {
                Ok(None) => break,
                Ok(Some(Event::Violation(it))) => said.push(it),
                Ok(Some(_)) => {}
                Err(error) => {
                    said.push(error);
                    return said;
                }
            }
        }
    }
    said
}

#[test]
fn each_finding_spans_what_is_wrong_and_shows_how_that_begins() {
    let (lf, charset) = (N.replace('\r', ""), N.replace("name=n", "name=_charset_"));
    let small = Limits {
        field_bytes: 2,
        fields_bytes: 3,
        file_bytes: 2,
        parts: 2,
        files: 1,
        preamble_bytes: 4,
        epilogue_bytes: 4,
        padding_bytes: 2,
        ..Limits::default()
    };
    for (id, body) in [
        (F01, "‹--A›\r\n".to_owned()),
        (F01, "‹h›i\r\n--B".to_owned()),
        (F01, "‹-x›\r\n--B".to_owned()),
        (F01, "‹--\r›\r\n--B".to_owned()),
        (F01, "‹\r›\r\n--B".to_owned()),
        (F01, "‹\r›\r".to_owned()),
        (F01, "‹\r\n›--B".to_owned()),
        (F01, "‹\n›--".to_owned()),
        (F02, "abcd‹e›f\r\n--B".to_owned()),
        (F02, "ab\r\n‹c›d\r\n--B".to_owned()),
        (F02, "abc\r‹\n›--A".to_owned()),
        (F02, "\r\n--‹\r›\n--A".to_owned()),
        (F02, "\r\n\r\n‹-›-A".to_owned()),
        (F03, "x‹--B›\r\n".to_owned()),
        (F04, "--B‹x›y\r\n".to_owned()),
        (F04, "--B-‹x›\r\n".to_owned()),
        (F04, "--B ‹x›\r\n".to_owned()),
        (F05, "--B‹\t› \r\n".to_owned()),
        (F05, format!("--B\r\n{N}\r\n--B--‹ › \r\n")),
        (F06, "--B \t‹ › \r\n".to_owned()),
        (F06, format!("--B\r\n{N}\r\n--B--\t ‹\t›\r\n")),
        (F07, format!("--B‹\n›{lf}x\n--B--")),
        (F07, format!("--B\r\n{N}x\r\n--B‹\n›{N}")),
        (F07, format!("--B \n{lf}x\n--B--").replace(" \n", " ‹\n›")),
        (F08, format!("--B‹\r›{N}x\r\n--B--")),
        (F08, "--B ‹\r›\r\n".to_owned()),
        (F09, format!("--B\r\n{N}x\n‹--B›\r\n--B--")),
        (F10, format!("--B\r\n{N}x\r\n-‹›")),
        (F11, format!("--B\r\n{N}x\r\n--B‹›")),
        (F12, "--B\r\nX‹›".to_owned()),
        (F13, format!("--B\r\n{N}\r\n--B--‹x›y\r\nz")),
        (F13, format!("--B\r\n{N}\r\n--B--\r\n‹x›y")),
        (F13, format!("--B\r\n{N}\r\n--B--‹\r›x")),
        (F13, format!("--B\r\n{N}\r\n--B--‹\r›")),
        (F13, format!("--B\r\n{N}\r\n--B--\r\n‹\r\n›")),
        (F13, format!("--B\r\n{N}\r\n--B--\r\n‹ ›")),
        (F13, format!("--B\n{lf}\n--B--\n‹\n›")),
        (
            F13,
            format!("--B\n{lf}\n--B--‹\r›\n").replace("‹\r›\n", "\r\n‹\r\n›"),
        ),
        (F13, format!("--B\n{lf}\n--B--‹x›")),
        (F14, format!("--B\r\n{N}\r\n--B--\r\n‹--B›\r\n")),
        (F14, format!("--B\r\n{N}\r\n--B--x\r\n‹--B›--")),
        (F15, "‹--B›--".to_owned()),
        (F15, "\r\n‹--B›--".to_owned()),
        (F16, "‹›".to_owned()),
        (F17, format!("--B\r\n{N}‹--B›--")),
        (F20, format!("--B\r\n{N}x‹--B›\r\n--B--")),
        (D26, format!("--B\r\n{charset}‹utf-16›\r\n--B--")),
        (D26, format!("--B\r\n{charset}‹›\r\n--B--")),
        (D26, format!("--B\r\n{charset}‹utf›\r\n--B--")),
        (L02, format!("--B\r\n{N}\r\n--B\r\n{N}\r\n--B\r\n‹›{N}")),
        (L03, format!("--B\r\n{F}\r\n--B\r\n{}", F.replace("=g", "=‹g›"))),
        (L04, format!("--B\r\n{N}ab‹c›d\r\n--B--")),
        (L04, format!("--B\r\n{N}a\r‹\n›-")),
        (L05, format!("--B\r\n{F}ab‹c›d\r\n--B--")),
        (L06, format!("--B\r\n{N}ab\r\n--B\r\n{N}c‹d›\r\n--B--")),
        (L08, format!("--B\r\n{N}\r\n--B--\r\nabcd‹e›f\r\n--B")),
        (L08, format!("--B\r\n{N}\r\n--B--\r\nab\r\n‹c›\r\n--B")),
        (L08, format!("--B\r\n{N}\r\n--B--\r\nabc\r‹\n›--")),
        (L08, format!("--B\r\n{N}\r\n--B--\r\nabc\r‹\n›--x")),
        (L08, format!("--B\r\n{N}\r\n--B--\rabc‹d›")),
    ] {
        let (body, span) = crate::malform::marked(&body);
        let limits = if id.is_hard() { &small } else { &Limits::default() };
        for size in [1, 2, 3, usize::MAX] {
            let all = said(limits, &body, size);
            let of_id: Vec<_> = all.iter().filter(|it| it.id == id).collect();
            let shown = body.escape_ascii();
            let [it] = of_id[..] else {
                panic!("{id} by {size} in {shown}: {all:?}")
            };
            assert_eq!(it.span, span, "{id} by {size} in {shown}");
            assert_eq!(it.place, Place::Body);
            let bytes = &body[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()];
            let begin = &bytes[..bytes.len().min(6)];
            assert_eq!(it.found.as_bytes(), begin, "{id} by {size} in {shown}");
        }
    }
}

#[test]
fn cr_before_a_boundary_is_told_where_lines_end_in_lf() {
    let lf = N.replace('\r', "");
    let body = format!("--B\n{lf}x\r\n--B\n{lf}\n--B\n{lf}y\n--B\n{lf}\r\n--B--\n");
    for size in [1, 2, 3, usize::MAX] {
        let all = said(&Limits::default(), body.as_bytes(), size);
        let ends: Vec<_> = all.iter().map(|it| (it.id, it.span.clone())).collect();
        let second = 4 + lf.len() as u64 + 1;
        let last = body.len() as u64 - 8;
        let wanted = [(F07, 3..4), (F07, second..second + 2), (F07, last..last + 2)];
        assert_eq!(ends, wanted, "by {size}");
        assert_eq!(all[1].found.as_bytes(), b"\r\n");
    }
}

#[test]
fn a_length_that_differs_is_spanned_both_ways() {
    for (announced, wanted) in [(3, Some(3..5)), (5, None), (7, Some(5..7))] {
        let parser = Parser::new(Boundary::new("B").unwrap(), Mode::Observe, Limits::default());
        let mut parser = parser.expecting(announced);
        take(parser.feed(b"--B\r\n"), &mut Outcome::default()).unwrap();
        let mut found = None;
        let mut events = parser.finish();
        while let Some(event) = events.next_event().unwrap() {
            if let Event::Violation(it) = event
                && it.id == F21
            {
                found = Some(it.span);
            }
        }
        assert_eq!(found, wanted, "{announced}");
    }
}

#[test]
fn a_reader_rests_only_in_content_with_nothing_to_tell() {
    let (file, field) = (format!("--B\r\n{F}"), format!("--B\r\n{N}"));
    for (body, wanted) in [
        (String::new(), false),
        ("--B".to_owned(), false),
        ("--B\r\nX".to_owned(), false),
        (file.clone(), true),
        (field + "x\r\n-", true),
        (format!("{file}x\r\n--B"), false),
        (format!("{file}x\r\n--B--"), false),
        (format!("{file}x\r\n--B--\r\nx"), false),
    ] {
        let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Lenient, Limits::default());
        take(parser.feed(body.as_bytes()), &mut Outcome::default()).unwrap();
        assert_eq!(parser.machine.is_starved(), wanted, "{body:?}");
    }
}
