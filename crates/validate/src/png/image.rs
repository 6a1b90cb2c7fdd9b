//! Inflates the image data as it passes, as far as IHDR promises rows and not a byte further.
//!
//! The bound is the guard against bombs. What is inflated goes through a window of 32 KiB, the farthest that
//! a zlib stream refers back; only the first byte of each row is looked at.

use std::fmt;

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{
        DecompressorOxide, TINFL_LZ_DICT_SIZE, decompress_with_limit,
        inflate_flags::{
            TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
        },
    },
};

use super::{header, rows::Rows};
use crate::{code::Code, field::Field};

/// The image data of one picture.
pub(super) struct Image {
    inflater: Box<DecompressorOxide>,
    window: Box<[u8]>,
    /// Where in the window the next byte goes.
    position: usize,
    /// Whether the window has been full once, so that a match may reach behind its start.
    wrapped: bool,
    rows: Rows,
    state: State,
    /// Made when it is first needed, which a real file never does.
    before: Option<Box<Before>>,
}

/// What goes back to how it was, with what the window held where bytes may have been written since.
struct Before {
    inflater: DecompressorOxide,
    overwritten: [u8; MAX_TRIED_BYTES],
    rows: Rows,
}

/// The most that is inflated on trial, in bytes.
const MAX_TRIED_BYTES: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Inflating,
    /// The zlib stream has ended.
    Ended,
    /// Nothing more is to be learned.
    Over,
}

/// What is wrong with the image data.
pub(super) type Problem = (Code, String);

impl fmt::Debug for Image {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Image");
        shown.field("rows", &self.rows).field("state", &self.state);
        shown.finish_non_exhaustive()
    }
}

impl Image {
    /// The image data that a valid IHDR promises.
    pub(super) fn new(header: &Field<{ header::BYTES }>) -> Self {
        Self {
            inflater: Box::default(),
            window: vec![0; TINFL_LZ_DICT_SIZE].into_boxed_slice(),
            position: 0,
            wrapped: false,
            rows: Rows::new(header),
            state: State::Inflating,
            before: None,
        }
    }

    /// Takes the next bytes of IDAT, if nothing is wrong with them and they do not inflate to much; otherwise takes
    /// nothing.
    pub(super) fn try_feed(&mut self, input: &[u8]) -> bool {
        if self.state != State::Inflating || self.rows.bytes_left() <= MAX_TRIED_BYTES as u64 {
            return false;
        }
        let room = MAX_TRIED_BYTES.min(self.window.len() - self.position);
        self.remember(room);
        let (status, read, written) = self.decompress(input, room);
        let bytes = &self.window[self.position..self.position + written];
        if status == TINFLStatus::NeedsMoreInput && read == input.len() && self.rows.take(bytes).is_none() {
            self.advance(written);
            return true;
        }
        self.go_back(room);
        false
    }

    fn remember(&mut self, room: usize) {
        let before = self.before.get_or_insert_with(|| {
            Box::new(Before {
                inflater: (*self.inflater).clone(),
                overwritten: [0; MAX_TRIED_BYTES],
                rows: self.rows.clone(),
            })
        });
        before.inflater.clone_from(&*self.inflater);
        before.overwritten[..room].copy_from_slice(&self.window[self.position..self.position + room]);
        before.rows.clone_from(&self.rows);
    }

    fn go_back(&mut self, room: usize) {
        if let Some(before) = &self.before {
            (*self.inflater).clone_from(&before.inflater);
            self.window[self.position..self.position + room].copy_from_slice(&before.overwritten[..room]);
            self.rows.clone_from(&before.rows);
        }
    }

    /// Takes the next bytes of IDAT and tells what is wrong with them.
    pub(super) fn feed(&mut self, mut input: &[u8], problems: &mut Vec<Problem>) {
        while !input.is_empty() {
            match self.state {
                State::Over => return,
                State::Ended => {
                    self.state = State::Over;
                    let found = "bytes behind the end of the zlib stream".to_owned();
                    problems.push((Code::PngIdatExcess, found));
                }
                State::Inflating => {
                    let taken = self.inflate(input, problems);
                    input = &input[taken..];
                }
            }
        }
    }

    /// Inflates all of `input`, or what there is of it before the stream or the interest in it ends.
    fn inflate(&mut self, input: &[u8], problems: &mut Vec<Problem>) -> usize {
        let mut taken = 0;
        loop {
            let due = usize::try_from(self.rows.bytes_left()).unwrap_or(usize::MAX);
            let (status, read, written) = self.decompress(&input[taken..], due.saturating_add(1));
            taken += read;
            let bytes = &self.window[self.position..self.position + written];
            if let Some(filter) = self.rows.take(&bytes[..written.min(due)]) {
                let rows = self.rows.shown();
                problems.push((Code::PngBadFilter, format!("a row with filter {filter}, {rows}")));
            }
            self.judge(status, written > due, problems);
            self.advance(written);
            if self.state != State::Inflating || status == TINFLStatus::NeedsMoreInput {
                return taken;
            }
        }
    }

    /// Moves on in the window.
    fn advance(&mut self, written: usize) {
        self.position += written;
        if self.position == self.window.len() {
            self.position = 0;
            self.wrapped = true;
        }
    }

    /// One call of the inflater: up to the end of the input or the window, or to so many bytes.
    fn decompress(&mut self, input: &[u8], most: usize) -> (TINFLStatus, usize, usize) {
        let mut flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_HAS_MORE_INPUT;
        if !self.wrapped {
            // So that a match from before the first byte is an error, and no zeros out of a new window.
            flags |= TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        }
        decompress_with_limit(
            &mut self.inflater,
            input,
            &mut self.window,
            self.position,
            most,
            flags,
        )
    }

    fn judge(&mut self, status: TINFLStatus, excess: bool, problems: &mut Vec<Problem>) {
        let (state, code, found) = match status {
            _ if excess => (State::Over, Code::PngIdatExcess, "image data after the last row"),
            TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput => return,
            TINFLStatus::Done => {
                self.state = State::Ended;
                return;
            }
            TINFLStatus::Adler32Mismatch => (
                State::Ended,
                Code::PngZlibChecksum,
                "another checksum behind the image data",
            ),
            _ => (State::Over, Code::PngZlibError, "a broken zlib stream"),
        };
        self.state = state;
        let before = problems.len();
        problems.retain(|(code, _)| *code != Code::PngBadFilter);
        // A broken stream makes wrong filters before it is noticed; a writer's wrong filter breaks no stream.
        let broken = problems.len() < before;
        let code = if broken { Code::PngZlibError } else { code };
        problems.push((code, format!("{found}, {}", self.rows.shown())));
    }

    /// Whether every row was there.
    pub(super) fn is_whole(&self) -> bool {
        self.rows.bytes_left() == 0
    }

    /// How far the rows have come, in words.
    pub(super) fn rows_shown(&self) -> String {
        self.rows.shown()
    }

    /// What is missing where the image data ends.
    pub(super) fn missing(&self) -> Option<Problem> {
        if !self.is_whole() {
            let rows = self.rows.shown();
            Some((
                Code::PngIdatShort,
                format!("the end of the image data with {rows}"),
            ))
        } else if self.state == State::Inflating {
            let found = "the end of the image data inside the zlib stream's end".to_owned();
            Some((Code::PngZlibChecksum, found))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
