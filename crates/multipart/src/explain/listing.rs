//! What an explainer hands out.

use std::ops::Range;

use crate::error::Diagnosis;
use crate::event::PartHead;

/// A body, line by line. Every byte of it is in exactly one line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing {
    /// What stands where, in the order of the body.
    pub lines: Vec<Line>,
    /// The parts whose header block was read.
    pub parts: Vec<ListedPart>,
    /// What is wrong, in the order in which it was found; without what stopped the reader.
    pub violations: Vec<Diagnosis>,
    /// What stopped the reader.
    pub stopped: Option<Diagnosis>,
    /// The length of the body in bytes.
    pub bytes: u64,
}

impl Listing {
    /// The line under which to tell of a violation of the body, as an index into [`Listing::lines`]: where it
    /// begins, or the last one. `None` when there is no line.
    pub fn line_of(&self, diagnosis: &Diagnosis) -> Option<usize> {
        let last = self.lines.len().checked_sub(1)?;
        let behind = self
            .lines
            .partition_point(|line| line.span.end <= diagnosis.span.start);
        Some(behind.min(last))
    }

    /// The bytes of the lines of one kind: from the start of the first to the end of the last.
    pub fn span_of(&self, kind: LineKind) -> Option<Range<u64>> {
        let mut lines = self.lines.iter().filter(|line| line.kind == kind);
        let first = lines.next()?;
        Some(first.span.start..lines.next_back().unwrap_or(first).span.end)
    }
}

/// What a line of a listing is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum LineKind {
    /// Text before the first boundary.
    Preamble,
    /// A boundary that opens a part, with the line end before it.
    Boundary,
    /// The boundary that closes the body, with the line end before it.
    Close,
    /// A header line of a part.
    Header,
    /// A header line that goes on with the one before it.
    Fold,
    /// The blank line that ends a header block.
    Blank,
    /// The content of a part; one line, whatever it holds.
    Content,
    /// Text behind the close delimiter.
    Epilogue,
    /// What lies behind the place where the reader stopped.
    Unread,
}

impl LineKind {
    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preamble => "preamble",
            Self::Boundary => "boundary",
            Self::Close => "close",
            Self::Header => "header",
            Self::Fold => "folded",
            Self::Blank => "blank",
            Self::Content => "content",
            Self::Epilogue => "epilogue",
            Self::Unread => "not read",
        }
    }

    /// What a line of a header block is.
    pub(super) fn of_block(line: &[u8]) -> Self {
        match line {
            b"\r\n" | b"\n" => Self::Blank,
            [b' ' | b'\t', ..] => Self::Fold,
            _ => Self::Header,
        }
    }

    /// What the bytes between parts are.
    pub(super) fn of_framing(bytes: &[u8], dash_boundary: &[u8]) -> Self {
        let text = bytes.trim_ascii_start();
        match text.strip_prefix(dash_boundary) {
            Some([b'-', b'-', ..]) => Self::Close,
            _ => Self::Boundary,
        }
    }
}

/// A line of a listing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// Where it stands, in bytes from the start of the body, with its line end.
    pub span: Range<u64>,
    /// The part it belongs to, counted from 0; `None` between parts.
    pub part: Option<u32>,
    shown: Vec<u8>,
}

impl Line {
    /// How many bytes of a line are kept, unless it is a header's.
    pub const MAX_SHOWN_BYTES: usize = 512;

    pub(super) fn new(kind: LineKind, span: Range<u64>, part: Option<u32>, bytes: &[u8]) -> Self {
        let mut line = Self {
            kind,
            span,
            part,
            shown: Vec::new(),
        };
        line.show(bytes);
        line
    }

    /// Keeps the beginning of more bytes.
    pub(super) fn show(&mut self, bytes: &[u8]) {
        let most = match self.kind {
            LineKind::Header | LineKind::Fold => usize::MAX, // The limits on header blocks bound them.
            _ => Self::MAX_SHOWN_BYTES,
        };
        let more = most.saturating_sub(self.shown.len()).min(bytes.len());
        self.shown.extend_from_slice(&bytes[..more]);
    }

    /// What it begins with: all of a header line, at most [`Line::MAX_SHOWN_BYTES`] of any other.
    pub fn shown(&self) -> &[u8] {
        &self.shown
    }
}

/// A part of a listing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedPart {
    /// Counted from 0.
    pub index: u32,
    /// Header block, blank line and content, in bytes from the start of the body.
    pub span: Range<u64>,
    /// The content, as far as it was read.
    pub content: Range<u64>,
    /// Whether the part was read to its end.
    pub is_whole: bool,
    /// The name, decoded; see [`PartHead::name`].
    pub name: Option<String>,
    /// The filename, decoded; see [`PartHead::filename`].
    pub filename: Option<String>,
    /// The value of `Content-Type` as sent.
    pub content_type: Option<Vec<u8>>,
    /// Every header, in order.
    pub headers: Vec<ListedHeader>,
}

/// A header of a part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedHeader {
    /// The name as sent.
    pub name: Vec<u8>,
    /// The value as sent, folded lines joined, without the white space around it.
    pub value: Vec<u8>,
    /// From the name to the end of the value, in bytes from the start of the body.
    pub span: Range<u64>,
}

impl ListedPart {
    pub(super) fn new(head: &PartHead<'_>) -> Self {
        let end = head.span.end;
        let at = |place: usize| head.span.start + place as u64;
        let header = |field: &crate::header::Field| ListedHeader {
            name: head.block[field.name.clone()].to_vec(),
            value: head.block[field.value.clone()].to_vec(),
            span: at(field.name.start)..at(field.value.end),
        };
        Self {
            index: head.index,
            span: head.span.clone(),
            content: end..end,
            is_whole: false,
            name: head.name().as_ref().map(ToString::to_string),
            filename: head.filename().as_ref().map(ToString::to_string),
            content_type: head.content_type().map(<[u8]>::to_vec),
            headers: head.headers.fields.iter().map(header).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_header_is_shown_and_the_beginning_of_the_rest() {
        for (kind, len, wanted) in [
            (LineKind::Header, 2000, 2000),
            (LineKind::Fold, 2000, 2000),
            (LineKind::Content, 511, 511),
            (LineKind::Content, 2000, 512),
            (LineKind::Epilogue, 2000, 512),
        ] {
            let mut line = Line::new(kind, 0..0, None, &[b'a'; 500][..len.min(500)]);
            line.show(&vec![b'a'; len - 500]);
            assert_eq!(line.shown().len(), wanted, "{kind:?}");
        }
    }
}
