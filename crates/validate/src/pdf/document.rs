//! What the tokens of a PDF add up to: objects, trailers, cross-references, and the last end mark.

use super::{
    atom::Atom,
    dict::{Dict, Kind, Reader},
    facts::{EndMark, Facts, Kids, StartXref},
    lexer::Token,
    named::told_by_name,
    seen::Seen,
    table::Table,
    text::Text,
};
use crate::{code::Code, finding::Findings};

mod entry;
mod shortcut;

/// Values nested deeper than this trouble viewers.
const MAX_DEPTH: u32 = 256;

/// What a token asks the walker to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Then {
    GoOn,
    /// A stream's data follows; its `/Length`, where it is a number.
    Stream {
        length: Option<u64>,
    },
    /// The document ends here, so far.
    End,
}

#[derive(Debug)]
pub(super) struct Document {
    /// Where the header is, from which some writers count.
    header: u64,
    context: Context,
    depth: u32,
    /// How deep the keys are that matter: 1, or 2 in an encryption dictionary inside a trailer.
    level: u32,
    /// Whether the outermost open bracket is a dictionary's.
    in_dict: bool,
    /// Whether the present object has had a dictionary, which the reader still holds.
    has_dict: bool,
    reader: Reader,
    /// What was read of the trailer around an encryption dictionary.
    outer: Option<Box<Reader>>,
    table: Table,
    /// The last two integers with their places, and how many there are.
    integers: [(u64, u64); 2],
    integer_count: u8,
    pub(super) seen: Seen,
    pub(super) facts: Facts,
}

/// What a document was like before a stream.
#[derive(Debug)]
pub(super) struct Memory {
    context: Context,
    facts: Facts,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Context {
    Outside,
    Object { number: u64, offset: u64 },
    Table,
    Trailer { offset: u64 },
    StartXref,
}

impl Document {
    /// A document whose header is at `header` in the file.
    pub(super) fn new(header: u64) -> Self {
        Self {
            header,
            context: Context::Outside,
            depth: 0,
            level: 1,
            in_dict: false,
            has_dict: false,
            reader: Reader::new(),
            outer: None,
            table: Table::default(),
            integers: [(0, 0); 2],
            integer_count: 0,
            seen: Seen::new(),
            facts: Facts::default(),
        }
    }

    /// Takes a token that starts at `offset`, and the atom that it is, if it is one.
    pub(super) fn token(&mut self, token: Token, atom: &Atom, offset: u64, findings: &mut Findings) -> Then {
        match token {
            Token::Integer(number) => return self.integer(number, offset),
            Token::Name => self.name(atom, offset, findings),
            Token::DictOpen => self.open(true, 1, offset, findings),
            Token::ArrayOpen(count) => self.open(false, count, offset, findings),
            Token::DictClose | Token::ArrayClose => self.close(),
            // The caller has the string.
            Token::Text => {}
            Token::EndOfFile => return self.end_mark(),
            Token::Word => return self.word(atom, offset, findings),
        }
        self.integer_count = 0;
        Then::GoOn
    }

    /// Takes a string.
    pub(super) fn text(&mut self, text: &Text) {
        self.integer_count = 0;
        if self.at_keys() {
            self.reader.text(text);
        } else if self.inside_keys() {
            self.reader.text_inside(text);
        }
    }

    /// What is known, for when an attached document turns out to have been in between.
    pub(super) fn remember(&self) -> Memory {
        Memory {
            context: self.context,
            facts: self.facts.clone(),
        }
    }

    /// Forgets what was seen since, which was the data of a stream.
    pub(super) fn go_back(&mut self, memory: Memory) {
        self.leave();
        self.context = memory.context;
        self.facts = memory.facts;
    }

