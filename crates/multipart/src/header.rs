//! Finds the end of a part's header block and reads its lines.

mod block;
mod fold;
mod simple;

use std::ops::Range;

use crate::boundary::is_token_byte;
use crate::disposition::{self, Disposition};
use crate::limits::Limits;
use crate::violation::ViolationId;

pub(crate) use block::{BlockEnd, BlockScan};
pub(crate) use fold::{has_fold, unfold};

/// Where findings go, with their bytes from the start of the block; answers whether to go on.
pub(crate) trait Report: FnMut(ViolationId, Range<usize>) -> bool {}

impl<F: FnMut(ViolationId, Range<usize>) -> bool> Report for F {}

/// A violation that ends the reading was reported.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Stop;

/// Reports what leaves one reading, or ends the reading.
fn note(report: &mut impl Report, id: ViolationId, span: Range<usize>) -> Result<(), Stop> {
    if report(id, span) { Ok(()) } else { Err(Stop) }
}

/// One header line; places are bytes from the start of the block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: Range<usize>,
    /// Without the white space around it.
    pub(crate) value: Range<usize>,
}

/// What a header block says. Reused from part to part, so that only the first ones allocate.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Headers {
    pub(crate) fields: Vec<Field>,
    pub(crate) disposition: Disposition,
    pub(crate) content_type: Option<Range<usize>>,
    /// Where a filename is decoded.
    buffer: Vec<u8>,
    /// The line ends that spaces stand for in the block, because a line goes on behind them.
    pub(crate) folds: Vec<Range<usize>>,
}

impl Headers {
    /// Forgets the last block.
    pub(crate) fn clear(&mut self) {
        self.fields.clear();
        self.folds.clear();
        self.content_type = None;
        self.disposition = Disposition::default();
    }

    /// Reads a whole block, in which no line is folded. Hands every finding to `report` in the order of the
    /// lines, and stops when that answers false. The last block is forgotten by then.
    pub(crate) fn read(&mut self, block: &[u8], limits: &Limits, report: &mut impl Report) {
        let _stopped = self.read_lines(block, limits, report);
    }

    fn read_lines(&mut self, block: &[u8], limits: &Limits, report: &mut impl Report) -> Result<(), Stop> {
        let mut seen = Seen::default();
        let mut start = 0;
        while let Some((end, next)) = line(block, start) {
            if let Some(field) = field(block, start..end, report)? {
                let known = Known::of(&block[field.name.clone()]);
                self.take(block, &field, known, &mut seen, limits, report)?;
                self.fields.push(field);
            }
            start = next;
        }
        if start == 0 {
            note(report, ViolationId::H01, 0..block.len())
        } else if !seen.has(Known::Disposition) {
            note(report, ViolationId::D01, 0..block.len())
        } else {
            Ok(())
        }
    }

    /// Looks at one header by its name.
    fn take(
        &mut self,
        block: &[u8],
        field: &Field,
        known: Known,
        seen: &mut Seen,
        limits: &Limits,
        report: &mut impl Report,
    ) -> Result<(), Stop> {
        let whole = field.name.start..field.value.end;
        let value = &block[field.value.clone()];
        let is_again = seen.again(known);
        match known {
            Known::Disposition if is_again => note(report, ViolationId::H15, whole),
            Known::Disposition => {
                self.disposition =
                    disposition::parse(block, field.value.clone(), limits, &mut self.buffer, report)?;
                self.buffer.clear();
                Ok(())
            }
            Known::Type | Known::Encoding | Known::Length if is_again => {
                note(report, ViolationId::H16, whole)
            }
            Known::Type => {
                self.content_type = Some(field.value.clone());
                match type_defect(value) {
                    Some(id) => note(report, id, field.value.clone()),
                    None => Ok(()),
                }
            }
            Known::Encoding => {
                let identity: [&[u8]; 3] = [b"7bit", b"8bit", b"binary"];
                let harmless = identity.iter().any(|known| value.eq_ignore_ascii_case(known));
                let id = if harmless {
                    ViolationId::H19
                } else {
                    ViolationId::H20
                };
                note(report, id, field.value.clone())
            }
            Known::Length => note(report, ViolationId::H18, whole),
            Known::Other => note(report, ViolationId::H17, whole),
        }
    }
}

/// Where the line that begins at `start` ends, and where the next one begins; `None` for the blank line.
fn line(block: &[u8], start: usize) -> Option<(usize, usize)> {
    let newline = start + memchr::memchr(b'\n', &block[start..])?;
    let end = newline - usize::from(newline > start && block[newline - 1] == b'\r');
    (end > start).then_some((end, newline + 1))
}

/// Which headers came already, a bit for each.
#[derive(Default)]
struct Seen(u8);

impl Seen {
    fn has(&self, known: Known) -> bool {
        self.0 & 1 << known as u8 != 0
    }

    /// Whether it came before.
    fn again(&mut self, known: Known) -> bool {
        let before = self.has(known);
        self.0 |= 1 << known as u8;
        before
    }
}

#[derive(Clone, Copy)]
enum Known {
    Disposition,
    Type,
    Encoding,
    Length,
    Other,
}

