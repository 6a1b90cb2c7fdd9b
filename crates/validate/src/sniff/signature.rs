//! Binary signatures at byte 0, and text ones that are as certain.

use super::container;
use crate::other::OtherFormat::{
    self, Bmp, Bplist, Bzip2, Djvu, Elf, Fdf, Gif, Gzip, Ico, Jng, Jp2, JpegLs, Jxl, Jxr, MachO, Matroska,
    Mng, Mp3, Ogg, Ole2, Pe, PostScript, Psd, Rar, Rtf, Script, SevenZip, Tar, Tiff, Xz, Zip, Zstd,
};

/// Exact first bytes, longest first where one is the start of another.
const SIGNATURES: &[(&[u8], OtherFormat)] = &[
    (b"GIF87a", Gif),
    (b"GIF89a", Gif),
    (b"II\x2A\0", Tiff),
    (b"MM\0\x2A", Tiff),
    (b"II\x2B\0", Tiff),
    (b"MM\0\x2B", Tiff),
    (b"II\xBC\x01", Jxr),
    (b"8BPS\0", Psd),
    (b"\xFF\x0A", Jxl),
    (b"\0\0\0\x0CJXL \r\n\x87\n", Jxl),
    (b"\0\0\0\x0CjP  \r\n\x87\n", Jp2),
    (b"\xFF\x4F\xFF\x51", Jp2),
    (b"\xFF\xD8\xFF\xF7", JpegLs),
    (b"\x8AMNG\r\n\x1a\n", Mng),
    (b"\x8BJNG\r\n\x1a\n", Jng),
    (b"AT&TFORM", Djvu),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Ole2),
    (b"{\\rtf", Rtf),
    (b"%!PS", PostScript),
    (b"\xC5\xD0\xD3\xC6", PostScript),
    (b"%FDF-", Fdf),
    (b"PK\x05\x06", Zip),
    (b"PK\x07\x08", Zip),
    (b"Rar!\x1A\x07", Rar),
    (b"7z\xBC\xAF\x27\x1C", SevenZip),
    (b"\x1F\x8B\x08", Gzip),
    (b"BZh", Bzip2),
    (b"\xFD7zXZ\0", Xz),
    (b"\x28\xB5\x2F\xFD", Zstd),
    (b"\x1A\x45\xDF\xA3", Matroska),
    (b"ID3\x02", Mp3),
    (b"ID3\x03", Mp3),
    (b"ID3\x04", Mp3),
    (b"OggS\0", Ogg),
    (b"\x7FELF", Elf),
    (b"\xCF\xFA\xED\xFE", MachO),
    (b"\xCE\xFA\xED\xFE", MachO),
    (b"\xCA\xFE\xBA\xBE", MachO),
    (b"#!/", Script),
    (b"#! /", Script),
    (b"bplist00", Bplist),
];

/// The format whose signature stands at byte 0.
pub(super) fn find(window: &[u8]) -> Option<OtherFormat> {
    SIGNATURES
        .iter()
        .find(|(signature, _)| window.starts_with(signature))
        .map(|(_, other)| *other)
        .or_else(|| container::find(window))
        .or_else(|| short(window))
}

/// Signatures of two to four common bytes, which need a second look.
fn short(window: &[u8]) -> Option<OtherFormat> {
    let at = |offset: usize| window.get(offset).copied();
    match window {
        // The header's size and the zeros of two reserved fields.
        [b'B', b'M', ..] if window.get(6..10) == Some(&[0; 4]) && matches!(at(14), Some(12 | 40..=128)) => {
            Some(Bmp)
        }
        // One to 255 pictures, the first with a reserved byte of 0.
        [0, 0, 1 | 2, 0, 1..=255, 0, ..] if at(9) == Some(0) => Some(Ico),
        [b'M', b'Z', ..] if window.len() >= 64 => Some(Pe),
        _ if window.get(257..262) == Some(b"ustar") => Some(Tar),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_signature_needs_more_than_its_letters() {
        let mut bmp = b"BM\x3E\x06\0\0\0\0\0\0\x3E\0\0\0\x28\0\0\0".to_vec();
        assert_eq!(find(&bmp), Some(Bmp));
        bmp[7] = 1;
        assert_eq!(find(&bmp), None);
        assert_eq!(find(b"BM is no bitmap, it is the start of a text"), None);
        assert_eq!(find(b"MZ"), None);
        assert_eq!(find(&[&b"MZ"[..], &[0; 62]].concat()), Some(Pe));
        assert_eq!(find(b"\0\0\x01\0\x01\0\x20\x20\0\0\x01\0"), Some(Ico));
        assert_eq!(find(&[0; 64]), None);
    }

    #[test]
    fn no_signature_hides_behind_a_shorter_one() {
        for (index, (signature, _)) in SIGNATURES.iter().enumerate() {
            let first = SIGNATURES
                .iter()
                .position(|(other, _)| signature.starts_with(other));
            assert_eq!(first, Some(index), "{signature:02X?}");
        }
    }
}
