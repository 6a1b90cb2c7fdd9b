//! Reads `Content-Disposition: form-data; name="…"; filename="…"` in one pass.
//!
//! Left out: continuations (RFC 2231 §3) and character sets other than UTF-8. Both are refused, by name.

use std::ops::Range;

use crate::boundary::is_token_byte;
use crate::limits::Limits;
use crate::text::{Decoding, Text, decode_extended, has_form_escape};
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

/// Parses `line[value]`. Hands every finding to `report` with its place in `line`; stops when that says so.
///
/// `report` answers whether to go on. After a stop the disposition is incomplete.
pub(crate) fn parse(
    line: &[u8],
    value: Range<usize>,
    limits: &Limits,
    report: &mut dyn FnMut(ViolationId, usize) -> bool,
) -> Disposition {
    let mut reader = Reader {
        line: &line[..value.end],
        at: value.start,
        limits,
        report,
        extended: None,
        found: Disposition::default(),
    };
    match reader.read(value) {
        Ok(()) | Err(Stop) => reader.found,
    }
}

/// A violation that ends the reading was reported.
struct Stop;

struct Reader<'l, 'r> {
    /// The header block, cut at the end of the value.
    line: &'l [u8],
    at: usize,
    limits: &'l Limits,
    report: &'r mut dyn FnMut(ViolationId, usize) -> bool,
    /// Where `filename*` begins, and its value.
    extended: Option<(usize, Spot)>,
    found: Disposition,
}

impl Reader<'_, '_> {
    fn read(&mut self, value: Range<usize>) -> Result<(), Stop> {
        if value.len() > self.limits.disposition_bytes {
            return self.stop(ViolationId::D22, value.start + self.limits.disposition_bytes);
        }
        self.skip_while(is_token_byte);
        let kind = &self.line[value.start..self.at];
        let ends = matches!(self.peek(), None | Some(b';' | b' ' | b'\t'));
        if !kind.eq_ignore_ascii_case(b"form-data") || !ends {
            return self.stop(ViolationId::D02, value.start);
        }
        let mut parameters = 0;
        while self.separator()? {
            parameters += 1;
            if parameters > self.limits.disposition_parameters {
                return self.stop(ViolationId::D22, self.at);
            }
            self.parameter()?;
        }
        self.settle(value.start)
    }

    /// Moves behind the next semicolon and its white space; false at the end of the line.
    fn separator(&mut self) -> Result<bool, Stop> {
        self.skip_white_space();
        match self.peek() {
            None => return Ok(false),
            Some(b';') => self.at += 1,
            Some(_) => return self.stop(ViolationId::D29, self.at),
        }
        self.skip_white_space();
        Ok(true)
    }

    fn parameter(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.skip_while(is_token_byte);
        let name = &self.line[start..self.at];
        if name.is_empty() || self.peek() != Some(b'=') {
            return self.stop(ViolationId::D29, self.at);
        }
        self.at += 1;
        if name.iter().any(u8::is_ascii_uppercase) {
            self.note(ViolationId::D27, start)?;
        }
        let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
        if is(b"name") {
            self.once(self.found.name.is_some(), ViolationId::D05, start)?;
            let spot = self.value(self.limits.name_bytes)?;
            self.found.name = Some(spot);
        } else if is(b"filename") {
            self.once(self.found.filename.is_some(), ViolationId::D06, start)?;
            let spot = self.value(self.limits.filename_bytes)?;
            self.found.filename = Some(spot);
        } else if is(b"filename*") {
            self.once(self.extended.is_some(), ViolationId::D06, start)?;
            self.note(ViolationId::D07, start)?;
            let spot = self.extended_value()?;
            self.extended = Some((start, spot));
        } else if is_continuation(name) {
            self.stop(ViolationId::D10, start)?;
        } else {
            self.note(ViolationId::D23, start)?;
            self.value(self.limits.disposition_bytes)?;
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
            self.stop(ViolationId::D24, spot.raw.start + max_bytes)?;
        }
        let raw = &self.line[spot.raw.clone()];
        if has_form_escape(raw) {
            self.note(ViolationId::D18, spot.raw.start)?;
        }
        if is_encoded_word(raw) {
            self.note(ViolationId::D21, spot.raw.start)?;
        }
        Ok(spot)
    }

