//! Walks a JPEG by its segments, then by the markers in its scan data, to EOI and what is behind.
//!
//! Segments are skipped by their length, so the thumbnail inside EXIF, a whole JPEG, ends nothing. Once scan
//! data has passed, browsers show something whatever follows: from there on nothing refuses the file. Left
//! out for now: the entropy-coded data is not decoded, so a picture whose end marker alone is missing looks
//! the same as one whose scan was cut, and damage inside the scan is not seen but where restart markers or
//! line ends show it.

use memchr::memchr;

use self::{scan::Scans, segment::Segment};
use crate::{code::Code, field::Field, finding::Findings, tail::Tail};

mod frame;
mod marker;
mod motion;
mod scan;
mod segment;
mod table;

/// More scans than this are slow to show; real files have up to about 20.
const MAX_SCANS: u64 = 100;

/// Browsers keep `APPn` segments in a list that they walk at each new one: more than this make them hang. A
/// file of 10 MB has room for 160 full ones.
const MAX_APP_SEGMENTS: u64 = 100_000;

#[derive(Debug)]
pub(crate) struct Walker {
    state: State,
    /// Where the next byte stands in the file.
    offset: u64,
    /// Where the present marker starts.
    marker_offset: u64,
    picture: Picture,
}

#[derive(Debug)]
enum State {
    /// The FF D8 at the start.
    Start,
    /// Where a marker should start.
    BetweenSegments,
    /// Behind the FF of a marker between segments.
    Marker,
    Segment(Segment),
    Scan,
    /// Behind an FF in scan data.
    ScanMarker,
    Tail(Tail),
}

/// What the segments have said so far.
#[derive(Debug, Default)]
struct Picture {
    frame: Option<frame::Frame>,
    tables: table::Tables,
    /// Scans that had a header.
    scan_headers: u64,
    scans: Scans,
    /// The header of the last scan, if it was sound, and its restart markers.
    last_scan: Option<(Field<{ segment::HEAD_BYTES }>, u64)>,
    /// MCUs between two restart markers; 0 for none.
    restart_interval: u16,
    app_segments: u64,
    /// Whether XMP announces a film behind the picture.
    motion: bool,
    /// Whether an MPF index announces more pictures behind the first.
    more_pictures: bool,
    /// Where bytes that are no marker stood between segments, first.
    junk: Option<u64>,
}

impl Picture {
    /// Refuses a picture that nothing can show; once scan data has passed, browsers show what there is.
    fn fail(&self, code: Code, offset: u64, findings: &mut Findings, found: impl FnOnce() -> String) {
        match self.junk {
            _ if self.scans.bytes > 0 => findings.warn(Code::JpegBadMarker, offset, found),
            // What went wrong there is why this is wrong here.
            Some(junk) => findings.reject(Code::JpegBadMarker, junk, || {
                format!("bytes that are no marker, and then {}", found())
            }),
            None => findings.reject(code, offset, found),
        }
    }
}

