//! The oracles, driven by proptest.

use proptest::{collection::vec, prelude::*, sample::select};
use rebuttal_fuzzing::{
    generators::{Input, edited, evidence, response},
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
        body in edited(vec(select(FRAGMENTS), 0..24).prop_map(|pieces| pieces.concat())),
    ) {
        oracles::multipart_raw(&[&[setting, cuts], &body.0[..]].concat());
    }

    #[test]
    fn forms_that_are_written_are_read_back(input in arbitrary(400)) {
        oracles::multipart_round_trip(&input.0);
    }

    #[test]
    fn bodies_that_decode_are_kept(body in edited(response::body())) {
        oracles::decode(&body.0);
    }

    #[test]
    fn bodies_are_inspected_to_the_end(body in edited(response::body())) {
        oracles::inspect(&body.0);
    }

    #[test]
    fn files_are_judged_by_their_bytes(file in evidence::file()) {
        oracles::evidence(&file.0);
    }

    #[test]
    fn files_are_decoded_without_a_milder_verdict(file in evidence::file()) {
        oracles::deep(&file.0);
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
fn the_samples_are_sound() {
    for format in Format::ALL {
        let mut checker = Checker::new(Policy::reviewer());
        checker.feed(&evidence::sample(format));
        let report = checker.finish();
        assert_eq!(report.format(), Some(format));
        assert_eq!(report.findings, [], "{format}");
    }
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
