//! What holds for the readers that pull: they say what the reader that is fed says.

#[path = "../driving/mod.rs"]
mod driving;
#[path = "../reading/mod.rs"]
mod reading;
mod sources;

use std::io::{self, BufRead, Read};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use proptest::prelude::*;
use rebuttal_multipart::{Boundary, Diagnosis, Head, Limits, Mode, Parser, ReadError, read, stream};

use driving::{Script, Step, drive};
use reading::{Reading, every, read as read_fed};

/// A body with content that looks like its delimiters.
const BODY: &[u8] = b"--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b\r\n\r\
    \r\n--b0\r\nContent-Disposition: form-data; name=\"b\"; filename=\"\"\r\nContent-Type: x/y\r\n\r\n\
    \r\n--b0\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\n0123456789\r\n--b\
    \r\n--b0--\r\n";

fn parser(mode: Mode) -> Parser {
    Parser::new(Boundary::new("b0").expect("a boundary"), mode, Limits::default())
}

/// What a reader said, up to its end or its error.
#[derive(Debug, Default, Eq, PartialEq)]
struct Said {
    parts: Vec<(Option<String>, Option<String>, Vec<u8>)>,
    violations: usize,
    refused: Option<(&'static str, u64)>,
}

impl Said {
    fn begin(&mut self, head: &Head) {
        let text = |name: Option<&rebuttal_multipart::Name>| name.map(ToString::to_string);
        self.parts
            .push((text(head.name()), text(head.filename()), Vec::new()));
    }

    fn add(&mut self, bytes: &[u8]) {
        assert!(!bytes.is_empty());
        self.parts
            .last_mut()
            .expect("a part has begun")
            .2
            .extend_from_slice(bytes);
    }

    fn refuse<E: std::fmt::Debug>(&mut self, error: &ReadError<E>) {
        self.refused = Some(reason(error));
    }
}

fn reason<E: std::fmt::Debug>(error: &ReadError<E>) -> (&'static str, u64) {
    match error {
        ReadError::Body(error) => at(error),
        other => panic!("{other:?}"),
    }
}

fn at(error: &Diagnosis) -> (&'static str, u64) {
    (error.id.as_str(), error.offset())
}

/// What the reader that is fed says.
fn fed(mode: Mode, body: &[u8], size: usize) -> Said {
    let boundary = Boundary::new("b0").expect("a boundary");
    let reading: Reading = read_fed(boundary, mode, &Limits::default(), body, &every(size, body.len()));
    let parts = reading
        .parts
        .into_iter()
        .map(|part| (Some(part.name), part.filename, part.content));
    Said {
        parts: parts.collect(),
        violations: reading.violations.len(),
        refused: reading.error.map(|(id, offset, _)| (id.as_str(), offset)),
    }
}

fn pulled(mode: Mode, body: &[u8], size: usize) -> Said {
    let mut said = Said::default();
    let mut multipart = read::Multipart::new(Cut { body, size }, parser(mode));
    loop {
        match multipart.next_part() {
            Ok(None) => break,
            Err(error) => {
                said.refuse(&error);
                assert_eq!(
                    multipart.next_part().err().map(|error| reason(&error)),
                    said.refused
                );
                break;
            }
            Ok(Some(mut part)) => {
                said.begin(part.head());
                while let Ok(Some(chunk)) = part.chunk() {
                    said.add(chunk);
                }
            }
        }
    }
    said.violations = multipart.violations().len();
    said
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What a future comes to; where it is to be dropped, after one poll each, and made anew until then.
macro_rules! ask {
    ($future:expr, $drops:expr) => {
        loop {
            if !$drops {
                break drive($future).0;
            }
            if let Poll::Ready(answer) = poll_once(pin!($future)) {
                break answer;
            }
        }
    };
}

fn streamed(mode: Mode, body: &[u8], size: usize, waits: bool, drops: bool) -> Said {
    let mut said = Said::default();
    let mut multipart = stream::Multipart::new(Script::cut(body, size, waits), parser(mode));
    loop {
        match ask!(multipart.next_part(), drops) {
            Ok(None) => break,
            Err(error) => {
                said.refuse(&error);
                assert_eq!(
                    drive(multipart.next_part()).0.err().map(|error| reason(&error)),
                    said.refused
                );
                break;
            }
            Ok(Some(mut part)) => {
                said.begin(part.head());
                while let Ok(Some(chunk)) = ask!(part.chunk(), drops) {
                    said.add(&chunk);
                }
            }
        }
    }
    said.violations = multipart.violations().len();
    said
}

/// Gives `size` bytes at a time.
#[derive(Debug)]
struct Cut<'b> {
    body: &'b [u8],
    size: usize,
}

impl Read for Cut<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = Read::take(self.body, self.size as u64).read(buffer)?;
        self.body = &self.body[len..];
        Ok(len)
    }
}

