//! The listing for people: a line a file, what was found under it, and what to do about that.

use std::{fmt::Write, path::Path};

use rebuttal_validate::{Code, Finding, Language, Outcome, Report, Severity};

use super::read::Checked;
use crate::{
    output::{BAD, DIM, DOUBTFUL, GOOD, grouped},
    shown,
};

/// Tells of a file. What is true of most names is gathered in `names` where it is given, for the end of the listing.
pub(super) fn file(
    text: &mut String,
    path: &Path,
    checked: &Checked,
    language: Language,
    mut names: Option<&mut Vec<Finding>>,
) {
    let name = name(path);
    match checked {
        Checked::Unreadable(error) => {
            let _ = writeln!(text, "{name}: {BAD}cannot be read{BAD:#}: {error}");
        }
        Checked::Read { report, length } => {
            let (style, verdict) = match report.outcome() {
                Outcome::Accept => (GOOD, "acceptable"),
                Outcome::Warn => (DOUBTFUL, "acceptable, with a warning"),
                Outcome::Reject => (BAD, "not acceptable"),
            };
            let (detected, size) = (report.detected.name(), size(report, *length));
            let _ = writeln!(
                text,
                "{name}: {style}{verdict}{style:#} {DIM}({detected}, {size}){DIM:#}"
            );
            for finding in &report.findings {
                match &mut names {
                    Some(names) if is_of_most_names(finding) => names.push(finding.clone()),
                    _ => self::finding(text, finding, language),
                }
            }
        }
    }
}

/// Whether it is a note on what hardly any name has.
pub(super) fn is_of_most_names(finding: &Finding) -> bool {
    (finding.code, finding.severity) == (Code::NameForNetworks, Severity::Note)
}

/// What was gathered of names, as one note.
pub(super) fn gathered(names: &[Finding], language: Language) -> String {
    let Some(first) = names.first() else {
        return String::new();
    };
    let (code, expected) = (first.code.as_str(), &first.expected);
    let (advice, number) = (first.advice_in(language), grouped(names.len() as u64));
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{DIM}note{DIM:#} {code} for {number} file{plural}: expected {expected}\n  {advice}\n")
}

/// A path as it is printed. Terminals obey nothing in it, it takes one line, and that is no workflow command.
pub(super) fn name(path: &Path) -> String {
    let name = shown::plain(path.as_os_str().as_encoded_bytes());
    let is_command = ["::", "##["]
        .iter()
        .any(|start| name.trim_start().starts_with(start));
    if is_command { format!("./{name}") } else { name }
}

fn size(report: &Report, length: Option<u64>) -> String {
    match length {
        Some(1) => "1 byte".to_owned(),
        Some(length) => format!("{} bytes", grouped(length)),
        None => format!("{} bytes read", grouped(report.bytes)),
    }
}

fn finding(text: &mut String, finding: &Finding, language: Language) {
    let (style, severity) = match finding.severity {
        Severity::Note => (DIM, "note"),
        Severity::Warning => (DOUBTFUL, "warning"),
        Severity::Rejection => (BAD, "refused"),
    };
    let code = finding.code.as_str();
    let _ = writeln!(text, "  {style}{severity}{style:#} {code}{}", sentence(finding));
    let _ = writeln!(text, "    {}", finding.advice_in(language));
}

/// Where, what was expected and what was found. The words may quote the file.
pub(super) fn sentence(finding: &Finding) -> String {
    let at = finding
        .offset
        .map(|offset| format!(" at byte {}", grouped(offset)));
    let words = format!("expected {}, found {}", finding.expected, finding.found);
    format!("{}: {}", at.unwrap_or_default(), shown::plain(words.as_bytes()))
}
