//! The check of files.

use arbitrary::Unstructured;
use rebuttal_model::Format;
use rebuttal_validate::{Checker, Code, Outcome, Policy, Progress, Report, Severity};

use super::cut::{self, Chunks};
use crate::generators::{edited, evidence};

/// Checks a file, and again in one of the ways that must not matter, which the file itself chooses.
///
/// # Panics
///
/// When the report depends on how the file is cut, or the outcome on its name, its declared type or the policy in
/// another way than its switches say; when a decision is taken back; or when a finding cannot be located or read.
pub fn evidence_any(file: &[u8]) {
    hold(file, usize::from(sum(file)));
}

/// Checks a PNG. Bit 0 of the first byte says whether the rest is a file (`0`) or what one is drawn from; bit 1
/// whether its checksums are set right, so that damage gets past them; the others choose as in [`evidence_any`].
///
/// # Panics
///
/// As [`evidence_any`].
pub fn evidence_png(input: &[u8]) {
    of_format(Format::Png, input);
}

/// Checks a JPEG, as [`evidence_png`] does a PNG.
///
/// # Panics
///
/// As [`evidence_any`].
pub fn evidence_jpeg(input: &[u8]) {
    of_format(Format::Jpeg, input);
}

/// Checks a PDF, as [`evidence_png`] does a PNG.
///
/// # Panics
///
/// As [`evidence_any`].
pub fn evidence_pdf(input: &[u8]) {
    of_format(Format::Pdf, input);
}

fn of_format(format: Format, input: &[u8]) {
    let [setting, rest @ ..] = input else { return };
    let mut file = if setting & 1 == 0 {
        rest.to_vec()
    } else {
        let mut u = Unstructured::new(rest);
        let drawn = evidence::drawn(&mut u, format).and_then(|file| edited(&mut u, file));
        drawn.expect("every input makes a file")
    };
    if setting & 2 != 0 {
        evidence::mend(format, &mut file);
    }
    hold(&file, usize::from(setting >> 2) + usize::from(sum(&file)));
}

/// Checks a file in every way that must not matter.
///
/// # Panics
///
/// As [`evidence_any`].
pub fn every_way(file: &[u8]) {
    for choice in 0..WAYS * Code::ALL.len() {
        hold(file, choice);
    }
}

/// How many ways there are to check a file again.
const WAYS: usize = 8;

fn sum(file: &[u8]) -> u8 {
    file.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

fn hold(file: &[u8], choice: usize) {
    let whole = check(Policy::reviewer(), cut::whole(file));
    makes_sense(&whole, file);
    let cuts = choice.to_le_bytes()[0];
    let refused = |report: &Report| report.outcome() == Outcome::Reject;
    let (way, code) = (choice % WAYS, Code::ALL[choice / WAYS % Code::ALL.len()]);
    let switched = match way {
        0 => Policy::contract(),
        1 => Policy::reviewer().strict(),
        2 => Policy::reviewer().strict().allow(code),
        3 => Policy::reviewer().deny(code).allow(Code::TypeNotAllowed),
        4 => Policy::contract().warn(code),
        5 => {
            named(file, &whole);
            return;
        }
        _ => Policy::reviewer(),
    };
    let again = check(switched, cut::chosen(file, cuts));
    match way {
        0 => {
            assert_eq!(
                (again.detected, refused(&again)),
                (whole.detected, refused(&whole)),
                "by policy"
            );
            assert_ne!(again.outcome(), Outcome::Warn, "a contract has no warnings");
        }
        1 => {
            let told = whole.outcome() != Outcome::Accept;
            assert_eq!(
                (again.detected, refused(&again)),
                (whole.detected, told),
                "strict"
            );
        }
        2..=4 => {
            assert_eq!(again, check(switched, cut::whole(file)), "{switched:?}");
            assert_eq!(again.detected, whole.detected, "{switched:?}");
        }
        _ => {
            assert_eq!(again, whole, "cut {cuts}");
            if way == 6 {
                assert_eq!(
                    check(switched, cut::even(file, 1000)),
                    whole,
                    "cut into thousands"
                );
                assert_eq!(check(switched, cut::uneven(file, cuts)), whole, "cut unevenly");
            }
        }
    }
}

/// Neither name nor declared type change what a file is.
fn named(file: &[u8], whole: &Report) {
    for (name, media_type) in [
        ("slip.png", "image/png"),
        ("a.heic", "application/pdf"),
        (".", "x"),
    ] {
        let mut checker = Checker::new(Policy::reviewer())
            .with_name(name)
            .with_declared_type(media_type);
        checker.feed(file);
        let named = checker.finish();
        let found = (named.detected, named.outcome());
        assert_eq!(found, (whole.detected, whole.outcome()), "named {name}");
    }
}

fn check(policy: Policy, chunks: Chunks<'_>) -> Report {
    let mut checker = Checker::new(policy);
    let mut decided = false;
    for chunk in chunks {
        match checker.feed(chunk) {
            Progress::Decided => decided = true,
            Progress::More => assert!(!decided, "a decision was taken back"),
        }
    }
    let report = checker.finish();
    assert!(
        !decided || report.outcome() == Outcome::Reject,
        "decided, and not refused"
    );
    report
}

fn makes_sense(report: &Report, file: &[u8]) {
    assert_eq!(report.bytes, file.len() as u64);
    assert_eq!(report.rejection().is_some(), report.outcome() == Outcome::Reject);
    assert!(report.findings.len() <= Code::ALL.len());
    for (index, finding) in report.findings.iter().enumerate() {
        let repeated = report.findings[..index]
            .iter()
            .any(|earlier| earlier.code == finding.code);
        assert!(!repeated, "{:?} twice", finding.code);
        assert!(
            finding.offset.is_none_or(|offset| offset <= file.len() as u64),
            "{finding:?}"
        );
        for text in [&finding.expected, &finding.found, &finding.advice] {
            assert!(!text.is_empty() && text.chars().count() <= 400, "{finding:?}");
        }
        let refuses = finding.severity == Severity::Rejection;
        assert!(
            !refuses || finding.clause().is_some(),
            "refused by no clause: {finding:?}"
        );
    }
}
