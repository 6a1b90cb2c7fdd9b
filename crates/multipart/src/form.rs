//! Writes forms.

use std::borrow::Cow;

use crate::boundary::{Boundary, NoRandomness};
use crate::output::NoSource;
use crate::part::Part;
use crate::plan::{Piece, Plan};
use crate::watch::Watch;

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
    /// A header that the writer writes itself, that says something of the content which it does not do, or
    /// that a reader would take for a boundary.
    #[error("expected another header than {name:?} in part {part}, which no strict reader takes from there")]
    ReservedHeader {
        /// The part, counted from 0.
        part: usize,
        /// The name.
        name: String,
    },
    /// Readers disagree on what it means, so that the text may not come out as it went in.
    #[error(
        "expected no backslash before another or at the end of a {what}, found one at byte {offset} in that of part {part}"
    )]
    Backslash {
        /// The part, counted from 0.
        part: usize,
        /// `name` or `filename`.
        what: &'static str,
        /// Where it stands in the text, in bytes.
        offset: usize,
    },
    /// The part has content in memory, and a source besides.
    #[error("expected no content in memory of the streamed part {part}, found {bytes} bytes")]
    TwoContents {
        /// The part, counted from 0.
        part: usize,
        /// The length of what is in memory.
        bytes: usize,
    },
    /// No boundary could be drawn.
    #[error("expected a random boundary, found no randomness")]
    NoRandomness(#[from] NoRandomness),
}

/// How many boundaries are drawn until one does not occur in the content. With 128 random bits the second
/// is never needed; who draws less at random may run out of them.
const DRAWS: usize = 8;

/// A form to be written. The [crate] has an example.
///
/// Its contents are in memory, or come from sources of the type `S` while they are written:
/// [`std::io::Read`], or with the feature `stream` a stream of `Bytes`. Where they are of several types, a
/// `Box<dyn Read>` or `Pin<Box<dyn Stream<…>>>` holds them all. To write bytes that are borrowed, use them as
/// a source: `&[u8]` reads.
///
/// Contents in memory are shared between a form, its clones and their plans.
///
/// ```
/// use rebuttal_multipart::{Form, Part};
///
/// let scan = b"%PDF-1.7 \xe2\xe3".as_slice();
/// let form = Form::streaming()
///     .text("kind", "details_of_purchase")
///     .streamed(Part::new("file", "").filename("scan.pdf"), scan, Some(scan.len() as u64));
/// let plan = form.plan()?;
/// let announced = plan.content_length().expect("all lengths are known");
///
/// let mut sent = Vec::new();
/// assert_eq!(plan.write_to(&mut sent)?, announced);
/// assert_eq!(sent.len() as u64, announced);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Form<S = NoSource> {
    parts: Vec<Part>,
    sources: Vec<Streamed<S>>,
}

/// Where the content of a part comes from that is not in memory.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Streamed<S> {
    part: usize,
    source: S,
    length: Option<u64>,
}

impl<S> Default for Form<S> {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            sources: Vec::new(),
        }
    }
}

impl Form {
    /// A form without parts, all of them in memory. Written so, it is a close delimiter only, which strict
    /// readers refuse (`F15`).
    pub fn new() -> Self {
        Self::default()
    }

    /// The exact length of the body in bytes.
    pub fn content_length(&self, boundary: &Boundary) -> u64 {
        self.pieces(boundary).map(|piece| piece.len() as u64).sum()
    }

    /// The body in pieces, for a writer that gathers: heads that are made here, contents that are borrowed.
    ///
    /// # Errors
    ///
    /// As [`Form::plan_with`].
    pub fn segments<'f>(
        &'f self,
        boundary: &'f Boundary,
    ) -> Result<impl Iterator<Item = Cow<'f, [u8]>>, FormError> {
        self.check()?;
        self.check_boundary(boundary)?;
        Ok(self.pieces(boundary))
    }

    /// The body.
    ///
    /// # Errors
    ///
    /// As [`Form::plan_with`].
    pub fn to_vec(&self, boundary: &Boundary) -> Result<Vec<u8>, FormError> {
        let mut body = Vec::with_capacity(usize::try_from(self.content_length(boundary)).unwrap_or(0));
        for segment in self.segments(boundary)? {
            body.extend_from_slice(&segment);
        }
        Ok(body)
    }

    fn pieces<'f>(&'f self, boundary: &'f Boundary) -> impl Iterator<Item = Cow<'f, [u8]>> {
        let parts = self.parts.iter().enumerate().flat_map(move |(index, part)| {
            [
                Cow::Owned(head(boundary, index, part)),
                Cow::Borrowed(part.content()),
            ]
        });
        parts.chain([Cow::Owned(close(boundary, self.parts.len()))])
    }
}

