//! What a reader has said of a body, checked against the bytes while it is written down.
//!
//! Nothing in it may depend on how the body was cut. Texts stand in one buffer, so that a reading costs no more
//! memory than its last one: a fuzzer reads millions of bodies.

use std::ops::Range;

use rebuttal_multipart::{Boundary, Diagnosis, Event, Limits, Mode, Parser, PartHead, Severity};

use super::account::Account;
use crate::generators::form::Plain;
use crate::oracles::cut::Chunks;

/// One thing that was read. Where content was split is not told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Entry {
    Part {
        span: Range<u64>,
        headers: usize,
        name: Option<Range<usize>>,
        filename: Option<Range<usize>>,
        content_type: Option<Range<usize>>,
    },
    /// All of the content of a part that was read.
    Data(Range<u64>),
    PartEnd(Range<u64>),
    Preamble(Range<u64>),
    Epilogue(Range<u64>),
    Odd(Diagnosis),
    Stopped(Diagnosis),
    End,
}

/// The entries of one reading.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    pub(super) entries: Vec<Entry>,
    /// The same as numbers, so that two readings are compared at once: each comparison that a fuzzer watches costs.
    words: Vec<u64>,
    /// The texts that entries have ranges of.
    texts: Vec<u8>,
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words && self.texts == other.texts
    }
}

/// How a body is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct How<'l> {
    pub(super) boundary: Boundary,
    pub(super) mode: Mode,
    pub(super) limits: &'l Limits,
}

impl How<'_> {
    pub(super) fn parser(&self) -> Parser {
        Parser::new(self.boundary, self.mode, self.limits.clone())
    }
}

impl Trace {
    /// Reads a body that comes in these chunks.
    ///
    /// # Panics
    ///
    /// When what is read does not account for the bytes, passes a limit, or takes more steps than there are bytes.
    pub(super) fn read(&mut self, how: &How<'_>, body: &[u8], chunks: Chunks<'_>) {
        self.entries.clear();
        self.words.clear();
        self.texts.clear();
        let mut account = Account::default();
        let mut parser = how.parser();
        for chunk in chunks.map(Some).chain([None]) {
            // Each step uses up bytes, or says something of bytes that were used up: a few for each line.
            let mut steps = 16 + 4 * chunk.map_or(how.boundary.as_bytes().len(), <[u8]>::len) + account.owed;
            let mut events = match chunk {
                Some(chunk) => parser.feed(chunk),
                None => parser.finish(),
            };
            loop {
                assert!(steps > 0, "more steps than bytes: {}", body.escape_ascii());
                steps -= 1;
                match events.next_event() {
                    Ok(Some(event)) => self.take(&event, body, &mut account, how.limits),
                    Ok(None) => break,
                    Err(error) => {
                        assert_eq!(events.next_event(), Err(error.clone()), "an error is final");
                        diagnosed(&error, body);
                        self.push(Entry::Stopped(error));
                        return;
                    }
                }
            }
            account.owed = steps;
        }
        let ended = self.entries.last() == Some(&Entry::End);
        assert!(ended, "neither an end nor an error: {self:?}");
        if how.mode != Mode::Observe {
            self.tiles(body, how.boundary);
        }
    }

