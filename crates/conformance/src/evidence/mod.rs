//! Sample files: described in scenarios, made here, never stored.
//!
//! They are made from the format specifications and not with the code that judges uploads elsewhere in the
//! project: an expectation that the judged computes is no expectation.

mod document;
mod picture;

use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::segments::Segments;

/// How many files are kept once they were made: more than the suite has.
const KEPT_FILES: usize = 64;

/// Files that were made before: what one run needs, others need too, and so does the next request.
static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());

/// A file, and the sample and length that it is of.
type Made = ((Sample, Option<u64>), Segments);

/// A kind of sample file.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sample {
    /// A valid PNG.
    #[default]
    Png,
    /// A valid JPEG.
    Jpeg,
    /// A valid JPEG as cameras write it: with Exif and without JFIF.
    CameraJpeg,
    /// A valid PDF of one page.
    Pdf,
    /// A valid PDF of one page that says it is of version 1.7.
    NewerPdf,
    /// A valid GIF.
    Gif,
    /// A valid GIF of the first version, of 1987.
    Gif87,
    /// The start of an AVIF picture.
    Avif,
    /// The start of an HEIC photo.
    Heic,
    /// A valid WebP.
    Webp,
    /// A valid SVG.
    Svg,
    /// A valid BMP.
    Bmp,
    /// A valid TIFF.
    Tiff,
    /// A web page.
    Html,
    /// A Word document.
    Docx,
    /// The start of a Word document of before 2007.
    Doc,
    /// A document in Rich Text Format.
    Rtf,
    /// A PostScript program that shows a page.
    Postscript,
    /// Plain text.
    Text,
    /// No bytes at all.
    Empty,
}

impl Sample {
    /// The file, made exactly `bytes` long where given; it stays valid as long as its format allows.
    /// A length that the format cannot reach gives the shortest file there is.
    pub fn content(self, bytes: Option<u64>) -> Vec<u8> {
        self.segments(bytes).to_bytes().into()
    }

    /// The same file, in pieces that all who send it share.
    pub(crate) fn segments(self, bytes: Option<u64>) -> Segments {
        let made = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let of = (self, bytes);
        if let Some((_, file)) = made().iter().find(|(made, _)| *made == of) {
            return file.clone();
        }
        let file = self.make(bytes);
        let mut made = made();
        if made.len() < KEPT_FILES && made.iter().all(|(made, _)| *made != of) {
            made.push((of, file.clone()));
        }
        file
    }

    fn make(self, bytes: Option<u64>) -> Segments {
        let wanted = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        match self {
            Self::Png => picture::png(wanted),
            Self::Jpeg => picture::jpeg(wanted),
            Self::CameraJpeg => picture::camera_jpeg(),
            Self::Pdf => document::pdf("1.4", wanted),
            Self::NewerPdf => document::pdf("1.7", None),
            Self::Gif => picture::GIF.into(),
            Self::Gif87 => picture::gif87().into(),
            Self::Avif => picture::AVIF.into(),
            Self::Heic => picture::HEIC.into(),
            Self::Webp => picture::WEBP.into(),
            Self::Svg => document::SVG.into(),
            Self::Bmp => picture::BMP.into(),
            Self::Tiff => picture::TIFF.into(),
            Self::Html => document::HTML.into(),
            Self::Docx => document::docx().into(),
            Self::Doc => document::doc().into(),
            Self::Rtf => document::RTF.into(),
            Self::Postscript => document::POSTSCRIPT.into(),
            Self::Text => document::TEXT.into(),
            Self::Empty => Segments::default(),
        }
    }

    /// A file name that fits.
    pub const fn filename(self) -> &'static str {
        match self {
            Self::Png => "receipt.png",
            Self::Jpeg | Self::CameraJpeg => "photo.jpg",
            Self::Pdf | Self::NewerPdf => "statement.pdf",
            Self::Gif | Self::Gif87 => "animation.gif",
            Self::Avif => "picture.avif",
            Self::Heic => "photo.heic",
            Self::Webp => "picture.webp",
            Self::Svg => "drawing.svg",
            Self::Bmp => "scan.bmp",
            Self::Tiff => "scan.tiff",
            Self::Html => "receipt.html",
            Self::Docx => "letter.docx",
            Self::Doc => "letter.doc",
            Self::Rtf => "letter.rtf",
            Self::Postscript => "invoice.ps",
            Self::Text => "notes.txt",
            Self::Empty => "empty.png",
        }
    }

    /// The media type that belongs to the content.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png | Self::Empty => "image/png",
            Self::Jpeg | Self::CameraJpeg => "image/jpeg",
            Self::Pdf | Self::NewerPdf => "application/pdf",
            Self::Gif | Self::Gif87 => "image/gif",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Html => "text/html",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Doc => "application/msword",
            Self::Rtf => "application/rtf",
            Self::Postscript => "application/postscript",
            Self::Text => "text/plain",
        }
    }

    /// Whether its length can be chosen.
    pub const fn is_sizable(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Pdf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_met_to_the_byte() {
        for sample in [Sample::Png, Sample::Jpeg, Sample::Pdf] {
            for wanted in [
                5_000, 65_536, 70_001, 9_999_999, 10_000_000, 10_485_760, 10_485_761,
            ] {
                assert_eq!(sample.content(Some(wanted)).len() as u64, wanted, "{sample:?}");
            }
        }
    }

    #[test]
    fn a_large_file_takes_little_memory() {
        for sample in [Sample::Png, Sample::Jpeg, Sample::Pdf] {
            let file = sample.segments(Some(10_485_760));
            // What lies within another piece is no memory of its own.
            let mut places: Vec<_> = file
                .pieces()
                .iter()
                .map(|it| (it.as_ptr().addr(), it.as_ptr().addr() + it.len()))
                .collect();
            places.sort_unstable();
            let mut until = 0;
            let held: usize = places
                .into_iter()
                .map(|(from, to)| {
                    let new = to.saturating_sub(from.max(until));
                    until = until.max(to);
                    new
                })
                .sum();
            assert!(held < 256 * 1024, "{sample:?}: {held} bytes");
        }
    }

    #[test]
    fn signatures_are_those_of_the_formats() {
        for (sample, start) in [
            (Sample::Png, &b"\x89PNG\r\n\x1a\n"[..]),
            (Sample::Jpeg, b"\xff\xd8\xff"),
            (Sample::CameraJpeg, b"\xff\xd8\xff\xe1"),
            (Sample::Pdf, b"%PDF-1.4"),
            (Sample::NewerPdf, b"%PDF-1.7"),
            (Sample::Bmp, b"BM"),
            (Sample::Tiff, b"II*\0"),
            (Sample::Html, b"<!DOCTYPE html>"),
            (Sample::Gif, b"GIF89a"),
            (Sample::Gif87, b"GIF87a"),
            (Sample::Doc, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            (Sample::Rtf, b"{\\rtf1"),
            (Sample::Postscript, b"%!PS-Adobe-3.0"),
            (Sample::Webp, b"RIFF"),
            (Sample::Docx, b"PK\x03\x04"),
            (Sample::Svg, b"<svg "),
        ] {
            assert!(sample.content(None).starts_with(start), "{sample:?}");
        }
        assert_eq!(&Sample::Heic.content(None)[4..12], b"ftypheic");
        assert_eq!(&Sample::Avif.content(None)[4..12], b"ftypavif");
    }
}
