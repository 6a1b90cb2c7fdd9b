//! Ways to cut bytes into chunks.

/// Chunks of one length, the last one shorter.
pub(super) fn even(bytes: &[u8], length: usize) -> Vec<&[u8]> {
    bytes.chunks(length).collect()
}

/// Chunks of changing length, empty ones among them.
pub(super) fn uneven(mut bytes: &[u8], seed: u8) -> Vec<&[u8]> {
    let (mut chunks, mut state) = (Vec::new(), u32::from(seed) + 1);
    while !bytes.is_empty() {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let length = (state >> 16) as usize % 12;
        let (chunk, rest) = bytes.split_at(length.min(bytes.len()));
        chunks.push(chunk);
        bytes = rest;
    }
    chunks
}
