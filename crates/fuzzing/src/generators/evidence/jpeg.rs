//! JPEG: segments with a marker and a length each, and scans of entropy-coded bytes.

use arbitrary::{Result, Unstructured};

use crate::generators::{below, rarely, slice};

/// Behind a table of one code: the code for "no difference", that for "end of block", then ones to the byte's end.
const SCAN: u8 = 0x3f;

/// Markers that a file may have anywhere, with or without a segment.
const MARKERS: &[u8] = &[
    0xe0, 0xe1, 0xe2, 0xee, 0xfe, 0xdb, 0xc4, 0xdd, 0xc0, 0xc2, 0xcc, 0xda, 0xd0, 0xd7, 0x01, 0xd8, 0xd9,
    0xff, 0x00,
];

pub(super) fn sample() -> Vec<u8> {
    let mut file = b"\xff\xd8".to_vec();
    tables(&mut file);
    segment(&mut file, 0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    codes(&mut file);
    segment(&mut file, 0xda, &[1, 1, 0, 0, 63, 0]);
    file.extend_from_slice(&[SCAN, 0xff, 0xd9]);
    file
}

/// A frame, tables, up to two scans with restarts, and segments of any kind between them.
pub(super) fn drawn(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut file = b"\xff\xd8".to_vec();
    beside(u, &mut file)?;
    tables(&mut file);
    let (marker, size) = (
        *u.choose(&[0xc0, 0xc1, 0xc2, 0xc3, 0xc9])?,
        u.int_in_range(0..=40)?,
    );
    let frame = [8, 0, 8 + size, 0, 8, 1, 1, *u.choose(&[0x11, 0x22, 0x00])?, 0];
    segment(&mut file, marker, &frame);
    codes(&mut file);
    beside(u, &mut file)?;
    for _ in 0..=below(u, 2)? {
        segment(&mut file, 0xda, &[1, 1, 0, 0, 63, 0]);
        let blocks = usize::from(size) / 8 + 1;
        file.extend(std::iter::repeat_n(SCAN, blocks));
        file.extend_from_slice(slice(u, 20)?);
        if rarely(u, 4)? {
            file.extend_from_slice(&[0xff, 0xd0 + u.int_in_range(0..=7)?, SCAN]);
        }
        beside(u, &mut file)?;
    }
    file.extend_from_slice(b"\xff\xd9");
    file.extend_from_slice(slice(u, 20)?);
    Ok(file)
}

/// Segments of any kind, one in eight with a length that is wrong.
fn beside(u: &mut Unstructured<'_>, file: &mut Vec<u8>) -> Result<()> {
    for _ in 0..below(u, 3)? {
        let start = file.len();
        let marker = *u.choose(MARKERS)?;
        segment(file, marker, slice(u, 40)?);
        if u.int_in_range(0..=7)? == 7 {
            file[start + 3] ^= 1 << below(u, 8)?;
        }
    }
    Ok(())
}

fn tables(file: &mut Vec<u8>) {
    let mut table = vec![0];
    table.resize(65, 1);
    segment(file, 0xdb, &table);
}

/// Two Huffman tables of one code each.
fn codes(file: &mut Vec<u8>) {
    for class in [0x00, 0x10] {
        let mut table = vec![class, 1];
        table.resize(18, 0);
        segment(file, 0xc4, &table);
    }
}

fn segment(file: &mut Vec<u8>, marker: u8, payload: &[u8]) {
    let length = u16::try_from(payload.len() + 2).unwrap_or(u16::MAX);
    file.extend_from_slice(&[0xff, marker]);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(payload);
}
