//! Pictures.

use bytes::Bytes;

use crate::segments::{Segments, Writer};

/// A GIF of one pixel.
pub(super) const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// The same picture in the first version, which has no extensions.
pub(super) fn gif87() -> Vec<u8> {
    [b"GIF87a", &GIF[6..]].concat()
}

/// The file type box of an AVIF picture and an empty media box (AV1 Image File Format §6).
pub(super) const AVIF: &[u8] = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x08mdat";

/// A lossless WebP of one pixel.
pub(super) const WEBP: &[u8] =
    b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";

/// The file type box of an HEIC photo and an empty media box (ISO/IEC 14496-12 §4.3).
pub(super) const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat";

/// Signature, IHDR and IEND.
const PNG_FRAME: usize = 8 + 25 + 12;

/// What stands around the rows in IDAT and its zlib stream, but for the frames of the blocks.
const IDAT_FRAME: usize = 12 + 6;

/// A comment without text.
const COMMENT: &[u8] = b"Comment\0";
const COMMENT_FRAME: usize = 12 + COMMENT.len();

/// The most that a stored block holds, and its frame (RFC 1951 §3.2.4).
const BLOCK: usize = 65_535;
const BLOCK_FRAME: usize = 5;

/// A grey PNG (PNG specification, third edition, §5), padded with a comment.
pub(super) fn png(wanted: Option<usize>) -> Segments {
    const WIDTH: usize = 1_000;
    let Some(wanted) = wanted else {
        return png_of(16, 12, None);
    };
    let room = wanted.saturating_sub(PNG_FRAME + IDAT_FRAME + COMMENT_FRAME);
    let rows = room * BLOCK / (BLOCK + BLOCK_FRAME) / (WIDTH + 1);
    let (width, rows) = if rows < 2 { (16, 12) } else { (WIDTH, rows - 1) };
    let bare = PNG_FRAME + COMMENT_FRAME + IDAT_FRAME + stored_length((width + 1) * rows);
    png_of(width, rows, Some(wanted.saturating_sub(bare)))
}

/// A grey PNG of `rows` rows; with `text`, a comment of that many characters.
fn png_of(width: usize, rows: usize, text: Option<usize>) -> Segments {
    let raw = (width + 1) * rows;
    let mut file = Writer::default();
    file.copy(b"\x89PNG\r\n\x1a\n");
    let mut header = Vec::new();
    for side in [width, rows] {
        header.extend(u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes());
    }
    header.extend([8, 0, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &[header.into()]);
    if let Some(text) = text {
        chunk(&mut file, *b"tEXt", &[COMMENT.into(), vec![b'x'; text].into()]);
    }
    // Each row: no filter, then a ramp of greys.
    let mut row = vec![0];
    row.extend((0..=250).cycle().step_by(3).take(width));
    chunk(&mut file, *b"IDAT", &zlib_stored(&row, raw));
    chunk(&mut file, *b"IEND", &[]);
    file.finish()
}

/// Writes a chunk.
fn chunk(file: &mut Writer, kind: [u8; 4], data: &[Bytes]) {
    let length: usize = data.iter().map(Bytes::len).sum();
    file.copy(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    file.copy(&kind);
    let mut crc = crc32fast::Hasher::new();
    crc.update(&kind);
    for piece in data {
        crc.update(piece);
        file.share(piece.clone());
    }
    file.copy(&crc.finalize().to_be_bytes());
}

/// How long `raw` bytes are in stored blocks.
fn stored_length(raw: usize) -> usize {
    raw + raw.div_ceil(BLOCK) * BLOCK_FRAME
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4): `raw` bytes of the row, over and over.
fn zlib_stored(row: &[u8], raw: usize) -> Vec<Bytes> {
    // As many rows that any block finds its bytes in one piece.
    let rows = Bytes::from(row.repeat(BLOCK.min(raw).div_ceil(row.len()) + 1));
    let mut sum = adler2::Adler32::new();
    let mut stream = vec![Bytes::from_static(&[0x78, 0x01])];
    for start in (0..raw).step_by(BLOCK) {
        let length = (raw - start).min(BLOCK);
        let from = start % row.len();
        let block = rows.slice(from..from + length);
        sum.write_slice(&block);
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        let mut frame = vec![u8::from(start + BLOCK >= raw)];
        frame.extend(length.to_le_bytes());
        frame.extend((!length).to_le_bytes());
        stream.extend([frame.into(), block]);
    }
    stream.push(sum.checksum().to_be_bytes().to_vec().into());
    stream
}

/// A BMP of one pixel of 24 bits.
pub(super) const BMP: &[u8] = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0\x13\x0b\0\0\x13\x0b\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\0";

/// A TIFF of one grey pixel (TIFF 6.0, section 4): eight fields, then the pixel.
pub(super) const TIFF: &[u8] = b"II*\0\x08\0\0\0\x08\0\
    \0\x01\x03\0\x01\0\0\0\x01\0\0\0\
    \x01\x01\x03\0\x01\0\0\0\x01\0\0\0\
    \x02\x01\x03\0\x01\0\0\0\x08\0\0\0\
    \x03\x01\x03\0\x01\0\0\0\x01\0\0\0\
    \x06\x01\x03\0\x01\0\0\0\x01\0\0\0\
    \x11\x01\x04\0\x01\0\0\0\x6e\0\0\0\
    \x16\x01\x03\0\x01\0\0\0\x01\0\0\0\
    \x17\x01\x04\0\x01\0\0\0\x01\0\0\0\
    \0\0\0\0\x80";

/// A grey baseline JPEG of one block (ITU-T T.81), padded with comments.
pub(super) fn jpeg(wanted: Option<usize>) -> Segments {
    jpeg_with(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0", wanted)
}

/// The same picture with an empty Exif directory in place of JFIF (CIPA DC-008 §4.5).
pub(super) fn camera_jpeg() -> Segments {
    jpeg_with(0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", None)
}

/// A picture whose first segment is of this marker.
fn jpeg_with(marker: u8, first: &[u8], wanted: Option<usize>) -> Segments {
    let mut file = Writer::default();
    file.copy(&[0xff, 0xd8]);
    file.copy(&segment(marker, first));
    // One code of one bit in each table: no difference of DC, end of block.
    let table = |class| [&[class, 1][..], &[0; 15], &[0]].concat();
    let tail = [
        segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xc4, &table(0x00)),
        segment(0xc4, &table(0x10)),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0x3f, 0xff, 0xd9],
    ]
    .concat();

    let comment = |whole: usize| Bytes::from(segment(0xfe, &vec![b' '; whole - 4]));
    let mut missing = wanted.unwrap_or(0).saturating_sub(file.len() + tail.len());
    let longest = comment(missing.clamp(4, LONGEST_SEGMENT));
    while missing >= 4 {
        // The next segment must have room for its own 4 bytes of frame.
        let mut whole = missing.min(LONGEST_SEGMENT);
        if missing - whole > 0 && missing - whole < 4 {
            whole -= 4;
        }
        file.share(if whole == longest.len() {
            longest.clone()
        } else {
            comment(whole)
        });
        missing -= whole;
    }
    file.copy(&tail);
    file.finish()
}

/// The longest segment, its marker included.
const LONGEST_SEGMENT: usize = 65_537;

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
    [&[0xff, marker], &length[..], data].concat()
}
