//! Uploads: the bytes that are sent, and what is to be made of them.

use rebuttal_model::{Format, MAX_FILE_BYTES, Situation};
use rebuttal_validate::{Checker, Policy};

use super::words;
use crate::generators::{
    evidence,
    operations::{Content, Declared, File, KindField, Plain},
};

/// Why a form is no document.
pub(super) enum Refusal {
    Bad,
    ByProfile(Situation),
}

const BOUNDARY: &str = "----reference";

/// What every body of ours is declared as.
pub(super) const CONTENT_TYPE: &str = "multipart/form-data; boundary=----reference";

/// The filename and the kind of the document that a form makes, by the order of the contract's checks.
pub(super) fn read(form: &Plain) -> Result<(String, Option<String>), Refusal> {
    if form.cut.is_some() {
        return Err(Refusal::Bad);
    }
    let File::Named(content, name, _) = &form.file else {
        return Err(Refusal::Bad);
    };
    let name = escaped(name);
    let name = name.rsplit('/').next().unwrap_or_default();
    if name.is_empty() || *content == Content::Empty {
        return Err(Refusal::Bad);
    }
    if matches!(content, Content::Sized(bytes) if *bytes > MAX_FILE_BYTES) {
        return Err(Refusal::ByProfile(Situation::TooLarge));
    }
    if !is_evidence(*content) {
        return Err(Refusal::ByProfile(Situation::BadFormat));
    }
    let kind = match form.kind {
        KindField::Absent => second_kind(form).map(|_| Refusal::Bad).map_or(Ok(None), Err)?,
        KindField::Known(kind) => Some(kind.as_str().to_owned()),
        KindField::Text(_) | KindField::AsFile => return Err(Refusal::Bad),
    };
    Ok((name.to_owned(), kind))
}

/// A further kind, which counts where it is the first.
fn second_kind(form: &Plain) -> Option<&'static str> {
    (form.more & 8 != 0).then_some("receipt")
}

/// Whether a content is PNG, JPG or PDF: half of one is not. What is damaged less the check of uploads decides on, by
/// the same policy: some of it viewers forgive.
fn is_evidence(content: Content) -> bool {
    match content {
        Content::Sound(_) | Content::Sized(_) => true,
        Content::Gif | Content::Text | Content::Empty => false,
        Content::Cut(format, _) if bytes(content).len() <= evidence::sample(format).len() / 2 => false,
        Content::Damaged(..) | Content::Cut(..) => {
            let mut checker = Checker::new(Policy::contract());
            let _ = checker.feed(&bytes(content));
            checker.finish().rejection().is_none()
        }
    }
}

/// The content itself.
fn bytes(content: Content) -> Vec<u8> {
    match content {
        Content::Sound(format) => evidence::sample(format),
        Content::Damaged(format, at, byte) => {
            let mut file = evidence::sample(format);
            let at = usize::from(at) % file.len();
            file[at] = byte;
            file
        }
        Content::Cut(format, bytes) => {
            let mut file = evidence::sample(format);
            file.truncate(usize::from(bytes) % file.len());
            if file.is_empty() {
                file.push(0);
            }
            file
        }
        Content::Sized(bytes) => evidence::pdf_of(usize::try_from(bytes).unwrap_or(usize::MAX)),
        Content::Gif => b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
        Content::Text => b"a receipt".to_vec(),
        Content::Empty => Vec::new(),
    }
}

/// The body of a form.
pub(super) fn body(form: &Plain) -> Vec<u8> {
    let mut body = Vec::new();
    if form.more & 1 != 0 {
        part(&mut body, "name=\"note\"", None, b"x");
    }
    if form.kind_first {
        kind(&mut body, form.kind);
    }
    match &form.file {
        File::Absent => {}
        File::Text(content) => part(&mut body, "name=\"file\"", None, &bytes(*content)),
        File::Named(content, name, declared) => {
            let name = format!("name=\"file\"; filename=\"{}\"", escaped(name));
            part(&mut body, &name, media_type(*declared), &bytes(*content));
        }
    }
    if !form.kind_first {
        kind(&mut body, form.kind);
    }
    if form.more & 2 != 0 {
        part(&mut body, "name=\"other\"; filename=\"o.gif\"", None, b"GIF89a");
    }
    if form.more & 4 != 0 && form.file != File::Absent {
        part(
            &mut body,
            "name=\"file\"; filename=\"second.gif\"",
            None,
            b"GIF89a",
        );
    }
    if let Some(text) = second_kind(form) {
        part(&mut body, "name=\"kind\"", None, text.as_bytes());
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    if let Some(cut) = form.cut {
        // Without the last dash the body has no end; the line end behind it may be missing.
        let most = body.len() - 3;
        body.truncate(most - usize::from(cut) % (most + 1));
    }
    body
}

fn kind(body: &mut Vec<u8>, kind: KindField) {
    match kind {
        KindField::Absent => {}
        KindField::Known(kind) => part(body, "name=\"kind\"", None, kind.as_str().as_bytes()),
        KindField::Text(place) => {
            let text = words::one_of(words::NOT_KINDS, place);
            part(body, "name=\"kind\"", None, text.as_bytes());
        }
        KindField::AsFile => part(body, "name=\"kind\"; filename=\"k\"", None, b"proof_of_receipt"),
    }
}

fn part(body: &mut Vec<u8>, parameters: &str, content_type: Option<&str>, content: &[u8]) {
    body.extend_from_slice(
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {parameters}\r\n").as_bytes(),
    );
    if let Some(content_type) = content_type {
        body.extend_from_slice(format!("Content-Type: {content_type}\r\n").as_bytes());
    }
    body.extend_from_slice(b"\r\n");
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n");
}

fn media_type(declared: Declared) -> Option<&'static str> {
    match declared {
        Declared::Nothing => None,
        Declared::Png => Some(Format::Png.media_type()),
        Declared::OctetStream => Some("application/octet-stream"),
        Declared::Text => Some("text/plain"),
    }
}

/// A name as HTML forms write it, and as it is answered.
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
}

/// A merchant's message of this length.
pub(super) fn message(bytes: u32) -> String {
    "m".repeat(bytes as usize)
}
