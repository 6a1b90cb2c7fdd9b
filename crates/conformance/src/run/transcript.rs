//! Exchanges as people read them: masked, and cut where long.

use std::{fmt::Write, time::Duration};

use super::{curl, session::Session};
use crate::{
    redact::Secrets,
    transport::{Outcome, Tape},
    verdict::Exchange,
};

/// How much of a body is shown, in characters.
const SHOWN_CHARS: usize = 1_200;

/// The longest form of a key that is looked for, in bytes: one of the usual length, each letter escaped.
const LONGEST_FORM: usize = 512;

/// An exchange as it went over the wire. It is made fit to read only where somebody will read it.
pub(crate) struct Recording {
    step: usize,
    tape: Tape,
    error: Option<String>,
    elapsed: Duration,
}

impl Recording {
    /// Takes the tape of an outcome.
    pub(crate) fn new(step: usize, outcome: &mut Outcome) -> Self {
        Self {
            step,
            tape: std::mem::take(&mut outcome.tape),
            error: outcome.result.as_ref().err().map(ToString::to_string),
            elapsed: outcome.elapsed,
        }
    }

    /// The step that it belongs to.
    pub(crate) fn step(&self) -> usize {
        self.step
    }

    /// Whether there was no answer.
    pub(crate) fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// The request, fit to read.
    pub(crate) fn request(&self, secrets: &Secrets) -> String {
        message(&self.tape.sent, self.tape.sent_bytes, secrets)
    }

    /// The exchange, fit to read.
    pub(crate) fn exchange(&self, session: &Session) -> Exchange {
        let secrets = &session.secrets;
        let Tape {
            received,
            received_bytes,
            ..
        } = &self.tape;
        let response = (*received_bytes > 0).then(|| message(received, *received_bytes, secrets));
        Exchange {
            step: self.step,
            request: self.request(secrets),
            response,
            error: self.error.as_deref().map(|error| secrets.mask(error)),
            curl: curl::command(&self.tape, session),
            duration_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// A message as text: its head whole, its body as far as it is text and not too long.
fn message(kept: &[u8], total: u64, secrets: &Secrets) -> String {
    let split = kept
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(kept.len(), |at| at + 4);
    let (head, body) = kept.split_at(split);
    // A key that is cut is not recognised: what may be the start of one at the end of the tape is dropped, and
    // the body is masked before it is shortened.
    let whole = total <= kept.len() as u64;
    let body = if whole {
        body
    } else {
        &body[..body.len().saturating_sub(LONGEST_FORM)]
    };
    let body = masked(head, body, secrets);
    let shown: String = body.chars().take(SHOWN_CHARS).collect();
    let mut text = secrets.mask(&readable(head));
    text.push_str(&shown);
    if !whole || shown.len() < body.len() {
        let _ = write!(text, "\n[cut here; the message has {total} bytes]");
    }
    mask_authorization(&text)
}

/// A body without keys. One in chunks is joined first, since a key may run over their seams.
fn masked(head: &[u8], body: &[u8], secrets: &Secrets) -> String {
    let is_chunked = String::from_utf8_lossy(head).lines().any(|line| {
        line.split_once(':').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().contains("chunked")
        })
    });
    if is_chunked {
        let joined = readable(&curl::chunks(body).0);
        let shown = secrets.mask(&joined);
        if shown != joined {
            return format!("[chunks, joined here since they show a key]\n{shown}");
        }
    }
    secrets.mask(&readable(body))
}

/// Lines of text as they are; of lines that are not text, only how long they are.
fn readable(bytes: &[u8]) -> String {
    let (mut text, mut opaque) = (String::with_capacity(bytes.len()), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_text = |line: &&str| {
            line.chars()
                .all(|it| !it.is_control() || matches!(it, '\r' | '\n' | '\t'))
        };
        match str::from_utf8(line).ok().filter(is_text) {
            // What stands between two lines that are no text is no text either, if it is but a word.
            Some(line) if opaque == 0 || line.trim_end().len() > 3 => {
                if opaque > 0 {
                    let _ = writeln!(text, "[{opaque} bytes that are not text]");
                }
                opaque = 0;
                text.push_str(&line.replace('\r', ""));
            }
            _ => opaque += line.len(),
        }
    }
    if opaque > 0 {
        let _ = write!(text, "[{opaque} bytes that are not text]");
    }
    text
}

/// Masks credentials by the name of their header too, whatever they are.
fn mask_authorization(text: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for line in &mut lines {
        if line.len() > 14 && line.as_bytes()[..14].eq_ignore_ascii_case(b"authorization:") {
            let scheme = line[14..]
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned();
            let basic = scheme.eq_ignore_ascii_case("basic") || scheme.eq_ignore_ascii_case("bearer");
            *line = if basic {
                format!("{} {scheme} ***", &line[..14])
            } else {
                format!("{} ***", &line[..14])
            };
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_binary_bodies_are_made_fit_to_read() {
        let kept =
            b"POST / HTTP/1.1\r\nAuthorization: Basic c2tleQ==\r\n\r\n\x89PNG\r\n\x1a\n\x00\r\ncaf\xc3\xa9";
        let text = message(kept, kept.len() as u64, &Secrets::default());
        assert_eq!(
            text,
            "POST / HTTP/1.1\nAuthorization: Basic ***\n\n[11 bytes that are not text]\ncafé"
        );
    }

    #[test]
    fn a_key_that_runs_over_chunks_is_masked() {
        let key = "skey_test_5xuy4w91xqz7d1w9u0t";
        let head = b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n";
        let body = b"c\r\nno skey_test\r\n8\r\n_5xuy4w9\r\nd\r\n1xqz7d1w9u0t!\r\n0\r\n\r\n";
        for secrets in [Secrets::new([key].into_iter()), Secrets::default()] {
            let kept = [&head[..], body].concat();
            let text = message(&kept, kept.len() as u64, &secrets);
            assert!(!text.contains("5xuy") && !text.contains("1xqz"), "{text}");
            assert!(
                text.contains("[chunks, joined here") && text.contains("***!"),
                "{text}"
            );
        }
        let plain = [&head[..], b"2\r\nab\r\n0\r\n\r\n"].concat();
        let text = message(&plain, plain.len() as u64, &Secrets::default());
        assert!(text.contains("\n2\nab\n0\n"), "{text}");
    }
}
