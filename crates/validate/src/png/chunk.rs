//! What is known of a chunk before its body.

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chunk {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) name: [u8; 4],
}

impl Chunk {
    /// Whether no viewer may show the picture without knowing this chunk.
    pub(super) fn critical(self) -> bool {
        self.name[0] & 0x20 == 0
    }

    pub(super) fn named(self) -> bool {
        self.name.iter().all(u8::is_ascii_alphabetic)
    }

    pub(super) fn shown(self) -> String {
        self.name.escape_ascii().to_string()
    }
}
