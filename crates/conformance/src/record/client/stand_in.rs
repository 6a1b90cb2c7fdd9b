//! What stands in place of a form, or of a file, and what its author may have meant.

use serde_json::Value;

use super::content::Content;
use crate::record::finding::{self as rule, Finding};

/// What was sent in place of a form.
pub(super) fn other_body(declared: Option<&[u8]>, body: &[u8]) -> Finding {
    let expected = "multipart/form-data with a part named file";
    let kind = declared
        .map(|value| String::from_utf8_lossy(value).to_ascii_lowercase())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let place = "header content-type";
    if body.is_empty() {
        let found = if kind.is_empty() {
            "no body and no Content-Type".to_owned()
        } else {
            format!("no body, declared {essence}")
        };
        return rule::NO_BODY.finding("body", expected, found);
    }
    let content = Content::of(body);
    let is_json = essence.ends_with("json") || kind.is_empty() && body.trim_ascii_start().starts_with(b"{");
    if is_json {
        let found = json_file(body).unwrap_or_else(|| "JSON without a file".to_owned());
        return rule::JSON_BODY.finding(place, expected, found);
    }
    if essence == "application/x-www-form-urlencoded" {
        let found = urlencoded_file(body).unwrap_or_else(|| "a urlencoded form".to_owned());
        return rule::URLENCODED_BODY.finding(place, expected, found);
    }
    if content.format().is_some() {
        let found = format!("{}, declared {:?}", content.words(), essence);
        return rule::RAW_FILE_BODY.finding("body, byte 0", expected, found);
    }
    if kind.is_empty() {
        let found = format!("no such header; the body is {}", content.words());
        return rule::TYPE_MISSING.finding(place, expected, found);
    }
    rule::OTHER_BODY.finding(
        place,
        expected,
        format!("{essence:?}; the body is {}", content.words()),
    )
}

/// What stands for the file in JSON.
fn json_file(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let file = json.get("file")?;
    Some(match file {
        Value::String(text) => format!("JSON whose member \"file\" is {}", as_text(text.as_bytes())),
        Value::Null => "JSON whose member \"file\" is null".to_owned(),
        Value::Object(members) if members.get("type").is_some_and(|it| it == "Buffer") => {
            "JSON whose member \"file\" is a Buffer, number by number".to_owned()
        }
        Value::Object(_) => {
            "JSON whose member \"file\" is an object: what is left of a file object".to_owned()
        }
        Value::Array(_) => "JSON whose member \"file\" is an array".to_owned(),
        _ => "JSON whose member \"file\" is no file".to_owned(),
    })
}

fn urlencoded_file(body: &[u8]) -> Option<String> {
    let value = body
        .split(|byte| *byte == b'&')
        .find_map(|pair| pair.strip_prefix(b"file="))?;
    let plain: Vec<u8> = value
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let decoded: Vec<u8> = percent_encoding::percent_decode(&plain).collect();
    Some(format!(
        "a urlencoded form whose field \"file\" is {}",
        as_text(&decoded)
    ))
}

/// What a text is that stands where a file should.
pub(super) fn as_text(bytes: &[u8]) -> String {
    let content = Content::of(bytes);
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let is_object = text.contains("[object ") || text.starts_with("#<") || text.starts_with("<_io.");
    let is_path = bytes.len() < 200 && (text.starts_with(['/', '~', '@']) || text.get(1..3) == Some(":\\"));
    match content {
        Content::Text if is_object => "the name of a file object, as programs print one".to_owned(),
        Content::Text if is_path => "the path of a file".to_owned(),
        Content::Text => format!("a text of {} bytes", bytes.len()),
        other => other.words(),
    }
}
