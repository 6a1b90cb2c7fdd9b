//! Our reader held against multer and multra: the bodies of the matrix, real uploads, and drawn requests.
//!
//! A difference that no row of the reviewed list has fails; so does a row that nothing here needs any more.
#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod captures;
mod cases;

use std::path::Path;

use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use rebuttal_fuzzing::{
    generators::{damaged, from_bytes, request::Request},
    oracles::{
        self,
        differential::{ALLOWED, Allowed, Delivery, Peer, Reader as _, differences},
    },
};

/// Whole and in pieces, ready at once and waited for.
const DELIVERIES: [Delivery; 4] = [
    Delivery {
        chunk: usize::MAX,
        waits: false,
    },
    Delivery {
        chunk: 7,
        waits: false,
    },
    Delivery {
        chunk: 1,
        waits: true,
    },
    Delivery {
        chunk: 16,
        waits: true,
    },
];

#[test]
fn peers_answer_as_the_matrix_says() {
    let cases = cases::cases();
    assert_eq!(cases.len(), 63);
    let mut odd = Vec::new();
    for case in cases {
        for (peer, wanted) in [(Peer::Multer, case.multer), (Peer::Multra, case.multra)] {
            for delivery in DELIVERIES {
                let answer = peer
                    .read(case.content_type.as_bytes(), &case.body, delivery)
                    .to_string();
                let same = answer == wanted || (wanted.len() > 14 && answer.starts_with(wanted));
                if !same {
                    odd.push(format!(
                        "{}, {peer:?}, {delivery:?}: {answer}, not {wanted}",
                        case.name
                    ));
                }
            }
        }
    }
    assert!(odd.is_empty(), "{odd:#?}");
}

proptest! {
    #![proptest_config(Config { cases: 2000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn drawn_requests_are_read_alike(setting in any::<u8>(), input in vec(any::<u8>(), 0..200)) {
        oracles::multipart_differential(&[&[setting | 2], &input[..]].concat());
    }

    #[test]
    fn pieces_of_forms_are_read_alike(
        setting in any::<u8>(),
        body in damaged(vec(select(FRAGMENTS), 0..16).prop_map(|pieces| pieces.concat())),
    ) {
        oracles::multipart_differential(&[&[setting & 0xfc], &body.0[..]].concat());
    }

    #[test]
    fn announcements_are_read_alike(value in damaged(vec(select(ANNOUNCEMENT), 0..8).prop_map(|pieces| {
        [b"multipart/form-data; ", &pieces.concat()[..]].concat()
    }))) {
        let body = b"\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--B--\r\n";
        oracles::multipart_differential(&[&[1], &value.0[..], body].concat());
    }
}

/// The list says no more than is so: everything here that does not change from run to run, together, needs
/// every row of it.
#[test]
fn every_row_of_the_list_is_needed() {
    let mut needed: Vec<(&Allowed, Peer)> = Vec::new();
    let mut hold = |content_type: &[u8], body: &[u8], delivery| {
        needed.extend(differences(&Peer::ALL, ALLOWED, content_type, body, delivery));
    };
    for case in cases::cases() {
        for delivery in DELIVERIES {
            hold(case.content_type.as_bytes(), &case.body, delivery);
        }
    }
    let long = "b".repeat(80);
    let body = format!("--{long}\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--{long}--\r\n");
    let announced = format!("multipart/form-data; boundary={long}");
    hold(announced.as_bytes(), body.as_bytes(), DELIVERIES[0]);
    hold(b"multipart/form-data; boundary=", b"----\r\n", DELIVERIES[0]);
    let escaped =
        b"--B\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''a%01\r\n\r\nv\r\n--B--\r\n";
    hold(b"multipart/form-data; boundary=B", escaped, DELIVERIES[0]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../multipart/tests/captures");
    let captures = captures::captures(&folder);
    assert!(captures.len() >= 25, "read {} captures only", captures.len());
    for (content_type, body) in captures {
        for delivery in DELIVERIES {
            hold(&content_type, &body, delivery);
        }
    }
    let mut runner = TestRunner::deterministic();
    let inputs = vec(any::<u8>(), 0..200);
    for index in 0..4000 {
        let input = inputs.new_tree(&mut runner).unwrap().current();
        let drawn: Request = from_bytes(&input);
        hold(
            &drawn.content_type,
            &drawn.body,
            DELIVERIES[index % DELIVERIES.len()],
        );
    }
    let mut unneeded = Vec::new();
    for row in ALLOWED {
        for peer in row.peers {
            if !needed
                .iter()
                .any(|(it, whose)| std::ptr::eq(*it, row) && whose == peer)
            {
                unneeded.push((peer, row.kind, row.when, row.why));
            }
        }
    }
    assert!(unneeded.is_empty(), "take these rows out: {unneeded:?}");
}

/// Pieces of forms, right and wrong ones.
const FRAGMENTS: &[&[u8]] = &[
    b"--B\r\n",
    b"\r\n--B\r\n",
    b"\r\n--B--\r\n",
    b"\r\n--B--",
    b"--B \t\r\n",
    b"\r\n--Bx",
    b"\n--B\n",
    b"\r\n",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"--",
    b"Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n",
    b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n",
    b"--B\r\nContent-Disposition: form-data; name=kind\r\n\r\nv\r\n",
    b"Content-Disposition: form-data; name=\"a\\\"b\"; filename*=UTF-8''%e0%b8%a0\r\n\r\n",
    b"content-type: image/png\r\n",
    b"X: y\r\n z\r\n",
    b"no colon\r\n",
    b"content",
    b"\0\xff",
];

/// Pieces of a `Content-Type`, behind its type.
const ANNOUNCEMENT: &[&[u8]] = &[
    b"boundary=B",
    b"; ",
    b";",
    b"boundary=\"B\"",
    b"charset=utf-8",
    b"BOUNDARY=B",
    b" ",
    b"=",
    b"\"",
    b"\\",
    b"boundary",
    b"*",
    b",",
    b"x=\"; boundary=C\"",
    b"B",
    b"/",
    b"'",
];
