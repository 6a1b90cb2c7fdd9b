//! Target files, which hold keys.

use std::sync::OnceLock;

use jsonschema::Validator;
use rebuttal_conformance::Target;
use rebuttal_model::{PublicKey, SecretKey};
use serde_json::Value;

use super::{fits, shown, validator};

/// The variables of the environment that a file may name.
const VARIABLES: [(&str, &str); 2] = [
    ("KEY", "skey_test_5xuy4w91xqz7d1w9u0t"),
    ("PUBLIC", "pkey_test_5xuy4w91xqz7d1w9u0t"),
];

/// Reads a target file, in an environment of two variables.
///
/// # Panics
///
/// When a problem cannot be located or shown; when a message or `Debug` shows what stands where a key belongs, or a word
/// that looks like one; when what is taken does not fit the published schema, is not what stands in the file, or is
/// another target once it was written and read again.
pub fn target_file(input: &[u8]) {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match Target::parse("fuzzed.toml", text, environment) {
        Err(defects) => {
            shown(&defects, text);
            let told = format!("{}\n{defects}\n{defects:?}", defects.render(false));
            keeps_silent(&told, text);
        }
        Ok(target) => {
            fits(SCHEMA.get_or_init(|| validator(Target::schema())), text);
            let debug = format!("{target:?}");
            keeps_silent(&debug, text);
            for (_, key) in VARIABLES {
                assert!(!debug.contains(key), "a key of the environment shows in {debug}");
            }
            let file: Value = toml::from_str(text).expect("what was taken is TOML");
            assert_eq!(told(&target), stands(&file), "{text}");
            let members = file.as_object().into_iter().flatten();
            let lines: Vec<_> = members
                .map(|(name, value)| format!("{name} = {}", inline(value)))
                .collect();
            let written = lines.join("\n");
            match Target::parse("fuzzed.toml", &written, environment) {
                Ok(again) => assert_eq!((told(&again), format!("{again:?}")), (told(&target), debug)),
                Err(defects) => panic!("not read again: {defects}"),
            }
        }
    }
}

/// A value in TOML, on one line: JSON but for tables, and for one control character. The schema leaves no odd names.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{name} = {}", inline(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string().replace('\u{7f}', "\\u007f"),
    }
}

fn environment(name: &str) -> Option<String> {
    let variable = VARIABLES.iter().find(|(variable, _)| *variable == name);
    variable.map(|(_, key)| (*key).to_owned())
}

const STATES: [&str; 5] = ["open", "pending", "won", "lost", "foreign"];

/// The keys and records of a target, by their places in a file.
fn told(target: &Target) -> Vec<(&'static str, Vec<String>)> {
    let disputes = &target.disputes;
    let [open, pending, won, lost, foreign] = [
        &disputes.open,
        &disputes.pending,
        &disputes.won,
        &disputes.lost,
        &disputes.foreign,
    ]
    .map(|ids| ids.iter().map(ToString::to_string).collect());
    let key = |key: Option<&str>| key.map(ToOwned::to_owned).into_iter().collect();
    vec![
        ("secret", key(Some(target.secret.expose()))),
        ("public", key(target.public.as_ref().map(PublicKey::expose))),
        (
            "other_secret",
            key(target.other_secret.as_ref().map(SecretKey::expose)),
        ),
        ("open", open),
        ("pending", pending),
        ("won", won),
        ("lost", lost),
        ("foreign", foreign),
        (
            "disputable",
            target.charges.iter().map(ToString::to_string).collect(),
        ),
    ]
}

/// The same, as it stands in the file.
fn stands(file: &Value) -> Vec<(&'static str, Vec<String>)> {
    let texts = |value: &Value| {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(|it| Some(it.as_str()?.to_owned())).collect()
    };
    let keys = ["secret", "public", "other_secret"].map(|name| {
        let given = file["keys"][name].as_str().map(ToOwned::to_owned);
        let variable = file["keys"][format!("{name}_env")].as_str();
        let found = given.or_else(|| environment(variable?));
        (name, found.into_iter().collect())
    });
    let disputes = STATES.map(|state| (state, texts(&file["disputes"][state])));
    let charges = [("disputable", texts(&file["charges"]["disputable"]))];
    keys.into_iter().chain(disputes).chain(charges).collect()
}

/// Nothing of what may be a key is told.
fn keeps_silent(told: &str, text: &str) {
    for key in keys(text) {
        assert!(!told.contains(&key), "{key:?} shows:\n{told}");
    }
    let words = text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    for word in words.filter(|word| word.starts_with("skey_") || word.starts_with("pkey_")) {
        assert!(word.len() < 12 || !told.contains(word), "{word:?} shows:\n{told}");
    }
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
