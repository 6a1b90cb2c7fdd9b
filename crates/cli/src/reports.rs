//! The report files of a run: held against mistakes before it begins, journaled while it runs, written whole.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, Result, bail};
use rebuttal_conformance::{
    Run, ScenarioReport, Secrets,
    report::{self, Format, journal},
};

use crate::output;

/// `FORMAT=PATH`.
#[derive(Clone)]
pub(crate) struct ReportFile {
    format: Format,
    path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text
            .split_once('=')
            .ok_or("expected FORMAT=PATH, such as json=report.json")?;
        let format = format.parse::<Format>().map_err(|error| error.to_string())?;
        if path.is_empty() {
            return Err("expected a path after the `=`".to_owned());
        }
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

/// Where the reports of a run go.
pub(crate) struct Reports<'a> {
    printed: &'a [Format],
    files: &'a [ReportFile],
    journals: Vec<(PathBuf, File)>,
}

impl<'a> Reports<'a> {
    /// Makes sure that every report can be written, and that none is written over another or over an input.
    pub(crate) fn new(printed: &'a [Format], files: &'a [ReportFile], inputs: &[&Path]) -> Result<Self> {
        let mut taken: BTreeSet<PathBuf> = inputs
            .iter()
            .filter_map(|path| fs::canonicalize(path).ok())
            .collect();
        for file in files {
            let shown = file.path.display();
            let real = real(&file.path).with_context(|| format!("cannot write {shown}"))?;
            if real.is_dir() {
                bail!("cannot write {shown}: it is a folder");
            }
            let journal = (file.format == Format::Json).then(|| journal_of(&real));
            for path in [Some(real.clone()), journal].into_iter().flatten() {
                if !taken.insert(path) {
                    bail!("expected each report in a file of its own, found {shown} in use already");
                }
            }
            output::check_writable(&real).with_context(|| format!("cannot write {shown}"))?;
        }
        Ok(Self {
            printed,
            files,
            journals: Vec::new(),
        })
    }

    /// Whether some report says where in a file the scenario stands, or may be shown as one that does.
    pub(crate) fn point_into_files(&self) -> bool {
        let files = self.files.iter().map(|file| &file.format);
        let mut formats = self.printed.iter().chain(files);
        formats.any(|format| matches!(format, Format::Github | Format::Json))
    }

    /// Begins a journal beside each JSON report, which a run that is killed leaves.
    pub(crate) fn begin(&mut self, head: &str) -> Result<()> {
        for file in self.files.iter().filter(|file| file.format == Format::Json) {
            let real = real(&file.path)?;
            // A device has no place beside it that anyone would look at.
            if real.exists() && !real.is_file() {
                continue;
            }
            let path = journal_of(&real);
            let begun = File::create(&path).and_then(|mut it| it.write_all(head.as_bytes()).map(|()| it));
            let journal = begun.with_context(|| format!("cannot write {}", path.display()))?;
            self.journals.push((path, journal));
        }
        Ok(())
    }

    /// Adds a scenario to the journals.
    pub(crate) fn note(&mut self, scenario: &ScenarioReport, secrets: &Secrets) {
        if self.journals.is_empty() {
            return;
        }
        let line = journal::line(scenario, secrets);
        // One that cannot be written any more is no reason to end the run: the report is still to come.
        self.journals
            .retain_mut(|(_, file)| file.write_all(line.as_bytes()).is_ok());
    }

    /// Prints and writes the reports; the journals have done their duty then.
    pub(crate) fn finish(self, run: &Run, printed_by_itself: &[Format]) -> Result<()> {
        let printed = if self.printed.is_empty() {
            printed_by_itself
        } else {
            self.printed
        };
        // What cannot be written must not take the rest along: the first error is told at the end.
        let mut result = Ok(());
        for file in self.files {
            let text = output::plain(&report::render(run, file.format));
            let written = output::write_file(&file.path, &text);
            result = result.and(written);
        }
        for format in printed {
            let shown = output::print(&report::render(run, *format));
            result = result.and(shown);
        }
        if result.is_ok() {
            for (path, _) in &self.journals {
                let _ = fs::remove_file(path);
            }
        }
        result
    }
}

/// The journal of a report.
fn journal_of(report: &Path) -> PathBuf {
    let mut name = report.file_name().map(OsString::from).unwrap_or_default();
    name.push(".journal");
    report.with_file_name(name)
}

/// The path that is written in the end, whether it exists or not.
fn real(path: &Path) -> Result<PathBuf> {
    if let Ok(real) = fs::canonicalize(path) {
        return Ok(real);
    }
    let name = path.file_name().context("expected the name of a file")?;
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let folder =
        fs::canonicalize(folder).with_context(|| format!("there is no folder {}", folder.display()))?;
    Ok(folder.join(name))
}
