//! What the bytes of a file are, as far as their beginning tells, and how they were spoilt on the way.

use base64::Engine as _;
use rebuttal_model::Format;

use crate::record::keys::BASE64;

/// How much of a text is decoded to see what it is, in bytes.
const LOOKED_AT: usize = 64;

/// What content is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Content {
    Empty,
    Format(Format),
    /// A file in base64, with `data:` before it or not.
    Base64(Option<Format>),
    /// A file whose bytes were taken for text: in which way.
    Mangled(&'static str),
    /// Something else that is known.
    Other(&'static str),
    Text,
    Unknown,
}

/// What a file begins with that is something else.
const OTHERS: &[(&[u8], &str)] = &[
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"PK\x03\x04", "a ZIP, as DOCX is one"),
    (b"\x1f\x8b", "gzip"),
    (b"<svg", "an SVG"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF"),
];

/// What is left of a PNG, a JPEG or a PDF that went through a string.
const SPOILT: &[(&[u8], &str)] = &[
    (b"\xef\xbf\xbdPNG", "a PNG whose bytes became U+FFFD"),
    (
        b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
        "a JPEG, by its look, whose bytes became U+FFFD",
    ),
    (b"?PNG", "a PNG whose first byte became a question mark"),
    (b"PNG\r\n", "a PNG without its first byte"),
    (b"\xc2\x89PNG", "a PNG whose bytes were encoded as UTF-8"),
    (
        b"\xc3\xbf\xc3\x98\xc3\xbf",
        "a JPEG whose bytes were encoded as UTF-8",
    ),
    (b"\x89PNG\n", "a PNG whose line ends were converted"),
    (b"\x89PNG\r\r\n", "a PNG whose line ends were converted"),
];

impl Content {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if let Some(format) = format(bytes) {
            // What stands for a byte that is no UTF-8 shows that the rest went through a string too.
            let spoilt = format == Format::Pdf
                && memchr::memmem::find(bytes, "\u{fffd}".as_bytes()).is_some()
                && str::from_utf8(bytes).is_ok();
            return if spoilt {
                Self::Mangled("a PDF whose bytes became U+FFFD")
            } else {
                Self::Format(format)
            };
        }
        if let Some((_, what)) = SPOILT.iter().find(|(start, _)| bytes.starts_with(start)) {
            return Self::Mangled(what);
        }
        if bytes.get(4..8) == Some(b"ftyp") {
            return Self::Other("an HEIC photo or a film");
        }
        if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            return Self::Other("a WebP");
        }
        if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
            return Self::Other(what);
        }
        if let Some(encoded) = base64(bytes) {
            return encoded;
        }
        let head = &bytes[..bytes.len().min(512)];
        let is_text = |char: char| !char.is_control() || matches!(char, '\r' | '\n' | '\t');
        match head.utf8_chunks().next() {
            Some(chunk) if chunk.valid().len() + 4 > head.len() && chunk.valid().chars().all(is_text) => {
                Self::Text
            }
            _ => Self::Unknown,
        }
    }

    pub(crate) fn format(self) -> Option<Format> {
        match self {
            Self::Format(format) => Some(format),
            _ => None,
        }
    }

    /// In words, as in "found …".
    pub(crate) fn words(self) -> String {
        match self {
            Self::Empty => "nothing".to_owned(),
            Self::Format(format) => format!("the bytes of a {format}"),
            Self::Base64(Some(format)) => format!("base64 of a {format}"),
            Self::Base64(None) => "base64".to_owned(),
            Self::Mangled(what) | Self::Other(what) => what.to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Unknown => "bytes of no known format".to_owned(),
        }
    }
}

/// The format whose signature bytes begin with.
fn format(bytes: &[u8]) -> Option<Format> {
    // Readers of PDF look for its header in the first kilobyte.
    let start = &bytes[..bytes.len().min(1024)];
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(Format::Jpeg)
    } else if memchr::memmem::find(start, b"%PDF-").is_some() {
        Some(Format::Pdf)
    } else {
        None
    }
}

/// What base64 stands for, where the text is some.
fn base64(bytes: &[u8]) -> Option<Content> {
    let (data, is_uri) = match bytes.strip_prefix(b"data:") {
        Some(uri) => (&uri[memchr::memmem::find(uri, b";base64,")? + 8..], true),
        None => (bytes, false),
    };
    let letters = |byte: &&u8| !matches!(byte, b'\r' | b'\n');
    let start: Vec<u8> = data.iter().filter(letters).take(LOOKED_AT).copied().collect();
    let decoded = BASE64.decode(&start).ok();
    match decoded.as_deref().and_then(format) {
        Some(format) => Some(Content::Base64(Some(format))),
        None if is_uri => Some(Content::Base64(None)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::evidence::Sample;

    #[test]
    fn files_and_what_becomes_of_them_are_told_apart() {
        let png = Sample::Png.content(None);
        let jpeg = Sample::Jpeg.content(None);
        let pdf = Sample::Pdf.content(None);
        for (name, bytes, wanted) in [
            ("PNG", png.clone(), Content::Format(Format::Png)),
            ("JPEG", jpeg.clone(), Content::Format(Format::Jpeg)),
            (
                "camera",
                Sample::CameraJpeg.content(None),
                Content::Format(Format::Jpeg),
            ),
            ("PDF", pdf.clone(), Content::Format(Format::Pdf)),
            ("nothing", Vec::new(), Content::Empty),
            ("GIF", Sample::Gif.content(None), Content::Other("a GIF")),
            (
                "HEIC",
                Sample::Heic.content(None),
                Content::Other("an HEIC photo or a film"),
            ),
            (
                "DOCX",
                Sample::Docx.content(None),
                Content::Other("a ZIP, as DOCX is one"),
            ),
            ("text", Sample::Text.content(None), Content::Text),
            ("noise", vec![0, 1, 2, 200], Content::Unknown),
            (
                "base64",
                STANDARD.encode(&png).into_bytes(),
                Content::Base64(Some(Format::Png)),
            ),
            (
                "short base64",
                b"iVBORw0KGgo=".to_vec(),
                Content::Base64(Some(Format::Png)),
            ),
            (
                "data URI",
                format!("data:image/jpeg;base64,{}", STANDARD.encode(&jpeg)).into_bytes(),
                Content::Base64(Some(Format::Jpeg)),
            ),
            (
                "lossy PNG",
                String::from_utf8_lossy(&png).into_owned().into_bytes(),
                Content::Mangled("a PNG whose bytes became U+FFFD"),
            ),
            (
                "PNG from Latin-1",
                png.iter()
                    .map(|byte| char::from(*byte))
                    .collect::<String>()
                    .into_bytes(),
                Content::Mangled("a PNG whose bytes were encoded as UTF-8"),
            ),
            (
                "lossy PDF",
                String::from_utf8_lossy(&[&pdf[..], b"\xe2\xe3"].concat())
                    .into_owned()
                    .into_bytes(),
                Content::Mangled("a PDF whose bytes became U+FFFD"),
            ),
        ] {
            assert_eq!(Content::of(&bytes), wanted, "{name}");
        }
    }
}
