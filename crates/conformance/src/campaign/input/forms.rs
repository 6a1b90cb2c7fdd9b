//! Uploads: broken forms, hostile names, wrong kinds, damaged files, wrong types, odd ways to send them.

use std::collections::BTreeMap;

use fastrand::Rng;
use rebuttal_model::{Kind, clause::upload as clauses};
use rebuttal_multipart::{Breakage, ViolationId, malform};

use super::{
    any,
    damage::{Damage, VALID},
    refused, texts, upload,
};
use crate::{
    evidence::Sample,
    scenario::{Answer, Credentials, Expect, ListRequest, RawRequest, Sending, Step, Then, Upload},
};

/// The name that the content of a file has until it is written somewhere.
pub(super) const CONTENT: &str = "content.bin";

/// Formats that are none of the three.
const FOREIGN: &[Sample] = &[
    Sample::Gif,
    Sample::Heic,
    Sample::Webp,
    Sample::Svg,
    Sample::Html,
    Sample::Docx,
    Sample::Text,
    Sample::Tiff,
];

/// Values of the request's Content-Type under which no body is a form.
const NO_FORMS: &[&str] = &[
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/xml",
    "multipart/mixed; boundary=x",
    "image/png",
    "application/octet-stream",
];

/// Values of the request's Content-Type that are nearly right.
const ODD_FORMS: &[&str] = &[
    "multipart/form-data",
    "multipart/form-data;",
    "multipart/form-data; boundary",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\"\"",
    "multipart/form-data; boundary=\"unterminated",
    "multipart/form-data; boundary=a; boundary=b",
    "multipart/form-data; charset=utf-16; boundary=a",
    "multipart/form-data; boundary=a\tb",
    "multipart/form-data; boundary*=utf-8''a",
    "multipart/form-data boundary=a",
    "multipart/form-data, application/json",
    "multipart/*; boundary=a",
    "MULTIPART/FORM-DATA; BOUNDARY=a",
    ";",
    "/",
    "a",
];

/// Values of a file part's Content-Type.
const MEDIA_TYPES: &[&str] = &[
    "image/jpeg",
    "application/pdf",
    "image/svg+xml",
    "text/html",
    "application/x-php",
    "a",
    "/",
    "image/png; charset=utf-7",
    "image/png; name=\"../../a\"",
    "multipart/mixed; boundary=a",
    "message/external-body",
];

/// How an upload is sent slowly, or cut short.
fn ways() -> Vec<(Sending, bool)> {
    let slowly = |pieces, gap_ms| Sending {
        pieces: Some(pieces),
        gap_ms: Some(gap_ms),
        ..Sending::default()
    };
    let cut = |percent, then| Sending {
        percent: Some(percent),
        then: Some(then),
        stall_ms: (then == Then::Stall).then_some(650),
        ..Sending::default()
    };
    let both = Sending {
        both_framings: true,
        ..Sending::default()
    };
    vec![
        (slowly(2, 300), false),
        (slowly(7, 60), false),
        (slowly(40, 5), false),
        (slowly(400, 0), false),
        (both, false),
        (cut(0, Then::HalfClose), true),
        (cut(50, Then::HalfClose), true),
        (cut(99, Then::HalfClose), true),
        (cut(10, Then::Close), true),
        (cut(50, Then::Close), true),
        (cut(99, Then::Close), true),
        (cut(50, Then::Stall), true),
        (cut(95, Then::Stall), true),
    ]
}

