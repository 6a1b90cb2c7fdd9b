//! What points from one place of a document to another: tables, `/Prev`, the page tree, a promised length.

use super::*;

const ENTRIES: &str =
    "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n";

/// The sound document with a whole table, at byte 142, which has entries at 151, 171, 191 and 211.
fn tabled(entries: &str, trailer: &str) -> Vec<u8> {
    let body = [HEAD, CATALOG, PAGES, PAGE].concat();
    format!("{body}{entries}{trailer}startxref\n{}\n%%EOF\n", body.len()).into_bytes()
}

#[test]
fn entries_of_a_table_name_the_places_of_objects() {
    let changed = |from: &str, to: &str| {
        assert!(ENTRIES.contains(from), "{from}");
        tabled(&ENTRIES.replace(from, to), TRAILER)
    };
    assert_table(&[
        ("right", tabled(ENTRIES, TRAILER), &[]),
        ("white space before the object", changed("101", "100"), &[]),
        ("two bytes before", changed("101", "099"), &[]),
        (
            "three bytes before",
            changed("101", "098"),
            &[(Code::PdfBadXref, Warning, 211)],
        ),
        (
            "a byte behind",
            changed("052", "053"),
            &[(Code::PdfBadXref, Warning, 191)],
        ),
        (
            "numbers that are one too high",
            changed("0 4", "1 4"),
            &[(Code::PdfBadXref, Warning, 171)],
        ),
        (
            "behind the table, where none is",
            changed("101", "300"),
            &[(Code::PdfBadXref, Warning, 211)],
        ),
        ("not used, by its place", changed("0000000101", "0000000000"), &[]),
        (
            "not used, by its letter",
            changed("0000000101 00000 n", "0000000999 00000 f"),
            &[],
        ),
        (
            "19 bytes an entry",
            changed(" \n", "\n"),
            &[(Code::PdfBadXref, Warning, 170)],
        ),
        ("two sections", changed("0000000052", "2 2\n0000000052"), &[]),
    ]);
}

#[test]
fn a_table_may_come_before_its_objects() {
    let before = |number: &str| {
        let head = format!(
            "{HEAD}xref\n0 2\n0000000000 65535 f \n{number} 00000 n \n{TRAILER}startxref\n0\n%%EOF\n"
        );
        format!("{head}{CATALOG}{PAGES}{PAGE}startxref\n9\n%%EOF").into_bytes()
    };
    let at = before("0000000000")
        .windows(7)
        .position(|part| part == b"1 0 obj")
        .unwrap();
    assert_eq!(at, 106);
    let sound = before(&format!("{at:010}"));
    let astray = before(&format!("{:010}", at + 1));
    assert_table(&[
        ("right", sound.clone(), &[]),
        ("a byte behind", astray, &[(Code::PdfBadXref, Warning, 38)]),
        (
            "cut before the objects",
            sound[..at].to_vec(),
            &[(Code::PdfNoObjects, Rejection, 106)],
        ),
    ]);
}

#[test]
fn cross_references_lead_back_and_come_to_an_end() {
    let previous = |to: &str| tabled(ENTRIES, &TRAILER.replace("/Size", &format!("/Prev {to}/Size")));
    let first = tabled(ENTRIES, TRAILER);
    let update = |to: &str| {
        let update = format!(
            "xref\n0 0\n{}startxref\n{}\n%%EOF",
            TRAILER.replace("/Size", &format!("/Prev {to}/Size")),
            first.len()
        );
        [&first[..], update.as_bytes()].concat()
    };
    assert_table(&[
        ("an update", update("142"), &[]),
        ("0 is none", previous("0"), &[]),
        ("to itself", previous("142"), &[(Code::PdfXrefLoop, Warning, 142)]),
        ("to nowhere", previous("7"), &[(Code::PdfBadXref, Warning, 142)]),
        (
            "an update that leads nowhere",
            update("77"),
            &[(Code::PdfBadXref, Warning, 281)],
        ),
    ]);
    let mut chain = first.clone();
    let mut to = 142;
    for _ in 0..70 {
        let at = chain.len();
        let trailer = TRAILER.replace("/Size", &format!("/Prev {to}/Size"));
        chain.extend_from_slice(format!("xref\n0 0\n{trailer}startxref\n{at}\n%%EOF\n").as_bytes());
        to = at;
    }
    assert_table(&[("more updates than are kept", chain, &[])]);
}

