//! Parts that are asked for, in every way they can be.

use std::io::{self, BufRead, Read};

use rebuttal_multipart::{Diagnosis, Event, Head, Parser, PartHead, ReadError, Text, read};

use crate::oracles::cut;

/// What a reader that is fed makes of a body.
#[derive(Default)]
struct Fed {
    parts: Vec<Part>,
    /// Violations in order, each with how many parts had begun.
    violations: Vec<Diagnosis>,
    stopped: Option<Diagnosis>,
}

struct Part {
    /// A word for all that its head says.
    head: String,
    content: Vec<u8>,
    is_whole: bool,
}

/// Parts are those that the reader hands out that is fed.
pub(super) fn parts(parser: &dyn Fn() -> Parser, body: &[u8], choice: u8) {
    let fed = fed(parser(), body);
    let source = Source {
        chunks: cut::Source::new(cut::chosen(body, choice)),
        asked: 0,
        fails: choice & 3 == 3,
    };
    let mut multipart = read::Multipart::new(source, parser());
    let mut number = 0;
    let stopped = loop {
        let part = match multipart.next_part() {
            Ok(Some(part)) => part,
            Ok(None) => break None,
            Err(ReadError::Source(error)) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "the source's own error");
                continue;
            }
            Err(error) => break Some(error),
        };
        let wanted = fed
            .parts
            .get(number)
            .unwrap_or_else(|| panic!("part {number} was not fed"));
        assert_eq!(told(part.head()), wanted.head);
        number += 1;
        let way = usize::from(choice >> 2) + number;
        let content = if way % 5 == 3 && choice & 3 != 3 {
            part.into_vec().map_err(io::Error::from)
        } else {
            content(part, way)
        };
        match content {
            // The rest of a part that is left is skipped.
            Ok(content) if way % 5 == 4 => assert!(wanted.content.starts_with(&content)),
            Ok(content) => {
                assert!(wanted.is_whole, "the end of a part that has none");
                assert_eq!(
                    content.escape_ascii().to_string(),
                    wanted.content.escape_ascii().to_string()
                );
            }
            Err(error) => {
                assert!(!wanted.is_whole, "{error}");
                let error = refused(&error);
                assert_eq!(error.as_ref(), fed.stopped.as_ref());
            }
        }
    };
    assert_eq!(number, fed.parts.len(), "{stopped:?}");
    match (stopped, &fed.stopped) {
        (None, None) => {}
        (Some(ReadError::Body(error)), Some(wanted)) => {
            assert_eq!(&error, wanted);
            let again = multipart.next_part().map(|part| part.is_some());
            assert_eq!(
                again.map_err(|it| it.to_string()),
                Err(wanted.to_string()),
                "final"
            );
            let error = io::Error::from(ReadError::Body(error));
            assert_eq!(
                (error.kind(), refused(&error).as_ref()),
                (io::ErrorKind::InvalidData, Some(wanted))
            );
        }
        (stopped, wanted) => panic!("{stopped:?}, and it should be {wanted:?}"),
    }
    assert_eq!(multipart.violations(), fed.violations);
}

/// What a body was refused for, from within an error of I/O.
fn refused(error: &io::Error) -> Option<Diagnosis> {
    match error.get_ref()?.downcast_ref::<ReadError<io::Error>>()? {
        ReadError::Body(error) => Some(error.clone()),
        ReadError::Source(_) | ReadError::EmptyChunks { .. } => None,
    }
}

