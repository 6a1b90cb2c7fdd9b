//! Whether a form is a document: the checks on it, in the order of the contract.

use std::mem;

use http::StatusCode;
use rebuttal_model::{Format, Kind, SAFE_FILE_BYTES, Situation, clause::upload, kind::Open};
use rebuttal_validate::{Checker, Code, Detected, OtherFormat, Outcome, Policy, Report, check_kind};

use crate::{
    answer::Context,
    fault::Fault,
    form::{Field, Form, Part, base_name, checker},
    refusal::Refusal,
};

/// What an upload that is accepted brings.
pub(crate) struct Evidence {
    pub(crate) filename: String,
    pub(crate) kind: Option<Open<Kind>>,
    pub(crate) content: Vec<u8>,
}

/// The form as a document, or why not; with what one fault would store all the same.
///
/// In order: the file is there and a file, its size, its format, the kind.
pub(crate) fn judge(context: &Context, form: Form) -> Result<Evidence, (Refusal, Option<Evidence>)> {
    let Form {
        file,
        kind,
        kind_first,
        has_unknown,
        has_unknown_file,
        ..
    } = form;
    if has_unknown && context.has(Fault::UnknownFieldRefused) {
        return Err((Refusal::bad_request("the form has an unknown field"), None));
    }
    if has_unknown_file && context.has(Fault::UnknownFileRefused) {
        return Err((Refusal::bad_request("the form has a file of another name"), None));
    }
    let mut file = present_file(context, file).map_err(|refusal| (refusal, None))?;
    let too_large = file.bytes > file.content.len() as u64
        || context.has(Fault::TenMillionRefused) && file.bytes >= SAFE_FILE_BYTES;
    let report = file.report();
    context.notes.file(&report.findings, file.declared.is_none());
    let format = if too_large {
        Err(self::too_large(context))
    } else {
        accepted_format(
            context,
            file.bytes,
            &file.filename,
            file.declared.as_deref(),
            &file.content,
            &report,
        )
    };
    let kind = match format {
        Err(refusal) => Err(refusal),
        Ok(()) if kind_first && context.has(Fault::KindBeforeFileLost) => Ok(None),
        Ok(()) => accepted_kind(context, kind.as_ref()),
    };
    let evidence = |kind| Evidence {
        filename: told_name(context, &file.filename),
        kind,
        content: file.content,
    };
    match kind {
        Ok(_) if context.has(Fault::KindNotEchoed) => Ok(evidence(None)),
        Ok(kind) => Ok(evidence(kind)),
        Err(refusal) => Err((refusal, Some(evidence(None)))),
    }
}

/// A file over the limit (`upload.too-large`).
pub(crate) fn too_large(context: &Context) -> Refusal {
    if context.has(Fault::TooLargeAnswers500) {
        return Refusal::internal();
    }
    Refusal::ByProfile(Situation::TooLarge, "the file may not exceed 10MB".into())
}

/// A body that does not parse (`upload.broken-multipart`).
pub(crate) fn broken(context: &Context, error: &rebuttal_multipart::Diagnosis) -> Refusal {
    context.notes.form(error);
    if context.has(Fault::BrokenMultipartAnswers500) {
        return Refusal::internal();
    }
    // The rule and the place; not what was found there, which is the client's file.
    let (what, offset) = (error.id.summary(), error.offset());
    Refusal::bad_request(format!(
        "the body is not multipart/form-data: {what}, at byte {offset}"
    ))
}

/// A part that is a file.
struct PresentFile {
    filename: String,
    declared: Option<Vec<u8>>,
    content: Vec<u8>,
    bytes: u64,
    checker: Checker,
}

impl PresentFile {
    /// What the check that ran along found. A refusal is told by a check that leaves nothing out.
    fn report(&mut self) -> Report {
        let quick = mem::replace(&mut self.checker, Checker::new(Policy::contract())).finish();
        if quick.outcome() == Outcome::Accept || self.bytes > self.content.len() as u64 {
            return quick;
        }
        let mut whole = checker(Some(&self.filename), self.declared.as_deref());
        let _ = whole.feed(&self.content);
        whole.finish()
    }
}

