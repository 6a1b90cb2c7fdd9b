//! `rebuttal explain`: shows what stands where in an upload, and what is wrong with it.

mod announced;
mod chunked;
mod foreign;
mod framing;
mod human;
pub(crate) mod json;
mod mask;
mod opening;
mod page;
mod request;
mod source;
mod summary;
mod verdict;

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use rebuttal_multipart::{Diagnosis, Explainer, Limits, LineKind, Listing, Mode, Place, Severity};

use self::{
    announced::{Announced, LOOKED_AT_BYTES},
    chunked::Chunks,
    framing::Framing,
    mask::Mask,
    request::Head,
    source::{MAX_BODY_BYTES, Source},
    verdict::{Reader, Verdict},
};
use crate::{output, shown};

/// How wide a page is where there is no terminal, in columns.
const COLUMNS: usize = 100;
/// How wide it is on a terminal that does not say, in columns.
const TERMINAL_COLUMNS: usize = 80;

/// The parts that one who observes reads on to; what is kept of each is bounded too.
const MOST_PARTS: u32 = 4096;

/// What to explain, and how to tell.
#[derive(Args)]
#[command(after_help = "\
Example:
  rebuttal explain upload.http
  rebuttal explain body.bin --content-type 'multipart/form-data; boundary=b' --format json

Exit status: 0 when no violation is an error in the chosen mode, 1 when one is or when the body
is no multipart/form-data at all, 2 on wrong use, 3 when the file cannot be read.")]
pub(crate) struct Arguments {
    /// A raw HTTP request, or the body of one; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The request's Content-Type; without it, a bare body's boundary is guessed.
    #[arg(long, value_name = "VALUE")]
    content_type: Option<String>,
    /// How to tell.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
    /// Which reader to follow, and whose severities to tell.
    #[arg(long, value_enum, default_value_t = Reading::Observe)]
    mode: Reading,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// For people.
    Human,
    /// For programs; `rebuttal schema explain.json` describes it.
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum Reading {
    /// Stops at whatever leaves room for a second reading, or is forbidden.
    Strict,
    /// Stops where there is no single reading.
    Lenient,
    /// Lists everything that strict would stop at, and goes on.
    Observe,
}

/// All there is to tell about a file.
struct Explained {
    /// Its path, safe to print.
    file: String,
    mode: Mode,
    head: Option<Head>,
    announced: Announced,
    /// `None` when there is no boundary to read with.
    listing: Option<Listing>,
    strict: Verdict,
    lenient: Verdict,
    /// The length of the body, out of its chunks, in bytes.
    bytes: u64,
    /// What the body begins with.
    start: Vec<u8>,
    /// What is wrong with how the request says where its body ends.
    broken_framing: Vec<String>,
    /// What is wrong with the chunks that the body came in.
    broken_chunks: Option<String>,
    notes: Vec<String>,
    /// What must not show.
    mask: Mask,
}

/// Exit status: 0 when nothing is an error, 1 when something is, 3 when the file cannot be read.
pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let explained = match explain(arguments) {
        Ok(explained) => explained,
        Err(error) => {
            let file = shown::plain(arguments.file.as_os_str().as_encoded_bytes());
            let style = output::BAD;
            anstream::eprintln!("{style}error{style:#}: cannot read {file}: {error}");
            return Ok(ExitCode::from(3));
        }
    };
    let text = match arguments.format {
        Form::Human => human::render(&explained, columns()),
        Form::Json => shown::json(&json::render(&explained)),
    };
    output::print(&explained.mask.text(&text))?;
    Ok(ExitCode::from(u8::from(explained.is_bad())))
}

fn columns() -> usize {
    if !io::stdout().is_terminal() {
        return COLUMNS;
    }
    let size = terminal_size::terminal_size();
    size.map_or(TERMINAL_COLUMNS, |(width, _)| usize::from(width.0).clamp(60, 160))
}

