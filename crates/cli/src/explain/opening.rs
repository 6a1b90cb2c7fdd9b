//! Finds where the head of a request begins and ends, however it was written down: exactly, for HTTP/2, with odd
//! spacing, or as `curl -v` prints it.

use crate::shown;

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE",
];

/// What a byte order mark is in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A request line.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Opening {
    /// Where its line begins.
    pub(super) start: usize,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) version: String,
    /// Whether it is as RFC 9112 §3 has it.
    pub(super) is_exact: bool,
    /// Whether the lines of the head begin with `>`.
    pub(super) is_quoted: bool,
}

/// The request line that bytes begin with, behind what clients print before it; `Err` when there is none, with
/// whether there may be one once more bytes have come.
pub(super) fn find(bytes: &[u8]) -> Result<Opening, bool> {
    let mut start = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
    for line in bytes[start..].split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        if !is_passed_over(text) {
            // A lone CR ends a line here, so that no value can hide in another.
            let first = line.split(|byte| matches!(byte, b'\r' | b'\n'));
            let first = first.into_iter().find(|line| !line.is_empty());
            let (is_quoted, first) = unquoted(first.unwrap_or_default());
            let opening = request_line(first).map(|opening| Opening {
                start,
                is_quoted,
                ..opening
            });
            return opening.ok_or(!line.ends_with(b"\n"));
        }
        start += line.len();
    }
    Err(true)
}

/// Where the head ends that opens so, and whether its blank line is there.
pub(super) fn head_end(bytes: &[u8], opening: &Opening) -> Option<(usize, bool)> {
    let mut end = opening.start;
    for line in bytes[opening.start..].split_inclusive(|byte| *byte == b'\n') {
        let is_whole = line.ends_with(b"\n");
        let (is_quoted, text) = unquoted(line);
        // Neither does a header line begin so, nor do those of a client that quotes them begin otherwise.
        let is_body = line.starts_with(b"--") || opening.is_quoted && !is_quoted && !is_passed_over(text);
        if is_body && is_whole {
            return Some((end, false));
        }
        end += line.len();
        let is_blank = if opening.is_quoted {
            is_quoted && text.trim_ascii().is_empty()
        } else {
            matches!(line, b"\r\n" | b"\n")
        };
        if is_blank && is_whole {
            return Some((end, true));
        }
    }
    None
}

/// A line without the sign that `curl -v` prints before what it sends.
pub(super) fn unquoted(line: &[u8]) -> (bool, &[u8]) {
    match line {
        [b'>', b' ', text @ ..] | [b'>', text @ ..] => (true, text),
        _ => (false, line),
    }
}

/// What `curl -v` prints about itself, and blank lines.
pub(super) fn is_passed_over(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.is_empty() || text == b"*" || [&b"* "[..], b"{ [", b"} ["].iter().any(|it| text.starts_with(it))
}

fn request_line(line: &[u8]) -> Option<Opening> {
    let words = line.split(|byte| matches!(byte, b' ' | b'\t'));
    let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
    let [method, target, more @ ..] = &words[..] else {
        return None;
    };
    let (version, behind) = match more.split_last() {
        Some((last, behind)) if is_version(last) => (*last, behind),
        _ => (&b""[..], more),
    };
    let is_exact = behind.is_empty()
        && version.len() == 8
        && version.starts_with(b"HTTP/1.")
        && line == [*method, target, version].join(&b' ');
    let is_known = METHODS
        .iter()
        .any(|known| method.eq_ignore_ascii_case(known.as_bytes()));
    let is_upper = method.iter().all(u8::is_ascii_uppercase);
    let is_target = target.starts_with(b"/") || target.contains(&b':') || *target == b"*";
    let may_be = match version {
        b"" => is_known && more.len() < 2 && (target.starts_with(b"/") || target.starts_with(b"http")),
        _ => is_target && (is_known || is_upper),
    };
    (method.iter().all(|byte| is_method_byte(*byte)) && (is_exact || may_be)).then(|| {
        let target = [&[*target], behind].concat().join(&b' ');
        Opening {
            start: 0,
            method: shown::plain(method),
            target: without_secrets(&shown::plain(&target)),
            version: shown::plain(version),
            is_exact,
            is_quoted: false,
        }
    })
}

