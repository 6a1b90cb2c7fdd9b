//! Requests with `multipart/form-data`: the smallest that breaks each rule, and uploads as real clients sent them.

use rebuttal_multipart::{
    ContentType, Diagnosis, Event, Limits, Malformed, Mode, Parser, Place, Policy, ViolationId, malform,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{VERSION, base64, sha256};

/// Uploads with what a strict and a lenient reader make of them.
#[derive(JsonSchema, Serialize)]
pub(super) struct MultipartVectors {
    /// The version of this shape.
    version: u32,
    /// What is wrong, by id.
    violations: Vec<Rule>,
    /// The limits of the readers, where a case has no others.
    limits: Bounds,
    cases: Vec<Case>,
}

/// One way to be wrong.
#[derive(JsonSchema, Serialize)]
struct Rule {
    /// The stable id.
    id: &'static str,
    /// What is wrong.
    summary: &'static str,
    /// The section that it is against.
    clause: &'static str,
}

/// Bounds of a reader. Each is the last value that is still taken.
#[derive(JsonSchema, PartialEq, Serialize)]
struct Bounds {
    /// The whole body, in bytes.
    body_bytes: u64,
    /// Parts of any kind.
    parts: u32,
    /// Parts with a filename.
    files: u32,
    /// Content of one part without a filename, in bytes.
    field_bytes: u64,
    /// Content of one part with a filename, in bytes.
    file_bytes: u64,
    /// Content of all parts without a filename together, in bytes.
    fields_bytes: u64,
    /// Bytes before the first boundary.
    preamble_bytes: u64,
    /// White space between a boundary and its line end, in bytes.
    padding_bytes: usize,
    /// Bytes after the close delimiter and its line end.
    epilogue_bytes: u64,
    /// One header line without its line end, in bytes.
    header_line_bytes: usize,
    /// Header lines of one part.
    headers: usize,
    /// One header block with its blank line, in bytes.
    header_block_bytes: usize,
    /// The value of Content-Disposition, in bytes.
    disposition_bytes: usize,
    /// Parameters of Content-Disposition.
    disposition_parameters: usize,
    /// A name as sent, in bytes, without quotes.
    name_bytes: usize,
    /// A filename as sent, in bytes, without quotes.
    filename_bytes: usize,
    /// Violations reported without stopping, over the whole body.
    violations: usize,
}

/// A request.
#[derive(JsonSchema, Serialize)]
struct Case {
    /// The id of the rule that it breaks, or the client that sent it and the case.
    name: String,
    /// The value of Content-Type, in base64.
    content_type: String,
    /// What Content-Length says.
    content_length: u64,
    /// The body, in base64.
    body: String,
    /// The limits of the readers; null for those above.
    limits: Option<Bounds>,
    strict: Outcome,
    lenient: Outcome,
}

/// What a reader makes of a request.
#[derive(JsonSchema, Serialize)]
struct Outcome {
    /// Why it stops; null where it reads to the end.
    refused: Option<Violation>,
    /// What it says without stopping, in order.
    reported: Vec<Violation>,
    /// The parts that it read whole, in order.
    parts: Vec<Part>,
}

/// Something wrong.
#[derive(JsonSchema, Serialize)]
struct Violation {
    /// The id.
    id: &'static str,
    /// What the offset counts in: body or content-type.
    place: &'static str,
    /// The first byte of what is wrong, from 0.
    offset: u64,
}

/// A part.
#[derive(JsonSchema, Serialize)]
struct Part {
    /// The name, decoded; null when it has none.
    name: Option<String>,
    /// The filename, decoded; null when it has none.
    filename: Option<String>,
    /// The value of its Content-Type; null when it has none. Bytes that are not UTF-8 are replaced.
    r#type: Option<String>,
    /// The length of the content, in bytes.
    length: usize,
    /// The SHA-256 of the content, in hex.
    sha256: String,
}

macro_rules! captures {
    ($($name:literal,)+) => {
        &[$(($name, include_bytes!(concat!("../../../multipart/tests/captures/", $name, ".http")))),+]
    };
}

/// The captures of the reader's tests that are forms and come with a length: client/case, and the request.
const CAPTURES: &[(&str, &[u8])] = captures![
    "curl-form-escape/dquote",
    "curl-odd/b64-part",
    "curl-odd/kind-as-file",
    "curl-odd/mixed-nested",
    "curl-odd/name-quote",
    "curl-odd/two-files",
    "curl-odd/two-kinds",
    "curl/backslash",
    "curl/tricky",
    "go-latest/spaces",
    "httpie/dquote",
    "nim/empty-name",
    "node-gaxios/no-name",
    "node-got/empty-file",
    "node-needle/dquote",
    "node-superagent/traversal",
    "poco/empty-file",
    "qt5/ascii",
    "ruby-httpclient/ascii",
    "rust-reqwest/crlf",
    "urllib3-1.24/crlf",
    "urllib3-1.24/dquote",
    "urllib3/japanese",
    "urllib3/no-file",
];

pub(super) fn multipart() -> MultipartVectors {
    let malformed = ViolationId::ALL
        .iter()
        .filter_map(|id| Some((id.as_str().to_owned(), malform(*id)?)));
    let cases = malformed.map(|(name, it)| {
        let Malformed {
            content_type,
            body,
            content_length,
            limits,
            ..
        } = it;
        case(name, &content_type, content_length, &body, &limits)
    });
    let captured = CAPTURES.iter().filter_map(|(name, request)| {
        let (content_type, body) = form(request)?;
        Some(case(
            (*name).to_owned(),
            content_type,
            body.len() as u64,
            body,
            &Limits::default(),
        ))
    });
    MultipartVectors {
        version: VERSION,
        violations: ViolationId::ALL
            .iter()
            .filter(|id| malform(**id).is_some())
            .map(|id| Rule {
                id: id.as_str(),
                summary: id.summary(),
                clause: id.clause(),
            })
            .collect(),
        limits: Bounds::of(&Limits::default()),
        cases: cases.chain(captured).collect(),
    }
}

/// The value of Content-Type and the body of a request.
fn form(request: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = request.windows(4).position(|it| it == b"\r\n\r\n")?;
    let content_type = request[..end].split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(13)?;
        name.eq_ignore_ascii_case(b"content-type:")
            .then(|| value.trim_ascii())
    })?;
    Some((content_type, &request[end + 4..]))
}

