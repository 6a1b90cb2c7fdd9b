//! The listing for people.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use rebuttal_multipart::{Diagnosis, Line, LineKind, Listing, Mode, Place, Severity, ViolationId};

use super::{
    Explained, foreign, mask,
    page::{Page, Row},
    summary,
};
use crate::{
    output::{BAD, DIM, DOUBTFUL},
    shown,
};

/// How many parts are listed; the rest are counted.
const MOST_PARTS: u32 = 40;

/// How many violations are told; the rest are counted.
const MOST_TOLD: usize = 50;

const BOLD: Style = Style::new().bold();
pub(super) const WORTH_KNOWING: Style = AnsiColor::Cyan.on_default().bold();

pub(super) fn render(explained: &Explained, columns: usize) -> String {
    let mut listing = Human {
        explained,
        page: Page::new(columns, explained.bytes),
        told: Vec::new(),
        silent: 0,
    };
    let file = match &explained.file[..] {
        "-" => "standard input",
        file => file,
    };
    listing.page.line(&format!("{BOLD}{file}{BOLD:#}"));
    listing.request();
    for note in &explained.notes {
        listing.page.say("note", WORTH_KNOWING, note);
    }
    for broken in explained.broken() {
        listing.page.say("error", BAD, broken);
    }
    match &explained.listing {
        Some(body) => listing.body(body),
        None => listing.foreign(),
    }
    for line in summary::lines(explained) {
        listing.page.line(&line);
    }
    listing.page.text
}

struct Human<'e> {
    explained: &'e Explained,
    page: Page,
    /// The violations told so far.
    told: Vec<ViolationId>,
    /// How many were not.
    silent: usize,
}

