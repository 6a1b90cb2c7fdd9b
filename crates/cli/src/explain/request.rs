//! Tells a raw HTTP request from a bare body, and reads its head: leniently, and without showing what may be
//! secret.

use crate::shown;

/// The longest head that is read, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The headers whose values are shown; those of all others, such as `Authorization`, are not.
const SHOWN: [&str; 3] = ["content-type", "content-length", "transfer-encoding"];

/// The headers whose values are kept, to mask them wherever else they stand.
const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    /// As sent, without credentials and query.
    pub(super) target: String,
    pub(super) version: String,
    pub(super) fields: Vec<Field>,
    /// Its length in bytes, blank line included.
    pub(super) bytes: usize,
    /// Whether the blank line is there.
    pub(super) is_whole: bool,
    /// Words of values that must not show.
    pub(super) secrets: Vec<String>,
}

/// A header of the request.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// `None` when it is not to be shown.
    pub(super) value: Option<Vec<u8>>,
}

/// Whether these bytes are or may become the start of a request, as far as its first line tells.
pub(super) fn may_be_request(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.len() < bytes.len() {
        return request_line(line).is_some();
    }
    let method = line.iter().take_while(|byte| is_method_byte(**byte)).count();
    method > 0 && matches!(line.get(method), None | Some(b' '))
}

/// The length of the head with its blank line, when it has ended.
pub(super) fn head_end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        start += line.len();
        if matches!(line, b"\r\n" | b"\n") {
            return Some(start);
        }
    }
    None
}

/// Reads a head; `None` when the bytes do not begin as a request does.
pub(super) fn read(bytes: &[u8]) -> Option<Head> {
    let end = head_end(bytes);
    let bytes = &bytes[..end.unwrap_or(bytes.len())];
    // A lone CR ends a line here, so that no value can hide in another.
    let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    let (method, target, version) = request_line(lines.next()?)?;
    let mut head = Head {
        method,
        target,
        version,
        fields: Vec::new(),
        bytes: bytes.len(),
        is_whole: end.is_some(),
        secrets: Vec::new(),
    };
    for line in lines.filter(|line| !line.is_empty()) {
        head.take(line);
    }
    Some(head)
}

impl Head {
    fn take(&mut self, line: &[u8]) {
        if let [b' ' | b'\t', more @ ..] = line {
            if let Some(Field {
                value: Some(value), ..
            }) = self.fields.last_mut()
            {
                value.push(b' ');
                value.extend_from_slice(more.trim_ascii());
            }
            return;
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let Some(colon) = colon else {
            self.fields.push(Field {
                name: "(a line without a colon)".to_owned(),
                value: None,
            });
            return;
        };
        let name = shown::plain(line[..colon].trim_ascii());
        let value = line[colon + 1..].trim_ascii();
        let is = |known: &&str| name.eq_ignore_ascii_case(known);
        if SECRET.iter().any(is) {
            let words = value.split(|byte| matches!(byte, b' ' | b'=' | b';'));
            let words = words.filter(|word| may_be_key(word));
            self.secrets.extend(words.map(shown::plain));
        }
        let value = SHOWN.iter().any(is).then(|| value.to_vec());
        self.fields.push(Field { name, value });
    }

    /// The values of a header that is shown.
    pub(super) fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let is = move |field: &&Field| field.name.eq_ignore_ascii_case(name);
        self.fields
            .iter()
            .filter(is)
            .filter_map(|field| field.value.as_deref())
    }

    /// Whether there is such a header.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields
            .iter()
            .any(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Whether the last transfer coding is `chunked`.
    pub(super) fn is_chunked(&self) -> bool {
        let last = self.values("transfer-encoding").last().unwrap_or_default();
        let coding = last.rsplit(|byte| *byte == b',').next().unwrap_or_default();
        coding.trim_ascii().eq_ignore_ascii_case(b"chunked")
    }
}

/// Whether a word looks like a key. A file must not choose which words of ours are masked; none looks so.
fn may_be_key(word: &[u8]) -> bool {
    word.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+/_-.".contains(byte))
        && word.iter().any(u8::is_ascii_digit)
}

fn request_line(line: &[u8]) -> Option<(String, String, String)> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let minor = version.strip_prefix(b"HTTP/1.")?;
    let is_method = !method.is_empty() && method.iter().all(|byte| is_method_byte(*byte));
    let is_version = minor.len() == 1 && minor[0].is_ascii_digit() && words.next().is_none();
    (is_method && is_version && !target.is_empty()).then(|| {
        let text = |bytes: &[u8]| shown::plain(bytes);
        (text(method), without_secrets(&text(target)), text(version))
    })
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
    let (scheme, rest) = match path.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), path),
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rfind('@').map_or(0, |at| at + 1);
    let host = if scheme.is_empty() { 0 } else { host };
    format!("{scheme}{}{query}", &rest[host..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_from_bodies() {
        for (bytes, wanted) in [
            (&b"POST /x HTTP/1.1\r\nA: b\r\n\r\n"[..], true),
            (b"GET / HTTP/1.0\n\n", true),
            (b"POST /x HTTP/1.1", true),
            (b"--b\r\nContent-Disposition: form-data\r\n", false),
            (b"POST /x HTTP/2\r\n", false),
            (b"POST /a b HTTP/1.1\r\n", false),
            (b"HTTP/1.1 200 OK\r\n", false),
            (b"{\"a\": 1}", false),
            (b"", false),
        ] {
            assert_eq!(read(bytes).is_some(), wanted, "{}", bytes.escape_ascii());
            if wanted {
                for end in 1..bytes.len() {
                    assert!(may_be_request(&bytes[..end]), "{}", bytes[..end].escape_ascii());
                }
            }
        }
    }

    #[test]
    fn only_three_headers_keep_their_values() {
        let head = read(
            b"POST https://skey_test_1:@h/x?key=2 HTTP/1.1\r\nAuthorization: Basic c2tleTo=\r\n\
              Content-Type: multipart/form-data;\r\n boundary=b\r\nX-Key: 3\rContent-Length:4\nnonsense\r\n\r\nbody",
        )
        .unwrap();
        assert_eq!(head.target, "https://h/x?(not shown)");
        let fields: Vec<_> = head
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field.value.as_deref()))
            .collect();
        assert_eq!(
            fields,
            [
                ("Authorization", None),
                ("Content-Type", Some(&b"multipart/form-data; boundary=b"[..])),
                ("X-Key", None),
                ("Content-Length", Some(b"4")),
                ("(a line without a colon)", None),
            ]
        );
        assert!(
            head.is_whole && head.secrets.contains(&"c2tleTo".to_owned()),
            "{:?}",
            head.secrets
        );
    }

    #[test]
    fn the_last_coding_says_whether_there_are_chunks() {
        for (value, wanted) in [
            ("chunked", true),
            ("gzip, Chunked", true),
            ("chunked, gzip", false),
        ] {
            let head = read(format!("POST / HTTP/1.1\r\nTransfer-Encoding: {value}\r\n\r\n").as_bytes());
            assert_eq!(head.unwrap().is_chunked(), wanted, "{value}");
        }
    }
}
