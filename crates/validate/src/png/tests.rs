use super::*;
use crate::finding::{Finding, Severity};

/// The findings: code, severity, offset.
type Wanted = &'static [(Code, Severity, u64)];

const HEADER: [u8; 13] = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];

/// One grey pixel, as zlib stores it.
const PIXEL: &[u8] = b"\x78\x01\x01\x02\x00\xFD\xFF\x00\x80\x00\x82\x00\x81";

fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let crc = crc32fast::hash(&[name, body].concat());
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_be_bytes()[..], name, body, &crc.to_be_bytes()].concat()
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
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

fn walk(bytes: &[u8]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut walker = Walker::new();
    walker.feed(bytes, &mut findings);
    if !findings.rejected() {
        walker.finish(&mut findings);
    }
    findings.into_list()
}

#[test]
fn each_break_has_its_code_severity_and_offset() {
    use Severity::{Rejection, Warning};
    let head = chunk(b"IHDR", &HEADER);
    let data = chunk(b"IDAT", PIXEL);
    let end = chunk(b"IEND", b"");
    let text = chunk(b"tEXt", b"a\0b");
    let palette = chunk(b"PLTE", b"\0\0\0");
    let sound = png(&[head.clone(), data.clone(), end.clone()]);
    assert_eq!(sound.len(), 8 + 25 + 25 + 12);
    let huge = [&b"\x80\0\0\0IDAT"[..], PIXEL].concat();
    let cases: Vec<(&str, Vec<u8>, Wanted)> = vec![
        ("sound", sound.clone(), &[]),
        (
            "split data",
            png(&[head.clone(), data.clone(), chunk(b"IDAT", b""), end.clone()]),
            &[],
        ),
        (
            "private chunk",
            png(&[
                head.clone(),
                chunk(b"prVt", b""),
                data.clone(),
                text.clone(),
                end.clone(),
            ]),
            &[],
        ),
        (
            "cut in IHDR",
            sound[..20].to_vec(),
            &[(Code::PngTruncated, Rejection, 20)],
        ),
        (
            "cut after IHDR",
            sound[..33].to_vec(),
            &[(Code::PngTruncated, Rejection, 33)],
        ),
        (
            "cut in IDAT",
            sound[..45].to_vec(),
            &[(Code::PngTruncated, Rejection, 45)],
        ),
        (
            "cut in IDAT's checksum",
            sound[..57].to_vec(),
            &[(Code::PngTruncated, Rejection, 57)],
        ),
        (
            "cut before IEND",
            sound[..58].to_vec(),
            &[(Code::PngMissingIend, Warning, 58)],
        ),
        (
            "cut in IEND",
            sound[..69].to_vec(),
            &[(Code::PngMissingIend, Warning, 69)],
        ),
        (
            "no IHDR",
            png(&[data.clone(), end.clone()]),
            &[(Code::PngIhdrMissing, Rejection, 8)],
        ),
        (
            "CgBI",
            png(&[chunk(b"CgBI", b"\x50\0\x20\x02"), head.clone()]),
            &[(Code::PngCgbi, Rejection, 8)],
        ),
        (
            "long IHDR",
            png(&[chunk(b"IHDR", &[0; 14])]),
            &[(Code::PngIhdrInvalid, Rejection, 8)],
        ),
        (
            "two IHDR",
            png(&[head.clone(), head.clone()]),
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
        (
            "no IDAT",
            png(&[head.clone(), end.clone()]),
            &[(Code::PngIdatMissing, Rejection, 33)],
        ),
        (
            "interrupted",
            png(&[head.clone(), data.clone(), text.clone(), data.clone()]),
            &[(Code::PngIdatNotConsecutive, Rejection, 73)],
        ),
        (
            "unknown critical",
            png(&[head.clone(), chunk(b"ABCD", b"")]),
            &[(Code::PngUnknownCriticalChunk, Rejection, 33)],
        ),
        (
            "no letter",
            png(&[head.clone(), chunk(b"a1Cd", b""), data.clone(), end.clone()]),
            &[(Code::PngBadChunkType, Warning, 33)],
        ),
        (
            "huge chunk",
            png(&[head.clone(), huge]),
            &[(Code::PngBadChunkLength, Rejection, 33)],
        ),
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
        (
            "no palette",
            with_header(9, 3),
            &[(Code::PngPlteMissing, Rejection, 33)],
        ),
        (
            "half a colour",
            png(&[head.clone(), chunk(b"PLTE", b"\0\0"), data.clone(), end.clone()]),
            &[(Code::PngPlteInvalid, Warning, 33)],
        ),
        (
            "two palettes",
            png(&[head.clone(), palette.clone(), palette.clone()]),
            &[(Code::PngChunkOrder, Rejection, 48)],
        ),
        (
            "late palette",
            png(&[head.clone(), data.clone(), palette, end.clone()]),
            &[(Code::PngChunkOrder, Warning, 58)],
        ),
        (
            "newline behind",
            [&sound[..], b"\n"].concat(),
            &[(Code::TrailingData, Warning, 70)],
        ),
        (
            "zip behind",
            [&sound[..], b"PK\x03\x04"].concat(),
            &[(Code::TrailingArchive, Warning, 70)],
        ),
    ];
    for (name, bytes, wanted) in cases {
        let findings = walk(&bytes);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code, finding.severity, finding.offset.unwrap()))
            .collect();
        assert_eq!(found, wanted, "{name}: {findings:?}");
        for finding in &findings {
            assert!(finding.severity <= finding.code.worst(), "{name}");
        }
    }
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
        "the end of the file inside chunk IDAT of 13 bytes at byte 33, 13 bytes early"
    );
    assert_eq!(
        walk(&sound[..36])[0].found,
        "the end of the file inside the head of the chunk at byte 33"
    );
}
