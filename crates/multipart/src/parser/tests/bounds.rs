use super::*;
use crate::Place;
use ViolationId::{F01, F02, F05, F13, H14, H17, L01, L02, L03, L04, L05, L06, L08, L09, X02};

#[test]
fn a_limit_is_the_last_value_taken() {
    let two = format!("--B\r\n{N}ab\r\n--B\r\n{F}cde\r\n--B--\r\n");
    let fits = Limits {
        body_bytes: two.len() as u64,
        parts: 2,
        files: 1,
        field_bytes: 2,
        file_bytes: 3,
        fields_bytes: 2,
        ..Limits::default()
    };
    assert_eq!(
        read(Mode::Strict, &fits, &two),
        (contents(&["ab", "cde"]), vec![], None)
    );
    let end = fits.body_bytes - 1;
    for (limits, error) in [
        (
            Limits {
                body_bytes: end,
                ..fits.clone()
            },
            (L01, end),
        ),
        (
            Limits {
                parts: 1,
                ..fits.clone()
            },
            (L02, 56),
        ),
        (
            Limits {
                files: 0,
                ..fits.clone()
            },
            (L03, 105),
        ),
        (
            Limits {
                field_bytes: 1,
                ..fits.clone()
            },
            (L04, 48),
        ),
        (
            Limits {
                field_bytes: 0,
                ..fits.clone()
            },
            (L04, 47),
        ),
        (
            Limits {
                fields_bytes: 1,
                ..fits.clone()
            },
            (L06, 48),
        ),
        (
            Limits {
                file_bytes: 2,
                ..fits.clone()
            },
            (L05, 112),
        ),
    ] {
        assert_eq!(read(Mode::Strict, &limits, &two).2, Some(error), "{limits:?}");
    }
    let file_first = format!("--B\r\n{F}cde\r\n--B\r\n{N}abc\r\n--B--");
    assert_eq!(read(Mode::Strict, &fits, &file_first).2, Some((L04, 113)));
    let around = format!("abc\r\n--B\r\n{N}\r\n--B--\r\ndef");
    let fits = Limits {
        preamble_bytes: 3,
        epilogue_bytes: 3,
        violations: 2,
        ..Limits::default()
    };
    assert_eq!(read(Mode::Lenient, &fits, &around).2, None);
    for (limits, error) in [
        (
            Limits {
                preamble_bytes: 2,
                ..fits.clone()
            },
            (F02, 2),
        ),
        (
            Limits {
                epilogue_bytes: 2,
                ..fits.clone()
            },
            (L08, 63),
        ),
        (
            Limits {
                violations: 1,
                ..fits.clone()
            },
            (L09, 61),
        ),
    ] {
        assert_eq!(read(Mode::Lenient, &limits, &around).2, Some(error), "{limits:?}");
    }
}

#[test]
fn a_part_says_all_that_was_sent() {
    let body = "--B\r\nX-A:  b \r\nContent-Type: image/png\r\n\
                content-disposition: form-data; name=\"n\"; filename=\"\"\r\n\r\n\r\n--B--";
    let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Lenient, Limits::default());
    let mut events = parser.feed(body.as_bytes());
    let Some(Event::Violation(found)) = events.next_event().unwrap() else {
        panic!("the unknown header comes first")
    };
    assert_eq!(
        (found.id, found.severity, found.place),
        (H17, Severity::Info, Place::Body)
    );
    assert_eq!((found.span, found.part), (5..12, Some(0)));
    assert_eq!(found.found.as_bytes(), b"X-A:  b");
    let Some(Event::PartBegin(head)) = events.next_event().unwrap() else {
        panic!("then the part")
    };
    assert_eq!((head.index, head.span.clone()), (0, 5..97));
    assert_eq!(
        head.name().map(|name| (name.to_string(), name.offset())),
        Some(("n".into(), 78))
    );
    assert_eq!(head.filename().unwrap().as_str(), "");
    assert_eq!(head.content_type(), Some(&b"image/png"[..]));
    assert_eq!(head.headers().next(), Some((&b"X-A"[..], &b"b"[..])));
    assert_eq!((head.headers().len(), &*head.raw()), (3, &body.as_bytes()[5..97]));
    assert_eq!(
        events.next_event().unwrap(),
        Some(Event::PartEnd {
            index: 0,
            span: 5..97,
            len: 0
        })
    );
    assert_eq!(events.next_event().unwrap(), None);
    assert_eq!(events.next_event().unwrap(), None);
    let mut events = parser.finish();
    assert_eq!(events.next_event().unwrap(), Some(Event::End));
    assert_eq!(events.next_event().unwrap(), None);
}

#[test]
fn misuse_is_an_error_and_stays_one() {
    let body = format!("--B\r\n{N}x\r\n--B--\r\n");
    let new = || Parser::new(Boundary::new("B").unwrap(), Mode::Strict, Limits::default());
    let error = |mut events: Events<'_, '_>| events.next_event().map(|_| ()).unwrap_err().id;

    let mut undrained = new();
    assert!(undrained.feed(body.as_bytes()).next_event().unwrap().is_some());
    assert_eq!(error(undrained.feed(b"")), X02);
    assert_eq!(error(undrained.finish()), X02);

    let mut unfinished = new();
    assert!(unfinished.feed(body.as_bytes()).next_event().unwrap().is_some());
    assert_eq!(error(unfinished.finish()), X02);

    let mut finished = new();
    take(finished.feed(body.as_bytes()), &mut Outcome::default()).unwrap();
    take(finished.finish(), &mut Outcome::default()).unwrap();
    assert_eq!(error(finished.feed(b"")), X02);

    let mut failed = new();
    assert_eq!(error(failed.feed(b"x")), F01);
    assert_eq!(error(failed.feed(b"y")), F01);
    assert_eq!(error(failed.finish()), F01);
}

