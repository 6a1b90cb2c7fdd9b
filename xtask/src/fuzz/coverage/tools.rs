//! Finds llvm-profdata and llvm-cov, which read what `-Cinstrument-coverage` writes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::workspace::output;

/// What to do where they are missing. Debian 12 has 19; its security suite has 22.
pub(in super::super) const MISSING: &str =
    "no report of lines; `apt-get install llvm-19` or newer, or --llvm-path with the folder of llvm-cov";

/// The first major version that reads the profiles of today's compilers.
const OLDEST: u32 = 19;
/// Those that are looked for by name, newest first.
const VERSIONS: [u32; 4] = [22, 21, 20, 19];

/// Both tools, of one version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in super::super) struct Tools {
    pub(super) profdata: PathBuf,
    pub(super) cov: PathBuf,
    version: u32,
}

impl Tools {
    pub(in super::super) fn told(&self) -> String {
        format!("{} of LLVM {}", self.cov.display(), self.version)
    }
}

/// The first pair that is there and new enough: what the caller names, what the environment names, the toolchain's,
/// the distribution's. What is named and unfit is an error; what merely lies around is passed over.
pub(in super::super) fn find(named: Option<&Path>) -> Result<Tools> {
    if let Some(folder) = named {
        return checked(&folder.join("llvm-profdata"), &folder.join("llvm-cov"));
    }
    if let (Some(profdata), Some(cov)) = (env::var_os("LLVM_PROFDATA"), env::var_os("LLVM_COV")) {
        return checked(Path::new(&profdata), Path::new(&cov));
    }
    let found = candidates()
        .into_iter()
        .find_map(|(profdata, cov)| checked(&profdata, &cov).ok());
    found.with_context(|| {
        format!("expected llvm-profdata and llvm-cov, both of LLVM {OLDEST} or newer: {MISSING}")
    })
}

fn candidates() -> Vec<(PathBuf, PathBuf)> {
    let pair = |folder: &Path, suffix: &str| {
        let tool = |name: &str| folder.join(format!("{name}{suffix}"));
        (tool("llvm-profdata"), tool("llvm-cov"))
    };
    let mut candidates = Vec::new();
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"])).unwrap_or_default();
    let libraries = Path::new(sysroot.trim()).join("lib/rustlib");
    for triple in fs::read_dir(libraries).into_iter().flatten().flatten() {
        candidates.push(pair(&triple.path().join("bin"), ""));
    }
    for version in VERSIONS {
        candidates.push(pair(Path::new(""), &format!("-{version}")));
        candidates.push(pair(Path::new(&format!("/usr/lib/llvm-{version}/bin")), ""));
    }
    candidates.push(pair(Path::new(""), ""));
    candidates
}

fn checked(profdata: &Path, cov: &Path) -> Result<Tools> {
    let version = |tool: &Path| -> Result<u32> {
        let told = Command::new(tool).arg("--version").output();
        let told = told.with_context(|| format!("expected to run {}", tool.display()))?;
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        // Older ones tell none.
        major(&text).with_context(|| {
            format!(
                "expected LLVM {OLDEST} or newer, found {} without a version: {MISSING}",
                tool.display()
            )
        })
    };
    let (one, other) = (version(profdata)?, version(cov)?);
    if one != other {
        bail!(
            "expected both of one version, found {} of LLVM {one} and {} of LLVM {other}: neither reads what the other writes",
            profdata.display(),
            cov.display()
        );
    }
    if one < OLDEST {
        bail!(
            "expected LLVM {OLDEST} or newer, found {} of LLVM {one}: {MISSING}",
            cov.display()
        );
    }
    Ok(Tools {
        profdata: profdata.to_owned(),
        cov: cov.to_owned(),
        version: one,
    })
}

/// The major version, from a line such as `  Debian LLVM version 19.1.7` or `LLVM version 22.1.2-rust-1.95.0-stable`.
fn major(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("LLVM version ")?;
    rest.split('.').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use crate::workspace::script;

    #[test]
    fn a_version_is_read_as_distributions_write_it() {
        for (text, wanted) in [
            ("Debian LLVM version 19.1.7\n  Optimized build.", Some(19)),
            (
                "LLVM (http://llvm.org/):\n  LLVM version 22.1.2-rust-1.95.0-stable\n",
                Some(22),
            ),
            ("gcov 12", None),
        ] {
            assert_eq!(major(text), wanted, "{text}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn tools_that_do_not_fit_are_named() {
        let folder = env::temp_dir().join(format!("rebuttal-fuzz-tools-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let tool = |name: &str, version: &str| {
            script(&folder.join(name), &format!("echo LLVM version {version}"));
        };
        let error = format!("{:#}", find(Some(&folder)).unwrap_err());
        assert!(error.starts_with("expected to run "), "{error}");
        tool("llvm-profdata", "14.0.6");
        tool("llvm-cov", "14.0.6");
        let error = find(Some(&folder)).unwrap_err().to_string();
        assert!(error.starts_with("expected LLVM 19 or newer, found "), "{error}");
        tool("llvm-cov", "22.1.8");
        let error = find(Some(&folder)).unwrap_err().to_string();
        assert!(
            error.starts_with("expected both of one version, found "),
            "{error}"
        );
        tool("llvm-profdata", "22.1.8");
        assert_eq!(find(Some(&folder)).unwrap().version, 22);
        fs::remove_dir_all(folder).unwrap();
    }
}
