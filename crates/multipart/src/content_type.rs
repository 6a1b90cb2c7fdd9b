//! Reads the `Content-Type` of a request: which boundary, and what is wrong with it.

use std::borrow::Cow;
use std::ops::Range;

use crate::boundary::{Boundary, is_boundary_byte, is_token_byte};
use crate::error::{Diagnosis, Place, Window};
use crate::policy::{Action, Policy};
use crate::violation::{Severity, ViolationId};

/// From how many dashes at its start on a boundary is worth a word (`C15`). Browsers write up to 29.
const MANY_DASHES: usize = 32;

/// What the value of a request's `Content-Type` header says.
///
/// ```
/// use rebuttal_multipart::{ContentType, Mode, ViolationId};
///
/// let read = ContentType::read(b"multipart/form-data; boundary =b", &Mode::Lenient.into());
/// assert_eq!(read.boundary()?.as_str(), "b");
/// assert_eq!(read.diagnoses()[0].id, ViolationId::C09);
/// # Ok::<(), rebuttal_multipart::Diagnosis>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentType {
    outcome: Result<Boundary, Diagnosis>,
    diagnoses: Vec<Diagnosis>,
}

impl ContentType {
    /// Reads the value of the header under a policy.
    ///
    /// Under [`Mode::Observe`](crate::Mode::Observe) what is broken is passed over, and the first boundary counts.
    pub fn read(value: &[u8], policy: &Policy) -> Self {
        let mut cursor = Cursor {
            value,
            at: 0,
            policy,
            diagnoses: Vec::new(),
        };
        let outcome = cursor.read();
        Self {
            outcome,
            diagnoses: cursor.diagnoses,
        }
    }

    /// The boundary.
    ///
    /// # Errors
    ///
    /// Why there is none under the policy.
    pub fn boundary(&self) -> Result<&Boundary, Diagnosis> {
        self.outcome.as_ref().map_err(Clone::clone)
    }

    /// What is wrong besides that, in the order of the value.
    pub fn diagnoses(&self) -> &[Diagnosis] {
        &self.diagnoses
    }
}

/// Offsets in the header's value; the content is without quotes.
struct Parameter {
    name: Range<usize>,
    content: Range<usize>,
    is_quoted: bool,
}

struct Cursor<'v> {
    value: &'v [u8],
    at: usize,
    policy: &'v Policy,
    diagnoses: Vec<Diagnosis>,
}

/// What RFC 2231 allows behind the asterisk of a name: nothing, or the number of a section and perhaps another
/// asterisk.
fn is_section(text: &[u8]) -> bool {
    text.strip_suffix(b"*")
        .unwrap_or(text)
        .iter()
        .all(u8::is_ascii_digit)
}