fn case(name: String, content_type: &[u8], content_length: u64, body: &[u8], limits: &Limits) -> Case {
    let read = |mode| outcome(mode, content_type, content_length, body, limits);
    Case {
        name,
        content_type: base64(content_type),
        content_length,
        body: base64(body),
        limits: (*limits != Limits::default()).then(|| Bounds::of(limits)),
        strict: read(Mode::Strict),
        lenient: read(Mode::Lenient),
    }
}

fn outcome(mode: Mode, content_type: &[u8], length: u64, body: &[u8], limits: &Limits) -> Outcome {
    let mut outcome = Outcome {
        refused: None,
        reported: Vec::new(),
        parts: Vec::new(),
    };
    let announced = ContentType::read(content_type, &Policy::from(mode));
    match announced.boundary() {
        Err(refused) => outcome.refused = Some(Violation::new(&refused)),
        Ok(boundary) => {
            outcome
                .reported
                .extend(announced.diagnoses().iter().map(Violation::new));
            let mut parser = Parser::new(*boundary, mode, limits.clone()).expecting(length);
            let mut content = Vec::new();
            let mut begun: Vec<Part> = Vec::new();
            for chunk in [Some(body), None] {
                let mut events = match chunk {
                    Some(chunk) => parser.feed(chunk),
                    None => parser.finish(),
                };
                loop {
                    match events.next_event() {
                        Ok(None) => break,
                        Ok(Some(event)) => outcome.take(event, &mut begun, &mut content),
                        Err(refused) => {
                            outcome.refused = Some(Violation::new(&refused));
                            return outcome;
                        }
                    }
                }
            }
        }
    }
    outcome
}

