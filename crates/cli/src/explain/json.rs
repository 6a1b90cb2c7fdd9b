//! The listing for programs.

use std::ops::Range;

use rebuttal_model::schema::{Published, schema_of};
use rebuttal_multipart::{Diagnosis, LineKind, ListedHeader, ListedPart, Mode, Place, Severity, ViolationId};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Explained, foreign,
    mask::{self, Mask},
    request::Head,
    verdict::Verdict,
};

/// The version of this shape; a member is added without a new one.
const VERSION: u32 = 1;

/// What stands where in an upload, and what is wrong with it. Spans are bytes, the end excluded.
#[derive(JsonSchema, Serialize)]
struct Explanation {
    /// The version of this shape.
    version: u32,
    /// The file as it was named.
    file: String,
    /// Whose severities these are.
    mode: &'static str,
    /// The head of the request; null when the file is a bare body.
    request: Option<Request>,
    content_type: ContentType,
    /// Length and kind of the body.
    body: Body,
    /// The parts whose header block was read.
    parts: Vec<Part>,
    /// What is wrong, first with the Content-Type.
    violations: Vec<Violation>,
    /// Where text before the first boundary stands.
    preamble: Option<[u64; 2]>,
    /// Where text behind the close delimiter stands.
    epilogue: Option<[u64; 2]>,
    verdicts: Verdicts,
    /// What else is worth knowing, in words.
    notes: Vec<String>,
}

/// The head of a request.
#[derive(JsonSchema, Serialize)]
struct Request {
    method: String,
    /// The target without credentials and query.
    target: String,
    version: String,
    /// Every header, in order.
    headers: Vec<RequestHeader>,
}

/// A header of the request.
#[derive(JsonSchema, Serialize)]
struct RequestHeader {
    name: String,
    /// The value; null for all but Content-Type, Content-Length and Transfer-Encoding.
    value: Option<String>,
}

/// What says which boundary the body has.
#[derive(JsonSchema, Serialize)]
struct ContentType {
    /// The value; null when the request has none, or nobody gave one.
    value: Option<String>,
    /// The boundary that the body was read with; null when there was none.
    boundary: Option<String>,
    /// Whether the boundary was taken from the body itself.
    guessed: bool,
    /// The ids of what is wrong with the value.
    violations: Vec<&'static str>,
}

/// The body as a whole.
#[derive(JsonSchema, Serialize)]
struct Body {
    /// Its length without the framing of chunks.
    bytes: u64,
    /// Whether it was read as multipart/form-data.
    multipart: bool,
    /// What it is instead, in words.
    found: Option<String>,
    /// Whether it came in chunks; spans then count what they hold.
    chunked: bool,
    /// What is wrong with how the request says where its body ends, in words.
    broken_framing: Vec<String>,
    /// What is wrong with the chunks, in words.
    broken_chunks: Option<String>,
}

/// A part.
#[derive(JsonSchema, Serialize)]
struct Part {
    /// Counted from 0.
    index: u32,
    /// Header block, blank line and content.
    span: [u64; 2],
    headers: Vec<Header>,
    /// The name, decoded; null when it has none.
    name: Option<String>,
    /// The filename, decoded; null when it has none.
    filename: Option<String>,
    content: Content,
    /// Whether it was read to its end.
    whole: bool,
}

/// A header of a part.
#[derive(JsonSchema, Serialize)]
struct Header {
    name: String,
    /// The value, folded lines joined; bytes that are not UTF-8 are replaced.
    value: String,
    /// From the name to the end of the value.
    span: [u64; 2],
}

/// The content of a part.
#[derive(JsonSchema, Serialize)]
struct Content {
    span: [u64; 2],
    /// Its length.
    bytes: u64,
}

/// One defect.
#[derive(JsonSchema, Serialize)]
struct Violation {
    /// The stable id, such as F10.
    id: &'static str,
    /// How serious it is in the chosen mode: error, warning or info.
    severity: &'static str,
    severities: Severities,
    /// The section that it is against.
    clause: &'static str,
    /// What is wrong.
    summary: &'static str,
    /// What should have stood there.
    expected: &'static str,
    /// What the sender can change.
    hint: &'static str,
    /// What the span is counted in: body or content-type.
    place: &'static str,
    span: [u64; 2],
    /// The part, counted from 0; null outside parts.
    part: Option<u32>,
    /// At most 32 bytes of what stood there, escaped.
    found: String,
    /// How other readers take it.
    readings: Vec<Reading>,
}

/// How serious it is to other readers, null where it is not reported.
#[derive(JsonSchema, Serialize)]
struct Severities {
    strict: Option<&'static str>,
    lenient: Option<&'static str>,
}

/// What other readers make of it.
#[derive(JsonSchema, Serialize)]
struct Reading {
    what: &'static str,
    readers: Vec<&'static str>,
}

/// What readers with the default limits make of the whole.
#[derive(JsonSchema, Serialize)]
struct Verdicts {
    strict: Outcome,
    lenient: Outcome,
}

/// What one reader makes of it.
#[derive(JsonSchema, Serialize)]
struct Outcome {
    /// Whether it reads to the end.
    reads: bool,
    /// What it stops at.
    stopped: Option<Stop>,
    /// Parts read to their end.
    parts: usize,
    warnings: usize,
    infos: usize,
}

