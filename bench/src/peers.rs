//! The peers, each used as its documentation says: every part's name and filename, then its content.
//!
//! Nobody keeps or copies what is handed out.

use std::{convert::Infallible, hint::black_box, pin::Pin, pin::pin};

use actix_web::error::PayloadError;
use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use futures_core::Stream;

use crate::{
    contestant::Tally,
    input::Input,
    source::{Chunks, Pace, drive},
};

/// As much header block as our own reader takes by default, and more than any input here has.
const HEADER_BLOCK_BYTES: usize = 8 * 1024;

pub(crate) fn s3s(input: &Input) -> Result<Tally> {
    let boundary = s3s_multipart::Boundary::new(input.boundary.as_bytes())?;
    let stream = Chunks::<s3s_multipart::Error>::new(input, Pace::Ready);
    let mut multipart = s3s_multipart::Multipart::new(stream, &boundary, HEADER_BLOCK_BYTES);
    drive(input, async {
        let mut tally = Tally::default();
        while let Some(mut part) = multipart.next_part().await? {
            while let Some(header) = part.next_header().await? {
                if header.name.eq_ignore_ascii_case("content-disposition") {
                    black_box(s3s_multipart::parse_content_disposition(header.value));
                }
            }
            tally.part();
            while let Some(bytes) = part.next_data().await? {
                tally.content(&bytes);
            }
        }
        Ok(tally)
    })
}

/// With one chunk a wake, which is its better case by far: a stream that is always ready it reads to the end
/// into memory first.
pub(crate) fn multer(input: &Input) -> Result<Tally> {
    let boundary = multer::parse_boundary(&input.content_type)?;
    let stream = Chunks::<Infallible>::new(input, Pace::OneAWake);
    let mut multipart = multer::Multipart::new(stream, boundary);
    drive(input, async {
        let mut tally = Tally::default();
        while let Some(mut field) = multipart.next_field().await? {
            black_box((field.name(), field.file_name()));
            tally.part();
            while let Some(bytes) = field.chunk().await? {
                tally.content(&bytes);
            }
        }
        Ok(tally)
    })
}

pub(crate) fn multra(input: &Input) -> Result<Tally> {
    let boundary = multra::parse_boundary(&input.content_type)?;
    let stream = Chunks::<Infallible>::new(input, Pace::Ready);
    let mut multipart = multra::Multipart::new(stream, boundary);
    drive(input, async {
        let mut tally = Tally::default();
        while let Some(mut field) = multipart.next_field().await? {
            black_box((field.name(), field.file_name()));
            tally.part();
            while let Some(bytes) = field.chunk().await? {
                tally.content(&bytes);
            }
        }
        Ok(tally)
    })
}

pub(crate) fn xitca(input: &Input) -> Result<Tally> {
    let stream = Chunks::<Infallible>::new(input, Pace::Ready);
    let multipart = http_multipart::multipart(&input.request, stream).map_err(|error| anyhow!("{error}"))?;
    drive(input, async {
        let mut multipart = pin!(multipart);
        let mut tally = Tally::default();
        while let Some(mut field) = multipart.try_next().await.map_err(|error| anyhow!("{error}"))? {
            black_box((field.name(), field.file_name()));
            tally.part();
            while let Some(bytes) = field.try_next().await.map_err(|error| anyhow!("{error}"))? {
                tally.content(&bytes);
            }
        }
        Ok(tally)
    })
}

pub(crate) fn actix(input: &Input) -> Result<Tally> {
    let stream = Chunks::<PayloadError>::new(input, Pace::Ready);
    let mut multipart = actix_multipart::Multipart::new(&input.actix_headers, stream);
    drive(input, async {
        let mut tally = Tally::default();
        while let Some(field) = next(&mut multipart).await {
            let mut field = field.map_err(|error| anyhow!("{error}"))?;
            let disposition = field.content_disposition().context("no disposition")?;
            black_box((disposition.get_name(), disposition.get_filename()));
            tally.part();
            while let Some(bytes) = next(&mut field).await {
                let bytes: Bytes = bytes.map_err(|error| anyhow!("{error}"))?;
                tally.content(&bytes);
            }
        }
        Ok(tally)
    })
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}
