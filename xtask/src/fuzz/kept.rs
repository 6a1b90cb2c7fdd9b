//! Inputs that a program died on without writing them down.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::process;

/// Makes an artifact of the input that the harness has kept in `file`; none where it has kept none.
pub(super) fn artifact(file: &Path, folder: &Path) -> Option<PathBuf> {
    let content = fs::read(file).ok()?;
    let input = process::kept(&content)?;
    let path = folder.join(format!("killed-{:016x}", fnv(input)));
    fs::create_dir_all(folder).ok()?;
    fs::write(&path, input).ok()?;
    Some(path)
}

/// FNV-1a: names that are the same for the same bytes, which is all that is asked of them.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_becomes_an_artifact_named_after_its_bytes() {
        let folder = std::env::temp_dir().join(format!("rebuttal-fuzz-kept-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("input");
        assert_eq!(artifact(&file, &folder), None);
        fs::write(&file, b"\x01\0\0\0\0\0\0\0[junk").unwrap();
        let path = artifact(&file, &folder).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"[");
        assert_eq!(artifact(&file, &folder), Some(path));
        assert_eq!(
            (fnv(b""), fnv(b"a")),
            (0xCBF2_9CE4_8422_2325, 0xAF63_DC4C_8601_EC8C)
        );
        fs::remove_dir_all(folder).unwrap();
    }
}
