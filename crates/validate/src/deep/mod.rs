//! The deep mode: a whole file in memory, decoded as a viewer would.
//!
//! What it sees and the streaming check does not:
//!
//! - picture data that is well-formed and still does not decode: the entropy-coded data of a JPEG, and whatever
//!   `png` finds in a PNG;
//! - in a PDF the objects inside object streams, so scripts, forms and attachments that hide there; a page tree that
//!   has no page, another number of pages than it says, or kids that are missing; pages without contents; contents,
//!   pictures and fonts that are named and not there; Flate data that does not inflate, and JPEGs that do not decode.
//!
//! What it does not see: what is on a page. Nothing is drawn, no font is read, no contents are interpreted. Of a PDF's
//! streams those are looked into whose first filter is `FlateDecode`, and those that are JPEGs; nothing in an encrypted
//! PDF is looked at; a later definition of an object wins, as after an update, and cross-reference tables are not
//! asked.
//!
//! Its findings warn, because viewers show what they can of a damaged file. The one that refuses is a document whose
//! every object was found, and that has no page. What no decoder finished is told as a note, so silence means that
//! all of it was looked at.
//!
//! # Bounds
//!
//! Everything a file can claim has a limit: pixels ([`MAX_JPEG_PIXELS`], before anything is decoded), bytes inflated
//! ([`MAX_INFLATED_BYTES`]) and kept ([`MAX_KEPT_BYTES`]), objects ([`MAX_OBJECTS`]), and time ([`MAX_TIME`]), which is
//! looked at between objects, rows and pieces. One JPEG is decoded without a look at the clock: it is bounded by its
//! pixels and [`MAX_JPEG_SCANS`]. A decoder that panics ends the look at this file and is told (`deep_failed`): it
//! runs on a thread of its own. It needs `panic = "unwind"`, and the panic's message goes to standard error.
//!
//! `hayro-syntax` reads the values of PDFs here and nothing else: on its own it inflates without a bound.

mod budget;
mod graph;
mod hidden;
mod inflate;
mod pages;
mod raster;

use std::{thread, time::Duration};

use rebuttal_model::Format;

use self::budget::{Budget, Limits};
use crate::{
    code::Code,
    finding::{Finding, Findings, Severity},
    policy::Policy,
    report::{Outcome, Report},
};

/// The most pixels of JPEGs that are decoded in one file: a photo of 64 megapixels is, one of 108 is not. A pixel takes
/// 3 to 4 bytes, and a progressive one 6 to 8 more.
pub const MAX_JPEG_PIXELS: u64 = 1 << 26;

/// The most scans of a JPEG that is decoded: each one costs a pass over all pixels; real files have up to about 20.
pub const MAX_JPEG_SCANS: usize = 32;

/// The most bytes that are inflated in one PDF; they are not kept.
pub const MAX_INFLATED_BYTES: u64 = 1 << 30;

/// The most bytes of object streams that are kept, all together.
pub const MAX_KEPT_BYTES: usize = 32 << 20;

/// The most objects of a PDF that are looked at.
pub const MAX_OBJECTS: usize = 500_000;

/// How long a look at one file may take, looked at now and then.
pub const MAX_TIME: Duration = Duration::from_secs(10);

/// The stack of the thread, in bytes: `hayro-syntax` reads values nested up to 512 deep by recursion.
const STACK_BYTES: usize = 16 << 20;

/// Looks into a whole file that the streaming check has reported on, and adds to the report what it finds.
///
/// `bytes` are those that were fed to the [`Checker`](crate::Checker), all of them; where some are missing, nothing is
/// looked at. A file that is refused already is left at that. See the [module](self) for what it sees, and for its bounds.
///
/// ```
/// use rebuttal_validate::{Checker, Code, Outcome, Policy, deep};
///
/// // The last 40 bytes of a picture are gone, and its end marker was written again.
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evidence/cjpeg-smooth-q1.jpg"));
/// let bytes = [&photo[..photo.len() - 40], b"\xFF\xD9"].concat();
///
/// let policy = Policy::reviewer();
/// let mut checker = Checker::new(policy);
/// checker.feed(&bytes);
/// let mut report = checker.finish();
/// assert_eq!(report.outcome(), Outcome::Accept);
///
/// deep::examine(&bytes, &policy, &mut report);
/// assert_eq!(report.findings[0].code, Code::DeepImageDamaged);
/// assert_eq!(report.outcome(), Outcome::Warn);
/// ```
pub fn examine(bytes: &[u8], policy: &Policy, report: &mut Report) {
    examine_within(Limits::default(), bytes, policy, report);
}

fn examine_within(limits: Limits, bytes: &[u8], policy: &Policy, report: &mut Report) {
    let Some(format) = report.format() else { return };
    if report.outcome() == Outcome::Reject {
        return;
    }
    let look = || {
        let mut findings = Findings::default();
        let mut budget = Budget::new(limits);
        match format {
            _ if bytes.len() as u64 != report.bytes => {
                budget.leave_out("a file that is not there as a whole");
            }
            Format::Png => raster::png(bytes, &mut budget, &mut findings),
            Format::Jpeg if is_beyond(report) => budget.leave_out("a JPEG in a coding that is not decoded"),
            Format::Jpeg => {
                let verdict = raster::jpeg(bytes, &mut budget);
                raster::tell(verdict, 0, "the picture", &mut findings);
            }
            Format::Pdf => pages::pdf(bytes, &mut budget, &mut findings),
        }
        if let Some(reached) = budget.reached() {
            findings.note(Code::DeepLimit, 0, || reached.to_owned());
        }
        findings.into_list()
    };
    merge(isolated(look), policy, report);
}

/// Whether `zune-jpeg` does not read it, though viewers do: standard tables left out, or arithmetic coding.
fn is_beyond(report: &Report) -> bool {
    let codes = [Code::JpegMissingTable, Code::JpegUnsupportedCoding];
    report.findings.iter().any(|it| codes.contains(&it.code))
}

/// Runs it on a thread: a panic stays there, and its stack is as large as it has to be.
fn isolated(look: impl FnOnce() -> Vec<Finding> + Send) -> Vec<Finding> {
    let ended = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        thread
            .spawn_scoped(scope, look)
            .map(thread::ScopedJoinHandle::join)
    });
    let (code, severity, found) = match ended {
        Ok(Ok(findings)) => return findings,
        Ok(Err(_)) => (
            Code::DeepFailed,
            Severity::Warning,
            "a decoder that gave up in a panic",
        ),
        Err(_) => (Code::DeepLimit, Severity::Note, "no thread to decode on"),
    };
    vec![Finding::new(code, severity, Some(0), found)]
}

/// What the streaming check told stays as it told it.
fn merge(found: Vec<Finding>, policy: &Policy, report: &mut Report) {
    for finding in found {
        let is_known = report.findings.iter().any(|known| known.code == finding.code);
        if !is_known {
            report.findings.extend(policy.judge(finding));
        }
    }
    if report.outcome() == Outcome::Reject {
        // No network gets to see what is refused.
        report.findings.retain(|finding| !finding.code.is_advice());
    }
}

#[cfg(test)]
mod tests;
