//! Tells a raw HTTP request from a bare body, and reads its head: leniently, and without showing what may be
//! secret.

use super::{mask, opening};
use crate::shown;

/// The longest head that is read, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The headers whose values are shown; those of all others, such as `Authorization`, are not.
const SHOWN: [&str; 3] = ["content-type", "content-length", "transfer-encoding"];

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    /// As sent, without credentials and query.
    pub(super) target: String,
    /// Empty when the request line has none.
    pub(super) version: String,
    pub(super) fields: Vec<Field>,
    /// Its length in bytes, with what stands before it and the blank line.
    pub(super) bytes: usize,
    /// Values that must not show.
    pub(super) secrets: Vec<Vec<u8>>,
    /// What is odd about how it is written down.
    pub(super) notes: Vec<String>,
}

/// A header of the request.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// `None` when it is not to be shown.
    pub(super) value: Option<Vec<u8>>,
}

/// Whether more bytes may turn these into a request with a whole head.
pub(super) fn may_go_on(bytes: &[u8]) -> bool {
    match opening::find(bytes) {
        Ok(opening) => opening::head_end(bytes, &opening).is_none(),
        Err(may_be) => may_be,
    }
}

/// Reads a head; `None` when the bytes do not begin as a request does.
pub(super) fn read(bytes: &[u8]) -> Option<Head> {
    let opening = opening::find(bytes).ok()?;
    let (end, is_whole) = opening::head_end(bytes, &opening).unwrap_or((bytes.len(), false));
    let mut notes = Vec::new();
    if opening.start > 0 {
        notes.push(format!(
            "{} bytes before the request line were passed over",
            opening.start
        ));
    }
    if opening.is_quoted {
        notes.push("the lines of the head begin with `>`, as curl -v prints them".to_owned());
    }
    if !opening.is_exact {
        notes.push("the request line is not as HTTP/1.1 has it (RFC 9112 §3)".to_owned());
    }
    if !is_whole {
        let place = if end < bytes.len() {
            "the body begins"
        } else {
            "the file ends"
        };
        notes.push(format!(
            "{place} within the head of the request: the blank line is missing"
        ));
    }
    let mut head = Head {
        method: opening.method,
        target: opening.target,
        version: opening.version,
        fields: Vec::new(),
        bytes: end,
        secrets: Vec::new(),
        notes,
    };
    // A lone CR ends a line here, so that no value can hide in another.
    let lines = bytes[opening.start..end].split(|byte| matches!(byte, b'\r' | b'\n'));
    let lines = lines.filter(|line| !line.is_empty()).skip(1);
    for line in lines {
        if !opening.is_quoted {
            head.take(line);
        } else if let (true, line @ [_, ..]) = opening::unquoted(line) {
            head.take(line);
        }
    }
    Some(head)
}

impl Head {
    fn take(&mut self, line: &[u8]) {
        let last = self.fields.last_mut();
        if let ([b' ' | b'\t', more @ ..], Some(field)) = (line, last) {
            let value = match &mut field.value {
                Some(value) => Some(value),
                None if mask::is_credential(field.name.as_bytes()) => self.secrets.last_mut(),
                None => None,
            };
            if let Some(value) = value {
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
        if mask::is_credential(name.as_bytes()) {
            self.secrets.push(value.to_vec());
        }
        let is_shown = SHOWN.iter().any(|known| name.eq_ignore_ascii_case(known));
        let value = is_shown.then(|| value.to_vec());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_headers_keep_their_values() {
        let head = read(
            b"POST https://skey_test_1:@h/x?key=2 HTTP/1.1\r\nAuthorization: Basic\r\n c2tleTo=\r\n\
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
        assert_eq!(head.notes, [""; 0]);
        assert_eq!(head.secrets, [b"Basic c2tleTo="]);
    }

    #[test]
    fn a_head_as_curl_prints_it_is_read_without_its_signs() {
        let head = read(
            b"* Connected\n> POST /x HTTP/2\n> Host: h\n> Cookie: a\n>  b\n* so\n> Content-Type: t\n> \nbody",
        )
        .unwrap();
        let fields = head.fields.iter().map(|field| field.name.as_str());
        assert_eq!(fields.collect::<Vec<_>>(), ["Host", "Cookie", "Content-Type"]);
        assert_eq!(head.values("content-type").next(), Some(&b"t"[..]));
        assert_eq!((head.secrets, head.notes.len()), (vec![b"a b".to_vec()], 3));
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
