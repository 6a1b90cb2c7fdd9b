//! Forms whose contents come from sources, which may give other than was promised.

use std::io::{self, Read};

use rebuttal_multipart::{Form, FormError, Output, OutputError};

use super::{draw::Drawn, part, refused};
use crate::reference::written;

/// What a source does besides giving its bytes in pieces.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Habit {
    Plain,
    /// It is interrupted before each piece.
    Interrupted,
    /// It fails for good behind so many bytes.
    Fails(usize),
}

#[derive(Clone, Debug)]
struct Source {
    bytes: Vec<u8>,
    at: usize,
    piece: usize,
    habit: Habit,
    asked: bool,
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.asked = !self.asked;
        match self.habit {
            Habit::Interrupted if self.asked => return Err(io::ErrorKind::Interrupted.into()),
            Habit::Fails(behind) if self.at >= behind => return Err(io::ErrorKind::ConnectionReset.into()),
            _ => {}
        }
        let length = (self.bytes.len() - self.at).min(buffer.len()).min(self.piece);
        buffer[..length].copy_from_slice(&self.bytes[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// What has to become of the body: its length, or what ends it.
#[derive(Debug, PartialEq)]
enum Due {
    Whole,
    Stopped(OutputError),
    Failed,
}

pub(super) fn streamed(drawn: &Drawn, way: u8, choices: &[u8; 10]) {
    let (mut form, mut lengths, mut first) = (Form::streaming(), Some(0_u64), None);
    let boundary = drawn.boundary.as_str();
    let mut twice = None;
    for (index, asked) in drawn.parts.iter().enumerate() {
        let [choice, promise] = [0, 1].map(|it| choices[(2 * index + it) % choices.len()]);
        let content = &asked.content;
        if choice & 1 == 0 {
            form = form.part(part(asked, content));
            lengths = lengths.map(|sum| sum + content.len() as u64);
            continue;
        }
        let habit = match choice >> 1 & 3 {
            0 | 1 => Habit::Plain,
            2 => Habit::Interrupted,
            _ => Habit::Fails(content.len() / 2),
        };
        let source = Source {
            bytes: content.clone(),
            at: 0,
            piece: usize::from(choice >> 3) + 1,
            habit,
            asked: false,
        };
        let length = content.len() as u64;
        let promised = match promise % 8 {
            0..=3 => Some(length),
            4 => Some(length + 1),
            5 => Some(length.saturating_sub(1)),
            _ => None,
        };
        lengths = lengths.zip(promised).map(|(sum, more)| sum + more);
        let besides = promise >> 3 == 31;
        if besides && twice.is_none() {
            twice = Some(index);
        }
        let held: &[u8] = if besides { b"besides" } else { b"" };
        form = form.streamed(part(asked, held), source, promised);
        first = first.or_else(|| broken(index, content, habit, promised, boundary));
    }

    // What is in memory is judged before anything is sent; what is streamed counts as empty then.
    let plan = match form.plan_with(drawn.boundary) {
        Ok(plan) => plan,
        Err(FormError::TwoContents { part, bytes }) => {
            assert_eq!((Some(part), bytes), (twice, 7));
            return;
        }
        Err(error) => {
            refused(&error, &drawn.parts, boundary);
            return;
        }
    };
    assert_eq!(twice, None, "content and a source besides");
    // Sound but for what is streamed: boundaries in there end the body later.
    let heads: Vec<_> = drawn
        .parts
        .iter()
        .map(|it| written::Asked {
            content: Vec::new(),
            ..it.clone()
        })
        .collect();
    let frame = written::body(&heads, boundary).expect("what is refused was planned");
    let announced = lengths.map(|sum| sum + frame.len() as u64);
    assert_eq!(plan.content_length(), announced, "as promised");
    let due = first.unwrap_or(Due::Whole);
    let whole = written::as_asked(&drawn.parts, boundary);
    if way & 1 == 0 {
        let mut sent = Vec::new();
        let result = plan.write_to(&mut sent);
        held(&due, result.as_ref().map(|_| ()), &sent, &whole);
        if let Ok(told) = result {
            assert_eq!(told, sent.len() as u64);
        }
    } else {
        asked(plan.into_output(), way, &due, &whole);
    }
}

/// How the source of this part ends the body, if it does.
fn broken(part: usize, content: &[u8], habit: Habit, promised: Option<u64>, boundary: &str) -> Option<Due> {
    let given = content.len() as u64;
    let occurs = written::place(content, boundary);
    // The boundary ends the body with its last byte; what is too much, with the first byte of it; a source that
    // fails gives pieces until it has given half.
    let most = promised.unwrap_or(u64::MAX);
    if let Some(offset) = occurs {
        let end = (offset + boundary.len() + 2) as u64;
        let fails = matches!(habit, Habit::Fails(_));
        if end <= most && !fails {
            let offset = offset as u64;
            return Some(Due::Stopped(OutputError::BoundaryOccurs { part, offset }));
        }
        if fails {
            // Which comes first depends on the pieces.
            return Some(Due::Failed);
        }
    }
    match (habit, promised) {
        (Habit::Fails(_), _) => Some(Due::Failed),
        (_, Some(promised)) if promised < given => {
            Some(Due::Stopped(OutputError::TooLong { part, promised }))
        }
        (_, Some(promised)) if promised > given => Some(Due::Stopped(OutputError::TooShort {
            part,
            promised,
            given,
        })),
        _ => None,
    }
}

/// What was sent is the body, or the beginning of it that a source allowed.
fn held(due: &Due, result: Result<(), &io::Error>, sent: &[u8], whole: &[u8]) {
    match (due, result) {
        (Due::Whole, Ok(())) => assert_eq!(sent.escape_ascii().to_string(), whole.escape_ascii().to_string()),
        (Due::Stopped(wanted), Err(error)) => {
            assert_eq!(stopped_by(error), Some(*wanted), "{error}");
            assert!(
                error.to_string().contains(&format!("part {}", part_of(wanted))),
                "{error}"
            );
        }
        (Due::Failed, Err(error)) => {
            let own = error.kind() == io::ErrorKind::ConnectionReset;
            assert!(own || stopped_by(error).is_some(), "{error}");
        }
        _ => panic!("{result:?}, and it should be {due:?}"),
    }
    let is_whole = sent.len() == whole.len();
    assert!(
        whole.starts_with(sent) && is_whole == result.is_ok(),
        "sent: {}",
        sent.escape_ascii()
    );
}

fn stopped_by(error: &io::Error) -> Option<OutputError> {
    error.get_ref()?.downcast_ref().copied()
}

fn part_of(error: &OutputError) -> usize {
    match *error {
        OutputError::TooShort { part, .. }
        | OutputError::TooLong { part, .. }
        | OutputError::BoundaryOccurs { part, .. }
        | OutputError::EmptyPieces { part }
        | OutputError::SourceFailed { part } => part,
    }
}

/// Asks for the body in pieces. Who is told of an interruption asks again; an error is final.
fn asked(mut output: Output<Source>, way: u8, due: &Due, whole: &[u8]) {
    let (mut sent, mut buffer) = (Vec::new(), vec![0; usize::from(way) + 1]);
    let announced = output.remaining();
    let result = loop {
        match output.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(length) => sent.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
        let left = announced.map(|all| all - sent.len() as u64);
        assert_eq!(output.remaining(), left, "what is left to send");
    };
    held(due, result.as_ref().copied(), &sent, whole);
    let again = output.read(&mut buffer);
    match (&result, again) {
        (Ok(()), Ok(0)) => {}
        (Err(error), Err(again)) => {
            let wanted = stopped_by(error);
            let failed = matches!(stopped_by(&again), Some(OutputError::SourceFailed { .. }));
            assert!(
                stopped_by(&again) == wanted || wanted.is_none() && failed,
                "{error}, then {again}"
            );
        }
        (first, again) => panic!("{again:?} behind {first:?}"),
    }
    if result.is_err() {
        assert!(output.write_to(&mut sent).is_err(), "it goes on behind an error");
    }
}
