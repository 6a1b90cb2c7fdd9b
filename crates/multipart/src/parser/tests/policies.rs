use super::*;
use ViolationId::{
    D26, F01, F02, F03, F04, F05, F07, F08, F09, F10, F11, F12, F13, F14, F16, F17, F21, H01, H06, H08, H12,
    H17, L01, L03, L04,
};

#[test]
fn one_who_observes_hears_of_everything_and_reads_on() {
    for (name, body, wanted, violations) in [
        ("nothing", String::new(), &[][..], vec![(F16, 0)]),
        (
            "another boundary",
            "--A\r\n".into(),
            &[],
            vec![(F01, 0), (F10, 5)],
        ),
        (
            "first boundary in a line",
            format!("x--B\r\n--B\r\n{N}y\r\n--B--"),
            &["y"],
            vec![(F01, 0), (F03, 1)],
        ),
        (
            "text and CR after boundaries",
            format!("--Bx\r\n{N}a\r\n--B\r{N}b\r\n--B--"),
            &["a", "b"],
            vec![(F04, 3), (F08, 54)],
        ),
        (
            "LF after a later boundary",
            format!("--B\r\n{N}a\r\n--B\n{N}b\r\n--B--"),
            &["a", "b"],
            vec![(F07, 53)],
        ),
        (
            "no content, no CRLF",
            format!("--B\r\n{N}--B\r\n{N}b\r\n--B--"),
            &["", "b"],
            vec![(F17, 47)],
        ),
        (
            "no header",
            "--B\r\n\r\nx\r\n--B--".into(),
            &["x"],
            vec![(H01, 5)],
        ),
        (
            "ends in content",
            format!("--B\r\n{N}x\r\n-"),
            &["x\r\n-"],
            vec![(F10, 51)],
        ),
        (
            "ends in a delimiter",
            format!("--B\r\n{N}x\r\n--B"),
            &["x"],
            vec![(F11, 53)],
        ),
        (
            "part after the close",
            format!("--B\r\n{N}x\r\n--B--\r\n--B\r\n{N}"),
            &["x"],
            vec![(F14, 57)],
        ),
        (
            "LF in the headers",
            format!("--B\r\nContent-Type: a/b\n{N}x\r\n--B--"),
            &["x"],
            vec![(H08, 22)],
        ),
    ] {
        assert_eq!(
            plain(Mode::Observe, &body),
            (contents(wanted), violations, None),
            "{name}"
        );
    }
}

#[test]
fn an_exception_relaxes_or_tightens_one_rule() {
    let folded = format!("--B\r\nContent-Type: a/b\r\n\t;c=d\r\n{N}x\r\n--B--");
    let read = |policy: Policy| {
        let mut parser = Parser::new(Boundary::new("B").unwrap(), policy, Limits::default());
        let mut outcome = Outcome::default();
        let result = take(parser.feed(folded.as_bytes()), &mut outcome);
        (outcome.1, result.err().map(|error| (error.id, error.severity)))
    };
    let strict = Policy::new(Mode::Strict);
    assert_eq!(read(strict.clone()), (vec![], Some((H06, Severity::Error))));
    assert_eq!(
        read(strict.clone().with(H06, crate::Action::Report)),
        (vec![(H06, 24)], None)
    );
    assert_eq!(read(strict.with(H06, crate::Action::Allow)), (vec![], None));
    let tight = Policy::new(Mode::Lenient).with(H06, crate::Action::Deny);
    assert_eq!(read(tight), (vec![], Some((H06, Severity::Error))));
}

#[test]
fn a_folded_value_is_one_line_and_the_raw_block_is_kept() {
    let head = "Content-Disposition: form-data;\r\n name=\"a\"\r\n\t;x=y\r\n\r\n";
    let body = format!("--B\r\n{head}v\r\n--B\r\n{N}w\r\n--B--");
    for cut in 0..body.len() {
        let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Lenient, Limits::default());
        let mut read = Vec::new();
        for chunk in [&body[..cut], &body[cut..]] {
            let mut events = parser.feed(chunk.as_bytes());
            while let Some(event) = events.next_event().unwrap() {
                if let Event::PartBegin(head) = event {
                    let value = head.headers().next().map(|(_, value)| value.to_vec());
                    read.push((head.name().unwrap().to_string(), head.raw().into_owned(), value));
                }
            }
        }
        let value = b"form-data;   name=\"a\"  \t;x=y".to_vec();
        let plain = (
            "n".into(),
            N.as_bytes().to_vec(),
            Some(b"form-data; name=n".to_vec()),
        );
        assert_eq!(
            read,
            [("a".into(), head.as_bytes().to_vec(), Some(value)), plain],
            "cut at {cut}"
        );
    }
}

#[test]
fn another_length_than_announced_is_told_at_the_end() {
    let body = format!("--B\r\n{N}x\r\n--B--\r\n");
    let len = body.len() as u64;
    for (announced, wanted) in [
        (len, None),
        (len - 1, Some((F21, len - 1..len))),
        (len + 3, Some((F21, len..len + 3))),
    ] {
        let mut parser =
            Parser::new(Boundary::new("B").unwrap(), Mode::Lenient, Limits::default()).expecting(announced);
        take(parser.feed(body.as_bytes()), &mut Outcome::default()).unwrap();
        let error = take(parser.finish(), &mut Outcome::default()).err();
        assert_eq!(error.map(|it| (it.id, it.span)), wanted);
    }
}

