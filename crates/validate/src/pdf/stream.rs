//! What stands between `stream` and `endstream`: skipped, but for where it ends and whether it is still binary.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// How a stream's data ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// At `endstream`.
    Stream,
    /// At `endobj`: `endstream` is missing.
    Object,
}

impl End {
    pub(super) const fn word(self) -> &'static [u8] {
        match self {
            Self::Stream => b"endstream",
            Self::Object => b"endobj",
        }
    }
}

/// Finds the end of a stream's data, also where it is cut between two chunks.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// How many bytes of `endstream` the last bytes are.
    stream: usize,
    /// How many bytes of `endobj` the last bytes are.
    object: usize,
}

/// Made once: a hostile file has hundreds of thousands of streams.
static STREAM_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(End::Stream.word()));
static OBJECT_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(End::Object.word()));

/// The longest word that ends a stream.
const MAX_WORD_BYTES: usize = End::Stream.word().len();

/// Where the next `endstream` of a chunk is, so that a chunk of many streams without one is read once.
#[derive(Clone, Debug, Default)]
pub(super) struct NextEnd {
    /// It starts here, or none does before this.
    at: u64,
    found: bool,
}

impl NextEnd {
    /// Where in `input`, which starts at `offset`, the next one is.
    fn find(&mut self, input: &[u8], offset: u64) -> Option<usize> {
        let end = offset + input.len() as u64;
        if self.at < offset || !self.found && self.at < end {
            let hit = STREAM_END.find(input);
            self.found = hit.is_some();
            self.at = hit.map_or(end, |hit| offset + hit as u64);
        }
        let hit = self.found.then(|| usize::try_from(self.at - offset).ok());
        hit.flatten().filter(|hit| hit + MAX_WORD_BYTES <= input.len())
    }
}

impl Search {
    /// How the data ends and how many bytes of `input`, which starts at `offset`, that takes, if it does.
    pub(super) fn feed(&mut self, input: &[u8], offset: u64, next: &mut NextEnd) -> Option<(End, usize)> {
        // A word may have started in the last chunk.
        let carried = self.stream != 0 || self.object != 0;
        let seam = input.len().min(MAX_WORD_BYTES - 1);
        if carried && let Some(found) = self.step(&input[..seam]) {
            return Some(found);
        }
        let stream = next.find(input, offset);
        let before = &input[..stream.unwrap_or(input.len())];
        if let Some(object) = OBJECT_END.find(before) {
            return Some((End::Object, object + End::Object.word().len()));
        }
        if let Some(stream) = stream {
            return Some((End::Stream, stream + MAX_WORD_BYTES));
        }
        if carried && seam == input.len() {
            // All of it was taken above.
            return None;
        }
        *self = Self::default();
        self.step(&input[input.len() - seam..])
    }

    /// Takes a few bytes one by one.
    fn step(&mut self, input: &[u8]) -> Option<(End, usize)> {
        for (index, byte) in input.iter().enumerate() {
            self.stream = advance(End::Stream.word(), self.stream, *byte);
            self.object = advance(End::Object.word(), self.object, *byte);
            if self.stream == End::Stream.word().len() {
                return Some((End::Stream, index + 1));
            }
            if self.object == End::Object.word().len() {
                return Some((End::Object, index + 1));
            }
        }
        None
    }
}

/// One step of Knuth, Morris and Pratt. Within both words only the letter `e` returns, in `endstre`.
fn advance(word: &[u8], matched: usize, byte: u8) -> usize {
    let shorter = usize::from(matched == 7);
    [matched, shorter, 0]
        .into_iter()
        .find(|matched| word.get(*matched) == Some(&byte))
        .map_or(0, |matched| matched + 1)
}

/// How many replacement and control characters make a file that was read as text.
const MANGLED_CHARS: u32 = 16;

