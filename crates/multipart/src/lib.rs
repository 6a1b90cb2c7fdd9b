//! Reads and writes `multipart/form-data` (RFC 7578). Its core does no I/O.
//!
//! The reader is a [`Parser`]: it is fed chunks as they come and hands out [`Event`]s that borrow them. It
//! says what is wrong by [`ViolationId`], with the offset in the body, and does not depend on how the body
//! was cut. The writer is a [`Form`]; it also writes forms that break exactly one rule, see [`Breakage`].
//!
//! Whoever would rather pull than feed takes [`read::Multipart`] over a [`std::io::Read`], or with the feature
//! `stream` a `stream::Multipart` over a stream of `Bytes`, or with `http-body` the same over an HTTP body. A
//! form goes out by the same ways, with its exact length: [`Form::plan`].
//!
//! Left out: nested `multipart/mixed` and content transfer encodings (both reported, and the bytes handed
//! out as they are), and character sets other than UTF-8 (refused, by name).
//!
//! ```
//! use rebuttal_multipart::{Boundary, Event, Form, Limits, Mode, Parser};
//!
//! let boundary = Boundary::from_entropy(7);
//! let form = Form::new().text("kind", "details_of_purchase").file("file", "a.png", Some("image/png"), "…");
//! let body = form.to_vec(&boundary)?;
//!
//! let boundary = Boundary::from_content_type(boundary.content_type().as_bytes())?;
//! let mut parser = Parser::new(boundary, Mode::Strict, Limits::default());
//! let mut seen = Vec::new();
//! for chunk in body.chunks(10) {
//!     let mut events = parser.feed(chunk);
//!     while let Some(event) = events.next_event()? {
//!         match event {
//!             Event::PartBegin(head) => seen.push((head.name().map(|name| name.to_string()), Vec::new())),
//!             Event::Data { bytes, .. } => seen.last_mut().expect("a part has begun").1.extend_from_slice(bytes),
//!             _ => {}
//!         }
//!     }
//! }
//! let mut events = parser.finish();
//! while let Some(event) = events.next_event()? {
//!     assert_eq!(event, Event::End);
//! }
//! assert_eq!(seen[0], (Some("kind".to_owned()), b"details_of_purchase".to_vec()));
//! assert_eq!(seen[1], (Some("file".to_owned()), "…".into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod boundary;
mod breakage;
mod content_type;
mod disposition;
mod error;
mod event;
mod explain;
mod filename;
mod form;
mod head;
mod header;
mod intake;
mod limits;
mod machine;
mod malform;
mod memory;
mod output;
#[cfg(feature = "stream")]
mod pace;
mod parser;
mod part;
mod plan;
mod policy;
pub mod read;
mod readings;
mod scan;
mod search;
#[cfg(feature = "stream")]
pub mod stream;
mod text;
mod violation;
mod watch;

pub use boundary::{Boundary, BoundaryError, NoRandomness};
pub use breakage::{Breakage, Broken, UnknownBreakage};
pub use content_type::ContentType;
pub use error::{Diagnosis, Place, Window};
pub use event::{Event, PartHead};
pub use explain::{Explainer, Line, LineKind, ListedHeader, ListedPart, Listing};
pub use form::{Form, FormError};
pub use head::{Head, Name};
pub use intake::ReadError;
pub use limits::Limits;
pub use malform::{Malformed, malform};
pub use output::{NoSource, Output, OutputError};
pub use parser::{Events, Parser};
pub use part::Part;
pub use plan::Plan;
pub use policy::{Action, Mode, Policy};
pub use readings::Reading;
pub use text::{Decoding, Text};
pub use violation::{Severity, UnknownViolation, ViolationId};
