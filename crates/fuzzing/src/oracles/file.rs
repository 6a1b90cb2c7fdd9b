//! The files that people write: scenarios and targets.

use std::{ops::Range, sync::OnceLock};

use jsonschema::Validator;
use rebuttal_conformance::{Target, diagnostic::Defects, scenario};
use serde_json::Value;

/// Reads a scenario file.
///
/// # Panics
///
/// When a problem cannot be located or shown, or when what is taken does not fit the published schema.
pub fn scenario_file(input: &[u8]) {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match scenario::parse("fuzzed.toml", text) {
        Err(defects) => shown(&defects, text),
        Ok(scenario) => {
            fits(SCHEMA.get_or_init(|| validator(scenario::schema())), text);
            let json = serde_json::to_value(&scenario).expect("a scenario is JSON");
            assert_eq!(
                scenario.clauses().count(),
                json["covers"].as_array().map_or(0, Vec::len)
            );
        }
    }
}

/// Reads a target file, in an environment of two variables.
///
/// # Panics
///
/// As [`scenario_file`], and when a message shows what stands where a key belongs.
pub fn target_file(input: &[u8]) {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let environment = |name: &str| match name {
        "KEY" => Some("skey_test_5xuy4w91xqz7d1w9u0t".to_owned()),
        "PUBLIC" => Some("pkey_test_5xuy4w91xqz7d1w9u0t".to_owned()),
        _ => None,
    };
    match Target::parse("fuzzed.toml", text, environment) {
        Err(defects) => {
            shown(&defects, text);
            let told = format!("{}\n{defects}", defects.render(false));
            for key in keys(text) {
                assert!(!told.contains(&key), "{key:?} shows:\n{told}");
            }
        }
        Ok(target) => {
            fits(SCHEMA.get_or_init(|| validator(Target::schema())), text);
            let debug = format!("{target:?}");
            for key in keys(text) {
                assert!(!debug.contains(&key), "{key:?} shows in {debug}");
            }
        }
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).expect("a schema")
}

/// What is taken here is what editors take, which read the published schema.
fn fits(validator: &Validator, text: &str) {
    let value: Value = toml::from_str(text).expect("what was taken is TOML");
    let errors: Vec<_> = validator.iter_errors(&value).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "taken, and not by an editor: {errors:?}");
}

fn shown(defects: &Defects, text: &str) {
    assert!(!defects.problems.is_empty(), "refused for nothing");
    assert_eq!(defects.text.len(), text.len(), "spans of another text");
    let mut last = 0;
    for problem in &defects.problems {
        let Range { start, end } = problem.span;
        assert!(start <= end && end <= text.len(), "out of the file: {problem:?}");
        assert!(
            text.is_char_boundary(start) && text.is_char_boundary(end),
            "{problem:?}"
        );
        assert!(!problem.message.is_empty() && last <= start, "{problem:?}");
        last = start;
        let (line, column) = defects.position(start);
        assert!(
            line >= 1 && line <= text.lines().count().max(1) + 1 && column >= 1,
            "{problem:?}"
        );
    }
    // What draws the lines must not fail on any text.
    assert!(!defects.render(true).is_empty());
    assert!(defects.to_string().lines().count() >= defects.problems.len());
}

/// What stands as a key in a file that is TOML, where it is long enough to be told from other words.
fn keys(text: &str) -> Vec<String> {
    let Ok(Value::Object(file)) = toml::from_str::<Value>(text) else {
        return Vec::new();
    };
    let keys = file.get("keys").and_then(Value::as_object);
    let given = |(name, value): (&String, &Value)| {
        let is_key = ["secret", "other_secret", "public"].contains(&name.as_str());
        let text = value.as_str().filter(|text| is_key && text.len() >= 12)?;
        Some(text.to_owned())
    };
    keys.into_iter().flatten().filter_map(given).collect()
}
