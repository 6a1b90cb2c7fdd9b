//! The published schemas, held against the readers.

use std::sync::OnceLock;

use arbitrary::Unstructured;
use jsonschema::Validator;
use rebuttal_model::{
    ApiError, ApiVersion, Dispute, Document, List,
    decode::{self as reader, DecodeError, DestroyAnswer, Limits},
    inspect::{self as judge, Departure, Subject, Wanted, Weight},
    schema::published,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::reviewed::{BORNE, Case, INSPECTED, Reviewed, SCHEMED, UNREAD};
use crate::generators::response::{self, Shape as Drawn};

/// Holds readers and schemas against each other. The first byte of the input chooses the subject (bits 0 to 2), the
/// version (bit 3), and whether the rest is a body or what the generator of bodies is drawn from (bit 4).
///
/// # Panics
///
/// When the tolerant schema takes what does not decode or refuses what does, when the schema of the version takes
/// what the judge finds a breach in or refuses what it finds none in, and no row of a reviewed list explains it; when
/// what was decoded is written as something that the tolerant schema refuses.
pub fn schema(input: &[u8]) {
    let [setting, rest @ ..] = input else { return };
    let shapes = shapes();
    let shape = &shapes[usize::from(setting & 7) % shapes.len()];
    let version = if setting & 8 == 0 { NOW } else { THEN };
    if setting & 16 == 0 {
        drop(difference(shape, version, rest));
        return;
    }
    let body = response::written(&mut Unstructured::new(rest), shape.drawn);
    drop(difference(
        shape,
        version,
        &body.expect("every input makes a body"),
    ));
}

const NOW: ApiVersion = ApiVersion::V2019_05_29;
const THEN: ApiVersion = ApiVersion::V2017_11_02;

/// Something that a body can be, with its schemas and readers.
pub struct Shape {
    /// What the judge is asked for.
    pub subject: Subject,
    drawn: Drawn,
    tolerant: Validator,
    now: Validator,
    then: Validator,
    decode: fn(&[u8]) -> Result<Option<Value>, DecodeError>,
}

/// Each of them.
///
/// # Panics
///
/// When a published schema is none, or is missing.
pub fn shapes() -> &'static [Shape] {
    static SHAPES: OnceLock<Vec<Shape>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let published = published();
        let validator = |path: String| {
            let schema = published
                .iter()
                .find(|it| it.path == path)
                .expect("a published schema");
            jsonschema::draft202012::new(&schema.content).expect("a schema")
        };
        let shape = |subject, drawn, name: &str, tolerant: &str, decode| Shape {
            subject,
            drawn,
            decode,
            tolerant: validator(format!("tolerant/{tolerant}.json")),
            now: validator(format!("{NOW}/{name}.json")),
            then: validator(format!("{THEN}/{name}.json")),
        };
        vec![
            shape(
                Subject::Document,
                Drawn::Document,
                "document",
                "document",
                written::<Document>,
            ),
            shape(
                Subject::DocumentList,
                Drawn::List,
                "document-list",
                "document-list",
                written::<List<Document>>,
            ),
            shape(
                Subject::Dispute,
                Drawn::Dispute,
                "dispute",
                "dispute",
                written::<Dispute>,
            ),
            shape(
                Subject::Error,
                Drawn::Error,
                "error",
                "error",
                written::<ApiError>,
            ),
            shape(
                Subject::DestroyedDocument,
                Drawn::Document,
                "deleted-document",
                "destroy-answer",
                |body| reader::decode::<DestroyAnswer>(body, Limits::default()).map(|_| None),
            ),
            shape(
                Subject::DisputeList,
                Drawn::List,
                "dispute-list",
                "dispute-list",
                written::<List<Dispute>>,
            ),
        ]
    })
}

/// What a body is decoded to, written again.
fn written<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<Option<Value>, DecodeError> {
    let value: T = reader::decode(body, Limits::default())?;
    Ok(Some(
        serde_json::to_value(value).expect("what was read can be written"),
    ))
}

/// Holds one body against readers and schemas; the rows of the lists that were needed.
///
/// # Panics
///
/// As [`schema`], with this body.
pub fn difference(shape: &Shape, version: ApiVersion, body: &[u8]) -> Vec<&'static Reviewed> {
    // A reader need not look into what it does not need; a schema is about values.
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let mut departures = breaches(shape, version, body);
    let mut once = None;
    if departures.iter().any(|it| it.expected == "unique member names") {
        // In a value no member stands twice, so the readers are asked about the value too.
        let body = once.insert(value.to_string()).as_bytes();
        departures = breaches(shape, version, body);
    }
    let decoded = (shape.decode)(once.as_ref().map_or(body, String::as_bytes));
    let fits = shape.tolerant.is_valid(&value);
    let strict = if version == NOW { &shape.now } else { &shape.then };
    let conforms = strict.is_valid(&value);
    let mut needed = Vec::new();
    let mut explain = |what: &str, list: &'static [Reviewed], case: &Case<'_>| {
        let row = list.iter().find(|row| (row.explains)(case));
        let Some(row) = row else {
            let subject = shape.subject;
            panic!("{what}, and no row of the list says why: {subject:?} of {version}\n{value}\n{case:?}");
        };
        needed.push(row);
    };
    let mut case = Case {
        value: &value,
        error: String::new(),
        departure: None,
    };
    match &decoded {
        Err(error) if fits => {
            let source =
                std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
            case.error = source;
            explain("fits and does not decode", UNREAD, &case);
        }
        Ok(_) if !fits => {
            case.error = shape
                .tolerant
                .validate(&value)
                .map_err(|it| it.to_string())
                .err()
                .unwrap_or_default();
            explain("decodes and does not fit", BORNE, &case);
        }
        _ => {}
    }
    if conforms {
        for departure in &departures {
            case.departure = Some(departure);
            explain("conforms to its schema and departs", INSPECTED, &case);
        }
    } else if departures.is_empty() {
        case.error = strict
            .validate(&value)
            .map_err(|it| it.to_string())
            .err()
            .unwrap_or_default();
        explain(
            "departs in nothing and does not conform to its schema",
            SCHEMED,
            &case,
        );
    }
    if let Ok(Some(written)) = &decoded {
        let errors: Vec<_> = shape
            .tolerant
            .iter_errors(written)
            .map(|it| it.to_string())
            .collect();
        assert!(
            errors.is_empty(),
            "written as {written}, which does not fit: {errors:?}"
        );
    }
    needed
}

fn breaches(shape: &Shape, version: ApiVersion, body: &[u8]) -> Vec<Departure> {
    let mut departures = judge::inspect(&Wanted::new(shape.subject, version), body);
    departures.retain(|it| it.weight == Weight::Breach);
    departures
}
