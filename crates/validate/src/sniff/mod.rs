//! What a file is, by its first bytes.
//!
//! PNG and JPEG are known by their signature at byte 0, because no viewer looks further. A PDF's header may
//! stand anywhere in the first 1,024 bytes, because every viewer looks there and real senders put something
//! in front; but not behind another format's signature: a stored ZIP entry is no PDF.

use memchr::memmem;
use rebuttal_model::Format;

use crate::{
    code::Code,
    finding::{Finding, Severity},
    other::OtherFormat,
    report::Detected,
};

mod container;
mod signature;
mod text;

/// The last offset at which viewers look for a PDF header, in bytes.
const PDF_HEADER_OFFSET_MAX: usize = 1024;

/// How much of a file is kept to decide what it is, in bytes: a header of five bytes at the last offset.
pub(crate) const WINDOW_BYTES: usize = PDF_HEADER_OFFSET_MAX + 5;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const PDF: &[u8] = b"%PDF";

/// What the first bytes say.
#[derive(Debug)]
pub(crate) enum Sniffed {
    /// One of the three formats; its structure is to be walked.
    Allowed(Format),
    /// A PDF behind `offset` other bytes. Where no object follows, it was only talk about PDF: then `otherwise`.
    PdfBehind {
        offset: usize,
        html: bool,
        otherwise: Refusal,
    },
    /// Something else, for certain.
    Refused(Refusal),
    /// Something else, unless a PDF header shows up too late, which deserves its own words.
    RefusedUnlessLate(Refusal),
}

/// What a file is instead of evidence.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) detected: Detected,
    pub(crate) finding: Finding,
}

/// Decides from the first [`WINDOW_BYTES`] of a file, or from all of a shorter one.
pub(crate) fn sniff(window: &[u8]) -> Sniffed {
    if window.starts_with(PNG) {
        return Sniffed::Allowed(Format::Png);
    }
    if is_jpeg(window) {
        return Sniffed::Allowed(Format::Jpeg);
    }
    if let Some(refusal) = damaged(window) {
        return Sniffed::Refused(refusal);
    }
    if let Some(other) = signature::find(window) {
        return Sniffed::Refused(Refusal::other(other));
    }
    if let Some(offset) = memmem::find(window, PDF).filter(|offset| *offset <= PDF_HEADER_OFFSET_MAX) {
        if offset == 0 {
            return Sniffed::Allowed(Format::Pdf);
        }
        let guessed = text::find(window);
        return Sniffed::PdfBehind {
            offset,
            html: guessed == Some(OtherFormat::Html),
            otherwise: guessed.map_or_else(|| Refusal::unknown(window), Refusal::other),
        };
    }
    if let Some(refusal) = behind_junk(window) {
        return Sniffed::Refused(refusal);
    }
    if let Some(refusal) = headless_pdf(window) {
        return Sniffed::Refused(refusal);
    }
    match text::find(window) {
        Some(OtherFormat::PlainText) => Sniffed::RefusedUnlessLate(Refusal::other(OtherFormat::PlainText)),
        Some(other) => Sniffed::Refused(Refusal::other(other)),
        None => Sniffed::RefusedUnlessLate(Refusal::unknown(window)),
    }
}

/// Where a PDF begins inside a picture: its header, with an object behind it, both in the window.
pub(crate) fn pdf_inside(window: &[u8]) -> Option<usize> {
    let offset = memmem::find(window, b"%PDF-")?;
    memmem::find(&window[offset..], b" obj").map(|_| offset)
}

/// SOI and the first byte of a marker; where there is a fourth byte, one that may name a segment.
///
/// F7 there is JPEG-LS. Two or three bytes alone are a JPEG that was cut.
fn is_jpeg(window: &[u8]) -> bool {
    match window {
        [0xFF, 0xD8] | [0xFF, 0xD8, 0xFF] => true,
        [0xFF, 0xD8, 0xFF, marker, ..] => {
            matches!(marker, 0xC0..=0xFF) && !matches!(marker, 0xD0..=0xD8 | 0xF7)
        }
        _ => false,
    }
}

