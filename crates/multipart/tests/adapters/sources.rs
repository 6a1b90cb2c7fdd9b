//! Sources that fail, that have nothing to give, and that never wait.

use std::io::{self, Read};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::Frame;
use rebuttal_multipart::{Boundary, Form, Limits, Mode, Parser, ReadError, read, stream};

use crate::driving::{Script, Step, drive};
use crate::{BODY, Cut, fed, parser, reason};

/// Fails before each piece, in turn by what is retried and what is not.
struct Flaky<'b>(Cut<'b>, u8);

impl Read for Flaky<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = (self.1 + 1) % 3;
        match self.1 {
            1 => Err(io::ErrorKind::Interrupted.into()),
            2 => Err(io::ErrorKind::WouldBlock.into()),
            _ => self.0.read(buffer),
        }
    }
}

#[test]
fn a_source_that_fails_loses_nothing_and_never_ends_a_body() {
    let cut = BODY.len() - 20;
    let steps = || {
        let chunk = |bytes: &'static [u8]| Step::Chunk(Bytes::from_static(bytes));
        [
            chunk(&BODY[..cut]),
            Step::Fail(io::ErrorKind::TimedOut),
            chunk(&BODY[cut..]),
        ]
    };
    for goes_on in [true, false] {
        let script = Script::new(steps().into_iter().take(if goes_on { 3 } else { 2 }));
        let mut multipart = stream::Multipart::new(script, parser(Mode::Strict));
        for _ in 0..3 {
            assert!(drive(multipart.next_part()).0.expect("a part").is_some());
        }
        let failed = drive(multipart.next_part()).0.err();
        let Some(ReadError::Source(error)) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        match drive(multipart.next_part()).0 {
            Ok(None) => assert!(goes_on),
            Err(error) => assert_eq!((reason(&error), goes_on), (("F10", cut as u64), false)),
            Ok(Some(_)) => panic!("a fourth part"),
        }
    }

    let source = Flaky(Cut { body: BODY, size: 3 }, 0);
    let mut multipart = read::Multipart::new(source, parser(Mode::Strict));
    let (mut parts, mut blocked) = (0, 0);
    loop {
        match multipart.next_part() {
            Ok(Some(_)) => parts += 1,
            Ok(None) => break,
            Err(ReadError::Source(error)) if error.kind() == io::ErrorKind::WouldBlock => blocked += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((parts, blocked), (3, BODY.len().div_ceil(3) + 1));
}

#[test]
fn an_answer_that_is_known_asks_no_source() {
    // The first chunk ends with the boundary that ends the first part.
    let cut = 4
        + BODY[4..]
            .windows(4)
            .position(|it| it == b"--b0")
            .expect("a second boundary")
        + 4;
    let steps = [&BODY[..cut], &BODY[cut..]].map(|chunk| Step::Chunk(Bytes::copy_from_slice(chunk)));
    let script = Script::new(steps);
    let polls = Rc::clone(&script.polls);
    let mut multipart = stream::Multipart::new(script, parser(Mode::Strict));
    let mut part = drive(multipart.next_part()).0.expect("a part").expect("a part");
    while drive(part.chunk()).0.expect("content").is_some() {}
    for _ in 0..3 {
        assert_eq!((drive(part.chunk()).0.expect("the end"), polls.get()), (None, 1));
    }
    assert!(drive(multipart.next_part()).0.expect("a part").is_some());
    assert_eq!(polls.get(), 2);

    let refused = [&b"--b0x"[..], BODY].map(|chunk| Step::Chunk(Bytes::copy_from_slice(chunk)));
    let script = Script::new(refused);
    let polls = Rc::clone(&script.polls);
    let mut multipart = stream::Multipart::new(script, parser(Mode::Strict));
    for _ in 0..3 {
        let error = drive(multipart.next_part()).0.err();
        assert_eq!((error.as_ref().map(reason), polls.get()), (Some(("F04", 4)), 1));
    }
}

#[test]
fn a_refusal_shows_through_io_errors() {
    let body = &BODY[..60];
    let mut multipart = read::Multipart::new(Cut { body, size: 9 }, parser(Mode::Strict));
    let mut part = multipart.next_part().expect("a part").expect("a part");
    let error = part
        .read_to_end(&mut Vec::new())
        .expect_err("the body is cut short");
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<ReadError<io::Error>>());
    assert_eq!(inner.map(reason), Some(("F10", 60)));
    assert_eq!(
        error.to_string(),
        inner.map(ToString::to_string).unwrap_or_default()
    );
}

#[test]
fn empty_chunks_are_bounded_and_others_come_to_run() {
    let empty = |count| std::iter::repeat_with(|| Step::Chunk(Bytes::new())).take(count);
    let flood = |count: usize| {
        let bytes = |range| Step::Chunk(Bytes::from_static(&BODY[range]));
        let steps = empty(1024)
            .chain([bytes(0..70)])
            .chain(empty(count))
            .chain([Step::Chunk(Bytes::from_static(&BODY[70..]))]);
        stream::Multipart::new(Script::new(steps), parser(Mode::Strict))
    };
    let mut multipart = flood(1024);
    let (part, pendings) = drive(multipart.next_part());
    assert!(part.expect("1,024 in a row are taken").is_some());
    assert_eq!(pendings, 1024 / 32, "others run after every 32");
    for _ in 0..2 {
        assert!(
            drive(multipart.next_part())
                .0
                .expect("1,024 more are taken")
                .is_some()
        );
    }

    let mut multipart = flood(1025);
    drive(multipart.next_part()).0.expect("as before");
    for _ in 0..2 {
        let flooded = drive(multipart.next_part()).0.err();
        assert!(
            matches!(flooded, Some(ReadError::EmptyChunks { offset: 70 })),
            "{flooded:?}"
        );
    }
}

#[test]
fn a_stream_that_is_always_ready_does_not_starve_others() {
    let content = vec![b'x'; 3200];
    let form = Form::new().text("n", content).text("m", "");
    let body = form
        .to_vec(&Boundary::new("b0").expect("a boundary"))
        .expect("a form");
    let chunks = body.len();

    // Skipped, and taken one by one: either way the reader stops for others as often.
    let script = Script::cut(&body, 1, false);
    let polls = Rc::clone(&script.polls);
    let mut multipart = stream::Multipart::new(script, parser(Mode::Strict));
    let (mut parts, mut pendings) = (0, 0);
    loop {
        let (part, pending) = drive(multipart.next_part());
        pendings += pending;
        let Some(mut part) = part.expect("a body that is taken") else {
            break;
        };
        parts += 1;
        while polls.get() < chunks / 2 {
            let (chunk, pending) = drive(part.chunk());
            assert_eq!(chunk.expect("content").map(|chunk| chunk.len()), Some(1));
            pendings += pending;
        }
    }
    assert_eq!((parts, polls.get()), (2, chunks + 1));
    assert_eq!(pendings, chunks / 32);
}

/// A body of frames, each in two pieces.
struct Frames(Vec<Option<&'static [u8]>>);

impl http_body::Body for Frames {
    type Data = bytes::buf::Chain<&'static [u8], &'static [u8]>;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Self::Data>>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        let frame = self.0.remove(0).map_or_else(
            || Frame::trailers(http::HeaderMap::new()),
            |data| {
                let (first, second) = data.split_at(data.len() / 2);
                Frame::data(Buf::chain(first, second))
            },
        );
        Poll::Ready(Some(Ok(frame)))
    }
}

#[test]
fn an_http_body_is_read_and_its_trailers_are_not() {
    for cut in 0..BODY.len() {
        let frames = Frames(vec![Some(&BODY[..cut]), Some(b""), Some(&BODY[cut..]), None]);
        let mut multipart = stream::Multipart::from_body(frames, parser(Mode::Strict));
        let mut contents = Vec::new();
        while let Some(part) = drive(multipart.next_part()).0.expect("a body that is taken") {
            contents.push(drive(part.into_vec()).0.expect("content"));
        }
        let wanted = fed(Mode::Strict, BODY, BODY.len()).parts;
        assert!(
            contents.iter().eq(wanted.iter().map(|part| &part.2)),
            "cut at {cut}"
        );
    }
}

#[test]
fn bodies_go_between_threads() {
    fn sendable<T: Send + 'static>(value: T) -> T {
        value
    }

    let plan = sendable(Form::new().text("n", "").plan().expect("a form"));
    let parser = Parser::new(*plan.boundary(), Mode::Strict, Limits::default());
    let mut multipart = sendable(stream::Multipart::new(sendable(plan.into_output()), parser));
    let read = sendable(async move { Ok::<_, ReadError<io::Error>>(multipart.next_part().await?.is_some()) });
    assert!(drive(read).0.expect("a body that is taken"));
}
