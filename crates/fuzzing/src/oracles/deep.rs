//! The check of files that decodes them.

use rebuttal_validate::{Checker, Code, Outcome, Policy, Report, Severity, deep as decoders};

/// Decodes a file, twice.
///
/// How long that may take, and in how much memory, is libFuzzer's to watch (`xtask/src/fuzz/run.rs` has the limits).
///
/// # Panics
///
/// When a decoder panics, though that is caught; when what the streaming check told is gone or the outcome is
/// milder than its own; when a second look tells more than the first; or when a finding cannot be located or read.
pub fn deep(file: &[u8]) {
    // Any policy will do, and the file may as well choose it: each look decodes up to 64 megapixels.
    let policies = [
        Policy::reviewer(),
        Policy::contract(),
        Policy::reviewer().strict(),
    ];
    let policy = policies[file.iter().map(|byte| usize::from(*byte)).sum::<usize>() % policies.len()];
    let before = check(file, policy);
    let mut after = before.clone();
    decoders::examine(file, &policy, &mut after);
    adds_only(&before, &after);
    makes_sense(&after, file);
    if policy == Policy::contract() {
        assert_ne!(after.outcome(), Outcome::Warn, "a contract has no warnings");
    }

    let once = after.clone();
    decoders::examine(file, &policy, &mut after);
    assert_eq!(after, once, "a second look");
}

fn check(file: &[u8], policy: Policy) -> Report {
    // A name that no network takes: a note that a refusal takes back.
    let mut checker = Checker::new(policy).with_name("a name much too long for networks.pdf");
    checker.feed(file);
    checker.finish()
}

/// Whether the second report is the first and more.
fn adds_only(before: &Report, after: &Report) {
    assert_eq!((after.detected, after.bytes), (before.detected, before.bytes));
    assert!(after.outcome() >= before.outcome(), "{before:?}, then {after:?}");
    let refused = after.outcome() == Outcome::Reject;
    let mut rest = after.findings.iter();
    for told in &before.findings {
        // The one thing that may go: no network gets to see what is refused.
        let may_go = refused && told.severity == Severity::Note;
        let mut behind = rest.clone();
        if behind.any(|it| it == told) {
            rest = behind;
        } else {
            assert!(may_go, "{told:?} is gone, or in another place: {after:?}");
        }
    }
    if before.outcome() == Outcome::Reject || before.format().is_none() {
        assert_eq!(before, after, "what is refused is left alone");
    }
}

fn makes_sense(report: &Report, file: &[u8]) {
    for (index, finding) in report.findings.iter().enumerate() {
        let earlier = &report.findings[..index];
        assert!(
            earlier.iter().all(|it| it.code != finding.code),
            "{finding:?} twice"
        );
        assert_ne!(finding.code, Code::DeepFailed, "{finding:?}");
        assert!(
            finding.offset.is_none_or(|offset| offset <= file.len() as u64),
            "{finding:?}"
        );
        for text in [&finding.expected, &finding.found, &finding.advice] {
            assert!(!text.is_empty() && text.chars().count() <= 400, "{finding:?}");
        }
        assert!(!finding.found.contains(char::is_control), "{finding:?}");
        let refuses = finding.severity == Severity::Rejection && finding.code.worst() == Severity::Rejection;
        assert!(
            !refuses || finding.clause().is_some(),
            "refused by no clause: {finding:?}"
        );
    }
}
