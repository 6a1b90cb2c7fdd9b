//! One segment: its length, and as much of its body as its kind needs.

use super::{MAX_APP_SEGMENTS, Picture, frame, marker, motion::Announcement, table};
use crate::{code::Code, field::Field, finding::Findings};

/// The longest head of a segment that any rule reads: a frame header with four components.
pub(super) const HEAD_BYTES: usize = 18;

#[derive(Debug)]
pub(super) struct Segment {
    marker: u8,
    /// Where its marker starts in the file.
    offset: u64,
    length: Field<2>,
    /// Bytes of the body that are still to come; `None` while the length is.
    left: Option<u16>,
    head: Field<HEAD_BYTES>,
    tables: Option<table::Reader>,
    announcement: Option<Announcement>,
}

impl Segment {
    pub(super) fn new(marker: u8, offset: u64) -> Self {
        Self {
            marker,
            offset,
            length: Field::new(),
            left: None,
            head: Field::new(),
            tables: table::Reader::for_marker(marker),
            announcement: (marker == marker::APP1).then(Announcement::default),
        }
    }

    /// Takes what belongs to the segment.
    pub(super) fn feed(&mut self, input: &[u8], picture: &mut Picture, findings: &mut Findings) -> usize {
        let Some(left) = &mut self.left else {
            let taken = self.length.fill(input, 2);
            if self.length.len() == 2 {
                self.left = Some(self.start(findings));
            }
            return taken;
        };
        let taken = input.len().min(usize::from(*left));
        *left -= u16::try_from(taken).unwrap_or(*left);
        let body = &input[..taken];
        self.head.fill(body, HEAD_BYTES);
        if let Some(reader) = &mut self.tables {
            reader.feed(body, &mut picture.tables);
        }
        if let Some(announcement) = &mut self.announcement {
            announcement.feed(body);
        }
        taken
    }

    /// The length of the body; viewers read a length of 0 or 1 as a body of no bytes.
    fn start(&mut self, findings: &mut Findings) -> u16 {
        let length = self.length.u16(0);
        if length < 2 {
            let name = marker::name(self.marker);
            findings.warn(Code::JpegBadSegmentLength, self.offset, || {
                format!("{name} with a length of {length}")
            });
            if let Some(reader) = &mut self.tables {
                reader.refuse("a length under 2");
            }
        }
        length.saturating_sub(2)
    }

    pub(super) fn is_over(&self) -> bool {
        self.left == Some(0)
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn is_scan(&self) -> bool {
        self.marker == marker::SOS
    }

    /// Judges a whole segment and keeps what later ones need.
    pub(super) fn check(&self, picture: &mut Picture, findings: &mut Findings) {
        let offset = self.offset;
        if (marker::APP0..=marker::APP15).contains(&self.marker) {
            picture.app_segments += 1;
            if picture.app_segments > MAX_APP_SEGMENTS {
                findings.warn(Code::JpegExcessiveSegments, offset, || {
                    format!("APPn segment number {}", MAX_APP_SEGMENTS + 1)
                });
            }
        }
        match self.marker {
            marker::SOS => check_scan(&self.head, self.body_bytes(), offset, picture, findings),
            marker::DRI => self.check_interval(picture, findings),
            marker::APP1 => {
                let announced = |announcement: &Announcement| announcement.made_in(self.head.bytes());
                picture.motion |= self.announcement.as_ref().is_some_and(announced);
            }
            marker::APP2 => picture.more_pictures |= self.head.bytes().starts_with(b"MPF\0"),
            marker if marker::is_frame(marker) || marker == marker::JPG || marker == 0xF7 => {
                frame::check(marker, &self.head, self.body_bytes(), offset, picture, findings);
            }
            _ => {}
        }
        if let Some(problem) = self.tables.as_ref().and_then(table::Reader::problem) {
            let name = marker::name(self.marker);
            picture.fail(Code::JpegBadTable, offset, findings, || {
                format!("{name} with {problem}")
            });
        }
    }

    fn check_interval(&self, picture: &mut Picture, findings: &mut Findings) {
        let bytes = self.body_bytes();
        if bytes == 2 {
            picture.restart_interval = self.head.u16(0);
        } else {
            findings.warn(Code::JpegBadSegmentLength, self.offset, || {
                format!("DRI with a body of {bytes} bytes")
            });
        }
    }

    fn body_bytes(&self) -> u16 {
        self.length.u16(0).saturating_sub(2)
    }

    pub(super) fn shown(&self) -> String {
        let (name, offset) = (marker::name(self.marker), self.offset);
        match self.left {
            None => format!("the head of {name} at byte {offset}"),
            Some(left) => format!(
                "{name} of {} bytes at byte {offset}, {left} bytes early",
                self.length.u16(0)
            ),
        }
    }
}

/// Judges a whole scan header; its scan data is what follows.
pub(super) fn check_scan(
    head: &Field<HEAD_BYTES>,
    body_bytes: u16,
    offset: u64,
    picture: &mut Picture,
    findings: &mut Findings,
) {
    let due = frame::check_scan(head, body_bytes, offset, picture, findings);
    picture.last_scan = due.map(|due| (head.clone(), due));
    // Marker and length stand before the body.
    picture.scans.start(offset + 4 + u64::from(body_bytes), due);
}
