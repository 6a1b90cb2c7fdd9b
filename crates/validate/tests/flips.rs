//! Small files with every single bit changed: refused where a reference decoder fails, and only there. Where the two
//! differ `flips.json` says so, by what we say and which bytes, with the reason; one that no longer occurs fails too.
//!
//! The references are `png`, `zune-jpeg` as it comes, and `hayro-syntax` with at least one page. None of them is
//! always right: a reason says whether we or they see less, or viewers see it as we do.

use std::{collections::BTreeMap, fs, io::Cursor, path::Path};

use rebuttal_validate::{Checker, Outcome, Policy, Report};
use serde_json::Value;
use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

const FILES: [&str; 5] = [
    "pillow-1x1.png",
    "pypng-palette-manyidat.png",
    "cjpeg-smooth-q1.jpg",
    "hand-cr-eol.pdf",
    "qpdf-objstm.pdf",
];

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    fs::read(folder.join(name)).expect("a file of the tests")
}

fn check(bytes: &[u8], policy: Policy) -> Report {
    let mut checker = Checker::new(policy);
    checker.feed(bytes);
    checker.finish()
}

/// Whether the reference decoder makes something of it.
fn decodes(name: &str, bytes: &[u8]) -> bool {
    match name.rsplit('.').next() {
        Some("png") => png_decodes(bytes).is_ok(),
        Some("jpg") => JpegDecoder::new(ZCursor::new(bytes)).decode().is_ok(),
        _ => hayro_syntax::Pdf::new(bytes.to_vec()).is_ok_and(|pdf| !pdf.pages().is_empty()),
    }
}

fn png_decodes(bytes: &[u8]) -> Result<(), png::DecodingError> {
    let limits = png::Limits { bytes: 1 << 20 };
    let mut reader = png::Decoder::new_with_limits(Cursor::new(bytes), limits).read_info()?;
    while reader.next_row()?.is_some() {}
    Ok(())
}

/// What we make of it, and the code that says so.
fn ours(bytes: &[u8]) -> (&'static str, &'static str) {
    let report = check(bytes, Policy::reviewer());
    match report.rejection() {
        Some(finding) => ("refused", finding.code.as_str()),
        None => (
            "taken",
            report
                .findings
                .first()
                .map_or("nothing", |finding| finding.code.as_str()),
        ),
    }
}

/// Where we and the reference differ: the bytes, and the number of bits, by what we say.
fn differences(name: &str) -> BTreeMap<(&'static str, &'static str), (Vec<usize>, u64)> {
    let mut bytes = read(&format!("evidence/{name}"));
    assert!(decodes(name, &bytes), "{name} is sound");
    assert_eq!(
        check(&bytes, Policy::reviewer()).outcome(),
        Outcome::Accept,
        "{name}"
    );
    let mut found = BTreeMap::<_, (Vec<usize>, u64)>::new();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            let (verdict, code) = ours(&bytes);
            if decodes(name, &bytes) == (verdict == "refused") {
                let (places, bits) = found.entry((verdict, code)).or_default();
                places.push(at);
                *bits += 1;
            }
            bytes[at] ^= 1 << bit;
        }
    }
    found
}

/// Sorted numbers as `1-3,7`.
fn ranges(numbers: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *number <= *last + 1 => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let written = ranges.iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    });
    written.collect::<Vec<_>>().join(",")
}

#[test]
fn each_flipped_bit_is_judged_as_a_decoder_would_or_is_listed_with_a_reason() {
    let listed: Value = serde_json::from_slice(&read("flips.json")).expect("JSON");
    let listed = listed.as_array().expect("an array");
    let line = |file: &Value, ours: &Value, code: &Value, bits: &Value, bytes: &Value| {
        format!("\"file\":{file},\"ours\":{ours},\"code\":{code},\"bits\":{bits},\"bytes\":{bytes}")
    };
    let mut wanted: Vec<_> = listed
        .iter()
        .map(|it| {
            assert!(
                it["reason"].as_str().is_some_and(|reason| reason.len() > 20),
                "{it}: no reason"
            );
            line(&it["file"], &it["ours"], &it["code"], &it["bits"], &it["bytes"])
        })
        .collect();
    let mut found = Vec::new();
    for name in FILES {
        for ((verdict, code), (places, bits)) in differences(name) {
            found.push(line(
                &name.into(),
                &verdict.into(),
                &code.into(),
                &bits.into(),
                &ranges(&places).into(),
            ));
        }
    }
    wanted.sort();
    found.sort();
    let missing: Vec<_> = found.iter().filter(|it| !wanted.contains(it)).collect();
    let gone: Vec<_> = wanted.iter().filter(|it| !found.contains(it)).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not listed: {missing:#?}\nlisted, and not so: {gone:#?}"
    );
    assert!(!wanted.is_empty(), "an empty list would prove nothing");
}

#[test]
fn numbers_are_written_as_ranges() {
    assert_eq!(ranges(&[1, 1, 2, 3, 7, 7, 9, 10]), "1-3,7,9-10");
    assert_eq!(ranges(&[]), "");
}

/// Of the bits that are taken in silence where the reference fails, how many the deep mode warns of; a note that
/// something was left out does not count.
#[cfg(feature = "deep")]
#[test]
fn a_deeper_look_tells_of_what_structure_does_not_show() {
    for (name, wanted) in [
        ("cjpeg-smooth-q1.jpg", (151, 0)),
        ("hand-cr-eol.pdf", (307, 87)),
        ("qpdf-objstm.pdf", (2339, 108)),
    ] {
        let mut bytes = read(&format!("evidence/{name}"));
        let (mut told, mut silent) = (0, 0);
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut report = check(&bytes, Policy::reviewer());
            if report.outcome() == Outcome::Accept && !decodes(name, &bytes) {
                rebuttal_validate::deep::examine(&bytes, &Policy::reviewer(), &mut report);
                let is_told = report.outcome() > Outcome::Accept;
                told += usize::from(is_told);
                silent += usize::from(!is_told);
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!((told, silent), wanted, "{name}: told and silent");
    }
}
