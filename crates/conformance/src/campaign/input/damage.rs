//! Files that are nearly evidence.

use fastrand::Rng;

use crate::evidence::Sample;

/// Files that are valid before they are damaged.
pub(super) const VALID: &[Sample] = &[Sample::Png, Sample::Jpeg, Sample::CameraJpeg, Sample::Pdf];

/// The longest file that is sent, in bytes.
const MOST_BYTES: usize = 64 * 1024;

/// A way to damage a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Damage {
    /// It ends too soon.
    Cut,
    /// Only its first bytes are left.
    Magic,
    /// Some bits are others.
    Bits,
    /// A stretch of it is zero.
    Zeros,
    /// Four bytes say that something is as long as can be.
    Lengths,
    /// A stretch of it comes twice.
    Twice,
    /// A stretch of it is missing.
    Hole,
    /// Other bytes stand behind it.
    Tail,
    /// Other bytes stand before it.
    Lead,
    /// Line ends became those of another system, as in a transfer as text.
    AsText,
    /// Behind the first bytes comes anything.
    Noise,
    /// What nests, nests deep.
    Nested,
    /// It is two formats at once.
    Both,
}

impl Damage {
    pub(super) const ALL: &[Self] = &[
        Self::Cut,
        Self::Magic,
        Self::Bits,
        Self::Zeros,
        Self::Lengths,
        Self::Twice,
        Self::Hole,
        Self::Tail,
        Self::Lead,
        Self::AsText,
        Self::Noise,
        Self::Nested,
        Self::Both,
    ];

    /// Damages a file.
    pub(super) fn done_to(self, mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
        let length = bytes.len();
        let from = rng.usize(0..length.max(1)).min(length);
        let to = (from + rng.usize(1..=(length / 3).max(1))).min(length);
        match self {
            Self::Cut => bytes.truncate(from),
            Self::Magic => bytes.truncate(rng.usize(1..=16)),
            Self::Bits => {
                for _ in 0..rng.usize(1..=8) {
                    let at = rng.usize(0..length.max(1));
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << rng.u8(0..8);
                    }
                }
            }
            Self::Zeros => bytes[from..to].fill(0),
            Self::Lengths => {
                let at = rng.usize(0..length.saturating_sub(4).max(1));
                let value = *rng.choice(&[u32::MAX, 0, 0x7fff_ffff, 0x8000_0000]).unwrap_or(&0);
                if let Some(four) = bytes.get_mut(at..at + 4) {
                    four.copy_from_slice(&value.to_be_bytes());
                }
            }
            Self::Twice => {
                let stretch = bytes[from..to].to_vec();
                bytes.splice(from..from, stretch);
            }
            Self::Hole => {
                bytes.drain(from..to);
            }
            Self::Tail => bytes.extend(noise(rng)),
            Self::Lead => {
                bytes.splice(0..0, noise(rng));
            }
            Self::AsText => {
                let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
                bytes = lines.join(&b"\r\n"[..]);
            }
            Self::Noise => {
                bytes.truncate(rng.usize(4..=12));
                bytes.extend(noise(rng));
            }
            Self::Nested => {
                let (open, close): (&[u8], &[u8]) = if bytes.starts_with(b"%PDF") {
                    (b"[", b"]")
                } else {
                    (b"\xff\xe1\0\x04", b"\xff\xd9")
                };
                let deep = rng.usize(1000..4000);
                let nested = [open.repeat(deep), close.repeat(deep)].concat();
                let middle = length / 2;
                bytes.splice(middle..middle, nested);
            }
            Self::Both => {
                let other = *rng.choice(VALID).unwrap_or(&Sample::Pdf);
                bytes.extend(other.content(None));
            }
        }
        bytes.truncate(MOST_BYTES);
        bytes
    }
}

fn noise(rng: &mut Rng) -> Vec<u8> {
    (0..rng.usize(1..600)).map(|_| rng.u8(..)).collect()
}
