//! The check of files.

use rebuttal_validate::{Checker, Code, Outcome, Policy, Progress, Report, Severity};

use super::cut;

/// Checks a file, in every way that must not matter.
///
/// # Panics
///
/// When the report depends on how the file is cut, or the outcome on its name, its declared type or the
/// policy in another way than its switches say; when a decision is taken back; or when a finding cannot be located or read.
pub fn evidence(file: &[u8]) {
    let whole = check(Policy::reviewer(), &[file]);
    makes_sense(&whole, file);
    let cuts = file.len().to_le_bytes()[0];
    for chunks in [cut::even(file, 1), cut::even(file, 1000), cut::uneven(file, cuts)] {
        assert_eq!(
            check(Policy::reviewer(), &chunks),
            whole,
            "cut into {} chunks",
            chunks.len()
        );
    }

    let strict = check(Policy::contract(), &[file]);
    let refused = |report: &Report| report.outcome() == Outcome::Reject;
    assert_eq!(
        (strict.detected, refused(&strict)),
        (whole.detected, refused(&whole)),
        "by policy"
    );
    assert_ne!(strict.outcome(), Outcome::Warn, "a contract has no warnings");

    // Any code will do, and the file may as well choose it.
    let code = Code::ALL[file.iter().map(|byte| usize::from(*byte)).sum::<usize>() % Code::ALL.len()];
    for policy in [
        Policy::reviewer().strict(),
        Policy::reviewer().strict().allow(code),
        Policy::reviewer().deny(code).allow(Code::TypeNotAllowed),
        Policy::contract().warn(code),
    ] {
        let switched = check(policy, &cut::even(file, 1000));
        assert_eq!(switched, check(policy, &[file]), "{policy:?}");
        assert_eq!(switched.detected, whole.detected, "{policy:?}");
    }
    let told = |report: &Report| report.outcome() != Outcome::Accept;
    let strict = check(Policy::reviewer().strict(), &[file]);
    assert_eq!(refused(&strict), told(&whole), "strict");

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
        assert_eq!(
            (named.detected, named.outcome()),
            (whole.detected, whole.outcome()),
            "named {name}"
        );
    }
}

fn check(policy: Policy, chunks: &[&[u8]]) -> Report {
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
