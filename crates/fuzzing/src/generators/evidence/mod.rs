//! Files of each format: the smallest sound ones, and larger ones that are drawn piece by piece.

mod jpeg;
mod pdf;
mod png;

use arbitrary::{Arbitrary, Result, Unstructured};
use rebuttal_model::Format;

use super::{edited, rarely};

/// The smallest file of a format that is sound throughout.
pub fn sample(format: Format) -> Vec<u8> {
    match format {
        Format::Png => png::sample(),
        Format::Jpeg => jpeg::sample(),
        Format::Pdf => pdf::sample(),
    }
}

/// A sound PDF of so many bytes, or of the fewest that one can have.
pub fn pdf_of(bytes: usize) -> Vec<u8> {
    pdf::of(bytes)
}

/// A file of a format, drawn piece by piece: sound where the source is used up.
///
/// # Errors
///
/// None: every source makes something.
pub fn drawn(u: &mut Unstructured<'_>, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Png => png::drawn(u),
        Format::Jpeg => jpeg::drawn(u),
        Format::Pdf => pdf::drawn(u),
    }
}

/// Sets what a format computes over its own bytes, so that damage gets past it to what stands behind: the
/// checksums of a PNG's chunks, as far as its lengths lead. Other formats have none.
pub fn mend(format: Format, file: &mut [u8]) {
    if format == Format::Png {
        png::mend(file);
    }
}

/// A sound file, or one that was damaged in up to three places.
#[derive(Clone, Debug)]
pub struct File(pub super::Input);

impl<'a> Arbitrary<'a> for File {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let format = *u.choose(&Format::ALL)?;
        let file = if rarely(u, 2)? {
            sample(format)
        } else {
            drawn(u, format)?
        };
        Ok(Self(super::Input(edited(u, file)?)))
    }
}
