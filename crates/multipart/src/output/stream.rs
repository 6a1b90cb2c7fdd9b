//! A body as a stream of `Bytes`, and as an `http_body::Body`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use super::{Current, NoSource, Output, OutputError};
use crate::memory::Memory;

impl Stream for NoSource {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match *self {}
    }
}

/// What is in memory comes in one piece each, shared and not copied; what is streamed comes as it came, less
/// empty pieces. Every 32 pieces that a source has ready at once it lets others run. The first error is the
/// last item.
impl<S: Stream<Item = io::Result<Bytes>> + Unpin> Stream for Output<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let output = self.get_mut();
        loop {
            if output.failure.is_some() {
                return Poll::Ready(None);
            }
            let tap = match &mut output.current {
                Current::End => return Poll::Ready(None),
                Current::Bytes { bytes, at } => {
                    let piece = Memory::to_bytes(bytes).slice(*at..);
                    output.written += piece.len() as u64;
                    output.advance();
                    return Poll::Ready(Some(Ok(piece)));
                }
                Current::Source(tap) => tap,
            };
            ready!(output.pace.poll(context));
            let Poll::Ready(given) = Pin::new(&mut tap.source).poll_next(context) else {
                output.pace.rest();
                return Poll::Pending;
            };
            match given {
                None => {
                    if let Err(error) = output.end_source() {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Some(Err(error)) => {
                    output.failure = Some(OutputError::SourceFailed { part: tap.part });
                    return Poll::Ready(Some(Err(error)));
                }
                Some(Ok(piece)) if piece.is_empty() => {
                    if output.pace.is_flooded_by_empty() {
                        let part = tap.part;
                        return Poll::Ready(Some(output.fail(OutputError::EmptyPieces { part })));
                    }
                }
                Some(Ok(piece)) => {
                    output.pace.saw_bytes();
                    return Poll::Ready(Some(output.take(&piece).map(|()| piece)));
                }
            }
        }
    }
}

#[cfg(feature = "http-body")]
impl<S: Stream<Item = io::Result<Bytes>> + Unpin> http_body::Body for Output<S> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        let piece = ready!(self.poll_next(context));
        Poll::Ready(piece.map(|piece| piece.map(http_body::Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.current, Current::End) && self.failure.is_none()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.remaining()
            .map_or_else(http_body::SizeHint::default, http_body::SizeHint::with_exact)
    }
}
