//! Where a header block ends.

use super::{Report, Stop, note};
use crate::limits::Limits;
use crate::violation::ViolationId;

/// What a header block ends in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BlockEnd {
    /// The blank line, behind so many bytes with it.
    Blank(usize),
    /// A boundary at the start of a line, behind so many bytes.
    Boundary(usize),
}

/// How far a header block has been looked through; places are bytes from the start of the block.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockScan {
    looked: usize,
    line: usize,
    lines: usize,
}

impl BlockScan {
    /// Looks on through `block`, which holds all that has arrived, for its end.
    ///
    /// Finds line ends of the wrong kind, and all that grows past a limit, at the same place however the
    /// block arrives.
    pub(crate) fn find_end(
        &mut self,
        block: &[u8],
        limits: &Limits,
        dash_boundary: &[u8],
        lf: bool,
        report: &mut impl Report,
    ) -> Result<Option<BlockEnd>, Stop> {
        loop {
            let boundary_end = self.line.saturating_add(dash_boundary.len());
            if block[self.line..].starts_with(dash_boundary)
                && dash_boundary.len() <= limits.header_line_bytes
                && boundary_end <= limits.header_block_bytes
            {
                return Ok(Some(BlockEnd::Boundary(self.line)));
            }
            let found = memchr::memchr(b'\n', &block[self.looked..]);
            let newline = found.map(|found| self.looked + found);
            self.check_sizes(block, newline, limits, report)?;
            let Some(newline) = newline else {
                self.looked = block.len();
                return Ok(None);
            };
            let has_cr = newline > self.line && block[newline - 1] == b'\r';
            if has_cr == lf {
                note(
                    report,
                    ViolationId::H08,
                    newline - usize::from(has_cr)..newline + 1,
                )?;
            }
            let (start, end) = (self.line, newline - usize::from(has_cr));
            if start == end {
                return Ok(Some(BlockEnd::Blank(newline + 1)));
            }
            self.lines += 1;
            if self.lines > limits.headers {
                report(ViolationId::H13, start..end);
                return Err(Stop);
            }
            self.line = newline + 1;
            self.looked = self.line;
        }
    }

    fn check_sizes(
        &self,
        block: &[u8],
        newline: Option<usize>,
        limits: &Limits,
        report: &mut impl Report,
    ) -> Result<(), Stop> {
        let block_max = limits.header_block_bytes;
        let line_max = self.line.saturating_add(limits.header_line_bytes);
        let end = newline.unwrap_or(block.len());
        let mut line_end = end;
        if line_end > self.line && block[line_end - 1] == b'\r' {
            line_end -= 1; // The line's end, or half of it.
        }
        let id = if line_end > line_max && line_max < block_max {
            ViolationId::H12
        } else if end > block_max || (end == block_max && newline.is_some()) {
            ViolationId::H14
        } else {
            return Ok(());
        };
        let place = if id == ViolationId::H12 {
            line_max
        } else {
            block_max
        };
        report(id, place..place + 1);
        Err(Stop)
    }
}
