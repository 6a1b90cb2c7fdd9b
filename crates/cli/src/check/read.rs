//! Reads one file and has it checked. What it is like or how it fails is no matter to the other files.

use std::{
    fs::{self, File},
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use rebuttal_model::MAX_FILE_BYTES;
use rebuttal_validate::{Checker, Policy, Progress, Report, deep};

use super::files::{Item, STDIN};

/// How much of a file is read at a time, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// How much of a file is kept for decoders, in bytes: the largest file that may be evidence.
#[expect(clippy::cast_possible_truncation, reason = "10 MiB fits a usize of 32 bits")]
const MOST_KEPT: usize = MAX_FILE_BYTES as usize;

/// How a file is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) policy: Policy,
    /// Also with decoders, for which the whole file is kept.
    pub(super) is_deep: bool,
}

/// What became of one file.
#[derive(Debug)]
pub(super) enum Checked {
    Read {
        report: Report,
        /// The length of the file, in bytes; `None` where it was not read to its end and nothing tells.
        length: Option<u64>,
    },
    /// In words.
    Unreadable(String),
}

/// Reads a file no further than it takes to be certain.
pub(super) fn check(item: &Item, look: Look, chunk: &mut Vec<u8>) -> Checked {
    if let Some(error) = &item.error {
        return Checked::Unreadable(error.to_string());
    }
    let path = &item.path;
    if path.as_os_str() == STDIN {
        return check_bytes(look, None, io::stdin().lock(), None, chunk);
    }
    let opened = open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = match opened {
        Ok(opened) => opened,
        Err(error) => return Checked::Unreadable(error.to_string()),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let length = metadata.is_file().then_some(metadata.len());
    check_bytes(look, Some(&name), file, length, chunk)
}

/// Opens what can be read to an end without anybody's help: files, and what the shell or the caller has opened.
fn open(path: &Path) -> io::Result<File> {
    let is_ours =
        path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd") || path == Path::new("/dev/stdin");
    if !is_ours && !fs::metadata(path)?.is_file() {
        let what = "not a file: pipes and devices are not opened; `-` reads standard input";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    File::open(path)
}

/// A defect of ours that some file brings up is told of that file, and the next one is checked.
fn check_bytes(
    look: Look,
    name: Option<&str>,
    source: impl Read,
    length: Option<u64>,
    chunk: &mut Vec<u8>,
) -> Checked {
    let reading = || read(look, name, source, length, chunk);
    match catch_unwind(AssertUnwindSafe(reading)) {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Checked::Unreadable(error.to_string()),
        Err(_) => Checked::Unreadable("the check failed on this file; please report it".to_owned()),
    }
}

fn read(
    look: Look,
    name: Option<&str>,
    mut source: impl Read,
    length: Option<u64>,
    chunk: &mut Vec<u8>,
) -> io::Result<Checked> {
    let mut checker = Checker::new(look.policy);
    if let Some(name) = name {
        checker = checker.with_name(name);
    }
    let mut kept = Vec::new();
    chunk.resize(CHUNK_BYTES, 0);
    let is_whole = loop {
        match source.read(chunk) {
            Ok(0) => break true,
            Ok(count) => {
                if checker.feed(&chunk[..count]) == Progress::Decided {
                    break false;
                }
                // A larger file is read on where its size is allowed, and not looked into.
                let room = if look.is_deep { MOST_KEPT - kept.len() } else { 0 };
                kept.extend_from_slice(&chunk[..count.min(room)]);
            }
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            Err(_) => {}
        }
    };
    let mut report = checker.finish();
    if look.is_deep && is_whole {
        deep::examine(&kept, &look.policy, &mut report);
    }
    let length = if is_whole { Some(report.bytes) } else { length };
    Ok(Checked::Read {
        // A file that grows meanwhile is not shorter than what was read of it.
        length: length.map(|length| length.max(report.bytes)),
        report,
    })
}

#[cfg(test)]
mod tests {
    use std::panic;

    use super::*;

    struct Endless;

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(0);
            Ok(buffer.len())
        }
    }

    struct Hostile;

    impl Read for Hostile {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("as a defect of the check would")
        }
    }

    fn checked(source: impl Read) -> Checked {
        let look = Look {
            policy: Policy::reviewer(),
            is_deep: true,
        };
        check_bytes(look, None, source, None, &mut Vec::new())
    }

    #[test]
    fn what_is_certain_is_not_read_on() {
        let Checked::Read { report, length } = checked(Endless) else {
            panic!("it can be read");
        };
        assert_eq!(length, None);
        assert!(
            report.bytes <= 2 * CHUNK_BYTES as u64,
            "{} bytes read",
            report.bytes
        );
    }

    #[test]
    fn a_failure_of_one_file_stays_with_it() {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let failed = checked(Hostile);
        panic::set_hook(hook);
        assert!(matches!(failed, Checked::Unreadable(why) if why.contains("please report")));
        assert!(matches!(
            checked(&b"GIF89a"[..]),
            Checked::Read { length: Some(6), .. }
        ));
    }
}
