//! Keeps corpora small, and takes over those of other machines.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail};

use super::{
    build::{Built, Programs},
    folder::{Folder, inputs, size},
    process,
};

/// What makes an input worth keeping.
#[derive(Clone, Copy)]
enum Cover {
    /// All that it shows: which edges, how often, and which values are compared on the way. For the working corpus.
    Everything,
    /// An edge that nothing else reaches: for the repository. A cover of the set takes a third fewer files than
    /// libFuzzer's usual merge, and a fraction of what the working corpus has.
    Edges,
}

impl Cover {
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Everything => &["-merge=1"],
            Self::Edges => &["-set_cover_merge=1", "-use_counters=0", "-use_value_profile=0"],
        }
    }
}

/// Brings the committed corpus and the working corpus of every target down to what reaches anything of its own.
pub(super) fn minimize(folder: &Folder, programs: &Programs) -> Result<()> {
    for target in &programs.built {
        let (seeds, work) = (folder.seeds(&target.name), folder.work(&target.name));
        let before = (size(&inputs(&seeds)?), size(&inputs(&work)?));
        let fresh = programs.directory.join("minimize").join(&target.name);
        // Its findings come from everything; the committed corpus is chosen from what is left of that.
        let all = emptied(&fresh.join("work"))?;
        merge_into(
            folder,
            programs,
            target,
            &all,
            &[work.clone(), seeds.clone()],
            Cover::Everything,
        )?;
        let few = emptied(&fresh.join("corpus"))?;
        let named = copied(&named(&seeds)?, &few)?;
        // What a regression reaches needs no second file.
        let regressions = copied(&inputs(&folder.regressions(&target.name))?, &few)?;
        merge_into(
            folder,
            programs,
            target,
            &few,
            &[all.clone(), seeds.clone()],
            Cover::Edges,
        )?;
        for path in regressions.iter().filter(|path| !named.contains(path)) {
            fs::remove_file(path)?;
        }
        swapped(&few, &seeds)?;
        swapped(&all, &work)?;
        let after = (size(&inputs(&seeds)?), size(&inputs(&work)?));
        println!(
            "fuzz: {:<24} corpus {} → {}; work {} → {}",
            target.name,
            told(before.0),
            told(after.0),
            told(before.1),
            told(after.1)
        );
    }
    Ok(())
}

/// Takes over what reaches anything new in `folders`: each a corpus, or a folder of corpora by target.
pub(super) fn merge(folder: &Folder, programs: &Programs, folders: &[PathBuf], flat: bool) -> Result<()> {
    let mut used = 0;
    for target in &programs.built {
        let place = |folder: &PathBuf| {
            if flat {
                folder.clone()
            } else {
                folder.join(&target.name)
            }
        };
        let sources: Vec<_> = folders.iter().map(place).filter(|path| path.is_dir()).collect();
        if sources.is_empty() {
            continue;
        }
        used += 1;
        let work = folder.work(&target.name);
        fs::create_dir_all(&work)?;
        let before = size(&inputs(&work)?);
        merge_into(folder, programs, target, &work, &sources, Cover::Everything)?;
        let after = size(&inputs(&work)?);
        println!(
            "fuzz: {:<24} work {} → {}",
            target.name,
            told(before),
            told(after)
        );
    }
    if used == 0 {
        bail!("expected folders of targets, or --target with folders of inputs; found neither");
    }
    Ok(())
}

/// libFuzzer's own merge: it goes on behind an input that breaks the target.
fn merge_into(
    folder: &Folder,
    programs: &Programs,
    target: &Built,
    into: &Path,
    from: &[PathBuf],
    cover: Cover,
) -> Result<()> {
    fs::create_dir_all(into)?;
    let log = into.with_extension("log");
    let output = fs::File::create(&log)?;
    let status = process::call(folder, target, programs.flavour)?
        .args(cover.options())
        .arg(into)
        .args(from.iter().filter(|path| path.is_dir()))
        .stdout(Stdio::null())
        .stderr(output)
        .status()
        .with_context(|| format!("expected to run {}", target.program.display()))?;
    if !status.success() {
        bail!(
            "the merge of {} ended with {status}: see {}",
            target.name,
            log.display()
        );
    }
    fs::remove_file(&log)?;
    Ok(())
}

/// The inputs that somebody has named: libFuzzer's own names are 40 digits of base 16.
fn named(folder: &Path) -> Result<Vec<PathBuf>> {
    let by_libfuzzer = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.len() == 40 && name.chars().all(|letter| letter.is_ascii_hexdigit())
    };
    Ok(inputs(folder)?
        .into_iter()
        .filter(|path| !by_libfuzzer(path))
        .collect())
}

fn copied(files: &[PathBuf], into: &Path) -> Result<Vec<PathBuf>> {
    let mut copies = Vec::new();
    for file in files {
        let copy = into.join(file.file_name().unwrap_or_default());
        fs::copy(file, &copy)?;
        copies.push(copy);
    }
    Ok(copies)
}

fn emptied(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}

/// Puts the files of `fresh` in place of those in `folder`. Nothing goes before its successor is there.
fn swapped(fresh: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let kept = copied(&inputs(fresh)?, folder)?;
    for old in inputs(folder)? {
        if !kept.contains(&old) {
            fs::remove_file(old)?;
        }
    }
    Ok(())
}

fn told((files, bytes): (usize, u64)) -> String {
    format!("{files} files, {} KiB", bytes.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_is_swapped_and_what_somebody_named_is_known() {
        let root = std::env::temp_dir().join(format!("rebuttal-fuzz-corpus-{}", std::process::id()));
        let (old, fresh) = (
            emptied(&root.join("old")).unwrap(),
            emptied(&root.join("fresh")).unwrap(),
        );
        let hash = "0123456789abcdef0123456789abcdef01234567";
        for (folder, name) in [
            (&old, "by-hand"),
            (&old, "gone"),
            (&old, hash),
            (&fresh, "by-hand"),
            (&fresh, "new"),
        ] {
            fs::write(folder.join(name), name).unwrap();
        }
        assert_eq!(named(&old).unwrap(), [old.join("by-hand"), old.join("gone")]);
        swapped(&fresh, &old).unwrap();
        assert_eq!(inputs(&old).unwrap(), [old.join("by-hand"), old.join("new")]);
        assert_eq!(size(&inputs(&old).unwrap()), (2, 10));
        fs::remove_dir_all(root).unwrap();
    }
}