impl Human<'_> {
    fn request(&mut self) {
        let announced = &self.explained.announced;
        // What asks for nothing but an answer has no body, and is not wrong for that.
        let mut is_told = announced.violations.is_empty() || self.explained.is_empty();
        if let Some(head) = &self.explained.head {
            let line = format!("{} {} {}", head.method, head.target, head.version);
            self.page
                .row(None, "request", &self.row("", line.as_bytes(), 0, Style::new()));
            let mut hidden: Vec<&str> = Vec::new();
            for field in &head.fields {
                let Some(value) = &field.value else {
                    hidden.push(&field.name);
                    continue;
                };
                self.hidden(&mut hidden);
                let row = self.row(&format!("{}: ", field.name), value, 0, Style::new());
                self.page.row(None, "", &row);
                if announced.value.as_ref() == Some(value) && field.name.eq_ignore_ascii_case("content-type")
                {
                    self.tell_all(&announced.violations, &row);
                    is_told = true;
                }
            }
            self.hidden(&mut hidden);
        }
        if let Some(value) = &announced.value
            && !is_told
        {
            let row = match &value[..] {
                [] => self.row("no Content-Type", b"", 0, DIM),
                value => self.row("Content-Type: ", value, 0, Style::new()),
            };
            self.page.row(None, "", &row);
            self.tell_all(&announced.violations, &row);
        }
    }

    fn hidden(&mut self, names: &mut Vec<&str>) {
        if !names.is_empty() {
            let text = format!("{}: (not shown)", names.join(", "));
            let row = Row {
                cells: shown::cells(text.as_bytes(), 0),
                style: DIM,
                ..Row::default()
            };
            self.page.row(None, "", &row);
            names.clear();
        }
    }

    fn body(&mut self, listing: &Listing) {
        let boundary = self.explained.announced.boundary.as_ref();
        let boundary = shown::plain(boundary.map_or(&b""[..], |boundary| boundary.as_bytes()));
        let how = if self.explained.announced.is_guessed {
            "guessed boundary"
        } else {
            "boundary"
        };
        if self.explained.head.is_some() {
            self.page.line("");
        }
        let text = format!("{} bytes, {how} {boundary}", listing.bytes);
        self.page
            .row(None, "body", &self.row("", text.as_bytes(), 0, Style::new()));
        let body = self.explained.violations().filter(|it| it.place == Place::Body);
        let mut under: Vec<(Option<usize>, &Diagnosis)> = body.map(|it| (listing.line_of(it), it)).collect();
        under.sort_by_key(|(line, it)| (*line, it.span.start));
        let mut under = under.into_iter().peekable();
        let mut part = None;
        let mut left_out = 0..0;
        let mut late = Vec::new();
        for (index, line) in listing.lines.iter().enumerate() {
            let is_first = line.part.is_some() && line.part != part;
            if is_first {
                part = line.part;
            }
            let belongs = part.is_some_and(|part| part >= MOST_PARTS);
            if belongs && !matches!(line.kind, LineKind::Close | LineKind::Epilogue | LineKind::Unread) {
                if left_out.is_empty() {
                    left_out.start = line.span.start;
                }
                left_out.end = line.span.end;
                while let Some((_, it)) = under.next_if(|(at, _)| *at == Some(index)) {
                    if self.ends(it) {
                        late.push(it.clone());
                    } else {
                        self.silent += 1;
                    }
                }
                continue;
            }
            self.left_out(&mut left_out);
            if is_first {
                self.part(listing, part);
            }
            let row = self.list(index, line);
            let here = std::iter::from_fn(|| under.next_if(|(at, _)| *at == Some(index)));
            let here: Vec<Diagnosis> = here.map(|(_, it)| it.clone()).collect();
            self.tell_all(&here, &row);
        }
        self.left_out(&mut left_out);
        late.extend(under.map(|(_, it)| it.clone()));
        self.tell_all(&late, &Row::default());
        if self.silent > 0 {
            let text = format!("{} more violations are not told here", self.silent);
            self.page
                .say("…", DIM, &format!("{text}; --format json has them"));
        }
    }

    /// Says that parts were left out, and where.
    fn left_out(&mut self, span: &mut std::ops::Range<u64>) {
        if !span.is_empty() {
            let (start, end) = (span.start, span.end);
            let text = format!("more parts, bytes {start}..{end}; --format json has them");
            self.page.say("…", DIM, &text);
            *span = 0..0;
        }
    }

    fn part(&mut self, listing: &Listing, index: Option<u32>) {
        let Some(index) = index else { return };
        let part = listing.parts.iter().find(|part| part.index == index);
        let mut text = format!("{index}");
        if let Some(part) = part {
            let said = |text: &Option<String>| text.as_ref().map(|text| shown::plain(text.as_bytes()));
            let _ = match said(&part.name) {
                Some(name) => write!(text, "  name \"{name}\""),
                None => write!(text, "  without a name"),
            };
            if let Some(filename) = said(&part.filename) {
                let _ = write!(text, ", filename \"{filename}\"");
            }
        }
        self.page
            .row(None, "part", &self.row("", text.as_bytes(), 0, BOLD));
    }

    fn list(&mut self, index: usize, line: &Line) -> Row {
        let (lead, text, start) = match line.kind {
            LineKind::Content | LineKind::Epilogue | LineKind::Unread => {
                let text = line.shown();
                (amount(line), text, line.span.start)
            }
            LineKind::Preamble if line.shown().len() < Line::MAX_SHOWN_BYTES => {
                (String::new(), line.shown(), line.span.start)
            }
            LineKind::Preamble => (amount(line), line.shown(), line.span.start),
            _ => {
                let (text, start) = framing(line);
                (String::new(), text, start)
            }
        };
        let style = match line.kind {
            LineKind::Boundary | LineKind::Close | LineKind::Unread => DIM,
            _ => Style::new(),
        };
        let mut row = self.row(&lead, text, start, style);
        if self.explained.is_secret(index) {
            row.cells = mask::hidden_cells(text, start);
        }
        self.page.row(Some(start), line.kind.as_str(), &row);
        row
    }

    fn tell_all(&mut self, violations: &[Diagnosis], row: &Row) {
        for (index, diagnosis) in violations.iter().enumerate() {
            if self.told.len() >= MOST_TOLD && !self.ends(diagnosis) {
                self.silent += 1;
                continue;
            }
            self.tell(diagnosis, row, index == 0);
        }
    }

    /// Whether some reader stops there; that is told whatever else is not.
    fn ends(&self, diagnosis: &Diagnosis) -> bool {
        let Explained { strict, lenient, .. } = self.explained;
        let mut stops = strict.stopped.iter().chain(&lenient.stopped);
        self.stops(diagnosis) || stops.any(|it| (it.id, &it.span) == (diagnosis.id, &diagnosis.span))
    }

    /// Whether the reader that the listing follows stops there.
    fn stops(&self, diagnosis: &Diagnosis) -> bool {
        let listing = self.explained.listing.as_ref();
        listing.is_some_and(|listing| listing.stopped.as_ref() == Some(diagnosis))
    }

    fn tell(&mut self, diagnosis: &Diagnosis, row: &Row, is_first: bool) {
        let Diagnosis { id, span, .. } = diagnosis;
        let style = match diagnosis.severity {
            Severity::Error => BAD,
            Severity::Warning => DOUBTFUL,
            Severity::Info => WORTH_KNOWING,
        };
        self.page.point(row, (span.start, span.end), style, is_first);
        let summary = format!("{id} {}", id.summary());
        self.page.say(diagnosis.severity.as_str(), style, &summary);
        let is_absent = self.explained.announced.value.as_ref().is_some_and(Vec::is_empty);
        let place = match (span.end - span.start, diagnosis.place) {
            (_, Place::ContentType) if is_absent => "there is none".to_owned(),
            (0 | 1, Place::Body) => format!("byte {}", span.start),
            (_, Place::Body) => format!("bytes {}..{}", span.start, span.end),
            (0 | 1, Place::ContentType) => format!("byte {} of the value", span.start),
            (_, Place::ContentType) => format!("bytes {}..{} of the value", span.start, span.end),
        };
        let severities = severities(self.explained, diagnosis);
        self.page
            .say("clause", DIM, &format!("{}; {place}{severities}", id.clause()));
        let is_new = !self.told.contains(id);
        self.told.push(*id);
        if is_new {
            self.page.say("expected", DIM, id.expected());
        }
        self.page.say("found", DIM, &self.found(diagnosis));
        if is_new {
            self.page.say("hint", DIM, id.hint());
            for reading in id.readings() {
                let readers = reading.readers.join(", ");
                self.page.say(
                    "others",
                    DIM,
                    &format!("read otherwise by {readers}: {}", reading.what),
                );
            }
        }
        if self.stops(diagnosis) {
            let reader = match self.explained.mode {
                Mode::Strict => "a strict reader stops here",
                Mode::Lenient => "a lenient reader stops here",
                Mode::Observe => "the reading stops here: no reader goes on behind it",
            };
            self.page.say("stop", BAD, reader);
        }
    }

    fn found(&self, diagnosis: &Diagnosis) -> String {
        if diagnosis.id != ViolationId::F21 {
            let is_secret = self.explained.is_found_secret(diagnosis);
            return self.explained.mask.found(&diagnosis.found, is_secret);
        }
        let span = &diagnosis.span;
        let bytes = span.end - span.start;
        let is_too_long = span.end <= self.explained.bytes;
        match (is_too_long, bytes) {
            (true, 1) => format!(
                "1 more byte behind the announced end, which is at byte {}",
                span.start
            ),
            (true, _) => format!(
                "{bytes} more bytes behind the announced end, which is at byte {}",
                span.start
            ),
            (false, _) => format!(
                "the end of the body at byte {}, where byte {} is announced",
                span.start, span.end
            ),
        }
    }

    fn row(&self, lead: &str, bytes: &[u8], start: u64, style: Style) -> Row {
        Row {
            lead: lead.to_owned(),
            cells: self.explained.mask.cells(bytes, start),
            style,
        }
    }

    fn foreign(&mut self) {
        let foreign = foreign::describe(self.explained);
        self.page.line("");
        self.page
            .line(&format!("{BAD}not a form that can be read{BAD:#}"));
        self.page.say("found", DIM, &foreign.found);
        self.page.say("expected", DIM, foreign::EXPECTED);
        self.page.say("hint", DIM, foreign.hint);
    }
}

