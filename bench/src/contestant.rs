//! Who reads, and what everybody must have found.

use std::hint::black_box;

use anyhow::{Result, bail};
use memchr::memmem::Finder;
use rebuttal_multipart::Mode;

use crate::{input::Input, ours, peers};

/// What a reader has found in a body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Parts.
    pub parts: usize,
    /// Content of all parts, in bytes.
    pub bytes: u64,
}

impl Tally {
    pub(crate) fn part(&mut self) {
        self.parts += 1;
    }

    pub(crate) fn content(&mut self, bytes: &[u8]) {
        black_box(bytes.as_ptr());
        self.bytes += bytes.len() as u64;
    }
}

/// A reader.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// The name of its package.
    pub name: &'static str,
    run: fn(&Input) -> Result<Tally>,
}

/// Ours, then the peers.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "rebuttal-multipart",
        run: |input| {
            ours::read(
                &input.body,
                input.chunk_bytes,
                &input.content_type,
                Mode::Strict,
                ours::limits(),
            )
        },
    },
    Contestant {
        name: "s3s-multipart",
        run: peers::s3s,
    },
    Contestant {
        name: "http-multipart",
        run: peers::xitca,
    },
    Contestant {
        name: "multra",
        run: peers::multra,
    },
    Contestant {
        name: "multer",
        run: peers::multer,
    },
    Contestant {
        name: "actix-multipart",
        run: peers::actix,
    },
];

impl Contestant {
    /// Reads the input once.
    ///
    /// # Errors
    ///
    /// When the reader refuses the body, or finds something else in it than there is.
    pub fn check(&self, input: &Input) -> Result<()> {
        let found = (self.run)(input)?;
        if found != input.expected {
            bail!(
                "finds {} of {} parts, {} of {} bytes",
                found.parts,
                input.expected.parts,
                found.bytes,
                input.expected.bytes
            );
        }
        Ok(())
    }

    /// Reads the input as often as it wants to be read.
    pub fn run(&self, input: &Input) {
        for _ in 0..input.repeats {
            // What comes out has been checked before; here it only has to be made.
            let _ = black_box((self.run)(black_box(input)));
        }
    }
}

/// The least that any reader has to do: look for the delimiter in each chunk. Nothing that a chunk's edge
/// cuts is found.
#[derive(Debug)]
pub struct Reference {
    finder: Finder<'static>,
}

impl Reference {
    /// The search for the delimiter of this input.
    pub fn new(input: &Input) -> Self {
        let delimiter = format!("\r\n--{}", input.boundary);
        Self {
            finder: Finder::new(&delimiter).into_owned(),
        }
    }

    /// Searches the input as often as it wants to be read.
    pub fn run(&self, input: &Input) {
        for _ in 0..input.repeats {
            for chunk in black_box(input).body.chunks(input.chunk_bytes) {
                // Quicker than `find_iter` on short chunks.
                let mut rest = chunk;
                while let Some(found) = self.finder.find(rest) {
                    black_box(found);
                    rest = &rest[found + self.finder.needle().len()..];
                }
            }
        }
    }
}