impl Outcome {
    fn take(&mut self, event: Event<'_>, begun: &mut Vec<Part>, content: &mut Vec<u8>) {
        match event {
            Event::PartBegin(head) => {
                content.clear();
                begun.push(Part {
                    name: head.name().map(|name| name.to_string()),
                    filename: head.filename().map(|name| name.to_string()),
                    r#type: head
                        .content_type()
                        .map(|it| String::from_utf8_lossy(it).into_owned()),
                    length: 0,
                    sha256: String::new(),
                });
            }
            Event::Data { bytes, .. } => content.extend_from_slice(bytes),
            Event::PartEnd { .. } => self.parts.extend(begun.pop().map(|part| Part {
                length: content.len(),
                sha256: sha256(content),
                ..part
            })),
            Event::Violation(violation) => self.reported.push(Violation::new(&violation)),
            Event::Preamble { .. } | Event::Epilogue { .. } | Event::End => {}
        }
    }
}

impl Violation {
    fn new(diagnosis: &Diagnosis) -> Self {
        Self {
            id: diagnosis.id.as_str(),
            place: match diagnosis.place {
                Place::Body => "body",
                Place::ContentType => "content-type",
            },
            offset: diagnosis.offset(),
        }
    }
}

impl Bounds {
    const fn of(limits: &Limits) -> Self {
        Self {
            body_bytes: limits.body_bytes,
            parts: limits.parts,
            files: limits.files,
            field_bytes: limits.field_bytes,
            file_bytes: limits.file_bytes,
            fields_bytes: limits.fields_bytes,
            preamble_bytes: limits.preamble_bytes,
            padding_bytes: limits.padding_bytes,
            epilogue_bytes: limits.epilogue_bytes,
            header_line_bytes: limits.header_line_bytes,
            headers: limits.headers,
            header_block_bytes: limits.header_block_bytes,
            disposition_bytes: limits.disposition_bytes,
            disposition_parameters: limits.disposition_parameters,
            name_bytes: limits.name_bytes,
            filename_bytes: limits.filename_bytes,
            violations: limits.violations,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_capture_that_is_a_form_with_a_length_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../multipart/tests/captures");
        let mut there = BTreeSet::new();
        for client in fs::read_dir(&folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .filter(|it| it.is_dir())
        {
            for file in fs::read_dir(&client).unwrap().map(|it| it.unwrap().path()) {
                if file.extension().is_some_and(|it| it == "http") {
                    let request = fs::read(&file).unwrap();
                    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
                    let head = head.split("\r\n\r\n").next().unwrap().to_owned();
                    if head.contains("content-type: multipart/")
                        && !head.contains("transfer-encoding: chunked")
                    {
                        let name = file.with_extension("");
                        there.insert(
                            name.strip_prefix(&folder)
                                .unwrap()
                                .to_string_lossy()
                                .replace('\\', "/"),
                        );
                    }
                }
            }
        }
        let listed: BTreeSet<_> = CAPTURES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed, there);
    }

    #[test]
    fn a_case_tells_what_both_modes_make_of_it() {
        let vectors = multipart();
        assert!(vectors.cases.len() > 80, "{} cases", vectors.cases.len());
        let case = |name: &str| vectors.cases.iter().find(|it| it.name == name).unwrap();
        let refused = |outcome: &Outcome| outcome.refused.as_ref().map(|it| (it.id, it.offset));
        assert_eq!(refused(&case("D05").strict).map(|it| it.0), Some("D05"));
        assert_eq!(refused(&case("F07").strict), Some(("F07", 3)));
        assert_eq!(refused(&case("F07").lenient), None);
        assert_eq!(case("F07").lenient.reported.len(), 1);
        let tricky = case("curl/tricky");
        let parts: Vec<_> = tricky
            .strict
            .parts
            .iter()
            .map(|it| (it.name.as_deref(), it.length))
            .collect();
        assert_eq!(parts, [(Some("kind"), 19), (Some("file"), 333)]);
        assert_eq!(
            tricky.strict.parts[1].sha256,
            "dbd4aa3ac75ce3b233bac9860ad83e39e1833353f883b5e71d5b582897a92ea5"
        );
    }
}
