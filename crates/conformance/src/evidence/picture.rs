//! Pictures.

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
pub(super) fn png(wanted: Option<usize>) -> Vec<u8> {
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
fn png_of(width: usize, rows: usize, text: Option<usize>) -> Vec<u8> {
    let raw = (width + 1) * rows;
    let comment = text.map_or(0, |text| COMMENT_FRAME + text);
    let mut file = Vec::with_capacity(PNG_FRAME + comment + IDAT_FRAME + stored_length(raw));
    file.extend(b"\x89PNG\r\n\x1a\n");
    chunk(&mut file, *b"IHDR", |data| {
        for side in [width, rows] {
            data.extend(u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes());
        }
        data.extend([8, 0, 0, 0, 0]);
    });
    if let Some(text) = text {
        chunk(&mut file, *b"tEXt", |data| {
            data.extend(COMMENT);
            data.resize(data.len() + text, b'x');
        });
    }
    // Each row: no filter, then a ramp of greys.
    let mut row = vec![0];
    row.extend((0..=250).cycle().step_by(3).take(width));
    chunk(&mut file, *b"IDAT", |data| zlib_stored(data, &row, raw));
    chunk(&mut file, *b"IEND", |_| ());
    file
}

/// Writes a chunk whose data is what `write` appends.
fn chunk(file: &mut Vec<u8>, kind: [u8; 4], write: impl FnOnce(&mut Vec<u8>)) {
    let start = file.len();
    file.extend([0; 4]);
    file.extend(kind);
    write(file);
    let length = u32::try_from(file.len() - start - 8).unwrap_or(u32::MAX);
    file[start..start + 4].copy_from_slice(&length.to_be_bytes());
    let crc = crc32fast::hash(&file[start + 4..]);
    file.extend(crc.to_be_bytes());
}

/// How long `raw` bytes are in stored blocks.
fn stored_length(raw: usize) -> usize {
    raw + raw.div_ceil(BLOCK) * BLOCK_FRAME
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4): `raw` bytes of the row, over and over.
fn zlib_stored(stream: &mut Vec<u8>, row: &[u8], raw: usize) {
    // As many rows that any block finds its bytes in one piece.
    let rows = row.repeat(BLOCK.div_ceil(row.len()) + 1);
    let mut sum = adler2::Adler32::new();
    stream.extend([0x78, 0x01]);
    for start in (0..raw).step_by(BLOCK) {
        let length = (raw - start).min(BLOCK);
        let block = &rows[start % row.len()..][..length];
        sum.write_slice(block);
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        stream.push(u8::from(start + BLOCK >= raw));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(sum.checksum().to_be_bytes());
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
pub(super) fn jpeg(wanted: Option<usize>) -> Vec<u8> {
    jpeg_with(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0", wanted)
}

/// The same picture with an empty Exif directory in place of JFIF (CIPA DC-008 §4.5).
pub(super) fn camera_jpeg() -> Vec<u8> {
    jpeg_with(0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", None)
}

/// A picture whose first segment is of this marker.
fn jpeg_with(marker: u8, first: &[u8], wanted: Option<usize>) -> Vec<u8> {
    let mut file = Vec::with_capacity(wanted.unwrap_or(0));
    file.extend([0xff, 0xd8]);
    segment(&mut file, marker, first);
    let mut tail = Vec::new();
    segment(&mut tail, 0xdb, &[&[0][..], &[1; 64]].concat());
    segment(&mut tail, 0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    // One code of one bit in each table: no difference of DC, end of block.
    for class in [0x00, 0x10] {
        let counts = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        segment(&mut tail, 0xc4, &[&[class][..], &counts, &[0]].concat());
    }
    segment(&mut tail, 0xda, &[1, 1, 0, 0, 63, 0]);
    tail.extend([0x3f, 0xff, 0xd9]);

    let mut missing = wanted.unwrap_or(0).saturating_sub(file.len() + tail.len());
    while missing >= 4 {
        // The next segment must have room for its own 4 bytes of frame.
        let mut whole = missing.min(65_537);
        if missing - whole > 0 && missing - whole < 4 {
            whole -= 4;
        }
        segment(&mut file, 0xfe, &vec![b' '; whole - 4]);
        missing -= whole;
    }
    file.extend(tail);
    file
}

fn segment(file: &mut Vec<u8>, marker: u8, data: &[u8]) {
    file.extend([0xff, marker]);
    file.extend(u16::try_from(data.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
    file.extend(data);
}