/// Where a reader stops.
#[derive(JsonSchema, Serialize)]
struct Stop {
    id: &'static str,
    /// What the offset is counted in: body or content-type.
    place: &'static str,
    offset: u64,
}

/// What this subcommand publishes below `schemas/`.
pub(crate) fn published() -> Published {
    Published {
        path: "explain.json",
        content: schema_of::<Explanation>("explain.json"),
    }
}

pub(super) fn render(explained: &Explained) -> String {
    let mut text = serde_json::to_string_pretty(&Explanation::new(explained)).unwrap_or_default();
    text.push('\n');
    text
}

impl Explanation {
    fn new(explained: &Explained) -> Self {
        let announced = &explained.announced;
        let listing = explained.listing.as_ref();
        let span_of = |kind| listing.and_then(|listing| listing.span_of(kind)).map(pair);
        Self {
            version: VERSION,
            file: explained.file.clone(),
            mode: match explained.mode {
                Mode::Strict => "strict",
                Mode::Lenient => "lenient",
                Mode::Observe => "observe",
            },
            request: explained.head.as_ref().map(Request::new),
            content_type: ContentType {
                value: announced
                    .value
                    .as_deref()
                    .filter(|value| !value.is_empty())
                    .map(text),
                boundary: announced.boundary.map(|boundary| boundary.as_str().to_owned()),
                guessed: announced.is_guessed,
                violations: announced.violations.iter().map(|it| it.id.as_str()).collect(),
            },
            body: Body {
                bytes: explained.bytes,
                multipart: listing.is_some(),
                found: listing.is_none().then(|| foreign::describe(explained).found),
                chunked: explained.head.as_ref().is_some_and(Head::is_chunked),
                broken_framing: explained.broken_framing.clone(),
                broken_chunks: explained.broken_chunks.clone(),
            },
            parts: listing.map_or(Vec::new(), |listing| {
                let part = |part| Part::new(part, &explained.mask);
                listing.parts.iter().map(part).collect()
            }),
            violations: explained
                .violations()
                .map(|it| Violation::new(explained, it))
                .collect(),
            preamble: span_of(LineKind::Preamble),
            epilogue: span_of(LineKind::Epilogue),
            verdicts: Verdicts {
                strict: Outcome::new(&explained.strict),
                lenient: Outcome::new(&explained.lenient),
            },
            notes: explained.notes.clone(),
        }
    }
}

impl Request {
    fn new(head: &Head) -> Self {
        let header = |field: &super::request::Field| RequestHeader {
            name: field.name.clone(),
            value: field.value.as_deref().map(text),
        };
        Self {
            method: head.method.clone(),
            target: head.target.clone(),
            version: head.version.clone(),
            headers: head.fields.iter().map(header).collect(),
        }
    }
}

impl Part {
    fn new(part: &ListedPart, mask: &Mask) -> Self {
        let header = |header: &ListedHeader| Header {
            name: text(&header.name),
            value: text(&mask.value(header)),
            span: pair(header.span.clone()),
        };
        Self {
            index: part.index,
            span: pair(part.span.clone()),
            headers: part.headers.iter().map(header).collect(),
            name: part.name.clone(),
            filename: part.filename.clone(),
            content: Content {
                span: pair(part.content.clone()),
                bytes: part.content.end - part.content.start,
            },
            whole: part.is_whole,
        }
    }
}

impl Violation {
    fn new(explained: &Explained, diagnosis: &Diagnosis) -> Self {
        let id: ViolationId = diagnosis.id;
        let reading = |reading: &rebuttal_multipart::Reading| Reading {
            what: reading.what,
            readers: reading.readers.to_vec(),
        };
        Self {
            id: id.as_str(),
            severity: diagnosis.severity.as_str(),
            severities: Severities {
                strict: explained.severity(diagnosis, Mode::Strict).map(Severity::as_str),
                lenient: explained.severity(diagnosis, Mode::Lenient).map(Severity::as_str),
            },
            clause: id.clause(),
            summary: id.summary(),
            expected: id.expected(),
            hint: id.hint(),
            place: place(diagnosis.place),
            span: pair(diagnosis.span.clone()),
            part: diagnosis.part,
            found: if explained.is_found_secret(diagnosis) {
                mask::MASK.to_owned()
            } else {
                let found = explained.mask.bytes(diagnosis.found.as_bytes());
                found.escape_ascii().to_string()
            },
            readings: id.readings().iter().map(reading).collect(),
        }
    }
}

impl Outcome {
    fn new(verdict: &Verdict) -> Self {
        Self {
            reads: verdict.has_read && verdict.stopped.is_none(),
            stopped: verdict.stopped.as_ref().map(|stopped| Stop {
                id: stopped.id.as_str(),
                place: place(stopped.place),
                offset: stopped.span.start,
            }),
            parts: verdict.parts,
            warnings: verdict.warnings,
            infos: verdict.infos,
        }
    }
}

const fn place(place: Place) -> &'static str {
    match place {
        Place::Body => "body",
        Place::ContentType => "content-type",
    }
}

fn pair(span: Range<u64>) -> [u64; 2] {
    [span.start, span.end]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
