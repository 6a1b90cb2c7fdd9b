//! The published schemas and both readers agree, but for what is listed here with its reason.
//!
//! A schema says what a server writes. So: what our types write fits; what fits decodes; what decodes
//! without fitting, and what only one of schema and `inspect` refuses, stands in `mutants.rs`.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod generated;
mod mutants;

use jsonschema::Validator;
use proptest::prelude::*;
use rebuttal_model::{
    ApiError, ApiVersion, DeletedDocument, Dispute, Document, LegacyDispute, LegacyDocument, List,
    decode::{self, DestroyAnswer, Limits},
    inspect::{self, Subject, Wanted, Weight},
    schema,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const NOW: ApiVersion = ApiVersion::V2019_05_29;
const THEN: ApiVersion = ApiVersion::V2017_11_02;

proptest! {
    // A seed means something else after any change of its strategy: a finding becomes a named case instead.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn written_documents_fit_and_read_back(document in generated::document()) {
        let now = document.to_json(NOW);
        fits::<Document>(&now);
        conforms(Subject::Document, NOW, &now);
        prop_assert_eq!(reads::<Document>(&now), document.clone());

        let then = document.to_json(THEN);
        fits::<LegacyDocument>(&then);
        conforms(Subject::Document, THEN, &then);
        let read = reads::<Document>(&then);
        prop_assert_eq!(&read.to_json(THEN), &then);
        prop_assert_eq!((read.id, read.created_at), (document.id, document.created_at));
    }

    #[test]
    fn written_answers_to_destroy_fit_and_read_back(document in generated::document()) {
        let now = document.to_deleted_json(NOW);
        fits::<Document>(&now);
        conforms(Subject::DestroyedDocument, NOW, &now);
        prop_assert!(matches!(reads(&now), DestroyAnswer::Whole(whole) if whole.deleted));

        let then = document.to_deleted_json(THEN);
        fits::<DeletedDocument>(&then);
        conforms(Subject::DestroyedDocument, THEN, &then);
        prop_assert!(matches!(reads(&then), DestroyAnswer::Short(short) if short.deleted));
    }

    #[test]
    fn written_lists_fit_and_read_back(list in generated::document_list()) {
        let now = serde_json::to_value(&list).unwrap();
        fits::<List<Document>>(&now);
        conforms(Subject::DocumentList, NOW, &now);
        prop_assert_eq!(reads::<List<Document>>(&now), list.clone());

        let mut then = now;
        then["data"] = list.data.iter().map(|document| document.to_json(THEN)).collect();
        fits::<List<LegacyDocument>>(&then);
        conforms(Subject::DocumentList, THEN, &then);
    }

    #[test]
    fn written_disputes_fit_and_read_back(dispute in generated::dispute()) {
        let now = dispute.to_json(NOW);
        fits::<Dispute>(&now);
        conforms(Subject::Dispute, NOW, &now);
        prop_assert_eq!(reads::<Dispute>(&now), dispute.clone());

        let then = dispute.to_json(THEN);
        fits::<LegacyDispute>(&then);
        conforms(Subject::Dispute, THEN, &then);
    }

    #[test]
    fn written_errors_fit_and_read_back(error in generated::error()) {
        let json = serde_json::to_value(&error).unwrap();
        fits::<ApiError>(&json);
        conforms(Subject::Error, NOW, &json);
        prop_assert_eq!(reads::<ApiError>(&json), error);
    }
}

#[test]
fn every_published_schema_is_valid_and_introduces_itself() {
    let published = schema::published();
    let is_schema = |path: &str| path != "clauses.json" && !path.contains("openapi");
    let schemas: Vec<_> = published.iter().filter(|it| is_schema(it.path)).collect();
    assert!(schemas.len() >= 30, "only {} schemas", schemas.len());
    for schema in schemas {
        let (path, content) = (schema.path, &schema.content);
        assert!(
            jsonschema::draft202012::meta::is_valid(content),
            "{path} is no schema"
        );
        assert_eq!(
            content["$schema"], "https://json-schema.org/draft/2020-12/schema",
            "{path}"
        );
        assert_eq!(content["$id"], format!("https://rebuttal.example/schemas/{path}"));
        for name in ["title", "description"] {
            assert!(
                content[name].as_str().is_some_and(|text| !text.is_empty()),
                "{path}: {name}"
            );
        }
        let text = content.to_string();
        for unwanted in ["```", "[`", "\"default\""] {
            assert!(!text.contains(unwanted), "{path} speaks of Rust: {unwanted}");
        }
    }
}

#[test]
fn titles_and_paths_are_unique() {
    let published = schema::published();
    let mut paths: Vec<_> = published.iter().map(|it| it.path).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), published.len());
    let title = |path| &published.iter().find(|it| it.path == path).unwrap().content["title"];
    assert_eq!(title("2019-05-29/document-list.json"), "DocumentList");
    assert_eq!(title("2017-11-02/document-list.json"), "LegacyDocumentList");
}

/// `serde_json` keeps the order of insertion when any crate of a build asks for it; the files must not change.
#[test]
fn members_are_sorted_whatever_features_are_on() {
    fn check(value: &Value, path: &str) {
        match value {
            Value::Object(members) => {
                assert!(members.keys().is_sorted(), "{path}");
                members.values().for_each(|value| check(value, path));
            }
            Value::Array(items) => items.iter().for_each(|item| check(item, path)),
            _ => {}
        }
    }
    for published in schema::published() {
        // Those stand in the order in which a reader wants them.
        if published.path.contains("openapi") {
            continue;
        }
        check(&published.content, published.path);
    }
}

#[test]
fn null_is_not_absent() {
    let document = rebuttal_model::samples::document();
    for name in ["kind", "download_uri"] {
        let mut absent = document.clone();
        absent.as_object_mut().unwrap().remove(name);
        assert!(!validator::<Document>().is_valid(&absent), "without {name}");
        let mut null = document.clone();
        null[name] = Value::Null;
        fits::<Document>(&null);
    }
    let legacy = json!({
        "object": "document", "id": "docu_test_1", "livemode": false, "filename": "a.png",
        "location": "/disputes/dspt_test_1/documents/docu_test_1", "created": "2017-11-04T12:13:54Z",
    });
    fits::<LegacyDocument>(&legacy);
}

fn validator<T: schemars::JsonSchema>() -> Validator {
    jsonschema::draft202012::new(&schema::schema_of::<T>("test.json")).unwrap()
}

fn fits<T: schemars::JsonSchema>(json: &Value) {
    let validator = validator::<T>();
    let errors: Vec<_> = validator.iter_errors(json).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{json:#} does not fit: {errors:#?}");
}

fn reads<T: DeserializeOwned>(json: &Value) -> T {
    decode::decode(json.to_string().as_bytes(), Limits::default()).unwrap()
}

fn conforms(subject: Subject, version: ApiVersion, json: &Value) {
    let departures = inspect::inspect(&Wanted::new(subject, version), json.to_string().as_bytes());
    assert!(
        departures.iter().all(|it| it.weight != Weight::Breach),
        "{json:#}: {departures:#?}"
    );
}
