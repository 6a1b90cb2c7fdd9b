use std::panic;

use super::*;
use crate::Checker;

fn examined(limits: Limits, bytes: &[u8]) -> Vec<(Code, Severity, String)> {
    let policy = Policy::reviewer();
    let mut checker = Checker::new(policy);
    checker.feed(bytes);
    let mut report = checker.finish();
    assert_eq!(report.findings, [], "a sample is sound");
    examine_within(limits, bytes, &policy, &mut report);
    let findings = report.findings.into_iter();
    findings.map(|it| (it.code, it.severity, it.found)).collect()
}

const JPEG: &[u8] = include_bytes!("../../tests/evidence/cjpeg-smooth-q1.jpg");
const PNG: &[u8] = include_bytes!("../../tests/evidence/oxipng-max.png");
const PDF: &[u8] = include_bytes!("../../tests/evidence/qpdf-objstm.pdf");

#[test]
fn a_limit_that_is_reached_is_told_and_nothing_else_is() {
    let all = Limits::default();
    let time = Duration::ZERO;
    for (bytes, limits, wanted) in [
        (JPEG, all, None),
        (PNG, all, None),
        (PDF, all, None),
        (
            JPEG,
            Limits {
                jpeg_pixels: 7679,
                ..all
            },
            Some("more pixels in JPEGs"),
        ),
        (JPEG, Limits { time, ..all }, Some("too long to decode")),
        (PNG, Limits { time, ..all }, Some("too long to decode")),
        (PDF, Limits { time, ..all }, Some("too long to decode")),
        (PDF, Limits { objects: 3, ..all }, Some("more objects")),
        (PDF, Limits { kept_bytes: 9, ..all }, Some("more than is kept")),
        (
            PDF,
            Limits {
                inflated_bytes: 9,
                ..all
            },
            Some("more than is inflated"),
        ),
    ] {
        let findings = examined(limits, bytes);
        let told: Vec<_> = findings.iter().filter(|it| it.0 == Code::DeepLimit).collect();
        assert_eq!(
            told.len(),
            usize::from(wanted.is_some()),
            "{limits:?}: {findings:?}"
        );
        for (_, severity, found) in &told {
            assert_eq!(*severity, Severity::Note);
            assert!(found.contains(wanted.unwrap_or_default()), "{limits:?}: {found}");
        }
        // What is not found may be where nobody looked: no limit warns.
        assert!(findings.iter().all(|it| it.1 == Severity::Note), "{findings:?}");
    }
}

#[test]
fn a_panic_of_a_decoder_is_a_finding() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let findings = isolated(|| panic!("as a defect of a decoder would"));
    panic::set_hook(hook);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].code, findings[0].severity),
        (Code::DeepFailed, Severity::Warning)
    );
}

#[test]
fn values_nested_as_deep_as_they_are_read_fit_the_stack() {
    let deep = format!("{}{}", "<</A".repeat(511), ">>".repeat(511));
    for value in [deep, "[".repeat(100_000), "[<</A".repeat(50_000)] {
        let members = format!("4 0 {value}");
        let file = format!(
            "%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/Annots[null]>>endobj\n\
             5 0 obj<</Type/ObjStm/N 1/First 4/Length {}>>stream\n{members}\nendstream endobj\n\
             trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n",
            members.len()
        );
        let policy = Policy::reviewer();
        let mut checker = Checker::new(policy);
        checker.feed(file.as_bytes());
        let mut report = checker.finish();
        examine(file.as_bytes(), &policy, &mut report);
        let failed = report.findings.iter().any(|it| it.code == Code::DeepFailed);
        assert!(!failed && report.outcome() < Outcome::Reject, "{report:?}");
    }
}

#[test]
fn what_the_streaming_check_told_is_not_told_again_and_what_is_refused_is_left_alone() {
    let policy = Policy::reviewer();
    let cut = &JPEG[..JPEG.len() - 40];
    let mut checker = Checker::new(policy);
    checker.feed(cut);
    let mut report = checker.finish();
    let told = report.clone();
    examine(cut, &policy, &mut report);
    assert_eq!(report.findings[..told.findings.len()], told.findings);
    assert_eq!(
        report.findings.last().map(|it| it.code),
        Some(Code::DeepImageDamaged)
    );
    let once = report.clone();
    examine(cut, &policy, &mut report);
    assert_eq!(report, once, "a second look tells nothing twice");

    let strict = policy.strict();
    let mut checker = Checker::new(strict);
    checker.feed(cut);
    let mut refused = checker.finish();
    let told = refused.clone();
    examine(cut, &strict, &mut refused);
    assert_eq!(refused, told);
}