    fn integer(&mut self, number: u64, offset: u64) -> Then {
        self.integers = [self.integers[1], (number, offset)];
        self.integer_count = (self.integer_count + 1).min(2);
        if self.context == Context::StartXref {
            if let Some(startxref) = &mut self.facts.startxref {
                startxref.target = Some(number);
            }
            self.context = Context::Outside;
        } else if self.context == Context::Table {
            self.table.integer(number, offset);
        } else if self.at_keys() {
            self.reader.number(number);
        }
        Then::GoOn
    }

    fn name(&mut self, name: &Atom, offset: u64, findings: &mut Findings) {
        if self.at_keys() {
            self.reader.name(name);
        }
        let found = || format!("/{}", name.as_bytes().escape_ascii());
        match told_by_name(name.as_bytes()) {
            Some(Code::PdfEmbeddedFiles) => findings.note(Code::PdfEmbeddedFiles, offset, found),
            Some(code) => findings.warn(code, offset, found),
            None => {}
        }
    }

    fn at_keys(&self) -> bool {
        self.depth == self.level && self.in_dict
    }

    /// Whether this is a value inside a key's array.
    fn inside_keys(&self) -> bool {
        self.depth == self.level + 1 && self.in_dict
    }

    /// Takes opening brackets in a row, of which the first is at `offset`.
    fn open(&mut self, dict: bool, count: u32, offset: u64, findings: &mut Findings) {
        let mut encryption = false;
        if self.at_keys() {
            if dict {
                encryption = self.reader.dictionary() && self.level == 1;
            } else {
                self.reader.array();
            }
        } else if self.inside_keys() {
            // No reference, and no page that is known, but a value.
            self.reader.reference_inside(0);
        }
        let before = self.depth;
        self.depth = before.saturating_add(count);
        if before == 0 {
            self.in_dict = dict;
            self.has_dict = dict;
            self.reader.reset();
        } else if encryption {
            let outer = std::mem::replace(&mut self.reader, Reader::new());
            self.outer = Some(Box::new(outer));
            self.level = 2;
        }
        if before <= MAX_DEPTH && self.depth > MAX_DEPTH {
            findings.warn(
                Code::PdfDeepNesting,
                offset + u64::from(MAX_DEPTH - before),
                || format!("values nested {} deep and more", MAX_DEPTH + 1),
            );
        }
    }

