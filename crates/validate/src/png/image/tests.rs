use std::collections::BTreeSet;

use memchr::memmem;
use miniz_oxide::inflate::core::decompress;

use super::{
    super::tests::{assert_table, chunk, png, walk},
    *,
};
use crate::finding::Severity::{Rejection, Warning};

mod trial;

/// Four rows of two grey pixels, each with another filter.
const ROWS: &[u8] = &[0, 10, 11, 1, 20, 21, 3, 30, 31, 4, 40, 41];

/// A zlib stream of stored blocks of at most `step` bytes, with its checksum.
fn stored(rows: &[u8], step: usize) -> Vec<u8> {
    let mut stream = b"\x78\x01".to_vec();
    let mut blocks = rows.chunks(step).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap();
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler2::adler32_slice(rows).to_be_bytes());
    stream
}

/// A picture of `width` by `height` grey pixels with these IDAT bodies. The first IDAT is at byte 33.
fn grey(width: u32, height: u32, bodies: &[&[u8]]) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let head = chunk(b"IHDR", &[&size[..], &[8, 0, 0, 0, 0]].concat());
    let data = bodies.iter().map(|body| chunk(b"IDAT", body));
    let chunks: Vec<_> = [head]
        .into_iter()
        .chain(data)
        .chain([chunk(b"IEND", b"")])
        .collect();
    png(&chunks)
}

fn two_by_four(stream: &[u8]) -> Vec<u8> {
    grey(2, 4, &[stream])
}

fn changed(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] = value;
    bytes
}

#[test]
fn the_rows_that_ihdr_promises_are_there_and_nothing_else() {
    let sound = stored(ROWS, 5);
    let more = stored(&[ROWS, &[0]].concat(), 5);
    let fewer = stored(&ROWS[..11], 5);
    assert_table(&[
        ("sound", two_by_four(&sound), &[]),
        (
            "sound, in pieces",
            grey(2, 4, &[b"", &sound[..1], &sound[1..9], b"", &sound[9..]]),
            &[],
        ),
        (
            "a byte more",
            two_by_four(&more),
            &[(Code::PngIdatExcess, Warning, 33)],
        ),
        (
            "a byte less",
            two_by_four(&fewer),
            &[(Code::PngIdatShort, Rejection, 33)],
        ),
        (
            "no row",
            grey(2, 4, &[b""]),
            &[(Code::PngIdatShort, Rejection, 33)],
        ),
        (
            "short, in pieces",
            grey(2, 4, &[&fewer[..9], &fewer[9..]]),
            &[(Code::PngIdatShort, Rejection, 54)],
        ),
        (
            "bytes behind the stream",
            grey(2, 4, &[&sound, b"x", b"y"]),
            &[(Code::PngIdatExcess, Warning, 78)],
        ),
    ]);
    assert_eq!(
        walk(&two_by_four(&fewer))[0].found,
        "the end of the image data with 3 of 4 rows complete"
    );
    assert_eq!(
        walk(&two_by_four(&more))[0].found,
        "image data after the last row, 4 of 4 rows complete"
    );
}

