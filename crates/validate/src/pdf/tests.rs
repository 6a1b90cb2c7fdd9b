use super::*;
use crate::finding::{
    Finding,
    Severity::{self, Note, Rejection, Warning},
};

/// The findings: code, severity, offset.
type Wanted = &'static [(Code, Severity, u64)];

const HEAD: &str = "%PDF-1.4\n";
pub(super) const CATALOG: &str = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n";
pub(super) const PAGES: &str = "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n";
pub(super) const PAGE: &str = "3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n";
const TRAILER: &str = "trailer<</Size 4/Root 1 0 R>>\n";

/// A document with these objects and this trailer, and a `startxref` that is right.
pub(super) fn pdf(objects: &[&str], trailer: &str) -> Vec<u8> {
    let body = format!("{HEAD}{}", objects.concat());
    format!(
        "{body}xref\n0 1\n0000000000 65535 f \n{trailer}startxref\n{}\n%%EOF\n",
        body.len()
    )
    .into_bytes()
}

/// Header 0, objects 9, 52, 101, xref 142, trailer 171, startxref 201, `%%EOF` 215.
fn sound() -> Vec<u8> {
    pdf(&[CATALOG, PAGES, PAGE], TRAILER)
}

fn with(object: &str) -> Vec<u8> {
    pdf(&[CATALOG, PAGES, PAGE, object], TRAILER)
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(sound()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

pub(super) fn walk(bytes: &[u8]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut walker = Walker::new(0);
    walker.feed(bytes, &mut findings);
    walker.finish(&mut findings);
    findings.into_list()
}

fn assert_table(cases: &[(&str, Vec<u8>, Wanted)]) {
    for (name, bytes, wanted) in cases {
        let findings = walk(bytes);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code, finding.severity, finding.offset.unwrap()))
            .collect();
        assert_eq!(found, *wanted, "{name}: {findings:?}");
        for finding in &findings {
            assert!(finding.severity <= finding.code.worst(), "{name}");
        }
    }
}

#[test]
fn what_producers_write_is_sound() {
    let whole = sound();
    assert_eq!(whole.len(), 221);
    let text = String::from_utf8(whole.clone()).unwrap();
    let update = format!("3 0 obj<</Type/Page>>endobj\nxref\n0 0\n{TRAILER}startxref\n249\n%%EOF");
    let other_root = update.replace("/Root 1 0", "/Root 9 0");
    let empty = "2 0 obj<</Type/Pages/Count 0>>endobj\n";
    let hidden = "3 0 obj<</Type/ObjStm>>stream\n.\nendstream endobj\n";
    let attached = format!(
        "4 0 obj<</Length {}>>stream\n{text}\nendstream endobj\n",
        whole.len()
    );
    let xref = "4 0 obj<</Type/XRef/Root 1 0 R/W[1 2 1]/Length 2>>stream\nab\nendstream endobj\n";
    let body = [HEAD, CATALOG, PAGES, PAGE].concat();
    let by_stream = format!("{body}{xref}startxref\n{}\n%%EOF", body.len());
    let in_stream = format!(
        "{HEAD}4 0 obj<</Type/ObjStm/Length 1>>stream\n.endstream endobj\n{}startxref\n66\n%%EOF",
        xref.replace('4', "5")
    );
    assert_table(&[
        ("plain", whole.clone(), &[]),
        ("no line end at the end", whole[..220].to_vec(), &[]),
        ("blanks at the end", [&whole[..], b"\r\n \n"].concat(), &[]),
        ("CR line ends", text.replace('\n', "\r").into_bytes(), &[]),
        ("version 2.0", replaced("1.4", "2.0"), &[]),
        ("an update", [&whole[..], update.as_bytes()].concat(), &[]),
        (
            "an update that misspells /Root",
            [&whole[..], other_root.as_bytes()].concat(),
            &[],
        ),
        (
            "pages in an object stream",
            pdf(&[CATALOG, empty, hidden], TRAILER),
            &[],
        ),
        (
            "a stream",
            with("4 0 obj<</Length 3>>stream\r\nabc\r\nendstream\nendobj\n"),
            &[],
        ),
        (
            "spaces behind the word stream",
            with("4 0 obj<</Length 3>>stream \t \r\nabc\nendstream endobj\n"),
            &[],
        ),
        (
            "a stream behind a return alone, which starts with spaces",
            with("4 0 obj<</Length 6>>stream\r   abc\nendstream endobj\n"),
            &[],
        ),
        (
            "a stream behind a return alone, which starts with more of them",
            with("4 0 obj<</Length 6>>stream\r\r\r\rabc\nendstream endobj\n"),
            &[],
        ),
        (
            "a stream of indirect length",
            with("4 0 obj<</Length 5 0 R>>stream\nabc\nendstream\nendobj\n"),
            &[],
        ),
        ("a PDF attached as it is", with(&attached), &[]),
        ("a cross-reference stream", by_stream.into_bytes(), &[]),
        ("object streams", in_stream.into_bytes(), &[]),
        (
            "/Root in another order",
            pdf(&[CATALOG, PAGES, PAGE], "trailer<</Root 1 0 R/Size 4>>\n"),
            &[],
        ),
        (
            "the word stream inside a value",
            with("4 0 obj<</X stream\n>>endobj\n"),
            &[],
        ),
        (
            "brackets in strings",
            with("4 0 obj(<< ( [ \\( endobj)endobj\n"),
            &[],
        ),
        (
            "no line end behind endobj",
            replaced("endobj\n3 0", "endobj3 0"),
            &[(Code::PdfBadStartxref, Warning, 200)],
        ),
    ]);
}

