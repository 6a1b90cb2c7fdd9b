//! Whether an encrypted document opens with the empty password, as viewers try it before they ask for one.
//!
//! The standard security handler of ISO 32000-2 (7.6.4), revisions 2 to 6: RC4 of 40 to 128 bits, AES-128 and
//! AES-256. Only the user password is tried; an owner password restricts what viewers offer, not who reads.
//! Nothing is decrypted, so whether the pages are there is not seen.

use aes::Aes128;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};
use sha2::{Sha256, Sha384, Sha512};

use super::{atom::Atom, text::Text};

/// What fills a password up to 32 bytes; the empty one is nothing else.
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E,
    0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// What an encryption dictionary says, as far as a password is checked with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Security {
    /// `/Filter`, where it is no filter of streams.
    pub(super) handler: Option<Atom>,
    /// `/V`: the algorithm.
    pub(super) version: Option<u64>,
    /// `/R`: the revision of the handler.
    pub(super) revision: Option<u64>,
    /// `/Length`: of the key, in bits.
    pub(super) key_bits: Option<u64>,
    /// `/P`: what the owner allows, as 32 bits.
    pub(super) permissions: Option<u32>,
    /// `/O`.
    pub(super) owner: Text,
    /// `/U`.
    pub(super) user: Text,
}

/// What the empty password led to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Opening {
    /// It opens the document.
    Open,
    /// It does not.
    Closed,
    /// No viewer has this version or revision.
    Unknown,
    /// What the check needs is not there, or stands where one pass does not see it.
    Untold,
}

impl Security {
    pub(super) const fn new() -> Self {
        Self {
            handler: None,
            version: None,
            revision: None,
            key_bits: None,
            permissions: None,
            owner: Text::new(),
            user: Text::new(),
        }
    }

    /// Tries the empty password, with each of the document's identifiers.
    pub(super) fn try_empty_password<'a>(&self, ids: impl Iterator<Item = &'a [u8]>) -> Opening {
        let (Some(version), Some(revision)) = (self.version, self.revision) else {
            return Opening::Untold;
        };
        let opens = match (version, revision) {
            (1 | 2 | 4, 2..=4) => {
                let (Some(owner), true) = (self.owner.start().first_chunk(), self.user.start().len() >= 16)
                else {
                    return Opening::Untold;
                };
                let mut ids = ids;
                ids.any(|id| self.opens_by_rc4(owner, id))
            }
            (5, 5 | 6) => {
                let Some(user) = self.user.start().first_chunk::<48>() else {
                    return Opening::Untold;
                };
                let salt = &user[32..40];
                let hash = if revision == 5 {
                    Sha256::digest(salt).into()
                } else {
                    hardened(salt)
                };
                hash == user[..32]
            }
            _ => return Opening::Unknown,
        };
        if opens { Opening::Open } else { Opening::Closed }
    }

    /// Revisions 2 to 4. Writers disagree on the length of the key and on whether metadata are encrypted; a
    /// reading that was not meant does not open the document by chance, so all are tried.
    fn opens_by_rc4(&self, owner: &[u8; 32], id: &[u8]) -> bool {
        let given = self.key_bits.and_then(|bits| usize::try_from(bits).ok());
        let given = given.map_or(5, |length| if length < 40 { length } else { length / 8 });
        [16, 5, given.clamp(5, 16)].iter().any(|length| {
            [false, true].iter().any(|metadata_plain| {
                let key = self.key(owner, id, *length, *metadata_plain);
                self.fits(&key[..*length], id)
            })
        })
    }

    /// The key that the empty password leads to (algorithm 2).
    fn key(&self, owner: &[u8; 32], id: &[u8], length: usize, metadata_plain: bool) -> [u8; 16] {
        let mut hash = Md5::new_with_prefix(PADDING)
            .chain_update(owner)
            .chain_update(self.permissions.unwrap_or(u32::MAX).to_le_bytes())
            .chain_update(id);
        if metadata_plain {
            hash.update([0xFF; 4]);
        }
        let mut key: [u8; 16] = hash.finalize().into();
        if self.revision != Some(2) {
            for _ in 0..50 {
                key = Md5::digest(&key[..length]).into();
            }
        }
        key
    }

    /// Whether `/U` is what this key makes of the empty password (algorithms 4 and 5).
    fn fits(&self, key: &[u8], id: &[u8]) -> bool {
        let user = self.user.start();
        if self.revision == Some(2) {
            let mut made = PADDING;
            apply(key, 0, &mut made);
            return user.starts_with(&made);
        }
        let mut made: [u8; 16] = Md5::new_with_prefix(PADDING).chain_update(id).finalize().into();
        for round in 0..20 {
            apply(key, round, &mut made);
        }
        user.starts_with(&made)
    }
}

/// RC4 with each byte of the key changed by `mask`.
fn apply(key: &[u8], mask: u8, data: &mut [u8]) {
    let mut masked = [0; 16];
    let masked = &mut masked[..key.len().min(16)];
    for (to, from) in masked.iter_mut().zip(key) {
        *to = from ^ mask;
    }
    if let Ok(mut cipher) = Rc4::new_from_slice(masked) {
        cipher.apply_keystream(data);
    }
}

/// The hash of revision 6 (algorithm 2.B) of the empty password and a salt: at most 288 rounds, because the
/// last byte of one is at most 255.
fn hardened(salt: &[u8]) -> [u8; 32] {
    /// How often the input of a round is repeated.
    const COPIES: usize = 64;
    let mut hash = [0; 64];
    hash[..32].copy_from_slice(&Sha256::digest(salt));
    let mut length = 32;
    let mut round = 0_u32;
    let mut data = [0; COPIES * 64];
    loop {
        let data = &mut data[..COPIES * length];
        for copy in data.chunks_exact_mut(length) {
            copy.copy_from_slice(&hash[..length]);
        }
        encrypt(&hash, data);
        let sum: u32 = data[..16].iter().copied().map(u32::from).sum();
        length = match sum % 3 {
            0 => write_digest(&Sha256::digest(&*data), &mut hash),
            1 => write_digest(&Sha384::digest(&*data), &mut hash),
            _ => write_digest(&Sha512::digest(&*data), &mut hash),
        };
        round += 1;
        let last = data.last().copied().map_or(0, u32::from);
        if round >= 64 && last + 32 <= round {
            break;
        }
    }
    let mut start = [0; 32];
    start.copy_from_slice(&hash[..32]);
    start
}

/// AES-128 in CBC mode over whole blocks, with the key and the first vector that `hash` starts with.
fn encrypt(hash: &[u8; 64], data: &mut [u8]) {
    let [key, vector, ..] = hash.as_chunks::<16>().0 else {
        return;
    };
    let mut cipher = cbc::Encryptor::<Aes128>::new(key.into(), vector.into());
    for block in data.as_chunks_mut::<16>().0 {
        cipher.encrypt_block(block.into());
    }
}

fn write_digest(digest: &[u8], hash: &mut [u8; 64]) -> usize {
    hash[..digest.len()].copy_from_slice(digest);
    digest.len()
}

#[cfg(test)]
mod tests;
