use super::*;
use crate::finding::{
    Finding,
    Severity::{self, Rejection, Warning},
};

/// The findings: code, severity, offset.
pub(super) type Wanted = &'static [(Code, Severity, u64)];

const HEADER: [u8; 13] = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];

/// One grey pixel, as zlib stores it.
const PIXEL: &[u8] = b"\x78\x01\x01\x02\x00\xFD\xFF\x00\x80\x00\x82\x00\x81";

pub(super) fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let crc = crc32fast::hash(&[name, body].concat());
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_be_bytes()[..], name, body, &crc.to_be_bytes()].concat()
}

pub(super) fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

fn with_header(at: usize, value: u8) -> Vec<u8> {
    let mut header = HEADER;
    header[at] = value;
    png(&[
        chunk(b"IHDR", &header),
        chunk(b"IDAT", PIXEL),
        chunk(b"IEND", b""),
    ])
}

fn with_crc_of(index: usize, name: &[u8]) -> Vec<u8> {
    let mut chunks = vec![
        chunk(b"IHDR", &HEADER),
        chunk(b"tEXt", b"a\0b"),
        chunk(b"IDAT", PIXEL),
        chunk(b"IEND", b""),
    ];
    assert_eq!(chunks[index][4..8], *name);
    *chunks[index].last_mut().unwrap() ^= 1;
    png(&chunks)
}

pub(super) fn walk(bytes: &[u8]) -> Vec<Finding> {
    walk_by(bytes, bytes.len())
}

fn walk_by(bytes: &[u8], step: usize) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut walker = Walker::new(true);
    for chunk in bytes.chunks(step) {
        walker.feed(chunk, &mut findings);
    }
    if !findings.rejected() {
        walker.finish(&mut findings);
    }
    findings.into_list()
}

fn head() -> Vec<u8> {
    chunk(b"IHDR", &HEADER)
}

fn data() -> Vec<u8> {
    chunk(b"IDAT", PIXEL)
}

fn end() -> Vec<u8> {
    chunk(b"IEND", b"")
}

fn text() -> Vec<u8> {
    chunk(b"tEXt", b"a\0b")
}

fn palette() -> Vec<u8> {
    chunk(b"PLTE", b"\0\0\0")
}

/// IHDR 8, IDAT 33, IEND 58, end 70.
fn sound() -> Vec<u8> {
    png(&[head(), data(), end()])
}

pub(super) fn assert_table(cases: &[(&str, Vec<u8>, Wanted)]) {
    for (name, bytes, wanted) in cases {
        let findings = walk(bytes);
        assert_eq!(walk_by(bytes, 1), findings, "{name}, byte by byte");
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code, finding.severity, finding.offset.unwrap()))
            .collect();
        assert_eq!(found, *wanted, "{name}: {findings:?}");
        for finding in &findings {
            assert!(finding.severity <= finding.code.worst(), "{name}");
        }
    }
}

#[test]
fn a_cut_shows_where_the_file_ends() {
    assert_eq!(sound().len(), 70);
    assert_table(&[
        ("sound", sound(), &[]),
        (
            "split data",
            png(&[head(), data(), chunk(b"IDAT", b""), end()]),
            &[],
        ),
        (
            "private chunk",
            png(&[head(), chunk(b"prVt", b""), data(), text(), end()]),
            &[],
        ),
        (
            "cut in IHDR",
            sound()[..20].to_vec(),
            &[(Code::PngTruncated, Rejection, 20)],
        ),
        (
            "cut after IHDR",
            sound()[..33].to_vec(),
            &[(Code::PngTruncated, Rejection, 33)],
        ),
        (
            "cut in IDAT",
            sound()[..45].to_vec(),
            &[(Code::PngTruncated, Rejection, 45)],
        ),
        (
            "cut in IDAT's checksum",
            sound()[..57].to_vec(),
            &[(Code::PngTruncated, Rejection, 57)],
        ),
        (
            "cut before IEND",
            sound()[..58].to_vec(),
            &[(Code::PngMissingIend, Warning, 58)],
        ),
        (
            "cut in IEND",
            sound()[..69].to_vec(),
            &[(Code::PngMissingIend, Warning, 69)],
        ),
    ]);
}

