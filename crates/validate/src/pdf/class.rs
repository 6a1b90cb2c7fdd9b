//! What each byte is to the lexer, and runs of alike bytes.

/// Bytes that end a token and mean nothing.
pub(super) const SPACE: u8 = 1;
/// Bytes of names and words.
pub(super) const REGULAR: u8 = 2;
/// Brackets, `/` and `%`.
const DELIMITER: u8 = 4;
/// Besides regular: what starts an escape in a name.
const ESCAPE: u8 = 8;

static CLASSES: [u8; 256] = {
    let mut classes = [REGULAR; 256];
    let mut at = 0;
    while at < 256 {
        classes[at] = match at.to_le_bytes()[0] {
            0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ' => SPACE,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%' => DELIMITER,
            b'#' => REGULAR | ESCAPE,
            _ => REGULAR,
        };
        at += 1;
    }
    classes
};

/// How many bytes like this one it starts with: files are padded and nested with many.
pub(super) fn equal(input: &[u8], byte: u8) -> usize {
    let blocks = input.as_chunks::<32>().0;
    let whole = 32 * blocks.iter().take_while(|block| **block == [byte; 32]).count();
    let rest = input[whole..].iter().take_while(|next| **next == byte).count();
    whole + rest
}

/// How many bytes of this class it starts with.
pub(super) fn run(input: &[u8], class: u8) -> usize {
    input
        .iter()
        .position(|byte| CLASSES[usize::from(*byte)] & class == 0)
        .unwrap_or(input.len())
}

/// How many bytes of names and words it starts with, and whether there is an escape among them.
pub(super) fn name(input: &[u8]) -> (usize, bool) {
    let mut classes = 0;
    let length = input.iter().position(|byte| {
        let class = CLASSES[usize::from(*byte)];
        classes |= class;
        class & REGULAR == 0
    });
    (length.unwrap_or(input.len()), classes & ESCAPE != 0)
}

pub(super) fn is_space(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & SPACE != 0
}

pub(super) fn is_regular(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & REGULAR != 0
}