#[test]
fn a_broken_stream_is_told_from_a_wrong_filter_and_a_wrong_checksum() {
    let sound = stored(ROWS, 5);
    let last = sound.len() - 1;
    let filter = [&ROWS[..3], &[5], &ROWS[4..]].concat();
    // A final block of fixed codes: three bytes from one before the first.
    let from_nowhere = b"\x78\x01\x03\x02\x00\0\0\0\0";
    assert_table(&[
        (
            "no zlib header",
            two_by_four(&changed(&sound, 0, 0x79)),
            &[(Code::PngZlibError, Rejection, 33)],
        ),
        (
            "no such block",
            two_by_four(&changed(&sound, 2, 7)),
            &[(Code::PngZlibError, Rejection, 33)],
        ),
        (
            "no such block, in the second chunk",
            grey(2, 4, &[&sound[..2], &changed(&sound, 2, 7)[2..]]),
            &[(Code::PngZlibError, Rejection, 47)],
        ),
        (
            "a match from before the first byte",
            grey(2, 1, &[from_nowhere]),
            &[(Code::PngZlibError, Rejection, 33)],
        ),
        (
            "filter 5",
            two_by_four(&stored(&filter, 5)),
            &[(Code::PngBadFilter, Rejection, 33)],
        ),
        (
            "filter 5 in a stream that is not what was written",
            two_by_four(&[&stored(&filter, 5)[..last], b"!"].concat()),
            &[(Code::PngZlibError, Rejection, 33)],
        ),
        (
            "filter 5 with too many rows",
            two_by_four(&stored(&[&filter[..], &[0]].concat(), 5)),
            &[(Code::PngZlibError, Rejection, 33)],
        ),
        (
            "wrong checksum",
            two_by_four(&changed(&sound, last, 0)),
            &[(Code::PngZlibChecksum, Warning, 33)],
        ),
        (
            "wrong checksum, and more",
            grey(2, 4, &[&changed(&sound, last, 0), b"x"]),
            &[
                (Code::PngZlibChecksum, Warning, 33),
                (Code::PngIdatExcess, Warning, 78),
            ],
        ),
        (
            "half a checksum",
            two_by_four(&sound[..last]),
            &[(Code::PngZlibChecksum, Warning, 33)],
        ),
    ]);
    assert_eq!(
        walk(&two_by_four(&stored(&filter, 5)))[0].found,
        "a row with filter 5, 1 of 4 rows complete"
    );
    assert_eq!(
        walk(&two_by_four(&changed(&sound, 12, 7)))[0].code,
        Code::PngZlibError
    );
}

#[test]
fn damage_on_the_way_goes_before_what_the_image_data_says() {
    let mut damaged = two_by_four(&stored(ROWS, 5));
    damaged[41] = 0;
    assert_table(&[(
        "zlib header changed, checksum of the chunk not",
        damaged,
        &[(Code::PngCrcMismatch, Rejection, 33)],
    )]);
}

#[test]
fn a_file_cut_before_its_last_row_is_cut_and_behind_it_lacks_the_end() {
    let sound = stored(ROWS, 5);
    let file = grey(2, 4, &[&sound[..9], &sound[9..]]);
    let comment = |bytes: &[u8]| [bytes, &chunk(b"tEXt", b"a\0b")].concat();
    let after_first = &file[..54];
    let behind = &file[..file.len() - 12];
    assert_table(&[
        (
            "cut between chunks of image data",
            after_first.to_vec(),
            &[(Code::PngTruncated, Rejection, 54)],
        ),
        (
            "cut behind the image data",
            behind.to_vec(),
            &[(Code::PngMissingIend, Warning, 90)],
        ),
        (
            "cut behind a comment",
            comment(behind),
            &[(Code::PngMissingIend, Warning, 105)],
        ),
        (
            "a comment behind too few rows",
            comment(after_first),
            &[
                (Code::PngIdatShort, Rejection, 33),
                (Code::PngMissingIend, Warning, 69),
            ],
        ),
    ]);
    assert_eq!(
        walk(after_first)[0].found,
        "the end of the file where the next chunk should start, 0 of 4 rows complete"
    );
}

#[test]
fn rows_longer_than_the_window_are_followed_through_it() {
    let row = |filter: u8| [vec![filter], vec![9; 50_000]].concat();
    for (filters, wanted) in [([4, 0, 3], None), ([4, 0, 5], Some(Code::PngBadFilter))] {
        let rows = filters.map(row).concat();
        let found = walk(&grey(50_000, 3, &[&stored(&rows, 60_000)]));
        assert_eq!(found.first().map(|finding| finding.code), wanted, "{filters:?}");
    }
}

/// The first thing wrong with the image data where it is inflated at once, into a buffer with room for it all.
fn at_once(stream: &[u8], row_bytes: usize, rows: usize) -> Option<Code> {
    let due = row_bytes * rows;
    let mut buffer = vec![0; due + 1];
    let flags =
        TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut Box::default(), stream, &mut buffer, 0, flags);
    let mut rows = buffer[..written.min(due)].chunks(row_bytes);
    let sound = rows.all(|row| row[0] <= 4);
    match status {
        TINFLStatus::Failed => Some(Code::PngZlibError),
        TINFLStatus::Adler32Mismatch if !sound => Some(Code::PngZlibError),
        _ if written > due && !sound => Some(Code::PngZlibError),
        _ if !sound => Some(Code::PngBadFilter),
        _ if written > due => Some(Code::PngIdatExcess),
        TINFLStatus::Adler32Mismatch => Some(Code::PngZlibChecksum),
        TINFLStatus::Done if read < stream.len() => Some(Code::PngIdatExcess),
        _ if written < due => Some(Code::PngIdatShort),
        TINFLStatus::Done => None,
        _ => Some(Code::PngZlibChecksum),
    }
}

