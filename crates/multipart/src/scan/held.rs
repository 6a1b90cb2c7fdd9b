//! What a search keeps from one chunk to the next.

use std::ops::Range;

use super::{DASHES, Delimiter, Stray};

/// What the searched text before this point ends with, and what was seen in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// Up to where in the delimiter it matches; 0 where nothing does.
    pub(super) matched: usize,
    /// Where in the delimiter the searched text begins: at its start a line start is as good as CRLF.
    pub(super) implied: usize,
    /// How many bytes of a stray boundary it ends with, and which kind of stray it would be.
    pub(super) seam: (usize, Stray),
    /// Its last byte, when that came in an earlier chunk.
    pub(super) last: u8,
    /// A stray that ends here and has not been told.
    pub(super) found: Option<Stray>,
    /// The kinds of strays that have been found, a bit for each.
    pub(super) seen: u8,
}

impl Held {
    /// At the start of a line, whose line end belongs to what came before.
    pub(crate) const LINE_START: Self = Self {
        matched: DASHES,
        implied: DASHES,
        ..Self::NOTHING
    };

    /// In the middle of a text.
    pub(crate) const NOTHING: Self = Self {
        matched: 0,
        implied: 0,
        seam: (0, Stray::MidLine),
        last: 0,
        found: None,
        seen: 0,
    };

    /// Behind a boundary whose line end belongs to what came before.
    pub(crate) fn dash_boundary(delimiter: &Delimiter) -> Self {
        Self {
            matched: delimiter.len,
            ..Self::LINE_START
        }
    }

    /// Which bytes of the delimiter stand in the searched text and wait for a decision.
    pub(crate) fn waiting(self) -> Range<usize> {
        self.implied.min(self.matched)..self.matched
    }

    /// Whether part of the boundary itself has been seen.
    pub(crate) fn is_in_boundary(self) -> bool {
        self.matched > DASHES + 2
    }

    /// Whether nothing can be said before there are more bytes.
    pub(crate) fn is_undecided(&self, delimiter: &Delimiter) -> bool {
        self.found.is_none() && self.matched < delimiter.len
    }

    pub(super) fn forget(&mut self, first: usize) {
        (self.matched, self.implied) = (0, first);
    }

    pub(super) fn wants(&self, stray: Stray) -> bool {
        self.seen & stray.bit() == 0
    }

    pub(super) fn wants_any(&self) -> bool {
        self.wants(Stray::MidLine) || self.wants(Stray::AtLineStart)
    }
}
