//! The check itself: bytes in, at any chunking; a report out.

use memchr::memmem;
use rebuttal_model::{Format, MAX_FILE_BYTES, SAFE_FILE_BYTES};

use crate::{
    code::Code,
    declared::Declared,
    finding::{Finding, Findings, Severity},
    jpeg, pdf, png,
    policy::Policy,
    report::{Detected, Report},
    sniff::{self, Refusal, Sniffed, WINDOW_BYTES},
};

/// How far a file of no known type is searched for a PDF header that comes too late, in bytes.
const LATE_HEADER_BYTES: u64 = 16 * 1024;

/// Whether reading on can still change the outcome.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Progress {
    /// The outcome is open.
    More,
    /// The file is certain to be refused: the caller may stop reading. Bytes that still come are counted,
    /// so that a file over the limit is known as one (`upload.too-large`).
    Decided,
}

/// Judges one file while its bytes pass: no I/O, and memory that does not depend on the file.
///
/// ```
/// use rebuttal_validate::{Checker, Code, Outcome, Policy, Progress};
///
/// let mut checker = Checker::new(Policy::contract()).with_name("receipt.jpg");
/// for chunk in [&b"GIF89a\x01\x00"[..], b"\x01\x00\x00\x00\x00;"] {
///     if checker.feed(chunk) == Progress::Decided {
///         break;
///     }
/// }
/// let report = checker.finish();
/// assert_eq!(report.outcome(), Outcome::Reject);
/// assert_eq!(report.detected.name(), "GIF image");
/// let finding = report.rejection().expect("a reason");
/// assert_eq!(finding.code, Code::TypeNotAllowed);
/// assert_eq!(finding.advice, "open the picture, export it as PNG or JPEG, and send that");
/// ```
#[derive(Debug)]
pub struct Checker {
    policy: Policy,
    declared: Declared,
    /// Whether the image data of a PNG is looked into.
    inflates: bool,
    window: [u8; WINDOW_BYTES],
    bytes: u64,
    stage: Stage,
    findings: Findings,
}

#[derive(Debug)]
enum Stage {
    /// The first bytes are being gathered.
    Window,
    Png(Box<png::Walker>),
    Jpeg(Box<jpeg::Walker>),
    Pdf {
        walker: Box<pdf::Walker>,
        /// What the file is where no object follows its header.
        otherwise: Option<Box<Refusal>>,
    },
    /// Refused, unless a PDF header shows up: the last bytes of the search so far.
    Late {
        refusal: Box<Refusal>,
        last: [u8; 4],
    },
    /// Nothing is left to learn.
    Refused(Detected),
}