#[test]
fn without_a_root_nothing_opens_it() {
    let whole = sound();
    assert_table(&[
        (
            "header alone",
            whole[..9].to_vec(),
            &[(Code::PdfNoObjects, Rejection, 9)],
        ),
        (
            "cut in the first object",
            whole[..30].to_vec(),
            &[(Code::PdfTruncated, Rejection, 30)],
        ),
        (
            "cut before xref",
            whole[..142].to_vec(),
            &[(Code::PdfTruncated, Rejection, 142)],
        ),
        (
            "cut in the trailer",
            whole[..190].to_vec(),
            &[(Code::PdfTruncated, Rejection, 190)],
        ),
        (
            "no /Root",
            replaced("/Root 1 0 R", ""),
            &[(Code::PdfMissingRoot, Rejection, 171)],
        ),
        (
            "/Root of nothing",
            replaced("/Root 1 0", "/Root 9 0"),
            &[(Code::PdfMissingRoot, Rejection, 171)],
        ),
        (
            "/Root inside another value",
            replaced("/Root 1 0 R", "/X<</Root 1 0 R>>"),
            &[(Code::PdfMissingRoot, Rejection, 171)],
        ),
        (
            "no page",
            replaced(
                "/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/",
                "/Kids[]/Count 0>>endobj\n3 0 obj<</",
            ),
            &[(Code::PdfNoPages, Rejection, 52)],
        ),
        (
            "unknown handler",
            pdf(
                &[CATALOG, PAGES, PAGE, "4 0 obj<</Filter/Foo/V 5>>endobj\n"],
                "trailer<</Root 1 0 R/Encrypt 4 0 R>>\n",
            ),
            &[(Code::PdfUnknownEncryption, Rejection, 142)],
        ),
    ]);
}

#[test]
fn what_viewers_rebuild_is_warned_of() {
    let whole = sound();
    let cut_update = [&whole[..], b"3 0 obj<</Type/Page>>endobj\n"].concat();
    assert_table(&[
        (
            "version 1.9",
            replaced("1.4", "1.9"),
            &[(Code::PdfHeaderVersion, Warning, 0)],
        ),
        (
            "no version",
            replaced("-1.4", ""),
            &[
                (Code::PdfHeaderVersion, Warning, 0),
                (Code::PdfBadStartxref, Warning, 197),
            ],
        ),
        (
            "cut before startxref",
            whole[..201].to_vec(),
            &[
                (Code::PdfMissingStartxref, Warning, 201),
                (Code::PdfMissingEof, Warning, 201),
            ],
        ),
        (
            "cut before %%EOF",
            whole[..215].to_vec(),
            &[(Code::PdfMissingEof, Warning, 215)],
        ),
        (
            "no number",
            replaced("\n142\n", "\n"),
            &[(Code::PdfMissingStartxref, Warning, 201)],
        ),
        ("a number two bytes before", replaced("\n142\n", "\n140\n"), &[]),
        (
            "a number three bytes before",
            replaced("\n142\n", "\n139\n"),
            &[(Code::PdfBadStartxref, Warning, 201)],
        ),
        (
            "a wrong number",
            replaced("\n142\n", "\n150\n"),
            &[(Code::PdfBadStartxref, Warning, 201)],
        ),
        (
            "a number past the end",
            replaced("\n142\n", "\n18446744073709551615\n"),
            &[(Code::PdfBadStartxref, Warning, 201)],
        ),
        (
            "a misspelt keyword",
            replaced("xref\n0 1", "xerf\n0 1"),
            &[(Code::PdfBadStartxref, Warning, 201)],
        ),
        ("a cut update", cut_update, &[(Code::PdfTruncated, Warning, 249)]),
    ]);
}

