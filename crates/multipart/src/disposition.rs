//! Reads `Content-Disposition: form-data; name="…"; filename="…"` in one pass.
//!
//! Left out: continuations (RFC 2231 §3) and character sets other than UTF-8. Both are refused, by name.

use std::ops::Range;

use crate::boundary::is_token_byte;
use crate::filename::{is_deceptive, is_unsafe};
use crate::header::{Report, Stop};
use crate::limits::Limits;
use crate::text::{Decoding, decode_extended, has_escape, unescaped};
use crate::violation::ViolationId;

/// Where a name stands, in bytes from the start of what was parsed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Spot {
    pub(crate) raw: Range<usize>,
    pub(crate) decoding: Decoding,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Disposition {
    pub(crate) name: Option<Spot>,
    pub(crate) filename: Option<Spot>,
}

/// Parses `line[value]`. Hands every finding to `report` with its place in `line`. What `buffer` holds is lost.
pub(crate) fn parse(
    line: &[u8],
    value: Range<usize>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    report: &mut impl Report,
) -> Result<Disposition, Stop> {
    let mut reader = Reader {
        buffer,
        line: &line[..value.end],
        at: value.start,
        limits,
        report,
        extended: None,
        found: Disposition::default(),
    };
    reader.read(value)?;
    Ok(reader.found)
}

struct Reader<'l, 'r, R> {
    /// The header block, cut at the end of the value.
    line: &'l [u8],
    at: usize,
    limits: &'l Limits,
    /// Where a filename is decoded; kept from part to part.
    buffer: &'r mut Vec<u8>,
    report: &'r mut R,
    /// Where `filename*` stands, and its value.
    extended: Option<(Range<usize>, Spot)>,
    found: Disposition,
}

impl<R: Report> Reader<'_, '_, R> {
    fn read(&mut self, value: Range<usize>) -> Result<(), Stop> {
        let max = value.start.saturating_add(self.limits.disposition_bytes);
        if value.end > max {
            return self.note(ViolationId::D22, max..max + 1);
        }
        self.skip_while(is_token_byte);
        let kind = &self.line[value.start..self.at];
        if !kind.eq_ignore_ascii_case(b"form-data") || !self.is_at_value_end() {
            self.skip_while(|byte| byte != b';');
            self.note(ViolationId::D02, value.start..self.at)?;
        }
        let mut parameters = 0;
        while self.separator()? {
            parameters += 1;
            if parameters > self.limits.disposition_parameters {
                return self.note(ViolationId::D22, self.at..self.at + 1);
            }
            self.parameter()?;
        }
        self.settle(value)
    }

    /// Moves behind the next semicolon and its white space; false at the end of the line.
    fn separator(&mut self) -> Result<bool, Stop> {
        self.skip_white_space();
        if self.peek().is_some_and(|byte| byte != b';') {
            let start = self.at;
            self.skip_while(|byte| byte != b';');
            self.note(ViolationId::D29, start..self.at)?;
        }
        if self.peek().is_none() {
            return Ok(false);
        }
        self.at += 1;
        self.skip_white_space();
        Ok(true)
    }

    fn parameter(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.skip_while(is_token_byte);
        let name = start..self.at;
        if name.is_empty() || self.peek() != Some(b'=') {
            self.skip_while(|byte| byte != b';');
            // Where nothing stands at all, the semicolon behind it shows that.
            let end = self.at.max(name.end + 1).min(self.line.len());
            return self.note(ViolationId::D29, name.end..end);
        }
        self.at += 1;
        let text = &self.line[name.clone()];
        let is = |wanted: &[u8]| text.eq_ignore_ascii_case(wanted);
        let (is_name, is_filename, is_extended) = (is(b"name"), is(b"filename"), is(b"filename*"));
        let is_continued = is_continuation(text) || is(b"name*");
        if text.iter().any(u8::is_ascii_uppercase) {
            self.note(ViolationId::D27, name.clone())?;
        }
        if is_name {
            let spot = self.value(self.limits.name_bytes)?;
            if self.found.name.is_some() {
                return self.note(ViolationId::D05, start..self.at);
            }
            self.found.name = Some(spot);
        } else if is_filename {
            let spot = self.value(self.limits.filename_bytes)?;
            if self.found.filename.is_some() {
                return self.note(ViolationId::D06, start..self.at);
            }
            self.found.filename = Some(spot);
        } else if is_extended {
            self.extended_value(start)?;
        } else {
            self.value(self.limits.disposition_bytes)?;
            let id = if is_continued {
                ViolationId::D10
            } else {
                ViolationId::D23
            };
            self.note(id, start..self.at)?;
        }
        Ok(())
    }