impl Checker {
    /// A check of one file under `policy`.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            declared: Declared::default(),
            inflates: true,
            window: [0; WINDOW_BYTES],
            bytes: 0,
            stage: Stage::Window,
            findings: Findings::default(),
        }
    }

    /// Judges the image data of a PNG by its checksums and does not inflate it, which is some fifty times
    /// faster. Damage on the way is still found; a picture that was written wrong, with checksums that hold, passes. One
    /// that ends without IEND is refused, as nothing tells whether its last row came.
    #[must_use]
    pub fn without_inflating(mut self) -> Self {
        self.inflates = false;
        self
    }

    /// Tells the name that the file comes with. A disagreement with the bytes is a note, and so is what a card
    /// network does not take; the outcome is the same for every name.
    #[must_use]
    pub fn with_name(mut self, filename: &str) -> Self {
        self.declared.name(filename);
        self
    }

    /// Tells the `Content-Type` that the file comes with. A disagreement with the bytes is a note; the
    /// outcome is the same for every type (`upload.part-without-type`).
    #[must_use]
    pub fn with_declared_type(mut self, media_type: &str) -> Self {
        self.declared.media_type(media_type);
        self
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8]) -> Progress {
        let room = MAX_FILE_BYTES.saturating_sub(self.bytes);
        let judged = chunk.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        self.judge(&chunk[..judged]);
        self.bytes += (chunk.len() - judged) as u64;
        if self.bytes > MAX_FILE_BYTES {
            self.findings
                .reject(Code::TooLarge, MAX_FILE_BYTES, || "a larger file".to_owned());
        }
        if self.is_decided() {
            Progress::Decided
        } else {
            Progress::More
        }
    }

    /// Whether what was found refuses the file, whatever comes.
    fn is_decided(&self) -> bool {
        if self.policy.keeps_rejections() {
            return self.findings.rejected();
        }
        // Without an object it is no PDF after all, and what was found in it is forgotten.
        let may_forget =
            matches!(&self.stage, Stage::Pdf { walker, otherwise: Some(_) } if !walker.has_objects());
        let refuses = |finding: &Finding| self.policy.severity(finding) == Some(Severity::Rejection);
        !may_forget && self.findings.iter().any(refuses)
    }

    /// Bytes within the limit, which are counted as they are taken.
    fn judge(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        if let Stage::Window = self.stage {
            let kept = usize::try_from(self.bytes).unwrap_or(WINDOW_BYTES);
            let taken = rest.len().min(WINDOW_BYTES - kept);
            self.window[kept..kept + taken].copy_from_slice(&rest[..taken]);
            self.bytes += taken as u64;
            rest = &rest[taken..];
            if kept + taken < WINDOW_BYTES {
                return;
            }
            self.decide(WINDOW_BYTES);
        }
        if rest.is_empty() {
            return;
        }
        match &mut self.stage {
            Stage::Window | Stage::Refused(_) => {}
            Stage::Png(walker) => walker.feed(rest, &mut self.findings),
            Stage::Jpeg(walker) => walker.feed(rest, &mut self.findings),
            Stage::Pdf { walker, .. } => walker.feed(rest, &mut self.findings),
            Stage::Late { .. } => self.seek_late_header(rest),
        }
        self.bytes += rest.len() as u64;
    }

    /// Decides what the file is, once the window is full or the file has ended.
    fn decide(&mut self, kept: usize) {
        let window = &self.window[..kept];
        let findings = &mut self.findings;
        self.stage = match sniff::sniff(window) {
            Sniffed::Allowed(Format::Png) => {
                let mut walker = Box::new(png::Walker::new(self.inflates));
                warn_of_pdf_inside(window, findings);
                walker.feed(window, findings);
                Stage::Png(walker)
            }
            Sniffed::Allowed(Format::Jpeg) => {
                let mut walker = Box::new(jpeg::Walker::new());
                warn_of_pdf_inside(window, findings);
                walker.feed(window, findings);
                Stage::Jpeg(walker)
            }
            Sniffed::Allowed(Format::Pdf) => {
                let mut walker = Box::new(pdf::Walker::new(0));
                walker.feed(window, findings);
                Stage::Pdf {
                    walker,
                    otherwise: None,
                }
            }
            Sniffed::PdfBehind {
                offset,
                html,
                otherwise,
            } => {
                let at = offset as u64;
                if html {
                    findings.warn(Code::PolyglotHtml, at, || {
                        format!("HTML, and the PDF header at byte {at}")
                    });
                } else {
                    findings.warn(Code::PdfHeaderOffset, at, || {
                        let before = sniff::hex(&window[..offset.min(8)]);
                        format!("the PDF header at byte {at}, behind bytes that start with {before}")
                    });
                }
                let mut walker = Box::new(pdf::Walker::new(at));
                walker.feed(&window[offset..], findings);
                Stage::Pdf {
                    walker,
                    otherwise: Some(Box::new(otherwise)),
                }
            }
            Sniffed::Refused(refusal) => {
                findings.add(refusal.finding);
                Stage::Refused(refusal.detected)
            }
            Sniffed::RefusedUnlessLate(refusal) => {
                let mut last = [0; 4];
                last.copy_from_slice(&self.window[WINDOW_BYTES - 4..]);
                Stage::Late {
                    refusal: Box::new(refusal),
                    last,
                }
            }
        };
    }

    /// Looks on for a PDF header; whatever is found, the file is refused.
    fn seek_late_header(&mut self, chunk: &[u8]) {
        let Stage::Late { refusal, last } = &mut self.stage else {
            return;
        };
        let start = self.bytes;
        let room = LATE_HEADER_BYTES.saturating_sub(start);
        let chunk = &chunk[..chunk.len().min(usize::try_from(room).unwrap_or(usize::MAX))];
        let mut seam = [0; 8];
        let new = chunk.len().min(4);
        seam[..4].copy_from_slice(last);
        seam[4..4 + new].copy_from_slice(&chunk[..new]);
        let found = memmem::find(&seam[..4 + new], b"%PDF-")
            .map(|at| start - 4 + at as u64)
            .or_else(|| memmem::find(chunk, b"%PDF-").map(|at| start + at as u64));
        for byte in &chunk[chunk.len().saturating_sub(4)..] {
            *last = [last[1], last[2], last[3], *byte];
        }
        if let Some(offset) = found {
            **refusal = Refusal::late_pdf(offset);
        }
        if found.is_some() || start + chunk.len() as u64 >= LATE_HEADER_BYTES {
            self.refuse_late();
        }
    }

    fn refuse_late(&mut self) {
        if let Stage::Late { refusal, .. } = &self.stage {
            self.findings.add(refusal.finding.clone());
            self.stage = Stage::Refused(refusal.detected);
        }
    }

    /// Judges the file as a whole. Without all of its bytes the report is meaningful only after
    /// [`Progress::Decided`].
    pub fn finish(mut self) -> Report {
        if let Stage::Window = self.stage {
            self.decide_short();
        }
        let refused = self.findings.rejected();
        let findings = &mut self.findings;
        let detected = match self.stage {
            Stage::Window => Detected::Unknown,
            Stage::Refused(detected) => detected,
            Stage::Late { refusal, .. } => {
                findings.add(refusal.finding);
                refusal.detected
            }
            Stage::Png(walker) => {
                if !refused {
                    walker.finish(findings);
                }
                Detected::Allowed(Format::Png)
            }
            Stage::Jpeg(walker) => {
                if !refused {
                    walker.finish(findings);
                }
                Detected::Allowed(Format::Jpeg)
            }
            Stage::Pdf { walker, otherwise } => match otherwise {
                Some(refusal) if !walker.has_objects() => {
                    self.findings = Findings::default();
                    self.findings.add(refusal.finding);
                    refusal.detected
                }
                _ => {
                    if !refused {
                        walker.finish(findings);
                    }
                    Detected::Allowed(Format::Pdf)
                }
            },
        };
        report(&self.policy, &self.declared, detected, self.bytes, self.findings)
    }

    /// Decides on a file shorter than the window.
    fn decide_short(&mut self) {
        match usize::try_from(self.bytes) {
            Ok(0) => {
                let refusal = Refusal::empty();
                self.findings.add(refusal.finding);
                self.stage = Stage::Refused(refusal.detected);
            }
            kept => self.decide(kept.unwrap_or(WINDOW_BYTES)),
        }
        self.refuse_late();
    }
}

