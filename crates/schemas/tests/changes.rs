//! What a change of a schema breaks, case by case.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{collections::BTreeSet, fs, path::Path};

use rebuttal_schemas::compare::{Breaks, Difference, Files, compare};
use serde_json::{Value, json};

fn table(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn files<const N: usize>(files: [(&str, Value); N]) -> Files {
    files
        .into_iter()
        .map(|(path, data)| (path.to_owned(), data))
        .collect()
}

/// Whom differences break: every kind that occurs, as the tables write it.
fn summary(found: &[Difference]) -> String {
    let kinds: BTreeSet<_> = found.iter().map(|it| it.breaks).collect();
    if kinds.is_empty() {
        return "none".to_owned();
    }
    kinds
        .into_iter()
        .map(Breaks::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn each_change_of_a_schema_breaks_whom_the_table_says() {
    let table = table("changes.json");
    let cases = table.as_array().unwrap();
    assert!(cases.len() > 60, "only {} cases", cases.len());
    for case in cases {
        let with_dialect = |name: &str| {
            let mut schema = case[name].clone();
            schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
            schema
        };
        let (before, after) = (with_dialect("before"), with_dialect("after"));
        let found = compare(
            &files([("a.json", before.clone())]),
            &files([("a.json", after.clone())]),
        );
        assert_eq!(case["breaks"], summary(&found), "{}: {found:#?}", case["name"]);
        if let Some(at) = case["at"].as_str() {
            assert!(
                found.iter().any(|it| it.pointer == at),
                "{}: {found:#?}",
                case["name"]
            );
        }
        // The way back breaks those that the way there does not: what was wider is narrower.
        let back = compare(&files([("a.json", after)]), &files([("a.json", before)]));
        let is_breaking = |found: &[Difference]| found.iter().any(|it| it.breaks.is_breaking());
        if summary(&found) == "readers" {
            assert!(
                summary(&back).contains("writers") || !is_breaking(&back),
                "{}: {back:#?}",
                case["name"]
            );
        }
    }
}

#[test]
fn each_change_of_an_openapi_document_breaks_whom_the_table_says() {
    let table = table("changes_openapi.json");
    let before = &table["document"];
    let changes = table["changes"].as_array().unwrap();
    assert!(changes.len() > 20, "only {} changes", changes.len());
    for change in changes {
        let mut after = before.clone();
        let (place, name) = change["pointer"].as_str().unwrap().rsplit_once('/').unwrap();
        let name = name.replace("~1", "/");
        match (
            after.pointer_mut(place).unwrap_or(&mut Value::Null),
            change.get("value"),
        ) {
            (Value::Object(members), Some(value)) => drop(members.insert(name, value.clone())),
            (Value::Object(members), None) => drop(members.remove(&name).unwrap()),
            (Value::Array(items), Some(value)) => items.insert(name.parse().unwrap(), value.clone()),
            (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
            _ => {
                let mut made = json!({});
                made[&name] = change["value"].clone();
                *after.pointer_mut(place).unwrap() = made;
            }
        }
        let found = compare(
            &files([("openapi.json", before.clone())]),
            &files([("openapi.json", after)]),
        );
        assert_eq!(
            change["breaks"],
            summary(&found),
            "{}: {found:#?}",
            change["name"]
        );
    }
}

#[test]
fn files_come_move_and_go() {
    let schema = |id: &str| json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": id, "type": "string"});
    let old = files([
        ("a.json", schema("a")),
        ("b.json", json!({"type": "integer"})),
        ("clauses.json", json!([1])),
    ]);
    let new = files([
        ("c/a.json", schema("c/a")),
        ("d.json", json!({"type": "null"})),
        ("clauses.json", json!([2])),
    ]);
    let told: Vec<_> = compare(&old, &new)
        .into_iter()
        .map(|it| format!("{} {}: {}", it.file, it.breaks.as_str(), it.what))
        .collect();
    assert_eq!(
        told,
        [
            "a.json both: moved to c/a.json",
            "b.json both: the file is gone",
            "c/a.json nobody: a new file",
            "clauses.json nobody: other data",
            "d.json nobody: a new file",
        ]
    );
}

#[test]
fn a_reference_into_another_file_is_followed_by_name() {
    let schema = |wanted: &str| {
        files([
            (
                "a.json",
                json!({"$schema": "https://json-schema.org/", "items": {"$ref": "https://a.example/b.json#/$defs/B"}}),
            ),
            (
                "b.json",
                json!({"$schema": "https://json-schema.org/", "$id": "https://a.example/b.json", "$defs": {"B": {"type": wanted}}}),
            ),
        ])
    };
    let mut after = schema("number");
    after.get_mut("a.json").unwrap()["title"] = "moves the file into view".into();
    let found = compare(&schema("integer"), &after);
    let breaking: Vec<_> = found.iter().filter(|it| it.breaks.is_breaking()).collect();
    assert_eq!(breaking.len(), 1, "{found:#?}");
    assert_eq!(
        (breaking[0].file.as_str(), breaking[0].pointer.as_str()),
        ("b.json", "/$defs/B")
    );
}

/// Every schema of the table against every other: where no reader is said to break, nothing fits the new one that
/// did not fit the old one; where no writer is, the reverse.
#[test]
fn what_is_said_to_break_nobody_breaks_nobody() {
    let table = table("changes.json");
    let mut schemas = Vec::new();
    for case in table.as_array().unwrap() {
        for name in ["before", "after"] {
            let mut schema = case[name].clone();
            schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
            // Exclusive bounds as switches and nullable are of OpenAPI 3.0, which no validator here reads.
            let is_current = !schema["exclusiveMinimum"].is_boolean() && schema["nullable"].is_null();
            if let (true, Ok(validator)) = (is_current, jsonschema::draft202012::new(&schema)) {
                schemas.push((schema, validator));
            }
        }
    }
    assert!(schemas.len() > 100, "{} schemas", schemas.len());
    let values = values();
    let fits: Vec<Vec<bool>> = schemas
        .iter()
        .map(|(_, validator)| values.iter().map(|value| validator.is_valid(value)).collect())
        .collect();
    let (mut readers, mut writers) = (0, 0);
    for (old, (before, _)) in schemas.iter().enumerate() {
        for (new, (after, _)) in schemas.iter().enumerate() {
            let found = compare(
                &files([("a.json", before.clone())]),
                &files([("a.json", after.clone())]),
            );
            let breaks = |whom| {
                found
                    .iter()
                    .any(|it| [whom, Breaks::Both, Breaks::Undecided].contains(&it.breaks))
            };
            // A new optional member narrows an open object, and is told as breaking nobody on purpose.
            let is_new_member = found.iter().any(|it| it.what == "a new member");
            for (index, value) in values.iter().enumerate() {
                match (fits[old][index], fits[new][index]) {
                    (false, true) => {
                        assert!(
                            breaks(Breaks::Readers),
                            "{before}\n{after}\n{value} fits now: {found:#?}"
                        );
                        readers += 1;
                    }
                    (true, false) => {
                        assert!(
                            breaks(Breaks::Writers) || is_new_member,
                            "{before}\n{after}\n{value} fitted: {found:#?}"
                        );
                        writers += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(readers > 10_000 && writers > 10_000, "{readers} and {writers}");
}

fn values() -> Vec<Value> {
    let values = json!([
        null, true, false, 0, 1, 2, 3, 4, 6, 12, -1, 1.5, "", "a", "b", "c", "ab", "ba", "abcdefghijk", "2026-11-22",
        "a longer text than twenty characters", [], [1], [1, 1], [1, 2], ["a"], ["a", "b"], [null], [[], []], {},
        {"a": 1}, {"a": "x"}, {"a": null}, {"a": {"b": 1}}, {"a": {"b": "x"}}, {"b": 1}, {"b": "x"}, {"b": true},
        {"a": "x", "b": "y"}, {"t": "a"}, {"t": "b"}, {"t": "c"}, {"z": 1}, {"z": "x"}, {"a": 1, "z": "x"},
    ]);
    values.as_array().unwrap().clone()
}