#[test]
fn what_stands_behind_the_end_is_told() {
    let whole = sound();
    assert_table(&[
        (
            "data behind",
            [&whole[..], b"<script>"].concat(),
            &[(Code::TrailingData, Warning, 220)],
        ),
        (
            "NULs behind",
            [&whole[..], &[0; 9]].concat(),
            &[(Code::TrailingData, Warning, 220)],
        ),
        (
            "zip behind",
            [&whole[..], b"PK\x03\x04"].concat(),
            &[(Code::TrailingArchive, Warning, 220)],
        ),
    ]);
}

#[test]
fn objects_and_streams_that_do_not_end_are_warned_of() {
    assert_table(&[
        (
            "no endobj",
            with("4 0 obj 7\n5 0 obj 8 endobj\n"),
            &[(Code::PdfObjectSyntax, Warning, 142)],
        ),
        (
            "a short length",
            with("4 0 obj<</Length 3>>stream\nabcdefg\nendstream endobj\n"),
            &[(Code::PdfStreamLength, Warning, 169)],
        ),
        (
            "a long length",
            with("4 0 obj<</Length 9>>stream\nabc\nendstream endobj\n"),
            &[(Code::PdfStreamLength, Warning, 169)],
        ),
        (
            "a length past the end",
            with("4 0 obj<</Length 18446744073709551615>>stream\nabc\nendstream endobj\n"),
            &[(Code::PdfStreamLength, Warning, 188)],
        ),
        (
            "no endstream",
            with("4 0 obj<</Length 3>>stream\nabc\nendobj\n"),
            &[(Code::PdfStreamLength, Warning, 169)],
        ),
    ]);
}

#[test]
fn what_a_reviewer_stumbles_over_is_told() {
    assert_table(&[
        (
            "a password, perhaps",
            pdf(&[CATALOG, PAGES, PAGE], "trailer<</Root 1 0 R/Encrypt 4 0 R>>\n"),
            &[(Code::PdfEncrypted, Warning, 171)],
        ),
        (
            "JavaScript",
            with("4 0 obj<</S/JavaScript>>endobj\n"),
            &[(Code::PdfJavascript, Warning, 153)],
        ),
        (
            "an escaped name",
            with("4 0 obj<</S/#4Caunch>>endobj\n"),
            &[(Code::PdfLaunchAction, Warning, 153)],
        ),
        (
            "XFA",
            with("4 0 obj<</XFA 5 0 R>>endobj\n"),
            &[(Code::PdfXfa, Warning, 151)],
        ),
        (
            "a portfolio",
            with("4 0 obj<</Collection 5 0 R>>endobj\n"),
            &[(Code::PdfPortfolio, Warning, 151)],
        ),
        (
            "an attachment",
            with("4 0 obj<</EmbeddedFiles 5 0 R>>endobj\n"),
            &[(Code::PdfEmbeddedFiles, Note, 151)],
        ),
        (
            "an attachment whose name tree is hidden",
            with("4 0 obj<</Type/EmbeddedFile/Length 0>>stream\n\nendstream endobj\n"),
            &[(Code::PdfEmbeddedFiles, Note, 156)],
        ),
        (
            "nested 257 deep",
            with(&format!("4 0 obj{}endobj\n", "[".repeat(257))),
            &[(Code::PdfDeepNesting, Warning, 405)],
        ),
        (
            "nested 256 deep",
            with(&format!("4 0 obj{}endobj\n", "[".repeat(256))),
            &[],
        ),
    ]);
}

#[test]
fn streams_that_went_through_a_text_encoding_are_refused() {
    let mangled = "x\u{FFFD}".repeat(20);
    let stream = format!("4 0 obj<</Length 9 0 R>>stream\n{mangled}\nendstream endobj\n");
    assert_table(&[("U+FFFD", with(&stream), &[(Code::Utf8Mangled, Rejection, 174)])]);
}

#[test]
fn a_cross_reference_that_was_forgotten_may_be_the_right_one() {
    // With the document's own, 64 cross-references are kept, and the first of 65 is not.
    for (count, wanted) in [(63, &[Code::PdfBadStartxref][..]), (64, &[])] {
        let text = String::from_utf8(with(&"xref\n".repeat(count))).unwrap();
        let (before, _) = text.rsplit_once("startxref").unwrap();
        let findings = walk(format!("{before}startxref\n9\n%%EOF").as_bytes());
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, wanted, "{count}");
    }
}

mod links;