fn warn_of_pdf_inside(window: &[u8], findings: &mut Findings) {
    if let Some(at) = sniff::pdf_inside(window) {
        let at = at as u64;
        findings.warn(Code::PolyglotPdf, at, || {
            format!("the header and an object of a PDF at byte {at} of a picture")
        });
    }
}

/// Puts the size first, leaves out what the policy does not ask for, and adds what the sender said.
fn report(
    policy: &Policy,
    declared: &Declared,
    detected: Detected,
    bytes: u64,
    findings: Findings,
) -> Report {
    let mut findings = findings;
    if (SAFE_FILE_BYTES + 1..=MAX_FILE_BYTES).contains(&bytes) {
        findings.warn(Code::SizeNearLimit, SAFE_FILE_BYTES, || format!("{bytes} bytes"));
    }
    if bytes > MAX_FILE_BYTES {
        findings.reject(Code::TooLarge, MAX_FILE_BYTES, || "a larger file".to_owned());
    }
    let refused = findings.rejected();
    let is_size = |finding: &Finding| matches!(finding.code, Code::TooLarge | Code::SizeNearLimit);
    let (size, other): (Vec<_>, Vec<_>) = findings.into_list().into_iter().partition(is_size);
    let findings = size
        .into_iter()
        .chain(other)
        .chain(declared.findings(detected))
        .chain(network_size(detected, bytes))
        // No network gets to see what is refused.
        .filter(|finding| !(refused && finding.code.is_advice()))
        .filter_map(|finding| policy.judge(finding))
        .collect();
    Report {
        detected,
        bytes,
        findings,
    }
}

/// The largest PDF that Visa takes, in bytes: 2 MB, read as the smaller of its two meanings.
const NETWORK_PDF_BYTES: u64 = 2_000_000;

/// Larger than what a card network takes. A note: the provider may send it on in another form.
fn network_size(detected: Detected, bytes: u64) -> Option<Finding> {
    let is_large = detected == Detected::Allowed(Format::Pdf)
        && (NETWORK_PDF_BYTES + 1..=MAX_FILE_BYTES).contains(&bytes);
    is_large.then(|| {
        let found = format!("a PDF of {bytes} bytes");
        Finding::new(
            Code::SizeForNetworks,
            Severity::Note,
            Some(NETWORK_PDF_BYTES),
            found,
        )
    })
}
