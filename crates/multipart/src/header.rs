//! Finds the end of a part's header block and reads its lines.

use std::ops::Range;

use crate::boundary::is_token_byte;
use crate::disposition::{self, Disposition};
use crate::limits::Limits;
use crate::violation::ViolationId;

/// How far a header block has been looked through; places are bytes from the start of the block.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockScan {
    looked: usize,
    line: usize,
    lines: usize,
}

/// What a violation is, and where in the block.
pub(crate) type Defect = (ViolationId, usize);

impl BlockScan {
    /// Looks on through `block`, which holds all that has arrived; the length of the block when it ends.
    ///
    /// Finds whatever keeps the lines from being told apart, and all that grows past a limit, at the same
    /// place however the block arrives.
    pub(crate) fn find_end(&mut self, block: &[u8], limits: &Limits) -> Result<Option<usize>, Defect> {
        let block_max = limits.header_block_bytes;
        loop {
            let found = memchr::memchr2(b'\r', b'\n', &block[self.looked..]);
            let at = found.map_or(block.len(), |found| self.looked + found);
            let line_max = self.line.saturating_add(limits.header_line_bytes);
            if at > line_max && line_max < block_max {
                return Err((ViolationId::H12, line_max));
            }
            if at > block_max || (at == block_max && found.is_some()) {
                return Err((ViolationId::H14, block_max));
            }
            if found.is_none() {
                self.looked = at;
                return Ok(None);
            }
            if block[at] == b'\n' {
                return Err((ViolationId::H08, at));
            }
            match block.get(at + 1) {
                None => {
                    self.looked = at;
                    return Ok(None);
                }
                Some(_) if at + 1 == block_max => return Err((ViolationId::H14, block_max)),
                Some(b'\n') => {}
                Some(_) => return Err((ViolationId::H08, at)),
            }
            if at == self.line {
                return Ok(Some(at + 2));
            }
            self.lines += 1;
            if self.lines > limits.headers {
                return Err((ViolationId::H13, self.line));
            }
            self.line = at + 2;
            self.looked = self.line;
        }
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
#[derive(Debug, Default)]
pub(crate) struct Headers {
    pub(crate) fields: Vec<Field>,
    pub(crate) disposition: Disposition,
    pub(crate) content_type: Option<Range<usize>>,
}

impl Headers {
    /// Reads a whole block, its blank line included. Hands every finding to `report` with its place in the
    /// block, in the order of the lines, and stops when that answers false or nothing can be read.
    pub(crate) fn read(
        &mut self,
        block: &[u8],
        limits: &Limits,
        report: &mut dyn FnMut(ViolationId, usize) -> bool,
    ) {
        self.fields.clear();
        self.content_type = None;
        self.disposition = Disposition::default();
        let mut seen = Seen::default();
        let mut start = 0;
        while let Some(len) = memchr::memchr(b'\r', &block[start..]) {
            if len == 0 {
                break;
            }
            let Some(field) = field(block, start..start + len, report) else {
                return;
            };
            let known = Known::of(&block[field.name.clone()]);
            if !self.take(block, &field, known, &mut seen, limits, report) {
                return;
            }
            self.fields.push(field);
            start += len + 2;
        }
        if self.fields.is_empty() {
            report(ViolationId::H01, 0);
        } else if !seen.has(Known::Disposition) {
            report(ViolationId::D01, 0);
        }
    }

    /// Looks at one header by its name; false to stop.
    fn take(
        &mut self,
        block: &[u8],
        field: &Field,
        known: Known,
        seen: &mut Seen,
        limits: &Limits,
        report: &mut dyn FnMut(ViolationId, usize) -> bool,
    ) -> bool {
        let name = field.name.start;
        let value = &block[field.value.clone()];
        match known {
            Known::Disposition => {
                if seen.again(known) {
                    report(ViolationId::H15, name);
                    return false;
                }
                let mut goes_on = true;
                self.disposition = disposition::parse(block, field.value.clone(), limits, &mut |id, at| {
                    goes_on = report(id, at);
                    goes_on
                });
                goes_on
            }
            Known::Type | Known::Encoding | Known::Length if seen.again(known) => {
                report(ViolationId::H16, name)
            }
            Known::Type => {
                self.content_type = Some(field.value.clone());
                if !is_media_type(value) {
                    report(ViolationId::H22, field.value.start)
                } else if starts_with_ignoring_case(value, b"multipart/mixed") {
                    report(ViolationId::H21, field.value.start)
                } else {
                    true
                }
            }
            Known::Encoding => {
                let identity: [&[u8]; 3] = [b"7bit", b"8bit", b"binary"];
                let harmless = identity.iter().any(|known| value.eq_ignore_ascii_case(known));
                report(
                    if harmless {
                        ViolationId::H19
                    } else {
                        ViolationId::H20
                    },
                    field.value.start,
                )
            }
            Known::Length => report(ViolationId::H18, name),
            Known::Other => report(ViolationId::H17, name),
        }
    }
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

/// Splits one line at its colon and checks its bytes; `None` to stop.
fn field(
    block: &[u8],
    line: Range<usize>,
    report: &mut dyn FnMut(ViolationId, usize) -> bool,
) -> Option<Field> {
    let text = &block[line.clone()];
    if matches!(text[0], b' ' | b'\t') {
        report(
            if line.start == 0 {
                ViolationId::H07
            } else {
                ViolationId::H06
            },
            line.start,
        );
        return None;
    }
    let Some(colon) = memchr::memchr(b':', text) else {
        report(ViolationId::H02, line.start);
        return None;
    };
    let name_len = text[..colon].trim_ascii_end().len();
    if name_len == 0 {
        report(ViolationId::H03, line.start);
        return None;
    }
    if let Some(bad) = text[..name_len].iter().position(|byte| !is_token_byte(*byte)) {
        report(ViolationId::H04, line.start + bad);
        return None;
    }
    if name_len < colon && !report(ViolationId::H05, line.start + name_len) {
        return None;
    }
    let value = &text[colon + 1..];
    let start = line.start + colon + 1;
    if let Some(bad) = value
        .iter()
        .position(|byte| byte.is_ascii_control() && *byte != b'\t')
    {
        report(ViolationId::H09, start + bad);
        return None;
    }
    if let Err(error) = std::str::from_utf8(value)
        && !report(ViolationId::H11, start + error.valid_up_to())
    {
        return None;
    }
    let start = start + (value.len() - value.trim_ascii_start().len());
    let end = start + value.trim_ascii().len();
    Some(Field {
        name: line.start..line.start + name_len,
        value: start..end,
    })
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

fn starts_with_ignoring_case(value: &[u8], prefix: &[u8]) -> bool {
    value
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests;