/// How long a line is, before what it begins with.
fn amount(line: &Line) -> String {
    let bytes = line.span.end - line.span.start;
    let unit = if bytes == 1 { "byte" } else { "bytes" };
    if line.shown().is_empty() {
        format!("{bytes} {unit}")
    } else {
        format!("{bytes} {unit}: ")
    }
}

/// A line of framing without the line ends that are as they should be, and where the rest begins.
fn framing(line: &Line) -> (&[u8], u64) {
    let (mut text, mut start) = (line.shown(), line.span.start);
    if matches!(line.kind, LineKind::Boundary | LineKind::Close)
        && start > 0
        && let Some(behind) = text.strip_prefix(b"\r\n")
    {
        (text, start) = (behind, start + 2);
    }
    (text.strip_suffix(b"\r\n").unwrap_or(text), start)
}

/// What readers of the other mode say, where it is something else.
fn severities(explained: &Explained, diagnosis: &Diagnosis) -> String {
    let (other, name) = match explained.mode {
        Mode::Lenient => (Mode::Strict, "strict"),
        Mode::Strict | Mode::Observe => (Mode::Lenient, "lenient"),
    };
    match explained.severity(diagnosis, other) {
        Some(severity) if severity == diagnosis.severity => String::new(),
        Some(severity) => format!("; to {name} readers: {severity}"),
        None => format!("; {name} readers do not report it"),
    }
}
