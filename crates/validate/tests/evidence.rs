//! A small part of the evidence set, kept with the crate: what each file comes to, finding by finding.

mod feeding;

use std::{collections::BTreeSet, fs, path::Path};

use feeding::{Lengths, check, check_in_chunks};
use rebuttal_validate::{Checker, Code, Outcome, Policy, Report};
use serde_json::Value;

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    fs::read(folder.join(name)).expect("a file of the table")
}

/// The rows of `index.json`: file, and what is expected of it.
fn rows() -> Vec<(String, Value)> {
    let table: Value = serde_json::from_slice(&read("index.json")).expect("JSON");
    let rows: Vec<_> = table
        .as_array()
        .expect("an array")
        .iter()
        .map(|row| (row["file"].as_str().expect("a name").to_owned(), row.clone()))
        .collect();
    assert!(rows.len() >= 30, "{} rows", rows.len());
    rows
}

/// The findings as the table writes them: `code` or `code@offset`.
fn findings(report: &Report) -> Value {
    report
        .findings
        .iter()
        .map(|finding| match finding.offset {
            Some(offset) => format!("{}@{offset}", finding.code.as_str()),
            None => finding.code.as_str().to_owned(),
        })
        .collect()
}

#[test]
fn each_file_comes_to_what_the_table_says() {
    for (file, row) in rows() {
        let report = check(&read(&file), Policy::reviewer());
        assert_eq!(row["outcome"], report.outcome().as_str(), "{file}: {report:?}");
        assert_eq!(row["detected"], report.detected.name(), "{file}");
        assert_eq!(row["findings"], findings(&report), "{file}");
    }
}

#[test]
fn the_table_lists_every_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let there: BTreeSet<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "index.json" && !name.starts_with('.'))
        .collect();
    let listed: BTreeSet<_> = rows().into_iter().map(|(file, _)| file).collect();
    assert_eq!(there, listed);
}

#[test]
fn the_chunking_changes_nothing() {
    for (file, _) in rows() {
        let bytes = read(&file);
        let whole = check(&bytes, Policy::reviewer());
        for lengths in Lengths::ALL {
            let report = check_in_chunks(&bytes, Policy::reviewer(), lengths);
            assert_eq!(report, whole, "{file} at {lengths:?}");
        }
    }
}

#[test]
fn name_and_declared_type_change_no_outcome() {
    for (file, _) in rows() {
        let bytes = read(&file);
        let plain = check(&bytes, Policy::reviewer());
        for (name, media_type) in [
            ("a.png", "image/png"),
            ("a.jpg", "image/jpeg"),
            ("a.pdf", "application/pdf"),
            ("a.heic", "image/heic"),
            ("", ""),
            ("..", ";"),
        ] {
            let mut checker = Checker::new(Policy::reviewer())
                .with_name(name)
                .with_declared_type(media_type);
            checker.feed(&bytes);
            let mut report = checker.finish();
            assert_eq!(report.outcome(), plain.outcome(), "{file} as {name}");
            report
                .findings
                .retain(|finding| !finding.code.as_str().ends_with("_disagrees"));
            assert_eq!(report, plain, "{file} as {name}");
        }
    }
}

/// What a check may miss or see otherwise that does not inflate: image data that was written wrong, and
/// whether the last row came of a picture without IEND.
#[test]
fn a_check_that_does_not_inflate_differs_only_where_inflating_decides() {
    let judge = |bytes: &[u8]| {
        let mut quick = Checker::new(Policy::contract()).without_inflating();
        quick.feed(bytes);
        let (quick, whole) = (quick.finish(), check(bytes, Policy::contract()));
        (quick.outcome(), quick.rejection().map(|it| it.code), whole)
    };
    for (file, _) in rows() {
        let bytes = read(&file);
        let (outcome, code, whole) = judge(&bytes);
        if file == "no-iend.png" {
            assert_eq!((outcome, code), (Outcome::Reject, Some(Code::PngTruncated)));
            assert_eq!(whole.outcome(), Outcome::Accept);
        } else {
            assert_eq!(outcome, whole.outcome(), "{file}");
            assert_eq!(code, whole.rejection().map(|it| it.code), "{file}");
        }
    }
    // No zlib stream at all, under a checksum that holds.
    let mut wrong = read("pillow-1x1.png");
    let name = wrong.windows(4).position(|it| it == b"IDAT").unwrap();
    let length = u32::from_be_bytes(wrong[name - 4..name].try_into().unwrap()) as usize;
    wrong[name + 4..name + 4 + length].fill(0);
    let sum = crc32fast::hash(&wrong[name..name + 4 + length]).to_be_bytes();
    wrong[name + 4 + length..][..4].copy_from_slice(&sum);
    let (outcome, _, whole) = judge(&wrong);
    assert_eq!(outcome, Outcome::Accept);
    assert_eq!(whole.rejection().map(|it| it.code), Some(Code::PngZlibError));
}

#[test]
fn a_sound_file_cut_anywhere_is_never_accepted() {
    // Cut in what a camera adds behind the picture, a file is still whole; so is a PDF less its last line end.
    let sound = [
        ("oxipng-max.png", 0),
        ("pypng-palette-manyidat.png", 0),
        ("pillow-1x1.png", 0),
        ("cjpeg-smooth-q1.jpg", 0),
        ("piexif-thumbnail.jpg", 0),
        ("hand-cr-eol.pdf", 0),
        ("qpdf-objstm.pdf", 1),
        ("qpdf-linearized-objstm.pdf", 1),
    ];
    for (file, may_miss) in sound {
        let bytes = read(file);
        assert_eq!(
            check(&bytes, Policy::reviewer()).outcome(),
            Outcome::Accept,
            "{file}"
        );
        for length in 0..bytes.len() - may_miss {
            let report = check(&bytes[..length], Policy::reviewer());
            assert_ne!(report.outcome(), Outcome::Accept, "{file} cut to {length} bytes");
        }
    }
}
