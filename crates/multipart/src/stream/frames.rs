//! The data of an `http_body::Body` as a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::Body;

use super::Multipart;
use crate::parser::Parser;

/// The data of a body, less its trailers, which have no meaning here.
#[derive(Debug)]
pub struct Frames<B>(B);

impl<B: Body + Unpin> Multipart<Frames<B>> {
    /// A reader of an HTTP body, by the rules of `parser`. A body that cannot be moved comes in a `Box::pin`.
    ///
    /// Data in `Bytes` is not copied.
    pub fn from_body(body: B, parser: Parser) -> Self {
        Self::new(Frames(body), parser)
    }
}

impl<B: Body + Unpin> Stream for Frames<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let frame = ready!(Pin::new(&mut self.0).poll_frame(context));
        // Trailers count as an empty chunk, so that no number of them goes on for ever.
        Poll::Ready(frame.map(|frame| {
            let data = frame?.into_data();
            Ok(data.map_or_else(|_| Bytes::new(), |mut data| data.copy_to_bytes(data.remaining())))
        }))
    }
}