/// Whether binary data went through a text encoding: then all of it is valid UTF-8, full of U+FFFD (from
/// UTF-8) or of C1 controls (from Latin-1), which no text has.
#[derive(Clone, Debug, Default)]
pub(super) struct Mangling {
    binary: bool,
    /// Bytes of the present character that are still to come.
    pending: u8,
    char: u32,
    /// Where the present character starts.
    char_at: u64,
    suspects: u32,
    /// Where the first suspect is.
    first: u64,
}

impl Mangling {
    /// Takes data that start at `offset`.
    pub(super) fn feed(&mut self, mut input: &[u8], offset: u64) {
        let end = offset + input.len() as u64;
        while !self.binary && !input.is_empty() {
            if self.pending == 0 {
                let ascii = input
                    .iter()
                    .position(|byte| !byte.is_ascii())
                    .unwrap_or(input.len());
                input = &input[ascii..];
            }
            let Some((byte, rest)) = input.split_first() else {
                break;
            };
            if self.pending == 0 {
                self.char_at = end - input.len() as u64;
            }
            self.push(*byte);
            input = rest;
        }
    }

    fn push(&mut self, byte: u8) {
        (self.pending, self.char) = match (self.pending, byte) {
            (0, 0xC2..=0xDF) => (1, u32::from(byte & 0x1F)),
            (0, 0xE0..=0xEF) => (2, u32::from(byte & 0x0F)),
            (0, 0xF0..=0xF4) => (3, u32::from(byte & 0x07)),
            (1..=3, 0x80..=0xBF) => (self.pending - 1, self.char << 6 | u32::from(byte & 0x3F)),
            _ => {
                self.binary = true;
                return;
            }
        };
        if self.pending == 0 && matches!(self.char, 0xFFFD | 0x80..=0x9F) {
            if self.suspects == 0 {
                self.first = self.char_at;
            }
            self.suspects = self.suspects.saturating_add(1);
        }
    }

    /// Where it shows first, if the data of all streams so far was read as text.
    pub(super) fn found(&self) -> Option<u64> {
        (!self.binary && self.suspects >= MANGLED_CHARS).then_some(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_at_every_cut() {
        for (data, wanted) in [
            (&b"abcendstream endobj"[..], Some((End::Stream, 12))),
            (b"endstreendstream", Some((End::Stream, 16))),
            (b"endstrendstream", Some((End::Stream, 15))),
            (b"endendstream", Some((End::Stream, 12))),
            (b"xendobj", Some((End::Object, 7))),
            (b"eendobj", Some((End::Object, 7))),
            (b"endstrea endob", None),
            (b"", None),
        ] {
            for step in 1..=data.len().max(1) {
                let mut search = Search::default();
                let mut passed = 0;
                let mut next = NextEnd::default();
                let found = data.chunks(step).find_map(|chunk| {
                    let found = search.feed(chunk, passed as u64, &mut next);
                    passed += if found.is_some() { 0 } else { chunk.len() };
                    found
                });
                let found = found.map(|(end, taken)| (end, passed + taken));
                assert_eq!(found, wanted, "{} at {step}", data.escape_ascii());
            }
        }
    }

    #[test]
    fn mangled_is_valid_utf_8_that_no_text_is() {
        let mangled = |data: &[u8]| {
            let mut mangling = Mangling::default();
            for (offset, byte) in (100..).zip(data) {
                mangling.feed(&[*byte], offset);
            }
            mangling.found()
        };
        let latin_1: String = (0x80..0xA0).chain(0xC0..0xE0).map(char::from).collect();
        assert_eq!(mangled("é \u{FFFD}x\u{FFFD}é".repeat(8).as_bytes()), Some(103));
        assert_eq!(mangled(latin_1.as_bytes()), Some(100));
        assert_eq!(
            mangled("\u{FFFD}".repeat(15).as_bytes()),
            None,
            "a few may be meant"
        );
        assert_eq!(mangled("配達済み é ü".repeat(99).as_bytes()), None, "text");
        let binary = [b"\x78\x9C\xFF".as_slice(), "\u{FFFD}".repeat(99).as_bytes()].concat();
        assert_eq!(mangled(&binary), None, "binary");
    }
}
