//! The writer, and what a reader leaves behind, does unasked, or says aloud.

use std::fs;
use std::path::Path;

use rebuttal_multipart::{Boundary, Form, FormError, Limits, Mode, Parser, Part};

use crate::cases::{BOTH, NAMED, announced, boundary, field, one, outcome, output, part};

/// A18: form-data (JavaScript) CVE-2026-12143, aiohttp CVE-2026-34514 and CVE-2026-50269. A quote or a line
/// break in a name or a filename is escaped, and does not end the value, the line or the part.
#[test]
fn a18_names_cannot_break_out_of_their_header() {
    for (sent, wanted) in [
        ("a\"; filename=\"evil.php", "a%22; filename=%22evil.php"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1"),
        ("a\r\n\r\nevil\r\n--B--\r\n", "a%0D%0A%0D%0Aevil%0D%0A--B--%0D%0A"),
        ("a\n", "a%0A"),
        ("\r", "%0D"),
    ] {
        let form = Form::new().part(Part::new(sent, "v").filename(sent));
        let body = form.to_vec(&boundary()).expect("a form");
        for mode in BOTH {
            let read = outcome(mode, &Limits::default(), &body);
            assert_eq!(read.refused, None, "{sent:?}");
            assert_eq!(read.parts, [part(wanted, Some(wanted), "v")]);
        }
    }
}

/// A18: form-data#612 (the part's type was forgotten), Req GHSA-px9f-whj3-246m. What cannot be escaped is
/// refused.
#[test]
fn a18_types_and_headers_cannot_break_out_of_theirs() {
    for byte in [b'\r', b'\n', 0, 0x0c, 0x7f] {
        let text = format!("a/b{}X-Evil: 1", char::from(byte));
        for (evil, what) in [
            (Part::new("a", "v").content_type(&text), "content type"),
            (Part::new("a", "v").header("X-A", &text), "header"),
        ] {
            let wanted = FormError::ControlByte {
                part: 1,
                what,
                byte,
                offset: 3,
            };
            let form = Form::new().text("first", "").part(evil);
            assert_eq!(form.to_vec(&boundary()), Err(wanted.clone()), "{byte:#04x}");
            let pieces = form.segments(&boundary()).map(Iterator::count);
            assert_eq!(pieces, Err(wanted), "{byte:#04x}");
        }
    }
    for name in ["X-A: 1\r\nX-B", "", "X A", "X:", "é"] {
        let form = Form::new().part(Part::new("a", "v").header(name, "1"));
        let wanted = FormError::HeaderName {
            part: 0,
            name: name.to_owned(),
        };
        assert_eq!(form.to_vec(&boundary()), Err(wanted));
    }
}

/// A19: form-data (JavaScript) CVE-2025-7783, Spring CVE-2018-1272: whoever guesses the boundary writes the
/// rest of the form. All 128 bits that the caller brings show in it, none twice.
#[test]
fn a19_every_bit_of_entropy_is_in_the_boundary() {
    let base = 0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0_u128;
    let mut seen: Vec<String> = (0..128)
        .map(|bit| Boundary::from_entropy(base ^ (1 << bit)).as_str().to_owned())
        .collect();
    seen.push(Boundary::from_entropy(base).as_str().to_owned());
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 129);
    for text in seen {
        assert!(Boundary::new(&text).is_ok());
        let value = format!("multipart/form-data; boundary={text}");
        let read = announced(Mode::Strict, value.as_bytes()).expect("a boundary");
        assert_eq!(read.0, text);
    }
}

/// A19 again: where the boundary was guessed all the same, the form is not written.
#[test]
fn a19_a_form_that_holds_its_boundary_is_not_written() {
    let chosen = Boundary::from_entropy(7);
    let content = format!("v\r\n--{}\r\n", chosen.as_str());
    let form = Form::new().text("a", "1").text("b", content.into_bytes());
    let wanted = FormError::BoundaryOccurs { part: 1, offset: 3 };
    assert_eq!(form.to_vec(&chosen), Err(wanted));
    assert!(form.to_vec(&Boundary::from_entropy(8)).is_ok());
}

