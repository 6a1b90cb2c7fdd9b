use super::*;
use ViolationId::{D26, F01, F03, F04, F07, F08, F10, F11, F14, F16, F17, F21, H01, H06, H08};

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
    let head = "Content-Disposition: form-data;\r\n name=\"a\r\n\tb\"\r\n\r\n";
    let body = format!("--B\r\n{head}\r\n--B--");
    for cut in 0..body.len() {
        let mut parser = Parser::new(Boundary::new("B").unwrap(), Mode::Lenient, Limits::default());
        let mut read = Vec::new();
        for chunk in [&body[..cut], &body[cut..]] {
            let mut events = parser.feed(chunk.as_bytes());
            while let Some(event) = events.next_event().unwrap() {
                if let Event::PartBegin(head) = event {
                    let value = head.headers().next().map(|(_, value)| value.to_vec());
                    read.push((head.name().unwrap().to_string(), head.raw().to_vec(), value));
                }
            }
        }
        let value = b"form-data;   name=\"a  \tb\"".to_vec();
        assert_eq!(
            read,
            [("a  \tb".into(), head.as_bytes().to_vec(), Some(value))],
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
