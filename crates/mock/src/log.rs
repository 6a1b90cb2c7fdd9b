//! What is told of each request: never a key, never a header, never a body.

use std::time::Duration;

use http::{Method, Request};

use crate::{answer::Answer, metrics::Metrics};

/// The longest path that is told, and its longest identifiers and words, in bytes.
const MAX_PATH: usize = 200;
const MAX_SEGMENT: usize = 64;
const MAX_WORD: usize = 16;

/// A request, for the log.
pub(crate) struct Told {
    method: Method,
    path: Option<String>,
}

impl Told {
    pub(crate) fn new<B>(request: &Request<B>) -> Self {
        // Nobody may listen.
        let path = tracing::enabled!(tracing::Level::INFO).then(|| masked(request.uri().path()));
        Self {
            method: request.method().clone(),
            path,
        }
    }

    /// Tells and counts how it was answered.
    pub(crate) fn answered(&self, answer: &Answer, took: Duration, metrics: &Metrics) {
        metrics.answered(&self.method, answer.status, took);
        let Some(path) = &self.path else { return };
        let id = answer
            .headers
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
            .unwrap_or_default();
        let bytes = answer.body.len();
        let status = answer.status.as_u16();
        let micros = took.as_micros();
        tracing::info!(method = %self.method, path, status, bytes, micros, request_id = id, "request");
    }
}

/// A path as it may be told: words and identifiers. Whatever else stands there may be a key, or the signature
/// of a URL.
fn masked(path: &str) -> String {
    let mut text = String::new();
    for (place, segment) in path.split('/').enumerate() {
        if place > 0 {
            text.push('/');
        }
        text += if is_told(segment) { segment } else { "***" };
        if text.len() > MAX_PATH {
            return text + "/...";
        }
    }
    text
}

fn is_told(segment: &str) -> bool {
    let is_id = ["dspt_", "docu_", "chrg_"]
        .iter()
        .any(|prefix| segment.starts_with(prefix))
        && segment.len() <= MAX_SEGMENT
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let is_word = segment.len() <= MAX_WORD
        && !segment.contains("key_")
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_id || is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_stands_in_a_path_that_is_told() {
        for (path, wanted) in [
            ("/disputes", "/disputes"),
            (
                "/disputes/dspt_test_1/documents/",
                "/disputes/dspt_test_1/documents/",
            ),
            (
                "/_mock/download/dspt_test_1/docu_test_1/17/aBc-",
                "/_mock/download/dspt_test_1/docu_test_1/***/***",
            ),
            ("/skey_test_5xuy4w91/x", "/***/x"),
            ("/skey_abc/c2tleV9hYmM6", "/***/***"),
            ("*", "***"),
            ("", ""),
        ] {
            assert_eq!(masked(path), wanted);
        }
        assert!(masked(&"/a".repeat(9999)).len() < MAX_PATH + 10);
    }
}
