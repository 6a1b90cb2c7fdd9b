//! Walks a PDF in one pass: header, objects, streams, cross-references, trailers, end mark.
//!
//! A PDF's truth is at its end, so nothing is certain before it. What is kept has a bound, under 48 KiB for a
//! check: one dictionary's outermost keys, the last 64 cross-references with their `/Prev`, the first 32 nodes of
//! the page tree, the first 16 entries that point ahead, the last 4 encryption dictionaries, and 32 KiB of bits
//! for the numbers and places of objects. A byte is looked at a bounded number of times, whatever it says.
//!
//! An encrypted document is tried with the empty password, as viewers do; see [`password`].
//!
//! What one pass cannot see:
//!
//! - Nothing is inflated. A page tree, JavaScript, an action or a form in an object stream is not seen (attached
//!   files are: a stream is never inside another), nor are the entries of a cross-reference stream. With object
//!   streams in the file, a `/Root` or page that was not met is taken to be there.
//! - Nothing is decrypted: that the password fits is no promise that the pages are sound.
//! - `/Encrypt` with an `/O`, `/U` or `/ID` in an object of its own, or an `/ID` over 128 bytes, is warned of as
//!   untried (`pdf_encrypted`).
//! - Of the page tree only the way over each node's first kid is followed, and of `/Prev` only what is kept.
//! - Bits are shared: in a file of tens of thousands of objects a single wrong entry of a table may pass.
//! - `/OpenAction` and `/AA` are told by what they start (`/JavaScript`, `/Launch`), not by themselves: most only
//!   name the page to open at.

#[cfg(feature = "deep")]
pub(crate) use self::named::told_by_name;
use self::{
    document::{Document, Memory, Then},
    lexer::{Lexer, Token},
    stream::{End, Mangling, NextEnd, Search},
};
use crate::{code::Code, field::Field, finding::Findings, tail::Tail};

mod atom;
mod class;
mod dict;
mod document;
mod facts;
mod lexer;
mod named;
mod password;
mod seen;
mod stream;
mod table;
mod text;
mod verdict;

/// How much of the header is kept: `%PDF-1.7`.
const HEADER_BYTES: usize = 8;

/// What stands between a stream's data and `endstream` at most: a line end of two bytes.
const LINE_END_BYTES: u64 = 2;

#[derive(Debug)]
pub(crate) struct Walker {
    /// Where the header is.
    header_offset: u64,
    header: Field<HEADER_BYTES>,
    /// Where the next byte stands in the file.
    offset: u64,
    mode: Mode,
    lexer: Lexer,
    document: Document,
    mangling: Mangling,
    /// Where the next `endstream` is, which one search may leave to the next.
    next_end: NextEnd,
    /// A stream that seems to end before its `/Length`.
    short_stream: Option<Box<ShortStream>>,
    /// What follows the last end mark.
    tail: Option<Tail>,
}

/// A stream that seems to end before its `/Length`: it does, or holds an `endstream` of its own.
#[derive(Debug)]
struct ShortStream {
    /// Where its data begin.
    start: u64,
    /// Where they should end.
    wanted: u64,
    before: Memory,
}

#[derive(Debug)]
enum Mode {
    Tokens,
    /// Behind `stream`, before its line end; whether the CR was there.
    StreamLine {
        length: Option<u64>,
        cr: bool,
    },
    Stream {
        length: Option<u64>,
        start: u64,
        search: Search,
    },
}

impl Walker {
    /// A walker whose first byte is that of the header, at `header_offset` in the file.
    pub(crate) fn new(header_offset: u64) -> Self {
        Self {
            header_offset,
            header: Field::new(),
            offset: header_offset,
            mode: Mode::Tokens,
            lexer: Lexer::new(),
            document: Document::new(header_offset),
            mangling: Mangling::default(),
            next_end: NextEnd::default(),
            short_stream: None,
            tail: None,
        }
    }

    /// Walks on. Nothing refuses a PDF before its end.
    pub(crate) fn feed(&mut self, input: &[u8], findings: &mut Findings) {
        self.header.fill(input, HEADER_BYTES);
        let mut behind_end = input;
        let mut end = None;
        let mut rest = input;
        while !rest.is_empty() {
            let (taken, ended) = self.step(rest, findings);
            self.offset += taken as u64;
            rest = &rest[taken..];
            if ended {
                end = Some(self.offset);
                behind_end = rest;
            }
        }
        if let Some(end) = end {
            self.tail = Some(Tail::new(end));
        }
        if let Some(tail) = &mut self.tail {
            tail.feed(behind_end);
        }
    }

    /// Takes at least one byte, but for the byte that a stream's line end does not hold; and whether `%%EOF`
    /// ends there.
    fn step(&mut self, input: &[u8], findings: &mut Findings) -> (usize, bool) {
        match &mut self.mode {
            Mode::Tokens => self.tokens(input, findings),
            Mode::StreamLine { length, cr } => {
                let (length, after_cr) = (*length, *cr);
                let (taken, starts) = match input.first() {
                    Some(b' ' | b'\t') if !after_cr => (1, false),
                    Some(b'\r') if !after_cr => {
                        *cr = true;
                        (1, false)
                    }
                    Some(b'\n') => (1, true),
                    _ => (0, true),
                };
                if starts {
                    let start = self.offset + taken as u64;
                    self.mode = Mode::Stream {
                        length,
                        start,
                        search: Search::default(),
                    };
                }
                (taken, false)
            }
            Mode::Stream {
                length,
                start,
                search,
            } => {
                let found = search.feed(input, self.offset, &mut self.next_end);
                let taken = found.map_or(input.len(), |(_, taken)| taken);
                self.mangling.feed(&input[..taken], self.offset);
                if let Some((end, _)) = found {
                    let (length, start) = (*length, *start);
                    self.end_stream(end, start, length, self.offset + taken as u64, findings);
                }
                (taken, false)
            }
        }
    }