type Entry = (&'static str, Vec<Step>);

pub(super) fn catalogue(rng: &mut Rng, shows_key: bool) -> Vec<Entry> {
    let mut all = Vec::new();
    for id in ViolationId::ALL.iter().filter(|id| malform(**id).is_some()) {
        all.push(("malformed", vec![malformed(id.as_str())]));
    }
    for breakage in Breakage::ALL {
        let broken = Upload {
            broken: Some(breakage.as_str().to_owned()),
            kind: Some(Kind::ProofOfReceipt.as_str().to_owned()),
            kind_first: true,
            ..Upload::default()
        };
        let due = if is_cut_short(*breakage) { refused } else { any };
        all.push(("form", vec![upload(due(&clauses::BROKEN_MULTIPART), broken)]));
    }
    for bytes in [10_485_760, 10_485_761, 12_000_000] {
        let large = Upload {
            bytes: Some(bytes),
            ..Upload::default()
        };
        let due = if bytes > 10_485_760 { refused } else { any };
        all.push(("size", vec![upload(due(&clauses::TOO_LARGE), large)]));
    }
    let long = ["a", "é", "領"].map(|letter| letter.repeat(300) + ".png");
    let longer = ["a".repeat(5_000), "../".repeat(4_000), "a.".repeat(20_000)];
    let names = texts::FILENAMES.iter().map(|name| (*name).to_owned());
    for name in names.chain(long).chain(longer) {
        all.push(("filename", vec![named(name)]));
    }
    let kinds = texts::KINDS.iter().map(|kind| (*kind).to_owned());
    for kind in kinds.chain(["k".repeat(10_000), "k".repeat(300_000)]) {
        all.push(("kind", vec![of_kind(kind)]));
    }
    for sample in VALID {
        for damage in Damage::ALL {
            let content = damage.done_to(sample.content(None), rng);
            all.push(("evidence", vec![damaged(*sample, content)]));
        }
    }
    for sample in FOREIGN {
        let foreign = Upload {
            file: Some(*sample),
            filename: Some("receipt.png".to_owned()),
            media_type: Some("image/png".to_owned()),
            ..Upload::default()
        };
        all.push(("evidence", vec![upload(refused(&clauses::BAD_FORMAT), foreign)]));
    }
    for content_type in NO_FORMS {
        let step = typed(refused(&clauses::NOT_MULTIPART), content_type);
        all.push(("content-type", vec![step]));
    }
    for content_type in ODD_FORMS {
        all.push((
            "content-type",
            vec![typed(any(&clauses::BROKEN_MULTIPART), content_type)],
        ));
    }
    for media_type in MEDIA_TYPES {
        let one = Upload {
            media_type: Some((*media_type).to_owned()),
            ..Upload::default()
        };
        all.push(("content-type", vec![upload(any(&clauses::BAD_FORMAT), one)]));
    }
    for (sent, is_cut) in ways() {
        all.push(("sending", vec![slow(sent, is_cut)]));
    }
    for count in [2, 50, 900] {
        all.push(("fields", vec![crowded(count)]));
    }
    for first in [
        malformed("F10"),
        of_kind("invoice".to_owned()),
        typed(refused(&clauses::NOT_MULTIPART), "application/json"),
        unknown_dispute(),
        request_within("text/plain", Credentials::Secret),
        request_within("multipart/form-data; boundary=x", Credentials::None),
    ] {
        all.push(("connection", vec![first, behind()]));
    }
    if shows_key {
        all.extend(showing().map(|step| ("secret", vec![step])));
    }
    all
}

/// Whether every reader misses something: the end, or all of it.
fn is_cut_short(breakage: Breakage) -> bool {
    matches!(
        breakage,
        Breakage::EmptyBody
            | Breakage::ZeroParts
            | Breakage::TruncatedInContent
            | Breakage::NoCloseDelimiter
            | Breakage::TruncatedInDelimiter
            | Breakage::TruncatedAfterDelimiter
            | Breakage::TruncatedAfterOneDash
            | Breakage::TruncatedInHeaders
            | Breakage::WrongBoundary
    )
}

/// A body that looks like a request, as long as its head says: who serves it lost count.
fn request_within(content_type: &str, credentials: Credentials) -> Step {
    let path = "/disputes/{{main}}/documents";
    Step {
        request: Some(RawRequest {
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: BTreeMap::from([("Content-Type".to_owned(), content_type.to_owned())]),
            body: Some(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")),
            ..RawRequest::default()
        }),
        credentials,
        ..refused(&clauses::NOT_MULTIPART)
    }
}

/// The smallest form that breaks this rule; it has no file, and so is refused whoever reads it.
pub(super) fn malformed(id: &str) -> Step {
    let form = Upload {
        malformed: Some(id.to_owned()),
        ..Upload::default()
    };
    upload(refused(&clauses::BROKEN_MULTIPART), form)
}

pub(super) fn named(filename: String) -> Step {
    let named = Upload {
        filename: Some(filename),
        kind: Some(Kind::DetailsOfPurchase.as_str().to_owned()),
        ..Upload::default()
    };
    upload(any(&clauses::FILENAME_ECHO), named)
}

pub(super) fn of_kind(kind: String) -> Step {
    let wrong = Upload {
        kind: Some(kind),
        ..Upload::default()
    };
    upload(refused(&clauses::BAD_KIND), wrong)
}

pub(super) fn damaged(sample: Sample, content: Vec<u8>) -> Step {
    let damaged = Upload {
        content: Some(CONTENT.to_owned()),
        loaded: Some(content.into()),
        filename: Some(sample.filename().to_owned()),
        media_type: Some(sample.media_type().to_owned()),
        ..Upload::default()
    };
    upload(any(&clauses::BAD_FORMAT), damaged)
}

fn typed(of: Step, content_type: &str) -> Step {
    let typed = Upload {
        content_type: Some(content_type.to_owned()),
        ..Upload::default()
    };
    upload(of, typed)
}

/// A good upload, sent in an odd way. One that is cut short is stored by nobody.
fn slow(sent: Sending, is_cut: bool) -> Step {
    let heard = sent.then != Some(Then::Close);
    let mut step = any(&clauses::BROKEN_MULTIPART);
    step.expect = Some(Expect {
        robust: heard,
        unchanged: is_cut,
        ..Expect::default()
    });
    let slow = Upload {
        kind: Some(Kind::ProofOfReceipt.as_str().to_owned()),
        sent: Some(sent),
        ..Upload::default()
    };
    upload(step, slow)
}

pub(super) fn any_way(rng: &mut Rng) -> Step {
    let mut ways = ways();
    let (sent, is_cut) = ways.swap_remove(rng.usize(0..ways.len()));
    slow(sent, is_cut)
}

fn crowded(count: usize) -> Step {
    let fields = (0..count).map(|index| (format!("field-{index}"), "x".repeat(index % 50)));
    let crowded = Upload {
        fields: fields.collect(),
        ..Upload::default()
    };
    upload(any(&clauses::UNKNOWN_FIELDS), crowded)
}

fn unknown_dispute() -> Step {
    let nowhere = Upload {
        dispute: Some("{{unknown/dispute}}".to_owned()),
        ..Upload::default()
    };
    upload(refused(&clauses::DISPUTE_UNKNOWN), nowhere)
}

/// A list on the connection of the step before: what that left behind must not become an answer to this.
fn behind() -> Step {
    Step {
        list: Some(ListRequest::default()),
        same_connection: true,
        expect: Some(Expect {
            answer: Some(Answer::List),
            robust: true,
            ..Expect::default()
        }),
        ..any(&rebuttal_model::clause::http::KEEP_ALIVE)
    }
}

/// The key where none belongs: whoever repeats what was sent, repeats it.
fn showing() -> impl Iterator<Item = Step> {
    let key = || "{{key/secret}}".to_owned();
    [
        of_kind(key()),
        upload(
            refused(&clauses::BAD_KIND),
            Upload {
                fields: BTreeMap::from([("key".to_owned(), key())]),
                kind: Some("invoice".to_owned()),
                ..Upload::default()
            },
        ),
        upload(
            refused(&clauses::BAD_FORMAT),
            Upload {
                filename: Some(format!("{}.gif", key())),
                file: Some(Sample::Gif),
                ..Upload::default()
            },
        ),
        typed(refused(&clauses::NOT_MULTIPART), &format!("text/{}", key())),
        upload(
            refused(&clauses::DISPUTE_MALFORMED_ID),
            Upload {
                dispute: Some(key()),
                ..Upload::default()
            },
        ),
    ]
    .into_iter()
}