impl Walker {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Start,
            offset: 0,
            marker_offset: 0,
            picture: Picture::default(),
        }
    }

    /// Walks on, up to the first reason to refuse the file.
    pub(crate) fn feed(&mut self, mut input: &[u8], findings: &mut Findings) {
        while let (Some(first), false) = (input.first(), findings.rejected()) {
            let taken = self.step(*first, input, findings);
            self.offset += taken as u64;
            input = &input[taken..];
        }
    }

    /// Takes what belongs to the present state, at least one byte.
    fn step(&mut self, first: u8, input: &[u8], findings: &mut Findings) -> usize {
        match &mut self.state {
            State::Start => {
                if self.offset == 1 {
                    self.state = State::BetweenSegments;
                }
                1
            }
            State::BetweenSegments => self.between(first, input, findings),
            State::Marker => {
                if first == 0xFF {
                    return self.fill(input);
                }
                self.marker(first, findings);
                1
            }
            State::Segment(segment) => {
                let taken = segment.feed(input, &mut self.picture, findings);
                if segment.is_over() {
                    self.end_segment(findings);
                }
                taken
            }
            State::Scan => self.scan(input, findings),
            State::ScanMarker => {
                if first == 0xFF {
                    return self.fill(input);
                }
                self.scan_marker(first, findings);
                1
            }
            State::Tail(tail) => {
                tail.feed(input);
                input.len()
            }
        }
    }

    /// Any number of FF may stand before a marker; the last one starts it.
    fn fill(&mut self, input: &[u8]) -> usize {
        let taken = scan::fill(input);
        self.marker_offset = self.offset + taken as u64 - 1;
        taken
    }

    fn between(&mut self, first: u8, input: &[u8], findings: &mut Findings) -> usize {
        if first == 0xFF {
            let skipped = self.skip(input);
            if skipped > 0 {
                return skipped;
            }
            self.marker_offset = self.offset;
            self.state = State::Marker;
            return 1;
        }
        self.picture.junk.get_or_insert(self.offset);
        findings.warn(Code::JpegBadMarker, self.offset, || {
            format!("{first:02X} where a marker should start")
        });
        memchr(0xFF, input).unwrap_or(input.len())
    }

    /// Skips segments that no rule looks into, as far as they are whole in the input: a hostile file has
    /// millions.
    fn skip(&mut self, input: &[u8]) -> usize {
        let mut taken = 0;
        while let [0xFF, marker, high, low, ..] = &input[taken..] {
            let end = taken + 2 + usize::from(u16::from_be_bytes([*high, *low]));
            let counted = *marker != marker::COM;
            let read =
                counted && (!marker::is_plain_app(*marker) || self.picture.app_segments >= MAX_APP_SEGMENTS);
            if read || end < taken + 4 || end > input.len() {
                break;
            }
            self.picture.app_segments += u64::from(counted);
            taken = end;
        }
        taken
    }

    /// A marker between segments.
    fn marker(&mut self, marker: u8, findings: &mut Findings) {
        let offset = self.marker_offset;
        self.state = State::BetweenSegments;
        match marker {
            marker::EOI => self.end(findings),
            // Viewers skip stuffing, TEM and restart markers that stand here.
            0x00 | marker::TEM | marker::RST0..=marker::RST7 => {
                findings.warn(Code::JpegBadMarker, offset, || {
                    format!("FF {marker:02X} between segments")
                });
            }
            _ if marker::has_segment(marker) => self.state = State::Segment(Segment::new(marker, offset)),
            _ => {
                let found = || format!("the marker FF {marker:02X}, which starts no segment");
                self.picture.fail(Code::JpegBadMarker, offset, findings, found);
            }
        }
    }

    /// Scan data, up to a marker that leaves it for anything but the next scan.
    fn scan(&mut self, input: &[u8], findings: &mut Findings) -> usize {
        let mut taken = 0;
        loop {
            let offset = self.offset + taken as u64;
            let (data, marker) = self.picture.scans.feed(&input[taken..], offset, findings);
            taken += data;
            if !marker {
                return taken;
            }
            self.marker_offset = offset + data as u64 - 1;
            self.state = State::ScanMarker;
            let header = self.next_scan(&input[taken..], findings);
            taken += header;
            if header == 0 || findings.rejected() {
                return taken;
            }
        }
    }

    /// Starts the next scan at once, where its header is whole in the input: a hostile file has a million. The
    /// input starts behind an FF.
    fn next_scan(&mut self, input: &[u8], findings: &mut Findings) -> usize {
        let [marker::SOS, high, low, rest @ ..] = input else {
            return 0;
        };
        let body_bytes = u16::from_be_bytes([*high, *low]).checked_sub(2);
        let Some((body_bytes, body)) =
            body_bytes.and_then(|bytes| Some((bytes, rest.get(..usize::from(bytes))?)))
        else {
            return 0;
        };
        let picture = &mut self.picture;
        picture.scans.end(self.marker_offset, findings);
        match &picture.last_scan {
            // Nothing but scan data since, so it comes to the same.
            Some((head, due)) if head.is(body) => {
                let data = self.marker_offset + 4 + u64::from(body_bytes);
                picture.scans.start(data, Some(*due));
            }
            _ => {
                let mut head = Field::new();
                head.fill(body, segment::HEAD_BYTES);
                segment::check_scan(&head, body_bytes, self.marker_offset, picture, findings);
            }
        }
        self.start_scan(findings);
        3 + body.len()
    }

    fn start_scan(&mut self, findings: &mut Findings) {
        self.state = State::Scan;
        self.picture.scan_headers += 1;
        if self.picture.scan_headers > MAX_SCANS {
            findings.warn(Code::JpegExcessiveScans, self.marker_offset, || {
                "a 101st scan".to_owned()
            });
        }
    }

    fn end_segment(&mut self, findings: &mut Findings) {
        let State::Segment(segment) = &self.state else {
            return;
        };
        let scan = segment.is_scan();
        segment.check(&mut self.picture, findings);
        if scan {
            self.start_scan(findings);
        } else {
            self.state = State::BetweenSegments;
        }
    }

    /// Behind FF in scan data: stuffing and restart markers stay in the scan, other markers leave it.
    fn scan_marker(&mut self, marker: u8, findings: &mut Findings) {
        let offset = self.marker_offset;
        self.state = State::Scan;
        match marker {
            0x00 => self.picture.scans.stuffing(),
            marker::RST0..=marker::RST7 => self.picture.scans.restart(marker, offset, findings),
            marker::EOI => {
                self.picture.scans.end(offset, findings);
                self.end(findings);
            }
            _ if marker::may_follow_scan(marker) => {
                self.picture.scans.end(offset, findings);
                self.state = State::Segment(Segment::new(marker, offset));
            }
            // A viewer stays in the scan; trailers without EOI before them end up here too.
            _ => findings.warn(Code::JpegBadMarker, offset, || {
                format!("the marker FF {marker:02X} in scan data")
            }),
        }
    }

    fn end(&mut self, findings: &mut Findings) {
        let offset = self.marker_offset;
        if self.picture.frame.is_none() {
            findings.reject(Code::JpegNoFrame, offset, || {
                "the end marker and no frame before it".to_owned()
            });
        } else if self.picture.scan_headers == 0 {
            findings.reject(Code::JpegNoScan, offset, || {
                "the end marker and no scan before it".to_owned()
            });
        } else if self.picture.scans.bytes == 0 {
            findings.warn(Code::JpegTruncatedScan, offset, || {
                "a scan of no bytes".to_owned()
            });
        }
        self.state = State::Tail(Tail::new(self.offset + 1));
    }

    /// Judges what the file ended in.
    pub(crate) fn finish(self, findings: &mut Findings) {
        let end = self.offset;
        let scan_seen = self.picture.scans.bytes > 0;
        if self.picture.scans.text_mode() {
            findings.warn(Code::JpegTextModeDamage, self.picture.scans.offset(), || {
                "a carriage return before each line feed of the scan data".to_owned()
            });
        }
        match &self.state {
            State::Tail(tail) => {
                if !self.is_of_camera(tail) || tail.archive().is_some() {
                    tail.report("picture", findings);
                }
            }
            State::ScanMarker if scan_seen => {
                findings.warn(Code::JpegMissingEoi, self.marker_offset, || {
                    "FF and the end of the file".to_owned()
                });
            }
            state if scan_seen => {
                let place = if matches!(state, State::Scan) {
                    "in scan data"
                } else {
                    "behind scan data"
                };
                findings.warn(Code::JpegTruncatedScan, end, || {
                    format!("the end of the file {place}, and no end marker")
                });
            }
            State::Segment(segment) => {
                let inside = segment.shown();
                findings.reject(Code::JpegTruncated, segment.offset(), || {
                    format!("the end of the file inside {inside}")
                });
            }
            _ => findings.reject(Code::JpegTruncated, end, || {
                "the end of the file before any scan data".to_owned()
            }),
        }
    }
}

impl Walker {
    /// Whether the tail is what cameras and phones add.
    fn is_of_camera(&self, tail: &Tail) -> bool {
        let more = self.picture.more_pictures && tail.start().starts_with(b"\xFF\xD8\xFF");
        let film = (self.picture.motion && tail.is_film()) || tail.start_has(motion::SAMSUNG);
        tail.is_nul() || tail.ends_with(*b"SEFT") || more || film
    }
}

#[cfg(test)]
mod tests;
