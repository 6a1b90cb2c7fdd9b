//! What an answer looks like, without what differs from run to run.

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::json::{Node, push_pointer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    redact::Secrets,
    report::general,
    run::Seen,
    verdict::{ClauseId, read},
};

/// How many members of a body are sketched; real answers have some 20.
const MOST_MEMBERS: usize = 200;

/// How much of a name or a word of the endpoint is kept, in characters.
const MOST_CHARS: usize = 100;

/// What one answer looks like: its status, its media type, and the types of its members.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Sketch {
    /// The step that asked, counted from 1.
    pub step: usize,
    /// The clause that the step is about.
    #[serde(deserialize_with = "read::clause")]
    pub clause: ClauseId,
    /// What was asked: method, path and the names of the parameters; ids and values are left out.
    pub ask: String,
    /// The status code.
    pub status: u16,
    /// The media type, without parameters; null where none was named.
    pub media_type: Option<String>,
    /// What stands at each JSON pointer of the body, `*` for each item of an array; a body that is not JSON is
    /// `text`, or `empty`.
    pub members: BTreeMap<String, BTreeSet<String>>,
}

impl Sketch {
    /// Sketches an answer to the request that begins with this line, below the endpoint's prefix.
    pub(crate) fn of(
        step: usize,
        clause: &'static str,
        request_line: &str,
        seen: &Seen,
        secrets: &Secrets,
    ) -> Self {
        let mut drawing = Drawing {
            secrets,
            members: BTreeMap::new(),
        };
        match &seen.json {
            Some(json) => drawing.value("", json),
            None if seen.body.is_empty() => drawing.add("", "empty".to_owned()),
            None => drawing.add("", "text".to_owned()),
        }
        Self {
            step,
            clause,
            ask: shown(&asked(request_line), secrets),
            status: seen.status,
            media_type: seen.media_type().map(|it| shown(&it, secrets)),
            members: drawing.members,
        }
    }

    /// Whether the body has items below this pointer, which ends in `/*`.
    pub(super) fn has_items(&self, pointer: &str) -> bool {
        self.members.keys().any(|it| {
            it.strip_prefix(pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// A request without what differs from run to run.
fn asked(request_line: &str) -> String {
    let mut words = request_line.split_ascii_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut text = general(&format!("{method} {path}"));
    for (index, parameter) in query.split('&').filter(|it| !it.is_empty()).enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(parameter.split('=').next().unwrap_or_default());
    }
    text
}

/// A word of the endpoint, as it may be kept.
fn shown(text: &str, secrets: &Secrets) -> String {
    let masked = secrets.mask(text);
    let short: String = masked.chars().take(MOST_CHARS).collect();
    short.escape_debug().to_string()
}

struct Drawing<'s> {
    secrets: &'s Secrets,
    members: BTreeMap<String, BTreeSet<String>>,
}

impl Drawing<'_> {
    fn add(&mut self, pointer: &str, kind: String) {
        if self.members.len() < MOST_MEMBERS || self.members.contains_key(pointer) {
            self.members.entry(pointer.to_owned()).or_default().insert(kind);
        }
    }

    fn value(&mut self, pointer: &str, value: &Node) {
        match value {
            Node::Object(members) => {
                self.add(pointer, "object".to_owned());
                for (name, value) in members {
                    self.value(&push_pointer(pointer, shown(name, self.secrets)), value);
                }
            }
            Node::Array(items) => {
                self.add(pointer, "array".to_owned());
                for item in items {
                    self.value(&push_pointer(pointer, "*"), item);
                }
            }
            scalar => {
                let kind = self.kind(pointer, scalar);
                self.add(pointer, kind);
            }
        }
    }

    /// The type of a scalar; of words that the API chose from a few, the word.
    fn kind(&self, pointer: &str, scalar: &Node) -> String {
        match scalar {
            Node::Null => "null".to_owned(),
            Node::Bool(value) => value.to_string(),
            Node::Number(number) if number.is_f64() => "number".to_owned(),
            Node::Number(_) => "integer".to_owned(),
            Node::String(text) if pointer.ends_with("/object") || pointer.ends_with("/code") => {
                format!("\"{}\"", shown(text, self.secrets))
            }
            Node::String(text) => kind_of_text(text).to_owned(),
            Node::Array(_) | Node::Object(_) => String::new(),
        }
    }
}

fn kind_of_text(text: &str) -> &'static str {
    if text.is_empty() {
        "empty string"
    } else if text.starts_with("https://") || text.starts_with("http://") {
        "URL"
    } else if text.starts_with('/') {
        "path"
    } else if general(text) == "(time)" {
        "time"
    } else {
        "string"
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;

    fn sketch(body: &'static str) -> Sketch {
        let seen = Seen {
            status: 200,
            reason: String::new(),
            headers: http::HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            json: Node::parse(body.as_bytes()).ok(),
            elapsed: Duration::ZERO,
        };
        let line = "GET /disputes/dspt_test_5/documents?from=2026-01-02&limit=3 HTTP/1.1";
        Sketch::of(1, "list.shape", line, &seen, &Secrets::default())
    }

    fn lines(sketch: &Sketch) -> Vec<String> {
        let kinds = |kinds: &BTreeSet<String>| kinds.iter().cloned().collect::<Vec<_>>().join("|");
        sketch
            .members
            .iter()
            .map(|(pointer, it)| format!("{pointer} {}", kinds(it)))
            .collect()
    }

    #[test]
    fn types_are_kept_and_values_are_not() {
        let list = sketch(
            r#"{"object":"list","total":2,"from":"1970-01-01T00:00:00Z","data":[{"kind":null,"a~/b":1.5},{"kind":"x","u":"/y"}]}"#,
        );
        assert_eq!(list.ask, "GET /disputes/dspt_…/documents?from&limit");
        assert_eq!(
            lines(&list),
            [
                " object",
                "/data array",
                "/data/* object",
                "/data/*/a~0~1b number",
                "/data/*/kind null|string",
                "/data/*/u path",
                "/from time",
                "/object \"list\"",
                "/total integer",
            ]
        );
        assert!(list.has_items("/data/*"));
        assert!(!sketch(r#"{"data":[]}"#).has_items("/data/*"));
    }

    #[test]
    fn a_body_that_is_no_json_is_a_word() {
        assert_eq!(lines(&sketch("")), [" empty"]);
        assert_eq!(lines(&sketch("<html>")), [" text"]);
    }
}
