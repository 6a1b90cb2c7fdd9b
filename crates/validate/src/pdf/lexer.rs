//! Bytes to tokens, at any chunking, with a bound on what is kept of each.
//!
//! Damage must not swallow the rest of a file: a string that is never closed ends at `endobj`, `trailer` or
//! `startxref`, as viewers that rebuild a file read it.

use memchr::{memchr, memchr2};

use super::{
    atom::{Atom, integer, number},
    class::{REGULAR, SPACE, equal, is_regular, is_space, name, run},
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

    /// Whether the last token has ended.
    pub(super) fn is_between(&self) -> bool {
        self.state == State::Between
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
                State::Between => {
                    let (length, token) = self.whole(rest, offset + at as u64);
                    at += length;
                    if token.is_some() {
                        return (at, token);
                    }
                    if let Some(byte) = input.get(at) {
                        self.start = offset + at as u64;
                        at += self.begin(*byte);
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

    /// The next token where all of it is in the input, as nearly always. Otherwise it ends where the token starts, or
    /// at the end of the input.
    fn whole(&mut self, input: &[u8], offset: u64) -> (usize, Option<Token>) {
        let mut at = 0;
        while let Some(byte) = input.get(at).copied() {
            let rest = &input[at..];
            let (length, token) = match byte {
                b'0'..=b'9' if let Some((length, number)) = integer(rest) => (length, Token::Integer(number)),
                0 => {
                    at += equal(rest, 0);
                    continue;
                }
                b'/' => {
                    let (length, escaped) = name(&rest[1..]);
                    if 1 + length == rest.len() {
                        break;
                    }
                    self.atom.set(&rest[1..], length);
                    if escaped {
                        self.atom.unescape();
                    }
                    (1 + length, Token::Name)
                }
                b'<' if rest.get(1) == Some(&b'<') => (2, Token::DictOpen),
                b'>' if rest.get(1) == Some(&b'>') => (2, Token::DictClose),
                b'[' => {
                    let open = equal(rest, b'[');
                    (open, Token::ArrayOpen(u32::try_from(open).unwrap_or(u32::MAX)))
                }
                b']' => (1, Token::ArrayClose),
                b')' | b'{' | b'}' => {
                    at += 1;
                    continue;
                }
                b'%' if rest.starts_with(END_MARK) => (END_MARK.len(), Token::EndOfFile),
                b'%' => {
                    let Some(length) = line(rest) else { break };
                    at += length;
                    continue;
                }
                b'(' | b'<' | b'>' => break,
                _ if is_space(byte) => {
                    at += run(rest, SPACE);
                    continue;
                }
                _ => {
                    let length = run(rest, REGULAR);
                    if length == rest.len() {
                        break;
                    }
                    let token = number(&rest[..length]).map(Token::Integer);
                    self.atom.set(rest, length);
                    (length, token.unwrap_or(Token::Word))
                }
            };
            self.start = offset + at as u64;
            return (at + length, Some(token));
        }
        (at, None)
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

    /// The first byte of a token that is not whole in the input, or of a string; how many bytes that takes.
    fn begin(&mut self, byte: u8) -> usize {
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
            _ => {
                self.state = State::Word;
                return 0;
            }
        };
        1
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

pub(super) const END_MARK: &[u8] = b"%%EOF";

/// The length of the comment that it starts with, its line end included; most are short, and empty ones come in a
/// row.
fn line(input: &[u8]) -> Option<usize> {
    const NEAR: usize = 8;
    let empty = input
        .as_chunks()
        .0
        .iter()
        .take_while(|pair| **pair == *b"%\n")
        .count();
    if empty > 0 {
        return Some(2 * empty);
    }
    let (near, far) = input.split_at(input.len().min(NEAR));
    let end = near.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let end = end.or_else(|| memchr2(b'\r', b'\n', far).map(|end| near.len() + end));
    end.map(|end| end + 1)
}

#[cfg(test)]
mod tests;
