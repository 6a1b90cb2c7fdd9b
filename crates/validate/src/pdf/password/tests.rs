//! Dictionaries by qpdf, pdfkit, fpdf2 and by a script of a few lines after the standard.

use super::super::tests::{CATALOG, PAGE, PAGES, pdf, walk};
use crate::{
    code::Code,
    finding::Severity::{self, Rejection, Warning},
};

const QPDF_ID: &str = "f67b1fecd51f0e02b0cd7b9ee4a01213";
const OUR_ID: &str = "000102030405060708090a0b0c0d0e0f";

/// A document with this encryption dictionary and identifier.
fn encrypted(dictionary: &str, id: &str) -> Vec<u8> {
    let object = format!("4 0 obj<</Filter/Standard {dictionary}>>endobj\n");
    let trailer = format!("trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<{id}><{id}>]>>\n");
    pdf(&[CATALOG, PAGES, PAGE, &object], &trailer)
}

fn outcome(bytes: &[u8]) -> Vec<(Code, Severity)> {
    let findings = walk(bytes);
    findings
        .iter()
        .map(|finding| (finding.code, finding.severity))
        .collect()
}

const OPEN: &[(Code, Severity)] = &[(Code::PdfEncryptedNoPassword, Warning)];
const CLOSED: &[(Code, Severity)] = &[(Code::PdfPasswordRequired, Rejection)];
const UNKNOWN: &[(Code, Severity)] = &[(Code::PdfUnknownEncryption, Rejection)];
const UNTOLD: &[(Code, Severity)] = &[(Code::PdfEncrypted, Warning)];

/// AES-256, revision 6, by qpdf.
const R6: &str = "/V 5/R 6/Length 256/P -4/O<0032b8594410e1017b25928d1713f2394b97a14a5e9845f9425532b6ced8c23dc5b76a1f5c007953730608c4afc646ba>/U<a42bf50afe8339cd95148eb2d00fec94839d28e865bf385955463e3512e0e52aebe1b22db686cfb46244473a643c22f2>/CF<</StdCF<</CFM/AESV3/Length 32>>>>";

/// RC4 of 40 bits, revision 2, by the script.
const R2: &str = "/V 1/R 2/P -64/O<c92422687facee686e373f10b5c7d04738053152f7e2ee30e11c69ec442576ab>/U<30f6f93e9884c3545c891d644cb3916c8c7e2c985378133dfc1e7b67c8a6787f>";

#[test]
fn each_revision_is_told_open_or_closed() {
    let r6_closed = "/V 5/R 6/P -4/O<31dd5b70941b6873fc071423c1205305b46163705b60bf03b56a1bf73f85c9243bab5e567e54d5f81b60b554bee2bc94>/U<c7106bac2d33fc017a997d200b3483aa1557a8336dcf5c55e78f99452b6b81114074ceb6334117a325e4fd53cf2471d3>";
    let r5 = "/V 5/R 5/P -3904/O<ead19cb0fcd7bfaf1f6ce253aea5d9f027a9de172f82487c0b4d9a2d6e672fe77ee685be4caa07cba0e12192a6bb0870>/U<90c63da7d146a14602855285c4e18c4cb672ed6dbedce1dcb2362e77b6f222bb6b5d8a59e9e8ddec86f6892970c4c220>";
    let r4 = "/CF<</StdCF<</CFM/AESV2/Length 16>>>>/Length 128/O<65fbeeb76e4691b7dc4babe5b911ce87196f39d0cfda0f00920838327413a714>/P -4/R 4/U<513d58c20bd8d8a7fb5980d266a35ff70122456a91bae5134273a6db134c87c4>/V 4";
    let r4_closed = "/V 4/Length 128/R 4/O<3e21c39b45473349f615abc6ccaaab8f7917c69c1eba1faebdb241a42ec0e162>/U<2609f50c8df58a52a057e324caa272f900000000000000000000000000000000>/P -3904";
    let r4_plain_metadata = "/V 4/R 4/Length 128/EncryptMetadata false/P 4294967232/O<566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5>/U<4599267eccc4f34f3061c85310ead7b600000000000000000000000000000000>";
    let r3_closed = "/Length 128/O<386c1fa77e7d6e7cf92fe5fd1014358e3f6f1766a96259be3d2b9d65ee249d07>/P -4/R 3/U<10f7a9726e3550f86f29de30c2b6e9660122456a91bae5134273a6db134c87c4>/V 2";
    let r3_40 = "/V 1/R 3/P -64/O<61840a4e66456bd408feb9a45fc05fce6d8f57574f1350bf0362c1836240898c>/U<3c0ef847fa8909e0763ba9c1f7fe781d00000000000000000000000000000000>";
    let r3_56 = "/V 2/R 3/Length 56/P -64/O<5aa76885b2e53967c3801bb1f410212158fb76648cfa30dc728b5e1b1a5cfd7b>/U<bab7086e93ee19a2d82dafbca57b7d2800000000000000000000000000000000>";
    let r2_closed = "/V 1/R 2/P -64/O<94e8094419662a774442fb072e3d9f19e9d130ec09a4d0061e78fe920f7ab62f>/U<e27c6f3f9756c9e7e75c5cf703f477d9793fcc113f979355a879ed8c0dc17f0b>";
    for (name, dictionary, id, wanted) in [
        ("R6", R6, QPDF_ID, OPEN),
        ("R6, whatever the identifier", R6, "00", OPEN),
        ("R6 with a user password", r6_closed, QPDF_ID, CLOSED),
        ("R5", r5, "89e10d967b62a09f1d8f57418b654cb2", OPEN),
        ("R5 read as R6", &r5.replace("/R 5", "/R 6"), "00", CLOSED),
        ("R4", r4, QPDF_ID, OPEN),
        ("R4 with another identifier", r4, OUR_ID, CLOSED),
        (
            "R4 with a user password",
            r4_closed,
            "759b577adcbcbbb756559d436a10143b",
            CLOSED,
        ),
        ("R4, metadata plain", r4_plain_metadata, OUR_ID, OPEN),
        ("R3 with a user password", r3_closed, QPDF_ID, CLOSED),
        ("R3 of 40 bits", r3_40, OUR_ID, OPEN),
        ("R3 of 56 bits", r3_56, OUR_ID, OPEN),
        (
            "R3 of 56 bits, written as bytes",
            &r3_56.replace("Length 56", "Length 7"),
            OUR_ID,
            OPEN,
        ),
        ("R2", R2, OUR_ID, OPEN),
        (
            "R2 with other permissions",
            &R2.replace("-64", "-60"),
            OUR_ID,
            CLOSED,
        ),
        ("R2 with a user password", r2_closed, OUR_ID, CLOSED),
        ("version 3", &R2.replace("/V 1", "/V 3"), OUR_ID, UNKNOWN),
        ("revision 7", &R6.replace("/R 6", "/R 7"), OUR_ID, UNKNOWN),
        ("no revision", &R2.replace("/R 2", ""), OUR_ID, UNTOLD),
        ("/U elsewhere", &R2.replace("/U<", "/U 7 0 R/X<"), OUR_ID, UNTOLD),
        ("/O elsewhere", &R2.replace("/O<", "/O 7 0 R/X<"), OUR_ID, UNTOLD),
        ("a short /U", &R6.replace("/U<", "/U<00>/X<"), OUR_ID, UNTOLD),
    ] {
        assert_eq!(outcome(&encrypted(dictionary, id)), wanted, "{name}");
    }
}