    fn value(&mut self, max_bytes: usize) -> Result<Spot, Stop> {
        let spot = if self.peek() == Some(b'"') {
            self.quoted()?
        } else {
            self.token()?
        };
        if spot.raw.len() > max_bytes {
            let max = spot.raw.start + max_bytes;
            self.note(ViolationId::D24, max..max + 1)?;
        }
        let raw = &self.line[spot.raw.clone()];
        let (quote, line_break, word, decoy) = (
            has_escape(raw, *b"22"),
            has_escape(raw, *b"0D") || has_escape(raw, *b"0A"),
            is_encoded_word(raw),
            has_decoy(raw),
        );
        for (is_found, id) in [
            (quote, ViolationId::D18),
            (line_break, ViolationId::D19),
            (word, ViolationId::D21),
            (decoy, ViolationId::D30),
        ] {
            if is_found {
                self.note(id, spot.raw.clone())?;
            }
        }
        Ok(spot)
    }

    fn token(&mut self) -> Result<Spot, Stop> {
        let start = self.at;
        self.skip_while(is_token_byte);
        if !self.is_at_value_end() {
            let bad = self.at;
            self.skip_while(|byte| byte != b';');
            self.note(ViolationId::D11, bad..self.at)?;
        } else if self.at == start {
            self.note(ViolationId::D29, start..start)?;
        }
        let raw = start..start + self.line[start..self.at].trim_ascii_end().len();
        if let [b'\'', .., b'\''] = self.line[raw.clone()] {
            self.note(ViolationId::D14, raw.clone())?;
        }
        Ok(Spot {
            raw,
            decoding: Decoding::Verbatim,
        })
    }

