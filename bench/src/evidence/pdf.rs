//! PDF files.

use std::io::Write as _;

use super::noise;

const HEADER: &[u8] = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
const CATALOG: &[u8] = b"<< /Type /Catalog /Pages 2 0 R >>";
const ONE_PAGE: &[u8] = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>";

/// Writes to a vector, which takes whatever is written to it.
macro_rules! put {
    ($file:expr, $($text:tt)*) => {
        let _ = write!($file, $($text)*);
    };
}

/// Objects from number 1 on, a comment that makes the file `total` bytes long, and how a PDF ends.
fn document(objects: &[Vec<u8>], total: Option<usize>) -> Vec<u8> {
    let mut file = HEADER.to_vec();
    let mut offsets = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        offsets.push(file.len());
        put!(file, "{number} 0 obj\n");
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    if let Some(room) = total.and_then(|total| total.checked_sub(file.len() + end(&offsets, 0).len() + 2)) {
        file.push(b'%');
        file.resize(file.len() + room, b'p');
        file.push(b'\n');
    }
    let mut end = end(&offsets, file.len());
    file.append(&mut end);
    file
}

fn end(offsets: &[usize], xref: usize) -> Vec<u8> {
    let mut end = Vec::new();
    put!(end, "xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in offsets {
        put!(end, "{offset:010} 00000 n \n");
    }
    put!(end, "trailer\n<< /Size {} /Root 1 0 R >>\n", offsets.len() + 1);
    put!(end, "startxref\n{xref:010}\n%%EOF\n");
    end
}

fn stream(data: &[u8], keys: &str) -> Vec<u8> {
    let mut object = Vec::new();
    put!(object, "<< /Length {} {keys}>>\nstream\n", data.len());
    object.extend_from_slice(data);
    object.extend_from_slice(b"\nendstream");
    object
}

fn page(contents: usize, resources: &str) -> Vec<u8> {
    format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents {contents} 0 R /Resources << {resources} >> >>"
    )
    .into_bytes()
}

/// A page with one grey image that is not compressed.
pub(super) fn scan(total: usize) -> Vec<u8> {
    const WIDTH: usize = 3000;
    let height = (total - 4000) / WIDTH;
    let keys = format!(
        "/Type /XObject /Subtype /Image /Width {WIDTH} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 "
    );
    let objects = [
        CATALOG.to_vec(),
        ONE_PAGE.to_vec(),
        page(4, "/XObject << /I 5 0 R >>"),
        stream(b"q 300 0 0 200 0 0 cm /I Do Q", ""),
        stream(&noise(WIDTH * height, 6), &keys),
    ];
    document(&objects, Some(total))
}

/// About 33,000 pages in 66,000 objects: no large stream to skip.
pub(super) fn pages(total: usize) -> Vec<u8> {
    let count = total / 320;
    let mut kids = b"<< /Type /Pages /Kids [".to_vec();
    for index in 0..count {
        put!(kids, "{} 0 R ", 3 + 2 * index);
    }
    put!(kids, "] /Count {count} >>");
    let mut objects = vec![CATALOG.to_vec(), kids];
    for index in 0..count {
        objects.push(page(4 + 2 * index, ""));
        objects.push(stream(b"BT /F 12 Tf 20 150 Td (Order 1001, page) Tj ET", ""));
    }
    document(&objects, Some(total))
}

fn small() -> Vec<u8> {
    let objects = [
        CATALOG.to_vec(),
        ONE_PAGE.to_vec(),
        page(4, ""),
        stream(b"0 0 m 50 50 l S", ""),
    ];
    document(&objects, None)
}

/// A small document with something before its cross-reference table.
fn stuffed(total: usize, head: &[u8], unit: &[u8], tail: &[u8]) -> Vec<u8> {
    let small = small();
    let table = memchr::memmem::rfind(&small, b"\nxref\n").map_or(0, |at| at + 1);
    let startxref = memchr::memmem::rfind(&small, b"startxref").unwrap_or(small.len());
    let room = total - small.len() - head.len() - tail.len() - 64;
    let mut file = small[..table].to_vec();
    file.extend_from_slice(head);
    file.extend_from_slice(&unit.repeat(room / unit.len()));
    file.extend_from_slice(tail);
    let at = file.len();
    file.extend_from_slice(&small[table..startxref]);
    put!(file, "startxref\n{at:010}\n%%EOF\n");
    file
}

pub(super) fn comment_lines(total: usize) -> Vec<u8> {
    stuffed(total, b"", b"%\n", b"")
}

pub(super) fn empty_objects(total: usize) -> Vec<u8> {
    stuffed(total, b"", b"9 0 obj endobj\n", b"")
}

pub(super) fn open_arrays(total: usize) -> Vec<u8> {
    stuffed(total, b"9 0 obj ", b"[", b" endobj\n")
}

pub(super) fn open_dicts(total: usize) -> Vec<u8> {
    stuffed(total, b"9 0 obj ", b"<</A", b" endobj\n")
}

pub(super) fn open_string(total: usize) -> Vec<u8> {
    stuffed(total, b"9 0 obj ", b"(", b" endobj\n")
}

pub(super) fn startxref_lines(total: usize) -> Vec<u8> {
    stuffed(total, b"", b"startxref\n0\n%%EOF\n", b"")
}

pub(super) fn no_endstream(total: usize) -> Vec<u8> {
    stuffed(total, b"9 0 obj << /Length 99999999 >>\nstream\n", b"e", b"")
}

pub(super) fn endstrea_almost(total: usize) -> Vec<u8> {
    let head = b"9 0 obj << /Length 10 >>\nstream\n";
    stuffed(total, head, b"endstrea", b"\nendstream endobj\n")
}

pub(super) fn nul_tail(total: usize) -> Vec<u8> {
    let mut file = small();
    file.resize(total, 0);
    file
}
