//! What people and programs are told of a file.

use std::collections::BTreeSet;

use rebuttal_model::Kind;
use rebuttal_validate::{
    Checker, Code, Detected, Finding, Language, Outcome, Policy, Report, Severity, check_kind,
};
use serde_json::{Value, json};

/// Checks a file that comes with a name, a declared type and a `kind`, and reads what is told of it. Of the first byte,
/// bit 0 says that image data is not inflated, bits 1 and 2 how strict the check is; up to the first line feed stand the
/// name, the type and the kind, parted by tabs; the file is the rest.
///
/// # Panics
///
/// When a text is missing in one of the languages, or is not the same in JSON; when a finding has no code that can be
/// named in a policy; when a policy judges a finding another way than the file; when what comes with a file changes the
/// verdict; or when a `kind` is advised that is none, or none is where one was meant.
pub fn evidence_report(input: &[u8]) {
    let [setting, input @ ..] = input else { return };
    let end = input
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(input.len());
    let (line, file) = input.split_at(end);
    let file = file.get(1..).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split('\t');
    let mut word = || words.next().unwrap_or_default();
    let (name, media_type, kind) = (word(), word(), word());
    let policy = match setting >> 1 & 3 {
        0 => Policy::contract(),
        1 => Policy::reviewer().strict(),
        _ => Policy::reviewer(),
    };
    let check = |policy: Policy| {
        let checker = Checker::new(policy);
        if setting & 1 == 0 {
            checker
        } else {
            checker.without_inflating()
        }
    };
    let read = |mut checker: Checker| {
        checker.feed(file);
        checker.finish()
    };
    let report = read(check(policy).with_name(name).with_declared_type(media_type));
    told(&report);
    judged(&report, policy);
    let bare = read(check(policy));
    assert_eq!(
        (report.detected, report.outcome(), report.rejection()),
        (bare.detected, bare.outcome(), bare.rejection()),
        "named {name:?}, declared {media_type:?}"
    );
    // Less is known of a picture that is not inflated, and never something worse.
    let full = {
        let mut checker = Checker::new(policy);
        checker.feed(file);
        checker.finish()
    };
    assert!(
        bare.detected == full.detected || setting & 1 != 0,
        "{bare:?}, {full:?}"
    );
    named(kind);
}

/// The report as JSON says what the report says.
fn told(report: &Report) {
    let json = serde_json::to_value(report).expect("a report is JSON");
    assert_eq!(json["bytes"], report.bytes);
    let detected = match report.detected {
        Detected::Empty => json!("empty"),
        Detected::Unknown => json!("unknown"),
        Detected::Allowed(format) => json!({ "allowed": format }),
        Detected::Other(other) => json!({ "other": other.as_str() }),
    };
    assert_eq!(json["detected"], detected);
    if let Detected::Other(other) = report.detected {
        assert!(!other.name().is_empty() && !other.advice().is_empty());
    }
    assert!(!report.detected.name().is_empty());
    let worst = report.findings.iter().map(|it| it.severity).max();
    let (outcome, word) = match worst {
        None | Some(Severity::Note) => (Outcome::Accept, "accept"),
        Some(Severity::Warning) => (Outcome::Warn, "warn"),
        Some(Severity::Rejection) => (Outcome::Reject, "reject"),
    };
    assert_eq!((report.outcome(), report.outcome().as_str()), (outcome, word));
    let findings = json["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), report.findings.len());
    for (finding, json) in report.findings.iter().zip(findings) {
        let wanted = json!({
            "code": finding.code.as_str(),
            "severity": finding.severity.as_str(),
            "offset": finding.offset,
            "expected": finding.expected,
            "found": finding.found,
            "advice": finding.advice,
        });
        assert_eq!(json, &wanted);
        legible(finding);
    }
}

/// A finding has a code that people can name, and advice in each language.
fn legible(finding: &Finding) {
    let code = finding.code;
    assert_eq!(code.as_str().parse(), Ok(code));
    let unknown = format!("{}_", code.as_str())
        .parse::<Code>()
        .expect_err("no code");
    assert!(unknown.to_string().starts_with("expected "), "{unknown}");
    assert!(!code.about().is_empty() && code.about().trim() == code.about());
    let advice: BTreeSet<_> = Language::ALL
        .iter()
        .map(|language| (language.as_str(), finding.advice_in(*language)))
        .collect();
    let texts: BTreeSet<_> = advice.iter().map(|(_, text)| text).collect();
    assert_eq!((advice.len(), texts.len()), (3, 3), "not translated: {finding:?}");
    for (language, text) in &advice {
        let foreign = *language != "en";
        assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        assert_eq!(foreign, !text.is_ascii(), "{language}: {text}");
    }
    assert_eq!(finding.advice_in(Language::English), finding.advice);
    for language in Language::ALL {
        assert!(!code.advice_in(language).is_empty());
    }
    let refuses = finding.severity == Severity::Rejection && code.worst() == Severity::Rejection;
    assert!(
        finding.clause().is_some() || !refuses,
        "refused by no clause: {finding:?}"
    );
}

/// The policy that a file was checked under leaves its findings as they are, and its switches do what they say.
fn judged(report: &Report, policy: Policy) {
    for finding in &report.findings {
        assert_eq!(policy.judge(finding.clone()).as_ref(), Some(finding));
        let code = finding.code;
        let denied = policy.deny(code).judge(finding.clone());
        assert_eq!(denied.map(|it| it.severity), Some(Severity::Rejection));
        let allowed = policy.allow(code).severity(finding);
        assert_eq!(allowed, Some(Severity::Note), "{finding:?} is allowed");
        let warned = policy.warn(code).severity(finding);
        assert!(
            warned.is_some_and(|it| it >= Severity::Warning),
            "{finding:?} is a warning"
        );
        // The last word on a code counts.
        assert_eq!(policy.deny(code).allow(code), policy.allow(code));
        assert_eq!(policy.allow(code).warn(code), policy.warn(code));
    }
}

/// A kind is one of four to the letter; where one was meant, the advice says which.
fn named(text: &str) {
    match check_kind(text) {
        Ok(kind) => {
            assert_eq!(kind.as_str(), text);
            assert_eq!(
                serde_json::to_value(kind).expect("a kind is JSON"),
                Value::from(text)
            );
        }
        Err(finding) => {
            assert!(
                !Kind::ALL.iter().any(|kind| kind.as_str() == text),
                "{text:?} is a kind"
            );
            assert_eq!(
                (finding.code, finding.severity),
                (Code::BadKind, Severity::Rejection)
            );
            legible(&finding);
            let words = text.trim().replace([' ', '-'], "_").to_ascii_lowercase();
            let meant = Kind::ALL.iter().find(|kind| kind.as_str() == words);
            let advised = finding.advice.strip_prefix("write it as ");
            assert_eq!(advised, meant.map(|kind| kind.as_str()), "{text:?}");
        }
    }
}