#[test]
fn a_page_tree_leads_to_pages() {
    let kids = |kids: &str| replaced("/Kids[3 0 R]", kids);
    let node = |number: u64| format!("{number} 0 obj<</Type/Pages/Kids[{} 0 R]>>endobj\n", number + 1);
    let nodes = (10..60).map(node).collect::<Vec<_>>().concat();
    let root = PAGES.replace("[3 0 R]", "[10 0 R]");
    let wrong_startxref = (Code::PdfBadStartxref, Warning);
    for (name, bytes, wanted) in [
        ("empty", kids("/Kids[]"), Some((Code::PdfNoPages, Rejection))),
        ("elsewhere", kids("/Kids 7 0 R"), Some(wrong_startxref)),
        (
            "on the spot",
            kids("/Kids[<</Type/Page>>]"),
            Some(wrong_startxref),
        ),
        (
            "to itself",
            kids("/Kids[2 0 R]"),
            Some((Code::PdfPageTreeLoop, Rejection)),
        ),
        (
            "more nodes than are kept",
            pdf(&[CATALOG, &root, &nodes, PAGE], TRAILER),
            None,
        ),
        (
            "in a circle of two",
            pdf(
                &[
                    CATALOG,
                    &root,
                    "10 0 obj<</Type/Pages/Kids[2 0 R]>>endobj\n",
                    PAGE,
                ],
                TRAILER,
            ),
            Some((Code::PdfPageTreeLoop, Rejection)),
        ),
        (
            "updated",
            pdf(&[CATALOG, &PAGES.replace("[3 0 R]", "[]"), PAGES, PAGE], TRAILER),
            None,
        ),
        (
            "another catalog's",
            pdf(
                &[
                    CATALOG,
                    PAGES,
                    PAGE,
                    "7 0 obj<</Type/Catalog/Pages 8 0 R>>endobj\n",
                    "8 0 obj<</Type/Pages/Kids[]>>endobj\n",
                ],
                TRAILER,
            ),
            None,
        ),
    ] {
        let found: Vec<_> = walk(&bytes)
            .iter()
            .map(|finding| (finding.code, finding.severity))
            .collect();
        assert_eq!(found.first(), wanted.as_ref(), "{name}: {found:?}");
    }
}

#[test]
fn a_linearized_file_says_how_long_it_is() {
    let promise = |length: usize| {
        let first = format!("7 0 obj<</Linearized 1.0/L {length}>>endobj\n");
        pdf(&[&first, CATALOG, PAGES, PAGE], TRAILER)
    };
    let length = promise(100).len();
    let at = length as u64;
    assert_eq!(walk(&promise(length)), []);
    assert_eq!(walk(&promise(length + 2)), [], "line ends are not missed");
    assert_eq!(walk(&promise(length - 9)), [], "an update makes it longer");
    let findings = walk(&promise(length + 700));
    assert_eq!(
        (findings[0].code, findings[0].offset),
        (Code::PdfTruncated, Some(at))
    );
    assert!(findings[0].found.contains("700 bytes before"), "{findings:?}");
    let second = with(&format!("7 0 obj<</Linearized 1/L {}>>endobj\n", 9999));
    assert_eq!(walk(&second), [], "only the first object says it");
}

#[test]
fn a_check_stays_under_64_kib() {
    let bits = 32 * 1024;
    let rare = size_of::<ShortStream>() + size_of::<dict::Reader>() + size_of::<Tail>();
    let total = bits + size_of::<Walker>() + rare;
    assert!(total < 48 * 1024, "{total} bytes");
}
