//! The parts of an upload that count: the first called `file` and the first called `kind`.
//!
//! Further parts of these names are ignored, and so are parts of other names (`upload.unknown-fields`).

use rebuttal_multipart::{PartHead, Text};
use rebuttal_validate::{Checker, Policy};

use crate::fault::Fault;

/// The longest kind that is kept, in bytes; real ones have at most 19.
const MAX_KIND_BYTES: usize = 256;

/// What was read so far.
pub(crate) struct Form {
    current: Current,
    largest: u64,
    /// How long the file may well be, in bytes: room that is there at once need not grow.
    expected: usize,
    fault: Option<Fault>,
    pub(crate) file: Option<Part>,
    pub(crate) kind: Option<Field>,
    /// Whether the kind came first, which one fault cares about.
    pub(crate) kind_first: bool,
    /// Whether a part of another name came, which one fault cares about.
    pub(crate) has_unknown: bool,
    /// Whether one of those was a file, likewise.
    pub(crate) has_unknown_file: bool,
}

enum Current {
    Ignored,
    File,
    Kind,
}

/// The part called `file`.
pub(crate) struct Part {
    /// The filename, `None` where none was sent.
    pub(crate) filename: Option<String>,
    /// The declared type, `None` where none was sent.
    pub(crate) declared: Option<Vec<u8>>,
    /// The content; dropped when it grows past the largest file.
    pub(crate) content: Vec<u8>,
    /// How many bytes came, dropped ones included.
    pub(crate) bytes: u64,
    /// A check that leaves the costly part out.
    pub(crate) checker: Checker,
}

/// The part called `kind`.
pub(crate) struct Field {
    /// Whether it came with a filename, and so is no text.
    pub(crate) is_file: bool,
    /// The content, cut behind what any kind has.
    pub(crate) content: Vec<u8>,
}

impl Form {
    /// A form whose file may have `largest` bytes, in a body that announces so many.
    pub(crate) fn new(largest: u64, announced: Option<u64>, fault: Option<Fault>) -> Self {
        let expected = announced.unwrap_or(0).min(largest);
        Self {
            current: Current::Ignored,
            largest,
            expected: usize::try_from(expected).unwrap_or(0),
            fault,
            file: None,
            kind: None,
            kind_first: false,
            has_unknown: false,
            has_unknown_file: false,
        }
    }

    pub(crate) fn begin(&mut self, head: &PartHead<'_>) {
        let filename = head.filename().map(|name| name.as_str().to_owned());
        let name = head.name().map(Text::into_cow).unwrap_or_default();
        let name = match self.fault {
            Some(Fault::FieldNameInAnyCase) => name.to_lowercase().into(),
            Some(Fault::FieldInBracketsTaken) if name == "file[]" => "file".into(),
            _ => name,
        };
        self.current = match &*name {
            "file" if self.file.is_none() => {
                self.kind_first = self.kind.is_some();
                let declared = head.content_type();
                self.file = Some(Part {
                    checker: checker(filename.as_deref(), declared).without_inflating(),
                    filename,
                    declared: declared.map(<[u8]>::to_vec),
                    ..Part::empty()
                });
                Current::File
            }
            "kind" if self.kind.is_none() => {
                self.kind = Some(Field {
                    is_file: filename.is_some(),
                    content: Vec::new(),
                });
                Current::Kind
            }
            "file" | "kind" => Current::Ignored,
            _ => {
                self.has_unknown = true;
                self.has_unknown_file |= filename.is_some();
                Current::Ignored
            }
        };
    }

    pub(crate) fn data(&mut self, bytes: &[u8]) {
        match (&self.current, &mut self.file, &mut self.kind) {
            (Current::File, Some(file), _) => file.take(bytes, self.largest, self.expected),
            (Current::Kind, _, Some(kind)) => {
                let room = MAX_KIND_BYTES.saturating_sub(kind.content.len());
                kind.content.extend_from_slice(&bytes[..room.min(bytes.len())]);
            }
            _ => {}
        }
    }

    /// Whether the file is over the limit already (`upload.too-large`).
    pub(crate) fn is_too_large(&self) -> bool {
        self.file
            .as_ref()
            .is_some_and(|file| file.is_file() && file.bytes > self.largest)
    }
}

impl Part {
    /// What stands in for a missing file, for one fault.
    pub(crate) fn empty() -> Self {
        Self {
            filename: None,
            declared: None,
            content: Vec::new(),
            bytes: 0,
            checker: Checker::new(Policy::contract()),
        }
    }

    /// Whether the part is a file: a filename that is not empty (`upload.file-as-text`).
    pub(crate) fn is_file(&self) -> bool {
        self.filename
            .as_deref()
            .is_some_and(|name| !base_name(name).is_empty())
    }

    fn take(&mut self, bytes: &[u8], largest: u64, expected: usize) {
        self.bytes += bytes.len() as u64;
        if self.bytes > largest {
            self.content = Vec::new();
            return;
        }
        let _ = self.checker.feed(bytes);
        if self.content.capacity() == 0 {
            self.content.reserve_exact(expected.max(bytes.len()));
        }
        self.content.extend_from_slice(bytes);
    }
}

/// A check that also tells where name and declared type disagree with the bytes. Neither changes the outcome.
pub(crate) fn checker(filename: Option<&str>, declared: Option<&[u8]>) -> Checker {
    let mut checker = Checker::new(Policy::contract());
    if let Some(filename) = filename {
        checker = checker.with_name(filename);
    }
    match declared.and_then(|declared| std::str::from_utf8(declared).ok()) {
        Some(declared) => checker.with_declared_type(declared),
        None => checker,
    }
}

/// A filename without directories: what follows the last `/` or `\`. Windows clients send either.
///
/// The name is a label and never a path, so `..` and control characters stay; JSON escapes the latter.
pub(crate) fn base_name(filename: &str) -> &str {
    filename.rsplit(['/', '\\']).next().unwrap_or(filename)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_cut() {
        for (filename, wanted) in [
            ("slip.png", "slip.png"),
            ("../../etc/pa/ss.png", "ss.png"),
            ("C:\\Users\\me\\new slip.png", "new slip.png"),
            ("日本語.pdf", "日本語.pdf"),
            ("a/", ""),
            ("..", ".."),
            ("", ""),
        ] {
            assert_eq!(base_name(filename), wanted);
        }
    }
}
