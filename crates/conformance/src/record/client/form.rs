//! The form of an upload: read to its end by a reader that observes, and by one that reads as servers do.

use rebuttal_model::Level;
use rebuttal_multipart::{
    Boundary, ContentType, Decoding, Diagnosis, Event, Limits, Mode, Parser, PartHead, Severity, ViolationId,
};

use crate::record::finding::{self as rule, Finding};

/// How many violations of one form are told.
const MOST_TOLD: usize = 8;

/// How much of a body is looked through for its own boundary, in bytes.
const LOOKED_AT_BYTES: usize = 8 * 1024;

/// A name as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// As a browser would have meant it.
    pub(crate) percent_decoded: String,
    pub(crate) decoding: Decoding,
    pub(crate) is_lossy: bool,
    /// In bytes from the start of the body.
    pub(crate) offset: u64,
}

/// A part of a form.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Counted from 1.
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) filename: Option<Name>,
    pub(crate) content_type: Option<String>,
    /// Where the content is, in bytes from the start of the body.
    pub(crate) start: u64,
    pub(crate) length: u64,
}

impl Part {
    /// The content of the part in its body.
    pub(crate) fn content<'b>(&self, body: &'b [u8]) -> &'b [u8] {
        let range = usize::try_from(self.start)
            .ok()
            .zip(usize::try_from(self.length).ok());
        range
            .and_then(|(start, length)| body.get(start..start.checked_add(length)?))
            .unwrap_or_default()
    }

    /// Where the part is, as findings say it.
    pub(crate) fn place(&self) -> String {
        format!(
            "part {} ({:?}), byte {} of the body",
            self.number, self.name, self.start
        )
    }
}

/// What became of a form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) parts: Vec<Part>,
    pub(crate) findings: Vec<Finding>,
    /// Whether no server can make sense of it: the contract wants it refused.
    pub(crate) is_broken: bool,
    /// Whether something about it leaves a server the choice to refuse it.
    pub(crate) is_doubtful: bool,
}

/// Reads a form. `hides` says that the body holds a key, so that nothing of it may be shown.
pub(crate) fn read(content_type: &[u8], body: &[u8], hides: bool) -> Form {
    let mut form = Form::default();
    let announced = ContentType::read(content_type, &Mode::Observe.into());
    let own = own_boundary(body);
    let mut diagnoses = announced.diagnoses().to_vec();
    let boundary = match announced.boundary() {
        Ok(boundary) => Some(*boundary),
        Err(stop) => {
            form.is_broken = true;
            diagnoses.push(stop);
            own
        }
    };
    // What no reader takes in the header is broken, whatever the body is.
    if let Err(stop) = ContentType::read(content_type, &Mode::Lenient.into()).boundary() {
        form.is_broken |= is_certain(stop.id);
        form.is_doubtful = true;
    }
    let Some(boundary) = boundary else {
        form.tell(&diagnoses, None, hides);
        return form;
    };
    if let Some(own) = own.filter(|own| *own != boundary && !names(body, &boundary)) {
        form.is_broken = true;
        let found = if hides {
            "another one".to_owned()
        } else {
            format!("{:?}", own.as_str())
        };
        let expected = format!("{:?}, as Content-Type says", boundary.as_str());
        form.findings
            .push(rule::WRONG_BOUNDARY.finding("body, byte 0", expected, found));
        // What the form would have been is worth a look all the same.
        let (parts, _) = observe(own, body);
        form.parts = parts;
        return form;
    }
    let (parts, found) = observe(boundary, body);
    form.parts = parts;
    diagnoses.extend(found);
    // Where a reader stops that reads as servers do.
    let stop = Parser::new(boundary, Mode::Lenient, limits()).check(body).err();
    form.is_broken |= stop.as_ref().is_some_and(|stop| is_certain(stop.id));
    form.is_doubtful |= stop.is_some();
    form.tell(&diagnoses, stop.as_ref(), hides);
    form
}