/// One of the three, changed on its way so that nothing can open it.
fn damaged(window: &[u8]) -> Option<Refusal> {
    let mangled: [(&[u8], &str); 4] = [
        (b"\xEF\xBF\xBDPNG", "a PNG whose bytes were replaced by U+FFFD"),
        (
            b"\xEF\xBF\xBD\xEF\xBF\xBD",
            "binary data whose bytes were replaced by U+FFFD",
        ),
        (
            b"\xC2\x89PNG",
            "a PNG whose bytes were read as Latin-1 and written as UTF-8",
        ),
        (
            b"\xC3\xBF\xC3\x98",
            "a JPEG whose bytes were read as Latin-1 and written as UTF-8",
        ),
    ];
    if let Some((_, found)) = mangled.iter().find(|(start, _)| window.starts_with(start)) {
        return Some(Refusal::unreadable(Finding::rejection(
            Code::Utf8Mangled,
            0,
            *found,
        )));
    }
    let line_ends = window.strip_prefix(&PNG[..4])?;
    let kept = line_ends
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    (kept <= 4 && line_ends.get(kept) == Some(&0x1A)).then(|| {
        let found = format!("{} behind 89 50 4E 47", hex(&line_ends[..=kept]));
        Refusal::unreadable(Finding::rejection(Code::PngSignatureNewlineDamage, 4, found))
    })
}

/// A picture's signature in the first 1,024 bytes, but not at the start.
fn behind_junk(window: &[u8]) -> Option<Refusal> {
    let png = memmem::find(window, PNG).map(|offset| (offset, "PNG"));
    let jpeg = memmem::find_iter(window, b"\xFF\xD8\xFF")
        .find(|offset| {
            matches!(
                window.get(offset + 3),
                Some(0xC0..=0xC4 | 0xDB | 0xE0..=0xEF | 0xFE)
            )
        })
        .map(|offset| (offset, "JPEG"));
    let (offset, name) = [png, jpeg].into_iter().flatten().min()?;
    let plural = if offset == 1 { "byte" } else { "bytes" };
    let found = format!(
        "{offset} {plural} before the signature of a {name}: {}",
        hex(&window[..offset.min(16)])
    );
    Some(Refusal::unreadable(Finding::rejection(
        Code::LeadingJunk,
        0,
        found,
    )))
}

/// Objects of a PDF, or its header in lower case, where the header should be.
fn headless_pdf(window: &[u8]) -> Option<Refusal> {
    let lower_case = window
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"%PDF-"));
    let found = if lower_case {
        format!("{:?}", String::from_utf8_lossy(&window[..5]))
    } else {
        let at = memmem::find_iter(window, b" obj").find_map(|end| object_start(&window[..end]))?;
        format!("an object at byte {at} and no header before it")
    };
    Some(Refusal::unreadable(Finding::rejection(
        Code::PdfHeaderMissing,
        0,
        found,
    )))
}

/// Where the `N G` that ends `before` starts, if it starts a line.
fn object_start(before: &[u8]) -> Option<usize> {
    let digits = |text: &[u8]| text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let generation = digits(before);
    let number_end = before
        .len()
        .checked_sub(generation + 1)
        .filter(|_| generation > 0)?;
    let number = digits(&before[..number_end]);
    let start = number_end
        .checked_sub(number)
        .filter(|_| number > 0 && before[number_end] == b' ')?;
    let line_starts = start == 0 || matches!(before[start - 1], b'\r' | b'\n');
    line_starts.then_some(start)
}

impl Refusal {
    fn other(other: OtherFormat) -> Self {
        let finding = Finding::rejection(Code::TypeNotAllowed, 0, other.name()).advise(other.advice());
        Self {
            detected: Detected::Other(other),
            finding,
        }
    }

    fn unknown(window: &[u8]) -> Self {
        let found = format!(
            "unknown data that starts with {}",
            hex(&window[..window.len().min(16)])
        );
        Self::unreadable(Finding::rejection(Code::TypeUnknown, 0, found))
    }

    fn unreadable(finding: Finding) -> Self {
        Self {
            detected: Detected::Unknown,
            finding,
        }
    }

    /// The refusal of a file without bytes (`upload.file-empty`).
    pub(crate) fn empty() -> Self {
        Self {
            detected: Detected::Empty,
            finding: Finding::new(Code::Empty, Severity::Rejection, Some(0), "a file of zero bytes"),
        }
    }

    /// The refusal of a PDF whose header viewers do not find.
    pub(crate) fn late_pdf(offset: u64) -> Self {
        let found = format!("the header at byte {offset}");
        Self::unreadable(Finding::rejection(Code::PdfHeaderTooLate, offset, found))
    }
}

