//! A crash becomes a regression: small, named after what broke, and in the folder that `cargo test` replays.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::{
    build::{Built, Programs},
    command::Adopt,
    finding::{self, Finding},
    folder::Folder,
    reduce::reduce,
    replay,
};

/// How long an input is made smaller, before and after libFuzzer had its turn.
const REDUCING: Duration = Duration::from_secs(30);
const LIBFUZZER_SECONDS: u32 = 10;

/// Which target a crash belongs to: the one that was named, or whose folder it is in.
pub(super) fn target(folder: &Folder, asked: &Adopt) -> Result<String> {
    let all = folder.targets()?;
    let parent = asked.crash.parent().and_then(Path::file_name);
    let named = asked
        .target
        .clone()
        .or_else(|| Some(parent?.to_string_lossy().into_owned()));
    match named {
        Some(name) if all.contains(&name) => Ok(name),
        _ => bail!(
            "expected a crash in a folder of its target, or --target with one of {}",
            all.join(", ")
        ),
    }
}

/// Files the crash, and says what comes next; a crash that breaks nothing any more is a failure.
pub(super) fn adopt(folder: &Folder, programs: &Programs, asked: &Adopt) -> Result<ExitCode> {
    let Some(filed) = file(folder, programs, asked)? else {
        println!(
            "fuzz: {} breaks nothing any more: nothing to adopt",
            asked.crash.display()
        );
        return Ok(ExitCode::FAILURE);
    };
    let root = folder.root.parent().unwrap_or(&folder.root);
    println!(
        "fuzz: {} has {} bytes of {}; it breaks this:\n{}\n{}\n\n\
         next: `cargo test -p rebuttal-fuzzing --test regressions` fails with it now. Mend the code, or the oracle\n\
         where it promises too much; the input is committed with the mend, and never deleted.",
        filed.path.strip_prefix(root).unwrap_or(&filed.path).display(),
        filed.bytes.1,
        filed.bytes.0,
        filed.finding.signature,
        filed.finding.told
    );
    Ok(ExitCode::SUCCESS)
}

/// What became of a crash.
pub(super) struct Filed {
    pub(super) path: PathBuf,
    finding: Finding,
    /// Before and after.
    bytes: (usize, usize),
}

/// Files the crash; none where it breaks nothing any more.
pub(super) fn file(folder: &Folder, programs: &Programs, asked: &Adopt) -> Result<Option<Filed>> {
    let [target] = programs.built.as_slice() else {
        bail!("expected one program");
    };
    let input =
        fs::read(&asked.crash).with_context(|| format!("expected to read {}", asked.crash.display()))?;
    let bench = Bench {
        folder,
        programs,
        target,
        file: programs.directory.join(format!("adopt-{}", target.name)),
    };
    let Some(found) = bench.breaks(&input)? else {
        return Ok(None);
    };
    eprintln!("fuzz: making {} bytes small", input.len());
    let small = bench.minimised(&input, &found)?;
    let name = match &asked.name {
        Some(name) => checked(name)?,
        None => finding::name(&found.signature),
    };
    let regressions = folder.regressions(&target.name);
    fs::create_dir_all(&regressions)?;
    let path = free(&regressions, &name, &small);
    fs::write(&path, &small).with_context(|| format!("expected to write {}", path.display()))?;
    let Some(finding) = replay::one(folder, programs, target, &path)? else {
        fs::remove_file(&path)?;
        bail!(
            "the input broke {} and does not any more: what it breaks hangs on more than its bytes",
            target.name
        );
    };
    Ok(Some(Filed {
        path,
        finding,
        bytes: (input.len(), small.len()),
    }))
}

/// A target, and a file to try inputs with.
struct Bench<'a> {
    folder: &'a Folder,
    programs: &'a Programs,
    target: &'a Built,
    file: PathBuf,
}

impl Bench<'_> {
    fn breaks(&self, input: &[u8]) -> Result<Option<Finding>> {
        fs::write(&self.file, input)?;
        replay::one(self.folder, self.programs, self.target, &self.file)
    }

    fn minimised(&self, input: &[u8], found: &Finding) -> Result<Vec<u8>> {
        // What breaks another promise is another finding.
        let same = |input: &[u8]| {
            let finding = self.breaks(input)?;
            Ok(finding.is_some_and(|finding| finding.signature == found.signature))
        };
        let mut small = reduce(input, Instant::now() + REDUCING, same)?;
        if let Some(smaller) = self.by_libfuzzer(&small)?
            && smaller.len() < small.len()
            && same(&smaller)?
        {
            small = reduce(&smaller, Instant::now() + REDUCING, same)?;
        }
        Ok(small)
    }

    /// What libFuzzer's mutations make of it; nothing where it cannot, as with what leaves no artifact.
    fn by_libfuzzer(&self, input: &[u8]) -> Result<Option<Vec<u8>>> {
        if input.len() < 2 {
            return Ok(None);
        }
        let smaller = self.file.with_extension("smaller");
        let _none = fs::remove_file(&smaller);
        fs::write(&self.file, input)?;
        let output = super::process::call(self.folder, self.target, self.programs.flavour)?
            .args(["-minimize_crash=1", "-runs=20000"])
            .arg(format!("-max_total_time={LIBFUZZER_SECONDS}"))
            .arg(format!("-exact_artifact_path={}", smaller.display()))
            .arg(&self.file)
            .output();
        output.with_context(|| format!("expected to run {}", self.target.program.display()))?;
        Ok(fs::read(&smaller).ok())
    }
}

/// A name as regressions have it.
fn checked(name: &str) -> Result<String> {
    let fine =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-._".contains(letter);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(fine) {
        bail!("expected a name of lower-case letters, digits, `-`, `_` and `.`, found {name:?}");
    }
    Ok(name.to_owned())
}

/// A path of this name that no other input has.
fn free(folder: &Path, name: &str, input: &[u8]) -> PathBuf {
    let mut path = folder.join(name);
    let mut number = 2;
    while fs::read(&path).is_ok_and(|other| other != input) {
        path = folder.join(format!("{name}-{number}"));
        number += 1;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_plain_file_name() {
        assert_eq!(checked("spans-tile.json").unwrap(), "spans-tile.json");
        for wrong in ["", ".hidden", "a/b", "..", "Two words"] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_that_another_input_has_gets_a_number() {
        let folder = std::env::temp_dir().join(format!("rebuttal-fuzz-adopt-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(free(&folder, "a", b"1"), folder.join("a"));
        fs::write(folder.join("a"), b"1").unwrap();
        assert_eq!(free(&folder, "a", b"1"), folder.join("a"));
        assert_eq!(free(&folder, "a", b"2"), folder.join("a-2"));
        fs::remove_dir_all(folder).unwrap();
    }
}
