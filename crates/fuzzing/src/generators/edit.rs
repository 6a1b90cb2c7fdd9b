//! Damage, as files and bodies suffer it.

use arbitrary::{Result, Unstructured};

/// The bytes, changed in up to three places; in none where the source is used up.
///
/// # Errors
///
/// None: every source makes something.
pub fn edited(u: &mut Unstructured<'_>, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    for _ in 0..u.int_in_range(0..=3)? {
        edit(u, &mut bytes)?;
    }
    Ok(bytes)
}

/// Changes the bytes in one place: a byte set, a bit flipped, some bytes more, fewer or twice, or the rest cut off.
///
/// # Errors
///
/// None: every source makes something.
pub fn edit(u: &mut Unstructured<'_>, bytes: &mut Vec<u8>) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let kind = u.int_in_range(0..=14)?;
    let at = u.choose_index(bytes.len())?;
    match kind {
        0..=3 => bytes[at] = u.arbitrary()?,
        4..=7 => bytes[at] ^= 1 << u.int_in_range(0..=7)?,
        8 | 9 => {
            let inserted = super::slice(u, 8)?;
            bytes.splice(at..at, inserted.iter().copied());
        }
        10 | 11 => drop(bytes.drain(at..span(u, at, bytes.len())?)),
        12 | 13 => {
            let repeated = bytes[at..span(u, at, bytes.len())?].to_vec();
            bytes.splice(at..at, repeated);
        }
        _ => bytes.truncate(at),
    }
    Ok(())
}

/// The end of up to 32 bytes from here on.
fn span(u: &mut Unstructured<'_>, at: usize, length: usize) -> Result<usize> {
    Ok((at + u.int_in_range(1..=32)?).min(length))
}
