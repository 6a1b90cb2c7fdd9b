//! Two other readers, driven over a stream in memory.

use std::{
    convert::Infallible,
    fmt,
    pin::pin,
    task::{Context, Poll, Waker},
};

use futures_util::stream::{self, Stream};

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

/// A reader that ours is held against.
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

    /// What it makes of a request.
    pub fn read(self, content_type: &[u8], body: &[u8], delivery: Delivery) -> Answer {
        let Ok(content_type) = std::str::from_utf8(content_type) else {
            return Answer::Refused;
        };
        let polls = 1000 + 8 * body.len();
        match self {
            Self::Multer => {
                let Ok(boundary) = multer::parse_boundary(content_type) else {
                    return Answer::Refused;
                };
                let mut form = multer::Multipart::new(chunks(body, delivery), boundary);
                answer(polls, async move { read!(form) })
            }
            Self::Multra => {
                let Ok(boundary) = multra::parse_boundary(content_type) else {
                    return Answer::Refused;
                };
                let mut form = multra::Multipart::new(chunks(body, delivery), boundary);
                answer(polls, async move { read!(form) })
            }
        }
    }
}

/// The body as a stream. What waits is polled again at once: nothing here sleeps.
fn chunks(
    body: &[u8],
    delivery: Delivery,
) -> impl Stream<Item = Result<multer::bytes::Bytes, Infallible>> + Send + 'static {
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

/// Polls until there is an answer, or no longer can be one.
fn answer(polls: usize, reading: impl Future<Output = Option<Vec<Field>>>) -> Answer {
    let mut reading = pin!(reading);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
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
        assert_eq!(answer(1000, std::future::pending()), Answer::Stalled);
        assert_eq!(answer(1, std::future::ready(None)), Answer::Refused);
        assert_eq!(
            answer(1, std::future::ready(Some(Vec::new()))),
            Answer::Form(Vec::new())
        );
    }
}