/// The part called `file`, where it is one (`upload.file-missing`, `upload.file-as-text`).
fn present_file(context: &Context, file: Option<Part>) -> Result<PresentFile, Refusal> {
    let is_file = file.as_ref().is_some_and(Part::is_file);
    let refusal = match (&file, context.settings.fault) {
        (None, Some(Fault::FileMissingAnswers500)) => Refusal::internal(),
        (None, Some(Fault::FileMissingAnswers422)) => unprocessable("the form has no file"),
        (None, _) => Refusal::bad_request("the form has no file"),
        (Some(_), _) => Refusal::bad_request("file must be a file: a part with a filename"),
    };
    let pretended = matches!(
        (&file, context.settings.fault),
        (None, Some(Fault::FileMissingAccepted)) | (Some(_), Some(Fault::FileAsTextAccepted))
    );
    let named = |file: Part, filename: String| PresentFile {
        filename,
        declared: file.declared,
        content: file.content,
        bytes: file.bytes,
        checker: file.checker,
    };
    match file {
        Some(file) if is_file => {
            let filename = base_name(file.filename.as_deref().unwrap_or_default()).to_owned();
            Ok(named(file, filename))
        }
        Some(file) if pretended => Ok(named(file, "file".to_owned())),
        None if pretended => Ok(named(Part::empty(), "file".to_owned())),
        file => {
            context.notes.clause(match file {
                None => &upload::FILE_MISSING,
                Some(_) => &upload::FILE_AS_TEXT,
            });
            Err(refusal)
        }
    }
}

/// Size zero and format (`upload.file-empty`, `upload.bad-format`).
fn accepted_format(
    context: &Context,
    bytes: u64,
    filename: &str,
    declared: Option<&[u8]>,
    head: &[u8],
    report: &Report,
) -> Result<(), Refusal> {
    if bytes == 0 && context.has(Fault::EmptyFileAnswers422) {
        return Err(unprocessable("the file is empty"));
    }
    if bytes == 0 {
        let waved_through = [Fault::EmptyFileAccepted, Fault::FileMissingAccepted];
        if waved_through.iter().any(|&fault| context.has(fault)) {
            return Ok(());
        }
        return Err(Refusal::bad_request("the file is empty"));
    }
    let accepted = match context.settings.fault {
        Some(Fault::PngRefused) if report.format() == Some(Format::Png) => false,
        Some(Fault::JpgRefused) if report.format() == Some(Format::Jpeg) => false,
        Some(Fault::PdfRefused) if report.format() == Some(Format::Pdf) => false,
        Some(Fault::TypeRequired) if !declares_a_format(declared) => false,
        Some(Fault::JfifRequired) if report.format() == Some(Format::Jpeg) => {
            head.get(6..10) == Some(b"JFIF")
        }
        Some(Fault::NewerPdfRefused) if report.format() == Some(Format::Pdf) => head.starts_with(b"%PDF-1.4"),
        Some(fault) if waves_through(fault, head) => true,
        Some(Fault::GifAccepted) if report.detected == Detected::Other(OtherFormat::Gif) => true,
        Some(Fault::TrustsExtension) => has_known_extension(filename),
        Some(Fault::TrustsDeclaredType) if declares_a_format(declared) => true,
        Some(Fault::TooLargeAccepted) => report
            .rejection()
            .is_none_or(|finding| finding.code == Code::TooLarge),
        _ => report.rejection().is_none(),
    };
    if accepted {
        return Ok(());
    }
    if context.has(Fault::BadFormatAnswers415) {
        return Err(Refusal::Fault(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_file_format",
            "the file must be PNG, JPG or PDF",
        ));
    }
    let found = match report.rejection() {
        Some(finding) => format!("found {}: {}", finding.found, finding.advice),
        None => format!("found {}", report.detected.name()),
    };
    Err(Refusal::ByProfile(
        Situation::BadFormat,
        format!("the file must be PNG, JPG or PDF, {found}").into(),
    ))
}