    fn take(&mut self, event: &Event<'_>, body: &[u8], account: &mut Account, limits: &Limits) {
        let length = body.len() as u64;
        match event {
            Event::PartBegin(head) => {
                account.begin(head, limits);
                let entry = self.part(head);
                self.push(entry);
            }
            Event::Data { bytes, offset } => {
                assert!(!bytes.is_empty(), "data without bytes");
                let from = usize::try_from(*offset).expect("an offset in memory");
                assert_eq!(body.get(from..from + bytes.len()), Some(*bytes), "other bytes");
                account.data(*offset, bytes.len(), limits);
                let end = offset + bytes.len() as u64;
                if let Some(Entry::Data(span)) = self.entries.last_mut() {
                    assert_eq!(span.end, *offset, "a gap in the data");
                    span.end = end;
                    if let Some(last) = self.words.last_mut() {
                        *last = end;
                    }
                } else {
                    // A violation may stand between two pieces; the pieces still join.
                    self.push(Entry::Data(*offset..end));
                }
            }
            Event::PartEnd { index, span, len } => {
                account.end(*index, span, *len);
                self.push(Entry::PartEnd(span.clone()));
            }
            Event::Preamble { span } => {
                assert!(span.start < span.end && account.at <= span.start, "{span:?}");
                account.at = span.end;
                self.push(Entry::Preamble(span.clone()));
            }
            Event::Epilogue { span } => {
                assert!(span.start < span.end && span.end == length, "{span:?}");
                self.push(Entry::Epilogue(span.clone()));
            }
            Event::Violation(it) => {
                diagnosed(it, body);
                account.violations += 1;
                assert!(
                    account.violations <= limits.violations,
                    "more violations than the limit"
                );
                self.push(Entry::Odd(it.clone()));
            }
            Event::End => {
                assert_eq!(account.open, None, "the end within a part");
                self.push(Entry::End);
            }
        }
        assert!(account.at <= length, "a span out of the body");
    }

    fn push(&mut self, entry: Entry) {
        let word = |range: &Option<Range<usize>>| range.as_ref().map_or(u64::MAX, |it| it.end as u64);
        let words = match &entry {
            Entry::Part {
                span,
                headers,
                name,
                filename,
                content_type,
            } => {
                let texts = [word(name), word(filename), word(content_type)];
                self.words.extend(texts);
                [1, *headers as u64, span.start, span.end]
            }
            Entry::Data(span) => [2, 0, span.start, span.end],
            Entry::PartEnd(span) => [3, 0, span.start, span.end],
            Entry::Preamble(span) => [4, 0, span.start, span.end],
            Entry::Epilogue(span) => [5, 0, span.start, span.end],
            // What it shows follows from the span.
            Entry::Odd(it) | Entry::Stopped(it) => {
                let part = it.part.map_or(u64::MAX, u64::from);
                let kind = if matches!(entry, Entry::Odd(_)) { 6 } else { 7 };
                self.words.extend([part, it.severity as u64]);
                [kind, it.id as u64, it.span.start, it.span.end]
            }
            Entry::End => [8, 0, 0, 0],
        };
        self.words.extend(words);
        self.entries.push(entry);
    }

    fn part(&mut self, head: &PartHead<'_>) -> Entry {
        let mut keep = |bytes: &[u8]| {
            let start = self.texts.len();
            self.texts.extend_from_slice(bytes);
            start..self.texts.len()
        };
        Entry::Part {
            span: head.span.clone(),
            name: head.name().map(|name| keep(name.as_str().as_bytes())),
            filename: head.filename().map(|name| keep(name.as_str().as_bytes())),
            content_type: head.content_type().map(&mut keep),
            headers: head
                .headers()
                .inspect(|(name, value)| {
                    keep(name);
                    keep(value);
                })
                .count(),
        }
    }

    /// Spans, and framing between them, cover each byte of a complete body once.
    fn tiles(&self, body: &[u8], boundary: Boundary) {
        let mut at = 0;
        for entry in &self.entries {
            let (span, is_close) = match entry {
                Entry::Preamble(span) => {
                    at = span.end;
                    continue;
                }
                Entry::PartEnd(span) => (span.clone(), false),
                Entry::Epilogue(span) => (span.clone(), true),
                Entry::End if at == body.len() as u64 => continue,
                Entry::End => (body.len() as u64..body.len() as u64, true),
                _ => continue,
            };
            let framing = usize::try_from(at).ok().zip(usize::try_from(span.start).ok());
            let framing = framing
                .and_then(|(from, to)| body.get(from..to))
                .unwrap_or_default();
            let text = framing.trim_ascii();
            let inner = text
                .strip_prefix(b"--")
                .and_then(|text| text.strip_prefix(boundary.as_bytes()));
            let wanted: &[u8] = if is_close { b"--" } else { b"" };
            // A boundary may end in white space, which is trimmed above.
            let is_trimmed = boundary.as_bytes().ends_with(b" ");
            assert!(
                inner.is_some_and(|rest| rest.trim_ascii() == wanted) || is_trimmed,
                "{at} to {}: {}",
                span.start,
                framing.escape_ascii()
            );
            at = span.end;
        }
    }

