//! Two other readers, driven over a stream in memory.

use std::{
    convert::Infallible,
    fmt,
    pin::pin,
    task::{Context, Poll, Waker},
};

use futures_util::stream::{self, Stream};
use multer::bytes::Bytes;

/// A part as every reader can tell it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// The name, where there is one.
    pub name: Option<String>,
    /// The filename, where there is one.
    pub filename: Option<String>,
    /// The content.
    pub content: Vec<u8>,
}

/// What a reader makes of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// A form of these parts, in order.
    Form(Vec<Field>),
    /// None, whatever was read before that was clear.
    Refused,
    /// Neither: it waits for more of what has ended.
    Stalled,
}

impl fmt::Display for Answer {
    /// As the matrix of the notes writes it: `2 a/-=1b/-=2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(fields) => {
                write!(f, "{}", fields.len())?;
                for (index, field) in fields.iter().enumerate() {
                    f.write_str(if index == 0 { " " } else { "" })?;
                    let name = field.name.as_deref().filter(|name| !name.is_empty());
                    let filename = field.filename.as_deref().unwrap_or("-");
                    let content = field.content.escape_ascii();
                    write!(f, "{}/{}={content}", name.unwrap_or("-"), filename.escape_debug())?;
                }
                Ok(())
            }
            Self::Refused => f.write_str("reject"),
            Self::Stalled => f.write_str("never ends"),
        }
    }
}

/// A reader that ours can be held against.
pub trait Reader: Copy + fmt::Debug + PartialEq + 'static {
    /// What it makes of a request.
    fn read(self, content_type: &[u8], body: &[u8], delivery: Delivery) -> Answer;

    /// The filename of a field of ours, as this reader would write it.
    fn filename(self, ours: &Field) -> Option<String> {
        ours.filename.clone()
    }
}

/// A reader that ours is held against in this workspace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// rwf2/multer, which axum, Rocket and warp read forms with.
    Multer,
    /// salvo-rs/multra, which began as a copy of it.
    Multra,
}

/// How a body reaches a reader that takes a stream.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Bytes of a chunk.
    pub chunk: usize,
    /// Whether every chunk has to be waited for once.
    pub waits: bool,
}

/// Takes every field of a form; the two readers differ in types only.
macro_rules! read {
    ($form:ident) => {{
        let mut fields = Vec::new();
        while let Some(mut field) = $form.next_field().await.ok()? {
            let mut taken = Field {
                name: field.name().map(str::to_owned),
                filename: field.file_name().map(str::to_owned),
                content: Vec::new(),
            };
            while let Some(chunk) = field.chunk().await.ok()? {
                taken.content.extend_from_slice(&chunk);
            }
            fields.push(taken);
        }
        Some(fields)
    }};
}
impl Peer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Multer, Self::Multra];
}

impl Reader for Peer {
    fn read(self, content_type: &[u8], body: &[u8], delivery: Delivery) -> Answer {
        let Ok(content_type) = std::str::from_utf8(content_type) else {
            return Answer::Refused;
        };
        match self {
            Self::Multer => {
                let Ok(boundary) = multer::parse_boundary(content_type) else {
                    return Answer::Refused;
                };
                let mut form = multer::Multipart::new(chunks::<Infallible>(body, delivery), boundary);
                answer(body.len(), async move { read!(form) })
            }
            Self::Multra => {
                let Ok(boundary) = multra::parse_boundary(content_type) else {
                    return Answer::Refused;
                };
                let mut form = multra::Multipart::new(chunks::<Infallible>(body, delivery), boundary);
                answer(body.len(), async move { read!(form) })
            }
        }
    }

    /// multra decodes every percent escape, or none when one is no escape, and drops what then is not UTF-8.
    fn filename(self, ours: &Field) -> Option<String> {
        let filename = ours.filename.clone()?;
        if self != Self::Multra {
            return Some(filename);
        }
        let mut bytes = Vec::new();
        let mut rest = filename.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if *first != b'%' {
                bytes.push(*first);
                rest = after;
                continue;
            }
            let byte = after
                .get(..2)
                .and_then(|digits| std::str::from_utf8(digits).ok())
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let Some(byte) = byte else {
                return Some(filename);
            };
            bytes.push(byte);
            rest = &after[2..];
        }
        String::from_utf8(bytes).ok()
    }
}

/// The body as a stream. What waits is polled again at once: nothing here sleeps.
pub fn chunks<E: 'static>(
    body: &[u8],
    delivery: Delivery,
) -> impl Stream<Item = Result<Bytes, E>> + Send + Unpin + use<E> {
    let mut left: Vec<Vec<u8>> = body
        .chunks(delivery.chunk.max(1))
        .rev()
        .map(<[u8]>::to_vec)
        .collect();
    let mut waited = false;
    stream::poll_fn(move |_| {
        waited = !waited && delivery.waits;
        if waited {
            return Poll::Pending;
        }
        Poll::Ready(left.pop().map(|chunk| Ok(chunk.into())))
    })
}

/// Polls until there is an answer to a body of so many bytes, or no longer can be one.
pub fn answer(body_bytes: usize, reading: impl Future<Output = Option<Vec<Field>>>) -> Answer {
    let mut reading = pin!(reading);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 + 8 * body_bytes {
        if let Poll::Ready(fields) = reading.as_mut().poll(&mut context) {
            return fields.map_or(Answer::Refused, Answer::Form);
        }
    }
    Answer::Stalled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_never_answers_has_stalled() {
        assert_eq!(answer(0, std::future::pending()), Answer::Stalled);
        assert_eq!(answer(0, std::future::ready(None)), Answer::Refused);
        assert_eq!(
            answer(0, std::future::ready(Some(Vec::new()))),
            Answer::Form(Vec::new())
        );
    }
}
