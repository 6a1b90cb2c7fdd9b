//! Reads the `Content-Type` of a request: which boundary, or why none.

use crate::boundary::{Boundary, BoundaryError, is_token_byte};
use crate::error::Window;
use crate::violation::ViolationId;

/// A `Content-Type` from which no boundary can be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "expected {}, found {found} at byte {offset} of the Content-Type ({}, {violation})",
    violation.expected(), violation.summary()
)]
pub struct ContentTypeError {
    /// One of the `C` rows.
    pub violation: ViolationId,
    /// Where, in bytes from the start of the header's value.
    pub offset: usize,
    /// What stood there.
    pub found: Window,
}

pub(crate) fn boundary(value: &[u8]) -> Result<Boundary, ContentTypeError> {
    let mut cursor = Cursor { value, at: 0 };
    cursor.media_type()?;
    let mut boundary = None;
    while let Some(parameter) = cursor.parameter()? {
        let name = &value[parameter.name..parameter.name_end];
        let Some(rest) = strip_prefix_ignoring_case(name, b"boundary") else {
            continue;
        };
        match rest {
            [] => {}
            [b'*', ..] => return Err(cursor.error_at(ViolationId::C08, parameter.name)),
            _ => continue,
        }
        if boundary.is_some() {
            return Err(cursor.error_at(ViolationId::C07, parameter.name));
        }
        boundary = Some(cursor.checked(&parameter)?);
    }
    boundary.ok_or_else(|| cursor.error_at(ViolationId::C02, value.len()))
}

/// Offsets in the header's value; the content is without quotes.
struct Parameter {
    name: usize,
    name_end: usize,
    content: usize,
    content_end: usize,
    quoted: bool,
}

struct Cursor<'v> {
    value: &'v [u8],
    at: usize,
}

impl Cursor<'_> {
    fn media_type(&mut self) -> Result<(), ContentTypeError> {
        self.skip_white_space();
        let start = self.at;
        let rest = strip_prefix_ignoring_case(&self.value[start..], b"multipart/form-data");
        match rest {
            Some([] | [b';' | b' ' | b'\t' | b',', ..]) => {}
            _ => return Err(self.error_at(ViolationId::C01, start)),
        }
        self.at = start + b"multipart/form-data".len();
        Ok(())
    }

    fn parameter(&mut self) -> Result<Option<Parameter>, ContentTypeError> {
        self.skip_white_space();
        match self.peek() {
            None => return Ok(None),
            Some(b';') => self.at += 1,
            Some(_) => return Err(self.error_at(ViolationId::C10, self.at)),
        }
        self.skip_white_space();
        if self.peek().is_none() {
            return Ok(None); // A semicolon at the end is common and means nothing.
        }
        let name = self.at;
        self.skip_while(is_token_byte);
        let name_end = self.at;
        match self.peek() {
            Some(b'=') if name_end > name => self.at += 1,
            Some(b' ' | b'\t') if name_end > name => return Err(self.error_at(ViolationId::C09, name_end)),
            _ => return Err(self.error_at(ViolationId::C10, self.at)),
        }
        match self.peek() {
            Some(b'"') => self.quoted(name, name_end).map(Some),
            Some(b' ' | b'\t') => Err(self.error_at(ViolationId::C09, self.at)),
            _ => {
                let content = self.at;
                self.skip_while(|byte| !matches!(byte, b';' | b' ' | b'\t' | b'"' | b','));
                Ok(Some(Parameter {
                    name,
                    name_end,
                    content,
                    content_end: self.at,
                    quoted: false,
                }))
            }
        }
    }

    fn quoted(&mut self, name: usize, name_end: usize) -> Result<Parameter, ContentTypeError> {
        let opening = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.error_at(ViolationId::C10, opening)),
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        let content_end = self.at;
        self.at += 1;
        Ok(Parameter {
            name,
            name_end,
            content: opening + 1,
            content_end,
            quoted: true,
        })
    }

    fn checked(&self, parameter: &Parameter) -> Result<Boundary, ContentTypeError> {
        let content = &self.value[parameter.content..parameter.content_end];
        if let Some(backslash) = content.iter().position(|byte| *byte == b'\\' && parameter.quoted) {
            return Err(self.error_at(ViolationId::C11, parameter.content + backslash));
        }
        let text = match std::str::from_utf8(content) {
            Ok(text) => text,
            Err(e) => return Err(self.error_at(ViolationId::C05, parameter.content + e.valid_up_to())),
        };
        Boundary::new(text).map_err(|error| match error {
            BoundaryError::Empty => self.error_at(ViolationId::C03, parameter.content),
            BoundaryError::TooLong { .. } => self.error_at(ViolationId::C04, parameter.content),
            BoundaryError::BadByte { offset, .. } => {
                self.error_at(ViolationId::C05, parameter.content + offset)
            }
            BoundaryError::EndsInSpace => self.error_at(ViolationId::C06, parameter.content_end - 1),
        })
    }

    fn peek(&self) -> Option<u8> {
        self.value.get(self.at).copied()
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
    }

    fn skip_white_space(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
    }

    fn error_at(&self, violation: ViolationId, offset: usize) -> ContentTypeError {
        let found = Window::new(self.value.get(offset..).unwrap_or_default());
        ContentTypeError {
            violation,
            offset,
            found,
        }
    }
}