    fn quoted(&mut self) -> Result<Spot, Stop> {
        let opening = self.at;
        let start = opening + 1;
        self.at = start;
        let (mut escape, mut literal) = (None, None);
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => break,
                b'\\' if matches!(self.line.get(self.at + 1), Some(b'"' | b'\\')) => {
                    escape.get_or_insert(self.at);
                    self.at += 1;
                }
                b'\\' => {
                    literal.get_or_insert(self.at);
                }
                _ => {}
            }
            self.at += 1;
        }
        let end = self.line.len();
        let mut raw = start..self.at.min(end);
        if self.at < end {
            self.at += 1;
            if !self.is_at_value_end() {
                let junk = self.at;
                self.skip_while(|byte| byte != b';');
                self.note(ViolationId::D13, junk..self.at)?;
            }
        } else if raw.len() >= 2 && self.line.ends_with(b"\\\"") {
            raw.end -= 1;
            if escape == Some(raw.end - 1) {
                escape = None;
            }
            self.note(ViolationId::D17, raw.end - 1..end)?;
        } else {
            self.at = end;
            self.note(ViolationId::D12, opening..end)?;
        }
        for (id, place) in [(ViolationId::D15, escape), (ViolationId::D16, literal)] {
            if let Some(place) = place {
                self.note(id, place..(place + 2).min(end))?;
            }
        }
        let decoding = if escape.is_some() {
            Decoding::Unescaped
        } else {
            Decoding::Verbatim
        };
        Ok(Spot { raw, decoding })
    }

    /// The value of `filename*`, whose name stands at `start`.
    fn extended_value(&mut self, start: usize) -> Result<(), Stop> {
        let raw = self.at;
        self.skip_while(|byte| !matches!(byte, b';' | b' ' | b'\t'));
        let raw = raw..self.at;
        if self.extended.is_some() {
            return self.note(ViolationId::D06, start..raw.end);
        }
        self.note(ViolationId::D07, start..raw.end)?;
        if raw.len() > self.limits.filename_bytes {
            let max = raw.start + self.limits.filename_bytes;
            self.note(ViolationId::D24, max..max + 1)?;
        }
        if let Err(place) = decode_extended(&self.line[raw.clone()], self.buffer) {
            return self.note(ViolationId::D09, raw.start + place..raw.end);
        }
        if self.buffer.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            self.note(ViolationId::D19, raw.clone())?;
        }
        let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n');
        if self.buffer.iter().any(is_control) {
            self.note(ViolationId::H09, raw.clone())?;
        }
        let decoding = Decoding::Extended;
        self.extended = Some((start..raw.end, Spot { raw, decoding }));
        Ok(())
    }

    /// Looks at the parameters together.
    fn settle(&mut self, value: Range<usize>) -> Result<(), Stop> {
        match &self.found.name {
            None => self.note(ViolationId::D03, value)?,
            Some(spot) if spot.raw.is_empty() => {
                let place = spot.raw.clone();
                self.note(ViolationId::D04, place)?;
            }
            Some(_) => {}
        }
        if let Some((span, extended)) = self.extended.take() {
            match &self.found.filename {
                None => self.found.filename = Some(extended),
                Some(plain) => {
                    let plain = &self.line[plain.raw.clone()];
                    decode_extended(&self.line[extended.raw], self.buffer).map_err(|_| Stop)?;
                    if !unescaped(plain).eq(self.buffer.iter().copied()) {
                        self.note(ViolationId::D08, span)?;
                    }
                }
            }
        }
        let Some(spot) = &self.found.filename else {
            return Ok(());
        };
        let (place, raw) = (spot.raw.clone(), &self.line[spot.raw.clone()]);
        let name = match spot.decoding {
            Decoding::Verbatim => raw,
            Decoding::Unescaped => {
                self.buffer.clear();
                self.buffer.extend(unescaped(raw));
                &self.buffer[..]
            }
            Decoding::Extended => {
                decode_extended(raw, self.buffer).map_err(|_| Stop)?;
                &self.buffer[..]
            }
        };
        let (is_unsafe, is_deceptive) = (is_unsafe(name), is_deceptive(name));
        if is_unsafe {
            self.note(ViolationId::D20, place.clone())?;
        }
        if is_deceptive {
            self.note(ViolationId::D25, place)?;
        }
        Ok(())
    }

    fn note(&mut self, id: ViolationId, span: Range<usize>) -> Result<(), Stop> {
        if (self.report)(id, span) {
            Ok(())
        } else {
            Err(Stop)
        }
    }

    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    /// Whether a value ends here, and not in the middle of what looks like one.
    fn is_at_value_end(&self) -> bool {
        matches!(self.peek(), None | Some(b';' | b' ' | b'\t'))
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
    }

    fn skip_white_space(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
    }
}

/// `filename*0`, `name*1*` and their like.
fn is_continuation(name: &[u8]) -> bool {
    let Some(star) = name.iter().position(|byte| *byte == b'*') else {
        return false;
    };
    name[star + 1..].first().is_some_and(u8::is_ascii_digit)
}

/// `=?charset?B?…?=` (RFC 2047).
fn is_encoded_word(raw: &[u8]) -> bool {
    raw.starts_with(b"=?") && raw.ends_with(b"?=") && raw.len() > 4
}

/// Whether `name=` or `filename=` stands in a value where a reader that does not see quotes would take it.
fn has_decoy(raw: &[u8]) -> bool {
    let mut pieces = raw.split(|byte| matches!(byte, b';' | b' ' | b'\t'));
    pieces.next(); // What no separator stands before is nothing but the value.
    pieces.any(|piece| {
        let name = piece.split(|byte| *byte == b'=').next().unwrap_or_default();
        let is_known = name.eq_ignore_ascii_case(b"name") || name.eq_ignore_ascii_case(b"filename");
        is_known && name.len() < piece.len()
    })
}

#[cfg(test)]
mod tests;
