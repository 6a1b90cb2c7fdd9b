//! The folder on disk: what stands there is never overwritten, but for what this recording wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// The most bytes of clients' files that are kept, in all.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Where clients' files go, below the folder.
const BESIDE: &str = "files";

/// Why a folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// It has something in it.
    #[error("expected a folder that is new or empty, found files in {path}: name another one")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// It cannot be made, read or written.
    #[error("cannot write scenarios to {path}")]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// What this recording wrote.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    own: BTreeSet<String>,
    /// Clients' files by content.
    beside: BTreeMap<Vec<u8>, String>,
    bytes: u64,
    /// Why a file could not be written.
    pub(super) failed: Option<String>,
}

impl Files {
    pub(super) fn claim(path: &Path) -> Result<Self, FolderError> {
        let unwritable = |source| FolderError::Unwritable {
            path: path.to_owned(),
            source,
        };
        match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(FolderError::NotEmpty {
                        path: path.to_owned(),
                    });
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(path).map_err(unwritable)?,
            Err(error) => return Err(unwritable(error)),
        }
        // Tried now, since permissions do not tell all, and a client should not have to be asked twice.
        let probe = path.join(".rebuttal-record");
        fs::write(&probe, b"").map_err(unwritable)?;
        fs::remove_file(&probe).map_err(unwritable)?;
        Ok(Self {
            folder: path.to_owned(),
            own: BTreeSet::new(),
            beside: BTreeMap::new(),
            bytes: 0,
            failed: None,
        })
    }

    /// Keeps the bytes of a client's file, and says where: its path from the folder.
    pub(super) fn keep(&mut self, bytes: &[u8], extension: &str) -> Result<String, String> {
        let print = fingerprint(bytes);
        if let Some(name) = self.beside.get(&print) {
            return Ok(name.clone());
        }
        let length = bytes.len() as u64;
        if self.bytes + length > MOST_BYTES {
            return Err(format!("{MOST_BYTES} bytes of files are kept already"));
        }
        let name = format!("{BESIDE}/{:03}.{extension}", self.beside.len() + 1);
        self.write(&name, bytes)?;
        self.bytes += length;
        self.beside.insert(print, name.clone());
        Ok(name)
    }

    /// Writes a file as a whole or not at all. One that is not this recording's is left alone.
    pub(super) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(name);
        let written = if self.own.contains(name) {
            replace(&path, bytes)
        } else {
            create(&path, bytes)
        };
        if let Err(error) = written {
            let reason = format!("cannot write {name}: {error}");
            self.failed.get_or_insert_with(|| reason.clone());
            return Err(reason);
        }
        self.own.insert(name.to_owned());
        Ok(())
    }
}

/// A folder that only its owner can look into: clients' files are evidence about people.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|it| !it.is_dir()) {
        make(parent)?;
    }
    let mut file = fs::File::create_new(path)?;
    let written = file.write_all(bytes);
    if written.is_err() {
        // Half a file is of no use to anybody.
        let _ = fs::remove_file(path);
    }
    written
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// What tells contents apart: length, ends, and two checksums. Two evidence files that share all of them do not occur
/// by chance, and one that is made to would only be kept once.
fn fingerprint(bytes: &[u8]) -> Vec<u8> {
    let mut print = (bytes.len() as u64).to_le_bytes().to_vec();
    print.extend(crc32fast::hash(bytes).to_le_bytes());
    print.extend(adler2::adler32_slice(bytes).to_le_bytes());
    print.extend(&bytes[..bytes.len().min(32)]);
    print.extend(&bytes[bytes.len().saturating_sub(32)..]);
    print
}
