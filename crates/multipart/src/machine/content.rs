//! The content of parts.

use super::framing::Line;
use super::{Machine, Source, State, Step};
use crate::error::Window;
use crate::scan::{Piece, Stray};
use crate::violation::ViolationId;

impl Machine {
    pub(super) fn content(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let (source, len) = match self.delimiter.scan(&mut self.held, chunk, at) {
            Piece::Exhausted => return Step::Starved,
            Piece::Delimiter(seen) => return self.end_part(self.base + *at as u64, seen),
            Piece::Stray(stray) => return self.stray(stray),
            Piece::Waited(range) => (Source::Delimiter(range.clone()), range.len()),
            Piece::Chunk(range) => (Source::Chunk(range.clone()), range.len()),
        };
        self.hand_out(chunk, source, len)
    }

    /// Takes a chunk of which nothing can be said but that it is content: what most chunks of a large file are.
    /// How many of its bytes, and where they begin; `None` leaves the chunk to [`Machine::content`].
    #[inline]
    pub(crate) fn whole_chunk(&mut self, chunk: &[u8]) -> Option<(usize, u64)> {
        let len = chunk.len() as u64;
        let is_plain = matches!(self.state, State::Content)
            && self.part.is_file
            && self.part.charset.is_none()
            && !self.delimiter.is_lf()
            && len <= self.limits.file_bytes.saturating_sub(self.part.len)
            && !self.is_pending();
        if !is_plain {
            return None;
        }
        let taken = self.delimiter.take_whole(&mut self.held, chunk)?;
        let offset = self.part.content + self.part.len;
        self.part.len += taken as u64;
        Some((taken, offset))
    }

    /// Hands out content, as far as there is room for it.
    #[inline]
    pub(super) fn hand_out(&mut self, chunk: &[u8], source: Source, len: usize) -> Step {
        let offset = self.part.content + self.part.len;
        let (room, id) = self.room_for_content();
        let taken = usize::try_from(room).map_or(len, |room| room.min(len));
        self.part.len += taken as u64;
        if !self.part.is_file {
            self.fields_bytes += taken as u64;
        }
        let (source, start) = match source {
            Source::Delimiter(range) => (
                Source::Delimiter(range.start..range.start + taken),
                &self.delimiter.as_bytes()[range],
            ),
            Source::Chunk(range) => (Source::Chunk(range.start..range.start + taken), &chunk[range]),
        };
        if self.delimiter.is_lf()
            && let Some(last) = start[..taken].last()
        {
            self.part.last = *last;
        }
        if let Some(charset) = &mut self.part.charset {
            charset.add(&start[..taken]);
        }
        if let Some(beyond) = start.get(taken) {
            let place = offset + taken as u64;
            let found = Window::new(&[*beyond]);
            self.reports
                .fail(id, place..place + 1, Some(self.part.index), found);
        }
        if taken == 0 {
            Step::Again
        } else {
            Step::Data { source, offset }
        }
    }

    /// How much more content the part may have, and what it is called to have more.
    fn room_for_content(&self) -> (u64, ViolationId) {
        if self.part.is_file {
            return (
                self.limits.file_bytes.saturating_sub(self.part.len),
                ViolationId::L05,
            );
        }
        let own = self.limits.field_bytes.saturating_sub(self.part.len);
        let all = self.limits.fields_bytes.saturating_sub(self.fields_bytes);
        if own <= all {
            (own, ViolationId::L04)
        } else {
            (all, ViolationId::L06)
        }
    }

    /// The content so far ends in a boundary that delimits nothing.
    fn stray(&mut self, stray: Stray) -> Step {
        let id = match stray {
            Stray::AtLineStart => ViolationId::F09,
            Stray::MidLine => ViolationId::F20,
        };
        let end = self.part.content + self.part.len;
        let dash_boundary = self.delimiter.dash_boundary();
        let found = Window::new(dash_boundary);
        let span = end - dash_boundary.len() as u64..end;
        self.reports.add(id, span, Some(self.part.index), found);
        Step::Again
    }

    /// A delimiter ends at `end`, of which `seen` bytes stand behind the header block.
    fn end_part(&mut self, end: u64, seen: usize) -> Step {
        let start = end - seen as u64;
        let dashes = end - self.delimiter.dash_boundary().len() as u64;
        let index = Some(self.part.index);
        if start == dashes && !self.part.is_told {
            let found = Window::new(self.delimiter.dash_boundary());
            if !self.reports.add(ViolationId::F17, dashes..end, index, found) {
                return Step::Again;
            }
        }
        if self.delimiter.is_lf() && self.part.last == b'\r' && self.part.len > 0 {
            let line_end = start - 1..dashes;
            let found = Window::new(b"\r\n");
            self.reports
                .add_ambiguous(ViolationId::F07, line_end, index, found);
        }
        if let Some(charset) = self.part.charset
            && !charset.as_bytes().eq_ignore_ascii_case(b"utf-8")
        {
            let span = self.part.content..self.part.content + self.part.len;
            self.reports.add(ViolationId::D26, span, index, charset);
        }
        self.state = State::Line(Line::new(dashes));
        Step::PartEnd {
            index: self.part.index,
            span: self.part.start..start,
            len: self.part.len,
        }
    }
}
