//! Bodies that someone else's reader took quadratic time for, as long as one likes.

use anyhow::{Context, Result, ensure};
use rebuttal_multipart::{Limits, Mode};

use crate::{
    contestant::Tally,
    input::{BOUNDARY, delimiter, near_mid},
    ours,
};

/// A kind of hostile body: what comes first, and what comes over and over after that.
struct Family {
    name: &'static str,
    boundary: &'static str,
    head: &'static str,
    unit: fn() -> Vec<u8>,
    chunk_bytes: usize,
}

const HEAD: &str = "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
const DASHES: &str = "----------------------------------------------------------------------";
const DASHES_HEAD: &str = "------------------------------------------------------------------------\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

const DASHES_LINE: &str = "------------------------------------------------------------------------\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx";

const fn family(name: &'static str, head: &'static str, unit: fn() -> Vec<u8>) -> Family {
    Family {
        name,
        boundary: BOUNDARY,
        head,
        unit,
        chunk_bytes: 1024,
    }
}

const fn dashes(name: &'static str, head: &'static str, unit: fn() -> Vec<u8>) -> Family {
    Family {
        boundary: DASHES,
        ..family(name, head, unit)
    }
}

const DISPOSITION: &str = "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n\
    Content-Disposition: form-data; name=\"";
/// What ends a header block that is not closed: without it nobody would look into the header.
const DISPOSITION_END: &[u8] = b"\"\r\n\r\n";

fn near() -> Vec<u8> {
    let mut unit = delimiter();
    unit.pop();
    unit
}

const FAMILIES: &[Family] = &[
    family("preamble-zeros", "", || vec![0]),
    family("preamble-near-boundary", "", near),
    family("preamble-near-mid", "", near_mid),
    dashes("preamble-dashes", "x", || {
        let mut unit = DASHES.as_bytes().to_vec();
        unit.push(b'x');
        unit
    }),
    family(
        "header-line",
        "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nX: ",
        || vec![b'x'],
    ),
    family(
        "header-lines",
        "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n",
        || b"X-Header: value\r\n".to_vec(),
    ),
    family("padding", "------WebKitFormBoundary7MA4YWxkTrZu0gW", || {
        vec![b' ']
    }),
    family("cr", HEAD, || vec![b'\r']),
    family("crlf", HEAD, || b"\r\n".to_vec()),
    family("crlf-dash-dash", HEAD, || b"\r\n--".to_vec()),
    family("near-boundary", HEAD, near),
    family("near-mid", HEAD, near_mid),
    dashes("all-dash-boundary", DASHES_HEAD, || {
        let mut unit = b"\r\n".to_vec();
        unit.extend_from_slice(&DASHES.as_bytes()[1..]);
        unit
    }),
    dashes("all-dash-boundary-long-line", DASHES_LINE, || vec![b'-']),
    Family {
        chunk_bytes: 1,
        ..family("byte-by-byte", HEAD, near)
    },
    Family {
        chunk_bytes: 1,
        ..family(
            "byte-by-byte-headers",
            "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n",
            || b"X-Header: value\r\n".to_vec(),
        )
    },
    family("disposition-quotes", DISPOSITION, || vec![b'"']),
    family("disposition-backslashes", DISPOSITION, || vec![b'\\']),
    family("disposition-escaped-quotes", DISPOSITION, || b"\\\"".to_vec()),
    family("disposition-parameters", DISPOSITION, || b"\"; a=\"b".to_vec()),
    family("parts", HEAD, || {
        let mut unit = b"12345678\r\n".to_vec();
        unit.extend_from_slice(HEAD.as_bytes());
        unit
    }),
    family(
        "empty-parts",
        "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n",
        || {
            b"Content-Disposition: form-data; name=\"a\"\r\n\r\n\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n".to_vec()
        },
    ),
    family("epilogue", "------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n", near),
];

/// The names of all kinds.
pub fn families() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|family| family.name)
}

/// A hostile body of about `len` bytes.
#[derive(Debug)]
pub struct Hostile {
    content_type: String,
    body: Vec<u8>,
    chunk_bytes: usize,
    /// Whether the close delimiter stands in it.
    is_whole: bool,
}

/// How a hostile body was read.
#[derive(Debug)]
pub struct Outcome {
    /// How many bytes were read before the reader stopped.
    pub read: u64,
    /// How many there were.
    pub of: u64,
    /// Why it stopped.
    pub stopped: Option<String>,
}

impl Outcome {
    /// Whether it was read but for the last chunk at most. A header block is refused only when it has ended.
    pub fn is_whole(&self) -> bool {
        self.read + 1024 >= self.of
    }
}

impl Hostile {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// When there is no such kind.
    pub fn new(name: &str, len: usize) -> Result<Self> {
        let family = FAMILIES
            .iter()
            .find(|family| family.name == name)
            .with_context(|| {
                let names: Vec<_> = families().collect();
                format!(
                    "there is no hostile body {name:?}; there are {}",
                    names.join(", ")
                )
            })?;
        let mut body = family.head.as_bytes().to_vec();
        // Whole units, so that no length ends with half of one.
        let unit = (family.unit)();
        body.append(&mut unit.repeat(len / unit.len()));
        if family.head == DISPOSITION {
            body.extend_from_slice(DISPOSITION_END);
        }
        Ok(Self {
            content_type: format!("multipart/form-data; boundary={}", family.boundary),
            body,
            chunk_bytes: family.chunk_bytes,
            is_whole: family.head.ends_with("--\r\n"),
        })
    }

    /// Has our reader read it, under limits that it does not meet. Lenient: strict mode stops at the first
    /// byte of a preamble.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn read_unlimited(&self) -> Result<Outcome> {
        self.read(Mode::Lenient, Limits::MAX)
    }

    /// Has our reader read it as far as the default limits on header blocks allow.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn read_limited(&self) -> Result<Outcome> {
        self.read(Mode::Lenient, ours::limits())
    }

    /// Not inlined: `cargo xtask bench` counts the instructions of this function, by its name.
    #[inline(never)]
    fn read(&self, mode: Mode, limits: Limits) -> Result<Outcome> {
        let mut parser = ours::parser(&self.content_type, mode, limits)?;
        let mut tally = Tally::default();
        let mut outcome = Outcome {
            read: 0,
            of: self.body.len() as u64,
            stopped: None,
        };
        for chunk in self.body.chunks(self.chunk_bytes) {
            if let Err(error) = ours::take(parser.feed(chunk), &mut tally) {
                outcome.stopped = Some(error.to_string());
                return Ok(outcome);
            }
            outcome.read += chunk.len() as u64;
        }
        let taken = ours::take(parser.finish(), &mut tally);
        ensure!(
            taken.is_ok() == self.is_whole,
            "the end of the body is read as {taken:?}"
        );
        Ok(outcome)
    }
}

/// The bound of our reader's memory, in bytes: what is documented for the limits that [`Hostile::read_limited`]
/// and the contest have.
pub fn heap_bound() -> usize {
    Limits::default().header_block_bytes + 4 * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hostile_body_is_read_to_its_end() {
        for name in families() {
            let outcome = Hostile::new(name, 20_000).unwrap().read_unlimited().unwrap();
            assert!(outcome.is_whole(), "{name}: {outcome:?}");
        }
    }
}