#[test]
fn content_borrows_the_chunk() {
    let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Strict, Limits::default());
    take(
        parser.feed(format!("--B\r\n{N}").as_bytes()),
        &mut Outcome::default(),
    )
    .unwrap();
    let chunk = b"content\r\n--";
    let mut events = parser.feed(chunk);
    let Some(Event::Data { bytes, offset }) = events.next_event().unwrap() else {
        panic!("content comes")
    };
    assert_eq!((bytes.as_ptr(), bytes.len(), offset), (chunk.as_ptr(), 7, 47));
    assert_eq!(events.next_event().unwrap(), None);
    let mut events = parser.feed(b"x");
    assert_eq!(
        events.next_event().unwrap(),
        Some(Event::Data {
            bytes: b"\r\n--",
            offset: 54
        })
    );
    assert_eq!(
        events.next_event().unwrap(),
        Some(Event::Data {
            bytes: b"x",
            offset: 58
        })
    );
}

#[test]
fn limits_may_be_as_large_as_their_types() {
    let body = format!("hi\r\n--B \r\n{F}x\r\n--B-- \r\nho");
    let wanted = vec![(F01, 0), (F05, 7), (F05, 72), (F13, 75)];
    assert_eq!(
        read(Mode::Lenient, &Limits::MAX, &body),
        (contents(&["x"]), wanted, None)
    );
}

#[test]
fn a_boundary_behind_the_close_counts_towards_the_epilogue() {
    let close = format!("--B\r\n{N}x\r\n--B--\r\n");
    let end = close.len() as u64;
    for (max, behind, wanted, found) in [
        (3, "--B", None, &b""[..]),
        (2, "--B", Some((L08, end + 2)), b"B"),
        (1, "--B\r\n", Some((L08, end + 1)), b"-"),
        (4, "--B\r\n", Some((L08, end + 4)), b"\n"),
        (2, "x\r\n--B", Some((L08, end + 2)), b"\n"),
        (6, "x\r\n--B-", Some((L08, end + 6)), b"-"),
    ] {
        let limits = Limits {
            epilogue_bytes: max,
            ..Limits::default()
        };
        let body = close.clone() + behind;
        assert_eq!(read(Mode::Observe, &limits, &body).2, wanted, "{behind:?}, {max}");
        let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Observe, limits);
        let mut outcome = Outcome::default();
        let fed = take(parser.feed(body.as_bytes()), &mut outcome);
        let error = fed.and_then(|()| take(parser.finish(), &mut outcome)).err();
        let shown = error.map(|error| error.found.as_bytes().to_vec());
        assert_eq!(shown.unwrap_or_default(), found, "{behind:?}, {max}");
    }
}

#[test]
fn a_header_block_is_held_up_to_its_limit() {
    let limits = Limits {
        header_block_bytes: 100,
        header_line_bytes: usize::MAX,
        ..Limits::default()
    };
    for first in [1, 50, 100] {
        let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Strict, limits.clone());
        let mut outcome = Outcome::default();
        let head = [&b"--B\r\n"[..], &vec![b'a'; first]].concat();
        take(parser.feed(&head), &mut outcome).unwrap();
        assert_eq!(parser.machine.scratch().len(), first);
        let error = take(parser.feed(&[b'a'; 5000]), &mut outcome).unwrap_err();
        assert_eq!((error.id, error.span), (H14, 105..106));
        assert_eq!(parser.machine.scratch().len(), 101, "{first} bytes came before");
    }
}

#[test]
fn the_quick_way_through_content_is_taken_for_files_within_their_limit() {
    let limits = Limits {
        file_bytes: 12,
        field_bytes: 12,
        ..Limits::default()
    };
    // At the start of content a delimiter needs no line end, so one byte goes before.
    let (file, field) = (format!("--B\r\n{F}x"), format!("--B\r\n{N}x"));
    let charset = F.replace("name=f", "name=_charset_");
    for (name, before, chunk, wanted) in [
        ("a file", file.clone(), "0123456789a", Some(11)),
        ("what may go on", file.clone(), "0123456\r\n-", Some(7)),
        ("up to the limit", format!("{file}01"), "012345678", Some(9)),
        ("over it", format!("{file}01"), "0123456789", None),
        ("a boundary in it", file.clone(), "01\r\n--B", None),
        ("a field", field, "0123456789", None),
        ("a charset", format!("--B\r\n{charset}x"), "01", None),
        ("LF", file.replace('\r', ""), "01", None),
        ("after a line end", format!("{file}01\r\n"), "01", None),
        ("at the start", file[..file.len() - 1].to_owned(), "01", None),
        ("before the first part", String::new(), "01", None),
    ] {
        let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Observe, limits.clone());
        take(parser.feed(before.as_bytes()), &mut Outcome::default()).unwrap();
        let taken = parser.machine.whole_chunk(chunk.as_bytes());
        let wanted = wanted.map(|len| (len, before.len() as u64));
        assert_eq!(taken, wanted, "{name}");
    }
}
