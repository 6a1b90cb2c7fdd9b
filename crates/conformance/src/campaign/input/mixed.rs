//! Mixtures: several odd things in one upload, and values that no catalogue has.

use fastrand::Rng;
use rebuttal_model::{Kind, clause::upload as clauses};
use rebuttal_multipart::{Breakage, ViolationId, malform};

use super::{
    any,
    damage::{Damage, VALID},
    forms, framing, requests, texts, upload,
};
use crate::{
    evidence::Sample,
    scenario::{Sending, Step, Upload},
};

/// Letters that separate something somewhere.
const SEPARATORS: &[&str] = &["\n", " ", ";", ",", ":", "=", "\t", "0", "-", "\"", "\u{0}"];

/// An input that no catalogue has.
pub(super) fn input(rng: &mut Rng, shows_key: bool) -> (&'static str, Vec<Step>) {
    let (family, step) = match rng.u8(0..40) {
        0..20 => ("mixture", mixture(rng)),
        20..24 => ("evidence", evidence(rng)),
        24..26 => ("filename", forms::named(texts::filename(rng, 400))),
        26..28 => ("kind", forms::of_kind(unlisted(rng))),
        28..30 => ("malformed", malformed(rng)),
        // They wait, and most else does not.
        30 if rng.u8(0..4) == 0 => ("sending", forms::any_way(rng)),
        31..33 => ("path", requests::retrieving(&escaped(&texts::any(rng, 60)))),
        33..35 => ("query", query(rng)),
        35..37 => ("header", header(rng)),
        37 => ("credentials", credentials(rng, shows_key)),
        _ => ("framing", frame(rng)),
    };
    (family, vec![step])
}

/// A kind that is surely none of the four.
fn unlisted(rng: &mut Rng) -> String {
    let text = texts::any(rng, 200);
    if Kind::ALL.iter().any(|kind| kind.as_str() == text) {
        text + "s"
    } else {
        text
    }
}

fn malformed(rng: &mut Rng) -> Step {
    let id = loop {
        let id = rng.choice(ViolationId::ALL).copied().unwrap_or(ViolationId::D05);
        if malform(id).is_some() {
            break id;
        }
    };
    let mut step = forms::malformed(id.as_str());
    if let Some(upload) = &mut step.upload {
        upload.chunked = rng.bool();
        upload.sent = rng.bool().then(|| pieces(rng));
    }
    step
}

fn evidence(rng: &mut Rng) -> Step {
    let sample = *rng.choice(VALID).unwrap_or(&Sample::Png);
    let length = rng
        .choice(&[None, None, Some(2_000), Some(20_000)])
        .copied()
        .flatten();
    let mut content = sample.content(length);
    for _ in 0..rng.usize(1..=3) {
        let damage = *rng.choice(Damage::ALL).unwrap_or(&Damage::Cut);
        content = damage.done_to(content, rng);
    }
    forms::damaged(sample, content)
}

/// An upload with several odd things, each of which might do.
fn mixture(rng: &mut Rng) -> Step {
    let mut upload_of = if rng.bool() {
        evidence(rng).upload.unwrap_or_default()
    } else {
        Upload::default()
    };
    if rng.bool() {
        let odd = rng
            .bool()
            .then(|| texts::choose(rng, texts::FILENAMES).to_owned());
        upload_of.filename = Some(odd.unwrap_or_else(|| texts::filename(rng, 300)));
    }
    if rng.bool() {
        let listed = rng.choice(&Kind::ALL).map_or("", |kind| kind.as_str());
        let kind = match rng.u8(0..4) {
            0 => texts::choose(rng, texts::KINDS).to_owned(),
            1 => texts::any(rng, 80),
            _ => listed.to_owned(),
        };
        upload_of.kind = Some(kind);
    }
    upload_of.kind_first = rng.bool();
    upload_of.as_text = rng.u8(0..10) == 0;
    upload_of.no_file = upload_of.content.is_none() && rng.u8(0..10) == 0;
    if rng.u8(0..4) == 0 {
        upload_of.media_type = Some(texts::visible(rng, 60));
    }
    for index in 0..rng.usize(0..4) {
        let name = format!("field-{index}{}", texts::visible(rng, 20));
        upload_of.fields.insert(name, texts::any(rng, 100));
    }
    if rng.u8(0..6) == 0 {
        let breakage = rng.choice(Breakage::ALL).map(|it| it.as_str().to_owned());
        upload_of.broken = breakage.filter(|_| !upload_of.no_file);
    }
    upload_of.chunked = rng.bool();
    if rng.u8(0..4) == 0 {
        upload_of.sent = Some(pieces(rng));
    }
    upload(any(&clauses::BROKEN_MULTIPART), upload_of)
}

fn pieces(rng: &mut Rng) -> Sending {
    let pieces = rng.u32(2..=6);
    Sending {
        pieces: Some(pieces),
        // Now and then slowly: what is sent is worth more than what is waited for.
        gap_ms: (rng.u8(0..8) == 0).then(|| rng.u64(0..=60) / u64::from(pieces)),
        ..Sending::default()
    }
}

fn query(rng: &mut Rng) -> Step {
    let name = texts::choose(rng, &["limit", "offset", "from", "to", "order", "x"]);
    let value = if rng.bool() {
        rng.i128(..).to_string()
    } else {
        texts::any(rng, 80)
    };
    requests::listing(name, &value)
}

fn header(rng: &mut Rng) -> Step {
    let name = texts::choose(
        rng,
        &[
            "Accept",
            "Omise-Version",
            "Cookie",
            "Range",
            "X-Forwarded-For",
            "If-None-Match",
            "Content-Type",
            "X-Any",
        ],
    );
    requests::with_header(name, &texts::visible(rng, 500))
}

fn credentials(rng: &mut Rng, shows_key: bool) -> Step {
    let scheme = texts::choose(rng, &["Basic ", "Bearer ", "", "basic\t", "Token "]);
    let key = if shows_key && rng.bool() {
        ":{{key/secret}}"
    } else {
        ""
    };
    requests::with_credentials(&format!("{scheme}{}{key}", texts::visible(rng, 80)))
}

/// A body in chunks, or a head, in which something is doubled, gone or put in.
fn frame(rng: &mut Rng) -> Step {
    if rng.bool() {
        return framing::in_chunks(&bent("5;a=b\nabcde\n3\nfgh\n0\nX-Trailer: 1\n\n", rng));
    }
    let line = bent(
        "Host: somewhere\nAccept: */*\nX-Odd: 1; a=\"b\"\nContent-Length: 0",
        rng,
    );
    framing::getting(
        "GET {{prefix}}/disputes/{{main}}/documents",
        &format!("Host: {{{{host}}}}\n{line}"),
    )
}

fn bent(text: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<String> = text.chars().map(String::from).collect();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(0..letters.len());
        match rng.u8(0..3) {
            0 => {
                letters.remove(at);
            }
            1 => {
                let again = letters[at].clone();
                letters.insert(at, again);
            }
            _ => letters.insert(at, texts::choose(rng, SEPARATORS).to_owned()),
        }
    }
    letters.concat()
}

/// A text as a segment of a path.
fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
