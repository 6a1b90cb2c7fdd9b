//! What the tokens of a PDF add up to: objects, trailers, cross-references, and the last end mark.

use super::{
    atom::Atom,
    dict::{Dict, Kind, Reader, Reference, Root},
    lexer::Token,
};
use crate::{code::Code, finding::Findings};

/// Cross-references whose place is kept: the last ones, because `startxref` names one of them.
const MAX_PLACES: usize = 64;

/// Bits for the numbers of objects that were seen; numbers share a bit, so only its absence says something.
const SEEN_BITS: usize = 1 << 18;

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
    context: Context,
    depth: u32,
    /// Whether the outermost open bracket is a dictionary's.
    in_dict: bool,
    reader: Reader,
    /// The last two integers with their places, and how many there are.
    integers: [(u64, u64); 2],
    integer_count: u8,
    seen: Box<[u64]>,
    pub(super) facts: Facts,
}

/// What the verdict needs.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) objects: u64,
    /// Where the last whole or started object is.
    pub(super) last_object: u64,
    pub(super) object_streams: bool,
    /// Where the last trailer without `/Root` is, as long as none has one.
    pub(super) rootless_trailer: Option<u64>,
    /// The first and the last `/Root`, each with the place of its dictionary.
    pub(super) roots: Option<[(Root, u64); 2]>,
    pub(super) encrypt: Option<(Reference, u64)>,
    /// The last object that looks like an encryption dictionary: its number, place and handler.
    pub(super) handler: Option<(u64, u64, Atom)>,
    /// Where an empty page tree is.
    pub(super) empty_pages: Option<u64>,
    pub(super) pages: bool,
    pub(super) startxref: Option<StartXref>,
    pub(super) places: Places,
    pub(super) end_mark: EndMark,
}

/// What is known of `%%EOF`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum EndMark {
    /// None so far.
    #[default]
    Missing,
    /// No object follows the last one.
    Last,
    /// Objects follow the last one.
    Outlived,
}

/// The last `startxref`: where it is, and its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartXref {
    pub(super) offset: u64,
    pub(super) target: Option<u64>,
    /// Whether `%%EOF` followed.
    pub(super) ended: bool,
}

/// Where the last cross-references are.
#[derive(Debug)]
pub(super) struct Places {
    ring: [u64; MAX_PLACES],
    count: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            ring: [0; MAX_PLACES],
            count: 0,
        }
    }
}

impl Places {
    fn push(&mut self, offset: u64) {
        self.ring[self.count % MAX_PLACES] = offset;
        self.count += 1;
    }