/// Whether a fault takes a file of some other format.
fn waves_through(fault: Fault, content: &[u8]) -> bool {
    match fault {
        Fault::BmpAccepted => content.starts_with(b"BM"),
        Fault::TiffAccepted => content.starts_with(b"II*\0"),
        Fault::HtmlAccepted => content.starts_with(b"<!DOCTYPE html"),
        Fault::OldGifAccepted => content.starts_with(b"GIF87a"),
        Fault::AvifAccepted => content.get(4..12) == Some(b"ftypavif"),
        Fault::RtfAccepted => content.starts_with(b"{\\rtf"),
        Fault::PostscriptAccepted => content.starts_with(b"%!PS"),
        Fault::OldWordAccepted => content.starts_with(b"\xd0\xcf\x11\xe0"),
        Fault::ZipAccepted => content.starts_with(b"PK"),
        Fault::HeicAccepted => content.get(4..8) == Some(b"ftyp"),
        Fault::SvgAccepted => content.starts_with(b"<svg"),
        _ => false,
    }
}

/// The answer of frameworks to what they cannot use, where the contract has 400.
fn unprocessable(message: &'static str) -> Refusal {
    Refusal::Fault(StatusCode::UNPROCESSABLE_ENTITY, "bad_request", message)
}

/// The kind (`upload.bad-kind`, `upload.kind-optional`).
fn accepted_kind(context: &Context, kind: Option<&Field>) -> Result<Option<Open<Kind>>, Refusal> {
    let Some(field) = kind else {
        if context.has(Fault::KindRequired) {
            return Err(Refusal::bad_request("the form has no kind"));
        }
        return Ok(None);
    };
    if field.is_file {
        context.notes.clause(&upload::BAD_KIND);
        return Err(Refusal::bad_request("kind must be a text, not a file"));
    }
    let sent = String::from_utf8_lossy(&field.content);
    let text = match context.settings.fault {
        Some(Fault::KindInAnyCase) => sent.to_lowercase(),
        Some(Fault::BlankKindAccepted) if sent.trim().is_empty() => return Ok(None),
        Some(Fault::BlankKindAccepted) => sent.trim().to_owned(),
        Some(Fault::KindWithHyphensAccepted) => sent.replace('-', "_"),
        _ => sent.into_owned(),
    };
    let kind = check_kind(&text);
    if let Err(finding) = &kind {
        context.notes.file(std::slice::from_ref(finding), false);
    }
    match kind {
        Ok(Kind::ProofOfAcceptance) if context.has(Fault::KindUnknown) => {
            Err(Refusal::bad_request("kind is not included in the list"))
        }
        Ok(kind) => Ok(Some(kind.into())),
        Err(_) if context.has(Fault::BadKindAnswers422) => {
            Err(unprocessable("kind is not included in the list"))
        }
        Err(_) if context.has(Fault::BadKindAccepted) => Ok(Some(Open::Unlisted(text))),
        Err(finding) => Err(Refusal::bad_request(format!(
            "kind must be {}: {}",
            finding.code.expected(),
            finding.advice
        ))),
    }
}

/// The name as it is answered: as sent, unless a fault meddles (`upload.filename-echo`).
fn told_name(context: &Context, name: &str) -> String {
    match context.settings.fault {
        Some(Fault::FilenameLowerCased) => name.to_lowercase(),
        Some(Fault::FilenameAsciiOnly) => name
            .chars()
            .map(|character| if character.is_ascii() { character } else { '?' })
            .collect(),
        Some(Fault::FilenameMojibake) => name.bytes().map(char::from).collect(),
        Some(Fault::FilenameCut) => name.chars().take(30).collect(),
        Some(Fault::FilenameMarksDropped) => name
            .chars()
            .filter(|character| !is_combining(*character))
            .collect(),
        Some(Fault::FilenameExtensionDropped) => {
            name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
        }
        Some(Fault::FilenameDotDropped) => name.trim_start_matches('.').to_owned(),
        Some(Fault::FilenameUnderscored) => name.replace(' ', "_"),
        _ => name.to_owned(),
    }
}

/// Whether a character is a combining mark of Latin or Thai.
fn is_combining(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}

fn declares_a_format(declared: Option<&[u8]>) -> bool {
    declared.is_some_and(|declared| {
        let essence = declared
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        Format::ALL
            .iter()
            .any(|format| essence.eq_ignore_ascii_case(format.media_type().as_bytes()))
    })
}

fn has_known_extension(filename: &str) -> bool {
    filename.rsplit_once('.').is_some_and(|(_, extension)| {
        let extension = extension.to_ascii_lowercase();
        Format::ALL
            .iter()
            .any(|format| format.extensions().contains(&extension.as_str()))
    })
}
