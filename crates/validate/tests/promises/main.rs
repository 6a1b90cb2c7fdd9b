//! What the API promises about sizes, reports and early answers.

#[path = "../feeding/mod.rs"]
mod feeding;
mod files;
mod networks;

use feeding::{Lengths, check, check_in_chunks};
use files::{jpeg, length, pdf, png};
use rebuttal_model::{Format, MAX_FILE_BYTES, SAFE_FILE_BYTES};
use rebuttal_validate::{
    Checker, Code, Detected, Language, OtherFormat, Outcome, Policy, Progress, Severity,
};
use serde_json::json;

#[test]
fn the_limit_is_inclusive_and_one_byte_more_is_too_large() {
    type Build = fn(usize) -> Vec<u8>;
    let builds: [(Build, Format); 3] = [(png, Format::Png), (jpeg, Format::Jpeg), (pdf, Format::Pdf)];
    for (build, format) in builds {
        for (bytes, contract, reviewer, codes) in [
            (SAFE_FILE_BYTES, Outcome::Accept, Outcome::Accept, &[][..]),
            (
                SAFE_FILE_BYTES + 1,
                Outcome::Accept,
                Outcome::Warn,
                &[Code::SizeNearLimit],
            ),
            (
                MAX_FILE_BYTES,
                Outcome::Accept,
                Outcome::Warn,
                &[Code::SizeNearLimit],
            ),
            (
                MAX_FILE_BYTES + 1,
                Outcome::Reject,
                Outcome::Reject,
                &[Code::TooLarge],
            ),
        ] {
            let file = build(length(bytes));
            assert_eq!(file.len() as u64, bytes);
            let report = check_in_chunks(&file, Policy::reviewer(), Lengths::Fixed(64 * 1024));
            let grave = report.findings.iter().filter(|it| it.severity != Severity::Note);
            let found: Vec<_> = grave.map(|finding| finding.code).collect();
            assert_eq!(
                (report.outcome(), found.as_slice()),
                (reviewer, codes),
                "{format}, {bytes} bytes"
            );
            assert_eq!((report.format(), report.bytes), (Some(format), bytes));
            assert_eq!(
                check(&file, Policy::contract()).outcome(),
                contract,
                "{format}, {bytes} bytes"
            );
        }
    }
}

#[test]
fn the_byte_over_the_limit_decides_at_once_and_size_goes_before_format() {
    let mut checker = Checker::new(Policy::contract());
    let whole = pdf(length(MAX_FILE_BYTES));
    assert_eq!(checker.feed(&whole), Progress::More);
    assert_eq!(checker.feed(b""), Progress::More);
    assert_eq!(checker.feed(b"\n"), Progress::Decided);
    let report = checker.finish();
    let finding = report.rejection().unwrap();
    assert_eq!(
        (finding.code, finding.offset),
        (Code::TooLarge, Some(MAX_FILE_BYTES))
    );
    assert_eq!(finding.clause().unwrap().id, "upload.too-large");

    let mut gif = b"GIF89a".to_vec();
    gif.resize(length(MAX_FILE_BYTES) + 1, 0);
    let report = check(&gif, Policy::contract());
    assert_eq!(report.rejection().unwrap().code, Code::TooLarge);
    assert_eq!(report.detected, Detected::Other(OtherFormat::Gif));
}

#[test]
fn a_refusal_is_decided_as_soon_as_it_is_certain() {
    let mut checker = Checker::new(Policy::contract());
    assert_eq!(checker.feed(b"GIF89a"), Progress::More);
    assert_eq!(checker.feed(&[0; 2000]), Progress::Decided);
    assert_eq!(checker.feed(&[0; 2000]), Progress::Decided);
    let report = checker.finish();
    assert_eq!((report.bytes, report.outcome()), (4006, Outcome::Reject));

    let mut broken = png(100_000);
    broken[2000] ^= 1;
    let mut checker = Checker::new(Policy::contract());
    assert_eq!(
        checker.feed(&broken),
        Progress::More,
        "the checksum of an ancillary chunk refuses nothing"
    );
    let mut broken = png(2000);
    broken[20] ^= 1;
    let mut checker = Checker::new(Policy::contract());
    assert_eq!(checker.feed(&broken), Progress::Decided);
}

#[test]
fn the_limits_are_those_of_the_contract() {
    assert_eq!((SAFE_FILE_BYTES, MAX_FILE_BYTES), (10_000_000, 10_485_760));
}

#[test]
fn a_file_without_bytes_is_empty_and_one_of_a_single_byte_is_nothing_known() {
    for policy in [Policy::contract(), Policy::reviewer()] {
        let report = Checker::new(policy).finish();
        let finding = report.rejection().unwrap();
        assert_eq!((report.detected, finding.code), (Detected::Empty, Code::Empty));
        assert_eq!(finding.clause().unwrap().id, "upload.file-empty");
        for byte in 0..=u8::MAX {
            let report = check(&[byte], policy);
            let finding = report.rejection().unwrap();
            assert!(
                matches!(finding.code, Code::TypeUnknown | Code::TypeNotAllowed),
                "{byte:#x}: {finding:?}"
            );
            assert_eq!((report.bytes, finding.offset), (1, Some(0)), "{byte:#x}");
        }
    }
}

