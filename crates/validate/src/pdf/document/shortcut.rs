//! Short cuts around the lexer, where one look shows what several tokens come to. A hostile file has millions of the
//! smallest objects, or of brackets that nothing closes; an ordinary one has an object every few hundred bytes.

use super::{
    super::{
        atom::integer,
        class::{is_regular, is_space, name},
        lexer::END_MARK,
    },
    Context, Document, MAX_DEPTH,
};
use crate::finding::Findings;

impl Document {
    /// Takes what starts and ends objects and the document, as far as it is whole in the input and written as nearly
    /// always: how much that is, and whether it ends in `%%EOF`. The input starts at `offset`, between two tokens.
    pub(in crate::pdf) fn objects(
        &mut self,
        input: &[u8],
        offset: u64,
        findings: &mut Findings,
    ) -> (usize, bool) {
        let (mut taken, mut ended) = (0, false);
        while self.expects_object() {
            let spaces = usize::from(input.get(taken).is_some_and(|byte| is_space(*byte)));
            let at = taken + spaces;
            let rest = &input[at..];
            let length = match rest.first() {
                Some(b's') => self.end(rest, offset + at as u64),
                Some(b'e') if !ended => word(rest, b"endobj").inspect(|_| {
                    self.integer_count = 0;
                    self.leave();
                }),
                Some(b'0'..=b'9') if !ended => start(rest).map(|(length, number)| {
                    self.integer_count = 0;
                    self.start_object(number, offset + at as u64, findings);
                    length
                }),
                _ => None,
            };
            let Some(length) = length else { break };
            ended = rest[0] == b's';
            taken = at + length;
        }
        (taken, ended)
    }

    /// Whether numbers mean nothing here but the start of an object.
    fn expects_object(&self) -> bool {
        self.depth == 0 && matches!(self.context, Context::Outside | Context::Object { .. })
    }

    /// Takes `startxref`, its number and `%%EOF`: their length.
    fn end(&mut self, input: &[u8], offset: u64) -> Option<usize> {
        let number_at = word(input, b"startxref")? + 1;
        let (length, target) = integer(&input[number_at..])?;
        let end_at = number_at + length + 1;
        input.get(end_at..)?.strip_prefix(END_MARK)?;
        if !is_space(input[number_at - 1]) || !is_space(input[end_at - 1]) {
            return None;
        }
        self.integer_count = 0;
        self.start_xref(offset);
        self.integer(target, offset + number_at as u64);
        self.end_mark();
        Some(end_at + END_MARK.len())
    }

    /// Takes dictionaries and keys in values nested so deep that only the number of brackets matters. The input starts
    /// between two tokens.
    pub(in crate::pdf) fn nest(&mut self, input: &[u8]) -> usize {
        let mut taken = 0;
        while self.depth > MAX_DEPTH {
            let rest = &input[taken..];
            taken += match rest {
                [b'<', b'<', ..] => {
                    self.depth = self.depth.saturating_add(1);
                    2
                }
                [b'/', rest @ ..] => match name(rest) {
                    // Too short for a name that a rule asks for.
                    (length @ 0..=2, false) if length < rest.len() => 1 + length,
                    _ => break,
                },
                _ => break,
            };
            self.integer_count = 0;
        }
        taken
    }
}

/// `7 0 obj`: its length and the object's number.
fn start(input: &[u8]) -> Option<(usize, u64)> {
    let (length, number) = integer(input)?;
    Some((length + word(&input[length..], b" 0 obj")?, number))
}

/// The length of these bytes, where the input starts with them and shows that a word ends there.
fn word(input: &[u8], bytes: &[u8]) -> Option<usize> {
    let behind = input.strip_prefix(bytes)?.first()?;
    (!is_regular(*behind)).then_some(bytes.len())
}
