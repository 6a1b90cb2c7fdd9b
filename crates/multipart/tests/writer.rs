//! What holds for every body on its way out.

mod driving;

use std::io::{self, Read};
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rebuttal_multipart::{Boundary, Form, Limits, Mode, Output, OutputError, Parser, Part, Plan};

use driving::{Script, Step, drive};

fn boundary() -> Boundary {
    Boundary::new("b0-b").expect("a valid boundary")
}

/// Gives `size` bytes at a time, interrupted before each.
#[derive(Clone, Debug)]
struct Drip {
    content: Vec<u8>,
    at: usize,
    size: usize,
    interrupted: bool,
}

impl Drip {
    fn new(content: &[u8], size: usize) -> Self {
        Self {
            content: content.to_vec(),
            at: 0,
            size,
            interrupted: false,
        }
    }
}

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = (&self.content[self.at..]).take(self.size as u64).read(buffer)?;
        self.at += len;
        Ok(len)
    }
}

/// Is not ready, fails, ends.
struct Failing(u8);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Err(io::ErrorKind::WouldBlock.into()),
            2 => Err(io::ErrorKind::ConnectionReset.into()),
            _ => Ok(0),
        }
    }
}

/// Reads to the end or to the first error, `size` bytes at a time.
fn read_out<S: Read>(output: &mut Output<S>, size: usize) -> (Vec<u8>, Option<io::Error>) {
    let (mut out, mut buffer) = (Vec::new(), vec![0; size]);
    loop {
        match output.read(&mut buffer) {
            Ok(0) => return (out, None),
            Ok(len) => out.extend_from_slice(&buffer[..len]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (out, Some(error)),
        }
    }
}

/// Every item of a stream, at most `most` of them, and how often it was pending.
fn items<S: Stream + Unpin>(stream: &mut S, most: usize) -> (Vec<S::Item>, usize) {
    let (mut items, mut pendings) = (Vec::new(), 0);
    while items.len() < most {
        let (item, pending) = drive(std::future::poll_fn(|context| {
            Pin::new(&mut *stream).poll_next(context)
        }));
        pendings += pending;
        match item {
            Some(item) => items.push(item),
            None => break,
        }
    }
    (items, pendings)
}

/// All that comes before the first error.
fn stream_out(plan: Plan<Script>) -> (Vec<u8>, Option<io::Error>) {
    let mut output = plan.into_output();
    let mut out = Vec::new();
    for item in items(&mut output, usize::MAX).0 {
        match item {
            Ok(piece) => {
                assert!(!piece.is_empty());
                out.extend_from_slice(&piece);
            }
            Err(error) => return (out, Some(error)),
        }
    }
    (out, None)
}

fn reason(error: Option<io::Error>) -> Option<OutputError> {
    let error = error?;
    assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
    error.get_ref()?.downcast_ref().copied()
}

/// A part of a form, in memory or streamed.
#[derive(Clone, Debug)]
struct Asked {
    name: &'static str,
    filename: Option<&'static str>,
    content: Vec<u8>,
    streamed: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    let pieces = select(vec!["\r\n", "-", "--", "--b0-", "b0-", "x", "\0", "é"]);
    (
        select(vec!["a", "\"\r\n", ""]),
        select(vec![None, Some(""), Some("a.png")]),
        vec(pieces, 0..12).prop_map(|pieces| pieces.concat().into_bytes()),
        any::<bool>(),
    )
        .prop_map(|(name, filename, content, streamed)| Asked {
            name,
            filename,
            content,
            streamed,
        })
        .prop_filter("holds the boundary", |asked| {
            !asked.content.windows(6).any(|it| it == b"--b0-b")
        })
}

/// The form, each streamed part from a source that `source` makes.
fn form<S>(asked: &[Asked], source: impl Fn(&[u8]) -> S) -> Form<S> {
    asked.iter().fold(Form::streaming(), |form, asked| {
        let part = |content: &[u8]| {
            let part = Part::new(asked.name, content);
            asked
                .filename
                .iter()
                .fold(part, |part, filename| part.filename(filename))
        };
        if asked.streamed {
            form.streamed(
                part(b""),
                source(&asked.content),
                Some(asked.content.len() as u64),
            )
        } else {
            form.part(part(&asked.content))
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_way_out_gives_the_same_bytes_and_the_length_is_theirs(
        asked in vec(asked(), 0..5), size in 1_usize..20, waits in any::<bool>(),
    ) {
        let in_memory: Vec<_> = asked.iter().cloned().map(|asked| Asked { streamed: false, ..asked }).collect();
        let wanted = asked.is_empty().then(Form::new).unwrap_or_else(|| form(&in_memory, |_| unreachable!()));
        let wanted = wanted.to_vec(&boundary()).expect("a form that can be written");

        let plan = form(&asked, |content| Drip::new(content, size)).plan_with(boundary()).expect("the same form");
        prop_assert_eq!(plan.content_length(), Some(wanted.len() as u64));
        let (out, error) = read_out(&mut plan.clone().into_output(), size);
        prop_assert!(error.is_none(), "{:?}", error);
        prop_assert_eq!(out.escape_ascii().to_string(), wanted.escape_ascii().to_string());
        let mut out = Vec::new();
        prop_assert_eq!(plan.write_to(&mut out).expect("it is interrupted only"), wanted.len() as u64);
        prop_assert_eq!(&out, &wanted);

        let plan = form(&asked, |content| Script::cut(content, size, waits)).plan_with(boundary()).expect("the same form");
        let mut left = plan.content_length().expect("it is known");
        prop_assert_eq!(left, wanted.len() as u64);
        let mut output = plan.into_output();
        let mut out = Vec::new();
        loop {
            prop_assert_eq!(Body::size_hint(&output).exact(), Some(left));
            let Some(piece) = items(&mut output, 1).0.pop() else { break };
            let piece = piece.expect("no source fails");
            left -= piece.len() as u64;
            out.extend_from_slice(&piece);
        }
        prop_assert!(output.is_end_stream());
        prop_assert_eq!(left, 0);
        prop_assert_eq!(&out, &wanted);
    }
}

#[test]
fn a_source_that_does_not_keep_its_promise_is_an_error_and_the_body_stays_open() {
    let content = b"0123456789";
    for promised in [0_u64, 1, 9, 11, 1000] {
        let wanted = if promised < 10 {
            OutputError::TooLong { part: 1, promised }
        } else {
            OutputError::TooShort {
                part: 1,
                promised,
                given: 10,
            }
        };
        for size in 1..12 {
            let first = Form::streaming().text("first", "");
            let form = first.streamed(Part::new("n", ""), Drip::new(content, size), Some(promised));
            let plan = form
                .plan_with(boundary())
                .expect("lengths are not known to be wrong");
            let announced = plan.content_length().expect("it is promised");
            let mut output = plan.clone().into_output();
            let (out, error) = read_out(&mut output, size);
            assert_eq!(reason(error), Some(wanted), "{size} bytes at a time");
            assert!((out.len() as u64) < announced, "it looks complete");
            assert!(!out.ends_with(b"--\r\n"), "it has been closed");
            assert!(
                out.ends_with(&content[..usize::try_from(promised.min(10)).expect("small")]) || promised < 10
            );
            assert_eq!(
                reason(read_out(&mut output, size).1),
                Some(wanted),
                "an error is final"
            );
            let mut out = Vec::new();
            assert_eq!(reason(plan.write_to(&mut out).err()), Some(wanted));
            assert!((out.len() as u64) < announced);

            let first = Form::streaming().text("first", "");
            let form = first.streamed(
                Part::new("n", ""),
                Script::cut(content, size, false),
                Some(promised),
            );
            let (out, error) = stream_out(form.plan_with(boundary()).expect("as before"));
            assert_eq!(reason(error), Some(wanted), "{size} bytes at a time");
            assert!((out.len() as u64) < announced);
        }
    }
}

#[test]
fn a_boundary_in_what_is_streamed_is_never_written_whole() {
    let content = b"0--b0-\r\n----b0-bytes";
    for size in 1..=content.len() {
        for length in [None, Some(content.len() as u64)] {
            let wanted = OutputError::BoundaryOccurs { part: 1, offset: 10 };
            // What comes before in another part is no beginning of it.
            let first = || Part::new("first", "");
            let form = Form::streaming().streamed(first(), Drip::new(b"----b0-", size), None);
            let form = form.streamed(Part::new("n", ""), Drip::new(content, size), length);
            let plan = form.plan_with(boundary()).expect("nothing is known of it");
            let (out, error) = read_out(&mut plan.into_output(), 64);
            assert_eq!(reason(error), Some(wanted), "{size} bytes at a time");
            let opened = out.windows(6).filter(|it| it == b"--b0-b").count();
            assert_eq!(
                opened,
                2,
                "two parts are opened, and no third: {}",
                out.escape_ascii()
            );

            let form = Form::streaming().streamed(first(), Script::cut(b"----b0-", size, false), None);
            let form = form.streamed(Part::new("n", ""), Script::cut(content, size, false), length);
            let (out, error) = stream_out(form.plan_with(boundary()).expect("as before"));
            assert_eq!(reason(error), Some(wanted), "{size} bytes at a time");
            assert_eq!(out.windows(6).filter(|it| it == b"--b0-b").count(), 2);
        }
    }
}

#[test]
fn a_source_that_fails_never_makes_a_body_that_looks_complete() {
    let steps = [
        Step::Chunk(Bytes::from_static(b"12")),
        Step::Fail(io::ErrorKind::Interrupted),
    ];
    let form = Form::streaming().streamed(Part::new("n", ""), Script::new(steps), None);
    let mut output = form.plan_with(boundary()).expect("a form").into_output();
    let given = items(&mut output, 5).0;
    let kinds: Vec<_> = given
        .iter()
        .map(|item| item.as_ref().err().map(io::Error::kind))
        .collect();
    assert_eq!(kinds, [None, None, Some(io::ErrorKind::Interrupted)]);
    assert_eq!((output.is_end_stream(), output.remaining()), (false, None));

    let form = Form::streaming().streamed(Part::new("n", ""), Failing(0), None);
    let mut output = form.plan_with(boundary()).expect("a form").into_output();
    let kinds: Vec<_> = (0..2)
        .map(|_| read_out(&mut output, 100).1.map(|error| error.kind()))
        .collect();
    assert_eq!(
        kinds,
        [
            Some(io::ErrorKind::WouldBlock),
            Some(io::ErrorKind::ConnectionReset)
        ]
    );
    let again = read_out(&mut output, 100).1;
    assert_eq!(reason(again), Some(OutputError::SourceFailed { part: 0 }));
}

#[test]
fn a_source_without_a_length_makes_a_body_without_one() {
    let form = Form::streaming().streamed(Part::new("n", ""), Script::cut(b"12345", 2, true), None);
    let plan = form.plan_with(boundary()).expect("a form");
    assert_eq!(plan.content_length(), None);
    assert_eq!(plan.content_type(), "multipart/form-data; boundary=b0-b");
    let (out, error) = stream_out(plan);
    assert!(error.is_none());
    assert_eq!(
        out,
        Form::new()
            .text("n", "12345")
            .to_vec(&boundary())
            .expect("the same form")
    );

    let huge = Form::streaming().streamed(Part::new("n", ""), &b""[..], Some(u64::MAX));
    assert_eq!(
        huge.plan().expect("a form").content_length(),
        None,
        "no length fits"
    );
}

#[test]
fn a_stream_is_paced_and_bounded() {
    let empty = |count| std::iter::repeat_with(|| Step::Chunk(Bytes::new())).take(count);
    let plan = |steps: Vec<Step>| {
        let form = Form::streaming().streamed(Part::new("n", ""), Script::new(steps), None);
        form.plan_with(boundary()).expect("a form")
    };
    let byte = || [Step::Chunk(Bytes::from_static(b"1"))];
    let taken = plan(empty(1024).chain(byte()).chain(empty(1024)).collect());
    assert!(stream_out(taken).1.is_none(), "1,024 in a row are taken, twice");
    let error = stream_out(plan(empty(1025).collect())).1;
    assert_eq!(reason(error), Some(OutputError::EmptyPieces { part: 0 }));

    let chunks = (0..320).flat_map(|_| byte()).collect();
    let (given, pendings) = items(&mut plan(chunks).into_output(), usize::MAX);
    assert_eq!((given.len(), pendings), (322, 10), "others run after every 32");
}

#[test]
fn what_is_in_memory_is_not_copied() {
    let content = Bytes::from(vec![b'x'; 1000]);
    let form = Form::new()
        .part(Part::shared("shared", content.clone()))
        .text("owned", content.to_vec());
    let owned = form.parts()[1].content().as_ptr();
    let plan = form.plan().expect("a form");
    for _ in 0..2 {
        let pieces = items(&mut plan.clone().into_output(), usize::MAX).0;
        let begin = |index: usize| pieces[index].as_ref().expect("nothing fails").as_ptr();
        assert_eq!((begin(1), begin(3)), (content.as_ptr(), owned));
    }
}

/// Says how much it was asked for at most.
struct Asking<'a>(&'a mut usize);

impl Read for Asking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        *self.0 = buffer.len().max(*self.0);
        Ok(0)
    }
}

#[test]
fn sources_are_read_in_large_pieces() {
    let (mut written, mut read) = (0, 0);
    let form = Form::streaming().streamed(Part::new("n", ""), Asking(&mut written), None);
    let plan = form.plan_with(boundary()).expect("a form");
    plan.write_to(&mut io::sink()).expect("an empty part");
    let parser = Parser::new(boundary(), Mode::Strict, Limits::default());
    let mut multipart = rebuttal_multipart::read::Multipart::new(Asking(&mut read), parser);
    assert!(multipart.next_part().is_err(), "the body is empty");
    assert_eq!((written, read), (65_536, 65_536));
}