#[test]
fn a_charset_field_is_worth_a_word_unless_it_says_utf_8() {
    let head = N.replace("name=n", "name=_charset_");
    for (content, wanted) in [
        ("UTF-8", vec![]),
        ("utf-16", vec![(D26, 55)]),
        ("", vec![(D26, 55)]),
        ("utf-8x", vec![(D26, 55)]),
    ] {
        let body = format!("--B\r\n{head}{content}\r\n--B--");
        assert_eq!(
            plain(Mode::Lenient, &body),
            (contents(&[content]), wanted, None),
            "{content}"
        );
    }
}

#[test]
fn a_diagnosis_names_the_part_that_is_being_read() {
    let one = format!("--B\r\n{N}x");
    let two = format!("{one}\r\n--B\r\n");
    let limits = Limits {
        body_bytes: 200,
        files: 0,
        field_bytes: 8,
        header_line_bytes: 60,
        preamble_bytes: 5,
        ..Limits::default()
    };
    for (name, body, id, part) in [
        ("before the first", "x\r\n".to_owned(), F01, None),
        ("still before it", "x, y, z\r\n".to_owned(), F02, None),
        ("in no part at all", "x--B\r\n".to_owned(), F03, None),
        ("behind a boundary", format!("{two}{N}\r\n--Bx"), F04, None),
        ("padding", format!("{two}{N}\r\n--B "), F05, None),
        ("CR", format!("{two}{N}\r\n--B\ry"), F08, None),
        ("LF", format!("{two}{N}\r\n--B\n"), F07, None),
        ("at the end of a boundary", format!("{two}{N}\r\n--B"), F11, None),
        ("within one", format!("{two}{N}\r\n--B\r"), F11, None),
        ("in the first block", "--B\r\nX".to_owned(), F12, Some(0)),
        ("in the second block", format!("{two}X"), F12, Some(1)),
        ("a long line", format!("{two}X: {}", "y".repeat(60)), H12, Some(1)),
        ("a header", format!("{two}X: y\r\n\r\n"), H17, Some(1)),
        ("a file too many", format!("{two}{F}"), L03, Some(1)),
        ("in content", format!("{two}{N}x"), F10, Some(1)),
        ("too much content", format!("{two}{N}123456789"), L04, Some(1)),
        (
            "too much of all",
            format!("{two}{N}\r\n--B--{}", "y".repeat(99)),
            L01,
            None,
        ),
        ("a stray", format!("{two}{N}\n--B\r\n--B--"), F09, Some(1)),
        ("no content", format!("{two}{N}--B--"), F17, Some(1)),
        ("behind the close", format!("{one}\r\n--B--x"), F13, None),
        ("a part behind it", format!("{one}\r\n--B--\r\n--B"), F14, None),
        ("the length", format!("{two}{N}x"), F21, Some(1)),
    ] {
        let parser = Parser::new(Boundary::new("B").unwrap(), Mode::Observe, limits.clone());
        let mut parser = parser.expecting(body.len() as u64 + u64::from(id == F21));
        let mut said = Vec::new();
        let mut hear = |mut events: Events<'_, '_>| {
            loop {
                match events.next_event() {
                    Ok(None) => return true,
                    Ok(Some(Event::Violation(it))) => said.push(it),
                    Ok(Some(_)) => {}
                    Err(error) => {
                        said.push(error);
                        return false;
                    }
                }
            }
        };
        let _ended = hear(parser.feed(body.as_bytes())) && hear(parser.finish());
        let of_id: Vec<_> = said.iter().filter(|it| it.id == id).collect();
        let [it] = of_id[..] else {
            panic!("{name}: {said:?}")
        };
        let at = usize::try_from(it.span.start).unwrap();
        assert!(
            body.as_bytes()[at..].starts_with(it.found.as_bytes()),
            "{name}: {it:?}"
        );
        assert_eq!(it.part, part, "{name}: {it:?}");
    }
}

/// Some readers keep one space there, some two, some the line break.
#[test]
fn a_fold_within_quotes_has_no_one_reading() {
    let body = |line: &str| format!("--B\r\nContent-Disposition: form-data; {line}\r\n\r\nv\r\n--B--");
    for (line, at) in [("name=\"a\r\n b\"", 46), ("name=\"a\\\"\r\n b\"", 48)] {
        let outcome = plain(Mode::Lenient, &body(line));
        assert_eq!(outcome.2, Some((H06, at)), "{line}");
    }
    for line in ["name=\"a\"\r\n ;x=y", "name=n;\r\n\tx=\"\"\r\n ;y=\"b\""] {
        assert_eq!(plain(Mode::Lenient, &body(line)).2, None, "{line}");
    }
    let read = plain(Mode::Observe, &body("name=\"a\r\n b\""));
    assert_eq!((read.0.len(), read.1[0], read.2), (1, (H06, 46), None));
}

/// One violation that is put up with opens the door to no other.
#[test]
fn an_exception_opens_nothing_else() {
    for (allowed, line, denied) in [
        (
            ViolationId::H09,
            "Content-Disposition: form-data; name=\"a\u{1}\rX: y\"",
            H08,
        ),
        (ViolationId::H04, "X@Y: \rzz", H08),
        (ViolationId::H04, "X@Y: \0", ViolationId::H09),
        (ViolationId::H02, "X\0", ViolationId::H09),
        (
            H08,
            "Content-Disposition: form-data; name=\"\r\0\"",
            ViolationId::H09,
        ),
    ] {
        let policy = Policy::new(Mode::Strict).with(allowed, crate::Action::Allow);
        let mut parser = Parser::new(Boundary::new("B").unwrap(), policy, Limits::default());
        let body = format!("--B\r\n{line}\r\n{N}v\r\n--B--");
        let stopped = take(parser.feed(body.as_bytes()), &mut Outcome::default()).unwrap_err();
        assert_eq!(stopped.id, denied, "{line:?}");
    }
}