    /// What stopped the reader.
    pub(super) fn stopped(&self) -> Option<&Diagnosis> {
        match self.entries.last() {
            Some(Entry::Stopped(it)) => Some(it),
            _ => None,
        }
    }

    /// What is wrong, without what stopped the reader.
    pub(super) fn odd(&self) -> impl Iterator<Item = &Diagnosis> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Odd(it) => Some(it),
            _ => None,
        })
    }

    /// Whether two readings are the same but for what is said to be wrong.
    pub(super) fn reads_as(&self, other: &Self) -> bool {
        let sound = |entry: &&Entry| !matches!(entry, Entry::Odd(_));
        let entries = self.entries.iter().filter(sound);
        self.texts == other.texts && entries.eq(other.entries.iter().filter(sound))
    }

    /// Whether the parts are these.
    pub(super) fn has_parts(&self, body: &[u8], wanted: &[Plain]) -> bool {
        let is_text = |range: &Option<Range<usize>>, text: Option<&[u8]>| {
            range.as_ref().map(|range| &self.texts[range.clone()]) == text
        };
        let mut parts = wanted.iter();
        let (mut part, mut content): (Option<&Plain>, Range<u64>) = (None, 0..0);
        for entry in &self.entries {
            match entry {
                Entry::Part {
                    name,
                    filename,
                    content_type,
                    ..
                } => {
                    content = 0..0;
                    part = parts.next().filter(|part| {
                        is_text(name, Some(part.name.as_bytes()))
                            && is_text(filename, part.filename.as_ref().map(String::as_bytes))
                            && is_text(content_type, part.content_type.as_deref())
                    });
                }
                // What is odd within a content stands between its pieces, which follow each other.
                Entry::Data(span) if content.end == span.start => content.end = span.end,
                Entry::Data(span) => content = span.clone(),
                Entry::PartEnd(_) if part.is_none_or(|part| part.content != bytes_at(body, &content)) => {
                    return false;
                }
                _ => {}
            }
        }
        parts.next().is_none()
    }

    /// The parts, as a client knows them.
    pub(super) fn parts(&self, body: &[u8]) -> Vec<Plain> {
        let text = |range: &Range<usize>| String::from_utf8_lossy(&self.texts[range.clone()]).into_owned();
        let mut parts: Vec<Plain> = Vec::new();
        for entry in &self.entries {
            match entry {
                Entry::Part {
                    name,
                    filename,
                    content_type,
                    ..
                } => parts.push(Plain {
                    name: name.as_ref().map(text).unwrap_or_default(),
                    filename: filename.as_ref().map(text),
                    content_type: content_type.clone().map(|range| self.texts[range].to_vec()),
                    content: Vec::new(),
                }),
                Entry::Data(span) => {
                    let bytes = bytes_at(body, span);
                    parts.last_mut().expect("a part").content.extend_from_slice(bytes);
                }
                _ => {}
            }
        }
        parts
    }
}

/// What of a body stands there; nothing where that is no place in it.
fn bytes_at<'a>(body: &'a [u8], span: &Range<u64>) -> &'a [u8] {
    let range = usize::try_from(span.start)
        .ok()
        .zip(usize::try_from(span.end).ok());
    range
        .and_then(|(start, end)| body.get(start..end))
        .unwrap_or_default()
}

/// A diagnosis is about bytes that are there, and shows how they begin.
fn diagnosed(it: &Diagnosis, body: &[u8]) {
    let length = body.len() as u64;
    assert!(
        it.span.start <= it.span.end && it.span.end <= length,
        "out of the body: {it:?}"
    );
    let from = usize::try_from(it.offset()).expect("an offset in memory");
    let found = it.found.as_bytes();
    assert!(
        body[from..].starts_with(found),
        "found what does not stand there: {it:?}"
    );
    let full = (it.span.end - it.span.start).min(32);
    assert_eq!(found.len() as u64, full, "a window of another length: {it:?}");
    assert!(
        it.id.severity(Mode::Observe).is_some() || it.severity == Severity::Error,
        "{it:?}"
    );
}
