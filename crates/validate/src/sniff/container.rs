//! Containers that many formats share: ZIP, RIFF and ISO base media files.

use memchr::memmem;

use crate::other::OtherFormat::{
    self, Avi, Avif, Docx, Epub, Heic, Heif, Jp2, Jxl, Mov, Mp4, OfficeXml, OpenDocument, Pptx, Wav, Webp,
    Xlsx, Zip,
};

/// The format inside the container that starts here.
pub(super) fn find(window: &[u8]) -> Option<OtherFormat> {
    match window {
        [b'P', b'K', 3, 4, ..] => Some(zip(window)),
        [b'R', b'I', b'F', b'F', _, _, _, _, kind @ ..] => riff(kind),
        [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => Some(media(brands)),
        [0, 0, _, _, b'm' | b'w' | b'f', ..] => old_film(window),
        _ => None,
    }
}

/// By the names of the first entries, which stand in the clear between the compressed bytes.
fn zip(window: &[u8]) -> OtherFormat {
    let holds = |name: &[u8]| memmem::find(window, name).is_some();
    if holds(b"mimetypeapplication/vnd.oasis.opendocument") {
        OpenDocument
    } else if holds(b"mimetypeapplication/epub+zip") {
        Epub
    } else if !holds(b"[Content_Types].xml") && !holds(b"_rels/.rels") && !holds(b"docProps/") {
        Zip
    } else if holds(b"word/") {
        Docx
    } else if holds(b"xl/") {
        Xlsx
    } else if holds(b"ppt/") {
        Pptx
    } else {
        OfficeXml
    }
}

fn riff(kind: &[u8]) -> Option<OtherFormat> {
    match kind.get(..4)? {
        b"WEBP" => Some(Webp),
        b"AVI " => Some(Avi),
        b"WAVE" => Some(Wav),
        _ => None,
    }
}

/// By the major brand; a generic one leaves it to the compatible brands behind it.
fn media(brands: &[u8]) -> OtherFormat {
    let compatible = || brands.chunks_exact(4).skip(2).take(16);
    match brands.get(..4).unwrap_or_default() {
        b"heic" | b"heix" | b"heim" | b"heis" => Heic,
        b"avif" | b"avis" => Avif,
        b"mif1" | b"msf1" if compatible().any(|brand| brand == b"heic" || brand == b"heix") => Heic,
        b"mif1" | b"msf1" if compatible().any(|brand| brand == b"avif") => Avif,
        b"mif1" | b"msf1" | b"mif2" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Heif,
        b"jp2 " | b"jpx " | b"jpm " => Jp2,
        b"jxl " => Jxl,
        b"qt  " => Mov,
        _ => Mp4,
    }
}

/// `QuickTime` before it had brands.
fn old_film(window: &[u8]) -> Option<OtherFormat> {
    matches!(window.get(4..8)?, b"moov" | b"mdat" | b"wide" | b"free").then_some(Mov)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_named_by_what_it_holds() {
        for (bytes, wanted) in [
            (&b"\0\0\0\x1Cftypheic\0\0\0\0mif1heic"[..], Some(Heic)),
            (b"\0\0\0\x1Cftypmif1\0\0\0\0mif1heic", Some(Heic)),
            (b"\0\0\0\x1Cftypmif1\0\0\0\0mif1avif", Some(Avif)),
            (b"\0\0\0\x1Cftypmif1\0\0\0\0mif1", Some(Heif)),
            (b"\0\0\0\x1Cftypavif", Some(Avif)),
            (b"\0\0\0\x14ftypqt  ", Some(Mov)),
            (b"\0\0\0\x14ftypisom", Some(Mp4)),
            (b"\0\0\0\x14ftyp", Some(Mp4)),
            (b"\0\0\0\x08wide", Some(Mov)),
            (b"RIFF\0\0\0\0WEBPVP8L", Some(Webp)),
            (b"RIFF\0\0\0\0AVI LIST", Some(Avi)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(Wav)),
            (b"RIFF\0\0\0\0", None),
            (b"PK\x03\x04........a.txt", Some(Zip)),
            (b"PK\x03\x04..[Content_Types].xml..word/document.xml", Some(Docx)),
            (b"PK\x03\x04..[Content_Types].xml..xl/workbook.xml", Some(Xlsx)),
            (b"PK\x03\x04.._rels/.rels..ppt/presentation.xml", Some(Pptx)),
            (b"PK\x03\x04..[Content_Types].xml", Some(OfficeXml)),
            (
                b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.text",
                Some(OpenDocument),
            ),
            (b"PK\x03\x04..mimetypeapplication/epub+zip", Some(Epub)),
        ] {
            assert_eq!(find(bytes), wanted, "{}", bytes.escape_ascii());
        }
    }
}
