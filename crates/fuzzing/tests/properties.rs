//! The oracles, driven by proptest.

use arbitrary::Unstructured;
use proptest::{collection::vec, prelude::*, sample::select};
use rebuttal_fuzzing::{
    generators::{Input, damaged, drawn, evidence, response},
    oracles,
};
use rebuttal_model::Format;
use rebuttal_validate::{Checker, Policy};

proptest! {
    // A seed means something else after any change of its strategy: a finding becomes a file instead.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn forms_are_read_the_same_however_they_are_cut(
        setting in any::<u8>(),
        cuts in any::<u8>(),
        body in damaged(vec(select(FRAGMENTS), 0..24).prop_map(|pieces| pieces.concat())),
    ) {
        oracles::raw_every_way(&[&[setting, cuts], &body.0[..]].concat());
    }

    #[test]
    fn forms_that_are_written_are_read_back(input in arbitrary(400)) {
        oracles::structured_every_way(&input.0);
    }

    #[test]
    fn what_the_standards_allow_is_read(input in arbitrary(400)) {
        oracles::multipart_spelled(&input.0);
    }

    #[test]
    fn what_is_broken_is_found_where_it_was_broken(input in arbitrary(400)) {
        oracles::malform(&input.0);
    }

    #[test]
    fn announcements_are_read_or_refused_within_them(value in pieces(ANNOUNCEMENT)) {
        oracles::content_type(&value.0);
    }

    #[test]
    fn dispositions_are_read_or_refused_within_them(setting in any::<u8>(), value in pieces(PARAMETERS)) {
        oracles::disposition(&[&[setting], &value.0[..]].concat());
    }

    #[test]
    fn bodies_that_decode_are_kept(body in drawn::<response::Body>()) {
        oracles::decode_document(&body.0.0);
        oracles::decode_destroyed(&body.0.0);
        oracles::decode_list(&body.0.0);
        oracles::decode_dispute(&body.0.0);
        oracles::decode_disputes(&body.0.0);
        oracles::decode_error(&body.0.0);
        oracles::decode_legacy(&body.0.0);
    }

    #[test]
    fn bodies_are_inspected_to_the_end(body in drawn::<response::Body>()) {
        oracles::inspect(&body.0.0);
    }

    #[test]
    fn files_are_judged_by_their_bytes(file in drawn::<evidence::File>()) {
        oracles::evidence_any(&file.0.0);
    }

    #[test]
    fn drawn_files_are_judged_by_their_bytes(input in arbitrary(200)) {
        oracles::evidence_png(&input.0);
        oracles::evidence_jpeg(&input.0);
        oracles::evidence_pdf(&input.0);
    }

    #[test]
    fn files_are_decoded_without_a_milder_verdict(file in drawn::<evidence::File>()) {
        oracles::deep(&file.0.0);
    }

    #[test]
    fn sequences_of_requests_are_answered_like_the_model(input in arbitrary(400)) {
        oracles::mock_requests(&input.0);
    }

    #[test]
    fn any_bytes_are_taken(input in arbitrary(200)) {
        for (_, oracle) in oracles::ALL {
            oracle(&input.0);
        }
    }
}

#[test]
fn what_is_drawn_from_nothing_is_sound() {
    for format in Format::ALL {
        let drawn = evidence::drawn(&mut Unstructured::new(&[]), format);
        for file in [evidence::sample(format), drawn.expect("a file")] {
            let mut checker = Checker::new(Policy::reviewer());
            checker.feed(&file);
            let report = checker.finish();
            assert_eq!(report.format(), Some(format));
            assert_eq!(report.findings, [], "{format}");
        }
    }
}

fn pieces(of: &'static [&'static [u8]]) -> impl Strategy<Value = Input> {
    damaged(vec(select(of), 0..10).prop_map(|pieces| pieces.concat()))
}

fn arbitrary(most: usize) -> impl Strategy<Value = Input> {
    vec(any::<u8>(), 0..most).prop_map(Input)
}

/// Pieces of forms, right and wrong ones.
const FRAGMENTS: &[&[u8]] = &[
    b"--b\r\n",
    b"\r\n--b\r\n",
    b"\r\n--b--\r\n",
    b"\r\n--b--",
    b"--b \t\r\n",
    b"\r\n--bx",
    b"\n--b\n",
    b"\r\n",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"--",
    b"-",
    b"Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n",
    b"Content-Disposition: form-data; name=kind\r\n",
    b"Content-Disposition: form-data; name=\"a\\\"b\"; filename*=UTF-8''%e0%b8%a0\r\n",
    b"content-type: image/png\r\n",
    b"X: y\r\n z\r\n",
    b"no colon\r\n",
    b"content",
    b"\0\xff",
];

/// Pieces of a `Content-Type`.
const ANNOUNCEMENT: &[&[u8]] = &[
    b"multipart/form-data",
    b"multipart/form-data; boundary=b",
    b"boundary=",
    b"boundary=\"b\"",
    b"; ",
    b"=",
    b"\"",
    b"\\",
    b" ",
    b"'",
    b"----------------------------------------",
    b"*",
    b",",
    b"\xe9",
    b"x",
];

/// Pieces of a `Content-Disposition`, behind its type.
const PARAMETERS: &[&[u8]] = &[
    b"; name=\"n\"",
    b"; name=n",
    b"; filename=\"a\"",
    b"; filename*=UTF-8''%e0%b8%a0",
    b"; filename",
    b"=",
    b";",
    b"\"",
    b"\\",
    b"%22",
    b" ",
    b"\r\n ",
    b"\xe9",
    b"\0",
    b"../",
    b"x",
];