fn is_version(word: &[u8]) -> bool {
    let is_http = |name: &[u8]| name.eq_ignore_ascii_case(b"HTTP/");
    let number = word.split_at_checked(5).filter(|(name, _)| is_http(name));
    number.is_some_and(|(_, number)| number.first().is_some_and(u8::is_ascii_digit))
}

fn is_method_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Takes credentials and query off a target: both have held keys.
fn without_secrets(target: &str) -> String {
    let (path, query) = match target.split_once('?') {
        Some((path, _)) => (path, "?(not shown)"),
        None => (target, ""),
    };
    let (scheme, rest) = match path.find("//") {
        Some(at) if at == 0 || path[..at].ends_with(':') => path.split_at(at + 2),
        _ => ("", path),
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}{}{query}", &rest[host..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_lines_are_known_however_they_are_written_down() {
        for (bytes, wanted) in [
            (&b"POST /x HTTP/1.1\r\nA: b\r\n\r\n"[..], "POST /x HTTP/1.1"),
            (b"GET / HTTP/1.0\n\n", "GET / HTTP/1.0"),
            (b"purge x HTTP/1.1", "purge x HTTP/1.1"),
            (b"POST /x HTTP/2\r\n", "POST /x HTTP/2 oddly"),
            (b"\r\n\r\nPOST /x HTTP/1.1\r\n", "POST /x HTTP/1.1 at 4"),
            (b"\xef\xbb\xbfPOST /x HTTP/1.1\r\n", "POST /x HTTP/1.1 at 3"),
            (b"POST  /x\tHTTP/1.1 \r\n", "POST /x HTTP/1.1 oddly"),
            (b" post /a b http/1.1\r\n", "post /a b http/1.1 oddly"),
            (
                b"* Trying ::1\r\n> POST /x HTTP/2\r\n",
                "POST /x HTTP/2 oddly at 14 quoted",
            ),
            (b"POST /x\r\n", "POST /x  oddly"),
            (b"POST /x HTTP/1.1\rAuthorization: x\r\n", "POST /x HTTP/1.1"),
            (
                b"CONNECT user:pw@host:443 HTTP/1.1\r\n",
                "CONNECT host:443 HTTP/1.1",
            ),
            (
                b"GET //u:p@h/x?key=2 HTTP/1.1\r\n",
                "GET //h/x?(not shown) HTTP/1.1",
            ),
            (b"GET /x/@me HTTP/1.1\r\n", "GET /x/@me HTTP/1.1"),
            (b"--b\r\nContent-Disposition: form-data\r\n", ""),
            (b"HTTP/1.1 200 OK\r\n", ""),
            (b"we speak HTTP/2\r\n", ""),
            (b"POST it to the office\r\n", ""),
            (b"{\"a\": 1}", ""),
            (b"", ""),
        ] {
            let name = bytes.escape_ascii();
            let Ok(found) = find(bytes) else {
                assert_eq!(wanted, "", "{name}");
                continue;
            };
            let mut told = format!("{} {} {}", found.method, found.target, found.version);
            for (is_so, text) in [
                (!found.is_exact, " oddly".to_owned()),
                (found.start > 0, format!(" at {}", found.start)),
                (found.is_quoted, " quoted".to_owned()),
            ] {
                told.push_str(if is_so { &text } else { "" });
            }
            assert_eq!(told, wanted, "{name}");
            for end in 1..bytes.len() {
                assert_ne!(find(&bytes[..end]), Err(false), "{}", bytes[..end].escape_ascii());
            }
        }
    }

    #[test]
    fn a_head_ends_at_its_blank_line_or_where_no_header_can_be() {
        for (bytes, wanted) in [
            (&b"GET / HTTP/1.1\r\nA: b\r\n\r\nx"[..], Some((24, true))),
            (b"GET / HTTP/1.1\r\n\r\n", Some((18, true))),
            (b"GET / HTTP/1.1\r\nA: b\r\n", None),
            (b"GET / HTTP/1.1\r\nA: b\r\n--b\r\n", Some((22, false))),
            (b"> GET / HTTP/1.1\r\n> A: b\r\n> \r\nx\n", Some((30, true))),
            (b"> GET / HTTP/1.1\n* so\n>\nx", Some((24, true))),
            (b"> GET / HTTP/1.1\n> A: b\nx\n", Some((24, false))),
        ] {
            let opening = find(bytes).unwrap();
            assert_eq!(head_end(bytes, &opening), wanted, "{}", bytes.escape_ascii());
        }
    }
}
