//! Writes a scenario as a file of the suite, and its steps as lines for people.

use std::fmt::Write;

use serde_json::Value;

use crate::scenario::{Credentials, Scenario, Step};

/// The file of a scenario; each line of `note` becomes a comment at its top.
pub(crate) fn toml(scenario: &Scenario, note: &str) -> String {
    let mut text = String::new();
    for line in note.lines() {
        // The words are partly the endpoint's, and a comment takes no control characters.
        let line: String = line.chars().filter(|it| !it.is_control()).collect();
        let _ = writeln!(text, "# {line}");
    }
    let value = serde_json::to_value(scenario).unwrap_or_default();
    let members = || value.as_object().into_iter().flatten();
    for (name, value) in members().filter(|(name, _)| !is_steps(name)) {
        let _ = writeln!(text, "{name} = {}", inline(value));
    }
    for (name, steps) in members().filter(|(name, _)| is_steps(name)) {
        for step in steps.as_array().into_iter().flatten() {
            let _ = write!(text, "\n[[{name}]]\n");
            for (name, value) in step.as_object().into_iter().flatten() {
                let _ = writeln!(text, "{name} = {}", inline(value));
            }
        }
    }
    text
}

fn is_steps(name: &str) -> bool {
    matches!(name, "step" | "cleanup")
}

/// A value on one line. What JSON escapes in a text, TOML escapes in the same way.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let each: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{} = {}", key(name), inline(value)))
                .collect();
            format!("{{ {} }}", each.join(", "))
        }
        // The one character that TOML wants escaped and JSON does not.
        other => other.to_string().replace('\u{7f}', "\\u007f"),
    }
}

fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !name.is_empty() && name.bytes().all(bare) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

/// A step in a few words.
pub(crate) fn describe(step: &Step) -> String {
    let mut text = if let Some(upload) = &step.upload {
        let sample = upload.file.unwrap_or_default();
        let name = upload.filename.as_deref().unwrap_or_else(|| sample.filename());
        let mut text = match (upload.times, upload.at_once) {
            (Some(times), true) => format!("upload {name} {times} times at once"),
            (Some(times), false) => format!("upload {name} {times} times"),
            (None, _) => format!("upload {name}"),
        };
        match &upload.kind {
            Some(kind) => {
                let _ = write!(text, ", {}", kind.escape_debug());
            }
            None => text.push_str(", no kind"),
        }
        if let Some(bytes) = upload.bytes {
            let _ = write!(text, ", {bytes} bytes");
        }
        text
    } else if let Some(list) = &step.list {
        let query: Vec<_> = list
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("list {}", query.join(" "))
    } else if let Some(target) = &step.retrieve {
        format!("retrieve {}", target.document)
    } else if let Some(target) = &step.destroy {
        format!("destroy {}", target.document)
    } else if let Some(walk) = &step.walk {
        let order = walk.order.as_deref().unwrap_or("chronological");
        format!("list page by page, limit={} order={order}", walk.limit)
    } else if let Some(request) = &step.request {
        let json = request.json.as_ref().map(Value::to_string).unwrap_or_default();
        format!("{} {} {json}", request.method, request.path)
    } else {
        "another request".to_owned()
    };
    if step.credentials == Credentials::Other {
        text.push_str(", as the other account");
    }
    if let Some(name) = &step.name {
        let _ = write!(text, "  ({name})");
    }
    text.trim_end().to_owned()
}
