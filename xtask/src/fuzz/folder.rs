//! The folder `fuzz/`: which targets it has, and what belongs to each.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// The folder `fuzz/`, laid out as cargo-fuzz wants it.
pub(super) struct Folder {
    pub(super) root: PathBuf,
}

impl Folder {
    /// All targets, in order.
    pub(super) fn targets(&self) -> Result<Vec<String>> {
        let folder = self.root.join("fuzz_targets");
        let entries = fs::read_dir(&folder).context("expected a folder fuzz/fuzz_targets")?;
        let mut targets = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
        targets.sort();
        if targets.is_empty() {
            bail!("expected fuzz targets in fuzz/fuzz_targets, found none");
        }
        Ok(targets)
    }

    /// The targets that were asked for; all, where none was.
    pub(super) fn wanted(&self, asked: &[String]) -> Result<Vec<String>> {
        let all = self.targets()?;
        if asked.is_empty() {
            return Ok(all);
        }
        known(asked, &all)
    }

    /// The committed inputs of a target.
    pub(super) fn seeds(&self, target: &str) -> PathBuf {
        self.root.join("corpus").join(target)
    }

    /// The inputs that once broke a target.
    pub(super) fn regressions(&self, target: &str) -> PathBuf {
        self.root.join("regressions").join(target)
    }

    /// What runs have found; git ignores it.
    pub(super) fn work(&self, target: &str) -> PathBuf {
        self.root.join("work").join(target)
    }

    /// What runs broke on; git ignores it.
    pub(super) fn artifacts(&self, target: &str) -> PathBuf {
        self.root.join("artifacts").join(target)
    }

    /// The dictionary of a target: its own, or the one of its family, which is the first word of its name.
    pub(super) fn dictionary(&self, target: &str) -> Option<PathBuf> {
        self.beside(target, "dict")
    }

    /// What libFuzzer is told for this target, in the form of OSS-Fuzz, so that both run it alike.
    pub(super) fn options(&self, target: &str) -> Result<Vec<String>> {
        let path = self
            .beside(target, "options")
            .unwrap_or_else(|| self.root.join("default.options"));
        let text =
            fs::read_to_string(&path).with_context(|| format!("expected to read {}", path.display()))?;
        options(&text).with_context(|| format!("in {}", path.display()))
    }

    fn beside(&self, target: &str, extension: &str) -> Option<PathBuf> {
        let family = target.split('_').next().unwrap_or(target);
        [target, family]
            .map(|name| self.root.join(name).with_extension(extension))
            .into_iter()
            .find(|path| path.is_file())
    }
}

/// The lines `name = value` of a section `[libfuzzer]`, as libFuzzer takes them.
fn options(text: &str) -> Result<Vec<String>> {
    let (mut section, mut options) = ("", Vec::new());
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match (line.strip_prefix('['), line.split_once('=')) {
            (Some(name), _) => section = name.trim_end_matches(']'),
            (None, Some((name, value))) if section == "libfuzzer" => {
                options.push(format!("-{}={}", name.trim(), value.trim()));
            }
            _ => bail!("expected `name = value` below [libfuzzer], found {line:?}"),
        }
    }
    Ok(options)
}

fn known(asked: &[String], all: &[String]) -> Result<Vec<String>> {
    if let Some(unknown) = asked.iter().find(|target| !all.contains(target)) {
        bail!(
            "there is no fuzz target {unknown:?}; there are {}",
            all.join(", ")
        );
    }
    let asked: BTreeSet<_> = asked.iter().cloned().collect();
    Ok(asked.into_iter().collect())
}

/// The files of a folder, in order, without those that only git needs; none where there is no folder.
pub(super) fn inputs(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("expected to read {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_file() && !entry.file_name().to_string_lossy().starts_with('.') {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// How many files, and how many bytes they have.
pub(super) fn size(files: &[PathBuf]) -> (usize, u64) {
    let bytes = files.iter().filter_map(|path| fs::metadata(path).ok());
    (files.len(), bytes.map(|metadata| metadata.len()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_target_is_refused_with_those_there_are() {
        let all = ["decode", "inspect"].map(str::to_owned);
        let error = known(&["decod".to_owned()], &all).unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no fuzz target \"decod\"; there are decode, inspect"
        );
    }

    #[test]
    fn a_target_has_its_own_dictionary_or_that_of_its_family() {
        let root = std::env::temp_dir().join(format!("rebuttal-fuzz-folder-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        for name in ["multipart.dict", "multipart_raw.dict", "default.options"] {
            fs::write(root.join(name), "[libfuzzer]\ntimeout = 10\n").unwrap();
        }
        let folder = Folder { root: root.clone() };
        let named = |target| {
            let path = folder.dictionary(target)?;
            Some(path.file_name()?.to_string_lossy().into_owned())
        };
        assert_eq!(named("multipart_raw").as_deref(), Some("multipart_raw.dict"));
        assert_eq!(named("multipart_structured").as_deref(), Some("multipart.dict"));
        assert_eq!(named("multipart").as_deref(), Some("multipart.dict"));
        assert_eq!(named("decode_list"), None);
        assert_eq!(folder.options("decode_list").unwrap(), ["-timeout=10"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn options_are_read_as_oss_fuzz_reads_them() {
        let text = "# why\n[libfuzzer]\nmax_len = 4096\nclose_fd_mask=1\n";
        assert_eq!(options(text).unwrap(), ["-max_len=4096", "-close_fd_mask=1"]);
        assert!(options("max_len = 1").is_err());
        assert!(options("[libfuzzer]\nmax_len").is_err());
    }
}
