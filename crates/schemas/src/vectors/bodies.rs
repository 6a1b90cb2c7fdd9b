//! Bodies of answers, each with one member changed, and what three readers say of them.

use rebuttal_model::{
    ApiError, ApiVersion, Dispute, Document, List,
    decode::{self, DestroyAnswer, Limits},
    inspect::{self, Subject, Wanted, Weight},
    json::push_pointer,
    samples,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{VERSION, base64};
use crate::{Catalogue, fit::Fit};

/// Bodies of answers with verdicts: a schema's, a tolerant reader's and a judge's.
#[derive(JsonSchema, Serialize)]
pub(super) struct BodyVectors {
    /// The version of this shape.
    version: u32,
    /// The bodies that the cases change.
    bases: Vec<Base>,
    /// What becomes of each change.
    cases: Vec<Case>,
    /// Texts, whole, of which most are no JSON.
    texts: Vec<Text>,
}

/// A body as a server may write it.
#[derive(JsonSchema, Serialize)]
struct Base {
    /// The name that cases refer to: subject@version.
    name: String,
    /// What it is: document, destroyed-document, document-list, dispute, dispute-list or error.
    subject: &'static str,
    /// The version of the API.
    api_version: &'static str,
    /// The path of its schema below schemas/; null where none is published.
    schema: Option<String>,
    body: Value,
}

/// A base with a change. The first of each base changes nothing.
#[derive(JsonSchema, Serialize)]
struct Case {
    /// The name of the base.
    base: String,
    /// At most one operation of JSON Patch (RFC 6902).
    patch: Vec<Operation>,
    #[serde(flatten)]
    verdicts: Verdicts,
}

/// An operation of JSON Patch.
#[derive(JsonSchema, Serialize)]
struct Operation {
    /// replace or remove.
    op: &'static str,
    /// A JSON pointer.
    path: String,
    /// What is put there; absent where the operation removes.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

/// The bytes of a body.
#[derive(JsonSchema, Serialize)]
struct Text {
    /// What is special about it.
    name: &'static str,
    /// The name of the base whose subject and version it should have.
    base: String,
    /// The bytes, in base64.
    bytes: String,
    #[serde(flatten)]
    verdicts: Verdicts,
}

/// What the readers say of a body.
#[derive(JsonSchema, Serialize)]
struct Verdicts {
    /// Whether it fits the schema; null where there is none, or the text is not one JSON value with unique names.
    fits: Option<bool>,
    /// Where it does not fit: JSON pointers. A missing member is told of its object, a surplus one of itself.
    pointers: Vec<String>,
    /// Whether the tolerant reader reads it.
    decodes: bool,
    /// What a judge finds.
    findings: Vec<Finding>,
}

/// One departure from the contract.
#[derive(JsonSchema, Serialize)]
struct Finding {
    /// The id of the clause; clauses.json has its statement.
    clause: &'static str,
    /// Where: a JSON pointer.
    pointer: String,
    /// Whether it breaks the clause; false for what a reader must bear and may want to know.
    breach: bool,
}

pub(super) fn bodies(schemas: &Catalogue) -> BodyVectors {
    let mut vectors = BodyVectors {
        version: VERSION,
        bases: Vec::new(),
        cases: Vec::new(),
        texts: Vec::new(),
    };
    for version in ApiVersion::ALL.into_iter().rev() {
        for (subject, body) in bases(version) {
            vectors.add(schemas, subject, version, body);
        }
    }
    vectors
}

impl BodyVectors {
    fn add(&mut self, schemas: &Catalogue, subject: Subject, version: ApiVersion, body: Value) {
        let judge = Judge {
            subject,
            version,
            fit: fit(schemas, subject, version),
        };
        let base = format!("{}@{version}", name(subject));
        let mut case = |patch, body: &Value| {
            self.cases.push(Case {
                base: base.clone(),
                patch,
                verdicts: judge.verdicts(body.to_string().as_bytes()),
            });
        };
        case(Vec::new(), &body);
        for changed in samples::changes(&body, &values(version)) {
            let operation = Operation {
                op: if changed.value.is_some() {
                    "replace"
                } else {
                    "remove"
                },
                path: push_pointer("", &changed.member),
                value: changed.value,
            };
            case(vec![operation], &changed.body);
        }
        if subject == Subject::Document && version == ApiVersion::default() {
            self.texts
                .extend(texts(&body).into_iter().map(|(name, bytes)| Text {
                    name,
                    base: base.clone(),
                    verdicts: judge.verdicts(&bytes),
                    bytes: base64(&bytes),
                }));
        }
        self.bases.push(Base {
            name: base,
            subject: name(subject),
            api_version: version.as_str(),
            schema: judge.fit.map(|fit| fit.path().to_owned()),
            body,
        });
    }
}

struct Judge {
    subject: Subject,
    version: ApiVersion,
    fit: Option<Fit>,
}

impl Judge {
    fn verdicts(&self, bytes: &[u8]) -> Verdicts {
        let findings = inspect::inspect(&Wanted::new(self.subject, self.version), bytes);
        let one_value = serde_json::from_slice::<Value>(bytes).ok();
        // A member that stands twice is in no value that a schema could be held against.
        let value = one_value.filter(|_| !findings.iter().any(|it| it.expected == "unique member names"));
        let problems = self.fit.as_ref().zip(value).map(|(fit, value)| {
            let mut pointers: Vec<_> = fit.problems(&value).into_iter().map(|it| it.pointer).collect();
            pointers.sort();
            pointers.dedup();
            pointers
        });
        Verdicts {
            fits: problems.as_ref().map(Vec::is_empty),
            pointers: problems.unwrap_or_default(),
            decodes: self.decodes(bytes),
            findings: findings
                .into_iter()
                .map(|it| Finding {
                    clause: it.clause.id,
                    pointer: it.pointer,
                    breach: it.weight == Weight::Breach,
                })
                .collect(),
        }
    }

    fn decodes(&self, bytes: &[u8]) -> bool {
        let limits = Limits::default();
        match self.subject {
            Subject::Document => decode::decode::<Document>(bytes, limits).is_ok(),
            Subject::DestroyedDocument => decode::decode::<DestroyAnswer>(bytes, limits).is_ok(),
            Subject::DocumentList => decode::decode::<List<Document>>(bytes, limits).is_ok(),
            Subject::Dispute => decode::decode::<Dispute>(bytes, limits).is_ok(),
            Subject::DisputeList => decode::decode::<List<Dispute>>(bytes, limits).is_ok(),
            Subject::Error => decode::decode::<ApiError>(bytes, limits).is_ok(),
        }
    }
}

const fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Document => "document",
        Subject::DestroyedDocument => "destroyed-document",
        Subject::DocumentList => "document-list",
        Subject::Dispute => "dispute",
        Subject::DisputeList => "dispute-list",
        Subject::Error => "error",
    }
}

