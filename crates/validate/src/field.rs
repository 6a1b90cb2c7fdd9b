//! A field of fixed length that may arrive in pieces.

/// The first bytes of something, up to `N` of them.
#[derive(Clone, Debug)]
pub(crate) struct Field<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Field<N> {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; N],
            length: 0,
        }
    }

    /// Takes from `input` what is missing of `wanted` bytes and says how many it took.
    pub(crate) fn fill(&mut self, input: &[u8], wanted: usize) -> usize {
        let taken = input.len().min(wanted.min(N).saturating_sub(self.length));
        self.bytes[self.length..self.length + taken].copy_from_slice(&input[..taken]);
        self.length += taken;
        taken
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Whether it holds just these bytes, which are few: no call for them.
    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        self.length == bytes.len() && self.bytes().iter().zip(bytes).all(|(own, other)| own == other)
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Two bytes at `at`, the high one first; bytes that did not arrive are 0.
    pub(crate) fn u16(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.get(at), self.get(at + 1)])
    }

    /// Four bytes at `at`, the high one first; bytes that did not arrive are 0.
    pub(crate) fn u32(&self, at: usize) -> u32 {
        u32::from_be_bytes([self.get(at), self.get(at + 1), self.get(at + 2), self.get(at + 3)])
    }

    /// The byte at `at`, or 0 where it did not arrive.
    pub(crate) fn get(&self, at: usize) -> u8 {
        self.bytes().get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_fills_in_pieces_and_takes_no_more_than_it_wants() {
        let mut field = Field::<4>::new();
        assert_eq!(field.fill(&[1], 4), 1);
        assert_eq!(field.fill(&[2, 3, 4, 5], 4), 3);
        assert_eq!(field.fill(&[6], 9), 0);
        assert!(field.is(&[1, 2, 3, 4]) && !field.is(&[1, 2, 3]) && !field.is(&[1, 2, 3, 5]));
        assert_eq!(
            (field.u32(0), field.u16(2), field.get(4)),
            (0x0102_0304, 0x0304, 0)
        );
    }
}
