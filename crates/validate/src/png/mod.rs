//! Walks a PNG by its chunks: length, name, checksum, order, from the signature to IEND and what is behind.
//!
//! Nothing of a chunk's body is kept but the 13 bytes of IHDR. The image data is inflated as it passes, as
//! far as IHDR promises rows, and kept only as far as the stream refers back (`image`). What is wrong with
//! it is told at the end of its chunk: where the chunk's checksum is wrong too, the file was damaged on its
//! way, and that is what to tell. Left out: ancillary chunks are never inflated, so a compressed text or
//! profile that grows out of all proportion passes, and an animation's other frames are not looked at.

use std::mem;

use self::{
    chunk::Chunk,
    image::{Image, Problem},
};
use crate::{code::Code, field::Field, finding::Findings, tail::Tail};

mod chunk;
mod header;
mod image;
mod rows;
mod tiny;
mod whole;

const SIGNATURE_BYTES: usize = 8;
const CHUNK_HEADER_BYTES: usize = 8;
const CRC_BYTES: usize = 4;

/// The longest chunk that PNG allows, in bytes.
const MAX_CHUNK_BYTES: u32 = (1 << 31) - 1;

/// The most colours of three bytes each that a palette holds.
const MAX_PALETTE_BYTES: u32 = 3 * 256;

#[derive(Debug)]
pub(crate) struct Walker {
    state: State,
    /// Where the next byte stands in the file.
    offset: u64,
    field: Field<CHUNK_HEADER_BYTES>,
    header: Field<{ header::BYTES }>,
    chunk: Chunk,
    crc: crc32fast::Hasher,
    palette: bool,
    place: Place,
    /// Whether the image data is inflated.
    inflates: bool,
    image: Option<Image>,
    /// The last chunk of the image data so far.
    image_offset: u64,
    /// Up to here tiny chunks are walked one by one: taken together they came to more than sound data.
    alone_to: u64,
    /// What is wrong with the image data of the present chunk.
    problems: Vec<Problem>,
}

#[derive(Debug)]
enum State {
    Signature,
    Header,
    Body { left: u32 },
    Crc,
    Tail(Tail),
}

/// Where the walk is, seen from the image data.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Ahead,
    Passing,
    Behind,
}

impl Walker {
    pub(crate) fn new(inflates: bool) -> Self {
        Self {
            state: State::Signature,
            offset: 0,
            field: Field::new(),
            header: Field::new(),
            chunk: Chunk::default(),
            crc: crc32fast::Hasher::new(),
            palette: false,
            place: Place::Ahead,
            inflates,
            image: None,
            image_offset: 0,
            alone_to: 0,
            problems: Vec::new(),
        }
    }

    /// Walks on, up to the first reason to refuse the file.
    pub(crate) fn feed(&mut self, mut input: &[u8], findings: &mut Findings) {
        while !input.is_empty() && !findings.rejected() {
            let taken = self.step(input, findings);
            self.offset += taken as u64;
            input = &input[taken..];
        }
    }

    /// Takes what belongs to the present state, at least one byte unless a body of no bytes ends.
    fn step(&mut self, input: &[u8], findings: &mut Findings) -> usize {
        match &mut self.state {
            State::Signature => {
                let taken = self.field.fill(input, SIGNATURE_BYTES);
                if self.field.len() == SIGNATURE_BYTES {
                    self.expect_chunk();
                }
                taken
            }
            State::Header => {
                if self.field.len() == 0 {
                    let skipped = self.whole_chunks(input, findings);
                    if skipped > 0 {
                        return skipped;
                    }
                    self.chunk = Chunk {
                        offset: self.offset,
                        ..Chunk::default()
                    };
                }
                let taken = self.field.fill(input, CHUNK_HEADER_BYTES);
                if self.field.len() == CHUNK_HEADER_BYTES {
                    self.start_chunk(findings);
                }
                taken
            }
            State::Body { left } => {
                let taken = input.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= u32::try_from(taken).unwrap_or(*left);
                let done = *left == 0;
                self.crc.update(&input[..taken]);
                match (&self.chunk.name, &mut self.image) {
                    (b"IHDR", _) => {
                        self.header.fill(&input[..taken], header::BYTES);
                    }
                    (b"IDAT", Some(image)) => image.feed(&input[..taken], &mut self.problems),
                    _ => {}
                }
                if done {
                    self.state = State::Crc;
                }
                taken
            }
            State::Crc => {
                let taken = self.field.fill(input, CRC_BYTES);
                if self.field.len() == CRC_BYTES {
                    self.end_chunk(findings);
                }
                taken
            }
            State::Tail(tail) => {
                tail.feed(input);
                input.len()
            }
        }
    }

