//! Who reads a file: our check, the limits that the machine sets, and crates that name its type.

use std::{fs::File, hint::black_box, io::Read, path::Path};

use anyhow::{Context, Result, ensure};
use flate2::{Decompress, FlushDecompress, Status};
use memchr::{memchr_iter, memmem};
use rebuttal_validate::{Checker, Policy, Progress, Report};

/// How much is read or fed at a time, in bytes: as `rebuttal check` does.
const CHUNK_BYTES: usize = 64 * 1024;

/// What no check of a kind can do without.
#[derive(Debug)]
pub enum Limit {
    /// The checksum of all bytes, as the chunks of a PNG have it.
    Crc32,
    /// Inflating the image data, which is kept here by itself.
    Inflate(Vec<u8>),
    /// Counting the bytes that a marker of a JPEG starts with.
    CountFf,
    /// Finding the end of each object of a PDF.
    FindEndobj,
}

impl Limit {
    /// What it is called in the report.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Crc32 => "crc32fast",
            Self::Inflate(_) => "flate2",
            Self::CountFf => "memchr",
            Self::FindEndobj => "memmem",
        }
    }

    /// Does it once.
    ///
    /// # Errors
    ///
    /// When image data does not inflate.
    pub fn run(&self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Crc32 => {
                black_box(crc32fast::hash(bytes));
            }
            Self::Inflate(data) => {
                black_box(inflate(data)?);
            }
            Self::CountFf => {
                black_box(memchr_iter(0xFF, bytes).count());
            }
            Self::FindEndobj => {
                black_box(memmem::find_iter(bytes, b"endobj").count());
            }
        }
        Ok(())
    }
}

/// Inflates a zlib stream as a reader of rows would, into one buffer over and over; how many bytes that is.
fn inflate(data: &[u8]) -> Result<u64> {
    let mut inflater = Decompress::new(true);
    let mut rows = vec![0; 32 * 1024];
    loop {
        let taken = usize::try_from(inflater.total_in())?;
        let rest = &data[taken..];
        let input = &rest[..rest.len().min(CHUNK_BYTES)];
        let before = inflater.total_out();
        let status = inflater.decompress(input, &mut rows, FlushDecompress::None)?;
        black_box(&rows);
        if status == Status::StreamEnd {
            return Ok(inflater.total_out());
        }
        let moves = inflater.total_out() > before || usize::try_from(inflater.total_in())? > taken;
        ensure!(moves, "the image data does not end");
    }
}

/// Checks a file as `rebuttal check` does.
pub fn check(bytes: &[u8]) -> Report {
    let mut checker = Checker::new(Policy::reviewer());
    for chunk in bytes.chunks(CHUNK_BYTES) {
        if checker.feed(chunk) == Progress::Decided {
            break;
        }
    }
    checker.finish()
}

/// What the check comes to, and the codes of its findings.
pub fn verdict(bytes: &[u8]) -> (String, String) {
    let report = check(bytes);
    let codes: Vec<_> = report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    (report.outcome().as_str().to_owned(), codes.join(","))
}

/// The copy that even `cat` makes: out of the page cache into a buffer.
///
/// # Errors
///
/// When the file cannot be read.
pub fn copy(path: &Path, buffer: &mut Vec<u8>) -> Result<()> {
    buffer.resize(CHUNK_BYTES, 0);
    let mut file = File::open(path).with_context(|| format!("expected to open {}", path.display()))?;
    while file.read(buffer)? > 0 {
        black_box(&buffer);
    }
    Ok(())
}

/// Asks `infer` for the type.
pub fn infer(bytes: &[u8]) {
    black_box(infer::get(bytes));
}

/// Asks `file-format` for the type.
pub fn file_format(bytes: &[u8]) {
    black_box(file_format::FileFormat::from_bytes(bytes));
}