    /// Reads tokens up to the end of the input, a stream or an end mark.
    fn tokens(&mut self, input: &[u8], findings: &mut Findings) -> (usize, bool) {
        let mut at = 0;
        let mut after_word = true;
        while at < input.len() {
            if after_word && self.lexer.is_between() && self.short_stream.is_none() {
                let offset = self.offset + at as u64;
                let (taken, ended) = self.document.objects(&input[at..], offset, findings);
                at += taken;
                if ended {
                    return (at, true);
                }
            }
            if self.lexer.is_between() {
                at += self.document.nest(&input[at..]);
            }
            let (length, token) = self.lexer.next(&input[at..], self.offset + at as u64);
            at += length;
            let Some(token) = token else { continue };
            let start = self.lexer.start();
            after_word = matches!(token, Token::Word);
            if self.short_stream.is_some() {
                self.check_short_stream(start, findings);
            }
            let then = match token {
                Token::Word if self.lexer.atom().as_bytes() == End::Stream.word() => {
                    self.meet_short_stream(start);
                    Then::GoOn
                }
                Token::Text => {
                    self.document.text(self.lexer.text());
                    Then::GoOn
                }
                token => self.document.token(token, self.lexer.atom(), start, findings),
            };
            match then {
                Then::End => return (at, true),
                Then::Stream { length } => {
                    self.mode = Mode::StreamLine { length, cr: false };
                    return (at, false);
                }
                Then::GoOn => {}
            }
        }
        (at, false)
    }

    /// Compares where a stream's data ended with its `/Length`.
    fn end_stream(&mut self, end: End, start: u64, length: Option<u64>, after: u64, findings: &mut Findings) {
        self.mode = Mode::Tokens;
        self.lexer.reset();
        let word_at = after - end.word().len() as u64;
        let data = word_at - start;
        match length {
            // A whole PDF attached as it is has such words inside; whether `endstream` stands where the
            // length says shows later.
            Some(length) if data < length => {
                let document = &self.document;
                self.short_stream.get_or_insert_with(|| {
                    Box::new(ShortStream {
                        start,
                        wanted: start.saturating_add(length),
                        before: document.remember(),
                    })
                });
            }
            Some(length) if data - length > LINE_END_BYTES => {
                findings.warn(Code::PdfStreamLength, start, || {
                    format!("{data} bytes where /Length says {length}")
                });
            }
            _ if end == End::Object => {
                findings.warn(Code::PdfStreamLength, start, || {
                    "endobj and no endstream before it".to_owned()
                });
            }
            _ => {}
        }
        if end == End::Stream {
            self.meet_short_stream(word_at);
        }
        if end == End::Object {
            self.document.leave();
        }
    }

    /// An `endstream` where a `/Length` said it would be: what looked like an earlier end was data, and what
    /// followed it may have been a whole document.
    fn meet_short_stream(&mut self, word_at: u64) {
        let there = |short: &mut Box<ShortStream>| {
            (short.wanted..=short.wanted.saturating_add(LINE_END_BYTES)).contains(&word_at)
        };
        if let Some(short) = self.short_stream.take_if(there) {
            self.document.go_back(short.before);
            self.tail = None;
        }
    }

    /// Once a token starts behind the place that `/Length` names, and no `endstream` stood there, the length was
    /// wrong.
    fn check_short_stream(&mut self, offset: u64, findings: &mut Findings) {
        let passed = |short: &mut Box<ShortStream>| offset > short.wanted.saturating_add(LINE_END_BYTES);
        if let Some(short) = self.short_stream.take_if(passed) {
            short.warn(findings);
        }
    }

    /// Whether an object was seen: without any, the header was only talk about PDF.
    pub(crate) fn has_objects(&self) -> bool {
        self.document.facts.objects > 0
    }

    /// Judges the whole.
    pub(crate) fn finish(mut self, findings: &mut Findings) {
        if let (Mode::Tokens, Some(token)) = (&self.mode, self.lexer.finish()) {
            let start = self.lexer.start();
            match token {
                Token::Word if self.lexer.atom().as_bytes() == End::Stream.word() => {
                    self.meet_short_stream(start);
                }
                token => {
                    self.document.token(token, self.lexer.atom(), start, findings);
                }
            }
        }
        if let Some(short) = &self.short_stream {
            short.warn(findings);
        }
        verdict::judge(&self, findings);
    }
}

impl ShortStream {
    fn warn(&self, findings: &mut Findings) {
        let length = self.wanted - self.start;
        findings.warn(Code::PdfStreamLength, self.start, || {
            format!("endstream before the {length} bytes that /Length says")
        });
    }
}

#[cfg(test)]
mod tests;
