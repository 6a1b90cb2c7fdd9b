//! The books on one reading: what is told next must follow from what was told, and keep within the limits.

use std::ops::Range;

use rebuttal_multipart::{Limits, PartHead};

/// What a reader owes for what it has said.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Everything before this byte is told.
    pub(super) at: u64,
    /// The part that is being read, where its header block ends, and whether it is a file.
    pub(super) open: Option<(u32, Range<u64>, bool)>,
    parts: u32,
    files: u32,
    fields_bytes: u64,
    pub(super) violations: usize,
    /// Steps that earlier chunks did not take: what they brought may be told later.
    pub(super) owed: usize,
}

impl Account {
    pub(super) fn begin(&mut self, head: &PartHead<'_>, limits: &Limits) {
        let span = head.span.clone();
        assert_eq!(
            (self.open.is_none(), head.index),
            (true, self.parts),
            "parts come in turn"
        );
        assert!(
            self.at <= span.start && span.start <= span.end,
            "{span:?} behind {}",
            self.at
        );
        let is_file = head.filename().is_some();
        self.parts += 1;
        self.files += u32::from(is_file);
        assert!(
            self.parts <= limits.parts && self.files <= limits.files,
            "more parts than the limit"
        );
        let headers = head.headers().len();
        let block = span.end - span.start;
        assert!(
            headers <= limits.headers && block <= limits.header_block_bytes as u64,
            "{headers} headers in {block} bytes"
        );
        assert_eq!(head.raw().len() as u64, block, "a header block of another length");
        self.at = span.end;
        self.open = Some((head.index, span, is_file));
    }

    pub(super) fn data(&mut self, offset: u64, length: usize, limits: &Limits) {
        let (_, span, is_file) = self.open.as_ref().expect("data outside a part");
        assert_eq!(offset, self.at, "a gap before the data");
        self.at += length as u64;
        let content = self.at - span.end;
        if *is_file {
            assert!(content <= limits.file_bytes, "a file over the limit");
        } else {
            self.fields_bytes += length as u64;
            let is_within = content <= limits.field_bytes && self.fields_bytes <= limits.fields_bytes;
            assert!(is_within, "a field over the limit");
        }
    }

    pub(super) fn end(&mut self, index: u32, span: &Range<u64>, length: u64) {
        let (open, head, _) = self.open.take().expect("the end of no part");
        assert_eq!((open, head.start), (index, span.start), "the end of another part");
        assert_eq!(
            (self.at, self.at - head.end),
            (span.end, length),
            "another length than the data's"
        );
    }
}
