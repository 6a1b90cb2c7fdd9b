//! The reader of forms, held against others: the same form, or a difference that was reviewed.

mod allowed;
mod kind;
mod peers;

use std::{collections::BTreeSet, fmt::Write as _};

use rebuttal_multipart::{ContentType, Event, Limits, Mode, Parser};

use crate::generators::{from_bytes, request::Request};
pub use allowed::{ALLOWED, Allowed, When};
pub use kind::Kind;
pub use peers::{Answer, Delivery, Field, Peer, Reader, answer, chunks};

/// Holds our reader against multer and multra. The first byte of the input chooses what the rest is (`0` a
/// body with the boundary `B`, `1` a line with a `Content-Type` and a body, `2` and `3` what a generator is
/// drawn from), and above these two bits how it is delivered.
///
/// # Panics
///
/// When strict and lenient mode take one form and read it differently, and when a peer differs from lenient
/// mode in a way that no row of [`ALLOWED`] has.
pub fn multipart_differential(input: &[u8]) {
    let [setting, rest @ ..] = input else { return };
    let (content_type, body) = match setting & 3 {
        0 => (&b"multipart/form-data; boundary=B"[..], rest),
        1 => {
            let line = rest.iter().position(|byte| *byte == b'\n');
            line.map_or((rest, &[][..]), |end| (&rest[..end], &rest[end + 1..]))
        }
        _ => {
            let drawn: Request = from_bytes(rest);
            let delivery = delivery(setting >> 2);
            differences(&Peer::ALL, ALLOWED, &drawn.content_type, &drawn.body, delivery);
            return;
        }
    };
    differences(&Peer::ALL, ALLOWED, content_type, body, delivery(setting >> 2));
}

/// Holds our reader against peers; the rows of the list that were needed, and for whom.
///
/// # Panics
///
/// As [`multipart_differential`], with the rows of this list.
pub fn differences<P: Reader>(
    peers: &[P],
    list: &'static [Allowed<P>],
    content_type: &[u8],
    body: &[u8],
    delivery: Delivery,
) -> Vec<(&'static Allowed<P>, P)> {
    // HTTP strips these before anyone sees the value.
    let content_type = content_type.trim_ascii();
    let ours = Ours::read(content_type, body, delivery);
    let mut needed = Vec::new();
    for &peer in peers {
        let theirs = peer.read(content_type, body, delivery);
        let Some(kind) = Kind::of(&ours.answer, &theirs, peer) else {
            continue;
        };
        let row = list.iter().find(|row| row.holds(peer, kind, &ours));
        let Some(row) = row else {
            let mut message = format!("{peer:?} differs ({kind:?}) and no row of the list allows it\n");
            let _ = write!(
                message,
                "Content-Type: {}\n\n{}\n\nours: {} {:?}\ntheirs: {theirs}\n{delivery:?}",
                content_type.escape_ascii(),
                body.escape_ascii(),
                ours.answer,
                ours.said,
            );
            panic!("{message}");
        };
        needed.push((row, peer));
    }
    needed
}

/// What our reader makes of a request.
#[derive(Debug)]
pub struct Ours {
    /// The answer of lenient mode.
    pub answer: Answer,
    /// Every violation that any mode named.
    pub said: BTreeSet<&'static str>,
    /// The value of the announcement, for what no violation tells.
    pub content_type: Vec<u8>,
    /// The body, for the same.
    pub body: Vec<u8>,
    /// Headers of the part that has most.
    pub headers: usize,
}

impl Ours {
    fn read(content_type: &[u8], body: &[u8], delivery: Delivery) -> Self {
        let announced = ContentType::read(content_type, &Mode::Lenient.into());
        let observed = ContentType::read(content_type, &Mode::Observe.into());
        let mut said: BTreeSet<_> = observed.diagnoses().iter().map(|it| it.id.as_str()).collect();
        let mut headers = 0;
        let answer = match announced.boundary() {
            Err(error) => {
                said.insert(error.id.as_str());
                Answer::Refused
            }
            Ok(boundary) => {
                let boundary = *boundary;
                let mut read = |mode| {
                    let parser = Parser::new(boundary, mode, limits());
                    read(parser, body, delivery, &mut said, &mut headers)
                };
                let strict = read(Mode::Strict);
                let lenient = read(Mode::Lenient);
                read(Mode::Observe);
                if strict != Answer::Refused {
                    assert_eq!(strict, lenient, "two modes: {}", body.escape_ascii());
                }
                lenient
            }
        };
        Self {
            answer,
            said,
            content_type: content_type.to_vec(),
            body: body.to_vec(),
            headers,
        }
    }
}

fn read(
    mut parser: Parser,
    body: &[u8],
    delivery: Delivery,
    said: &mut BTreeSet<&'static str>,
    headers: &mut usize,
) -> Answer {
    let mut fields: Vec<Field> = Vec::new();
    for chunk in body.chunks(delivery.chunk.max(1)).map(Some).chain([None]) {
        let mut events = match chunk {
            Some(chunk) => parser.feed(chunk),
            None => parser.finish(),
        };
        loop {
            match events.next_event() {
                Ok(None) => break,
                Ok(Some(Event::End)) => return Answer::Form(fields),
                Ok(Some(Event::PartBegin(head))) => {
                    *headers = head.headers().len().max(*headers);
                    fields.push(Field {
                        name: head.name().map(|name| name.to_string()),
                        filename: head.filename().map(|name| name.to_string()),
                        content: Vec::new(),
                    });
                }
                Ok(Some(Event::Data { bytes, .. })) => {
                    let field = fields.last_mut().expect("content belongs to a part");
                    field.content.extend_from_slice(bytes);
                }
                Ok(Some(Event::Violation(it))) => {
                    said.insert(it.id.as_str());
                }
                Ok(Some(_)) => {}
                Err(error) => {
                    said.insert(error.id.as_str());
                    return Answer::Refused;
                }
            }
        }
    }
    panic!("neither an end nor an error: {}", body.escape_ascii())
}

/// Ours are out of the way where peers have none; the number of headers is theirs.
fn limits() -> Limits {
    Limits {
        headers: 32,
        ..Limits::MAX
    }
}

/// Chunks of 1 to 31 bytes, or the whole; waited for, or not.
fn delivery(setting: u8) -> Delivery {
    let chunk = usize::from(setting >> 1);
    Delivery {
        chunk: if chunk == 0 { usize::MAX } else { chunk },
        waits: setting & 1 != 0,
    }
}
