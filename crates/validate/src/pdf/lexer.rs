//! Bytes to tokens, one byte at a time, with a bound on what is kept of each.
//!
//! Damage must not swallow the rest of a file: a string that is never closed ends at `endobj`, `trailer` or
//! `startxref`, as viewers that rebuild a file read it.

/// The longest name or word that is kept, in bytes; no rule asks for a longer one.
const MAX_ATOM_BYTES: usize = 32;

/// A name or word, cut to what the rules need.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Atom {
    bytes: [u8; MAX_ATOM_BYTES],
    length: usize,
}

impl Atom {
    fn push(&mut self, byte: u8) {
        // What does not fit is dropped: no word that a rule asks for is as long.
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The atom with `#4C` read as `L`, as names are written.
    fn unescaped(self) -> Self {
        let mut name = Self::default();
        let mut rest = self.as_bytes();
        while let [first, tail @ ..] = rest {
            let escaped = match (first, tail) {
                (b'#', [high, low, ..]) => digit(*high).zip(digit(*low)),
                _ => None,
            };
            name.push(escaped.map_or(*first, |(high, low)| 16 * high + low));
            rest = if escaped.is_some() { &tail[2..] } else { tail };
        }
        name
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    /// `/Name`, without the slash and with escapes read.
    Name(Atom),
    /// Digits alone.
    Integer(u64),
    /// A keyword, or a number with a sign or a point.
    Word(Atom),
    DictOpen,
    DictClose,
    ArrayOpen,
    ArrayClose,
    /// A string of either kind, after its end.
    Text,
    /// The comment `%%EOF`.
    EndOfFile,
}

/// What a byte led to: at most one token, and whether the byte is to be read again behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) token: Option<Token>,
    pub(super) again: bool,
}

const NOTHING: Step = Step {
    token: None,
    again: false,
};
const AGAIN: Step = Step {
    token: None,
    again: true,
};

#[derive(Debug)]
pub(super) struct Lexer {
    state: State,
    atom: Atom,
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
            start: 0,
        }
    }

    /// Where the token that was returned last starts in the file.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Reads the byte at `offset`. A byte that asks to be read again does so at most twice.
    pub(super) fn push(&mut self, byte: u8, offset: u64) -> Step {
        match self.state {
            State::Between => self.between(byte, offset),
            State::Word | State::Name if is_regular(byte) => {
                self.atom.push(byte);
                NOTHING
            }
            State::Word => self.leave(Some(word(self.atom)), true),
            State::Name => self.leave(Some(Token::Name(self.atom.unescaped())), true),
            State::Comment => self.comment(byte),
            State::Text { depth, escaped } => self.text(byte, depth, escaped),
            State::Less if byte == b'<' => self.leave(Some(Token::DictOpen), false),
            State::Less => {
                self.state = State::Hex;
                AGAIN
            }
            State::Hex if byte.is_ascii_hexdigit() || is_space(byte) => NOTHING,
            State::Hex => self.leave(Some(Token::Text), byte != b'>'),
            State::Greater if byte == b'>' => self.leave(Some(Token::DictClose), false),
            State::Greater => self.leave(None, true),
        }
    }

    /// The token that the end of the file completes.
    pub(super) fn finish(&mut self) -> Option<Token> {
        match self.state {
            State::Word => Some(word(self.atom)),
            State::Name => Some(Token::Name(self.atom.unescaped())),
            _ => None,
        }
    }

    fn leave(&mut self, token: Option<Token>, again: bool) -> Step {
        self.state = State::Between;
        Step { token, again }
    }

    fn between(&mut self, byte: u8, offset: u64) -> Step {
        if is_space(byte) {
            return NOTHING;
        }
        self.start = offset;
        self.atom = Atom::default();
        let (state, token) = match byte {
            b'/' => (State::Name, None),
            b'%' => {
                self.atom.push(byte);
                (State::Comment, None)
            }
            b'(' => (
                State::Text {
                    depth: 1,
                    escaped: false,
                },
                None,
            ),
            b'<' => (State::Less, None),
            b'>' => (State::Greater, None),
            b'[' => (State::Between, Some(Token::ArrayOpen)),
            b']' => (State::Between, Some(Token::ArrayClose)),
            b')' | b'{' | b'}' => (State::Between, None),
            _ => {
                self.atom.push(byte);
                (State::Word, None)
            }
        };
        self.state = state;
        Step { token, again: false }
    }

    /// `%%EOF` counts as soon as its last letter is there: files end right behind it.
    fn comment(&mut self, byte: u8) -> Step {
        if matches!(byte, b'\r' | b'\n') {
            return self.leave(None, false);
        }
        if self.atom.length < MAX_ATOM_BYTES {
            self.atom.push(byte);
            if self.atom.as_bytes() == b"%%EOF" {
                return self.leave(Some(Token::EndOfFile), false);
            }
        }
        NOTHING
    }

    fn text(&mut self, byte: u8, depth: u32, escaped: bool) -> Step {
        if is_regular(byte) && byte != b'\\' {
            self.atom.push(byte);
        } else {
            let resumed = matches!(self.atom.as_bytes(), b"endobj" | b"trailer" | b"startxref");
            if resumed && (is_space(byte) || byte == b'<') {
                return self.leave(Some(Token::Word(self.atom)), true);
            }
            self.atom = Atom::default();
        }
        let depth = match byte {
            _ if escaped => depth,
            b'(' => depth.saturating_add(1),
            b')' => depth - 1,
            _ => depth,
        };
        if depth == 0 {
            return self.leave(Some(Token::Text), false);
        }
        self.state = State::Text {
            depth,
            escaped: byte == b'\\' && !escaped,
        };
        NOTHING
    }
}