    fn token(&mut self) -> Result<Spot, Stop> {
        let start = self.at;
        self.skip_while(is_token_byte);
        let raw = start..self.at;
        match self.peek() {
            None | Some(b';' | b' ' | b'\t') if raw.is_empty() => self.stop(ViolationId::D29, start)?,
            None | Some(b';' | b' ' | b'\t') => {}
            Some(_) => self.stop(ViolationId::D11, self.at)?,
        }
        if let [b'\'', .., b'\''] = self.line[raw.clone()] {
            self.note(ViolationId::D14, start)?;
        }
        Ok(Spot {
            raw,
            decoding: Decoding::Verbatim,
        })
    }

    fn quoted(&mut self) -> Result<Spot, Stop> {
        let opening = self.at;
        self.at += 1;
        let (mut escape, mut literal) = (None, None);
        loop {
            match self.line[self.at..] {
                [] if self.line.ends_with(b"\\\"") => self.stop(ViolationId::D17, self.line.len() - 2)?,
                [] => self.stop(ViolationId::D12, opening)?,
                [b'"', ..] => break,
                [b'\\', b'"' | b'\\', ..] => {
                    escape.get_or_insert(self.at);
                    self.at += 1;
                }
                [b'\\', ..] => {
                    literal.get_or_insert(self.at);
                }
                _ => {}
            }
            self.at += 1;
        }
        let raw = opening + 1..self.at;
        self.at += 1;
        if !matches!(self.peek(), None | Some(b';' | b' ' | b'\t')) {
            self.stop(ViolationId::D13, self.at)?;
        }
        for (id, place) in [(ViolationId::D15, escape), (ViolationId::D16, literal)] {
            if let Some(place) = place {
                self.note(id, place)?;
            }
        }
        let decoding = if escape.is_some() {
            Decoding::Unescaped
        } else {
            Decoding::Verbatim
        };
        Ok(Spot { raw, decoding })
    }

    fn extended_value(&mut self) -> Result<Spot, Stop> {
        let start = self.at;
        self.skip_while(|byte| !matches!(byte, b';' | b' ' | b'\t'));
        let raw = start..self.at;
        if raw.len() > self.limits.filename_bytes {
            self.stop(ViolationId::D24, start + self.limits.filename_bytes)?;
        }
        match decode_extended(&self.line[raw.clone()]) {
            Ok(text) if text.contains(['\r', '\n']) => self.note(ViolationId::D19, start)?,
            Ok(_) => {}
            Err(place) => self.stop(ViolationId::D09, start + place)?,
        }
        Ok(Spot {
            raw,
            decoding: Decoding::Extended,
        })
    }

    /// Looks at the parameters together.
    fn settle(&mut self, start: usize) -> Result<(), Stop> {
        match &self.found.name {
            None => self.stop(ViolationId::D03, start)?,
            Some(spot) if spot.raw.is_empty() => self.note(ViolationId::D04, spot.raw.start)?,
            Some(_) => {}
        }
        if let Some((at, extended)) = self.extended.take() {
            match &self.found.filename {
                None => self.found.filename = Some(extended),
                Some(plain) if self.text(plain) != self.text(&extended) => self.stop(ViolationId::D08, at)?,
                Some(_) => {}
            }
        }
        if let Some(spot) = &self.found.filename {
            let place = spot.raw.start;
            if is_unsafe_filename(&self.text(spot)) {
                self.note(ViolationId::D20, place)?;
            }
        }
        Ok(())
    }

    fn text(&self, spot: &Spot) -> String {
        Text::decode(&self.line[spot.raw.clone()], spot.decoding, 0)
            .as_str()
            .to_owned()
    }

    fn once(&mut self, seen: bool, id: ViolationId, at: usize) -> Result<(), Stop> {
        if seen { self.stop(id, at) } else { Ok(()) }
    }

    /// Reports what leaves one reading.
    fn note(&mut self, id: ViolationId, at: usize) -> Result<(), Stop> {
        if (self.report)(id, at) { Ok(()) } else { Err(Stop) }
    }

    /// Reports what leaves none.
    fn stop<T>(&mut self, id: ViolationId, at: usize) -> Result<T, Stop> {
        (self.report)(id, at);
        Err(Stop)
    }

    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
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

/// Whether a filename used as a path would leave its folder, hide, or mean a device.
fn is_unsafe_filename(name: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    name.contains(['/', '\\', '\0'])
        || name.starts_with('.')
        || name.ends_with(['.', ' '])
        || name.as_bytes().get(1) == Some(&b':')
        || DEVICES.contains(&stem.as_str())
        || numbered.is_some_and(|n| n.len() == 1 && n.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
