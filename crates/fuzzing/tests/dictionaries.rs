//! The dictionaries of response bodies are copies, and hold the names that the model has.

use std::{collections::BTreeSet, fs, path::Path};

use rebuttal_model::{ErrorCode, samples};
use serde_json::Value;

#[test]
fn the_dictionaries_of_bodies_are_one() {
    let [decode, inspect, schema] = ["decode", "inspect", "schema"].map(dictionary);
    assert_eq!(decode, inspect);
    assert_eq!(decode, schema);
}

#[test]
fn every_member_of_the_model_can_be_tried_and_no_other() {
    let mut wanted = BTreeSet::new();
    for body in [
        samples::document(),
        samples::list(),
        samples::dispute(),
        samples::error(),
    ] {
        members(&body, &mut wanted);
    }
    // The names that older versions have for some.
    wanted.extend(["created", "transaction"].map(str::to_owned));
    let words = words(&dictionary("decode"));
    let named: BTreeSet<_> = words.iter().filter_map(|word| named(word)).collect();
    let missing: Vec<_> = wanted.difference(&named).collect();
    let surplus: Vec<_> = named.difference(&wanted).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing: {missing:?}; of no type: {surplus:?}"
    );
    let listed = |word: &String| {
        let code = serde_json::from_str::<ErrorCode>(word);
        code.is_ok_and(|code| !matches!(code, ErrorCode::Unlisted(_)))
    };
    assert!(words.iter().any(listed), "no code of an error");
}

fn members(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                into.insert(name.clone());
                members(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, into)),
        _ => {}
    }
}

/// The member that a word of a dictionary begins with.
fn named(word: &str) -> Option<String> {
    let (name, _) = word.strip_prefix('"')?.split_once("\":")?;
    Some(name.to_owned())
}

fn words(dictionary: &str) -> Vec<String> {
    let quoted = dictionary
        .lines()
        .filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted
        .map(|word| word.replace("\\\"", "\"").replace("\\\\", "\\"))
        .collect()
}

fn dictionary(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fuzz/{name}.dict"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