/// The schema of a subject in a version, where one is published.
fn fit(schemas: &Catalogue, subject: Subject, version: ApiVersion) -> Option<Fit> {
    let name = match subject {
        Subject::DestroyedDocument => "deleted-document",
        other => name(other),
    };
    let path = format!("{version}/{name}.json");
    schemas.at(&path)?;
    Fit::new(schemas, &path, None).ok()
}

/// The whole table for the current version, and what changes a type or a form for the others.
fn values(version: ApiVersion) -> Vec<Value> {
    if version == ApiVersion::default() {
        return samples::values();
    }
    let values = json!([
        null,
        true,
        1,
        "",
        "x",
        [],
        {},
        "docu_1",
        "2017-11-04T12:13:54Z",
        "2019-12-31T12:59:59.5Z",
        "open",
        "proof_of_receipt",
    ]);
    values.as_array().cloned().unwrap_or_default()
}

/// A body of each subject, as a server of this version writes it.
fn bases(version: ApiVersion) -> Vec<(Subject, Value)> {
    let document: Option<Document> = serde_json::from_value(samples::document()).ok();
    let dispute: Option<Dispute> = serde_json::from_value(samples::dispute()).ok();
    let (Some(document), Some(dispute)) = (document, dispute) else {
        return Vec::new();
    };
    let mut list = samples::list();
    list["data"] = vec![document.to_json(version); 2].into();
    let mut disputes = samples::list();
    disputes["data"] = vec![dispute.to_json(version); 2].into();
    disputes["location"] = "/disputes".into();
    vec![
        (Subject::Document, document.to_json(version)),
        (Subject::DestroyedDocument, document.to_deleted_json(version)),
        (Subject::DocumentList, list),
        (Subject::Dispute, dispute.to_json(version)),
        (Subject::DisputeList, disputes),
        (Subject::Error, samples::error()),
    ]
}

/// Bytes that only nearly are a body.
fn texts(body: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let text = body.to_string();
    let bytes = || text.clone().into_bytes();
    let within = |from: &str, to: &[u8]| {
        let at = text.find(from).unwrap_or_default();
        [&text.as_bytes()[..at], to, &text.as_bytes()[at + from.len()..]].concat()
    };
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("as it is", bytes()),
        ("white space around it", format!(" \t\r\n{text}\n").into_bytes()),
        ("nothing", Vec::new()),
        ("null", b"null".to_vec()),
        ("an array of it", format!("[{text}]").into_bytes()),
        (
            "a string of it",
            Value::from(text.as_str()).to_string().into_bytes(),
        ),
        (
            "without its last byte",
            text.as_bytes()[..text.len() - 1].to_vec(),
        ),
        ("something behind it", format!("{text}{{}}").into_bytes()),
        (
            "a byte order mark before it",
            format!("\u{feff}{text}").into_bytes(),
        ),
        ("UTF-16", utf16),
        (
            "a member that stands twice",
            within("{", br#"{"id":"docu_test_2","#),
        ),
        ("a member that is not listed", within("{", br#"{"extra":1,"#)),
        ("a member in other case", within("\"livemode\"", b"\"liveMode\"")),
        ("a comma behind the last member", within("}", b",}")),
        ("a comment", within("{", b"{/* a */")),
        ("single quotes", text.replace('"', "'").into_bytes()),
        ("NaN", within("false", b"NaN")),
        ("a byte that is not UTF-8", within("slip", b"sl\xffip")),
        ("half a surrogate pair", within("slip", br"sl\ud800ip")),
        ("an escaped NUL", within("slip", br"sl\u0000ip")),
        ("a line end within a text", within("slip", b"sl\nip")),
        (
            "200 arrays in an unlisted member",
            within(
                "{",
                format!("{{\"extra\":{}{},", "[".repeat(200), "]".repeat(200)).as_bytes(),
            ),
        ),
        (
            "a page of HTML",
            b"<!DOCTYPE html><title>502 Bad Gateway</title>".to_vec(),
        ),
    ]
}