#[test]
fn the_dictionary_is_found_wherever_it_stands() {
    let object =
        |number: u64, dictionary: &str| format!("{number} 0 obj<</Filter/Standard{dictionary}>>endobj\n");
    let pages = [CATALOG, PAGES, PAGE].concat();
    let trailer = |encrypt: &str| format!("trailer<</Root 1 0 R/Encrypt {encrypt}/ID[<{OUR_ID}><00>]>>\n");
    let by_reference = trailer("4 0 R");
    let id_elsewhere = by_reference.replace(&format!("[<{OUR_ID}><00>]"), " 9 0 R");
    let long_id = by_reference.replace("<00>", &format!("<{}>", "0".repeat(400)));
    let long_first_id = by_reference.replace(&format!("[<{OUR_ID}"), &format!("[<{}", "0".repeat(400)));
    let closed = R2.replace("-64", "-60");
    for (name, objects, trailer, wanted) in [
        ("before the trailer", object(4, R2), &by_reference, OPEN),
        (
            "on the spot",
            String::new(),
            &trailer(&format!("<</Filter/Standard{R2}>>")),
            OPEN,
        ),
        (
            "on the spot, closed",
            String::new(),
            &trailer(&format!("<</Filter/Standard{closed}>>")),
            CLOSED,
        ),
        ("nowhere", String::new(), &by_reference, UNTOLD),
        (
            "updated",
            object(4, &closed) + &object(4, R2),
            &by_reference,
            OPEN,
        ),
        (
            "another",
            object(5, &closed) + &object(4, R2) + &object(6, &closed),
            &by_reference,
            OPEN,
        ),
        (
            "too many others",
            object(4, R2) + &(5..9).map(|number| object(number, R2)).collect::<String>(),
            &by_reference,
            UNTOLD,
        ),
        ("an identifier elsewhere", object(4, R2), &id_elsewhere, UNTOLD),
        ("a long second identifier", object(4, R2), &long_id, OPEN),
        ("a long first identifier", object(4, R2), &long_first_id, UNTOLD),
    ] {
        assert_eq!(outcome(&pdf(&[&pages, &objects], trailer)), wanted, "{name}");
    }
    let behind = [
        &pdf(&[&pages], &by_reference)[..],
        object(4, R2).as_bytes(),
        b"startxref\n9\n%%EOF",
    ]
    .concat();
    assert_eq!(outcome(&behind)[0], OPEN[0], "behind the trailer");
    let stream = format!(
        "{}5 0 obj<</Type/XRef/Root 1 0 R/Encrypt 4 0 R/ID[<{OUR_ID}><00>]/Length 0>>stream\n\nendstream endobj\n",
        object(4, R2)
    );
    assert_eq!(
        outcome(&pdf(&[&pages, &stream], "")),
        OPEN,
        "named by a cross-reference stream"
    );
}

#[test]
fn an_attached_document_does_not_ask_for_its_password_here() {
    let attached = String::from_utf8(encrypted(&R2.replace("-64", "-60"), OUR_ID)).unwrap();
    let attached = format!("{attached}5 0 obj<<>>stream\n\nendstream endobj\n%%EOF\n");
    let length = attached.len();
    for (name, stated, wanted) in [
        ("as long as it says", length, &[][..]),
        ("longer", length - 40, &[]),
    ] {
        let object = format!("9 0 obj<</Length {stated}>>stream\n{attached}\nendstream endobj\n");
        let found = outcome(&pdf(&[CATALOG, PAGES, PAGE, &object], "trailer<</Root 1 0 R>>\n"));
        let found: Vec<_> = found
            .into_iter()
            .filter(|(code, _)| *code != Code::PdfStreamLength)
            .collect();
        assert_eq!(found, wanted, "{name}");
    }
}