/// A20: multer (JavaScript) CVE-2025-47935, CVE-2026-2359 and CVE-2026-3304 (files and streams left behind
/// by an upload that broke off). Not ours, because nothing is opened; what can be promised is that a reader
/// may be dropped at any byte, with events left or none, and that it owns nothing but memory.
#[test]
fn a20_a_reader_can_be_dropped_anywhere() {
    fn owns_nothing_shared<T: Send + Sync + Unpin + 'static>() {}
    owns_nothing_shared::<Parser>();
    let body = [field("a", "v"), one(format!("{NAMED}; filename=\"x\""), "w")].concat();
    for end in 0..=body.len() {
        for mode in BOTH {
            let mut parser = Parser::new(boundary(), mode, Limits::default());
            let mut events = parser.feed(&body[..end]);
            let first = events.next_event().map(|event| event.is_some());
            assert!(first.is_ok(), "{end}");
        }
    }
}

/// A20 and A21: the source names nothing that reaches outside of the process; of `std::io`, the traits only.
#[test]
fn a20_a21_the_crate_opens_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![folder];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the source lies here") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = fs::read_to_string(&path).expect("a source file");
            for module in ["fs", "net", "process", "env", "thread", "time", "io::std"] {
                let word = format!("std::{module}");
                assert!(!text.contains(&word), "{}: {word}", path.display());
            }
        }
    }
    assert!(files >= 15, "{files} files");
}

/// A21: Undertow CVE-2026-3260, cpp-httplib (forms were parsed that nobody had asked for). A reader does
/// nothing that is not asked: neither when it is made, nor when it is fed and its events are left.
#[test]
fn a21_nothing_is_read_until_events_are_taken() {
    let body = one(NAMED, "v");
    let mut parser = Parser::new(boundary(), Mode::Strict, Limits::default());
    assert_eq!(parser.offset(), 0);
    drop(parser.feed(&body));
    assert_eq!(parser.offset(), 0);
    let mut events = parser.feed(&body);
    let error = loop {
        match events.next_event() {
            Ok(None) => panic!("a chunk that was left is not forgotten in silence"),
            Ok(Some(_)) => {}
            Err(error) => break error,
        }
    };
    let message = error.to_string();
    assert!(message.ends_with("X02)"), "{message}");
}

/// A22: Struts CVE-2017-5638 (an error's text was made of the input, and then run). A message holds 32 bytes
/// of it at most, escaped to printable ASCII, and is as long whatever the sender writes.
#[test]
fn a22_messages_are_bounded_and_escaped() {
    let evil = [
        "%{(#_='multipart/form-data').(#cmd='id')}${jndi:ldap://x}\u{1b}]0;x\u{7}\u{1b}[2J\u{202e}{{7*7}}",
        "\u{0}\u{1}\u{1b}[31m\u{9b}\u{7f}\u{85}\u{2028}é",
        "\n2026-11-22 ERROR forged line",
    ];
    let mut messages = 0;
    for evil in evil {
        let long = evil.repeat(40);
        for body in [
            long.clone().into_bytes(),
            format!("--B\r\n{long}\r\n\r\n\r\n--B--").into_bytes(),
            format!("--B{long}").into_bytes(),
            one(format!("{long}: x\r\n{NAMED}"), "v"),
            one(format!("X: {long}\r\n{NAMED}"), "v"),
            one(format!("Content-Disposition: {long}"), "v"),
            one(format!("Content-Disposition: form-data; name=\"{long}\""), "v"),
            one(format!("{NAMED}; filename=\"../{evil}\""), "v"),
            one(format!("{NAMED}\r\nContent-Type: {long}"), "v"),
            [one(NAMED, "v"), long.into_bytes()].concat(),
        ] {
            for mode in BOTH {
                for size in [1, 7, body.len()] {
                    for message in output(mode, &Limits::default(), &body, size).messages {
                        messages += 1;
                        assert!(message.len() <= 400, "{} bytes: {message}", message.len());
                        let printable = |c: char| matches!(c, ' '..='~' | '…' | '§');
                        assert!(message.chars().all(printable), "{message:?}");
                    }
                }
            }
        }
    }
    assert!(messages > 150, "{messages} messages");
}