    fn expect_chunk(&mut self) {
        self.field.clear();
        self.state = State::Header;
    }

    fn start_chunk(&mut self, findings: &mut Findings) {
        self.chunk.length = self.field.u32(0);
        self.chunk.name.copy_from_slice(&self.field.bytes()[4..]);
        self.field.clear();
        self.crc = crc32fast::Hasher::new();
        self.crc.update(&self.chunk.name);
        let Chunk { offset, length, .. } = self.chunk;
        if length > MAX_CHUNK_BYTES {
            let name = self.chunk.shown();
            findings.reject(Code::PngBadChunkLength, offset, || {
                format!("a chunk {name} of {length} bytes")
            });
        }
        self.check_order(findings);
        self.state = match length {
            0 => State::Crc,
            left => State::Body { left },
        };
    }

    fn check_order(&mut self, findings: &mut Findings) {
        let Chunk { offset, length, name } = self.chunk;
        if self.place == Place::Passing && &name != b"IDAT" {
            self.place = Place::Behind;
        }
        let first = self.header.len() == 0;
        match &name {
            b"CgBI" if first => {
                findings.reject(Code::PngCgbi, offset, || "the chunk CgBI before IHDR".to_owned());
            }
            b"IHDR" if !first => findings.reject(Code::PngChunkOrder, offset, || "a second IHDR".to_owned()),
            b"IHDR" if usize::try_from(length) != Ok(header::BYTES) => {
                findings.reject(Code::PngIhdrInvalid, offset, || {
                    format!("an IHDR of {length} bytes, not 13")
                });
            }
            b"IHDR" => {}
            _ if first => {
                let name = self.chunk.shown();
                findings.reject(Code::PngIhdrMissing, offset, || format!("the chunk {name} first"));
            }
            b"PLTE" => self.check_palette(findings),
            b"IDAT" => self.check_image(findings),
            b"IEND" if self.place == Place::Ahead => {
                findings.reject(Code::PngIdatMissing, offset, || {
                    "IEND and no IDAT before it".to_owned()
                });
            }
            b"IEND" => self.check_rows(findings),
            _ if !self.chunk.named() => {
                let name = self.chunk.shown();
                findings.warn(Code::PngBadChunkType, offset, || {
                    format!("a chunk named \"{name}\"")
                });
            }
            _ if self.chunk.critical() => {
                let name = self.chunk.shown();
                findings.reject(Code::PngUnknownCriticalChunk, offset, || {
                    format!("the critical chunk {name}")
                });
            }
            _ => {}
        }
    }

    fn check_palette(&mut self, findings: &mut Findings) {
        let Chunk { offset, length, .. } = self.chunk;
        if self.place != Place::Ahead {
            // Viewers ignore it there.
            findings.warn(Code::PngChunkOrder, offset, || {
                "a PLTE behind the image data".to_owned()
            });
        } else if mem::replace(&mut self.palette, true) {
            findings.reject(Code::PngChunkOrder, offset, || "a second PLTE".to_owned());
        } else if length == 0 || length > MAX_PALETTE_BYTES || length % 3 != 0 {
            findings.warn(Code::PngPlteInvalid, offset, || {
                format!("a PLTE of {length} bytes")
            });
        }
    }

