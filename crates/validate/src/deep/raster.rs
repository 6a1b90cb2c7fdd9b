//! Pictures, by the decoders that others use.

use std::io::Cursor;

use png::{Decoder, DecodingError, Limits};
use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{bytestream::ZCursor, options::DecoderOptions},
};

use super::{MAX_JPEG_SCANS, budget::Budget};
use crate::{code::Code, finding::Findings};

/// The most memory that `png` may use besides the file, in bytes: rows of the widest pictures.
const PNG_BYTES: usize = 64 << 20;

/// How many characters of a decoder's message are told.
const MESSAGE_CHARS: usize = 120;

/// What a decoder says of a JPEG.
#[derive(Debug)]
pub(super) enum Verdict {
    Sound,
    /// It decodes, in part or with errors that decoders pass over.
    Damaged(String),
    /// It does not decode.
    Undecodable(String),
    /// It was not decoded: too large, or in a coding that this decoder leaves out.
    Unknown,
}

/// Decodes a PNG row by row; nothing is kept of it.
pub(super) fn png(bytes: &[u8], budget: &mut Budget, findings: &mut Findings) {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: PNG_BYTES });
    // They are not part of the picture, and may be bombs.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut rows = 0_u64;
    let decode = || {
        let mut reader = decoder.read_info()?;
        // Behind the last row nothing of the picture comes; the passes of an interlaced one have more rows.
        let info = reader.info();
        let height = if info.interlaced {
            u64::MAX
        } else {
            info.height.into()
        };
        while rows < height && budget.has_time() && reader.next_interlaced_row()?.is_some() {
            rows += 1;
        }
        Ok(())
    };
    match decode() {
        Ok(()) => {}
        Err(DecodingError::LimitsExceeded) => budget.leave_out("rows of a PNG that are too long to decode"),
        Err(error) => {
            let error = message(&error.to_string());
            let verdict = if rows == 0 {
                Verdict::Undecodable(error)
            } else {
                Verdict::Damaged(format!("{error}, after {rows} rows"))
            };
            tell(verdict, 0, "the picture", findings);
        }
    }
}

/// Decodes a JPEG to its own colours. Grey alone would be a third of the memory, and `zune-jpeg` then reads pictures
/// wrongly whose components are all sampled 1 by 2, as `FFmpeg` writes them.
pub(super) fn jpeg(bytes: &[u8], budget: &mut Budget) -> Verdict {
    if memchr::memmem::find_iter(bytes, b"\xFF\xDA").count() > MAX_JPEG_SCANS {
        budget.leave_out("a JPEG of more scans than are decoded");
        return Verdict::Unknown;
    }
    let strict = match decode(without_end(bytes).unwrap_or(bytes), true, budget) {
        Ok(verdict) => return verdict,
        Err(error) => error,
    };
    // The second time is a decoder as forgiving as a viewer is. Its pixels are new ones to the budget.
    match decode(bytes, false, budget) {
        Ok(Verdict::Sound) => Verdict::Damaged(message(&strict.to_string())),
        Ok(verdict) => verdict,
        Err(error) => Verdict::Undecodable(message(&error.to_string())),
    }
}

/// A baseline picture of one scan up to its end marker. Where the marker comes early `zune-jpeg` leaves the rest grey
/// and says nothing; where the data ends early it does.
fn without_end(bytes: &[u8]) -> Option<&[u8]> {
    let (mut at, mut is_baseline) = (2, false);
    loop {
        let &[0xFF, marker, high, low] = bytes.get(at..)?.first_chunk()? else {
            return None;
        };
        if marker == 0xFF {
            at += 1;
            continue;
        }
        is_baseline |= matches!(marker, 0xC0 | 0xC1);
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xDA {
            break;
        }
    }
    let data = bytes.get(at..).filter(|_| is_baseline)?;
    let end = memchr::memmem::find(data, b"\xFF\xD9")?;
    let is_one_scan = memchr::memmem::find(&data[..end], b"\xFF\xDA").is_none();
    is_one_scan.then(|| &bytes[..at + end])
}

fn decode(bytes: &[u8], is_strict: bool, budget: &mut Budget) -> Result<Verdict, DecodeErrors> {
    let options = DecoderOptions::default()
        .set_max_width(u16::MAX.into())
        .set_max_height(u16::MAX.into())
        .set_strict_mode(is_strict);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    match decoder.decode_headers() {
        Ok(()) => {}
        Err(DecodeErrors::Unsupported(_)) => {
            budget.leave_out("a JPEG in a coding that is not decoded");
            return Ok(Verdict::Unknown);
        }
        Err(error) => return Err(error),
    }
    if let Some(space) = decoder.input_colorspace() {
        let options = decoder.options().jpeg_set_out_colorspace(space);
        decoder.set_options(options);
    }
    let pixels = decoder
        .info()
        .map_or(0, |info| u64::from(info.width) * u64::from(info.height));
    if !(budget.takes_pixels(pixels) && budget.has_time()) {
        return Ok(Verdict::Unknown);
    }
    let size = decoder.output_buffer_size().unwrap_or_default();
    decoder.decode_into(&mut vec![0; size])?;
    Ok(Verdict::Sound)
}

/// A decoder's own words, so far as they fit.
fn message(text: &str) -> String {
    let printable = text
        .chars()
        .map(|it| if it.is_ascii_graphic() { it } else { ' ' });
    printable.take(MESSAGE_CHARS).collect()
}

/// Tells of a picture that starts at `offset`.
pub(super) fn tell(verdict: Verdict, offset: u64, what: &str, findings: &mut Findings) {
    match verdict {
        Verdict::Sound | Verdict::Unknown => {}
        Verdict::Damaged(error) => {
            findings.warn(Code::DeepImageDamaged, offset, || format!("{what}: {error}"));
        }
        Verdict::Undecodable(error) => {
            findings.warn(Code::DeepImageUndecodable, offset, || format!("{what}: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_that_breaks_off_is_damaged_once_rows_were_seen() {
        let picture = include_bytes!("../../tests/evidence/oxipng-max.png");
        for (length, wanted) in [
            (picture.len(), None),
            (picture.len() / 2, Some(Code::DeepImageDamaged)),
            (picture.len() / 40, Some(Code::DeepImageUndecodable)),
        ] {
            let (mut budget, mut findings) = (
                Budget::new(super::super::budget::Limits::default()),
                Findings::default(),
            );
            png(&picture[..length], &mut budget, &mut findings);
            let found: Vec<_> = findings.iter().map(|it| it.code).collect();
            assert_eq!(found, wanted.as_slice(), "{length} bytes");
        }
    }

    #[test]
    fn the_end_of_a_picture_is_found_behind_its_thumbnail_and_before_what_follows() {
        let picture = include_bytes!("../../tests/evidence/piexif-thumbnail.jpg");
        let twice = [&picture[..], picture].concat();
        assert_eq!(without_end(&twice), Some(&picture[..picture.len() - 2]));
        assert_eq!(without_end(b""), None);
        assert_eq!(
            without_end(b"\xFF\xD8\xFF\xC2\0\x02\xFF\xDA\0\x02\x12\xFF\xD9"),
            None,
            "progressive"
        );
        let scan = b"\xFF\xD8\xFF\xFF\xC0\0\x02\xFF\xDA\0\x02\x12\xFF\xDA\0\x02\x12\xFF\xD9";
        assert_eq!(without_end(scan), None, "several scans");
        assert_eq!(
            without_end(&[&scan[..12], b"\xFF\xD9"].concat()),
            Some(&scan[..12])
        );
    }
}
