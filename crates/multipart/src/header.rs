//! Finds the end of a part's header block and reads its lines.

mod simple;

use std::ops::Range;

use crate::boundary::is_token_byte;
use crate::disposition::{self, Disposition};
use crate::limits::Limits;
use crate::violation::ViolationId;

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

/// How far a header block has been looked through; places are bytes from the start of the block.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockScan {
    looked: usize,
    line: usize,
    lines: usize,
}

impl BlockScan {
    /// Looks on through `block`, which holds all that has arrived; the length of the block when it ends.
    ///
    /// Finds line ends of the wrong kind, and all that grows past a limit, at the same place however the
    /// block arrives.
    pub(crate) fn find_end(
        &mut self,
        block: &[u8],
        limits: &Limits,
        lf: bool,
        report: &mut impl Report,
    ) -> Result<Option<usize>, Stop> {
        loop {
            let found = memchr::memchr(b'\n', &block[self.looked..]);
            let newline = found.map(|found| self.looked + found);
            self.check_sizes(block, newline, limits, report)?;
            let Some(newline) = newline else {
                self.looked = block.len();
                return Ok(None);
            };
            let has_cr = newline > self.line && block[newline - 1] == b'\r';
            if has_cr == lf {
                note(
                    report,
                    ViolationId::H08,
                    newline - usize::from(has_cr)..newline + 1,
                )?;
            }
            let (start, end) = (self.line, newline - usize::from(has_cr));
            if start == end {
                return Ok(Some(newline + 1));
            }
            self.lines += 1;
            if self.lines > limits.headers {
                report(ViolationId::H13, start..end);
                return Err(Stop);
            }
            self.line = newline + 1;
            self.looked = self.line;
        }
    }

    fn check_sizes(
        &self,
        block: &[u8],
        newline: Option<usize>,
        limits: &Limits,
        report: &mut impl Report,
    ) -> Result<(), Stop> {
        let block_max = limits.header_block_bytes;
        let line_max = self.line.saturating_add(limits.header_line_bytes);
        let end = newline.unwrap_or(block.len());
        let mut line_end = end;
        if line_end > self.line && block[line_end - 1] == b'\r' {
            line_end -= 1; // The line's end, or half of it.
        }
        let id = if line_end > line_max && line_max < block_max {
            ViolationId::H12
        } else if end > block_max || (end == block_max && newline.is_some()) {
            ViolationId::H14
        } else {
            return Ok(());
        };
        let place = if id == ViolationId::H12 {
            line_max
        } else {
            block_max
        };
        report(id, place..place + 1);
        Err(Stop)
    }
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
    /// The block with its folded lines joined, byte for byte; empty when none is folded.
    pub(crate) unfolded: Vec<u8>,
}

impl Headers {
    /// Reads a whole block, its blank line included. Hands every finding to `report` in the order of the
    /// lines, and stops when that answers false.
    pub(crate) fn read(&mut self, block: &[u8], limits: &Limits, report: &mut impl Report) {
        self.fields.clear();
        self.content_type = None;
        self.disposition = Disposition::default();
        self.unfolded.clear();
        let mut unfolded = std::mem::take(&mut self.unfolded);
        let _stopped = self.read_lines(block, &mut unfolded, limits, report);
        self.unfolded = unfolded;
    }

    fn read_lines(
        &mut self,
        block: &[u8],
        unfolded: &mut Vec<u8>,
        limits: &Limits,
        report: &mut impl Report,
    ) -> Result<(), Stop> {
        let mut seen = Seen::default();
        let mut start = 0;
        while let Some((mut end, mut next)) = line(block, start) {
            while matches!(block.get(next), Some(b' ' | b'\t')) {
                let Some((more, after)) = line(block, next) else {
                    break;
                };
                note(report, ViolationId::H06, next..more)?;
                if unfolded.is_empty() {
                    unfolded.extend_from_slice(block);
                }
                unfolded[end..next].fill(b' ');
                (end, next) = (more, after);
            }
            let text = if unfolded.is_empty() { block } else { &unfolded[..] };
            if let Some(field) = field(text, start..end, report)? {
                let known = Known::of(&text[field.name.clone()]);
                self.take(text, &field, known, &mut seen, limits, report)?;
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
                self.disposition = disposition::parse(block, field.value.clone(), limits, report)?;
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
    Ok(None)
}

/// Control bytes, and what is not UTF-8.
fn check_bytes(value: &[u8], start: usize, report: &mut impl Report) -> Result<(), Stop> {
    let is_odd = |byte: &u8| !(b' '..=b'~').contains(byte) && *byte != b'\t';
    if !value.iter().any(is_odd) {
        return Ok(());
    }
    let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    if let Some(bad) = value.iter().position(control) {
        let id = if value[bad] == b'\r' {
            ViolationId::H08
        } else {
            ViolationId::H09
        };
        note(report, id, start + bad..start + bad + 1)?;
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
    if starts_with_ignoring_case(value, b"multipart/mixed") {
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
