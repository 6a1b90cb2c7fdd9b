//! What a reader takes at most.

/// Bounds on everything that a sender chooses. `Default` is finite throughout.
///
/// Each bound is the last value that is still taken; the byte or item after it is the violation named.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The whole body, in bytes, framing included (`L01`).
    pub body_bytes: u64,
    /// Parts of any kind (`L02`).
    pub parts: u32,
    /// Parts with a filename, an empty one included (`L03`).
    pub files: u32,
    /// Content of one part without a filename, in bytes (`L04`).
    pub field_bytes: u64,
    /// Content of one part with a filename, in bytes (`L05`).
    pub file_bytes: u64,
    /// Content of all parts without a filename together, in bytes (`L06`).
    pub fields_bytes: u64,
    /// Bytes before the first boundary (`F02`).
    pub preamble_bytes: u64,
    /// White space between a boundary and its line end, in bytes (`F06`).
    pub padding_bytes: usize,
    /// Bytes after the close delimiter and its line end (`L08`).
    pub epilogue_bytes: u64,
    /// One header line without its line end, in bytes (`H12`).
    pub header_line_bytes: usize,
    /// Header lines of one part (`H13`).
    pub headers: usize,
    /// One header block with its blank line, in bytes (`H14`). Bounds the reader's memory too.
    pub header_block_bytes: usize,
    /// The value of `Content-Disposition`, in bytes (`D22`).
    pub disposition_bytes: usize,
    /// Parameters of `Content-Disposition` (`D22`).
    pub disposition_parameters: usize,
    /// A name as sent, in bytes, without quotes (`D24`).
    pub name_bytes: usize,
    /// A filename as sent, in bytes, without quotes (`D24`).
    pub filename_bytes: usize,
    /// Violations reported without stopping, over the whole body (`L09`).
    pub violations: usize,
}

impl Limits {
    /// As large as the types are. Memory has no bound then, so this is for bodies of one's own: tests, benches.
    pub const MAX: Self = Self {
        body_bytes: u64::MAX,
        parts: u32::MAX,
        files: u32::MAX,
        field_bytes: u64::MAX,
        file_bytes: u64::MAX,
        fields_bytes: u64::MAX,
        preamble_bytes: u64::MAX,
        padding_bytes: usize::MAX,
        epilogue_bytes: u64::MAX,
        header_line_bytes: usize::MAX,
        headers: usize::MAX,
        header_block_bytes: usize::MAX,
        disposition_bytes: usize::MAX,
        disposition_parameters: usize::MAX,
        name_bytes: usize::MAX,
        filename_bytes: usize::MAX,
        violations: usize::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 11 * 1024 * 1024,
            parts: 128,
            files: 32,
            field_bytes: 1024 * 1024,
            file_bytes: 10 * 1024 * 1024,
            fields_bytes: 4 * 1024 * 1024,
            preamble_bytes: 16 * 1024,
            padding_bytes: 64,
            epilogue_bytes: 4 * 1024,
            header_line_bytes: 4 * 1024,
            headers: 16,
            header_block_bytes: 8 * 1024,
            disposition_bytes: 1536,
            disposition_parameters: 16,
            name_bytes: 1024,
            filename_bytes: 1024,
            violations: 1024,
        }
    }
}
