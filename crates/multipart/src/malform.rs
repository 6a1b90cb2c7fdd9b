//! For each violation, a small request that has it.

use std::ops::Range;

use crate::error::Place;
use crate::limits::Limits;
use crate::violation::ViolationId;

/// A request that breaks one rule, and what this crate's reader says of it.
///
/// What is predicted holds in [`Mode::Observe`](crate::Mode::Observe); stricter modes stop at the first
/// violation that they deny.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Malformed {
    /// The value of `Content-Type`.
    pub content_type: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
    /// What `Content-Length` says; the length of the body for all but `F21`.
    pub content_length: u64,
    /// The limits under which the rule is broken: the default ones, but for rules about the size of a body
    /// or its parts, which small bodies break under small limits.
    pub limits: Limits,
    /// The rule.
    pub id: ViolationId,
    /// What the span is counted in.
    pub place: Place,
    /// The bytes that break it.
    pub span: Range<u64>,
    /// What no request can do without that breaks this rule, and is reported before it.
    pub beside: &'static [ViolationId],
}

/// The smallest request that breaks this rule and, but for [`Malformed::beside`], no other.
///
/// `None` for misuse of a reader (`X01`, `X02`), which no request can be blamed for. For forms of one's own
/// that break a rule, see [`Form::to_broken`](crate::Form::to_broken).
///
/// ```
/// use rebuttal_multipart::{Boundary, Mode, Parser, ViolationId, malform};
///
/// let request = malform(ViolationId::D05).expect("a rule about requests");
/// let boundary = Boundary::from_content_type(&request.content_type)?;
/// let mut parser = Parser::new(boundary, Mode::Strict, request.limits);
/// let error = parser.feed(&request.body).next_event().unwrap_err();
/// assert_eq!((error.id, error.span), (request.id, request.span));
/// # Ok::<(), rebuttal_multipart::Diagnosis>(())
/// ```
pub fn malform(id: ViolationId) -> Option<Malformed> {
    let defaults = Limits::default();
    let mut limits = Limits::default();
    let template = match id {
        ViolationId::X01 | ViolationId::X02 => return None,
        ViolationId::C04 => return Some(content_type(id, &format!("‹{}›", "b".repeat(71)))),
        ViolationId::F02 => {
            limits.preamble_bytes = 1;
            in_body("x‹y›\r\n--b\r\n{N}v\r\n--b--\r\n")
        }
        ViolationId::F06 => {
            let padding = " ".repeat(defaults.padding_bytes);
            in_body(&format!("--b{padding}‹ ›\r\n{{N}}v\r\n--b--\r\n"))
        }
        ViolationId::H12 => in_block(&format!("X: {}‹a›", "a".repeat(defaults.header_line_bytes - 3))),
        ViolationId::H13 => in_block(&format!("{}‹X: a›", "X: a\r\n".repeat(defaults.headers))),
        ViolationId::H14 => {
            let line = format!("X: {}\r\n", "a".repeat(defaults.header_line_bytes - 5));
            in_block(&format!(
                "{}‹X›: a",
                line.repeat(defaults.header_block_bytes / line.len())
            ))
        }
        ViolationId::D22 => {
            let rest = defaults.disposition_bytes - r#"form-data; name=n; x=""#.len();
            in_disposition(&format!(r#"name=n; x="{}‹a›""#, "a".repeat(rest)))
        }
        ViolationId::D24 => in_disposition(&format!("name={}‹a›", "a".repeat(defaults.name_bytes))),
        ViolationId::L01 => {
            limits.body_bytes = 4;
            in_body("--b\r‹\n›{N}v\r\n--b--\r\n")
        }
        ViolationId::L02 => {
            limits.parts = 0;
            in_body("--b\r\n‹›{N}v\r\n--b--\r\n")
        }
        ViolationId::L03 => {
            limits.files = 0;
            in_disposition(r#"name="n"; filename="‹a›""#)
        }
        ViolationId::L04 => {
            limits.field_bytes = 1;
            in_body("--b\r\n{N}v‹w›\r\n--b--\r\n")
        }
        ViolationId::L05 => {
            limits.file_bytes = 1;
            in_body("--b\r\nContent-Disposition: form-data; name=n; filename=a\r\n\r\nv‹w›\r\n--b--\r\n")
        }
        ViolationId::L06 => {
            limits.fields_bytes = 1;
            in_body("--b\r\n{N}v\r\n--b\r\n{N}‹w›\r\n--b--\r\n")
        }
        ViolationId::L08 => {
            limits.epilogue_bytes = 1;
            in_body("--b\r\n{N}v\r\n--b--\r\nx‹y›")
        }
        ViolationId::L09 => {
            limits.violations = 0;
            in_body("--b‹ ›\r\n{N}v\r\n--b--\r\n")
        }
        _ => match small(id) {
            Small::ContentType(value) => return Some(content_type(id, value)),
            Small::Body(body) => in_body(body),
            Small::Block(lines) => in_block(lines),
            Small::Disposition(parameters) => in_disposition(parameters),
        },
    };
    let (body, span) = marked(&template);
    let length = body.len() as u64;
    let (content_length, span) = if id == ViolationId::F21 {
        (length + 1, length..length + 1)
    } else {
        (length, span)
    };
    Some(Malformed {
        content_type: b"multipart/form-data; boundary=b".to_vec(),
        body,
        content_length,
        limits,
        id,
        place: Place::Body,
        span,
        beside: beside(id),
    })
}

/// What cannot be had without another violation.
const fn beside(id: ViolationId) -> &'static [ViolationId] {
    match id {
        ViolationId::F02 | ViolationId::F03 => &[ViolationId::F01],
        ViolationId::F06 => &[ViolationId::F05],
        ViolationId::D08 | ViolationId::D09 => &[ViolationId::D07],
        ViolationId::L08 => &[ViolationId::F13],
        _ => &[],
    }
}

/// A template: the bytes between `‹` and `›` break the rule, `¿` is the byte 0xE9, and `{N}` the header block
/// of a field.
enum Small {
    /// The parameters of a `Content-Type`, or all of it.
    ContentType(&'static str),
    Body(&'static str),
    /// Header lines before the disposition, without the last line end.
    Block(&'static str),
    /// Behind `form-data; `.
    Disposition(&'static str),
}

const fn small(id: ViolationId) -> Small {
    use Small::{Block, Body, ContentType, Disposition};
    match id {
        ViolationId::C01 => ContentType("‹multipart/mixed›; boundary=b"),
        ViolationId::C02 => ContentType("multipart/form-data‹›"),
        ViolationId::C03 => ContentType("‹›"),
        ViolationId::C05 => ContentType("b‹#›b"),
        ViolationId::C06 => ContentType("\"b‹ ›\""),
        ViolationId::C07 => ContentType("b; ‹boundary=c›"),
        ViolationId::C08 => ContentType("b; ‹boundary*=UTF-8''b›"),
        ViolationId::C09 => ContentType("‹ ›b"),
        ViolationId::C10 => ContentType("b‹, c›"),
        ViolationId::C11 => ContentType(r#""‹\b›""#),
        ViolationId::C12 => ContentType("b‹:›b"),
        ViolationId::C13 => ContentType("‹'b'›"),
        ViolationId::C14 => ContentType("b; ‹charset=utf-8›"),
        ViolationId::C15 => ContentType("‹---›"),

        ViolationId::F01 => Body("‹x›\r\n--b\r\n{N}v\r\n--b--\r\n"),
        ViolationId::F03 => Body("x‹--b›\r\n--b\r\n{N}v\r\n--b--\r\n"),
        ViolationId::F04 => Body("--b‹x›\r\n{N}v\r\n--b--\r\n"),
        ViolationId::F05 => Body("--b‹ ›\r\n{N}v\r\n--b--\r\n"),
        ViolationId::F07 => Body("--b‹\n›Content-Disposition: form-data; name=n\n\nv\n--b--\n"),
        ViolationId::F08 => Body("--b‹\r›{N}v\r\n--b--\r\n"),
        ViolationId::F09 => Body("--b\r\n{N}v\n‹--b›\r\n--b--\r\n"),
        ViolationId::F10 => Body("--b\r\n{N}v‹›"),
        ViolationId::F11 => Body("--b\r\n{N}v\r\n--b‹›"),
        ViolationId::F12 => Body("--b\r\nContent-Disposition‹›"),
        ViolationId::F13 => Body("--b\r\n{N}v\r\n--b--\r\n‹x›"),
        ViolationId::F14 => Body("--b\r\n{N}v\r\n--b--\r\n‹--b›\r\n{N}v"),
        ViolationId::F15 => Body("‹--b›--\r\n"),
        ViolationId::F16 => Body("‹›"),
        ViolationId::F17 => Body("--b\r\n{N}‹--b›--\r\n"),
        ViolationId::F20 => Body("--b\r\n{N}v‹--b›\r\n--b--\r\n"),

        ViolationId::H01 => Body("--b\r\n‹\r\n›v\r\n--b--\r\n"),
        ViolationId::H02 => Block("‹X›"),
        ViolationId::H03 => Block("‹: x›"),
        ViolationId::H04 => Block("X‹@›Y: x"),
        ViolationId::H05 => Block("Content-Type‹ ›: text/plain"),
        ViolationId::H06 => Block("Content-Type: text/plain;\r\n‹ charset=utf-8›"),
        ViolationId::H07 => Block("‹ X: y›"),
        ViolationId::H08 => Body("--b\r\nContent-Disposition: form-data; name=n‹\n›\r\nv\r\n--b--\r\n"),
        ViolationId::H09 => Disposition("name=\"‹\0›\""),
        ViolationId::H11 => Disposition("name=\"‹¿›\""),
        ViolationId::H15 => Body(
            "--b\r\nContent-Disposition: form-data; name=n\r\n‹Content-Disposition: form-data; name=m›\r\n\r\nv\r\n--b--\r\n",
        ),
        ViolationId::H16 => Block("Content-Type: text/plain\r\n‹Content-Type: text/html›"),
        ViolationId::H17 => Block("‹X: y›"),
        ViolationId::H18 => Block("‹Content-Length: 1›"),
        ViolationId::H19 => Block("Content-Transfer-Encoding: ‹8bit›"),
        ViolationId::H20 => Block("Content-Transfer-Encoding: ‹base64›"),
        ViolationId::H21 => Block("Content-Type: ‹multipart/mixed; boundary=c›"),
        ViolationId::H22 => Block("Content-Type: ‹png›"),
        ViolationId::H23 => Block("Content-Type: ‹text/plain; charset=latin1›"),

        ViolationId::D01 => Body("--b\r\n‹Content-Type: text/plain\r\n\r\n›v\r\n--b--\r\n"),
        ViolationId::D02 => Body("--b\r\nContent-Disposition: ‹attachment›; name=n\r\n\r\nv\r\n--b--\r\n"),
        ViolationId::D03 => Body("--b\r\nContent-Disposition: ‹form-data›\r\n\r\nv\r\n--b--\r\n"),
        ViolationId::D04 => Disposition(r#"name="‹›""#),
        ViolationId::D05 => Disposition("name=n; ‹name=m›"),
        ViolationId::D06 => Disposition("name=n; filename=a; ‹filename=b›"),
        ViolationId::D07 => Disposition("name=n; ‹filename*=UTF-8''a›"),
        ViolationId::D08 => Disposition("name=n; filename=a; ‹filename*=UTF-8''b›"),
        ViolationId::D09 => Disposition("name=n; filename*=UTF-8''‹%zz›"),
        ViolationId::D10 => Disposition("name=n; ‹filename*0=a›"),
        ViolationId::D11 => Disposition("name=n; filename=a‹@b›"),
        ViolationId::D12 => Disposition("name=n; filename=‹\"a›"),
        ViolationId::D13 => Disposition(r#"name="n"‹m›"#),
        ViolationId::D14 => Disposition("name=‹'n'›"),
        ViolationId::D15 => Disposition(r#"name="a‹\"›b""#),
        ViolationId::D16 => Disposition(r#"name="a‹\b›""#),
        ViolationId::D17 => Disposition(r#"name="n‹\"›"#),
        ViolationId::D18 => Disposition(r#"name="‹a%22b›""#),
        ViolationId::D19 => Disposition(r#"name="‹a%0D%0Ab›""#),
        ViolationId::D20 => Disposition(r#"name=n; filename="‹../a›""#),
        ViolationId::D21 => Disposition(r#"name="‹=?utf-8?B?bg==?=›""#),
        ViolationId::D23 => Disposition("name=n; ‹x=y›"),
        ViolationId::D25 => Disposition("name=n; filename=\"‹a\u{202e}gnp.exe›\""),
        ViolationId::D26 => {
            Body("--b\r\nContent-Disposition: form-data; name=_charset_\r\n\r\n‹latin1›\r\n--b--\r\n")
        }
        ViolationId::D27 => Disposition("‹NAME›=n"),
        ViolationId::D29 => Disposition("name=n ‹m›"),
        ViolationId::D30 => Disposition(r#"name="‹n; name=m›""#),
        // Made from the limits, or from lengths, above.
        _ => Body("--b\r\n{N}v\r\n--b--\r\n"),
    }
}

fn in_body(body: &str) -> String {
    body.replace("{N}", "Content-Disposition: form-data; name=n\r\n\r\n")
}

fn in_block(lines: &str) -> String {
    in_body(&format!("--b\r\n{lines}\r\n{{N}}v\r\n--b--\r\n"))
}

fn in_disposition(parameters: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {parameters}\r\n\r\nv\r\n--b--\r\n")
}

/// A request whose `Content-Type` breaks a rule, with a body that has its boundary.
fn content_type(id: ViolationId, template: &str) -> Malformed {
    let whole = if template.contains("multipart/") {
        template.to_owned()
    } else {
        format!("multipart/form-data; boundary={template}")
    };
    let (content_type, span) = marked(&whole);
    let boundary = crate::ContentType::read(&content_type, &crate::Mode::Observe.into());
    let boundary = boundary
        .boundary()
        .map_or("b".to_owned(), |it| it.as_str().to_owned());
    let body = in_body(&format!("--{boundary}\r\n{{N}}v\r\n--{boundary}--\r\n")).into_bytes();
    Malformed {
        content_type,
        content_length: body.len() as u64,
        body,
        limits: Limits::default(),
        id,
        place: Place::ContentType,
        span,
        beside: &[],
    }
}

/// The bytes of a template, and where its marks are.
pub(crate) fn marked(template: &str) -> (Vec<u8>, Range<u64>) {
    let mut bytes = Vec::with_capacity(template.len());
    let mut span = 0..0;
    for character in template.chars() {
        match character {
            '‹' => span.start = bytes.len() as u64,
            '›' => span.end = bytes.len() as u64,
            '¿' => bytes.push(0xe9),
            other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    (bytes, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContentType, Diagnosis, Event, Mode, Parser, Severity};

    /// All that a reader says of a request, cut into pieces of one size.
    fn read(request: &Malformed, mode: Mode, size: usize) -> Vec<Diagnosis> {
        let read = ContentType::read(&request.content_type, &mode.into());
        let mut said = read.diagnoses().to_vec();
        let boundary = match read.boundary() {
            Ok(boundary) => *boundary,
            Err(error) => {
                said.push(error);
                return said;
            }
        };
        let mut parser =
            Parser::new(boundary, mode, request.limits.clone()).expecting(request.content_length);
        for chunk in request.body.chunks(size).map(Some).chain([None]) {
            let mut events = match chunk {
                Some(chunk) => parser.feed(chunk),
                None => parser.finish(),
            };
            loop {
                match events.next_event() {
                    Ok(Some(Event::Violation(it))) => said.push(it),
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => {
                        said.push(error);
                        return said;
                    }
                }
            }
        }
        said
    }

    #[test]
    fn each_request_has_its_violation_and_no_other() {
        for id in ViolationId::ALL {
            let Some(request) = malform(*id) else {
                assert!(id.as_str().starts_with('X'), "{id}");
                continue;
            };
            for size in [1, 7, usize::MAX] {
                let said = read(&request, Mode::Observe, size);
                let ids: Vec<_> = said.iter().map(|it| it.id).collect();
                let wanted = [request.beside, &[*id]].concat();
                assert_eq!(ids, wanted, "{id}: {}", request.body.escape_ascii());
                let last = &said[said.len() - 1];
                assert_eq!(
                    (last.place, &last.span),
                    (request.place, &request.span),
                    "{id}: {}",
                    request.body.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn strict_mode_stops_at_each_error_and_lenient_mode_at_no_more() {
        for id in ViolationId::ALL {
            let Some(request) = malform(*id) else { continue };
            let is_error = |mode| {
                let all = [request.beside, &[*id]].concat();
                all.iter().any(|it| it.severity(mode) == Some(Severity::Error))
            };
            for mode in [Mode::Strict, Mode::Lenient] {
                let said = read(&request, mode, usize::MAX);
                let stopped = said.last().is_some_and(|it| it.severity == Severity::Error);
                assert_eq!(stopped, is_error(mode), "{id}, {mode:?}: {said:?}");
            }
        }
    }

    #[test]
    fn what_none_of_them_has_is_no_violation() {
        let mut valid = content_type(ViolationId::C02, "b");
        valid.span = 0..0;
        for mode in [Mode::Strict, Mode::Lenient, Mode::Observe] {
            assert_eq!(read(&valid, mode, usize::MAX), []);
        }
    }
}