    /// Whether a cross-reference may start here, give or take white space before it. A forgotten one may.
    pub(super) fn may_hold(&self, target: u64) -> bool {
        let kept = &self.ring[..self.count.min(MAX_PLACES)];
        self.count > MAX_PLACES
            || kept
                .iter()
                .any(|place| (target..=target.saturating_add(2)).contains(place))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Context {
    Outside,
    Object { number: u64, offset: u64 },
    Trailer { offset: u64 },
    StartXref,
}

impl Document {
    pub(super) fn new() -> Self {
        Self {
            context: Context::Outside,
            depth: 0,
            in_dict: false,
            reader: Reader::default(),
            integers: [(0, 0); 2],
            integer_count: 0,
            seen: vec![0; SEEN_BITS / 64].into_boxed_slice(),
            facts: Facts::default(),
        }
    }

    /// Takes a token that starts at `offset`.
    pub(super) fn token(&mut self, token: Token, offset: u64, findings: &mut Findings) -> Then {
        match token {
            Token::Integer(number) => return self.integer(number, offset),
            Token::Name(name) => self.name(&name, offset, findings),
            Token::DictOpen | Token::ArrayOpen => {
                self.open(matches!(token, Token::DictOpen), offset, findings);
            }
            Token::DictClose | Token::ArrayClose => self.close(),
            Token::Text => self.value(),
            Token::EndOfFile => return self.end_mark(),
            Token::Word(word) => return self.word(&word, offset, findings),
        }
        self.integer_count = 0;
        Then::GoOn
    }

    /// Whether an object with this number was seen; never `false` where it was.
    pub(super) fn may_have_object(&self, number: u64) -> bool {
        let (word, bit) = seen_place(number);
        self.seen[word] & bit != 0
    }

    fn integer(&mut self, number: u64, offset: u64) -> Then {
        self.integers = [self.integers[1], (number, offset)];
        self.integer_count = (self.integer_count + 1).min(2);
        if self.context == Context::StartXref {
            if let Some(startxref) = &mut self.facts.startxref {
                startxref.target = Some(number);
            }
            self.context = Context::Outside;
        } else if self.at_keys() {
            self.reader.number(number);
        }
        Then::GoOn
    }

    fn name(&mut self, name: &Atom, offset: u64, findings: &mut Findings) {
        let told = match name.as_bytes() {
            b"JavaScript" => Some(Code::PdfJavascript),
            b"Launch" => Some(Code::PdfLaunchAction),
            b"XFA" => Some(Code::PdfXfa),
            b"Collection" => Some(Code::PdfPortfolio),
            b"EmbeddedFiles" => Some(Code::PdfEmbeddedFiles),
            _ => None,
        };
        let found = || format!("/{}", name.as_bytes().escape_ascii());
        match told {
            Some(Code::PdfEmbeddedFiles) => findings.note(Code::PdfEmbeddedFiles, offset, found),
            Some(code) => findings.warn(code, offset, found),
            None => {}
        }
        if self.at_keys() {
            self.reader.name(name);
        }
    }

    fn at_keys(&self) -> bool {
        self.depth == 1 && self.in_dict
    }

    /// A value that no rule reads, which ends the present key.
    fn value(&mut self) {
        if self.at_keys() {
            self.reader.other_value(false);
        }
    }

    fn open(&mut self, dict: bool, offset: u64, findings: &mut Findings) {
        if self.at_keys() {
            self.reader.other_value(dict);
        }
        self.depth = self.depth.saturating_add(1);
        if self.depth == 1 {
            self.in_dict = dict;
            self.reader = Reader::default();
        } else if self.depth > MAX_DEPTH {
            findings.warn(Code::PdfDeepNesting, offset, || {
                format!("values nested {} deep and more", self.depth)
            });
        }
    }

    fn close(&mut self) {
        if self.at_keys() {
            let dict = self.reader.dict();
            self.end_dict(dict);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Keeps what the outermost dictionary of an object or trailer said.
    fn end_dict(&mut self, dict: Dict) {
        match self.context {
            Context::Object { number, offset } => {
                match dict.kind {
                    Kind::CrossReference => {
                        self.facts.places.push(offset);
                        self.trailer(dict, offset);
                    }
                    Kind::ObjectStream => self.facts.object_streams = true,
                    Kind::Pages if dict.count == Some(0) => self.facts.empty_pages = Some(offset),
                    Kind::Page | Kind::Pages => self.facts.pages = true,
                    Kind::Other => {}
                }
                if let (Some(handler), true) = (dict.handler, dict.versioned) {
                    self.facts.handler = Some((number, offset, handler));
                }
            }
            Context::Trailer { offset } => {
                self.trailer(dict, offset);
                self.context = Context::Outside;
            }
            Context::Outside | Context::StartXref => {}
        }
    }

    fn trailer(&mut self, dict: Dict, offset: u64) {
        if let Some(root) = dict.root {
            let first = self.facts.roots.map_or((root, offset), |[first, _]| first);
            self.facts.roots = Some([first, (root, offset)]);
        } else {
            self.facts.rootless_trailer = Some(offset);
        }
        if let Some(encrypt) = dict.encrypt {
            self.facts.encrypt = Some((encrypt, offset));
        }
    }

    fn word(&mut self, word: &Atom, offset: u64, findings: &mut Findings) -> Then {
        let integers = usize::from(std::mem::take(&mut self.integer_count));
        match word.as_bytes() {
            b"obj" if integers == 2 => self.start_object(findings),
            b"R" if integers == 2 && self.at_keys() => self.reader.reference(),
            b"stream" => {
                if let (Context::Object { .. }, 0) = (self.context, self.depth) {
                    return Then::Stream {
                        length: self.reader.dict().length,
                    };
                }
            }
            b"xref" => {
                self.leave();
                self.facts.places.push(offset);
            }
            b"trailer" => {
                self.leave();
                self.context = Context::Trailer { offset };
            }
            b"startxref" => {
                self.leave();
                self.context = Context::StartXref;
                self.facts.startxref = Some(StartXref {
                    offset,
                    target: None,
                    ended: false,
                });
            }
            [b'e', b'n', b'd', b'o', b'b', b'j', glued @ ..] => {
                self.leave();
                // Some writers leave out the line end: `endobj7 0 obj`.
                if let Some(number) = std::str::from_utf8(glued).ok().and_then(|text| text.parse().ok()) {
                    return self.integer(number, offset + 6);
                }
            }
            _ => self.value(),
        }
        Then::GoOn
    }

    fn start_object(&mut self, findings: &mut Findings) {
        if let Context::Object { offset, number } = self.context {
            findings.warn(Code::PdfObjectSyntax, offset, || {
                format!("object {number} without endobj")
            });
        }
        self.leave();
        let (number, offset) = self.integers[0];
        let (word, bit) = seen_place(number);
        self.seen[word] |= bit;
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
        self.reader = Reader::default();
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

fn seen_place(number: u64) -> (usize, u64) {
    let place = usize::try_from(number % SEEN_BITS as u64).unwrap_or_default();
    (place / 64, 1 << (place % 64))
}
