//! IHDR: what the picture is, in 13 bytes.

use crate::{MAX_PIXELS, NETWORK_PIXELS, code::Code, field::Field, finding::Findings};

/// The length of IHDR's body.
pub(super) const BYTES: usize = 13;

/// Where IHDR's body stands in every PNG: behind the signature and the chunk's head.
const OFFSET: u64 = 16;

/// The largest width or height that PNG allows.
const MAX_SIDE: u32 = (1 << 31) - 1;

const PALETTE: u8 = 3;

/// Whether the picture's pixels are indices into PLTE.
pub(super) fn has_palette(header: &Field<BYTES>) -> bool {
    header.get(9) == PALETTE
}

/// The bits of a pixel, with all its channels.
pub(super) fn pixel_bits(header: &Field<BYTES>) -> u64 {
    let channels = match header.get(9) {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    channels * u64::from(header.get(8))
}

/// Refuses the values that no viewer takes.
pub(super) fn check(header: &Field<BYTES>, findings: &mut Findings) {
    let (width, height) = (header.u32(0), header.u32(4));
    let (depth, colour) = (header.get(8), header.get(9));
    let invalid = if !(1..=MAX_SIDE).contains(&width) {
        Some((0, format!("a width of {width}")))
    } else if !(1..=MAX_SIDE).contains(&height) {
        Some((4, format!("a height of {height}")))
    } else if !fits(depth, colour) {
        let at = if matches!(colour, 0 | 2 | 3 | 4 | 6) { 8 } else { 9 };
        Some((at, format!("{depth} bits a sample with colour type {colour}")))
    } else if header.get(10) != 0 {
        Some((10, format!("compression method {}", header.get(10))))
    } else if header.get(11) != 0 {
        Some((11, format!("filter method {}", header.get(11))))
    } else if header.get(12) > 1 {
        Some((12, format!("interlace method {}", header.get(12))))
    } else {
        None
    };
    let (pixels, size) = (u64::from(width) * u64::from(height), || {
        format!("{width} x {height} pixels")
    });
    if let Some((at, found)) = invalid {
        findings.reject(Code::PngIhdrInvalid, OFFSET + at, || found);
    } else if pixels > MAX_PIXELS {
        findings.reject(Code::PngDimensionsTooLarge, OFFSET, size);
    } else if pixels > NETWORK_PIXELS {
        findings.note(Code::PixelsForNetworks, OFFSET, size);
    }
}

/// The pairs of depth and colour type that PNG allows.
fn fits(depth: u8, colour: u8) -> bool {
    match colour {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        PALETTE => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    }
}