fn strip_prefix_ignoring_case<'v>(value: &'v [u8], prefix: &[u8]) -> Option<&'v [u8]> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ViolationId::{C01, C02, C03, C04, C05, C06, C07, C08, C09, C10, C11};

    #[test]
    fn boundaries_are_read() {
        for (value, wanted) in [
            (&b"multipart/form-data; boundary=abc"[..], "abc"),
            (b"multipart/form-data;boundary=abc", "abc"),
            (b" Multipart/Form-Data ; BOUNDARY=\"a b\" ; ", "a b"),
            (
                b"multipart/form-data; charset=utf-8; boundary=----x/y:z",
                "----x/y:z",
            ),
            (
                b"multipart/form-data; x=\"; boundary=evil\"; boundary=good",
                "good",
            ),
            (
                b"multipart/form-data; x=\"\\\"; boundary=evil\"; boundary=good",
                "good",
            ),
            (b"multipart/form-data; boundary='abc'", "'abc'"),
        ] {
            assert_eq!(boundary(value).unwrap().as_str(), wanted);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        for (value, wanted, offset) in [
            (&b"multipart/mixed; boundary=abc"[..], C01, 0),
            (b"multipart/form-datax; boundary=abc", C01, 0),
            (b"", C01, 0),
            (b"multipart/form-data", C02, 19),
            (b"multipart/form-data; boundaryx=a", C02, 32),
            (b"multipart/form-data; boundary=", C03, 30),
            (b"multipart/form-data; boundary=\"\"", C03, 31),
            (b"multipart/form-data; boundary=a\x00b", C05, 31),
            (b"multipart/form-data; boundary=a\xffb", C05, 31),
            (b"multipart/form-data; boundary=\"a \"", C06, 32),
            (b"multipart/form-data; boundary=a; boundary=a", C07, 33),
            (b"multipart/form-data; boundary*=a", C08, 21),
            (b"multipart/form-data; boundary*0=a", C08, 21),
            (b"multipart/form-data; boundary =a", C09, 29),
            (b"multipart/form-data; boundary= a", C09, 30),
            (b"multipart/form-data, boundary=a", C10, 19),
            (b"multipart/form-data boundary=a", C10, 20),
            (b"multipart/form-data; boundary=a, x", C10, 31),
            (b"multipart/form-data; boundary=\"a", C10, 30),
            (b"multipart/form-data; boundary=\"a\\", C10, 30),
            (b"multipart/form-data; boundary=\"a\"b", C10, 33),
            (b"multipart/form-data; boundary", C10, 29),
            (b"multipart/form-data; =a", C10, 21),
            (b"multipart/form-data; boundary=\"a\\b\"", C11, 32),
        ] {
            let error = boundary(value).unwrap_err();
            assert_eq!(
                (error.violation, error.offset),
                (wanted, offset),
                "{}",
                value.escape_ascii()
            );
        }
        let long = [&b"multipart/form-data; boundary="[..], &[b'a'; 71]].concat();
        let error = boundary(&long).unwrap_err();
        assert_eq!(
            (error.violation, error.offset, error.found.as_bytes().len()),
            (C04, 30, 32)
        );
    }
}
