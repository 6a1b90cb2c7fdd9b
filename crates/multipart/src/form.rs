//! Writes forms.

use std::borrow::Cow;

use crate::boundary::Boundary;
use crate::part::Part;

/// A form that cannot be written, or not with this boundary.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FormError {
    /// A reader would end the part there.
    #[error(
        "expected a boundary that does not occur in the content, found it at byte {offset} of part {part}"
    )]
    BoundaryOccurs {
        /// The part, counted from 0.
        part: usize,
        /// Where two dashes and the boundary stand in its content, in bytes.
        offset: usize,
    },
    /// It would end the header line, or no reader takes it.
    #[error(
        "expected no control bytes in a {what}, found {byte:#04x} at byte {offset} in that of part {part}"
    )]
    ControlByte {
        /// The part, counted from 0.
        part: usize,
        /// `name`, `filename`, `content type` or `header`.
        what: &'static str,
        /// The first such byte.
        byte: u8,
        /// Where it stands in the text, in bytes.
        offset: usize,
    },
    /// A header's name is not a token (RFC 9110 §5.6.2).
    #[error("expected a header name of token characters, found {name:?} in part {part}")]
    HeaderName {
        /// The part, counted from 0.
        part: usize,
        /// The name.
        name: String,
    },
}

/// A form to be written, with its contents in memory. The [crate] has an example.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Form {
    parts: Vec<Part>,
}

impl Form {
    /// A form without parts. Written so, it is a close delimiter only, which strict readers refuse (`F15`).
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Adds a field: a part with neither filename nor type.
    #[must_use]
    pub fn text(self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.part(Part::new(name, value))
    }

    /// Adds a file.
    #[must_use]
    pub fn file(
        self,
        name: &str,
        filename: &str,
        content_type: Option<&str>,
        content: impl Into<Vec<u8>>,
    ) -> Self {
        let part = Part::new(name, content).filename(filename);
        self.part(match content_type {
            Some(content_type) => part.content_type(content_type),
            None => part,
        })
    }

    /// The parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The exact length of the body in bytes.
    pub fn content_length(&self, boundary: &Boundary) -> u64 {
        self.pieces(boundary).map(|piece| piece.len() as u64).sum()
    }

    /// The body in pieces, for a writer that gathers: heads that are made here, contents that are borrowed.
    ///
    /// # Errors
    ///
    /// As [`Form::to_vec`].
    pub fn segments<'f>(
        &'f self,
        boundary: &'f Boundary,
    ) -> Result<impl Iterator<Item = Cow<'f, [u8]>>, FormError> {
        self.check(boundary)?;
        Ok(self.pieces(boundary))
    }

    /// The body.
    ///
    /// # Errors
    ///
    /// When the boundary occurs in a part's content, when a content type or header holds a control byte
    /// (CR, LF and NUL among them) or a name or filename one other than CR and LF, which are escaped, or
    /// when a header's name is not a token.
    pub fn to_vec(&self, boundary: &Boundary) -> Result<Vec<u8>, FormError> {
        let mut body = Vec::with_capacity(usize::try_from(self.content_length(boundary)).unwrap_or(0));
        for segment in self.segments(boundary)? {
            body.extend_from_slice(&segment);
        }
        Ok(body)
    }

    fn check(&self, boundary: &Boundary) -> Result<(), FormError> {
        let dash_boundary = [b"--", boundary.as_bytes()].concat();
        let finder = memchr::memmem::Finder::new(&dash_boundary);
        for (index, part) in self.parts.iter().enumerate() {
            part.check(index)?;
            if let Some(offset) = finder.find(part.content()) {
                return Err(FormError::BoundaryOccurs { part: index, offset });
            }
        }
        Ok(())
    }

    fn pieces<'f>(&'f self, boundary: &'f Boundary) -> impl Iterator<Item = Cow<'f, [u8]>> {
        let parts = self.parts.iter().enumerate().flat_map(move |(index, part)| {
            let opening = if index == 0 { "--" } else { "\r\n--" };
            let mut head = format!("{opening}{}\r\n", boundary.as_str()).into_bytes();
            for line in part.lines() {
                head.extend_from_slice(&line);
                head.extend_from_slice(b"\r\n");
            }
            head.extend_from_slice(b"\r\n");
            [Cow::Owned(head), Cow::Borrowed(part.content())]
        });
        let opening = if self.parts.is_empty() { "--" } else { "\r\n--" };
        parts.chain([Cow::Owned(
            format!("{opening}{}--\r\n", boundary.as_str()).into_bytes(),
        )])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary() -> Boundary {
        Boundary::new("b").unwrap()
    }

    #[test]
    fn a_form_is_written_byte_for_byte() {
        let form = Form::new()
            .text("a\"\r\nb", "1")
            .file("f", "", None, b"\r\n")
            .part(
                Part::new("x", "")
                    .without_name()
                    .filename("n")
                    .header("X-A", "b\tc"),
            )
            .part(
                Part::new("y", "z")
                    .without_disposition()
                    .content_type("text/plain"),
            );
        let wanted = "--b\r\nContent-Disposition: form-data; name=\"a%22%0D%0Ab\"\r\n\r\n1\
                      \r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n\
                      \r\n--b\r\nContent-Disposition: form-data; filename=\"n\"\r\nX-A: b\tc\r\n\r\n\
                      \r\n--b\r\nContent-Type: text/plain\r\n\r\nz\
                      \r\n--b--\r\n";
        assert_eq!(
            String::from_utf8(form.to_vec(&boundary()).unwrap()).unwrap(),
            wanted
        );
        assert_eq!(form.content_length(&boundary()), wanted.len() as u64);
        assert_eq!(Form::new().to_vec(&boundary()).unwrap(), b"--b--\r\n");
    }

    #[test]
    fn what_would_break_out_is_refused() {
        let control = |what, byte, offset| FormError::ControlByte {
            part: 1,
            what,
            byte,
            offset,
        };
        for (name, part, wanted) in [
            (
                "boundary",
                Part::new("n", "x--b"),
                FormError::BoundaryOccurs { part: 1, offset: 1 },
            ),
            ("NUL in name", Part::new("a\0", ""), control("name", 0, 1)),
            (
                "escape in filename",
                Part::new("n", "").filename("\x1b"),
                control("filename", 0x1b, 0),
            ),
            (
                "CR in type",
                Part::new("n", "").content_type("a/b\r\nX: y"),
                control("content type", b'\r', 3),
            ),
            (
                "LF in header",
                Part::new("n", "").header("X", "a\nb"),
                control("header", b'\n', 1),
            ),
            (
                "line break in header name",
                Part::new("n", "").header("X\r\nY", ""),
                FormError::HeaderName {
                    part: 1,
                    name: "X\r\nY".into(),
                },
            ),
        ] {
            let form = Form::new().text("first", "").part(part);
            assert_eq!(form.to_vec(&boundary()), Err(wanted), "{name}");
        }
    }
}
