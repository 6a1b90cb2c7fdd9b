//! What a request says about where its body ends.

use super::request::Head;
use crate::shown;

/// Columns of a value that are told.
const COLUMNS: usize = 40;

/// Where the body ends, and what is wrong with how that is said.
#[derive(Debug, Default)]
pub(super) struct Framing {
    /// The length of the body, unless something else says where it ends.
    pub(super) length: Option<u64>,
    /// What makes a server refuse the request.
    pub(super) errors: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl Framing {
    pub(super) fn new(head: &Head) -> Self {
        let mut framing = Self::default();
        let is_coded = head.has("transfer-encoding");
        if is_coded && !head.is_chunked() {
            framing.error("chunked is not the last transfer coding (RFC 9112 §6.3): nobody can tell where the body ends");
        }
        if !head.has("content-length") {
            return framing;
        }
        if is_coded {
            framing.error(
                "Transfer-Encoding together with Content-Length (RFC 9112 §6.1): readers disagree on where the \
                 body ends; send one of them",
            );
        }
        framing.read_length(head);
        if is_coded {
            framing.note("Content-Length is passed over for Transfer-Encoding");
            framing.length = None;
        }
        framing
    }

    fn read_length(&mut self, head: &Head) {
        let mut lengths = Vec::new();
        for value in head.values("content-length") {
            for text in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
                let length = str::from_utf8(text)
                    .ok()
                    .and_then(|text| text.parse::<u64>().ok());
                let Some(length) = length.filter(|_| is_number) else {
                    self.errors.push(format!(
                        "Content-Length is no number of bytes: `{}` (RFC 9112 §6.3)",
                        shown::cut(value, COLUMNS)
                    ));
                    return;
                };
                lengths.push(length);
            }
        }
        let first = lengths.first().copied();
        if lengths.iter().any(|length| Some(*length) != first) {
            self.error("Content-Length stands in the request with two values (RFC 9112 §6.3); the first one counts here");
        } else if lengths.len() > 1 {
            self.note("Content-Length stands in the request more than once, with the same value");
        }
        self.length = first;
    }

    fn error(&mut self, text: &str) {
        self.errors.push(text.to_owned());
    }

    fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::request;

    #[test]
    fn what_a_server_refuses_is_an_error() {
        for (headers, length, errors, notes) in [
            ("", None, "", ""),
            ("Content-Length: 5", Some(5), "", ""),
            ("Content-Length: 5x", None, "no number of bytes: `5x`", ""),
            ("Content-Length: +5", None, "no number", ""),
            ("Content-Length:", None, "no number", ""),
            ("Content-Length: 99999999999999999999", None, "no number", ""),
            ("Content-Length: 5, 5", Some(5), "", "more than once"),
            (
                "Content-Length: 5\r\nContent-Length: 5",
                Some(5),
                "",
                "more than once",
            ),
            (
                "Content-Length: 5\r\nContent-Length: 6",
                Some(5),
                "two values",
                "",
            ),
            ("Transfer-Encoding: chunked", None, "", ""),
            ("Transfer-Encoding: gzip", None, "not the last", ""),
            ("Transfer-Encoding: chunked, gzip", None, "not the last", ""),
            (
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                None,
                "§6.1",
                "passed over",
            ),
            (
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                None,
                "§6.1",
                "passed over",
            ),
        ] {
            let head = request::read(format!("POST / HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes());
            let framing = Framing::new(&head.unwrap());
            assert_eq!(framing.length, length, "{headers}");
            for (told, wanted) in [(framing.errors, errors), (framing.notes, notes)] {
                assert_eq!(told.len(), usize::from(!wanted.is_empty()), "{headers}: {told:?}");
                assert!(told.concat().contains(wanted), "{headers}: {told:?}");
            }
        }
    }
}
