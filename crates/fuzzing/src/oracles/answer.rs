//! What the conformance runner makes of any answer.

use rebuttal_conformance::{
    Secrets,
    answer::{Judged, Reader, Received, judge_answer},
};
use rebuttal_model::{ApiVersion, inspect::Subject};

/// A key that no answer may get into a report.
const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

/// The longest body that is read, and the most bytes of an exchange that are kept.
const ANSWER_BYTES: usize = 600;
const KEPT_BYTES: usize = 8 * 1024;

/// The longest text of a finding, in characters; an endpoint writes into all of them.
const TEXT_CHARS: usize = 400;

const SUBJECTS: [Subject; 6] = [
    Subject::Document,
    Subject::DestroyedDocument,
    Subject::DocumentList,
    Subject::Dispute,
    Subject::DisputeList,
    Subject::Error,
];

/// Reads the rest of the input as an answer. The first byte chooses what a success is (bits 0 to 2), the version
/// (bit 3) and who reads it (bit 4: the HTTP library or our own reader); the second how many bytes come at once.
///
/// # Panics
///
/// When what is read depends on how it comes, when the two readers read it differently, when a reader keeps more than
/// its limits say, or when a finding cannot be read or shows the key behind the mask of the report.
pub fn http_response(input: &[u8]) {
    let [setting, piece, bytes @ ..] = input else {
        return;
    };
    let secrets = Secrets::new([KEY].into_iter());
    let received = |piece, reader| Received {
        bytes,
        piece,
        reader,
        subject: SUBJECTS[usize::from(setting & 7) % SUBJECTS.len()],
        version: if setting & 8 == 0 {
            ApiVersion::V2019_05_29
        } else {
            ApiVersion::V2017_11_02
        },
        answer_bytes: ANSWER_BYTES,
    };
    let readers = [Reader::Library, Reader::ByHand];
    let reader = readers[usize::from(setting >> 4 & 1)];
    let whole = judge_answer(&received(usize::MAX, reader), &secrets);
    bounded(&whole, bytes);
    readable(&whole, &secrets);
    let cut = judge_answer(&received(usize::from(*piece) + 1, reader), &secrets);
    let same = said(&whole) == said(&cut) && whole.mismatches == cut.mismatches;
    assert!(same, "{reader:?}, {} at once:\n{cut:?}\n{whole:?}", piece + 1);
    if setting & 0x20 != 0 {
        let other = readers[usize::from(setting >> 4 & 1 ^ 1)];
        let other = judge_answer(&received(usize::MAX, other), &secrets);
        bounded(&other, bytes);
        if let (Ok(one), Ok(two)) = (&whole.answer, &other.answer) {
            assert_eq!(one, two, "two readers: {}", bytes.escape_ascii());
        }
    }
}

/// The answer, or that there is none: why not is said of the bytes that had come until then.
fn said(judged: &Judged) -> Option<(u16, &[u8])> {
    let answer = judged.answer.as_ref().ok();
    answer.map(|(status, body)| (*status, &body[..]))
}

fn bounded(judged: &Judged, bytes: &[u8]) {
    assert!(judged.kept_bytes <= KEPT_BYTES.min(bytes.len()), "{judged:?}");
    if let Ok((_, body)) = &judged.answer {
        assert!(body.len() <= ANSWER_BYTES, "a body over the limit");
    }
    // A dozen departures are told of a body, and one thing of each of a few headers.
    assert!(judged.mismatches.len() <= 24, "{judged:?}");
}

fn readable(judged: &Judged, secrets: &Secrets) {
    let mismatches = judged.mismatches.iter();
    let texts = mismatches.flat_map(|it| [&it.place, &it.expected, &it.found]);
    let observed = judged.observations.iter().map(|it| &it.text);
    let error = judged.answer.as_ref().err().map(ToString::to_string);
    for text in texts.chain(observed).chain(&error) {
        assert!(!text.is_empty(), "nothing said: {judged:?}");
        assert!(
            text.chars().count() <= TEXT_CHARS,
            "more than anyone reads: {text}"
        );
        let masked = secrets.mask(text);
        assert!(!secrets.shows_in(&masked), "the key shows in {masked:?}");
        assert_eq!(secrets.mask(&masked), masked, "masked twice");
    }
}