#[test]
fn part_of_a_file_is_not_looked_at() {
    let policy = Policy::reviewer();
    let mut checker = Checker::new(policy);
    checker.feed(JPEG);
    let mut report = checker.finish();
    examine(&JPEG[..JPEG.len() - 40], &policy, &mut report);
    assert_eq!(report.findings[0].found, "a file that is not there as a whole");
    assert_eq!(report.outcome(), Outcome::Accept);
}

#[test]
fn codes_of_the_deep_mode_are_switched_like_others() {
    let cut = &JPEG[..JPEG.len() - 40];
    for (policy, wanted) in [
        (Policy::contract(), Outcome::Accept),
        (Policy::contract().deny(Code::DeepImageDamaged), Outcome::Reject),
        (Policy::reviewer().allow(Code::JpegTruncatedScan), Outcome::Warn),
        (
            Policy::reviewer()
                .allow(Code::JpegTruncatedScan)
                .allow(Code::DeepImageDamaged),
            Outcome::Accept,
        ),
    ] {
        let mut checker = Checker::new(policy).with_name("much too long a name.jpg");
        checker.feed(cut);
        let mut report = checker.finish();
        examine(cut, &policy, &mut report);
        assert_eq!(report.outcome(), wanted, "{policy:?}");
        let has_advice = report.findings.iter().any(|it| it.code.is_advice());
        assert!(!(has_advice && wanted == Outcome::Reject), "{policy:?}");
    }
}

/// What a look within limits tells of a document with these objects besides its catalogue, and this tail.
fn looked_at(limits: Limits, objects: &str, tail: &str) -> Vec<(Code, Severity, String)> {
    let file = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n{objects}xref\n0 0\ntrailer<</Size 9/Root 1 0 R>>\n\
         startxref\n0\n%%EOF\n{tail}"
    );
    let policy = Policy::reviewer();
    let mut checker = Checker::new(policy);
    checker.feed(file.as_bytes());
    let mut report = checker.finish();
    assert!(report.outcome() < Outcome::Reject, "{report:?}");
    let told = report.findings.len();
    examine_within(limits, file.as_bytes(), &policy, &mut report);
    let findings = report.findings.into_iter().skip(told);
    findings.map(|it| (it.code, it.severity, it.found)).collect()
}

/// Without a look at the clock each of these takes a minute or more.
#[test]
fn a_value_that_is_read_again_and_again_ends_with_the_time() {
    let pages = |keys: &str| {
        format!(
            "2 0 obj<</Type/Pages/Kids[{}]>>endobj\n",
            format!("<<{keys}>>").repeat(3_000)
        )
    };
    let long = format!("9 0 obj[{}]endobj\n", "0 ".repeat(500_000));
    let forms = format!(
        "2 0 obj<</Type/Pages/Kids[3 0 R]>>endobj\n3 0 obj<</Resources<</XObject 4 0 R>>>>endobj\n\
         4 0 obj<<{}>>endobj\n{}",
        (10..5000)
            .map(|it| format!("/F{it} {it} 0 R"))
            .collect::<Vec<_>>()
            .concat(),
        (10..5000)
            .map(|it| format!("{it} 0 obj<</Resources 9 0 R/Length 0>>stream\n\nendstream endobj\n"))
            .collect::<Vec<_>>()
            .concat(),
    );
    for (name, objects, tail) in [
        ("trailers", pages(""), "%trailer<</A(".repeat(100_000)),
        ("notes of pages", pages("/Annots 9 0 R") + &long, String::new()),
        ("resources of forms", forms + &long, String::new()),
    ] {
        let limits = Limits {
            time: Duration::from_millis(50),
            ..Limits::default()
        };
        let findings = looked_at(limits, &objects, &tail);
        let wanted = "a file that takes too long to decode".to_owned();
        assert_eq!(findings, [(Code::DeepLimit, Severity::Note, wanted)], "{name}");
    }
}

#[test]
fn pages_are_not_called_empty_when_their_contents_were_left_out() {
    let objects = "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Contents[4 0 R]>>endobj\n\
        4 0 obj<</Length 5>>stream\n0 0 m\nendstream endobj\n";
    // Four objects and a kid; the part of the contents is the sixth.
    for (objects_looked_at, wanted) in [(5, &[Code::DeepLimit][..]), (6, &[])] {
        let limits = Limits {
            objects: objects_looked_at,
            ..Limits::default()
        };
        let codes: Vec<_> = looked_at(limits, objects, "")
            .into_iter()
            .map(|it| it.0)
            .collect();
        assert_eq!(codes, wanted, "{objects_looked_at} objects");
    }
}