#[test]
fn a_header_with_other_values_is_refused_at_its_field() {
    assert_table(&[
        (
            "no IHDR",
            png(&[data(), end()]),
            &[(Code::PngIhdrMissing, Rejection, 8)],
        ),
        (
            "CgBI",
            png(&[chunk(b"CgBI", b"\x50\0\x20\x02"), head()]),
            &[(Code::PngCgbi, Rejection, 8)],
        ),
        (
            "long IHDR",
            png(&[chunk(b"IHDR", &[0; 14])]),
            &[(Code::PngIhdrInvalid, Rejection, 8)],
        ),
        (
            "two IHDR",
            png(&[head(), head()]),
            &[(Code::PngChunkOrder, Rejection, 33)],
        ),
        (
            "width 0",
            with_header(3, 0),
            &[(Code::PngIhdrInvalid, Rejection, 16)],
        ),
        (
            "height over 2^31-1",
            with_header(4, 0x80),
            &[(Code::PngIhdrInvalid, Rejection, 20)],
        ),
        (
            "depth 3",
            with_header(8, 3),
            &[(Code::PngIhdrInvalid, Rejection, 24)],
        ),
        (
            "colour type 5",
            with_header(9, 5),
            &[(Code::PngIhdrInvalid, Rejection, 25)],
        ),
        (
            "compression 1",
            with_header(10, 1),
            &[(Code::PngIhdrInvalid, Rejection, 26)],
        ),
        (
            "filter 1",
            with_header(11, 1),
            &[(Code::PngIhdrInvalid, Rejection, 27)],
        ),
        (
            "interlace 2",
            with_header(12, 2),
            &[(Code::PngIhdrInvalid, Rejection, 28)],
        ),
        (
            "2^28 pixels and more",
            {
                let size = [0, 0, 64, 0, 0, 0, 64, 1, 8, 0, 0, 0, 0];
                png(&[chunk(b"IHDR", &size)])
            },
            &[(Code::PngDimensionsTooLarge, Rejection, 16)],
        ),
    ]);
}

#[test]
fn chunks_have_an_order_and_a_name() {
    assert_table(&[
        (
            "no IDAT",
            png(&[head(), end()]),
            &[(Code::PngIdatMissing, Rejection, 33)],
        ),
        (
            "interrupted",
            png(&[head(), data(), text(), data()]),
            &[(Code::PngIdatNotConsecutive, Rejection, 73)],
        ),
        (
            "unknown critical",
            png(&[head(), chunk(b"ABCD", b"")]),
            &[(Code::PngUnknownCriticalChunk, Rejection, 33)],
        ),
        (
            "no letter",
            png(&[head(), chunk(b"a1Cd", b""), data(), end()]),
            &[(Code::PngBadChunkType, Warning, 33)],
        ),
        (
            "huge chunk",
            png(&[head(), [&b"\x80\0\0\0IDAT"[..], PIXEL].concat()]),
            &[(Code::PngBadChunkLength, Rejection, 33)],
        ),
    ]);
}

#[test]
fn a_wrong_checksum_refuses_where_the_chunk_is_critical() {
    assert_table(&[
        (
            "checksum of IHDR",
            with_crc_of(0, b"IHDR"),
            &[(Code::PngCrcMismatch, Rejection, 8)],
        ),
        (
            "checksum of tEXt",
            with_crc_of(1, b"tEXt"),
            &[(Code::PngAncillaryCrc, Warning, 33)],
        ),
        (
            "checksum of IDAT",
            with_crc_of(2, b"IDAT"),
            &[(Code::PngCrcMismatch, Rejection, 48)],
        ),
        (
            "checksum of IEND",
            with_crc_of(3, b"IEND"),
            &[(Code::PngCrcMismatch, Warning, 73)],
        ),
    ]);
}

#[test]
fn a_palette_stands_once_before_the_image_data() {
    assert_table(&[
        (
            "no palette",
            with_header(9, 3),
            &[(Code::PngPlteMissing, Rejection, 33)],
        ),
        (
            "half a colour",
            png(&[head(), chunk(b"PLTE", b"\0\0"), data(), end()]),
            &[(Code::PngPlteInvalid, Warning, 33)],
        ),
        (
            "two palettes",
            png(&[head(), palette(), palette()]),
            &[(Code::PngChunkOrder, Rejection, 48)],
        ),
        (
            "late palette",
            png(&[head(), data(), palette(), end()]),
            &[(Code::PngChunkOrder, Warning, 58)],
        ),
    ]);
}

#[test]
fn what_stands_behind_the_end_is_told() {
    assert_table(&[
        (
            "newline behind",
            [&sound()[..], b"\n"].concat(),
            &[(Code::TrailingData, Warning, 70)],
        ),
        (
            "zip behind",
            [&sound()[..], b"PK\x03\x04"].concat(),
            &[(Code::TrailingArchive, Warning, 70)],
        ),
    ]);
}

#[test]
fn a_cut_file_says_in_which_chunk_and_how_many_bytes_are_missing() {
    let sound = png(&[
        chunk(b"IHDR", &HEADER),
        chunk(b"IDAT", PIXEL),
        chunk(b"IEND", b""),
    ]);
    assert_eq!(
        walk(&sound[..45])[0].found,
        "the end of the file inside chunk IDAT of 13 bytes at byte 33, 13 bytes early, 0 of 1 rows complete"
    );
    assert_eq!(
        walk(&sound[..36])[0].found,
        "the end of the file inside the head of the chunk at byte 33"
    );
}
