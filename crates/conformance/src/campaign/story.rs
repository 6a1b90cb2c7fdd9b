//! Inputs as scenarios, and as words.

use std::{collections::BTreeMap, fmt::Write};

use rebuttal_model::Clause;

use crate::{
    explore::write::describe,
    scenario::{Need, Scenario, Step},
};

/// So much of a text is shown in a description, in characters.
const SHOWN_CHARS: usize = 60;

/// The scenario of some steps; the clause that they break stands first in what it covers.
pub(super) fn scenario_of(steps: &[Step], broken: Option<&Clause>, why: &str) -> Scenario {
    let mut covers: Vec<String> = broken.map(|clause| clause.id.to_owned()).into_iter().collect();
    for id in steps.iter().filter_map(|step| step.clause.as_ref()) {
        if !covers.contains(id) {
            covers.push(id.clone());
        }
    }
    Scenario {
        covers,
        why: why.to_owned(),
        tags: Vec::new(),
        disputes: BTreeMap::from([("main".to_owned(), Need::Open)]),
        keys: Vec::new(),
        steps: steps.to_vec(),
        cleanup: Vec::new(),
        source: None,
    }
}

/// Gives the contents of files their names, those of files beside `stem`. Returns names and contents.
pub(super) fn name_contents(scenario: &mut Scenario, stem: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (index, step) in scenario.steps.iter_mut().enumerate() {
        let Some(upload) = &mut step.upload else { continue };
        if let Some(bytes) = &upload.loaded {
            let name = format!("{stem}-{}.bin", index + 1);
            files.push((name.clone(), bytes.to_vec()));
            upload.content = Some(name);
        }
    }
    files
}

/// Puts the contents of files into a scenario that was read without a folder.
pub(super) fn load_contents(scenario: &mut Scenario, files: &[(String, Vec<u8>)]) {
    for upload in scenario.steps.iter_mut().filter_map(|step| step.upload.as_mut()) {
        let named = files
            .iter()
            .find(|(name, _)| Some(name) == upload.content.as_ref());
        upload.loaded = named.map(|(_, bytes)| bytes.clone().into());
    }
}

/// A step in a few words.
pub(super) fn words(step: &Step) -> String {
    let mut text = String::new();
    if let Some(upload) = &step.upload {
        if let Some(id) = &upload.malformed {
            let _ = write!(text, "upload the smallest form that breaks {id}");
        } else {
            text.push_str(&shown(&describe(step)));
        }
        if let Some(bytes) = &upload.loaded {
            let _ = write!(text, ", {} bytes of a damaged file", bytes.len());
        }
        for (given, what) in [
            (upload.broken.as_deref(), "a form that is broken by"),
            (upload.content_type.as_deref(), "Content-Type"),
            (upload.media_type.as_deref(), "declared as"),
            (upload.dispute.as_deref(), "to the dispute"),
        ] {
            if let Some(given) = given {
                let _ = write!(text, ", {what} {}", shown(given));
            }
        }
        if !upload.fields.is_empty() {
            let _ = write!(text, ", {} more fields", upload.fields.len());
        }
        for (given, what) in [
            (upload.chunked, ", in chunks"),
            (upload.as_text, ", the file as text"),
            (upload.no_file, ", without a file"),
            (
                upload.sent.as_ref().is_some_and(|it| it.pieces.is_some()),
                ", in pieces",
            ),
            (
                upload.sent.as_ref().is_some_and(|it| it.percent.is_some()),
                ", cut short",
            ),
            (
                upload.sent.as_ref().is_some_and(|it| it.both_framings),
                ", framed twice",
            ),
        ] {
            if given {
                text.push_str(what);
            }
        }
    } else if let Some(send) = &step.send {
        let _ = write!(text, "send {}", shown(&send.pieces.concat()));
    } else {
        text.push_str(&shown(&describe(step)));
        for (name, value) in step.request.iter().flat_map(|it| &it.headers) {
            let _ = write!(text, ", {}: {}", shown(name), shown(value));
        }
    }
    if let Some(value) = &step.authorization {
        let _ = write!(text, ", Authorization: {}", shown(value));
    }
    if step.same_connection {
        text.push_str(", on the same connection");
    }
    text
}

/// A text on one line, and not too long.
fn shown(text: &str) -> String {
    let line: String = text
        .chars()
        .take(SHOWN_CHARS)
        .flat_map(char::escape_debug)
        .collect();
    let more = text.chars().count().saturating_sub(SHOWN_CHARS);
    if more > 0 {
        format!("{line}… ({more} more)")
    } else {
        line
    }
}
