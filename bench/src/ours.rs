//! Our own reader, as its documentation says.

use std::hint::black_box;

use anyhow::{Result, ensure};
use rebuttal_multipart::{Boundary, Event, Events, Limits, Mode, Parser};

use crate::contestant::Tally;

/// Limits that no body here meets, but for those on a header block, which bound the reader's memory.
pub(crate) fn limits() -> Limits {
    Limits {
        body_bytes: u64::MAX,
        parts: u32::MAX,
        files: u32::MAX,
        field_bytes: u64::MAX,
        file_bytes: u64::MAX,
        fields_bytes: u64::MAX,
        preamble_bytes: u64::MAX,
        epilogue_bytes: u64::MAX,
        ..Limits::default()
    }
}

pub(crate) fn read(
    body: &[u8],
    chunk_bytes: usize,
    content_type: &str,
    mode: Mode,
    limits: Limits,
) -> Result<Tally> {
    let mut parser = parser(content_type, mode, limits)?;
    let mut tally = Tally::default();
    for chunk in body.chunks(chunk_bytes) {
        take(parser.feed(chunk), &mut tally)?;
    }
    let ended = take(parser.finish(), &mut tally)?;
    ensure!(ended, "no end");
    Ok(tally)
}

pub(crate) fn parser(content_type: &str, mode: Mode, limits: Limits) -> Result<Parser> {
    let boundary = Boundary::from_content_type(content_type.as_bytes())?;
    Ok(Parser::new(boundary, mode, limits))
}

/// Takes every event; whether the last was the end.
pub(crate) fn take(mut events: Events<'_, '_>, tally: &mut Tally) -> Result<bool> {
    while let Some(event) = events.next_event()? {
        match event {
            Event::PartBegin(head) => {
                black_box((head.name(), head.filename()));
                tally.part();
            }
            Event::Data { bytes, .. } => tally.content(bytes),
            Event::End => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}
