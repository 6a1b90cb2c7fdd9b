//! Files, and whether they can be evidence.

use rebuttal_validate::{Checker, Policy, Report};
use schemars::JsonSchema;
use serde::Serialize;

use super::{VERSION, base64, sha256};

/// Files with what the contract and a reviewer make of them.
#[derive(JsonSchema, Serialize)]
pub(super) struct EvidenceVectors {
    /// The version of this shape.
    version: u32,
    cases: Vec<Case>,
}

/// A file.
#[derive(JsonSchema, Serialize)]
struct Case {
    /// What the file is called.
    name: &'static str,
    /// Its length, in bytes.
    length: usize,
    /// Its SHA-256, in hex.
    sha256: String,
    /// What the bytes are, in words.
    detected: &'static str,
    /// What the API must accept or refuse.
    contract: Outcome,
    /// The same, and what a reviewer or a card network stumbles over later.
    reviewer: Outcome,
    /// The bytes, in base64.
    bytes: String,
}

/// What a file comes to.
#[derive(JsonSchema, Serialize)]
struct Outcome {
    /// accept, warn or reject.
    outcome: &'static str,
    /// What was found.
    findings: Vec<Finding>,
}

/// One thing that was found.
#[derive(JsonSchema, Serialize)]
struct Finding {
    /// The stable code; codes.json explains it.
    code: &'static str,
    /// note, warning or rejection.
    severity: &'static str,
    /// Where it shows, from 0; null where it shows nowhere in particular.
    offset: Option<u64>,
    /// The id of the clause for which the file is refused; null where it is not.
    clause: Option<&'static str>,
}

macro_rules! files {
    ($($name:literal,)+) => {
        &[$(($name, include_bytes!(concat!("../../../validate/tests/evidence/", $name)))),+]
    };
}

/// The files of the table in the tests of `validate`.
const FILES: &[(&str, &[u8])] = files![
    "cgbi-iphone.png",
    "chromium-canvas.webp",
    "cjpeg-smooth-q1.jpg",
    "data-url-jpeg.jpg",
    "docx-renamed.pdf",
    "fpdf2-owner-rc4.pdf",
    "google-motion-photo-layout.jpg",
    "hand-cr-eol.pdf",
    "hand-incremental-update.pdf",
    "heif-enc.heic",
    "html-error-page.pdf",
    "latin1-to-utf8.jpg",
    "lf-to-crlf.png",
    "no-dht.jpg",
    "no-iend.png",
    "no-sos.jpg",
    "oxipng-max.png",
    "pdfkit-attachment.pdf",
    "piexif-thumbnail.jpg",
    "pillow-1x1.png",
    "pillow-mpo.jpg",
    "pillow.ico",
    "polyglot-html-comment.pdf",
    "polyglot-pdf-in-chunk.png",
    "prepended-http-head.pdf",
    "prepended-multipart-head.png",
    "pypng-palette-manyidat.png",
    "qpdf-linearized-objstm.pdf",
    "qpdf-objstm.pdf",
    "root-dangling.pdf",
    "samsung-seft-trailer-layout.jpg",
    "svg-script-renamed.png",
    "text-about-pdf.txt",
    "trailing-zip.png",
    "trunc-idat-quarter.png",
    "trunc-scan-50pct.jpg",
    "xrefstream-trunc-half.pdf",
    "zip-with-stored-pdf.zip",
];

pub(super) fn evidence() -> EvidenceVectors {
    EvidenceVectors {
        version: VERSION,
        cases: FILES.iter().map(|(name, bytes)| case(name, bytes)).collect(),
    }
}

fn case(name: &'static str, bytes: &[u8]) -> Case {
    let check = |policy| {
        let mut checker = Checker::new(policy);
        checker.feed(bytes);
        checker.finish()
    };
    let reviewer = check(Policy::reviewer());
    Case {
        name,
        length: bytes.len(),
        sha256: sha256(bytes),
        detected: reviewer.detected.name(),
        contract: Outcome::of(&check(Policy::contract())),
        reviewer: Outcome::of(&reviewer),
        bytes: base64(bytes),
    }
}

impl Outcome {
    fn of(report: &Report) -> Self {
        let finding = |it: &rebuttal_validate::Finding| Finding {
            code: it.code.as_str(),
            severity: it.severity.as_str(),
            offset: it.offset,
            clause: it.clause().map(|clause| clause.id),
        };
        Self {
            outcome: report.outcome().as_str(),
            findings: report.findings.iter().map(finding).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_vectors_are_the_table_of_the_tests() {
        let table: Value =
            serde_json::from_str(include_str!("../../../validate/tests/evidence/index.json")).unwrap();
        let rows = table.as_array().unwrap();
        let vectors = evidence();
        assert_eq!(rows.len(), vectors.cases.len());
        for (row, case) in rows.iter().zip(&vectors.cases) {
            assert_eq!(row["file"], case.name);
            assert_eq!(row["outcome"], case.reviewer.outcome, "{}", case.name);
            let findings = case.reviewer.findings.iter().map(|it| match it.offset {
                Some(offset) => format!("{}@{offset}", it.code),
                None => it.code.to_owned(),
            });
            assert_eq!(
                row["findings"],
                Value::from(findings.collect::<Vec<_>>()),
                "{}",
                case.name
            );
        }
    }
}
