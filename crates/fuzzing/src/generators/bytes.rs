//! Choices drawn from bytes.

/// A source of choices. When it is used up every choice is the first one, so every input makes something.
#[derive(Clone, Debug)]
pub struct Bytes<'a> {
    rest: &'a [u8],
}

/// Characters that a name can trip over, and a few harmless ones.
const CHARACTERS: &[char] = &[
    'a', 'b', 'Z', '0', '9', '.', '-', '_', ' ', '"', '\\', '/', ';', '=', '%', '2', '\'', '*', ',', ':',
    '(', '\r', '\n', '\t', '\0', '\u{7f}', 'é', 'ภ', 'ำ', '日', '本', '😀', '\u{202e}', '\u{feff}',
    '\u{fffd}',
];

impl<'a> Bytes<'a> {
    /// A source that draws from `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether the source is used up.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte; 0 when there are no more.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        *first
    }

    /// A number below `bound`, which is at least 1 and at most 256.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound.max(1)
    }

    /// One of the choices.
    ///
    /// # Panics
    ///
    /// When there are none.
    pub fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// A text of at most `chars` characters, mostly odd ones.
    pub fn text(&mut self, chars: usize) -> String {
        (0..self.below(chars + 1))
            .map(|_| self.one_of(CHARACTERS))
            .collect()
    }

    /// At most `most` bytes as they stand in the source.
    pub fn slice(&mut self, most: usize) -> &'a [u8] {
        let (slice, rest) = self.rest.split_at(most.min(self.rest.len()));
        self.rest = rest;
        slice
    }
}
