//! Chunks that are whole and sound in the input, as most are: one look at each.

use super::{CHUNK_HEADER_BYTES, CRC_BYTES, Place, Walker, chunk::Chunk, tell, tiny::Tiny};
use crate::finding::Findings;

impl Walker {
    /// Takes some of them, or nothing. The input starts with a chunk.
    pub(super) fn whole_chunks(&mut self, input: &[u8], findings: &mut Findings) -> usize {
        if self.header.len() == 0 {
            return 0;
        }
        let mut taken = 0;
        if self.place == Place::Passing {
            if self.offset >= self.alone_to {
                taken = self.tiny_chunks(input);
            }
            if taken == 0 {
                taken = self.image_chunks(input, findings);
            }
        }
        if taken == 0 {
            taken = self.ancillary_chunks(input);
        }
        taken
    }

    /// Takes image data up to the first problem.
    fn image_chunks(&mut self, input: &[u8], findings: &mut Findings) -> usize {
        let Some(image) = &mut self.image else {
            return 0;
        };
        let mut taken = 0;
        while let Some((name, body, end)) = sound(&input[taken..])
            && &name == b"IDAT"
            && self.problems.is_empty()
        {
            self.image_offset = self.offset + taken as u64;
            image.feed(body, &mut self.problems);
            taken += end;
        }
        for problem in self.problems.drain(..) {
            tell(problem, self.image_offset, findings);
        }
        taken
    }

    /// Skips sound ancillary chunks, as far as they are whole in the input: a hostile file has a million.
    fn ancillary_chunks(&mut self, input: &[u8]) -> usize {
        let mut taken = 0;
        while let Some((name, _, end)) = sound(&input[taken..]) {
            let chunk = Chunk {
                name,
                ..Chunk::default()
            };
            if !chunk.named() || chunk.critical() {
                break;
            }
            taken += end;
        }
        if taken > 0 && self.place == Place::Passing {
            self.place = Place::Behind;
        }
        taken
    }

    /// Takes tiny chunks of sound image data together.
    fn tiny_chunks(&mut self, input: &[u8]) -> usize {
        let Some((tiny, image)) = Tiny::gather(input).zip(self.image.as_mut()) else {
            return 0;
        };
        if !image.try_feed(tiny.data()) {
            self.alone_to = self.offset + tiny.taken as u64;
            return 0;
        }
        self.image_offset = self.offset + tiny.last as u64;
        tiny.taken
    }
}

/// The name, the body and the length of the chunk that the input starts with, if it is whole and its checksum is right.
fn sound(input: &[u8]) -> Option<([u8; 4], &[u8], usize)> {
    let (head, rest) = input.split_first_chunk::<CHUNK_HEADER_BYTES>()?;
    let [a, b, c, d, name @ ..] = *head;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    let stored = rest.first_chunk::<CRC_BYTES>()?;
    let end = CHUNK_HEADER_BYTES + length;
    let computed = crc32fast::hash(&input[CHUNK_HEADER_BYTES - name.len()..end]);
    (computed == u32::from_be_bytes(*stored)).then_some((name, body, end + CRC_BYTES))
}
