//! Which objects were seen, in bits that objects share: only the absence of one says something.

/// How many bits there are: 32 KiB.
const BITS: usize = 1 << 18;

/// One bit for an object's number, and one for the number with its place.
#[derive(Debug)]
pub(super) struct Seen {
    bits: Box<[u64]>,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self {
            bits: vec![0; BITS / 64].into_boxed_slice(),
        }
    }

    pub(super) fn insert(&mut self, number: u64, offset: u64) {
        for key in [number, placed(number, offset)] {
            let (word, bit) = place(key);
            self.bits[word] |= bit;
        }
    }

    /// Whether an object with this number was seen; never `false` where it was.
    pub(super) fn may_have(&self, number: u64) -> bool {
        self.holds(number)
    }

    /// Whether it was seen at this place; never `false` where it was.
    pub(super) fn may_have_at(&self, number: u64, offset: u64) -> bool {
        self.holds(placed(number, offset))
    }

    fn holds(&self, key: u64) -> bool {
        let (word, bit) = place(key);
        self.bits[word] & bit != 0
    }
}

fn placed(number: u64, offset: u64) -> u64 {
    (number ^ offset.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40
}

fn place(key: u64) -> (usize, u64) {
    let place = usize::try_from(key % BITS as u64).unwrap_or_default();
    (place / 64, 1 << (place % 64))
}
