//! The OpenAPI documents hold together: references lead somewhere, examples fit, every clause is named, both profiles
//! are told.

use std::collections::BTreeSet;

use rebuttal_model::{ApiVersion, Profile, Situation, clause, openapi};
use serde_json::{Value, json};

fn documents() -> Vec<(&'static str, Value)> {
    openapi::published()
        .into_iter()
        .map(|it| (it.path, it.content))
        .collect()
}

/// Calls back with every object and its JSON pointer.
fn walk(value: &Value, pointer: &str, found: &mut impl FnMut(&str, &serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            found(pointer, members);
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                walk(value, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn references_lead_somewhere_and_no_component_is_left_over() {
    for (path, document) in documents() {
        let mut referred = BTreeSet::new();
        walk(&document, "", &mut |_, members| {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                referred.insert(target.strip_prefix('#').unwrap().to_owned());
            }
        });
        assert!(referred.len() > 15, "{path}: only {}", referred.len());
        for target in &referred {
            assert!(
                document.pointer(target).is_some(),
                "{path}: {target} leads nowhere"
            );
        }
        for (kind, components) in document["components"].as_object().unwrap() {
            for name in components.as_object().unwrap().keys() {
                let is_scheme = kind == "securitySchemes" && name == "secretKey";
                let pointer = format!("/components/{kind}/{name}");
                assert!(
                    is_scheme || referred.contains(&pointer),
                    "{path}: {pointer} is left over"
                );
            }
        }
    }
}

#[test]
fn every_example_fits_the_schema_beside_it() {
    for version in ApiVersion::ALL {
        let document = openapi::openapi(&[version]);
        let mut held = 0;
        walk(&document, "", &mut |pointer, members| {
            let (Some(schema), Some(examples)) = (members.get("schema"), members.get("examples")) else {
                return;
            };
            let schema = json!({ "allOf": [schema], "components": document["components"] });
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            for (name, example) in examples.as_object().unwrap() {
                let errors: Vec<_> = validator
                    .iter_errors(&example["value"])
                    .map(|it| it.to_string())
                    .collect();
                assert_eq!(errors, Vec::<String>::new(), "{version} {pointer} {name}");
                held += 1;
            }
        });
        assert!(held > 60, "only {held} examples");
    }
}

#[test]
fn every_clause_is_named_and_no_other() {
    let all: BTreeSet<_> = clause::all().map(|clause| clause.id).collect();
    for path in ["openapi.json", "openapi-3.0.json"] {
        let documents = documents();
        let (_, document) = documents.iter().find(|(known, _)| *known == path).unwrap();
        let mut named = BTreeSet::new();
        walk(document, "", &mut |pointer, members| {
            for id in members
                .get("x-clause")
                .into_iter()
                .flat_map(|it| it.as_array().unwrap())
            {
                assert!(all.contains(id.as_str().unwrap()), "{pointer}: {id}");
                named.insert(id.as_str().unwrap().to_owned());
            }
        });
        let missing: Vec<_> = all.iter().filter(|id| !named.contains(**id)).collect();
        assert_eq!(missing, Vec::<&&str>::new(), "{path}");
    }
}

#[test]
fn each_refusal_of_both_profiles_has_an_example() {
    let document = openapi::openapi(&ApiVersion::ALL);
    let upload = &document["paths"]["/disputes/{dispute}/documents"]["post"]["responses"];
    for situation in Situation::ALL {
        for profile in Profile::ALL {
            for refusal in situation.refusals(profile) {
                let answer = &upload[refusal.status.to_string()];
                let examples = answer["content"]["application/json"]["examples"]
                    .as_object()
                    .unwrap();
                for code in refusal.codes {
                    assert!(
                        examples.values().any(|it| it["value"]["code"] == *code),
                        "{situation:?} {profile}: {} {code}",
                        refusal.status
                    );
                }
                let page = &answer["content"]["text/html"];
                assert!(
                    !refusal.foreign_body || !page.is_null(),
                    "{situation:?} {profile}"
                );
            }
        }
    }
}

#[test]
fn operation_ids_are_unique_and_links_name_them() {
    for (path, document) in documents() {
        let mut ids = BTreeSet::new();
        let mut linked = BTreeSet::new();
        walk(&document, "", &mut |pointer, members| {
            let Some(id) = members.get("operationId").and_then(Value::as_str) else {
                return;
            };
            if pointer.contains("/links/") {
                linked.insert(id.to_owned());
            } else {
                assert!(ids.insert(id.to_owned()), "{path}: {id} is there twice");
            }
        });
        assert_eq!(ids.len(), 13, "{path}");
        assert_eq!(linked.len(), 8, "{path}");
        assert!(linked.is_subset(&ids), "{path}");
    }
}

#[test]
fn no_word_of_3_1_is_left_in_3_0() {
    let documents = documents();
    let (_, document) = documents
        .iter()
        .find(|(path, _)| *path == "openapi-3.0.json")
        .unwrap();
    assert_eq!(document["openapi"], "3.0.3");
    walk(document, "", &mut |pointer, members| {
        for word in ["const", "contentMediaType", "jsonSchemaDialect"] {
            assert!(!members.contains_key(word), "{pointer}: {word}");
        }
        assert!(
            !members.get("type").is_some_and(Value::is_array),
            "{pointer}: types"
        );
        assert!(members.get("type") != Some(&json!("null")), "{pointer}: null");
        assert!(
            !members.contains_key("$ref") || members.len() == 1,
            "{pointer}: beside a reference"
        );
        assert!(
            !members.contains_key("nullable") || members.contains_key("type"),
            "{pointer}: nullable"
        );
    });
}
