//! PNG: a signature, and chunks with a length and a checksum each.

use arbitrary::{Result, Unstructured};

use crate::generators::{below, rarely, slice};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// One black pixel, grey, 8 bits.
const HEADER: [u8; 13] = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];

const NAMES: &[&[u8; 4]] = &[
    b"tEXt", b"IDAT", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"eXIf", b"iCCP", b"gAMA", b"CgBI",
    b"IHDR", b"IEND", b"zTXt", b"ABCD", b"ab d",
];

pub(super) fn sample() -> Vec<u8> {
    let mut file = SIGNATURE.to_vec();
    chunk(&mut file, *b"IHDR", &HEADER);
    chunk(&mut file, *b"IDAT", &stored(&[0, 0]));
    chunk(&mut file, *b"IEND", &[]);
    file
}

/// A header, up to seven chunks, image data in up to three, and an end; lengths and checksums are mostly right.
pub(super) fn drawn(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut file = SIGNATURE.to_vec();
    let mut header = HEADER;
    if rarely(u, 4)? {
        (header[3], header[7]) = (u.arbitrary()?, u.arbitrary()?);
        header[8] = *u.choose(&[8, 1, 2, 4, 16, 3])?;
        header[9] = *u.choose(&[0, 2, 3, 4, 6, 1])?;
        header[12] = *u.choose(&[0, 1, 2])?;
    }
    chunk(&mut file, *b"IHDR", &header);
    beside(u, &mut file)?;
    let data = if rarely(u, 4)? {
        stored(slice(u, 200)?)
    } else {
        stored(&[0, 0])
    };
    let pieces = below(u, 3)? + 1;
    for piece in data.chunks(data.len().div_ceil(pieces)) {
        chunk(&mut file, *b"IDAT", piece);
    }
    beside(u, &mut file)?;
    chunk(&mut file, *b"IEND", &[]);
    file.extend_from_slice(slice(u, 20)?);
    Ok(file)
}

/// Chunks of any kind, one in eight with a length or a checksum that is wrong.
fn beside(u: &mut Unstructured<'_>, file: &mut Vec<u8>) -> Result<()> {
    for _ in 0..below(u, 4)? {
        let start = file.len();
        let name = **u.choose(NAMES)?;
        chunk(file, name, slice(u, 40)?);
        match u.int_in_range(0..=15)? {
            14 => file[start + 3] ^= 1 << below(u, 8)?,
            15 => {
                let last = file.len() - 1;
                file[last] ^= 1;
            }
            _ => {}
        }
    }
    Ok(())
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    let start = file.len();
    file.extend_from_slice(&name);
    file.extend_from_slice(data);
    let sum = crc32(&file[start..]);
    file.extend_from_slice(&sum.to_be_bytes());
}

/// A zlib stream of one stored block.
fn stored(pixels: &[u8]) -> Vec<u8> {
    let length = u16::try_from(pixels.len()).unwrap_or(u16::MAX);
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(pixels);
    let (one, two) = pixels.iter().fold((1_u32, 0_u32), |(one, two), byte| {
        let one = (one + u32::from(*byte)) % 65_521;
        (one, (two + one) % 65_521)
    });
    stream.extend_from_slice(&(two << 16 | one).to_be_bytes());
    stream
}

pub(super) fn mend(file: &mut [u8]) {
    let mut at = SIGNATURE.len();
    while let Some(&length) = file.get(at..).and_then(<[u8]>::first_chunk::<4>) {
        let Some(end) = usize::try_from(u32::from_be_bytes(length))
            .ok()
            .and_then(|length| (at + 8).checked_add(length))
            .filter(|end| end + 4 <= file.len())
        else {
            return;
        };
        let sum = crc32(&file[at + 4..end]);
        file[end..end + 4].copy_from_slice(&sum.to_be_bytes());
        at = end + 4;
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}
