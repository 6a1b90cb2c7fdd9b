//! The files that people write: scenarios, and beside them targets.

mod target;

use std::{ops::Range, sync::OnceLock};

use jsonschema::Validator;
use rebuttal_conformance::{diagnostic::Defects, scenario};
use serde_json::Value;

pub use target::target_file;

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