impl Form {
    /// Makes findings of what a reader reported.
    fn tell(&mut self, diagnoses: &[Diagnosis], stop: Option<&Diagnosis>, hides: bool) {
        let mut told = Vec::new();
        for diagnosis in diagnoses {
            let level = level(diagnosis, stop);
            self.is_doubtful |= level < Level::Obs;
            let mut finding = Finding::of_form(diagnosis, level);
            if hides {
                "(not shown: the request holds a key where none belongs)".clone_into(&mut finding.found);
            }
            told.push(finding);
        }
        told.sort_by_key(|finding| finding.level);
        let more = told.len().saturating_sub(MOST_TOLD);
        told.truncate(MOST_TOLD);
        if let Some(last) = told.last_mut().filter(|_| more > 0) {
            last.found = format!("{} (and {more} more violations of the form)", last.found);
        }
        self.findings.extend(told);
    }
}

/// How grave a violation is: whether servers stop at it, may stop at it, or all read on in the same way.
fn level(diagnosis: &Diagnosis, stop: Option<&Diagnosis>) -> Level {
    let is_stop = stop.is_some_and(|stop| stop.id == diagnosis.id && stop.span == diagnosis.span);
    match (diagnosis.severity, diagnosis.id.severity(Mode::Lenient)) {
        _ if is_stop => Level::Must,
        (Severity::Info, _) => Level::Obs,
        (_, Some(Severity::Error)) => Level::Must,
        (_, Some(Severity::Warning)) | (Severity::Error, _) => Level::Should,
        (Severity::Warning, _) => Level::Obs,
    }
}

/// Whether the contract itself says what becomes of a form with this violation: it has no boundary, another, or is
/// cut short (`upload.broken-multipart`). Others a server may well read.
fn is_certain(id: ViolationId) -> bool {
    use ViolationId as V;
    matches!(
        id,
        V::C01 | V::C02 | V::C03 | V::F02 | V::F10 | V::F11 | V::F12 | V::F15 | V::F16
    )
}

/// A reader's bounds: what is held is read, however large.
fn limits() -> Limits {
    Limits {
        violations: 64,
        header_line_bytes: 16 * 1024,
        header_block_bytes: 32 * 1024,
        disposition_bytes: 8 * 1024,
        filename_bytes: 4 * 1024,
        ..Limits {
            body_bytes: u64::MAX,
            file_bytes: u64::MAX,
            field_bytes: u64::MAX,
            fields_bytes: u64::MAX,
            ..Limits::default()
        }
    }
}

/// The parts of a form and what is wrong with it, read to the end as far as there is a reading.
fn observe(boundary: Boundary, body: &[u8]) -> (Vec<Part>, Vec<Diagnosis>) {
    let mut parser = Parser::new(boundary, Mode::Observe, limits());
    let (mut parts, mut found) = (Vec::new(), Vec::new());
    let mut take = |event: Event<'_>| match event {
        Event::PartBegin(head) => parts.push(part(&head)),
        Event::PartEnd { len, .. } => {
            if let Some(part) = parts.last_mut() {
                part.length = len;
            }
        }
        Event::Violation(diagnosis) => found.push(diagnosis),
        _ => {}
    };
    let mut stop = None;
    let mut events = parser.feed(body);
    loop {
        match events.next_event() {
            Ok(Some(event)) => take(event),
            Ok(None) => break,
            Err(error) => {
                stop = Some(error);
                break;
            }
        }
    }
    if stop.is_none() {
        let mut events = parser.finish();
        loop {
            match events.next_event() {
                Ok(Some(event)) => take(event),
                Ok(None) => break,
                Err(error) => {
                    stop = Some(error);
                    break;
                }
            }
        }
    }
    found.extend(stop);
    (parts, found)
}

