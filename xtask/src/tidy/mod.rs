//! Checks the invariants of ARCHITECTURE.md that no compiler and no lint checks.
//!
//! Each check is a function from text to findings, and has failed once in a test below it.

mod arrows;
mod contract;
mod link;
mod manifest;
mod path;
mod source;

use std::{fmt, fs, path::Path, process::ExitCode};

use anyhow::{Result, bail};

use crate::{rebuttal, schemas, workspace::Workspace};

/// One broken invariant.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Finding {
    /// The file below the root, with a line where there is one.
    place: String,
    what: String,
    /// What to do about it: a command, or a few words.
    mend: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            mend: mend.into(),
        }
    }

    fn at(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), what, mend)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  mend: {}", self.place, self.what, self.mend)
    }
}

/// A file that may break a rule, with the reason.
struct Exception {
    path: &'static str,
    why: &'static str,
}

/// Exceptions of the table in `place` whose file keeps the rule, or is gone.
fn stale(
    place: &str,
    exceptions: &[Exception],
    texts: &[(String, String)],
    breaks: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    exceptions
        .iter()
        .filter(|exception| {
            !texts
                .iter()
                .any(|(path, text)| path == exception.path && breaks(text))
        })
        .map(|exception| {
            let what = format!(
                "{} needs no exception any more ({})",
                exception.path, exception.why
            );
            Finding::new(place, what, "take it out of the table")
        })
        .collect()
}

/// Runs every check and prints what each looked at.
pub(crate) fn tidy(workspace: &Workspace) -> Result<ExitCode> {
    let texts = texts(workspace)?;
    let rust: Vec<_> = texts
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|it| it == "rs"))
        .collect();
    let manifests: Vec<_> = texts
        .iter()
        .filter(|(path, _)| {
            let apart = path.starts_with("bench/") || path.starts_with("fuzz/");
            path.ends_with("Cargo.toml") && path != "Cargo.toml" && !apart
        })
        .collect();
    if rust.len() < 10 || manifests.len() < 8 {
        bail!(
            "expected a whole checkout, found {} .rs files and {} manifests",
            rust.len(),
            manifests.len()
        );
    }
    let binary = rebuttal::build(workspace)?;
    let published = schemas::published(&binary)?;
    let tracked = workspace.files(false)?;

    let mut tidied = Tidied::default();
    tidied.take("crate arrows", arrows::check(&workspace.metadata()?));
    let found = manifests
        .iter()
        .flat_map(|(path, text)| manifest::check(path, text));
    tidied.take("versions pinned once, lints of the workspace", found);
    let found = rust.iter().flat_map(|(path, text)| source::check(path, text));
    tidied.take("length of files, words that must not stay", found);
    let stale = [source::stale_exceptions(&texts), path::stale_exceptions(&texts)].concat();
    tidied.take("exceptions that still apply", stale);
    tidied.take(
        "names of files",
        texts.iter().filter_map(|(path, _)| source::name(path)),
    );
    let found = texts.iter().flat_map(|(path, text)| path::check(path, text));
    tidied.take("no paths of one machine", found);
    tidied.take("links between pages", link::check(&texts));
    tidied.take(
        "published files are tracked",
        contract::tracked(&published, &tracked),
    );
    tidied.take("every clause has a scenario", contract::scenarios(&binary)?);
    let matrix = texts.iter().find(|(path, _)| path == contract::MATRIX);
    let matrix = matrix.map_or("", |(_, text)| text);
    tidied.take("every fault is noticed", contract::faults(&binary, matrix)?);
    tidied.end()
}

/// Every text file that git tracks or would track, with its path.
fn texts(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in workspace.files(true)? {
        if let Ok(text) = String::from_utf8(fs::read(workspace.root.join(&path))?) {
            texts.push((path, text));
        }
    }
    Ok(texts)
}

#[derive(Default)]
struct Tidied {
    checks: usize,
    findings: usize,
}

impl Tidied {
    fn take(&mut self, check: &str, findings: impl IntoIterator<Item = Finding>) {
        let findings: Vec<_> = findings.into_iter().collect();
        self.checks += 1;
        self.findings += findings.len();
        if findings.is_empty() {
            println!("tidy: {check}: ok");
        }
        for finding in findings {
            println!("{finding}");
        }
    }

    fn end(self) -> Result<ExitCode> {
        if self.findings > 0 {
            bail!("{} findings in {} checks", self.findings, self.checks);
        }
        println!("tidy: {} checks, all ok", self.checks);
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_exception_is_found() {
        let exceptions = [Exception {
            path: "a.rs",
            why: "a table",
        }];
        let found = |text: &str| {
            let texts = [("a.rs".to_owned(), text.to_owned())];
            stale("here.rs", &exceptions, &texts, |text| text.contains("bad"))
        };
        assert_eq!(found("bad"), []);
        assert_eq!(
            found("good")[0].what,
            "a.rs needs no exception any more (a table)"
        );
        assert_eq!(stale("here.rs", &exceptions, &[], |_| true).len(), 1);
    }
}