/// The body with some of its bytes cut out, or something put in.
fn changed() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "",
        "",
        "\r\n",
        "\r",
        "\n",
        " ",
        "x",
        "\0",
        "--b0",
        "\r\n--b0\r\n",
        "\r\n--b0--",
        "X-Y: z\r\n",
        "\"",
        "\\\"",
    ]);
    let change = (any::<prop::sample::Index>(), 0..12_usize, pieces);
    prop::collection::vec(change, 0..3).prop_map(|changes| {
        let mut body = BODY.to_vec();
        for (at, len, piece) in changes {
            let at = at.index(body.len() + 1);
            let end = (at + len).min(body.len());
            body.splice(at..end, piece.bytes());
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_pulls_gets_what_who_feeds_gets(
        body in changed(), size in 1..80_usize, waits in any::<bool>(), drops in any::<bool>(),
    ) {
        for mode in [Mode::Strict, Mode::Lenient] {
            let wanted = fed(mode, &body, size);
            prop_assert_eq!(&pulled(mode, &body, size), &wanted);
            prop_assert_eq!(&streamed(mode, &body, size, waits, drops), &wanted);
        }
    }
}

#[test]
fn a_body_is_read_however_it_is_cut() {
    let wanted = fed(Mode::Strict, BODY, BODY.len());
    assert_eq!((wanted.parts.len(), wanted.refused), (3, None));
    for size in 1..=BODY.len() {
        assert_eq!(pulled(Mode::Strict, BODY, size), wanted, "{size} bytes at a time");
        for (waits, drops) in [(false, false), (false, true), (true, false), (true, true)] {
            let found = streamed(Mode::Strict, BODY, size, waits, drops);
            assert_eq!(
                found, wanted,
                "{size} bytes at a time, waits: {waits}, drops: {drops}"
            );
        }
    }
}

#[test]
fn a_body_that_is_cut_short_is_never_whole() {
    for end in 0..BODY.len() - 2 {
        for size in [1, 7, BODY.len()] {
            assert!(
                pulled(Mode::Lenient, &BODY[..end], size).refused.is_some(),
                "{end} bytes"
            );
            assert!(
                streamed(Mode::Lenient, &BODY[..end], size, false, false)
                    .refused
                    .is_some(),
                "{end} bytes"
            );
        }
    }
}

#[test]
fn what_is_left_of_a_part_is_skipped() {
    let wanted = fed(Mode::Strict, BODY, BODY.len()).parts;
    for size in 1..=BODY.len() {
        for read_first in [0, 1, 5] {
            let mut multipart = read::Multipart::new(Cut { body: BODY, size }, parser(Mode::Strict));
            let mut names = Vec::new();
            while let Some(mut part) = multipart.next_part().expect("a body that is taken") {
                names.extend(part.head().name().map(ToString::to_string));
                let mut taken = Vec::new();
                (&mut part)
                    .take(read_first)
                    .read_to_end(&mut taken)
                    .expect("content");
                let wanted = &wanted[names.len() - 1].2;
                assert_eq!(taken, wanted[..wanted.len().min(taken.len())]);
                assert_eq!(taken.len() as u64, read_first.min(wanted.len() as u64));
            }
            assert_eq!(
                names,
                ["a", "b", "c"],
                "{size} bytes at a time, {read_first} read"
            );
        }
        let mut multipart = stream::Multipart::new(Script::cut(BODY, size, true), parser(Mode::Strict));
        let mut names = Vec::new();
        while let Some(mut part) = drive(multipart.next_part()).0.expect("a body that is taken") {
            names.extend(part.head().name().map(ToString::to_string));
            if names.len() > 1 {
                drive(part.chunk()).0.expect("content, or none");
            }
        }
        assert_eq!(names, ["a", "b", "c"], "{size} bytes at a time");
        assert!(drive(multipart.next_part()).0.expect("the end again").is_none());
    }
}

#[test]
fn a_part_reads_like_any_reader() {
    let wanted = fed(Mode::Strict, BODY, BODY.len()).parts;
    for size in 1..=BODY.len() {
        let mut multipart = read::Multipart::new(Cut { body: BODY, size }, parser(Mode::Strict));
        for wanted in &wanted {
            let mut part = multipart.next_part().expect("as before").expect("a part");
            let mut content = Vec::new();
            // In turn by each of the three ways.
            loop {
                let mut two = [0; 2];
                let len = part.read(&mut two).expect("content");
                content.extend_from_slice(&two[..len]);
                let buffered = part.fill_buf().expect("content");
                let len = buffered.len().min(1);
                content.extend_from_slice(&buffered[..len]);
                part.consume(len);
                match part.chunk().expect("content") {
                    Some(chunk) => content.extend_from_slice(chunk),
                    None => break,
                }
            }
            assert_eq!(part.read(&mut [0]).expect("the end"), 0);
            assert_eq!(content, wanted.2, "{size} bytes at a time");
        }
        let mut multipart = read::Multipart::new(Cut { body: BODY, size }, parser(Mode::Strict));
        let part = multipart.next_part().expect("as before").expect("a part");
        assert_eq!(part.into_vec().expect("content"), wanted[0].2);
    }
}

#[test]
fn content_is_not_copied_and_can_be_detached() {
    let chunk = Bytes::from_static(BODY);
    let script = Script::new([Step::Chunk(chunk.clone())]);
    let mut multipart = stream::Multipart::new(script, parser(Mode::Strict));
    let mut part = drive(multipart.next_part())
        .0
        .expect("a body that is taken")
        .expect("a part");
    let mut seen = 0;
    while let Some(content) = drive(part.chunk()).0.expect("content") {
        assert!(
            chunk.as_ptr_range().contains(&content.as_ptr()),
            "copied: {content:?}"
        );
        let kept = stream::detach(&content);
        assert_eq!(kept, content);
        assert!(!chunk.as_ptr_range().contains(&kept.as_ptr()));
        seen += content.len();
    }
    assert_eq!(seen, b"\r\n--b\r\n\r".len());
}
