//! The deep mode: what only a decoder sees is told, and what real producers write is not.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use rebuttal_validate::{Checker, Code, Outcome, Policy, Report, Severity, deep};
use serde_json::Value;

fn check(bytes: &[u8], policy: Policy) -> Report {
    let mut checker = Checker::new(policy);
    checker.feed(bytes);
    checker.finish()
}

fn examine(bytes: &[u8], policy: Policy) -> Report {
    let mut report = check(bytes, policy);
    deep::examine(bytes, &policy, &mut report);
    report
}

/// What the deep mode adds, as `code@offset`.
fn added(bytes: &[u8]) -> Vec<String> {
    let before = check(bytes, Policy::reviewer()).findings;
    let after = examine(bytes, Policy::reviewer()).findings;
    assert_eq!(after[..before.len()], before);
    let added = after[before.len()..].iter();
    added
        .map(|it| format!("{}@{}", it.code.as_str(), it.offset.expect("an offset")))
        .collect()
}

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(kept().join(name)).expect("a file of the set")
}

#[test]
fn each_file_kept_with_the_crate_comes_to_what_the_table_says() {
    let table: Value = serde_json::from_slice(&read("index.json")).expect("JSON");
    let rows = table.as_array().expect("an array");
    assert!(rows.len() >= 30, "{} rows", rows.len());
    let mut with = 0;
    for row in rows {
        let file = row["file"].as_str().expect("a name");
        let wanted: Vec<_> = row["deep"]
            .as_array()
            .map(|codes| codes.iter().map(|code| code.as_str().expect("a code")).collect())
            .unwrap_or_default();
        with += usize::from(!wanted.is_empty());
        assert_eq!(added(&read(file)), wanted, "{file}");
    }
    assert!(with > 2, "{with} rows with findings");
}

/// The set beside a checkout; where it is absent this says so and passes.
#[test]
fn every_outcome_over_the_evidence_set_is_one_that_the_index_accepts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/evidence");
    if !folder.is_dir() {
        let told = writeln!(io::stderr(), "SKIPPED: no evidence set at {}", folder.display());
        told.expect("a place for messages");
        return;
    }
    let index = fs::read(folder.join("index.json")).expect("an index");
    let index: Value = serde_json::from_slice(&index).expect("JSON");
    let files = index["files"].as_array().expect("an array");
    assert!(files.len() >= 318, "{} files", files.len());
    for file in files {
        let path = file["path"].as_str().expect("a path");
        let bytes = fs::read(folder.join(path)).expect("a file of the set");
        for policy in [Policy::reviewer(), Policy::contract()] {
            let before = check(&bytes, policy).outcome();
            let report = examine(&bytes, policy);
            let acceptable = file["acceptable"].as_array().expect("an array");
            let right = acceptable.iter().any(|it| it == report.outcome().as_str());
            // The contract does not warn; that it takes what may be warned of is no disagreement.
            let is_quiet = report.outcome() == before && policy == Policy::contract();
            assert!(right || is_quiet, "{path}: {acceptable:?}, but {report:?}");
            if file["reason"] == "ok" {
                let graver = report.outcome() > before;
                assert!(!graver, "{path} is sound: {report:?}");
            }
        }
    }
}

/// A PDF of the objects, each without its number, the first of which is the catalogue.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    for (object, number) in objects.iter().zip(1..) {
        file.extend(format!("{number} 0 obj{object}endobj\n").into_bytes());
    }
    let at = file.len();
    file.extend(format!("xref\n0 0\ntrailer<</Size 9/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").into_bytes());
    file
}

fn stream(keys: &str, data: &str) -> String {
    format!("<<{keys}/Length {}>>stream\n{data}\nendstream\n", data.len())
}

/// An object stream of members with their numbers.
fn object_stream(members: &[(u32, &str)]) -> String {
    let (mut head, mut body) = (String::new(), String::new());
    for (number, member) in members {
        head = format!("{head}{number} {} ", body.len());
        body = format!("{body}{member} ");
    }
    let keys = format!("/Type/ObjStm/N {}/First {}", members.len(), head.len());
    stream(&keys, &(head + &body))
}

const CATALOGUE: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>";
const HIDDEN: &str = "<</Type/Catalog/Pages 9 0 R>>";

/// `code@offset` as `code@number of the object there`.
fn with_object(finding: &str, file: &[u8]) -> String {
    let (code, offset) = finding.split_once('@').expect("an offset");
    let object = &file[offset.parse().expect("a number")..];
    let end = memchr::memmem::find(object, b" 0 obj").expect("an object");
    format!("{code}@{}", String::from_utf8_lossy(&object[..end]))
}

