//! Chunks of a few bytes of image data, gathered so that they are inflated together: a hostile file has nearly a
//! million. Nothing that real writers make is cut so small.

use super::{CHUNK_HEADER_BYTES, CRC_BYTES};

/// The most image data that is gathered, in bytes.
const GATHERED_BYTES: usize = 512;

/// The longest chunk that is gathered, in bytes of data.
const TINY_BYTES: usize = 64;

/// Fewer chunks are not worth it.
const MIN_CHUNKS: u32 = 8;

/// Up to so many bytes a checksum is quicker by hand.
const SHORT_BYTES: usize = 8;

/// The sound IDAT chunks that some input starts with.
#[derive(Debug)]
pub(super) struct Tiny {
    bytes: [u8; GATHERED_BYTES],
    length: usize,
    /// How much of the input they are.
    pub(super) taken: usize,
    /// Where the last one starts in the input.
    pub(super) last: usize,
}

impl Tiny {
    /// Gathers them, if there are enough.
    pub(super) fn gather(input: &[u8]) -> Option<Self> {
        let mut tiny = Self {
            bytes: [0; GATHERED_BYTES],
            length: 0,
            taken: 0,
            last: 0,
        };
        let mut chunks = 0;
        while tiny.add(&input[tiny.taken..]).is_some() {
            chunks += 1;
        }
        (chunks >= MIN_CHUNKS).then_some(tiny)
    }

    /// The data of all, one behind the other.
    pub(super) fn data(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Adds the chunk that the input starts with, if it is whole, small and sound.
    fn add(&mut self, input: &[u8]) -> Option<()> {
        let (head, rest) = input.split_first_chunk::<CHUNK_HEADER_BYTES>()?;
        let [0, 0, 0, length, b'I', b'D', b'A', b'T'] = *head else {
            return None;
        };
        let length = usize::from(length);
        if length > TINY_BYTES {
            return None;
        }
        let (body, rest) = rest.split_at_checked(length)?;
        let stored = rest.first_chunk::<CRC_BYTES>()?;
        let room = self.bytes[self.length..].get_mut(..length)?;
        let computed = if length <= SHORT_BYTES {
            let mut crc = BEHIND_NAME;
            for (place, byte) in room.iter_mut().zip(body) {
                *place = *byte;
                crc = step(crc, *byte);
            }
            !crc
        } else {
            room.copy_from_slice(body);
            crc32fast::hash(&input[CHUNK_HEADER_BYTES - 4..CHUNK_HEADER_BYTES + length])
        };
        if computed != u32::from_be_bytes(*stored) {
            return None;
        }
        self.length += length;
        self.last = self.taken;
        self.taken += CHUNK_HEADER_BYTES + length + CRC_BYTES;
        Some(())
    }
}

/// The remainders of all bytes, as the PNG specification has them.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index: u32 = 0;
    while index < 256 {
        let mut crc = index;
        let mut bit = 0;
        while bit < 8 {
            crc = crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[index as usize] = crc;
        index += 1;
    }
    table
};

/// The checksum so far, behind `IDAT`.
const BEHIND_NAME: u32 = 0xCA50_F9E1;

fn step(crc: u32, byte: u8) -> u32 {
    TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ crc >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(body: &[u8]) -> Vec<u8> {
        let named = [b"IDAT", body].concat();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&length, &named[..], &crc32fast::hash(&named).to_be_bytes()].concat()
    }

    #[test]
    fn chunks_are_gathered_as_long_as_they_are_tiny_whole_and_sound() {
        let mut input = Vec::new();
        let mut data = Vec::new();
        for length in [0, 1, 2, 7, 8, 9, 63, 64] {
            let body: Vec<u8> = (0..length).map(|byte| byte ^ 0x5A).collect();
            input.append(&mut chunk(&body));
            data.extend_from_slice(&body);
        }
        let whole = input.len();
        let damaged = |at: usize| {
            let mut bytes = chunk(b"x");
            bytes[at] ^= 1;
            bytes
        };
        let tails = [
            vec![],
            chunk(b"x")[..12].to_vec(),
            chunk(&[0; 65]),
            damaged(8),
            damaged(12),
            damaged(7),
        ];
        for tail in tails {
            let tiny = Tiny::gather(&[&input[..], &tail].concat()).unwrap();
            assert_eq!((tiny.taken, tiny.last), (whole, whole - 12 - 64));
            assert_eq!(tiny.data(), data);
        }
        assert!(Tiny::gather(&input[12..]).is_none(), "seven are too few");
        let full = Tiny::gather(&chunk(&[7; 50]).repeat(20)).unwrap();
        assert_eq!(full.data(), [7; 500]);
    }
}