/// The content of a part, in one of five ways; of the last only the beginning.
fn content(mut part: read::Part<'_, Source<'_>>, way: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    match way % 5 {
        0 => loop {
            match part.chunk() {
                Ok(None) => return Ok(content),
                Ok(Some(chunk)) => {
                    assert!(!chunk.is_empty(), "an empty chunk");
                    content.extend_from_slice(chunk);
                }
                Err(ReadError::Source(_)) => {}
                Err(error) => return Err(error.into()),
            }
        },
        1 => loop {
            let mut buffer = [0; 7];
            assert_eq!(part.read(&mut []).expect("nothing asked for"), 0);
            match part.read(&mut buffer) {
                Ok(0) => return Ok(content),
                Ok(length) => content.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        },
        2 => loop {
            let (now, length) = match part.fill_buf() {
                Ok(buffer) => (buffer.first().copied(), buffer.len()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            let Some(byte) = now else {
                return Ok(content);
            };
            content.push(byte);
            part.consume(1);
            let left = part.fill_buf().map(<[u8]>::len);
            assert!(
                length == 1 || left.is_ok_and(|left| left == length - 1),
                "more than one was consumed"
            );
        },
        3 => {
            // All that is left at once: whoever blocks there has lost what came before.
            match part.chunk() {
                Ok(chunk) => content.extend_from_slice(chunk.unwrap_or_default()),
                Err(ReadError::Source(_)) => return self::content(part, 0),
                Err(error) => return Err(error.into()),
            }
            if part
                .fill_buf()
                .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            {
                content.extend(self::content(part, 0)?);
                return Ok(content);
            }
            self::content(part, 1).map(|rest| [&content[..], &rest].concat())
        }
        _ => match part.chunk() {
            Ok(chunk) => Ok(chunk.unwrap_or_default().to_vec()),
            Err(ReadError::Source(_)) => Ok(content),
            Err(error) => Err(error.into()),
        },
    }
}

fn fed(mut parser: Parser, body: &[u8]) -> Fed {
    let mut fed = Fed::default();
    for last in [false, true] {
        let mut events = if last { parser.finish() } else { parser.feed(body) };
        loop {
            match events.next_event() {
                Ok(Some(Event::PartBegin(head))) => fed.parts.push(Part {
                    head: told_at_once(&head),
                    content: Vec::new(),
                    is_whole: false,
                }),
                Ok(Some(Event::Data { bytes, .. })) => {
                    let part = fed.parts.last_mut().expect("content of a part");
                    part.content.extend_from_slice(bytes);
                }
                Ok(Some(Event::PartEnd { .. })) => {
                    fed.parts.last_mut().expect("the end of a part").is_whole = true;
                }
                Ok(Some(Event::Violation(it))) => fed.violations.push(it),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    fed.stopped = Some(error);
                    return fed;
                }
            }
        }
    }
    fed
}

/// All that a head says which outlives its chunk.
fn told(head: &Head) -> String {
    let name = |it: Option<&rebuttal_multipart::Name>| {
        it.map(|it| {
            assert!(*it == it.as_str() && *it == *it.as_str() && it.as_ref() == it.as_str());
            (
                it.as_str().to_owned(),
                it.raw().to_vec(),
                it.percent_decoded().to_owned(),
                it.decoding(),
                it.is_lossy(),
                it.offset(),
            )
        })
    };
    let headers: Vec<_> = head.headers().collect();
    format!(
        "{:?}",
        (
            head.index(),
            head.span(),
            name(head.name()),
            name(head.filename()),
            head.content_type(),
            headers,
            head.raw()
        )
    )
}

/// All that a head says as long as its chunk is there.
fn told_at_once(head: &PartHead<'_>) -> String {
    let name = |it: Option<Text<'_>>| {
        it.map(|it| {
            assert!(it == it.as_str() && it == *it.as_str() && it.as_ref() == it.as_str());
            (
                it.as_str().to_owned(),
                it.raw().to_vec(),
                it.percent_decoded().into_owned(),
                it.decoding(),
                it.is_lossy(),
                it.offset(),
            )
        })
    };
    let headers: Vec<_> = head.headers().collect();
    format!(
        "{:?}",
        (
            head.index,
            head.span.clone(),
            name(head.name()),
            name(head.filename()),
            head.content_type(),
            headers,
            &*head.raw()
        )
    )
}

/// Chunks, before each reading of which it may be interrupted, or would block.
struct Source<'a> {
    chunks: cut::Source<'a>,
    asked: u32,
    fails: bool,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.asked += 1;
        match self.asked % 3 {
            1 if self.fails => Err(io::ErrorKind::Interrupted.into()),
            2 if self.fails => Err(io::ErrorKind::WouldBlock.into()),
            _ => self.chunks.read(buffer),
        }
    }
}
