//! What a reader hands out.

use std::borrow::Cow;
use std::ops::Range;

use crate::disposition::Spot;
use crate::error::Diagnosis;
use crate::header::Headers;
use crate::text::Text;

/// One step through a body. Offsets and spans are bytes from the start of the body.
///
/// The order is: an optional `Preamble`; for each part `PartBegin`, any number of `Data`, `PartEnd`; an
/// optional `Epilogue`; `End`. `Violation` stands anywhere, those of a header block before its `PartBegin`.
/// What no span covers is framing: delimiters and the line end after the last one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event<'a> {
    /// There was text before the first boundary. A lone CRLF counts as framing.
    Preamble {
        /// The text, without the CRLF that belongs to the boundary.
        span: Range<u64>,
    },
    /// The header block of a part is complete.
    PartBegin(PartHead<'a>),
    /// Content of the current part; never empty.
    Data {
        /// A slice of the chunk, or of the delimiter when an earlier chunk ended in what looked like one.
        bytes: &'a [u8],
        /// Where `bytes` begins.
        offset: u64,
    },
    /// The current part is complete.
    PartEnd {
        /// Counted from 0.
        index: u32,
        /// Header block, blank line and content.
        span: Range<u64>,
        /// Length of the content in bytes.
        len: u64,
    },
    /// There was text after the close delimiter and its line end.
    Epilogue {
        /// The text.
        span: Range<u64>,
    },
    /// Something is wrong, and the reading goes on.
    Violation(Diagnosis),
    /// There is no more. Only `finish` says so, and nothing follows. The body is complete, unless the
    /// policy lets a reader go on behind its end (`F10`, `F11`, `F12`, `F16`).
    End,
}

/// The header block of a part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartHead<'a> {
    /// Counted from 0.
    pub index: u32,
    /// The header block with its blank line, in bytes from the start of the body.
    pub span: Range<u64>,
    /// The header block, with folded lines joined.
    pub(crate) block: &'a [u8],
    pub(crate) headers: &'a Headers,
}

impl<'a> PartHead<'a> {
    /// The name of the field; opaque text, never a path into anything (RFC 7578 §4.2).
    ///
    /// `None` only where the policy goes on without one (`H01`, `D01`, `D03`).
    pub fn name(&self) -> Option<Text<'a>> {
        self.text(self.headers.disposition.name.as_ref()?)
    }

    /// The filename, `Some` with an empty text when it was sent empty, `None` when it was not sent.
    ///
    /// From `filename`, or in lenient mode from `filename*` when it stands alone.
    pub fn filename(&self) -> Option<Text<'a>> {
        self.text(self.headers.disposition.filename.as_ref()?)
    }

    /// The value of `Content-Type` as sent. When it is absent, RFC 7578 §4.4 reads `text/plain`.
    pub fn content_type(&self) -> Option<&'a [u8]> {
        let value = self.headers.content_type.clone()?;
        self.block.get(value)
    }

    /// Every header in order: name and value as sent, without the white space around them. A folded line is
    /// one value, its line ends replaced by spaces, byte for byte (RFC 9112 §5.2).
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let block = self.block;
        self.headers
            .fields
            .iter()
            .map(move |field| (&block[field.name.clone()], &block[field.value.clone()]))
    }

    /// The header block as sent, with its blank line; a copy where a line is folded.
    pub fn raw(&self) -> Cow<'a, [u8]> {
        if self.headers.folds.is_empty() {
            return Cow::Borrowed(self.block);
        }
        let mut raw = self.block.to_vec();
        for fold in &self.headers.folds {
            raw[fold.clone()].copy_from_slice(&b"\r\n"[2 - fold.len()..]);
        }
        Cow::Owned(raw)
    }

    fn text(&self, spot: &Spot) -> Option<Text<'a>> {
        let raw = self.block.get(spot.raw.clone())?;
        let offset = self.span.start + spot.raw.start as u64;
        Some(Text::decode(raw, spot.decoding, offset))
    }
}
