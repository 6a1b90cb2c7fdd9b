//! Documents and texts.

use crate::segments::{Segments, Writer};

/// A drawing of one rectangle.
pub(super) const SVG: &[u8] =
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"><rect width=\"8\" height=\"8\"/></svg>\n";

/// A web page.
pub(super) const HTML: &[u8] =
    b"<!DOCTYPE html>\n<html><head><title>Receipt</title></head><body><p>Paid.</p></body></html>\n";

/// Plain text.
pub(super) const TEXT: &[u8] = b"Delivered on the third floor, signed at the door.\n";

/// A letter in Rich Text Format.
pub(super) const RTF: &[u8] =
    b"{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs24 Delivered on the third floor.\\par}\n";

/// A PostScript program that shows one empty page.
pub(super) const POSTSCRIPT: &[u8] =
    b"%!PS-Adobe-3.0\n%%Pages: 1\n%%EndComments\n%%Page: 1 1\nshowpage\n%%EOF\n";

/// The header of a compound file ([MS-CFB] §2.2) with sectors of 512 bytes, and nothing in it.
pub(super) fn doc() -> Vec<u8> {
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(24, 0);
    file.extend(b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0");
    file.resize(76, 0);
    file.resize(512, 0xff);
    file
}

/// A PDF of one empty page (ISO 32000-1 §7.5), padded with a stream that nothing refers to.
pub(super) fn pdf(version: &str, wanted: Option<usize>) -> Segments {
    let length = |padding| {
        let (head, tail) = pdf_around(version, padding);
        head.len() + padding + tail.len()
    };
    let wanted = wanted.unwrap_or(0);
    let mut padding = wanted.saturating_sub(length(0));
    // The number after startxref grows with the file, by a digit at a time.
    for _ in 0..3 {
        padding = (padding + wanted).saturating_sub(length(padding));
    }
    let (head, tail) = pdf_around(version, padding);
    let mut file = Writer::default();
    file.copy(&head);
    file.fill(b'x', padding);
    file.copy(&tail);
    file.finish()
}

/// What stands before and behind the padding.
fn pdf_around(version: &str, padding: usize) -> (Vec<u8>, Vec<u8>) {
    let mut head = format!("%PDF-{version}\n%").into_bytes();
    head.extend(b"\xe2\xe3\xcf\xd3\n");
    let mut offsets = Vec::new();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Resources << >> >>\nendobj\n".to_owned(),
        format!("<< /Length {padding:08} >>\nstream\n"),
    ];
    for (index, object) in objects.iter().enumerate() {
        offsets.push(head.len());
        head.extend(format!("{} 0 obj\n{object}", index + 1).bytes());
    }
    let mut tail = b"\nendstream\nendobj\n".to_vec();
    let start = head.len() + padding + tail.len();
    tail.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).bytes());
    for offset in &offsets {
        tail.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = offsets.len() + 1;
    tail.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes());
    (head, tail)
}

/// A Word document: a ZIP archive of stored entries (APPNOTE 4.3) with the two parts that one needs.
pub(super) fn docx() -> Vec<u8> {
    const TYPES: &[u8] = b"<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    const BODY: &[u8] = b"<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body/></w:document>";
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in [("[Content_Types].xml", TYPES), ("word/document.xml", BODY)] {
        let offset = u32::try_from(file.len()).unwrap_or(u32::MAX);
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes();
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x50];
        common.extend(crc32fast::hash(data).to_le_bytes());
        common.extend(length);
        common.extend(length);
        common.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        common.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.bytes());
        file.extend(data);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.bytes());
    }
    let start = u32::try_from(file.len()).unwrap_or(u32::MAX);
    let size = u32::try_from(directory.len()).unwrap_or(u32::MAX);
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    file.extend(size.to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}
