//! Decides from the bytes, while they stream, whether a file can be dispute evidence, and says what to do.
//!
//! The API takes PNG, JPEG and PDF of up to 10 MB, judged by their bytes (`upload.bad-format`,
//! `upload.too-large`, `upload.file-empty`). A [`Checker`] is fed a file in chunks of any size and comes to a
//! [`Report`]: what the file is, and [`Finding`]s with a stable [`Code`], the offset, what was expected, what
//! was found, and what a merchant can do about it. Its memory has a bound that does not depend on the file,
//! its outcome does not depend on the chunking, the file's name or its declared type.
//!
//! ```
//! use rebuttal_validate::{Checker, Outcome, Policy};
//!
//! let mut checker = Checker::new(Policy::reviewer()).with_name("IMG_0001.jpg");
//! checker.feed(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
//! let report = checker.finish();
//!
//! assert_eq!(report.outcome(), Outcome::Reject);
//! let finding = &report.findings[0];
//! assert_eq!((finding.code.as_str(), finding.offset), ("type_not_allowed", Some(0)));
//! assert_eq!(finding.found, "HEIC photo");
//! assert!(finding.advice.starts_with("export the photo as JPEG, or set the camera to Most Compatible"));
//! assert_eq!(finding.clause().map(|clause| clause.id), Some("upload.bad-format"));
//! // That it was named .jpg is worth a note, and changes nothing.
//! assert_eq!(report.findings[1].code.as_str(), "name_disagrees");
//! ```
//!
//! A [`Policy`] says whose rules are applied, and switches any of them by its code. Advice comes in English,
//! Japanese and Thai ([`Finding::advice_in`]).
//!
//! A file is refused where no viewer opens it, and only there: what real producers write is accepted, however
//! odd, with a warning where somebody may stumble over it.
//!
//! Of what card networks ask, the name and the size of the file are looked at; pages and pixels are not.
//!
//! The image data of a PNG is inflated, as far as its header promises rows; nothing else is. So what hides in a
//! PDF's object streams (a page tree, scripts, forms) is not seen, and no finding promises that it is not there;
//! compressed texts in a PNG may grow as they like. A PDF that asks for a password is refused, one that opens
//! with the empty password is not; nothing else is decrypted. Pixels are not decoded, neither is the scan data of
//! a JPEG, and fonts are not read: a sound structure with damaged contents passes.
//!
//! The deep mode sees more of this, from a whole file in memory and with decoders: module `deep`, behind the feature
//! `deep`, which is off by default.

mod advice;
mod checker;
mod code;
mod declared;
#[cfg(feature = "deep")]
pub mod deep;
mod field;
mod finding;
mod jpeg;
mod kind;
mod other;
mod pdf;
mod png;
mod policy;
mod report;
mod sniff;
mod tail;

pub use advice::Language;
pub use checker::{Checker, Progress};
pub use code::{Code, UnknownCode};
pub use finding::{Finding, Severity};
pub use kind::check_kind;
pub use other::OtherFormat;
pub use policy::Policy;
pub use report::{Detected, Outcome, Report};

/// The most pixels of a picture that viewers show; browsers refuse more. The largest phone sensors have 200
/// million.
pub const MAX_PIXELS: u64 = 1 << 28;

/// The most pixels of a picture that every card network takes (Mastercom).
const NETWORK_PIXELS: u64 = 30_000_000;