#[test]
fn each_changed_bit_of_a_compressed_stream_comes_to_what_inflating_at_once_says() {
    // 120 by 96 pixels of a byte; the image data is one chunk.
    let file = include_bytes!("../../../tests/evidence/oxipng-max.png");
    let start = memmem::find(file, b"IDAT").unwrap() + 4;
    let end = memmem::rfind(file, b"\0\0\0\0IEND").unwrap() - 4;
    let mut wanted_codes = BTreeSet::new();
    for at in start..end {
        for bit in 0..8 {
            let mut bytes = file.to_vec();
            bytes[at] ^= 1 << bit;
            let crc = crc32fast::hash(&bytes[start - 4..end]);
            bytes[end..end + 4].copy_from_slice(&crc.to_be_bytes());
            let wanted = at_once(&bytes[start..end], 121, 96);
            let found: Vec<_> = walk(&bytes).iter().map(|finding| finding.code).collect();
            assert_eq!(found.first().copied(), wanted, "byte {at}, bit {bit}: {found:?}");
            wanted_codes.extend(wanted);
        }
    }
    assert!(wanted_codes.len() >= 4, "{wanted_codes:?}");
}

/// Writes a block of fixed codes (RFC 1951, 3.2.6).
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    bits: usize,
}

impl Block {
    /// The low bits of `value`, the lowest first.
    fn number(&mut self, value: u16, bits: usize) {
        for index in 0..bits {
            if self.bits.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = u8::try_from(value >> index & 1).unwrap();
            *self.bytes.last_mut().unwrap() |= bit << (self.bits % 8);
            self.bits += 1;
        }
    }

    /// A code: its highest bit comes first.
    fn code(&mut self, value: u16, bits: usize) {
        self.number(value.reverse_bits() >> (16 - bits), bits);
    }

    fn literal(&mut self, value: u8) {
        assert!(value < 144);
        self.code(0x30 + u16::from(value), 8);
    }

    /// 258 bytes from so far back: a code of a distance and its extra bits.
    fn longest_match(&mut self, code: u16, extra: u16, extra_bits: usize) {
        self.code(0xC5, 8);
        self.code(code, 5);
        self.number(extra, extra_bits);
    }
}

#[test]
fn matches_reach_back_over_the_end_of_the_window_as_far_as_it_goes() {
    // Rows of 256 bytes that are all alike, so that any multiple of 256 is as good a distance.
    const ROWS: u32 = 600;
    let row: Vec<u8> = [&[4], &(0..255).map(|at| at % 100).collect::<Vec<u8>>()[..]].concat();
    let pixels = row.repeat(usize::try_from(ROWS).unwrap());
    let mut block = Block::default();
    block.number(0b011, 3);
    for byte in &row {
        block.literal(*byte);
    }
    let mut written = row.len();
    while written + 258 <= pixels.len() {
        match written {
            0..33_000 => block.longest_match(15, 63, 6),
            // 32,768, which is all of the window.
            _ => block.longest_match(29, 8191, 13),
        }
        written += 258;
    }
    for byte in &pixels[written..] {
        block.literal(*byte);
    }
    block.code(0, 7);
    let sum = adler2::adler32_slice(&pixels).to_be_bytes();
    let whole = [b"\x78\x01", &block.bytes[..], &sum].concat();
    assert_eq!(walk(&grey(255, ROWS, &[&whole])), []);
    let pieces: Vec<_> = whole.chunks(7).collect();
    assert_eq!(walk(&grey(255, ROWS, &pieces)), []);
}

#[test]
fn not_a_byte_is_inflated_behind_the_first_that_is_too_many() {
    let mut header = Field::new();
    header.fill(&[0, 0, 0, 2, 0, 0, 0, 4, 8, 0, 0, 0, 0], header::BYTES);
    let mut image = Image::new(&header);
    let mut problems = Vec::new();
    image.feed(&stored(&[ROWS, &[7; 500]].concat(), 600), &mut problems);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(image.window[..12], *ROWS);
    assert_eq!(image.window[12..14], [7, 0]);
}
