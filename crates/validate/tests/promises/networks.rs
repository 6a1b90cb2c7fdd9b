//! What card networks ask for beyond the contract.

use std::io::Write;

use rebuttal_validate::{Checker, Code, Outcome, Policy, Report, Severity};

use crate::{
    feeding::check,
    files::{chunk, jpeg, length, pdf},
};

#[test]
fn more_pixels_than_a_network_takes_are_a_note_for_reviewers() {
    let of_height = |height: u16| {
        let rows = vec![0; usize::from(height) * (1 + 5_000 / 8)];
        let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        deflate.write_all(&rows).expect("memory");
        let [high, low] = height.to_be_bytes();
        let png = [
            &b"\x89PNG\r\n\x1a\n"[..],
            &chunk(b"IHDR", &[0, 0, 0x13, 0x88, 0, 0, high, low, 1, 0, 0, 0, 0]),
            &chunk(b"IDAT", &deflate.finish().expect("memory")),
            &chunk(b"IEND", b""),
        ];
        let mut jpeg = jpeg(1_000);
        let frame = memchr::memmem::find(&jpeg, b"\xFF\xC0").expect("a frame header");
        jpeg[frame + 5..][..4].copy_from_slice(&[high, low, 0x13, 0x88]);
        [(png.concat(), 16), (jpeg, frame as u64 + 5)]
    };
    for (file, _) in of_height(6_000) {
        assert_eq!(check(&file, Policy::reviewer()).findings, []);
    }
    for (file, offset) in of_height(6_001) {
        let report = check(&file, Policy::reviewer());
        let [note] = &report.findings[..] else {
            panic!("{report:?}")
        };
        assert_eq!(
            (note.code, note.severity),
            (Code::PixelsForNetworks, Severity::Note)
        );
        assert_eq!((note.offset, &*note.found), (Some(offset), "5000 x 6001 pixels"));
        assert_eq!(check(&file, Policy::contract()).findings, []);
    }
}

#[test]
fn what_a_network_does_not_take_is_a_note_for_reviewers() {
    let report = |policy, name: &str, bytes: u64| {
        let mut checker = Checker::new(policy).with_name(name);
        let file = pdf(length(bytes));
        checker.feed(&file);
        let codes = |report: &Report| {
            report
                .findings
                .iter()
                .filter(|it| it.severity == Severity::Note)
                .map(|it| it.code)
                .collect::<Vec<_>>()
        };
        codes(&checker.finish())
    };
    assert_eq!(report(Policy::reviewer(), "slip.pdf", 2_000_000), []);
    assert_eq!(
        report(Policy::reviewer(), "slip.pdf", 2_000_001),
        [Code::SizeForNetworks]
    );
    assert_eq!(
        report(Policy::reviewer(), "delivery slip.pdf", 1_000),
        [Code::NameForNetworks]
    );
    // No network gets to see what is refused.
    let mut checker = Checker::new(Policy::reviewer()).with_name("delivery slip.pdf");
    checker.feed(b"%PDF-1.4\n");
    let report_on_refused = checker.finish();
    assert_eq!(report_on_refused.outcome(), Outcome::Reject);
    assert!(
        report_on_refused
            .findings
            .iter()
            .all(|it| it.code != Code::NameForNetworks)
    );
    assert_eq!(report(Policy::contract(), "delivery slip.pdf", 2_000_001), []);
}
