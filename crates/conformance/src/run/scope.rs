//! What the texts of a scenario can refer to while it runs.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use rebuttal_model::{Timestamp, json::Node};
use serde_json::Value;

use super::{lease::Loan, seen::count_of, session::Session};
use crate::template::{self, Part, Reference, Shift};

/// A well-formed dispute id that nobody has.
const UNKNOWN_DISPUTE: &str = "dspt_test_0000000000000000000";
/// A well-formed document id that nobody has.
const UNKNOWN_DOCUMENT: &str = "docu_test_0000000000000000000";

/// Disputes, and the bodies of the steps so far.
#[derive(Default)]
pub(crate) struct Scope {
    pub(crate) loans: BTreeMap<String, Loan>,
    pub(crate) answers: BTreeMap<String, Node>,
    /// Their status codes.
    pub(crate) statuses: BTreeMap<String, u16>,
    pub(crate) livemode: bool,
    /// The secret key, for credentials of a wrong form that hold the right key.
    pub(crate) secret: String,
    /// What only raw bytes may name: `host`, `prefix` and `authorization`.
    pub(crate) raw: BTreeMap<&'static str, String>,
}

impl Scope {
    /// What a scenario can refer to before its first step.
    pub(super) fn new(session: &Session, loans: BTreeMap<String, Loan>) -> Self {
        Self {
            loans,
            livemode: session.target.secret.is_live(),
            secret: session.target.secret.expose().to_owned(),
            ..Self::default()
        }
    }

    /// Every id that a request of this scenario can be about, whether it exists or not.
    pub(crate) fn asked_ids(&self) -> impl Iterator<Item = String> {
        let loans = self.loans.values().map(|loan| loan.id.to_string());
        loans.chain([UNKNOWN_DISPUTE.to_owned(), UNKNOWN_DOCUMENT.to_owned()])
    }

    /// A text with its references replaced. `Err` says which one has no value.
    pub(crate) fn text(&self, text: &str) -> Result<String, String> {
        let parts = template::parse(text).map_err(|error| error.to_string())?;
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Reference(reference) => match self.value(reference)? {
                    Node::String(text) => out.push_str(&text),
                    other => out.push_str(&other.to_string()),
                },
            }
        }
        Ok(out)
    }

    /// A pattern with its references replaced; one that is nothing but a reference takes its type too.
    pub(crate) fn pattern(&self, pattern: &Value) -> Result<Value, String> {
        Ok(match pattern {
            Value::String(text) => match template::parse(text)
                .map_err(|error| error.to_string())?
                .as_slice()
            {
                [Part::Reference(reference)] => {
                    serde_json::from_str(&self.value(*reference)?.to_string()).unwrap_or_default()
                }
                _ => Value::String(self.text(text)?),
            },
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.pattern(item))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), self.pattern(value)?)))
                    .collect::<Result<_, String>>()?,
            ),
            other => other.clone(),
        })
    }

    fn value(&self, reference: Reference<'_>) -> Result<Node, String> {
        let value = self.plain(reference)?;
        let name = || format!("{{{{{}{}}}}}", reference.name, reference.pointer);
        match (reference.shift, &value) {
            (Shift::None, _) => Ok(value),
            (Shift::Count(by), Node::Number(_) | Node::String(_)) => count_of(&value)
                .and_then(|number| number.checked_add(by))
                .map(|sum| Node::Number(sum.into()))
                .ok_or_else(|| format!("{} is not a number to count with", name())),
            (Shift::Seconds(by), Node::String(text)) => Timestamp::parse_tolerant(text)
                .map(|time| Node::String(time.plus_seconds(by).to_string()))
                .map_err(|error| format!("{}: {error}", name())),
            (Shift::UpperCase, Node::String(text)) => Ok(Node::String(text.to_ascii_uppercase())),
            _ => Err(format!(
                "{} is {}, which that cannot be done to",
                name(),
                value.excerpt(60)
            )),
        }
    }

    /// User name and password that nearly are the secret key's.
    fn credentials(&self, form: &str) -> Option<String> {
        let key = &self.secret;
        Some(match form {
            "/without-colon" => key.clone(),
            "/longer" => format!("{key}0:"),
            "/shorter" => format!("{}:", &key[..key.len() - 1]),
            "/another-ending" => {
                let (rest, last) = key.split_at(key.len() - 1);
                format!("{rest}{}:", if last == "0" { '1' } else { '0' })
            }
            "/upper-case" => format!("{}:", key.to_uppercase()),
            "/as-password" => format!(":{key}"),
            _ => return None,
        })
    }

    fn plain(&self, reference: Reference<'_>) -> Result<Node, String> {
        let Reference { name, pointer, .. } = reference;
        let text = |text: &str| Ok(Node::String(text.to_owned()));
        if let Some(loan) = self.loans.get(name) {
            return match (pointer, &loan.document) {
                ("", _) => text(loan.id.as_str()),
                ("/document", Some(document)) => text(document.as_str()),
                _ => Err(format!("the dispute `{name}` has no {pointer}")),
            };
        }
        if let Some(value) = self.raw.get(name) {
            return text(value);
        }
        match (name, pointer) {
            ("unknown", "/dispute") => text(UNKNOWN_DISPUTE),
            ("unknown", "/document") => text(UNKNOWN_DOCUMENT),
            ("key", "/livemode") => Ok(Node::Bool(self.livemode)),
            ("key", "/secret") => text(&self.secret),
            ("key", form) => match self.credentials(form) {
                Some(credentials) => text(&STANDARD.encode(credentials)),
                None => Err(format!("the key has no {form}")),
            },
            _ => {
                let answer = self
                    .answers
                    .get(name)
                    .ok_or_else(|| format!("step `{name}` has no answer"))?;
                let found = answer.pointer(pointer);
                found
                    .cloned()
                    .ok_or_else(|| format!("the answer to step `{name}` has no {pointer}"))
            }
        }
    }
}