impl Known {
    fn of(name: &[u8]) -> Self {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            19 if is(b"content-disposition") => Self::Disposition,
            12 if is(b"content-type") => Self::Type,
            25 if is(b"content-transfer-encoding") => Self::Encoding,
            14 if is(b"content-length") => Self::Length,
            _ => Self::Other,
        }
    }
}

/// Splits one line at its colon and checks its bytes; `None` for a line that is left out.
fn field(block: &[u8], line: Range<usize>, report: &mut impl Report) -> Result<Option<Field>, Stop> {
    let text = &block[line.clone()];
    let name_len = text
        .iter()
        .position(|byte| !is_token_byte(*byte))
        .unwrap_or(text.len());
    let colon = match text.get(name_len) {
        Some(b':') if name_len > 0 => name_len,
        _ => match odd_name(text, line.clone(), name_len, report)? {
            Some(colon) => colon,
            None => return Ok(None),
        },
    };
    let value = &text[colon + 1..];
    let start = line.start + colon + 1;
    check_bytes(value, start, report)?;
    let before = value
        .iter()
        .position(|byte| !is_white_space(*byte))
        .unwrap_or(value.len());
    let after = value
        .iter()
        .rposition(|byte| !is_white_space(*byte))
        .map_or(before, |at| at + 1);
    Ok(Some(Field {
        name: line.start..line.start + name_len,
        value: start + before..start + after,
    }))
}

/// A line that does not begin with a name and its colon: where its colon is, when it can be read.
fn odd_name(
    text: &[u8],
    line: Range<usize>,
    name_len: usize,
    report: &mut impl Report,
) -> Result<Option<usize>, Stop> {
    let line_start = line.start;
    let colon = memchr::memchr(b':', text);
    let (id, span) = match colon {
        _ if is_white_space(text[0]) => (ViolationId::H07, line),
        None => (ViolationId::H02, line),
        Some(0) => (ViolationId::H03, line),
        Some(colon) if text[name_len..colon].iter().copied().all(is_white_space) => {
            note(
                report,
                ViolationId::H05,
                line.start + name_len..line.start + colon,
            )?;
            return Ok(Some(colon));
        }
        Some(_) if text[name_len] == b'\r' => {
            let place = line.start + name_len;
            (ViolationId::H08, place..place + 1)
        }
        Some(_) => (ViolationId::H04, line.start + name_len..line.start + name_len + 1),
    };
    note(report, id, span)?;
    // What is left out must not be worse than what is said of it.
    let told = usize::from(matches!(id, ViolationId::H04 | ViolationId::H08));
    if let Some(rest) = text.get(name_len + told..) {
        check_bytes(rest, line_start + name_len + told, report)?;
    }
    Ok(None)
}

/// Control bytes, and what is not UTF-8.
fn check_bytes(value: &[u8], start: usize, report: &mut impl Report) -> Result<(), Stop> {
    let is_odd = |byte: &u8| !(b' '..=b'~').contains(byte) && *byte != b'\t';
    if !value.iter().any(is_odd) {
        return Ok(());
    }
    if let Some(bad) = memchr::memchr(b'\r', value) {
        note(report, ViolationId::H08, start + bad..start + bad + 1)?;
    }
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r');
    if let Some(bad) = value.iter().position(control) {
        note(report, ViolationId::H09, start + bad..start + bad + 1)?;
    }
    if let Err(error) = std::str::from_utf8(value) {
        let bad = start + error.valid_up_to();
        let len = error.error_len().unwrap_or(value.len() - error.valid_up_to());
        note(report, ViolationId::H11, bad..bad + len)?;
    }
    Ok(())
}

/// What is wrong with the `Content-Type` of a part.
fn type_defect(value: &[u8]) -> Option<ViolationId> {
    if !is_media_type(value) {
        return Some(ViolationId::H22);
    }
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
    if essence.trim_ascii_end().eq_ignore_ascii_case(b"multipart/mixed") {
        return Some(ViolationId::H21);
    }
    if !starts_with_ignoring_case(value, b"text/") {
        return None;
    }
    let charset = value.split(|byte| *byte == b';').skip(1).find_map(|parameter| {
        let parameter = parameter.trim_ascii();
        let is_charset = starts_with_ignoring_case(parameter, b"charset=");
        is_charset.then(|| &parameter[b"charset=".len()..])
    })?;
    let charset = charset.strip_prefix(b"\"").unwrap_or(charset);
    let charset = charset.strip_suffix(b"\"").unwrap_or(charset);
    let is_utf_8 = charset.eq_ignore_ascii_case(b"utf-8") || charset.eq_ignore_ascii_case(b"us-ascii");
    (!is_utf_8).then_some(ViolationId::H23)
}

/// `type/subtype`, and then parameters or nothing.
fn is_media_type(value: &[u8]) -> bool {
    let essence = value
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    let mut halves = essence.splitn(2, |byte| *byte == b'/');
    let mut is_token = || {
        halves
            .next()
            .is_some_and(|half| !half.is_empty() && half.iter().all(|b| is_token_byte(*b)))
    };
    is_token() && is_token()
}

fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn starts_with_ignoring_case(value: &[u8], prefix: &[u8]) -> bool {
    value
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests;