impl<S> Form<S> {
    /// A form without parts, some of which will be streamed.
    pub fn streaming() -> Self {
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

    /// Adds a part, empty so far, whose content comes from a source while the form is written.
    ///
    /// A length is a promise: a source that gives more or fewer bytes is an error when it is written, and
    /// never a body of another length than announced. Without one the whole body has no known length.
    #[must_use]
    pub fn streamed(mut self, part: Part, source: S, length: Option<u64>) -> Self {
        self.sources.push(Streamed {
            part: self.parts.len(),
            source,
            length,
        });
        self.part(part)
    }

    /// Writes the line breaks of the parts added so far as HTML forms do: a CR or LF alone becomes CRLF, in
    /// names and in the content of parts without a filename. Filenames, and what is streamed, stay as they are.
    #[must_use]
    pub fn normalize_newlines(mut self) -> Self {
        self.parts.iter_mut().for_each(Part::normalize_newlines);
        self
    }

    /// The parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// How the form is written, with a random boundary that does not occur in what is in memory.
    ///
    /// In what is streamed nobody can look before it is sent; see [`Output`](crate::Output).
    ///
    /// # Errors
    ///
    /// As [`Form::plan_with`], and when the operating system has no randomness.
    pub fn plan(self) -> Result<Plan<S>, FormError> {
        self.plan_with_first(|| Ok(Boundary::random()?))
    }

    /// As [`Form::plan`], with boundaries from the caller's own randomness: another is drawn, up to seven
    /// times, when one occurs in what is in memory. For bodies that are the same on every run.
    ///
    /// ```
    /// use rebuttal_multipart::{Boundary, Form};
    ///
    /// let mut entropy = [1, 2].into_iter();
    /// let taken = Boundary::from_entropy(1);
    /// let form = Form::new().text("quote", format!("--{}", taken.as_str()));
    /// let plan = form.plan_drawing(|| Boundary::from_entropy(entropy.next().unwrap_or_default()))?;
    /// assert_eq!(plan.boundary(), &Boundary::from_entropy(2));
    /// # Ok::<(), rebuttal_multipart::FormError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Form::plan_with`], for the last boundary that is drawn.
    pub fn plan_drawing(self, mut draw: impl FnMut() -> Boundary) -> Result<Plan<S>, FormError> {
        self.plan_with_first(|| Ok(draw()))
    }

    /// How the form is written with this boundary.
    ///
    /// # Errors
    ///
    /// When the boundary occurs in a part's content that is in memory, when a content type or header holds a
    /// control byte (CR, LF and NUL among them) or a name or filename one other than CR and LF, which are
    /// escaped, or a backslash that readers disagree on, when a header's name is not a token, or when a
    /// streamed part has content besides.
    pub fn plan_with(self, boundary: Boundary) -> Result<Plan<S>, FormError> {
        self.check()?;
        self.check_boundary(&boundary)?;
        Ok(self.lay_out(&boundary))
    }

    /// Takes the first boundary that does not occur.
    fn plan_with_first(
        self,
        mut draw: impl FnMut() -> Result<Boundary, FormError>,
    ) -> Result<Plan<S>, FormError> {
        self.check()?;
        for _ in 1..DRAWS {
            let boundary = draw()?;
            if self.check_boundary(&boundary).is_ok() {
                return Ok(self.lay_out(&boundary));
            }
        }
        self.plan_with(draw()?)
    }

    fn lay_out(self, boundary: &Boundary) -> Plan<S> {
        let mut pieces = Vec::with_capacity(2 * self.parts.len() + 1);
        let mut sources = self.sources.into_iter().peekable();
        for (index, part) in self.parts.iter().enumerate() {
            pieces.push(Piece::Bytes(head(boundary, index, part).into()));
            pieces.push(match sources.next_if(|streamed| streamed.part == index) {
                Some(Streamed { part, source, length }) => Piece::Source { part, source, length },
                None => Piece::Bytes(part.memory().clone()),
            });
        }
        pieces.push(Piece::Bytes(close(boundary, self.parts.len()).into()));
        Plan::new(boundary, pieces)
    }

    fn check(&self) -> Result<(), FormError> {
        for (index, part) in self.parts.iter().enumerate() {
            part.check(index)?;
        }
        let twice = self.sources.iter().map(|streamed| streamed.part);
        match twice
            .map(|part| (part, self.parts[part].content().len()))
            .find(|(_, bytes)| *bytes > 0)
        {
            Some((part, bytes)) => Err(FormError::TwoContents { part, bytes }),
            None => Ok(()),
        }
    }

    fn check_boundary(&self, boundary: &Boundary) -> Result<(), FormError> {
        let watch = Watch::new(boundary);
        let dash_boundary = format!("--{}", boundary.as_str());
        for (index, part) in self.parts.iter().enumerate() {
            if let Some(offset) = watch.find(part.content()) {
                return Err(FormError::BoundaryOccurs { part: index, offset });
            }
            if let Some(name) = part.header_names().find(|name| name.starts_with(&dash_boundary)) {
                let name = name.to_owned();
                return Err(FormError::ReservedHeader { part: index, name });
            }
        }
        Ok(())
    }
}

/// The delimiter before a part, and its header block.
fn head(boundary: &Boundary, index: usize, part: &Part) -> Vec<u8> {
    let opening = if index == 0 { "--" } else { "\r\n--" };
    let mut head = format!("{opening}{}\r\n", boundary.as_str()).into_bytes();
    for line in part.lines() {
        head.extend_from_slice(&line);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn close(boundary: &Boundary, parts: usize) -> Vec<u8> {
    let opening = if parts == 0 { "--" } else { "\r\n--" };
    format!("{opening}{}--\r\n", boundary.as_str()).into_bytes()
}

#[cfg(test)]
mod tests;
