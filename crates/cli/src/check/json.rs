//! The results for programs: JSON, an object a line.

use std::path::Path;

use rebuttal_model::schema::{Published, schema_of};
use rebuttal_validate::{Detected, Finding, Language, Report};
use schemars::JsonSchema;
use serde::Serialize;

use super::read::Checked;
use crate::shown;

/// What a file came to. `rebuttal check --format json` writes one such object a line, in the order of the files.
#[derive(JsonSchema, Serialize)]
struct FileReport {
    /// The path as it was given or found; `-` is standard input. What is not UTF-8 is replaced.
    path: String,
    /// What the bytes are, by signature: png, jpeg, pdf, or the short name of a format that is no evidence;
    /// null for an empty file and for what is unknown.
    format: Option<&'static str>,
    /// The length in bytes; null when nothing tells it, because reading stopped once the verdict was certain.
    length: Option<u64>,
    /// Whether it can be evidence; null when it could not be read.
    #[schemars(extend("enum" = ["accept", "warn", "reject", null]))]
    verdict: Option<&'static str>,
    /// What was found, each code at most once.
    findings: Vec<Told>,
    /// Why it could not be read, in words; null when it could.
    error: Option<String>,
}

/// One thing that was found in a file.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Finding")]
struct Told {
    /// The stable name; `codes.json` lists them.
    code: &'static str,
    /// How much it matters: a rejection refuses the file.
    #[schemars(extend("enum" = ["note", "warning", "rejection"]))]
    severity: &'static str,
    /// The byte where it shows, or the start of the chunk, segment or object around it; null for what is no byte.
    offset: Option<u64>,
    /// What a sound file has there.
    expected: String,
    /// What this file has there.
    found: String,
    /// What the merchant can do, in the chosen language.
    advice: String,
}

/// What this subcommand publishes of its results below `schemas/`.
pub(crate) fn published() -> Published {
    Published {
        path: "check.json",
        content: schema_of::<FileReport>("check.json"),
    }
}

pub(super) fn line(text: &mut String, path: &Path, checked: &Checked, language: Language) {
    let report = FileReport::new(path, checked, language);
    // Nothing in it can fail to be written: keys are text, numbers are whole.
    text.push_str(&shown::json(&serde_json::to_string(&report).unwrap_or_default()));
    text.push('\n');
}

impl FileReport {
    fn new(path: &Path, checked: &Checked, language: Language) -> Self {
        let path = path.to_string_lossy().into_owned();
        match checked {
            Checked::Unreadable(error) => Self {
                path,
                format: None,
                length: None,
                verdict: None,
                findings: Vec::new(),
                error: Some(error.clone()),
            },
            Checked::Read { report, length } => Self {
                path,
                format: format(report),
                length: *length,
                verdict: Some(report.outcome().as_str()),
                findings: report.findings.iter().map(|it| Told::new(it, language)).collect(),
                error: None,
            },
        }
    }
}

impl Told {
    fn new(finding: &Finding, language: Language) -> Self {
        Self {
            code: finding.code.as_str(),
            severity: finding.severity.as_str(),
            offset: finding.offset,
            expected: finding.expected.clone(),
            found: finding.found.clone(),
            advice: finding.advice_in(language).into_owned(),
        }
    }
}

fn format(report: &Report) -> Option<&'static str> {
    match report.detected {
        Detected::Allowed(format) => Some(match format {
            rebuttal_model::Format::Png => "png",
            rebuttal_model::Format::Jpeg => "jpeg",
            rebuttal_model::Format::Pdf => "pdf",
        }),
        Detected::Other(other) => Some(other.as_str()),
        Detected::Empty | Detected::Unknown => None,
    }
}
