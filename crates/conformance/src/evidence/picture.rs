//! Pictures.

/// A GIF of one pixel.
pub(super) const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// A lossless WebP of one pixel.
pub(super) const WEBP: &[u8] =
    b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";

/// The file type box of an HEIC photo and an empty media box (ISO/IEC 14496-12 §4.3).
pub(super) const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat";

/// A grey PNG (PNG specification, third edition, §5).
pub(super) fn png(wanted: Option<usize>) -> Vec<u8> {
    const WIDTH: usize = 1_000;
    /// Everything but rows: signature, IHDR, IDAT frame, zlib frame, IEND, and a text chunk without text.
    const FRAME: usize = 8 + 25 + 12 + 6 + 12 + 12 + 8;
    let Some(wanted) = wanted else {
        return png_of(16, 12, None);
    };
    // A stored block has 5 bytes of frame for at most 65,535 bytes.
    let rows = wanted.saturating_sub(FRAME) * 65_535 / 65_540 / (WIDTH + 1);
    let (width, rows) = if rows < 2 { (16, 12) } else { (WIDTH, rows - 1) };
    let bare = png_of(width, rows, Some(0)).len();
    png_of(width, rows, Some(wanted.saturating_sub(bare)))
}

/// A grey PNG of `rows` rows; with `text`, a comment of that many characters.
fn png_of(width: usize, rows: usize, text: Option<usize>) -> Vec<u8> {
    let mut header = Vec::new();
    for side in [width, rows] {
        header.extend(u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes());
    }
    header.extend([8, 0, 0, 0, 0]);

    // Each row: no filter, then a ramp of greys.
    let mut row = vec![0];
    row.extend((0..=250).cycle().step_by(3).take(width));
    let raw = row.repeat(rows);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &header);
    if let Some(text) = text {
        chunk(
            &mut file,
            *b"tEXt",
            &[b"Comment\0", "x".repeat(text).as_bytes()].concat(),
        );
    }
    chunk(&mut file, *b"IDAT", &zlib_stored(&raw));
    chunk(&mut file, *b"IEND", b"");
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let crc = crc32fast::hash(&file[start..]);
    file.extend(crc.to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
fn zlib_stored(raw: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = raw.chunks(65_535).count();
    for (index, block) in raw.chunks(65_535).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(index + 1 == blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler2::adler32_slice(raw).to_be_bytes());
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
pub(super) fn jpeg(wanted: Option<usize>) -> Vec<u8> {
    jpeg_with(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0", wanted)
}

/// The same picture with an empty Exif directory in place of JFIF (CIPA DC-008 §4.5).
pub(super) fn camera_jpeg() -> Vec<u8> {
    jpeg_with(0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", None)
}

/// A picture whose first segment is of this marker.
fn jpeg_with(marker: u8, first: &[u8], wanted: Option<usize>) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
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
