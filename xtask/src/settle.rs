//! Makes a folder of generated files be what it should be, or says where it is not.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path},
};

use anyhow::{Context, Result, bail};

/// Whether a difference is mended or reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    /// Write what is stale or missing, remove what is surplus.
    Write,
    /// Report it.
    Check,
}

/// Holds `folder` against `wanted` (path below the folder, content).
///
/// Returns how many files were changed. In [`Mode::Check`] any difference is an error that names the
/// files and `mend`, the command that writes them.
pub(crate) fn settle(
    folder: &Path,
    wanted: &BTreeMap<String, String>,
    mode: Mode,
    mend: &str,
) -> Result<usize> {
    let mut differences = Vec::new();
    for (path, content) in wanted {
        below(path)?;
        let file = folder.join(path);
        let current = fs::read(&file).ok();
        if current.as_deref() == Some(content.as_bytes()) {
            continue;
        }
        differences.push(match current {
            Some(_) => format!("{path} is stale"),
            None => format!("{path} is missing"),
        });
        if mode == Mode::Write {
            fs::create_dir_all(file.parent().unwrap_or(folder))?;
            fs::write(&file, content).with_context(|| format!("expected to write {path}"))?;
        }
    }
    for path in present(folder, Path::new(""))? {
        if !wanted.contains_key(&path) {
            differences.push(format!("{path} is surplus"));
            if mode == Mode::Write {
                fs::remove_file(folder.join(&path))?;
            }
        }
    }
    match mode {
        Mode::Check if !differences.is_empty() => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let listed: Vec<_> = differences.iter().map(|it| format!("\n  {name}/{it}")).collect();
            bail!("run `{mend}`:{}", listed.concat())
        }
        _ => Ok(differences.len()),
    }
}

/// Refuses a path that leads out of its folder.
fn below(path: &str) -> Result<()> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if path.is_empty() || !plain {
        bail!("expected a path below the folder, found {path:?}");
    }
    Ok(())
}

/// Every file in the folder, as paths with `/` below it.
fn present(folder: &Path, below: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder.join(below)) else {
        return Ok(files);
    };
    for entry in entries {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(present(folder, &path)?);
        } else {
            files.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_checked_is_what_is_written() {
        let folder = std::env::temp_dir().join(format!("rebuttal-settle-{}", std::process::id()));
        let wanted = BTreeMap::from([
            ("a/one.json".to_owned(), "1".to_owned()),
            ("two.json".to_owned(), "2".to_owned()),
        ]);
        let check = || settle(&folder, &wanted, Mode::Check, "mend it").map_err(|error| error.to_string());
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(
            check(),
            Err(format!(
                "run `mend it`:\n  {name}/a/one.json is missing\n  {name}/two.json is missing"
            ))
        );
        assert_eq!(settle(&folder, &wanted, Mode::Write, "").unwrap(), 2);
        assert_eq!(check(), Ok(0));

        fs::write(folder.join("two.json"), "3").unwrap();
        fs::write(folder.join("a/old.json"), "").unwrap();
        assert_eq!(
            check(),
            Err(format!(
                "run `mend it`:\n  {name}/two.json is stale\n  {name}/a/old.json is surplus"
            ))
        );
        assert_eq!(settle(&folder, &wanted, Mode::Write, "").unwrap(), 2);
        assert_eq!(check(), Ok(0));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in ["", "../a", "/a", "a/../../b", "./a"] {
            assert!(below(path).is_err(), "{path:?}");
        }
        assert!(below("a/b.json").is_ok());
    }
}
