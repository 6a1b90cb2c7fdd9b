//! The body of an answer, at once or slowly.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body as it is sent.
pub(crate) type Outgoing = Either<Full<Bytes>, Paced>;

/// How many pieces a second are sent at most.
const PIECES: u32 = 10;

/// A body that is sent at this many bytes a second, or at once.
pub(crate) fn outgoing(body: Bytes, bytes_per_second: Option<u32>) -> Outgoing {
    match bytes_per_second {
        None => Either::Left(Full::new(body)),
        Some(rate) => Either::Right(Paced {
            rest: body,
            rate: rate.max(1),
            pause: None,
        }),
    }
}

/// A body that is sent slowly.
pub(crate) struct Paced {
    rest: Bytes,
    rate: u32,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        // The pause comes first, so that what is fast enough in all is not sent at once.
        let piece = (self.rate / PIECES).max(1);
        let rate = self.rate;
        let pause = self
            .pause
            .get_or_insert_with(|| Box::pin(sleep(Duration::from_secs(piece.into()) / rate)));
        ready!(pause.as_mut().poll(context));
        self.pause = None;
        let length = usize::try_from(piece).unwrap_or(usize::MAX).min(self.rest.len());
        let piece = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
