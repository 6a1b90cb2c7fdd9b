//! The requests that everybody reads: the same bytes in the same chunks.

use std::fmt::Write as _;

use actix_web::http::header as actix_header;
use anyhow::{Context, Result};
use bytes::Bytes;

use crate::contestant::Tally;

/// What browsers write.
pub const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

const FILE_BYTES: usize = 10 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// The inputs that are timed, in the order of the report.
pub const SCENARIOS: &[&str] = &[
    "random",
    "text76",
    "zeros",
    "crlf",
    "crlfdashdash",
    "dashes",
    "nearboundary",
    "nearmid",
    "random-1k-chunks",
    "tinyparts",
    "small1k",
];

/// One request, in all the forms in which contestants want it.
#[derive(Debug)]
pub struct Input {
    /// The name of the scenario.
    pub name: &'static str,
    /// The boundary as in the header.
    pub boundary: &'static str,
    /// The header `Content-Type`.
    pub content_type: String,
    /// The whole body.
    pub body: Bytes,
    /// How many bytes come at a time.
    pub chunk_bytes: usize,
    /// How often one sample reads the request, each time with a new reader.
    pub repeats: u32,
    /// What is in it.
    pub expected: Tally,
    pub(crate) request: http::Request<()>,
    pub(crate) actix_headers: actix_header::HeaderMap,
}

impl Input {
    /// Makes the named scenario.
    ///
    /// # Errors
    ///
    /// When there is no scenario of this name.
    pub fn new(name: &str) -> Result<Self> {
        let name = SCENARIOS.iter().find(|known| **known == name).with_context(|| {
            format!(
                "there is no scenario {name:?}; there are {}",
                SCENARIOS.join(", ")
            )
        })?;
        let mut input = match *name {
            "tinyparts" => Self::tiny_parts(name, 10_000)?,
            "small1k" => Self::small(name)?,
            _ => Self::of(name, Form::upload(&content(name)))?,
        };
        if *name == "random-1k-chunks" {
            input.chunk_bytes = 1024;
        }
        Ok(input)
    }

    /// So many parts of 8 bytes; every second one is a file.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn tiny_parts(name: &'static str, parts: usize) -> Result<Self> {
        let mut form = Form::default();
        for index in 0..parts {
            let head = if index % 2 == 0 {
                format!("name=\"field{index}\"\r\n")
            } else {
                format!("name=\"file{index}\"; filename=\"{index}.txt\"\r\nContent-Type: text/plain\r\n")
            };
            form.part(&head, b"12345678");
        }
        Self::of(name, form)
    }

    /// A request of 1,024 bytes with a field and a file.
    fn small(name: &'static str) -> Result<Self> {
        let framing = Form::upload(b"").end().0.len();
        let mut input = Self::of(name, Form::upload(&random(1024 - framing)))?;
        input.repeats = 1000;
        Ok(input)
    }

    fn of(name: &'static str, form: Form) -> Result<Self> {
        let (body, expected) = form.end();
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = http::Request::post("/").header(http::header::CONTENT_TYPE, &content_type);
        let mut actix_headers = actix_header::HeaderMap::new();
        actix_headers.insert(
            actix_header::CONTENT_TYPE,
            actix_header::HeaderValue::from_str(&content_type)?,
        );
        Ok(Self {
            name,
            boundary: BOUNDARY,
            content_type,
            // A second handle, so that the counter of handles is not allocated while somebody is measured.
            body: Bytes::from(body).clone(),
            chunk_bytes: CHUNK_BYTES,
            repeats: 1,
            expected,
            request: request.body(())?,
            actix_headers,
        })
    }
}

/// A body in the making. Not by our own writer: the bytes are nobody's.
#[derive(Default)]
struct Form {
    body: Vec<u8>,
    tally: Tally,
}

impl Form {
    /// A field and a file.
    fn upload(file: &[u8]) -> Self {
        let mut form = Self::default();
        form.part("name=\"kind\"\r\n", b"details_of_purchase");
        form.part(
            "name=\"file\"; filename=\"receipt.bin\"\r\nContent-Type: application/octet-stream\r\n",
            file,
        );
        form
    }

    fn part(&mut self, head: &str, content: &[u8]) {
        let mut text = String::new();
        let _ = write!(text, "--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n");
        self.body.extend_from_slice(text.as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
        self.tally.parts += 1;
        self.tally.bytes += content.len() as u64;
    }

    fn end(mut self) -> (Vec<u8>, Tally) {
        self.body
            .extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (self.body, self.tally)
    }
}

/// The delimiter, with the CRLF that belongs to it.
pub(crate) fn delimiter() -> Vec<u8> {
    format!("\r\n--{BOUNDARY}").into_bytes()
}

/// The delimiter with another byte in its middle.
pub(crate) fn near_mid() -> Vec<u8> {
    let mut unit = delimiter();
    let middle = unit.len() / 2;
    unit[middle] = b'_';
    unit
}

/// The unit over and over, cut at `len` bytes.
pub(crate) fn repeat(unit: &[u8], len: usize) -> Vec<u8> {
    let mut bytes = unit.repeat(len.div_ceil(unit.len()));
    bytes.truncate(len);
    bytes
}

fn content(name: &str) -> Vec<u8> {
    let delimiter = delimiter();
    match name {
        "text76" => text(FILE_BYTES),
        "zeros" => repeat(b"\0", FILE_BYTES),
        "crlf" => repeat(b"\r\n", FILE_BYTES),
        "crlfdashdash" => repeat(b"\r\n--", FILE_BYTES),
        "dashes" => repeat(b"-", FILE_BYTES),
        "nearboundary" => repeat(&delimiter[..delimiter.len() - 1], FILE_BYTES),
        "nearmid" => repeat(&near_mid(), FILE_BYTES),
        _ => random(FILE_BYTES),
    }
}

fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(7).fill(&mut bytes);
    bytes
}

/// Lines as base64 has them.
fn text(len: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = random(len);
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = match index % 78 {
            76 => b'\r',
            77 => b'\n',
            _ => LETTERS[usize::from(*byte) % 64],
        };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_delimiters_of_the_form_are_in_a_body() {
        for name in SCENARIOS {
            let input = Input::new(name).unwrap();
            let found = memchr::memmem::find_iter(&input.body, &delimiter()).count();
            assert_eq!(found, input.expected.parts, "{name}");
        }
        assert_eq!(Input::new("small1k").unwrap().body.len(), 1024);
    }
}