fn word(atom: Atom) -> Token {
    let number = std::str::from_utf8(atom.as_bytes())
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok());
    number.map_or(Token::Word(atom), Token::Integer)
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8]) -> Vec<String> {
        let mut lexer = Lexer::new();
        let mut tokens = Vec::new();
        let mut keep = |token: Option<Token>| {
            tokens.extend(token.map(|token| match token {
                Token::Name(atom) => format!("/{}", atom.as_bytes().escape_ascii()),
                Token::Word(atom) => atom.as_bytes().escape_ascii().to_string(),
                Token::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            }));
        };
        for (offset, byte) in (0..).zip(bytes) {
            for turn in 0.. {
                assert!(turn < 3, "a byte is read at most three times");
                let step = lexer.push(*byte, offset);
                keep(step.token);
                if !step.again {
                    break;
                }
            }
        }
        keep(lexer.finish());
        tokens
    }

    #[test]
    fn tokens_need_no_space_between_them() {
        for (bytes, wanted) in [
            (
                &b"1 0 obj<</Type/Catalog>>endobj"[..],
                "1 0 obj DictOpen /Type /Catalog DictClose endobj",
            ),
            (b"[(a(b)c\\))<41 42>]", "ArrayOpen Text Text ArrayClose"),
            (b"/#4Caunch -5 1.5 007", "/Launch -5 1.5 7"),
            (b"164%%EOF", "164 EndOfFile"),
            (b"% a comment (\r12", "12"),
            (b"%%EOFx", "EndOfFile x"),
            (b"(never closed (\nendobj\n2 0 obj", "endobj 2 0 obj"),
            (b"<41 >> 7", "Text 7"),
            (b"<script> 7", "Text script 7"),
            (b"18446744073709551616", "18446744073709551616"),
        ] {
            assert_eq!(tokens(bytes).join(" "), wanted, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_long_word_is_cut_and_stays_a_word() {
        let long = tokens(&[b'9'; 100]);
        assert_eq!(long, ["9".repeat(MAX_ATOM_BYTES)]);
    }
}