    fn check_image(&mut self, findings: &mut Findings) {
        let offset = self.chunk.offset;
        match self.place {
            Place::Behind => findings.reject(Code::PngIdatNotConsecutive, offset, || {
                "an IDAT behind another chunk that followed IDAT".to_owned()
            }),
            Place::Ahead if header::has_palette(&self.header) && !self.palette => {
                findings.reject(Code::PngPlteMissing, offset, || {
                    "IDAT of a palette picture without PLTE".to_owned()
                });
            }
            Place::Ahead | Place::Passing => {
                self.place = Place::Passing;
                self.image_offset = offset;
                if self.inflates {
                    self.image.get_or_insert_with(|| Image::new(&self.header));
                }
            }
        }
    }

    /// Judges the image data as a whole, behind its last chunk.
    fn check_rows(&self, findings: &mut Findings) {
        if let Some(problem) = self.image.as_ref().and_then(Image::missing) {
            tell(problem, self.image_offset, findings);
        }
    }

    fn end_chunk(&mut self, findings: &mut Findings) {
        let stored = self.field.u32(0);
        let computed = self.crc.clone().finalize();
        let Chunk { offset, name, .. } = self.chunk;
        if stored != computed {
            let found = || {
                let name = self.chunk.shown();
                format!("{stored:08X} stored in chunk {name}, {computed:08X} computed from its bytes")
            };
            match &name {
                b"IEND" => findings.warn(Code::PngCrcMismatch, offset, found),
                b"IHDR" | b"PLTE" | b"IDAT" => findings.reject(Code::PngCrcMismatch, offset, found),
                _ => findings.warn(Code::PngAncillaryCrc, offset, found),
            }
        }
        for problem in self.problems.drain(..) {
            if stored == computed {
                tell(problem, offset, findings);
            }
        }
        if &name == b"IHDR" {
            header::check(&self.header, findings);
        }
        self.expect_chunk();
        if &name == b"IEND" {
            // The last byte of the checksum is the present one.
            self.state = State::Tail(Tail::new(
                offset + (CHUNK_HEADER_BYTES + CRC_BYTES) as u64 + u64::from(self.chunk.length),
            ));
        }
    }

    /// Judges what the file ended in.
    pub(crate) fn finish(self, findings: &mut Findings) {
        let end = self.offset;
        if let State::Tail(tail) = &self.state {
            return tail.report("picture", findings);
        }
        let inside = self.inside();
        let in_image = &self.chunk.name == b"IDAT" && !matches!(self.state, State::Signature | State::Header);
        let whole = self.image.as_ref().is_some_and(Image::is_whole);
        if self.place == Place::Ahead || in_image || (self.place == Place::Passing && !whole) {
            let rows = self.image.as_ref().map(Image::rows_shown);
            findings.reject(Code::PngTruncated, end, || match rows {
                Some(rows) => format!("the end of the file {inside}, {rows}"),
                None => format!("the end of the file {inside}"),
            });
        } else {
            self.check_rows(findings);
            findings.warn(Code::PngMissingIend, end, || {
                format!("the end of the file {inside}")
            });
        }
    }

    fn inside(&self) -> String {
        let Chunk { offset, length, .. } = self.chunk;
        let name = self.chunk.shown();
        let missing = match self.state {
            State::Body { left } => u64::from(left) + CRC_BYTES as u64,
            State::Crc => (CRC_BYTES - self.field.len()) as u64,
            State::Signature | State::Tail(_) => 0,
            State::Header if self.field.len() == 0 => return "where the next chunk should start".to_owned(),
            State::Header => return format!("inside the head of the chunk at byte {offset}"),
        };
        format!("inside chunk {name} of {length} bytes at byte {offset}, {missing} bytes early")
    }
}

/// What leaves rows unshown refuses the file.
fn tell((code, found): Problem, offset: u64, findings: &mut Findings) {
    match code {
        Code::PngZlibError | Code::PngBadFilter | Code::PngIdatShort => {
            findings.reject(code, offset, || found);
        }
        _ => findings.warn(code, offset, || found),
    }
}

#[cfg(test)]
mod tests;
