//! `rebuttal check`: says whether files can be evidence.

use std::{
    fmt::Write,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use rebuttal_validate::{Checker, Finding, Outcome, Policy, Progress, Report, Severity, check_kind};
use serde_json::{Value, json};

use crate::output::{self, BAD, DIM, DOUBTFUL, GOOD};

/// How much of a file is read at a time, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// Which files to check, and how to tell.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The files; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The kind that the files will be uploaded as.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// How to tell.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
    /// Takes warnings as refusals.
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// What became of one file.
enum Checked {
    Read(Report),
    Unreadable(io::Error),
}

/// Exit status: 0 when every file can be evidence, 1 when one cannot, 3 when one could not be read.
pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let kind = arguments.kind.as_deref().and_then(|kind| check_kind(kind).err());
    let checked: Vec<_> = arguments
        .files
        .iter()
        .map(|path| (path.as_path(), check(path)))
        .collect();
    let text = match arguments.format {
        Form::Human => human(&checked, kind.as_ref(), arguments.strict),
        Form::Json => json(&checked, kind.as_ref(), arguments.strict),
    };
    output::print(&text)?;
    let refused = |checked: &Checked| match checked {
        Checked::Read(report) => !is_acceptable(report.outcome(), arguments.strict),
        Checked::Unreadable(_) => false,
    };
    if checked
        .iter()
        .any(|(_, checked)| matches!(checked, Checked::Unreadable(_)))
    {
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::from(u8::from(
        kind.is_some() || checked.iter().any(|(_, checked)| refused(checked)),
    )))
}

fn is_acceptable(outcome: Outcome, strict: bool) -> bool {
    match outcome {
        Outcome::Accept => true,
        Outcome::Warn => !strict,
        Outcome::Reject => false,
    }
}

/// Reads a file no further than it takes to be certain.
fn check(path: &Path) -> Checked {
    let mut checker = Checker::new(Policy::Reviewer);
    let file: io::Result<Box<dyn Read>> = if path == Path::new("-") {
        Ok(Box::new(io::stdin().lock()))
    } else {
        checker = checker.with_name(&path.file_name().unwrap_or_default().to_string_lossy());
        File::open(path).map(|file| Box::new(file) as Box<dyn Read>)
    };
    let read = file.and_then(|mut file| {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) if checker.feed(&chunk[..count]) == Progress::Decided => return Ok(()),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
    });
    match read {
        Ok(()) => Checked::Read(checker.finish()),
        Err(error) => Checked::Unreadable(error),
    }
}

fn human(checked: &[(&Path, Checked)], kind: Option<&Finding>, strict: bool) -> String {
    let mut text = String::new();
    for (path, checked) in checked {
        let name = path.display();
        match checked {
            Checked::Unreadable(error) => {
                let _ = writeln!(text, "{name}: {BAD}cannot be read{BAD:#}: {error}");
            }
            Checked::Read(report) => {
                let outcome = report.outcome();
                let (style, verdict) = match outcome {
                    Outcome::Accept => (GOOD, "acceptable"),
                    Outcome::Warn if strict => (BAD, "not acceptable (--strict)"),
                    Outcome::Warn => (DOUBTFUL, "acceptable, with a warning"),
                    Outcome::Reject => (BAD, "not acceptable"),
                };
                let bytes = grouped(report.bytes);
                let detected = report.detected.name();
                let _ = writeln!(
                    text,
                    "{name}: {style}{verdict}{style:#} {DIM}({detected}, {bytes} bytes read){DIM:#}"
                );
                report
                    .findings
                    .iter()
                    .for_each(|finding| line(&mut text, finding));
            }
        }
    }
    if let Some(finding) = kind {
        let _ = writeln!(text, "--kind: {BAD}not acceptable{BAD:#}");
        line(&mut text, finding);
    }
    text
}

fn line(text: &mut String, finding: &Finding) {
    let (style, severity) = match finding.severity {
        Severity::Note => (DIM, "note"),
        Severity::Warning => (DOUBTFUL, "warning"),
        Severity::Rejection => (BAD, "refused"),
    };
    let at = finding
        .offset
        .map(|offset| format!(" at byte {}", grouped(offset)))
        .unwrap_or_default();
    let code = finding.code.as_str();
    let _ = writeln!(
        text,
        "  {style}{severity}{style:#} {code}{at}: expected {}, found {}",
        finding.expected, finding.found
    );
    let _ = writeln!(text, "    {}", finding.advice);
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn json(checked: &[(&Path, Checked)], kind: Option<&Finding>, strict: bool) -> String {
    let files: Vec<Value> = checked
        .iter()
        .map(|(path, checked)| {
            let file = path.display().to_string();
            match checked {
                Checked::Unreadable(error) => json!({ "file": file, "error": error.to_string() }),
                Checked::Read(report) => json!({
                    "file": file,
                    "outcome": report.outcome().as_str(),
                    "acceptable": is_acceptable(report.outcome(), strict),
                    "detected": report.detected.name(),
                    "bytes": report.bytes,
                    "findings": report.findings,
                }),
            }
        })
        .collect();
    format!("{:#}\n", json!({ "files": files, "kind": kind }))
}
