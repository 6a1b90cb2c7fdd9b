//! Bytes to tokens, at any chunking, with a bound on what is kept of each.
//!
//! Damage must not swallow the rest of a file: a string that is never closed ends at `endobj`, `trailer` or
//! `startxref`, as viewers that rebuild a file read it.

use memchr::{memchr, memchr2};

use super::{
    atom::{Atom, number},
    class::{REGULAR, SPACE, equal, is_regular, is_space, run},
    text::Text,
};

/// What was read; the lexer has the bytes of names, words and strings.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    /// `/Name`, without the slash and with escapes read.
    Name,
    /// Digits alone.
    Integer(u64),
    /// A keyword, or a number with a sign or a point.
    Word,
    DictOpen,
    DictClose,
    /// So many in a row; a deep nest is read at a run.
    ArrayOpen(u32),
    ArrayClose,
    /// A string of either kind, after its end.
    Text,
    /// The comment `%%EOF`.
    EndOfFile,
}

#[derive(Debug)]
pub(super) struct Lexer {
    state: State,
    atom: Atom,
    text: Text,
    /// Where the present or last token starts.
    start: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Between,
    Word,
    Name,
    Comment,
    /// Inside `(`; how many are open.
    Text {
        depth: u32,
        escaped: bool,
    },
    /// Behind one `<`.
    Less,
    Hex,
    /// Behind one `>`.
    Greater,
}

impl Lexer {
    pub(super) fn new() -> Self {
        Self {
            state: State::Between,
            atom: Atom::default(),
            text: Text::new(),
            start: 0,
        }
    }

    /// Forgets what was read, behind a stream.
    pub(super) fn reset(&mut self) {
        self.state = State::Between;
    }

    /// Where the token that was returned last starts in the file.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The name or word that was returned last.
    pub(super) fn atom(&self) -> &Atom {
        &self.atom
    }

    /// The string that was returned last.
    pub(super) fn text(&self) -> &Text {
        &self.text
    }

    /// Reads up to the end of the next token: how many bytes of `input`, which starts at `offset`, it took, and
    /// the token, if the input holds its end.
    pub(super) fn next(&mut self, input: &[u8], offset: u64) -> (usize, Option<Token>) {
        let mut at = 0;
        while let Some(byte) = input.get(at).copied() {
            let rest = &input[at..];
            match self.state {
                State::Between if byte == 0 => at += equal(rest, 0),
                State::Between if is_space(byte) => at += run(rest, SPACE),
                State::Between if byte == b'[' => {
                    self.start = offset + at as u64;
                    let open = equal(rest, b'[');
                    return (
                        at + open,
                        Some(Token::ArrayOpen(u32::try_from(open).unwrap_or(u32::MAX))),
                    );
                }
                State::Between if is_regular(byte) => {
                    self.start = offset + at as u64;
                    let regular = run(rest, REGULAR);
                    at += regular;
                    if regular < rest.len() {
                        return (at, Some(self.word(&rest[..regular])));
                    }
                    self.atom.set(rest);
                    self.state = State::Word;
                }
                State::Between => {
                    self.start = offset + at as u64;
                    at += 1;
                    if let Some(token) = self.begin(byte) {
                        return (at, Some(token));
                    }
                }
                State::Word | State::Name => {
                    let regular = run(rest, REGULAR);
                    self.atom.extend(&rest[..regular]);
                    at += regular;
                    if regular < rest.len() {
                        let token = self.finish();
                        self.state = State::Between;
                        return (at, token);
                    }
                }
                State::Comment => {
                    let (length, token) = self.comment(rest);
                    at += length;
                    if token.is_some() {
                        return (at, token);
                    }
                }
                State::Text { depth, escaped } => {
                    let (length, token) = self.literal(rest, depth, escaped);
                    at += length;
                    if token.is_some() {
                        return (at, token);
                    }
                }
                State::Less if byte == b'<' => {
                    self.state = State::Between;
                    return (at + 1, Some(Token::DictOpen));
                }
                State::Less => {
                    self.text.clear();
                    self.state = State::Hex;
                }
                State::Hex if byte.is_ascii_hexdigit() || is_space(byte) => {
                    self.text.hexadecimal(byte);
                    at += 1;
                }
                State::Hex => {
                    self.text.end();
                    self.state = State::Between;
                    return (at + usize::from(byte == b'>'), Some(Token::Text));
                }
                State::Greater => {
                    self.state = State::Between;
                    if byte == b'>' {
                        return (at + 1, Some(Token::DictClose));
                    }
                }
            }
        }
        (at, None)
    }

    /// A word that is there at once, as nearly all are.
    fn word(&mut self, word: &[u8]) -> Token {
        number(word).map_or_else(
            || {
                self.atom.set(word);
                Token::Word
            },
            Token::Integer,
        )
    }

    /// The token that the end of the file completes.
    pub(super) fn finish(&mut self) -> Option<Token> {
        match self.state {
            State::Word => Some(number(self.atom.as_bytes()).map_or(Token::Word, Token::Integer)),
            State::Name => {
                self.atom.unescape();
                Some(Token::Name)
            }
            _ => None,
        }
    }