/// Bytes as people write them: `89 50 4E 47`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Option<(Code, Option<u64>)> {
        match sniff(bytes) {
            Sniffed::Allowed(_) | Sniffed::PdfBehind { .. } => None,
            Sniffed::Refused(refusal) | Sniffed::RefusedUnlessLate(refusal) => {
                Some((refusal.finding.code, refusal.finding.offset))
            }
        }
    }

    #[test]
    fn the_three_are_known_by_their_signature() {
        for (name, bytes, wanted) in [
            ("png", &b"\x89PNG\r\n\x1a\n"[..], Some(Format::Png)),
            ("png less its last byte", b"\x89PNG\r\n\x1a", None),
            ("jpeg cut to two bytes", b"\xFF\xD8", Some(Format::Jpeg)),
            (
                "jpeg with fill bytes",
                b"\xFF\xD8\xFF\xFF\xE0",
                Some(Format::Jpeg),
            ),
            ("jpeg-ls", b"\xFF\xD8\xFF\xF7\x00\x0B", None),
            ("two soi", b"\xFF\xD8\xFF\xD8", None),
            ("pdf", b"%PDF-1.4\n", Some(Format::Pdf)),
            ("pdf without a version", b"%PDF", Some(Format::Pdf)),
            ("fdf", b"%FDF-1.2\n", None),
        ] {
            let found = match sniff(bytes) {
                Sniffed::Allowed(format) => Some(format),
                _ => None,
            };
            assert_eq!(found, wanted, "{name}");
        }
    }

    #[test]
    fn a_pdf_header_counts_up_to_offset_1024_and_not_behind_a_signature() {
        for (name, before, wanted) in [
            ("at 1", b"\n".to_vec(), Some(1)),
            ("at 1024", vec![b'x'; 1024], Some(1024)),
            ("at 1025", vec![b'x'; 1025], None),
            (
                "in a stored zip entry",
                b"PK\x03\x04\x14\0\0\0\0\0scan.pdf".to_vec(),
                None,
            ),
            ("in a script", b"#!/bin/sh\ncat <<E\n".to_vec(), None),
            (
                "behind a printer's header",
                b"\x1B%-12345X@PJL\r\n".to_vec(),
                Some(15),
            ),
        ] {
            let window: Vec<u8> = before
                .iter()
                .chain(b"%PDF-1.4\n1 0 obj")
                .copied()
                .take(WINDOW_BYTES)
                .collect();
            let found = match sniff(&window) {
                Sniffed::PdfBehind { offset, .. } => Some(offset),
                _ => None,
            };
            assert_eq!(found, wanted, "{name}");
        }
    }

    #[test]
    fn damage_on_the_way_has_its_own_names() {
        for (name, bytes, wanted) in [
            (
                "lossy png",
                &b"\xEF\xBF\xBDPNG\r\n\x1a\n"[..],
                (Code::Utf8Mangled, Some(0)),
            ),
            (
                "lossy jpeg",
                b"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
                (Code::Utf8Mangled, Some(0)),
            ),
            (
                "latin-1 png",
                b"\xC2\x89PNG\r\n\x1a\n",
                (Code::Utf8Mangled, Some(0)),
            ),
            ("latin-1 jpeg", b"\xC3\xBF\xC3\x98", (Code::Utf8Mangled, Some(0))),
            (
                "cr lf to lf",
                b"\x89PNG\n\x1a\n",
                (Code::PngSignatureNewlineDamage, Some(4)),
            ),
            (
                "lf to cr lf",
                b"\x89PNG\r\r\n\x1a\r\n",
                (Code::PngSignatureNewlineDamage, Some(4)),
            ),
            ("cut signature", b"\x89PNG", (Code::TypeUnknown, Some(0))),
            (
                "bom before png",
                b"\xEF\xBB\xBF\x89PNG\r\n\x1a\n",
                (Code::LeadingJunk, Some(0)),
            ),
            (
                "nul before jpeg",
                b"\0\xFF\xD8\xFF\xE0",
                (Code::LeadingJunk, Some(0)),
            ),
            ("lower case pdf", b"%pdf-1.4\n", (Code::PdfHeaderMissing, Some(0))),
            (
                "headless pdf",
                b"%\xE2\xE3\n1 0 obj\n<<",
                (Code::PdfHeaderMissing, Some(0)),
            ),
            (
                "talk of objects",
                b"there is 1 0 obj in it",
                (Code::TypeNotAllowed, Some(0)),
            ),
            ("nothing known", &[0; 64], (Code::TypeUnknown, Some(0))),
        ] {
            assert_eq!(code(bytes), Some(wanted), "{name}");
        }
    }

    #[test]
    fn a_pdf_inside_a_picture_needs_an_object() {
        assert_eq!(pdf_inside(b"\xFF\xD8\xFF\xFE\0\x10%PDF-1.4\n1 0 obj"), Some(6));
        assert_eq!(pdf_inside(b"\xFF\xD8\xFF\xFE\0\x10made from %PDF-1.4"), None);
    }
}
