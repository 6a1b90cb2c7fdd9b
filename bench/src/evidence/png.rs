//! PNG files.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use super::noise;

/// As long as libpng makes its chunks, in bytes.
const IDAT_BYTES: usize = 8192;

/// Length, name and checksum of a chunk, in bytes.
const AROUND_CHUNK: usize = 12;

fn chunk(file: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    let start = file.len();
    file.extend_from_slice(&name);
    file.extend_from_slice(body);
    let crc = crc32fast::hash(&file[start..]);
    file.extend_from_slice(&crc.to_be_bytes());
}

/// Signature and IHDR: 8 bits, grey or in colours, no interlace.
fn head(width: usize, height: usize, colour: u8) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut body = Vec::new();
    for side in [width, height] {
        body.extend_from_slice(&u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes());
    }
    body.extend_from_slice(&[8, colour, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &body);
    file
}

fn zlib(rows: &[u8], compression: Compression) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), compression);
    // A vector takes whatever is written to it.
    let _ = encoder.write_all(rows);
    encoder.finish().unwrap_or_default()
}

fn idats(file: &mut Vec<u8>, data: &[u8], length: usize) {
    for piece in data.chunks(length) {
        chunk(file, *b"IDAT", piece);
    }
}

/// Rows of grey noise, each behind a filter byte.
fn noise_rows(width: usize, height: usize, seed: u64) -> Vec<u8> {
    let mut rows = noise((width + 1) * height, seed);
    rows.iter_mut().step_by(width + 1).for_each(|filter| *filter = 0);
    rows
}

/// A photo, filtered and compressed as an editor saves it: most of it is literals of small differences.
pub(super) fn photo(total: usize) -> Vec<u8> {
    const WIDTH: usize = 1000;
    // About what a row of 3,001 bytes is compressed to.
    let height = (total - 2000) / 2110;
    let mut random = fastrand::Rng::with_seed(8);
    let mut rows = Vec::with_capacity(height * (3 * WIDTH + 1));
    for _ in 0..height {
        // Each sample as its difference to the one on its left.
        rows.push(1);
        rows.extend((0..3 * WIDTH).map(|_| {
            let difference = (0..4).fold(0_u8, |sum, _| sum.wrapping_add(random.u8(0..16)));
            difference.wrapping_sub(30)
        }));
    }
    let mut file = head(WIDTH, height, 2);
    idats(&mut file, &zlib(&rows, Compression::default()), IDAT_BYTES);
    pad(&mut file, total);
    chunk(&mut file, *b"IEND", b"");
    file
}

/// A comment that makes the file as long as wanted, once IEND is there.
fn pad(file: &mut Vec<u8>, total: usize) {
    if let Some(room) = total.checked_sub(file.len() + 2 * AROUND_CHUNK + 8) {
        let mut text = b"Comment\0".to_vec();
        text.resize(8 + room, b'x');
        chunk(file, *b"tEXt", &text);
    }
}

/// Noise, not compressed.
pub(super) fn stored(total: usize) -> Vec<u8> {
    const WIDTH: usize = 3000;
    let height = (total - total / 500 - 1000) / (WIDTH + 1);
    let mut file = head(WIDTH, height, 0);
    let data = zlib(&noise_rows(WIDTH, height, 1), Compression::none());
    idats(&mut file, &data, IDAT_BYTES);
    pad(&mut file, total);
    chunk(&mut file, *b"IEND", b"");
    file
}

fn tiny_head() -> Vec<u8> {
    let mut file = head(8, 8, 0);
    idats(&mut file, &zlib(&[0; 72], Compression::none()), IDAT_BYTES);
    file
}

/// A tiny picture, and image data behind its last row.
pub(super) fn excess(total: usize) -> Vec<u8> {
    let mut file = tiny_head();
    let room = total - file.len() - AROUND_CHUNK;
    let count = room / (IDAT_BYTES + AROUND_CHUNK);
    idats(&mut file, &noise(count * IDAT_BYTES, 9), IDAT_BYTES);
    chunk(&mut file, *b"IEND", b"");
    file
}

/// Empty private chunks.
pub(super) fn empty_chunks(total: usize) -> Vec<u8> {
    let mut file = tiny_head();
    for _ in 0..(total - file.len() - AROUND_CHUNK) / AROUND_CHUNK {
        chunk(&mut file, *b"prVt", b"");
    }
    chunk(&mut file, *b"IEND", b"");
    file
}

/// A valid picture whose IDAT chunks hold one byte each.
pub(super) fn one_byte_idat(total: usize) -> Vec<u8> {
    const WIDTH: usize = 800;
    let height = (total / (1 + AROUND_CHUNK) - 200) / (WIDTH + 1);
    let mut file = head(WIDTH, height, 0);
    let data = zlib(&noise_rows(WIDTH, height, 2), Compression::none());
    idats(&mut file, &data, 1);
    chunk(&mut file, *b"IEND", b"");
    file
}

/// The bodies of all IDAT chunks, one behind the other.
pub(super) fn image_data(file: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut rest = file.get(8..).unwrap_or_default();
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, name @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some(body) = behind.get(..length) else { break };
        if &name == b"IDAT" {
            data.extend_from_slice(body);
        }
        rest = behind.get(length + 4..).unwrap_or_default();
    }
    data
}