fn explain(arguments: &Arguments) -> io::Result<Explained> {
    let mode = match arguments.mode {
        Reading::Strict => Mode::Strict,
        Reading::Lenient => Mode::Lenient,
        Reading::Observe => Mode::Observe,
    };
    let (head, mut source) = source::open(&arguments.file)?;
    let mut start = Vec::new();
    while start.len() < LOOKED_AT_BYTES
        && let Some(piece) = source.next_piece()?
    {
        start.extend_from_slice(&piece);
    }
    let mut announced = Announced::new(arguments.content_type.as_deref(), head.as_ref(), &start, mode);
    let framing = head.as_ref().map(Framing::new).unwrap_or_default();
    let Framing {
        length,
        errors: mut broken_framing,
        notes: mut of_framing,
    } = framing;
    let mut notes = head.as_ref().map(|head| head.notes.clone()).unwrap_or_default();
    notes.append(&mut announced.notes);
    notes.append(&mut of_framing);
    let mut explainer = announced.boundary.map(|boundary| {
        let explainer = Explainer::new(boundary, mode, limits(mode));
        match length {
            Some(length) => explainer.expecting(length),
            None => explainer,
        }
    });
    let guessed = announced.boundary.as_ref().filter(|_| announced.is_guessed);
    let reader = |mode| Reader::new(announced.value.as_deref(), guessed, mode, length);
    let (mut strict, mut lenient) = (reader(Mode::Strict), reader(Mode::Lenient));

    let (mut bytes, mut piece) = (0, Some(start.clone()));
    while let Some(read) = piece {
        bytes += read.len() as u64;
        strict.feed(&read);
        lenient.feed(&read);
        if let Some(explainer) = &mut explainer {
            explainer.feed(&read);
        }
        piece = source.next_piece()?;
    }
    tell_of_source(head.as_ref(), &source, &mut notes);
    let Chunks { problem, notes: odd } = source.chunks();
    notes.extend(odd);
    start.truncate(LOOKED_AT_BYTES);
    let (strict, lenient) = (strict.finish(), lenient.finish());
    let listing = explainer.map(|explainer| with_limits(explainer.finish(), &lenient));
    let mask = mask(head.as_ref(), &start, listing.as_ref());
    for text in notes.iter_mut().chain(&mut broken_framing) {
        *text = mask.text(text);
    }
    Ok(Explained {
        file: shown::plain(arguments.file.as_os_str().as_encoded_bytes()),
        mode,
        head,
        announced,
        listing,
        strict,
        lenient,
        bytes,
        start,
        broken_framing,
        broken_chunks: problem,
        notes,
        mask,
    })
}

/// One who observes reads on where something is too large for a reader with the default limits, or there is too
/// much of it; not where that would have to be kept.
fn limits(mode: Mode) -> Limits {
    let limits = Limits::default();
    match mode {
        Mode::Strict | Mode::Lenient => limits,
        Mode::Observe => Limits {
            body_bytes: MAX_BODY_BYTES,
            parts: MOST_PARTS,
            files: MOST_PARTS,
            field_bytes: MAX_BODY_BYTES,
            file_bytes: MAX_BODY_BYTES,
            fields_bytes: MAX_BODY_BYTES,
            preamble_bytes: MAX_BODY_BYTES,
            epilogue_bytes: MAX_BODY_BYTES,
            ..limits
        },
    }
}

/// What was read on behind is said all the same.
fn with_limits(mut listing: Listing, lenient: &Verdict) -> Listing {
    if let Some(limit) = lenient.limit()
        && limit.place == Place::Body
        && listing
            .stopped
            .as_ref()
            .is_none_or(|stopped| stopped.id != limit.id)
    {
        listing.violations.push(limit.clone());
    }
    listing
}

