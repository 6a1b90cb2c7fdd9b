//! Files to check, and what checking them is held against.
//!
//! The files are made here: ordinary ones of 10 MB, and hostile shapes that some reader took too long for.

mod jpeg;
pub mod lane;
mod pdf;
mod png;

use anyhow::{Context, Result};
use lane::Limit;

/// The length of the files that are timed, in bytes.
const BYTES: usize = 10_000_000;

/// One file to check.
#[derive(Debug)]
pub struct Sample {
    /// What it is called in the report.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// What the check has to come to, where only one outcome is right.
    pub outcome: Option<&'static str>,
    /// What else the check is held against, besides the copy.
    pub limit: Option<Limit>,
}

/// How a sample is made: its name, its outcome, its limit, its bytes.
struct Recipe {
    name: &'static str,
    outcome: Option<&'static str>,
    limit: Option<Kind>,
    bytes: fn(usize) -> Vec<u8>,
}

/// Which limit a sample has.
#[derive(Clone, Copy)]
enum Kind {
    Crc32,
    Inflate,
    CountFf,
    FindEndobj,
}

const fn ordinary(
    name: &'static str,
    outcome: &'static str,
    limit: Kind,
    bytes: fn(usize) -> Vec<u8>,
) -> Recipe {
    Recipe {
        name,
        outcome: Some(outcome),
        limit: Some(limit),
        bytes,
    }
}

const fn hostile(name: &'static str, bytes: fn(usize) -> Vec<u8>) -> Recipe {
    Recipe {
        name,
        outcome: None,
        limit: None,
        bytes,
    }
}

const RECIPES: &[Recipe] = &[
    // All but the first chunk is behind the last row, so nothing is inflated.
    ordinary("png-walk", "warn", Kind::Crc32, png::excess),
    ordinary("png-photo", "accept", Kind::Inflate, png::photo),
    ordinary("png-stored", "accept", Kind::Inflate, png::stored),
    ordinary("jpeg-photo", "accept", Kind::CountFf, jpeg::photo),
    ordinary("pdf-scan", "accept", Kind::FindEndobj, pdf::scan),
    ordinary("pdf-pages", "accept", Kind::FindEndobj, pdf::pages),
    hostile("hostile-png-empty-chunks", png::empty_chunks),
    Recipe {
        outcome: Some("accept"),
        ..hostile("hostile-png-one-byte-idat", png::one_byte_idat)
    },
    hostile("hostile-jpg-stuffing", jpeg::stuffing),
    hostile("hostile-jpg-fill", jpeg::fill),
    hostile("hostile-jpg-com", jpeg::comments),
    hostile("hostile-jpg-rst", jpeg::restarts),
    hostile("hostile-jpg-sos", jpeg::scans),
    hostile("hostile-pdf-comment-lines", pdf::comment_lines),
    hostile("hostile-pdf-empty-objects", pdf::empty_objects),
    hostile("hostile-pdf-open-arrays", pdf::open_arrays),
    hostile("hostile-pdf-open-dicts", pdf::open_dicts),
    hostile("hostile-pdf-open-string", pdf::open_string),
    hostile("hostile-pdf-startxref-lines", pdf::startxref_lines),
    hostile("hostile-pdf-no-endstream", pdf::no_endstream),
    hostile("hostile-pdf-endstrea-almost", pdf::endstrea_almost),
    hostile("hostile-pdf-nul-tail", pdf::nul_tail),
];

/// The names of all samples, in the order of the report.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|recipe| recipe.name)
}

impl Sample {
    /// Makes the named sample.
    ///
    /// # Errors
    ///
    /// When there is no sample of this name.
    pub fn new(name: &str) -> Result<Self> {
        Self::of_length(name, BYTES)
    }

    fn of_length(name: &str, length: usize) -> Result<Self> {
        let recipe = RECIPES
            .iter()
            .find(|recipe| recipe.name == name)
            .with_context(|| {
                let names: Vec<_> = names().collect();
                format!("there is no sample {name:?}; there are {}", names.join(", "))
            })?;
        let bytes = (recipe.bytes)(length);
        let limit = recipe.limit.map(|kind| match kind {
            Kind::Crc32 => Limit::Crc32,
            Kind::Inflate => Limit::Inflate(png::image_data(&bytes)),
            Kind::CountFf => Limit::CountFf,
            Kind::FindEndobj => Limit::FindEndobj,
        });
        Ok(Self {
            name: recipe.name,
            bytes,
            outcome: recipe.outcome,
            limit,
        })
    }
}

/// What people send: a photo, a screenshot of one and a scan, each of about `length` bytes, with the ending of
/// its name.
pub fn usual(length: usize) -> [(&'static str, Vec<u8>); 3] {
    [
        ("jpg", jpeg::photo(length)),
        ("png", png::photo(length)),
        ("pdf", pdf::scan(length)),
    ]
}

fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{lane::verdict, *};

    #[test]
    fn samples_are_as_long_as_they_should_be_and_come_to_what_they_should() {
        for name in names() {
            let sample = Sample::of_length(name, 300_000).unwrap();
            let length = sample.bytes.len();
            assert!((270_000..=300_000).contains(&length), "{name}: {length}");
            let (outcome, codes) = verdict(&sample.bytes);
            if let Some(wanted) = sample.outcome {
                assert_eq!(outcome, wanted, "{name}: {codes}");
            }
        }
    }

    #[test]
    fn what_people_send_is_accepted() {
        for (ending, bytes) in usual(100_000) {
            assert!(
                (90_000..=100_000).contains(&bytes.len()),
                "{ending}: {}",
                bytes.len()
            );
            assert_eq!(verdict(&bytes).0, "accept", "{ending}");
        }
    }
}