impl<'v> Cursor<'v> {
    fn read(&mut self) -> Result<Boundary, Diagnosis> {
        self.media_type()?;
        let mut boundary: Option<(Cow<'v, [u8]>, Range<usize>)> = None;
        while let Some(parameter) = self.parameter()? {
            let name = &self.value[parameter.name.clone()];
            let whole = parameter.name.start..self.at;
            match strip_prefix_ignoring_case(name, b"boundary") {
                Some([]) if boundary.is_some() => self.note(ViolationId::C07, whole)?,
                Some([]) => boundary = Some((self.check(&parameter)?, parameter.content)),
                Some([b'*', section @ ..]) if is_section(section) => self.note(ViolationId::C08, whole)?,
                _ => self.note(ViolationId::C14, whole)?,
            }
        }
        let end = self.value.len();
        let Some((text, span)) = boundary else {
            return Err(self.stop(ViolationId::C02, end..end));
        };
        Boundary::tolerated(&text).ok_or_else(|| self.stop(ViolationId::C04, span))
    }

    fn media_type(&mut self) -> Result<(), Diagnosis> {
        self.skip_white_space();
        let start = self.at;
        let rest = strip_prefix_ignoring_case(&self.value[start..], b"multipart/form-data");
        if let Some([] | [b';' | b' ' | b'\t' | b',', ..]) = rest {
            self.at = start + b"multipart/form-data".len();
            return Ok(());
        }
        self.skip_while(|byte| byte != b';');
        self.note(ViolationId::C01, start..self.at)
    }

    fn parameter(&mut self) -> Result<Option<Parameter>, Diagnosis> {
        loop {
            self.skip_white_space();
            match self.peek() {
                None => return Ok(None),
                Some(b';') => self.at += 1,
                Some(_) => {
                    let start = self.at;
                    self.skip_while(|byte| byte != b';');
                    self.note(ViolationId::C10, start..self.at)?;
                    continue;
                }
            }
            self.skip_white_space();
            if self.peek().is_none() {
                return Ok(None); // A semicolon at the end is common and means nothing.
            }
            let start = self.at;
            self.skip_while(is_token_byte);
            let name = start..self.at;
            self.skip_white_space();
            if name.is_empty() || self.peek() != Some(b'=') {
                let bad = self.at;
                self.skip_while(|byte| byte != b';');
                self.note(ViolationId::C10, bad..self.at)?;
                continue;
            }
            self.at += 1;
            let equals = self.at - 1;
            self.skip_white_space();
            if equals > name.end || self.at > equals + 1 {
                let first = if equals > name.end { name.end } else { equals + 1 };
                self.note(ViolationId::C09, first..self.at)?;
            }
            return self.content(name).map(Some);
        }
    }

    fn content(&mut self, name: Range<usize>) -> Result<Parameter, Diagnosis> {
        let is_quoted = self.peek() == Some(b'"');
        let content = if is_quoted {
            self.quoted()?
        } else {
            let start = self.at;
            self.skip_while(|byte| !matches!(byte, b';' | b' ' | b'\t' | b'"' | b','));
            start..self.at
        };
        Ok(Parameter {
            name,
            content,
            is_quoted,
        })
    }

    fn quoted(&mut self) -> Result<Range<usize>, Diagnosis> {
        let opening = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => {
                    self.at = self.value.len();
                    self.note(ViolationId::C10, opening..self.at)?;
                    return Ok(opening + 1..self.at);
                }
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(opening + 1..self.at - 1)
    }

    /// The boundary, without quotes and what escapes them.
    fn check(&mut self, parameter: &Parameter) -> Result<Cow<'v, [u8]>, Diagnosis> {
        let span = parameter.content.clone();
        let mut text = Cow::Borrowed(&self.value[span.clone()]);
        if parameter.is_quoted
            && let Some(backslash) = memchr::memchr(b'\\', &text)
        {
            self.note(
                ViolationId::C11,
                span.start + backslash..(span.start + backslash + 2).min(span.end),
            )?;
            text = Cow::Owned(unescape(&text));
        }
        if text.is_empty() {
            return Err(self.stop(ViolationId::C03, span));
        }
        self.check_bytes(&text, parameter)?;
        if text.ends_with(b" ") {
            self.note(ViolationId::C06, span.end - 1..span.end)?;
        }
        if (Boundary::MAX_BYTES + 1..=Boundary::MAX_TOLERATED_BYTES).contains(&text.len()) {
            self.note(ViolationId::C04, span.clone())?;
        }
        if let [b'\'', .., b'\''] = *text {
            self.note(ViolationId::C13, span.clone())?;
        }
        let dashes = text.iter().take_while(|byte| **byte == b'-').count();
        if dashes == text.len() || dashes >= MANY_DASHES {
            self.note(ViolationId::C15, span.clone())?;
        }
        Ok(text)
    }

    fn check_bytes(&mut self, text: &[u8], parameter: &Parameter) -> Result<(), Diagnosis> {
        if text
            .iter()
            .all(|byte| is_boundary_byte(*byte) && is_token_byte(*byte))
        {
            return Ok(());
        }
        let content = parameter.content.clone();
        // Without backslashes, the text is no longer what stands there byte for byte.
        let is_verbatim = content.len() == text.len();
        let at = |index: usize| {
            if is_verbatim {
                content.start + index..content.start + index + 1
            } else {
                content.clone()
            }
        };
        if let Some(bad) = text.iter().position(|byte| !matches!(byte, b' '..=b'~')) {
            return Err(self.stop(ViolationId::C05, at(bad)));
        }
        if let Some(bad) = text.iter().position(|byte| !is_boundary_byte(*byte)) {
            self.note(ViolationId::C05, at(bad))?;
        }
        let needs_quotes = |byte: &u8| is_boundary_byte(*byte) && !is_token_byte(*byte);
        if !parameter.is_quoted
            && let Some(bad) = text.iter().position(needs_quotes)
        {
            self.note(ViolationId::C12, at(bad))?;
        }
        Ok(())
    }

    fn note(&mut self, id: ViolationId, span: Range<usize>) -> Result<(), Diagnosis> {
        let action = self.policy.action(id);
        match action {
            Action::Deny => return Err(self.stop(id, span)),
            Action::Allow => {}
            Action::Report => {
                let severity = self.policy.severity(id, action);
                let diagnosis = self.diagnosis(id, severity, span);
                self.diagnoses.push(diagnosis);
            }
        }
        Ok(())
    }

    fn stop(&self, id: ViolationId, span: Range<usize>) -> Diagnosis {
        self.diagnosis(id, Severity::Error, span)
    }

    fn diagnosis(&self, id: ViolationId, severity: Severity, span: Range<usize>) -> Diagnosis {
        Diagnosis {
            id,
            severity,
            place: Place::ContentType,
            found: Window::new(self.value.get(span.clone()).unwrap_or_default()),
            span: span.start as u64..span.end as u64,
            part: None,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.value.get(self.at).copied()
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

/// Takes each backslash off what it stands before (RFC 9110 §5.6.4).
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.iter();
    let mut unescaped = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let byte = if *byte == b'\\' { bytes.next() } else { Some(byte) };
        unescaped.extend(byte);
    }
    unescaped
}

fn strip_prefix_ignoring_case<'v>(value: &'v [u8], prefix: &[u8]) -> Option<&'v [u8]> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests;