/// The credentials of the request, and those that stand in the body without being content of a part.
fn mask(head: Option<&Head>, start: &[u8], listing: Option<&Listing>) -> Mask {
    let found = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let places = mask::credentials(bytes).into_iter();
        places.map(|place| bytes[place].to_vec()).collect()
    };
    let mut values: Vec<Vec<u8>> = head.iter().flat_map(|head| head.secrets.clone()).collect();
    if let Some(listing) = listing {
        let is_text = |kind| matches!(kind, LineKind::Preamble | LineKind::Epilogue | LineKind::Header);
        let lines = listing.lines.iter().filter(|line| is_text(line.kind));
        values.extend(lines.flat_map(|line| found(line.shown())));
        let headers = listing.parts.iter().flat_map(|part| &part.headers);
        let headers = headers.filter(|header| mask::is_credential(&header.name));
        values.extend(headers.map(|header| header.value.clone()));
    }
    let preamble = listing.and_then(|listing| listing.span_of(LineKind::Preamble));
    let end = preamble.map_or(0, |span| usize::try_from(span.end).unwrap_or(usize::MAX));
    values.extend(found(&start[..end.min(start.len())]));
    Mask::new(values.iter().map(Vec::as_slice))
}

fn tell_of_source(head: Option<&Head>, source: &Source, notes: &mut Vec<String>) {
    if let Some(head) = head {
        if head.is_chunked() {
            notes.push(
                "the body was sent in chunks; offsets count its bytes without their framing".to_owned(),
            );
        } else if head.has("transfer-encoding") {
            notes.push("the transfer coding of the request is not undone here".to_owned());
        }
        if head.has("content-encoding") {
            notes.push("the content coding of the request is not undone here".to_owned());
        }
    }
    if source.is_cut {
        notes.push(format!(
            "no more than {MAX_BODY_BYTES} bytes of the body were read"
        ));
    }
}

impl Explained {
    /// Everything that is wrong, in the order in which it is told: first the `Content-Type`.
    fn violations(&self) -> impl Iterator<Item = &Diagnosis> {
        let listing = self.listing.iter();
        let body = listing.flat_map(|listing| listing.violations.iter().chain(&listing.stopped));
        self.announced.violations.iter().chain(body)
    }

    fn count(&self, severity: Severity) -> usize {
        self.violations().filter(|it| it.severity == severity).count()
    }

    /// How serious a violation is to a reader in another mode; what stopped that one there is an error.
    fn severity(&self, diagnosis: &Diagnosis, mode: Mode) -> Option<Severity> {
        let verdict = match mode {
            Mode::Lenient => &self.lenient,
            Mode::Strict | Mode::Observe => &self.strict,
        };
        let stops = |it: &Diagnosis| (it.id, &it.span) == (diagnosis.id, &diagnosis.span);
        match &verdict.stopped {
            Some(stopped) if stops(stopped) => Some(Severity::Error),
            _ => diagnosis.id.severity(mode),
        }
    }

    /// Whether there is no body, and nothing that announces one.
    fn is_empty(&self) -> bool {
        self.listing.is_none() && self.bytes == 0 && self.announced.value.as_ref().is_none_or(Vec::is_empty)
    }

    /// Whether a line of the body goes on with a header that holds a credential.
    fn is_secret(&self, index: usize) -> bool {
        let lines = self
            .listing
            .iter()
            .filter_map(|listing| listing.lines.get(..=index));
        let mut lines = lines.flatten().rev();
        if lines.next().is_none_or(|line| line.kind != LineKind::Fold) {
            return false;
        }
        let header = lines.find(|line| line.kind != LineKind::Fold);
        header.is_some_and(|line| mask::is_credential_line(line.shown()))
    }

    /// Whether what was found stands on such a line.
    fn is_found_secret(&self, diagnosis: &Diagnosis) -> bool {
        let listing = self.listing.as_ref().filter(|_| diagnosis.place == Place::Body);
        let index = listing.and_then(|listing| listing.line_of(diagnosis));
        index.is_some_and(|index| self.is_secret(index))
    }

    /// What is wrong before a reader of the body sees anything.
    fn broken(&self) -> impl Iterator<Item = &String> {
        self.broken_framing.iter().chain(&self.broken_chunks)
    }

    fn is_bad(&self) -> bool {
        self.listing.is_none() || self.broken().next().is_some() || self.count(Severity::Error) > 0
    }
}
