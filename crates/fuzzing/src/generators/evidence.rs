//! The smallest files of each format that are sound throughout.

use proptest::{prelude::*, sample::select};
use rebuttal_model::Format;

use super::{Input, edited};

/// A sound file, or one that was damaged in up to three places.
pub fn file() -> impl Strategy<Value = Input> {
    edited(select(&Format::ALL[..]).prop_map(sample))
}

/// The smallest sound file of a format.
pub fn sample(format: Format) -> Vec<u8> {
    match format {
        Format::Png => png(),
        Format::Jpeg => jpeg(),
        Format::Pdf => pdf(),
    }
}

/// One black pixel, grey, 8 bits.
fn png() -> Vec<u8> {
    // zlib header; one stored block of two bytes, filter and pixel, both 0; their Adler-32.
    let pixels = [0x78, 0x01, 0x01, 2, 0, 0xfd, 0xff, 0, 0, 0, 2, 0, 1];
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [
        (b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0][..]),
        (b"IDAT", &pixels),
        (b"IEND", &[]),
    ] {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        file.extend_from_slice(&length.to_be_bytes());
        let checked = [&name[..], data].concat();
        file.extend_from_slice(&checked);
        file.extend_from_slice(&crc32(&checked).to_be_bytes());
    }
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}

/// Eight by eight grey pixels, baseline, with tables of one code each.
fn jpeg() -> Vec<u8> {
    let huffman = |class: u8| {
        let mut table = vec![class, 1];
        table.extend_from_slice(&[0; 15]);
        table.push(0);
        table
    };
    let mut file = b"\xff\xd8".to_vec();
    for (marker, payload) in [
        (0xdb, [&[0][..], &[1; 64]].concat()),
        (0xc0, vec![8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        (0xc4, huffman(0x00)),
        (0xc4, huffman(0x10)),
        (0xda, vec![1, 1, 0, 0, 63, 0]),
    ] {
        let length = u16::try_from(payload.len() + 2).unwrap_or(u16::MAX);
        file.extend_from_slice(&[0xff, marker]);
        file.extend_from_slice(&length.to_be_bytes());
        file.extend_from_slice(&payload);
    }
    // The code for "no difference", the code for "end of block", then ones to the end of the byte.
    file.extend_from_slice(b"\x3f\xff\xd9");
    file
}

/// A sound PDF of so many bytes, or of the fewest that one can have: the rest is comments.
pub fn pdf_of(bytes: usize) -> Vec<u8> {
    let mut padding = 0;
    // The table stands behind the comments, and says where in digits: their number follows from the padding.
    for _ in 0..3 {
        let length = padded_pdf(padding).len();
        padding = (padding + bytes).saturating_sub(length);
    }
    padded_pdf(padding)
}

/// One empty page.
fn pdf() -> Vec<u8> {
    padded_pdf(0)
}

fn padded_pdf(padding: usize) -> Vec<u8> {
    const HEADER: &str = "%PDF-1.4\n";
    const FREE: &str = "xref\n0 4\n0000000000 65535 f \n";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    ];
    let (mut file, mut table) = (vec![HEADER.to_owned()], vec![FREE.to_owned()]);
    let mut length = HEADER.len();
    for (number, object) in (1..).zip(objects) {
        table.push(format!("{length:010} 00000 n \n"));
        file.push(format!("{number} 0 obj\n{object}\nendobj\n"));
        length += file[number].len();
    }
    let mut comments = "%...............................\n".repeat(padding.div_ceil(33) + 1);
    comments.truncate(padding.saturating_sub(1));
    if padding > 0 {
        comments.push('\n');
    }
    length += comments.len();
    file.push(comments);
    let trailer = format!("trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{length}\n%%EOF\n");
    [file.concat(), table.concat(), trailer].concat().into_bytes()
}