    fn close(&mut self) {
        if self.at_keys() {
            let dict = self.reader.dict();
            if let Some(outer) = self.outer.take() {
                self.keep_security(None);
                self.reader = *outer;
                self.level = 1;
            } else {
                self.end_dict(dict);
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Keeps what the outermost dictionary of an object or trailer said.
    fn end_dict(&mut self, dict: Dict) {
        match self.context {
            Context::Object { number, offset } => {
                let facts = &mut self.facts;
                match dict.kind {
                    Kind::CrossReference => {
                        facts.places.push(offset, dict.previous);
                        self.trailer(dict, offset);
                    }
                    Kind::ObjectStream => facts.object_streams = true,
                    Kind::Catalog => facts.catalog = dict.pages.map(|pages| (number, pages)),
                    Kind::Pages => {
                        let kids = match dict.kids {
                            Some((0, _)) => Kids::None,
                            Some((_, first)) => Kids::First(first),
                            None => Kids::Untold,
                        };
                        facts.tree.keep(number, offset, kids);
                        if dict.count == Some(0) {
                            facts.empty_pages = Some(offset);
                        } else {
                            facts.pages = true;
                        }
                    }
                    Kind::Page => facts.pages = true,
                    Kind::Other if dict.linearized && facts.objects == 1 => facts.promised = dict.file_length,
                    Kind::Other => self.keep_security(Some(number)),
                }
            }
            Context::Trailer { offset } => {
                self.facts.places.set_previous(dict.previous);
                self.trailer(dict, offset);
                self.context = Context::Outside;
            }
            Context::Outside | Context::Table | Context::StartXref => {}
        }
    }

    /// Keeps an encryption dictionary, if the present one is.
    fn keep_security(&mut self, number: Option<u64>) {
        let (Context::Object { offset, .. } | Context::Trailer { offset }) = self.context else {
            return;
        };
        if let Some(security) = self.reader.security() {
            self.facts.securities.keep(number, offset, &security);
        }
    }

    /// The last trailer with `/Root` speaks for the document; a linearized one has a second without.
    fn trailer(&mut self, dict: Dict, offset: u64) {
        if let Some(root) = dict.root {
            let first = self.facts.roots.map_or((root, offset), |[first, _]| first);
            self.facts.roots = Some([first, (root, offset)]);
            self.facts.encrypt = None;
        } else {
            self.facts.rootless_trailer = Some(offset);
        }
        if let Some(encrypt) = dict.encrypt {
            self.facts.encrypt = Some((encrypt, offset));
        }
        if let Some(identifier) = self.reader.identifier() {
            let first = self.facts.identifiers.map_or(identifier, |[first, _]| first);
            self.facts.identifiers = Some([first, identifier]);
        }
    }

    fn word(&mut self, word: &Atom, offset: u64, findings: &mut Findings) -> Then {
        let integers = usize::from(std::mem::take(&mut self.integer_count));
        match word.as_bytes() {
            b"obj" if integers == 2 => {
                let (number, offset) = self.integers[0];
                self.start_object(number, offset, findings);
            }
            b"R" if integers == 2 && self.at_keys() => self.reader.reference(),
            b"R" if integers == 2 && self.inside_keys() => self.reader.reference_inside(self.integers[0].0),
            b"stream" => {
                if let (Context::Object { .. }, 0) = (self.context, self.depth) {
                    let dict = self.has_dict.then(|| self.reader.dict());
                    return Then::Stream {
                        length: dict.and_then(|dict| dict.length),
                    };
                }
            }
            b"xref" => {
                self.leave();
                self.facts.places.push(offset, None);
                self.context = Context::Table;
                self.table = Table::default();
            }
            b"trailer" => {
                self.leave();
                self.context = Context::Trailer { offset };
            }
            b"startxref" => self.start_xref(offset),
            [b'e', b'n', b'd', b'o', b'b', b'j', glued @ ..] => {
                self.leave();
                // Some writers leave out the line end: `endobj7 0 obj`.
                if !glued.is_empty()
                    && let Some(number) = std::str::from_utf8(glued).ok().and_then(|text| text.parse().ok())
                {
                    return self.integer(number, offset + 6);
                }
            }
            other if self.context == Context::Table => {
                if let Some(line) = self.table.word(other) {
                    self.check_line(line, findings);
                }
            }
            _ if self.at_keys() => self.reader.word(word),
            _ => {}
        }
        Then::GoOn
    }

    /// Takes `7 0 obj`, which is at `offset`.
    fn start_object(&mut self, number: u64, offset: u64, findings: &mut Findings) {
        self.integer_count = 0;
        if let Context::Object { offset, number } = self.context {
            findings.warn(Code::PdfObjectSyntax, offset, || {
                format!("object {number} without endobj")
            });
        }
        self.leave();
        self.seen.insert(number, offset);
        self.facts.objects += 1;
        self.facts.last_object = offset;
        if self.facts.end_mark == EndMark::Last {
            self.facts.end_mark = EndMark::Outlived;
        }
        self.context = Context::Object { number, offset };
    }

    /// Ends the present object or trailer, with what its brackets left open.
    pub(super) fn leave(&mut self) {
        self.context = Context::Outside;
        self.depth = 0;
        self.level = 1;
        self.outer = None;
        self.has_dict = false;
    }

    fn start_xref(&mut self, offset: u64) {
        self.leave();
        self.context = Context::StartXref;
        self.facts.startxref = Some(StartXref {
            offset,
            target: None,
            ended: false,
        });
    }

    fn end_mark(&mut self) -> Then {
        self.leave();
        self.facts.end_mark = EndMark::Last;
        if let Some(startxref) = &mut self.facts.startxref {
            startxref.ended = true;
        }
        Then::End
    }
}
