//! Our reader held against s3s-multipart, which needs a newer Rust than the workspace has: the bodies of the
//! matrix, real uploads, and drawn requests. `rebuttal-fuzzing` holds it against multer and multra likewise.
//!
//! A difference that no row of the reviewed list has fails; so does a row that nothing here needs any more.
#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod allowed;
#[path = "../../../crates/fuzzing/tests/differential/captures.rs"]
mod captures;
#[path = "../../../crates/fuzzing/tests/differential/cases.rs"]
#[expect(dead_code, reason = "what multer answers is held there")]
mod cases;
mod s3s;

use std::{iter, path::Path};

use rebuttal_fuzzing::{
    generators::{from_bytes, request::Request},
    oracles::differential::{Delivery, Reader as _, differences},
};

use allowed::ALLOWED;
use s3s::S3s;

/// Whole and in pieces, ready at once and waited for.
const DELIVERIES: [Delivery; 3] = [
    Delivery {
        chunk: usize::MAX,
        waits: false,
    },
    Delivery {
        chunk: 1,
        waits: true,
    },
    Delivery {
        chunk: 7,
        waits: false,
    },
];

/// Where s3s-multipart answers otherwise than multra does, by the matrix. What differs in the announcement
/// only is not here: it reads none.
const OTHERWISE: &[(&str, &str)] = &[
    ("filename-star-both", "1 a/a.txt=v"),
    ("filename-star-only", "1 a/-=v"),
    ("preamble-boundary-midline", "1 a/-=v"),
    ("preamble-fake-close", "reject"),
    ("epilogue-part", "reject"),
    ("no-final-crlf", "reject"),
    ("no-headers", "1 -/-=v"),
    ("attachment", "1 -/-=v"),
    ("latin1-filename", "1 a/\u{fffd}.txt=v"),
    ("backslash-end", "1 a/-=v"),
    ("escaped-quote", "1 a/a\\\\\\\"b.txt=v"),
    ("whatwg-22", "1 a/a%22b%0D%0A%41.txt=v"),
];

#[test]
fn it_answers_as_the_matrix_says() {
    let cases = cases::cases();
    assert_eq!(cases.len(), 63);
    assert!(
        OTHERWISE
            .iter()
            .all(|(name, _)| cases.iter().any(|case| case.name == *name))
    );
    let mut odd = Vec::new();
    for case in cases.iter().filter(|case| !case.name.starts_with("ct-")) {
        let otherwise = OTHERWISE.iter().find(|(name, _)| *name == case.name);
        let wanted = otherwise.map_or(case.multra, |(_, answer)| answer);
        for delivery in DELIVERIES {
            let answer = S3s
                .read(case.content_type.as_bytes(), &case.body, delivery)
                .to_string();
            let same = answer == wanted || (wanted.len() > 14 && answer.starts_with(wanted));
            if !same {
                odd.push(format!("{}, {delivery:?}: {answer}, not {wanted}", case.name));
            }
        }
    }
    assert!(odd.is_empty(), "{odd:#?}");
}

/// Everything is read alike or as a row says, and the list says no more than is so: all of it together needs
/// every row.
#[test]
fn requests_are_read_alike_and_every_row_of_the_list_is_needed() {
    let mut needed = Vec::new();
    let mut hold = |content_type: &[u8], body: &[u8], delivery| {
        needed.extend(differences(&[S3s], ALLOWED, content_type, body, delivery));
    };

    let cases = cases::cases();
    let cases = cases.into_iter().map(|it| (it.content_type.into(), it.body));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/multipart/tests/captures");
    let captures = captures::captures(&folder);
    assert!(captures.len() >= 25, "read {} captures only", captures.len());
    for (content_type, body) in cases.chain(captures).chain(more()) {
        for delivery in DELIVERIES {
            hold(&content_type, &body, delivery);
        }
    }

    let mut random = fastrand::Rng::with_seed(1);
    for index in 0..4000 {
        let input: Vec<u8> = iter::repeat_with(|| random.u8(..)).take(index % 200).collect();
        let drawn: Request = from_bytes(&input);
        for delivery in DELIVERIES {
            hold(&drawn.content_type, &drawn.body, delivery);
        }
    }

    let unneeded: Vec<_> = ALLOWED
        .iter()
        .filter(|row| !needed.iter().any(|(it, _)| std::ptr::eq(*it, *row)))
        .collect();
    assert!(unneeded.is_empty(), "take these rows out: {unneeded:?}");
}

/// What the matrix does not have and a draw seldom or never makes: a boundary over 70 bytes, and one of other
/// bytes; a disposition in the fourth place.
fn more() -> Vec<(Vec<u8>, Vec<u8>)> {
    let form = |boundary: &str, headers: &str| {
        let head = format!("{headers}Content-Disposition: form-data; name=a\r\n\r\n");
        (
            format!("multipart/form-data; boundary=\"{boundary}\"").into_bytes(),
            format!("--{boundary}\r\n{head}v\r\n--{boundary}--\r\n").into_bytes(),
        )
    };
    vec![
        form(&"b".repeat(80), ""),
        form("b&b", ""),
        form("B", "Content-Type: text/plain\r\nX-One: 1\r\nX-Two: 2\r\n"),
    ]
}
