//! What to say of a body that is no multipart form.

use rebuttal_validate::{Checker, Policy};

use super::Explained;

/// What an upload has to be, whoever sends it.
pub(super) const EXPECTED: &str = "POST /disputes/{id}/documents with a multipart/form-data body: a part \
    `file` with a filename, and a part `kind`";

/// The most of a body that is told, in columns.
const COLUMNS: usize = 60;

/// What was found, and what to change.
pub(super) struct Foreign {
    pub(super) found: String,
    pub(super) hint: &'static str,
}

/// Says what a body is, by its first bytes and by its type.
pub(super) fn describe(explained: &Explained) -> Foreign {
    let start = &explained.start[..];
    let bytes = explained.bytes;
    let value = explained.announced.value.as_deref().unwrap_or_default();
    let has_type = |name: &str| String::from_utf8_lossy(value).to_ascii_lowercase().contains(name);
    let beginning = || explained.mask.cut(start, COLUMNS);
    let (found, hint) = if start.is_empty() {
        (
            "no body at all".to_owned(),
            "send the evidence as a form; a list, a retrieval or a removal has no body and needs none",
        )
    } else if start
        .split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"--"))
    {
        (
            format!(
                "{bytes} bytes that look like multipart/form-data under a Content-Type that cannot be used"
            ),
            "let the client library set Content-Type together with the body; never set it by hand",
        )
    } else if matches!(start.trim_ascii_start(), [b'{' | b'[', ..]) || has_type("json") {
        (
            format!("{bytes} bytes of JSON: {}", beginning()),
            "JSON cannot carry the bytes of a file here: give the library a file or a stream as `file`, and let \
             it choose the Content-Type",
        )
    } else if has_type("x-www-form-urlencoded") {
        (
            format!("{bytes} bytes of a URL-encoded form: {}", beginning()),
            "a URL-encoded form cannot carry a file: send multipart/form-data (curl: -F in place of -d)",
        )
    } else {
        let mut checker = Checker::new(Policy::reviewer());
        let _progress = checker.feed(start);
        let name = checker.finish().detected.name();
        (
            format!("{bytes} bytes, by their beginning: {name}: {}", beginning()),
            "send the file as the part `file` of a form (curl: -F file=@NAME), not as the body itself",
        )
    };
    Foreign { found, hint }
}