    /// The first byte of a token, and the token where it is one by itself.
    fn begin(&mut self, byte: u8) -> Option<Token> {
        self.atom.clear();
        self.state = match byte {
            b'/' => State::Name,
            b'%' => {
                self.atom.push(byte);
                State::Comment
            }
            b'(' => {
                self.text.clear();
                State::Text {
                    depth: 1,
                    escaped: false,
                }
            }
            b'<' => State::Less,
            b'>' => State::Greater,
            b']' => return Some(Token::ArrayClose),
            _ => State::Between,
        };
        None
    }

    /// `%%EOF` counts as soon as its last letter is there: files end right behind it.
    fn comment(&mut self, input: &[u8]) -> (usize, Option<Token>) {
        for (index, byte) in input.iter().enumerate() {
            if matches!(byte, b'\r' | b'\n') {
                self.state = State::Between;
                return (index + 1, None);
            }
            if self.atom.as_bytes().len() == END_MARK.len() {
                return (memchr2(b'\r', b'\n', input).unwrap_or(input.len()), None);
            }
            self.atom.push(*byte);
            if self.atom.as_bytes() == END_MARK {
                self.state = State::Between;
                return (index + 1, Some(Token::EndOfFile));
            }
        }
        (input.len(), None)
    }

    /// Takes the bytes of a string up to its end.
    fn literal(&mut self, input: &[u8], depth: u32, escaped: bool) -> (usize, Option<Token>) {
        let (mut depth, mut escaped) = (depth, escaped);
        let mut at = 0;
        while let Some(byte) = input.get(at).copied() {
            if is_regular(byte) && byte != b'\\' {
                let plain = run(&input[at..], REGULAR);
                let plain = memchr(b'\\', &input[at..at + plain]).unwrap_or(plain);
                self.atom.extend(&input[at..at + plain]);
                self.keep(&input[at..at + plain]);
                at += plain;
                escaped = false;
                continue;
            }
            if !self.atom.as_bytes().is_empty() {
                let resumed = matches!(self.atom.as_bytes(), b"endobj" | b"trailer" | b"startxref");
                if resumed && (is_space(byte) || byte == b'<') {
                    self.state = State::Between;
                    return (at, Some(Token::Word));
                }
                self.atom.clear();
            }
            if byte == b'(' && !escaped && self.text.is_cut() {
                let open = equal(&input[at..], b'(');
                depth = depth.saturating_add(u32::try_from(open).unwrap_or(u32::MAX));
                at += open;
                continue;
            }
            match byte {
                b'(' if !escaped => depth = depth.saturating_add(1),
                b')' if !escaped => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.text.end();
                self.state = State::Between;
                return (at + 1, Some(Token::Text));
            }
            self.keep(&[byte]);
            escaped = byte == b'\\' && !escaped;
            at += 1;
        }
        self.state = State::Text { depth, escaped };
        (at, None)
    }

    fn keep(&mut self, bytes: &[u8]) {
        if !self.text.is_cut() {
            for byte in bytes {
                self.text.literal(*byte);
            }
        }
    }
}

const END_MARK: &[u8] = b"%%EOF";

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8], step: usize) -> Vec<String> {
        let mut lexer = Lexer::new();
        let mut tokens = Vec::new();
        let mut keep = |token: Option<Token>, lexer: &Lexer| {
            tokens.extend(token.map(|token| match token {
                Token::Name => format!("/{}", lexer.atom().as_bytes().escape_ascii()),
                Token::Word => lexer.atom().as_bytes().escape_ascii().to_string(),
                Token::Integer(number) => number.to_string(),
                Token::Text => format!("({})", lexer.text().start().escape_ascii()),
                Token::ArrayOpen(count) => "[".repeat(count as usize),
                other => format!("{other:?}"),
            }));
        };
        let mut offset = 0;
        for chunk in bytes.chunks(step) {
            let mut rest = chunk;
            while !rest.is_empty() {
                let (length, token) = lexer.next(rest, offset);
                keep(token, &lexer);
                assert!(length > 0 || token.is_some(), "no step is in vain");
                rest = &rest[length..];
                offset += length as u64;
            }
        }
        let last = lexer.finish();
        keep(last, &lexer);
        tokens
    }

    #[test]
    fn tokens_need_no_space_between_them() {
        for (bytes, wanted) in [
            (
                &b"1 0 obj<</Type/Catalog>>endobj"[..],
                "1 0 obj DictOpen /Type /Catalog DictClose endobj",
            ),
            (b"[(a(b)c\\))<41 42>]", "[ (a(b)c)) (AB) ArrayClose"),
            (b"/#4Caunch -5 1.5 007", "/Launch -5 1.5 7"),
            (b"164%%EOF", "164 EndOfFile"),
            (b"((\\((x)))))[ [", "((((x))) [ ["),
            (b"% a comment (\r12", "12"),
            (b"%%EOFx", "EndOfFile x"),
            (b"(never closed (\nendobj\n2 0 obj", "endobj 2 0 obj"),
            (b"<41 >> 7", "(A) 7"),
            (b"<script> 7", "() script 7"),
            (b"18446744073709551616", "18446744073709551616"),
        ] {
            for step in 1..=bytes.len() {
                assert_eq!(
                    tokens(bytes, step).join(" "),
                    wanted,
                    "{} at {step}",
                    bytes.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn a_long_word_is_cut_and_stays_a_word() {
        let long = tokens(&[b'9'; 100], 7);
        assert_eq!(long, ["9".repeat(32)]);
    }
}
