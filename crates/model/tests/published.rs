//! What is published for other teams: each version has every answer, and the examples are what they show.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::collections::BTreeMap;

use jsonschema::Validator;
use proptest::{collection::vec, prelude::*, sample::Index};
use rebuttal_model::{
    ApiError, ApiVersion, Dispute, Document, List,
    decode::{self, DestroyAnswer, Limits},
    inspect::{self, Subject, Wanted},
    schema,
};
use serde_json::{Value, json};

const SUBJECTS: [(&str, Subject); 6] = [
    ("document.json", Subject::Document),
    ("deleted-document.json", Subject::DestroyedDocument),
    ("document-list.json", Subject::DocumentList),
    ("dispute.json", Subject::Dispute),
    ("dispute-list.json", Subject::DisputeList),
    ("error.json", Subject::Error),
];

fn published() -> BTreeMap<String, Value> {
    schema::published()
        .into_iter()
        .map(|it| (it.path.to_owned(), it.content))
        .collect()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

fn examples(schema: &Value) -> &[Value] {
    let examples = schema["examples"].as_array().unwrap();
    assert!(!examples.is_empty());
    examples
}

#[test]
fn each_version_has_every_answer_with_examples_that_hold() {
    let published = published();
    for version in ApiVersion::ALL {
        for (name, subject) in SUBJECTS {
            let path = format!("{version}/{name}");
            let schema = &published[&path];
            let validator = validator(schema);
            for example in examples(schema) {
                let errors: Vec<_> = validator.iter_errors(example).map(|it| it.to_string()).collect();
                assert_eq!(errors, Vec::<String>::new(), "{path}: {example:#}");
                let departures =
                    inspect::inspect(&Wanted::new(subject, version), example.to_string().as_bytes());
                assert_eq!(departures, [], "{path}: {example:#}");
            }
        }
    }
}

#[test]
fn an_example_of_one_shape_does_not_fit_the_other() {
    let published = published();
    for name in [
        "document.json",
        "document-list.json",
        "dispute.json",
        "dispute-list.json",
    ] {
        let (now, then) = (format!("2019-05-29/{name}"), format!("2014-07-27/{name}"));
        for (one, other) in [(&now, &then), (&then, &now)] {
            let validator = validator(&published[one]);
            let fits: Vec<_> = examples(&published[other])
                .iter()
                .filter(|example| validator.is_valid(example) && example["data"] != json!([]))
                .collect();
            assert_eq!(fits, Vec::<&Value>::new(), "{one}");
        }
    }
}

#[test]
fn what_a_client_must_tolerate_has_examples_of_both_shapes_that_decode() {
    let published = published();
    for (path, reads) in TOLERANT {
        let schema = &published[*path];
        for example in examples(schema) {
            assert!(validator(schema).is_valid(example), "{path}: {example:#}");
            assert_eq!(reads(example), Ok(()), "{path}: {example:#}");
        }
    }
}

type Reads = fn(&Value) -> Result<(), String>;

/// Each tolerant schema, with the reader that it describes.
const TOLERANT: &[(&str, Reads)] = &[
    ("tolerant/document.json", reads::<Document>),
    ("tolerant/destroy-answer.json", reads::<DestroyAnswer>),
    ("tolerant/document-list.json", reads::<List<Document>>),
    ("tolerant/dispute.json", reads::<Dispute>),
    ("tolerant/dispute-list.json", reads::<List<Dispute>>),
    ("tolerant/error.json", reads::<ApiError>),
];

fn reads<T: serde::de::DeserializeOwned>(body: &Value) -> Result<(), String> {
    let decoded = decode::decode::<T>(body.to_string().as_bytes(), Limits::default());
    decoded
        .map(drop)
        .map_err(|error| match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        })
}

/// A value in place of a member, where schema and reader part for a reason.
const PART: &[(&str, &str)] = &[
    (
        "1.0",
        "JSON Schema calls 1.0 an integer; no server of this API writes one so",
    ),
    ("5000000000", "more records than a number of 32 bits counts"),
    ("\"2019-02-30T00:00:00Z\"", "the calendar is not a pattern"),
];

#[test]
fn what_fits_a_tolerant_schema_decodes_and_nothing_else_does() {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.0),
        json!(1.5),
        json!(101),
        json!(5_000_000_000_u64),
        json!(""),
        json!("x"),
        json!("list"),
        json!("docu_1"),
        json!("docu_test_UPPER"),
        json!("chronological"),
        json!("proof_of_refund"),
        json!("2019-02-30T00:00:00Z"),
        json!("2019-02-28T00:00:00.5+07:00"),
        json!("2019-02-28"),
        json!([]),
        json!([1]),
        json!({}),
        json!({"a": 1}),
    ];
    let (mut fit, mut refused) = (0, 0);
    let published = published();
    for (path, reads) in TOLERANT {
        let schema = &published[*path];
        let validator = validator(schema);
        let mut hold = |body: &Value, what: &str| {
            let fits = validator.is_valid(body);
            *(if fits { &mut fit } else { &mut refused }) += 1;
            if PART.iter().all(|(value, _)| !what.ends_with(value)) {
                assert_eq!(
                    fits,
                    reads(body).is_ok(),
                    "{path}: {what}: {body:#}: {:?}",
                    reads(body)
                );
            }
        };
        for example in examples(schema) {
            for name in example.as_object().unwrap().keys() {
                let mut without = example.clone();
                without.as_object_mut().unwrap().remove(name);
                hold(&without, &format!("without {name}"));
                for value in &values {
                    let mut changed = example.clone();
                    changed[name] = value.clone();
                    hold(&changed, &format!("{name}: {value}"));
                }
            }
            let mut more = example.clone();
            more["more"] = json!({"than": "listed"});
            hold(&more, "one member more");
        }
    }
    assert!(fit > 500 && refused > 1_500, "{fit} fit, {refused} did not");
}

/// Any JSON, with the words of the contract more often than chance has them.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<u16>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "(docu|dspt|chrg)(_test)?_[0-9a-zA-Z]{0,70}".prop_map(Value::from),
        "20[0-9]{2}-0[1-9]-[12][0-9](T[01][0-9]:[0-5][0-9]:[0-5][0-9](Z|\\+07:00|z| ))?"
            .prop_map(Value::from),
        "(document|list|dispute|error|chronological|reverse_chronological|open|proof_of_receipt)"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec(("[a-z_]{1,6}", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    // A finding becomes a row of the table above instead.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn whatever_a_member_becomes_schema_and_reader_agree(
        schema: Index, example: Index, member: Index, value in any_value(),
    ) {
        static SCHEMAS: std::sync::LazyLock<BTreeMap<String, Value>> = std::sync::LazyLock::new(published);
        let (path, reads) = schema.get(TOLERANT);
        let schema = &SCHEMAS[*path];
        let mut body = example.get(examples(schema)).clone();
        let members = body.as_object_mut().unwrap();
        let name = member.get(&members.keys().cloned().collect::<Vec<_>>()).clone();
        members.insert(name, value);
        prop_assert_eq!(validator(schema).is_valid(&body), reads(&body).is_ok(), "{}: {:#}", path, body);
    }
}
