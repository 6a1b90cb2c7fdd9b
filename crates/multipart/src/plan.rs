//! What a form comes to on the wire, ready to be written, and to be written again.

use std::io;

use crate::boundary::Boundary;
use crate::memory::Memory;
use crate::output::{NoSource, Output};

/// A body that can be written; made by [`Form::plan`](crate::Form::plan).
///
/// What is in memory is shared, not copied, so that a clone is cheap. When the sources can be cloned the plan
/// can, and a clone kept aside is what a retry sends: the same bytes under the same boundary.
///
/// ```
/// use rebuttal_multipart::Form;
///
/// let plan = Form::new().text("kind", "receipt").plan()?;
/// let (mut sent, mut sent_again) = (Vec::new(), Vec::new());
/// plan.clone().write_to(&mut sent)?;
/// plan.write_to(&mut sent_again)?;
/// assert_eq!(sent, sent_again);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan<S = NoSource> {
    boundary: Boundary,
    pieces: Vec<Piece<S>>,
    content_length: Option<u64>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Piece<S> {
    Bytes(Memory),
    Source {
        part: usize,
        source: S,
        length: Option<u64>,
    },
}

impl<S> Plan<S> {
    pub(crate) fn new(boundary: &Boundary, pieces: Vec<Piece<S>>) -> Self {
        let content_length = pieces.iter().try_fold(0_u64, |sum, piece| {
            sum.checked_add(match piece {
                Piece::Bytes(bytes) => bytes.len() as u64,
                Piece::Source { length, .. } => (*length)?,
            })
        });
        Self {
            boundary: *boundary,
            pieces,
            content_length,
        }
    }

    /// The boundary.
    pub fn boundary(&self) -> &Boundary {
        &self.boundary
    }

    /// The value of the request's `Content-Type`.
    pub fn content_type(&self) -> String {
        self.boundary.content_type()
    }

    /// The exact length of the body in bytes; `None` when a source promises none.
    ///
    /// Without one the body is sent in chunks (RFC 9112 §7.1), never with a guessed `Content-Length`.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// The body, to be read: by [`std::io::Read`], or as a stream or `http_body::Body` with the features of
    /// these names.
    pub fn into_output(self) -> Output<S> {
        Output::new(&self.boundary, self.pieces, self.content_length)
    }
}

impl<S: io::Read> Plan<S> {
    /// Writes the body and answers its length in bytes. What is in memory is not copied on the way.
    ///
    /// # Errors
    ///
    /// As [`Output::write_to`]: the body is cut then, and what it was written to is of no further use.
    pub fn write_to<W: io::Write + ?Sized>(self, to: &mut W) -> io::Result<u64> {
        self.into_output().write_to(to)
    }
}
