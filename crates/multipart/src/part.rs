//! One part of a form to be written.

use crate::boundary::is_token_byte;
use crate::form::FormError;
use crate::memory::Memory;

/// A part: a header block and content.
///
/// Names and filenames are written as browsers write them: `"` as `%22`, CR as `%0D`, LF as `%0A`, and
/// everything else as it is. Two things follow:
///
/// - What reads `%22` cannot know whether it was a quote or is three letters. That is lost.
/// - A backslash is written bare. Readers that unescape take one before another backslash, or before the
///   closing quote, for an escape, and those that do not keep it; so a name with a pair of backslashes, or
///   one at its end, is read in two ways and is refused ([`FormError::Backslash`]).
///
/// `filename*` is never written (RFC 7578 §4.2). How long a name may be is not looked at: each reader has
/// limits of its own.
///
/// ```
/// use rebuttal_multipart::{Boundary, Form, Part};
///
/// let part = Part::new("file", b"%PDF-").filename("the \"final\" slip.pdf").content_type("application/pdf");
/// let body = Form::new().part(part).to_vec(&Boundary::new("b")?)?;
/// assert_eq!(
///     String::from_utf8_lossy(&body),
///     "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"the %22final%22 slip.pdf\"\r\n\
///      Content-Type: application/pdf\r\n\r\n%PDF-\r\n--b--\r\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    disposition: bool,
    name: Option<String>,
    filename: Option<String>,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    content: Memory,
}

impl Part {
    /// A field with this name.
    pub fn new(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self::with_content(name, Memory::from(content.into()))
    }

    /// A field whose content is shared with others who hold the same `Bytes`.
    #[cfg(feature = "stream")]
    pub fn shared(name: &str, content: bytes::Bytes) -> Self {
        Self::with_content(name, Memory::Shared(content))
    }

    fn with_content(name: &str, content: Memory) -> Self {
        Self {
            disposition: true,
            name: Some(name.to_owned()),
            filename: None,
            content_type: None,
            headers: Vec::new(),
            content,
        }
    }

    /// Gives the part a filename, which makes it a file; it may be empty.
    #[must_use]
    pub fn filename(mut self, filename: &str) -> Self {
        self.filename = Some(filename.to_owned());
        self
    }

    /// Gives the part a `Content-Type`, as it is: one that is no media type is refused by strict readers
    /// (`H22`), and white space around it is not the value's.
    #[must_use]
    pub fn content_type(mut self, content_type: &str) -> Self {
        self.content_type = Some(content_type.to_owned());
        self
    }

    /// Adds a header after those that the part has. Form data uses none (RFC 7578 §4.8, `H17`); the
    /// disposition, the type, the length and a transfer encoding are refused when the form is written.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves `name` out of the disposition. No reader in strict mode takes that (`D03`).
    #[must_use]
    pub fn without_name(mut self) -> Self {
        self.name = None;
        self
    }

    /// Leaves the disposition out, and name and filename with it. No reader in strict mode takes that
    /// (`D01`, or `H01` when no other header is left).
    #[must_use]
    pub fn without_disposition(mut self) -> Self {
        self.disposition = false;
        self
    }

    /// The names of the headers that were added.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| &**name)
    }

    /// The content.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.content
    }

    /// Writes line breaks as HTML forms do: CRLF, in the name and, unless this is a file, in the content.
    pub(crate) fn normalize_newlines(&mut self) {
        if let Some(name) = &mut self.name {
            let normal = with_crlf(name.as_bytes());
            // Only line breaks change, so that UTF-8 stays UTF-8.
            *name = String::from_utf8(normal).unwrap_or_default();
        }
        if self.filename.is_none() {
            let normal = with_crlf(&self.content);
            if normal != self.content[..] {
                self.content = Memory::from(normal);
            }
        }
    }

    /// The header lines in order, each without its line end.
    pub(crate) fn lines(&self) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        if self.disposition {
            let mut line = String::from("Content-Disposition: form-data");
            for (parameter, value) in [("name", &self.name), ("filename", &self.filename)] {
                if let Some(value) = value {
                    line.push_str("; ");
                    line.push_str(parameter);
                    line.push_str("=\"");
                    push_escaped(&mut line, value);
                    line.push('"');
                }
            }
            lines.push(line.into_bytes());
        }
        if let Some(content_type) = &self.content_type {
            lines.push(format!("Content-Type: {content_type}").into_bytes());
        }
        lines.extend(
            self.headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}").into_bytes()),
        );
        lines
    }

    /// Refuses what would break out of its header line, or what no reader takes inside one.
    pub(crate) fn check(&self, part: usize) -> Result<(), FormError> {
        let escaped = |byte: u8| matches!(byte, b'\r' | b'\n');
        for (what, text) in [("name", &self.name), ("filename", &self.filename)] {
            for (offset, byte) in text.iter().flat_map(|text| text.bytes().enumerate()) {
                if is_refused(byte) && !escaped(byte) {
                    return Err(FormError::ControlByte {
                        part,
                        what,
                        byte,
                        offset,
                    });
                }
            }
            if let Some(offset) = text.iter().find_map(|text| ambiguous_backslash(text)) {
                return Err(FormError::Backslash { part, what, offset });
            }
        }
        let values = self.headers.iter().map(|(_, value)| ("header", value));
        for (what, text) in self
            .content_type
            .iter()
            .map(|value| ("content type", value))
            .chain(values)
        {
            if let Some((offset, byte)) = text.bytes().enumerate().find(|(_, byte)| is_refused(*byte)) {
                return Err(FormError::ControlByte {
                    part,
                    what,
                    byte,
                    offset,
                });
            }
        }
        let is_token = |name: &str| !name.is_empty() && name.bytes().all(is_token_byte);
        if let Some(name) = self.header_names().find(|name| !is_token(name)) {
            let name = name.to_owned();
            return Err(FormError::HeaderName { part, name });
        }
        if let Some(name) = self.header_names().find(|name| is_reserved(name)) {
            let name = name.to_owned();
            return Err(FormError::ReservedHeader { part, name });
        }
        Ok(())
    }
}

/// Headers that the writer writes, or that say of the content what it does not do.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 4] = [
        "content-disposition",
        "content-type",
        "content-length",
        "content-transfer-encoding",
    ];
    RESERVED.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn is_refused(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

/// Where a backslash stands that some readers take for an escape.
fn ambiguous_backslash(text: &str) -> Option<usize> {
    text.find("\\\\")
        .or_else(|| text.strip_suffix('\\').map(str::len))
}

fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut normal = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'\n' if at > 0 && text[at - 1] == b'\r' => {}
            b'\r' | b'\n' => normal.extend_from_slice(b"\r\n"),
            other => normal.push(*other),
        }
    }
    normal
}

fn push_escaped(line: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '"' => line.push_str("%22"),
            '\r' => line.push_str("%0D"),
            '\n' => line.push_str("%0A"),
            other => line.push(other),
        }
    }
}