fn part(head: &PartHead<'_>) -> Part {
    let filename = head.filename().map(|text| Name {
        percent_decoded: text.percent_decoded().into_owned(),
        decoding: text.decoding(),
        is_lossy: text.is_lossy(),
        offset: text.offset(),
        text: text.as_str().to_owned(),
    });
    Part {
        number: head.index + 1,
        name: head
            .name()
            .map(|name| name.into_cow().into_owned())
            .unwrap_or_default(),
        filename,
        content_type: head
            .content_type()
            .map(|value| String::from_utf8_lossy(value).into_owned()),
        start: head.span.end,
        length: 0,
    }
}

/// Whether a body has a line of this boundary.
fn names(body: &[u8], boundary: &Boundary) -> bool {
    let line = [b"--", boundary.as_bytes()].concat();
    memchr::memmem::find(body, &line).is_some()
}

/// The boundary that the first line with two dashes at its start would have.
fn own_boundary(body: &[u8]) -> Option<Boundary> {
    let start = &body[..body.len().min(LOOKED_AT_BYTES)];
    let mut lines = start.split(|byte| *byte == b'\n');
    let line = lines.find_map(|line| line.strip_prefix(b"--"))?.trim_ascii_end();
    let text = str::from_utf8(line.strip_suffix(b"--").unwrap_or(line)).ok()?;
    if text.contains(['"', '\\']) {
        return None;
    }
    let value = format!("multipart/form-data; boundary=\"{text}\"");
    ContentType::read(value.as_bytes(), &Mode::Lenient.into())
        .boundary()
        .ok()
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
                        abc\r\n--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nx\r\n--b--\r\n";

    #[test]
    fn a_form_is_read_and_what_is_wrong_is_graded() {
        for (name, content_type, body, wanted, broken, doubtful) in [
            (
                "right",
                "multipart/form-data; boundary=b",
                FORM.to_owned(),
                &[][..],
                false,
                false,
            ),
            (
                "no boundary",
                "multipart/form-data",
                FORM.to_owned(),
                &[("C02", Level::Must)],
                true,
                true,
            ),
            (
                "another",
                "multipart/form-data; boundary=c",
                FORM.to_owned(),
                &[("wrong-boundary", Level::Must)],
                true,
                false,
            ),
            (
                "cut",
                "multipart/form-data; boundary=b",
                FORM[..FORM.len() - 9].to_owned(),
                &[("F10", Level::Must)],
                true,
                true,
            ),
            (
                "nothing",
                "multipart/form-data; boundary=b",
                String::new(),
                &[("F16", Level::Must)],
                true,
                true,
            ),
            (
                "line feeds",
                "multipart/form-data; boundary=b",
                FORM.replace("name=\"kind\"\r\n", "name=\"kind\"; name=\"sort\"\r\n"),
                &[("D05", Level::Must)],
                false,
                true,
            ),
            (
                "an extended name",
                "multipart/form-data; boundary=b",
                FORM.replace("filename=\"a.png\"", "filename*=utf-8''a.png"),
                &[("D07", Level::Should)],
                false,
                true,
            ),
        ] {
            let form = read(content_type.as_bytes(), body.as_bytes(), false);
            let found: Vec<_> = form
                .findings
                .iter()
                .map(|it| (it.rule.unwrap_or_default(), it.level))
                .collect();
            assert_eq!(
                (&found[..], form.is_broken, form.is_doubtful),
                (wanted, broken, doubtful),
                "{name}"
            );
        }
    }

    #[test]
    fn parts_are_found_with_their_content() {
        let form = read(b"multipart/form-data; boundary=b", FORM.as_bytes(), false);
        let parts: Vec<_> = form
            .parts
            .iter()
            .map(|part| (part.name.as_str(), part.content(FORM.as_bytes())))
            .collect();
        assert_eq!(parts, [("file", &b"abc"[..]), ("kind", b"x")]);
        assert_eq!(form.parts[0].content_type.as_deref(), Some("image/png"));
    }
}
