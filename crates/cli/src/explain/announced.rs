//! Which boundary a body has: by its `Content-Type`, or by its own first line.

use rebuttal_multipart::{Boundary, ContentType, Diagnosis, Mode};

use super::request::Head;
use crate::shown;

/// How much of a body is looked through for a boundary, in bytes.
pub(super) const LOOKED_AT_BYTES: usize = 8 * 1024;

/// What is said about a body from outside.
#[derive(Debug, Default)]
pub(super) struct Announced {
    /// The value of `Content-Type`; `None` when there was nobody to give one, empty when a request has none.
    pub(super) value: Option<Vec<u8>>,
    /// The boundary to read with.
    pub(super) boundary: Option<Boundary>,
    /// The boundary comes from the body itself.
    pub(super) is_guessed: bool,
    /// What is wrong with the value.
    pub(super) violations: Vec<Diagnosis>,
    pub(super) notes: Vec<String>,
}

impl Announced {
    pub(super) fn new(given: Option<&str>, head: Option<&Head>, start: &[u8], mode: Mode) -> Self {
        let mut announced = Self::default();
        announced.find_value(given, head);
        let guess = guess(start);
        let Some(value) = &announced.value else {
            announced.guess(guess.as_ref());
            return announced;
        };
        let read = ContentType::read(value, &mode.into());
        announced.violations = read.diagnoses().to_vec();
        match read.boundary() {
            Ok(boundary) => {
                announced.boundary = Some(*boundary);
                if let Some(guess) = guess.filter(|guess| guess != boundary) {
                    announced.notes.push(format!(
                        "the first line of the body that begins with two dashes is `--{}`, another boundary than \
                         Content-Type names",
                        shown::plain(guess.as_bytes())
                    ));
                }
            }
            Err(stop) => {
                announced.violations.push(stop);
                if mode == Mode::Observe {
                    announced.guess(guess.as_ref());
                }
            }
        }
        announced
    }

    fn find_value(&mut self, given: Option<&str>, head: Option<&Head>) {
        let mut sent = head.into_iter().flat_map(|head| head.values("content-type"));
        let first = sent.next();
        if sent.next().is_some() {
            self.note("Content-Type stands twice in the request; the first one counts here");
        }
        self.value = match (given, head) {
            (Some(given), Some(_)) => {
                self.note("--content-type was read in place of the request's own Content-Type");
                Some(given.as_bytes().to_vec())
            }
            (Some(given), None) => Some(given.as_bytes().to_vec()),
            (None, Some(_)) => Some(first.unwrap_or_default().to_vec()),
            (None, None) => None,
        };
    }

    fn guess(&mut self, guess: Option<&Boundary>) {
        self.boundary = guess.copied();
        self.is_guessed = guess.is_some();
        if self.is_guessed {
            self.note("the boundary was guessed: it is the body's first line that begins with two dashes");
        }
    }

    fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }
}

/// The boundary that the first line with two dashes at its start would have.
fn guess(start: &[u8]) -> Option<Boundary> {
    let mut lines = start.split(|byte| *byte == b'\n');
    let line = lines.find_map(|line| line.strip_prefix(b"--"))?.trim_ascii_end();
    let text = line.strip_suffix(b"--").unwrap_or(line);
    let text = str::from_utf8(text).ok()?;
    if text.contains(['"', '\\']) {
        return None;
    }
    let value = format!("multipart/form-data; boundary=\"{text}\"");
    let read = ContentType::read(value.as_bytes(), &Mode::Lenient.into());
    read.boundary().ok().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_with_dashes_is_the_guess() {
        for (start, wanted) in [
            (&b"--b\r\nContent"[..], Some("b")),
            (b"\r\n----WebKit\n", Some("--WebKit")),
            (b"text\r\n--a b \r\n", Some("a b")),
            (b"--b--\r\n", Some("b")),
            (b"----\r\n", None),
            (b"--a\"b\r\n", None),
            (b"--\xff\r\n", None),
            (b"{}", None),
            (b"", None),
        ] {
            let guessed = guess(start);
            assert_eq!(
                guessed.as_ref().map(Boundary::as_str),
                wanted,
                "{}",
                start.escape_ascii()
            );
        }
    }
}