#[test]
fn what_is_wrong_in_a_document_is_told_where_it_is() {
    let text = stream("", "0 0 m");
    let page = "<</Type/Page/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>/Font<</F 6 0 R>>>>>>";
    let picture = stream("/Subtype/Image/Filter/DCTDecode", "no JPEG");
    let flate = stream("/Filter/FlateDecode", "\x07\x07\x07");
    let list = stream("/Filter[/FlateDecode/ASCIIHexDecode]", "\x07\x07\x07");
    let document = stream("", "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj");
    let form = stream("/Subtype/Form/Resources<</XObject<</I 7 0 R>>>>", "/I Do");
    let two = object_stream(&[(9, "<</Type/Pages/Kids[3 0 R 8 0 R]/Count 7>>"), (8, PAGE)]);
    let none = object_stream(&[(9, "<</Type/Pages/Kids[]/Count 0>>")]);
    let script = object_stream(&[(7, "[<</S/#4aavaScript/JS(app.alert)>>]"), (8, "<</S/Launch>>")]);
    let form_of_fields = object_stream(&[
        (7, "<</XFA[]/Names<</EmbeddedFiles<<>>>>>>"),
        (8, "<</Collection<<>>>>"),
    ]);
    let cases: Vec<(&str, Vec<&str>, Vec<&str>)> = vec![
        ("sound", vec![CATALOGUE, PAGES, PAGE, &text], vec![]),
        ("no page", vec![HIDDEN, &none], vec!["deep_pdf_no_pages@2"]),
        (
            "another number of pages",
            vec![HIDDEN, &two, PAGE, &text],
            vec!["deep_pdf_page_count@2"],
        ),
        (
            "another number, and a kid missing",
            vec![
                CATALOGUE,
                "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 1>>",
                PAGE,
                &text,
            ],
            vec!["deep_pdf_object_missing@2"],
        ),
        (
            "no contents",
            vec![CATALOGUE, PAGES, "<</Type/Page>>"],
            vec!["deep_pdf_blank@2"],
        ),
        (
            "empty contents",
            vec![CATALOGUE, PAGES, PAGE, "<</Length 0>>stream\nendstream\n"],
            vec!["deep_pdf_blank@2"],
        ),
        (
            "a form's fields only",
            vec![CATALOGUE, PAGES, "<</Type/Page/Annots[9 0 R]>>"],
            vec![],
        ),
        (
            "contents missing",
            vec![CATALOGUE, PAGES, PAGE],
            vec!["deep_pdf_object_missing@3", "deep_pdf_blank@2"],
        ),
        (
            "contents missing in part",
            vec![CATALOGUE, PAGES, "<</Type/Page/Contents[4 0 R 9 0 R]>>", &text],
            vec!["deep_pdf_object_missing@3"],
        ),
        (
            "contents that do not inflate",
            vec![CATALOGUE, PAGES, PAGE, &flate],
            vec!["deep_pdf_stream_damaged@4", "deep_pdf_blank@2"],
        ),
        (
            "contents in two filters, the first of which does not inflate",
            vec![CATALOGUE, PAGES, PAGE, &list],
            vec!["deep_pdf_stream_damaged@4", "deep_pdf_blank@2"],
        ),
        (
            "an object inside a stream, which is none of the document",
            vec![CATALOGUE, PAGES, PAGE, &document],
            vec![],
        ),
        (
            "a font missing",
            vec![CATALOGUE, PAGES, page, &text, &text],
            vec!["deep_pdf_object_missing@3"],
        ),
        (
            "a picture that is none",
            vec![CATALOGUE, PAGES, page, &text, &picture, "<<>>"],
            vec!["deep_image_undecodable@5"],
        ),
        (
            "a picture missing in a form",
            vec![CATALOGUE, PAGES, page, &text, &form, "<<>>"],
            vec!["deep_pdf_object_missing@5"],
        ),
        (
            "a page tree that is no dictionary",
            vec![CATALOGUE, "(2)"],
            vec!["deep_pdf_unreadable@1"],
        ),
        (
            "a script that hides",
            vec![CATALOGUE, PAGES, PAGE, &text, &script],
            vec!["pdf_javascript@5", "pdf_launch_action@5"],
        ),
        (
            "forms and files that hide",
            vec![CATALOGUE, PAGES, PAGE, &text, &form_of_fields],
            vec!["pdf_embedded_files@5", "pdf_xfa@5", "pdf_portfolio@5"],
        ),
    ];
    for (name, objects, wanted) in cases {
        let file = pdf(&objects);
        let found = added(&file);
        // Each is written with the object that its offset is the start of.
        let found: Vec<_> = found.iter().map(|it| with_object(it, &file)).collect();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn more_pages_than_a_network_takes_are_a_note_for_reviewers() {
    for (pages, wanted) in [(18, vec![]), (19, vec!["pages_for_networks@2"])] {
        let kids: Vec<_> = (4..4 + pages).map(|number| format!("{number} 0 R")).collect();
        let kids = kids.join(" ");
        let tree = format!("<</Type/Pages/Kids[{kids}]/Count {pages}>>");
        let text = stream("", "0 0 m");
        let mut objects = vec![CATALOGUE, &tree, &text];
        objects.resize(3 + pages, "<</Type/Page/Contents 3 0 R>>");
        let file = pdf(&objects);
        let found: Vec<_> = added(&file).iter().map(|it| with_object(it, &file)).collect();
        assert_eq!(found, wanted, "{pages} pages");
        let codes = examine(&file, Policy::contract()).findings;
        assert_eq!(codes, [], "{pages} pages");
    }
}

#[test]
fn only_a_document_known_to_have_no_page_is_refused() {
    let none = object_stream(&[(9, "<</Type/Pages/Kids[]/Count 0>>")]);
    let report = examine(&pdf(&[HIDDEN, &none]), Policy::contract());
    let finding = report.rejection().expect("a reason");
    assert_eq!(finding.code, Code::DeepPdfNoPages);
    assert_eq!(finding.clause().map(|it| it.id), Some("upload.bad-format"));
    // The pages may be in the object stream that cannot be read.
    let damaged = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", "\x07\x07");
    let report = examine(&pdf(&[HIDDEN, &none, &damaged]), Policy::contract());
    assert_eq!(report.outcome(), Outcome::Accept, "{report:?}");
}

#[test]
fn an_object_defined_again_counts_as_it_was_defined_last() {
    let mut file = pdf(&[
        CATALOGUE,
        "<</Type/Pages/Kids[]/Count 9>>",
        PAGE,
        &stream("", "0 0 m"),
    ]);
    let at = file.len();
    let update = format!("2 0 obj{PAGES}endobj\nxref\n0 0\ntrailer<</Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n");
    file.extend_from_slice(update.as_bytes());
    assert_eq!(added(&file), [""; 0]);
}

#[test]
fn a_jpeg_without_half_of_its_scan_data_passes_the_structure_and_not_the_decoder() {
    let whole = read("piexif-thumbnail.jpg");
    let data = memchr::memmem::rfind(&whole, b"\xFF\xDA").expect("a scan");
    let middle = usize::midpoint(data, whole.len());
    // The end marker is still there.
    let cut = [&whole[..middle], b"\xFF\xD9"].concat();
    assert_eq!(check(&cut, Policy::reviewer()).outcome(), Outcome::Accept);
    assert_eq!(added(&cut), ["deep_image_damaged@0"]);
    assert_eq!(examine(&cut, Policy::reviewer()).outcome(), Outcome::Warn);
}

#[test]
fn a_look_deeper_finds_no_file_better_and_refuses_none_that_is_damaged() {
    let samples = [
        "pillow-1x1.png",
        "oxipng-max.png",
        "cjpeg-smooth-q1.jpg",
        "hand-cr-eol.pdf",
        "qpdf-objstm.pdf",
    ];
    let mut graver = 0;
    for name in samples {
        let whole = read(name);
        let mut judge = |bytes: &[u8]| {
            let before = check(bytes, Policy::reviewer());
            let after = examine(bytes, Policy::reviewer());
            assert!(after.outcome() >= before.outcome(), "{name}: {after:?}");
            assert!(
                after.findings.iter().all(|it| it.code != Code::DeepFailed),
                "{name}: {after:?}"
            );
            for finding in &after.findings {
                assert!(finding.severity <= finding.code.worst(), "{name}: {finding:?}");
                assert!(
                    finding.found.len() < 300 && finding.offset.is_some(),
                    "{name}: {finding:?}"
                );
            }
            graver += usize::from(after.outcome() > before.outcome());
        };
        for length in (0..whole.len()).step_by(7) {
            judge(&whole[..length]);
        }
        let mut flipped = whole.clone();
        for bit in (0..8 * whole.len()).step_by(29) {
            flipped[bit / 8] ^= 1 << (bit % 8);
            judge(&flipped);
            flipped[bit / 8] ^= 1 << (bit % 8);
        }
    }
    assert!(graver > 20, "{graver} files that only a decoder finds damaged");
}

#[test]
fn every_code_of_the_deep_mode_is_in_a_test() {
    let deep: BTreeSet<_> = Code::ALL
        .iter()
        .filter(|code| code.as_str().starts_with("deep_"))
        .collect();
    assert_eq!(deep.len(), 10);
    let tests = [include_str!("deep.rs"), include_str!("../src/deep/tests.rs")].concat();
    for code in deep {
        let named = format!("Code::{code:?}");
        assert!(
            tests.contains(&named) || tests.contains(&format!("{}@", code.as_str())),
            "{named}"
        );
        assert!(
            code.worst() >= Severity::Note && code.about().starts_with("`--deep`: "),
            "{named}"
        );
    }
}