#[test]
fn a_header_that_comes_too_late_is_named() {
    for (before, code) in [
        (1024, Code::PdfHeaderOffset),
        (1025, Code::PdfHeaderTooLate),
        (1029, Code::PdfHeaderTooLate),
        (16_000, Code::PdfHeaderTooLate),
        (17_000, Code::TypeNotAllowed),
    ] {
        let file = ["x".repeat(before).into_bytes(), pdf(1000)].concat();
        for lengths in Lengths::ALL {
            let report = check_in_chunks(&file, Policy::reviewer(), lengths);
            let finding = &report.findings[0];
            let at = if code == Code::TypeNotAllowed {
                0
            } else {
                before as u64
            };
            assert_eq!(
                (finding.code, finding.offset),
                (code, Some(at)),
                "{before} bytes before, {lengths:?}"
            );
        }
    }
}

#[test]
fn a_report_is_written_with_stable_names() {
    let mut checker = Checker::new(Policy::reviewer()).with_name("a.png");
    checker.feed(b"GIF89a");
    let report = checker.finish();
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "detected": {"other": "gif"},
            "bytes": 6,
            "findings": [
                {
                    "code": "type_not_allowed",
                    "severity": "rejection",
                    "offset": 0,
                    "expected": "a PNG, JPEG or PDF file",
                    "found": "GIF image",
                    "advice": "open the picture, export it as PNG or JPEG, and send that",
                },
                {
                    "code": "name_disagrees",
                    "severity": "note",
                    "offset": 0,
                    "expected": "a file name that fits the bytes",
                    "found": "a GIF image whose name ends in .png",
                    "advice": "nothing to do: the bytes decide; rename the file if people will look for it",
                },
            ],
        })
    );
    assert_eq!(
        serde_json::to_value(Detected::Allowed(Format::Jpeg)).unwrap(),
        json!({"allowed": "jpeg"})
    );
    assert_eq!(serde_json::to_value(Detected::Empty).unwrap(), "empty");
    assert_eq!(serde_json::to_value(Outcome::Warn).unwrap(), "warn");
}

#[test]
fn the_advice_of_each_code_is_there_in_each_language() {
    for code in Code::ALL {
        assert_eq!(code.advice_in(Language::English), code.advice());
        let [japanese, thai] = [Language::Japanese, Language::Thai].map(|language| code.advice_in(language));
        for (text, script) in [
            (&japanese, '\u{3040}'..='\u{30FF}'),
            (&thai, '\u{0E00}'..='\u{0E7F}'),
        ] {
            assert!(text.chars().any(|it| script.contains(&it)), "{code:?}: {text}");
        }
    }
    assert_eq!(
        Code::Empty.advice_in(Language::Thai),
        "เลือกไฟล์ใหม่อีกครั้ง เพราะไฟล์ที่ส่งมาเป็นไฟล์ว่าง"
    );
}

#[test]
fn outcomes_are_ordered_from_best_to_worst() {
    assert!(Outcome::Accept < Outcome::Warn && Outcome::Warn < Outcome::Reject);
}

#[test]
fn a_check_is_small_whatever_the_file() {
    // Behind it stand at most one walker, each code once, and the larger of two: 43 KiB to inflate a PNG, 32 KiB
    // of object numbers of a PDF.
    assert!(size_of::<Checker>() < 4096, "{} bytes", size_of::<Checker>());
}

#[test]
fn switches_change_the_outcome_and_when_it_is_certain() {
    let gif = b"GIF89a\x01\x00\x01\x00\x00;";
    let reviewer = Policy::reviewer();
    for (policy, bytes, progress, outcome) in [
        (reviewer, &gif[..], Progress::Decided, Outcome::Reject),
        (
            reviewer.allow(Code::TypeNotAllowed),
            gif,
            Progress::More,
            Outcome::Accept,
        ),
        (
            reviewer.warn(Code::TypeNotAllowed),
            gif,
            Progress::More,
            Outcome::Warn,
        ),
        (
            reviewer.allow(Code::Empty),
            gif,
            Progress::Decided,
            Outcome::Reject,
        ),
        (
            Policy::contract().allow(Code::Empty),
            b"",
            Progress::More,
            Outcome::Accept,
        ),
    ] {
        // Past the window, so that the type is decided.
        let mut bytes = bytes.to_vec();
        if !bytes.is_empty() {
            bytes.resize(64 * 1024, 0);
        }
        let mut checker = Checker::new(policy);
        assert_eq!(
            (checker.feed(&bytes), checker.finish().outcome()),
            (progress, outcome),
            "{policy:?}"
        );
    }
}

#[test]
fn a_denied_warning_decides_unless_it_may_still_be_forgotten() {
    // HTML, and a PDF header that no object follows: what is said of the header is forgotten in the end.
    let mut page = b"<html>%PDF-1.4\n".to_vec();
    page.resize(4096, b' ');
    let policy = Policy::reviewer()
        .deny(Code::PolyglotHtml)
        .allow(Code::TypeNotAllowed);
    let mut checker = Checker::new(policy);
    assert_eq!(checker.feed(&page), Progress::More);
    assert_eq!(checker.finish().outcome(), Outcome::Accept);
    let mut checker = Checker::new(policy);
    let mut document = page.clone();
    document.extend_from_slice(b"\n1 0 obj\n<<>>\nendobj\n");
    assert_eq!(checker.feed(&document), Progress::Decided);
    assert_eq!(checker.finish().outcome(), Outcome::Reject);
}
