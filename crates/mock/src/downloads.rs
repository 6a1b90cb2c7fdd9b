//! Files under their `download_uri`: signed, for a while, and to whoever has the URL.
//!
//! The signature's key is drawn when the mock starts, so that no URL can be guessed and none outlives it.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use rebuttal_model::{DisputeId, Document, DocumentId, Timestamp};
use rebuttal_validate::{Checker, Policy};
use ring::{hmac, rand::SystemRandom};

use crate::{
    answer::Answer,
    ranges::{Asked, asked},
    service::{Service, Step},
    store::Stored,
};

/// What stands before the identifiers in the path.
const PREFIX: &str = "/_mock/download/";

/// So many bytes of a file tell its format.
const SNIFFED_BYTES: usize = 4096;

const CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");

/// What signs URLs, and how long they hold.
#[derive(Clone)]
pub(crate) struct Downloads {
    key: Arc<hmac::Key>,
    scheme: &'static str,
    lasts: Duration,
}

impl std::fmt::Debug for Downloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Downloads")
            .field("lasts", &self.lasts)
            .finish_non_exhaustive()
    }
}

impl Downloads {
    /// `None` where the system has no randomness.
    pub(crate) fn new(tls: bool, lasts: Duration) -> Option<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
        Some(Self {
            key: Arc::new(key),
            scheme: if tls { "https" } else { "http" },
            lasts,
        })
    }

    /// The links of one answer, for whoever asked for it by this name.
    pub(crate) fn links(&self, headers: &HeaderMap, now: Timestamp) -> Option<Links> {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        // What is no host and port is not repeated.
        let authority: http::uri::Authority = host.parse().ok()?;
        let seconds = i64::try_from(self.lasts.as_secs()).ok()?;
        (!authority.as_str().contains('@')).then(|| Links {
            downloads: self.clone(),
            authority: authority.to_string(),
            until: now.plus_seconds(seconds).unix_seconds(),
        })
    }

    fn signature(&self, named: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, named.as_bytes()))
    }

    /// What a path names, where it was signed here and still holds.
    fn opened(&self, path: &str, now: Timestamp) -> Option<(DisputeId, DocumentId)> {
        let (named, signature) = path.strip_prefix(PREFIX)?.rsplit_once('/')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.key, named.as_bytes(), &signature).ok()?;
        let mut parts = named.split('/');
        let (dispute, document, until) = (parts.next()?, parts.next()?, parts.next()?);
        let until: i64 = until.parse().ok()?;
        (now.unix_seconds() < until).then_some(())?;
        Some((dispute.parse().ok()?, document.parse().ok()?))
    }
}

/// What makes the links of one answer.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    downloads: Downloads,
    authority: String,
    until: i64,
}

impl Links {
    /// The URL under which a document's file is served.
    pub(crate) fn to(&self, document: &Document) -> Option<String> {
        let mut parts = document.location.strip_prefix("/disputes/")?.split('/');
        let named = format!("{}/{}/{}", parts.next()?, document.id, self.until);
        let Downloads { scheme, .. } = self.downloads;
        let signature = self.downloads.signature(&named);
        Some(format!(
            "{scheme}://{}{PREFIX}{named}/{signature}",
            self.authority
        ))
    }
}

/// Whether a path is one of a file.
pub(crate) fn is_download(path: &str) -> bool {
    path.starts_with(PREFIX)
}

impl Service {
    /// The file under a path, or that there is none.
    pub(crate) fn download(
        &mut self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Step {
        if !matches!(*method, Method::GET | Method::HEAD) {
            let mut answer = self.refuse(StatusCode::METHOD_NOT_ALLOWED, "a file is read with GET and HEAD");
            answer
                .headers
                .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return Step::Answer(answer);
        }
        let named = self
            .downloads
            .as_ref()
            .and_then(|downloads| downloads.opened(path, now));
        let stored = named.and_then(|(dispute, document)| {
            let stored = self.store.dispute(&dispute)?.document(&document)?;
            (!stored.document.deleted).then(|| stored.clone())
        });
        let Some(stored) = stored else {
            return Step::Answer(self.refuse(
                StatusCode::NOT_FOUND,
                "there is no such file, or its URL has ended",
            ));
        };
        Step::File(Box::new(FileReader {
            stored,
            asking: headers.clone(),
            broken: self.fail(),
        }))
    }
}

/// A file that somebody downloads.
#[derive(Debug)]
pub struct FileReader {
    stored: Stored,
    asking: HeaderMap,
    /// The answer where the file cannot be read.
    broken: Answer,
}

impl FileReader {
    /// The file, or the part of it that was asked for. Where it is in a state file this waits for the disk: an
    /// asynchronous program calls it where it may block.
    pub fn read(self) -> Answer {
        let Ok(content) = self.stored.content.read() else {
            return self.broken;
        };
        let mut answer = file(&self.stored, &content, &self.asking);
        answer
            .headers
            .insert("x-rebuttal-not-in-contract", HeaderValue::from_static("true"));
        answer
    }
}

/// A file, or the part of it that is asked for.
fn file(stored: &Stored, content: &Bytes, asking: &HeaderMap) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(content)),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        disposition(&stored.document.filename),
    );
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    headers.insert(CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A document never changes: its id is as good as its content.
    let tag = format!("\"{}\"", stored.document.id);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    let length = content.len() as u64;
    let said = |name| asking.get(name).and_then(|value| HeaderValue::to_str(value).ok());
    let current = said(header::IF_NONE_MATCH).is_some_and(|tags| {
        tags.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.trim_start_matches("W/") == tag
        })
    });
    if current {
        return Answer {
            status: StatusCode::NOT_MODIFIED,
            headers,
            body: Bytes::new(),
        };
    }
    let ranged = said(header::RANGE).filter(|_| said(header::IF_RANGE).is_none_or(|wanted| wanted == tag));
    match asked(ranged, length) {
        Asked::Whole => Answer {
            status: StatusCode::OK,
            headers,
            body: content.clone(),
        },
        Asked::Part(first, last) => {
            let range = format!("bytes {first}-{last}/{length}");
            set(&mut headers, header::CONTENT_RANGE, &range);
            let place = |at: u64| usize::try_from(at).unwrap_or(content.len()).min(content.len());
            let body = content.slice(place(first)..place(last.saturating_add(1)));
            Answer {
                status: StatusCode::PARTIAL_CONTENT,
                headers,
                body,
            }
        }
        Asked::Beyond => {
            set(&mut headers, header::CONTENT_RANGE, &format!("bytes */{length}"));
            headers.remove(header::CONTENT_DISPOSITION);
            Answer {
                status: StatusCode::RANGE_NOT_SATISFIABLE,
                headers,
                body: Bytes::new(),
            }
        }
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn media_type(content: &[u8]) -> &'static str {
    let mut checker = Checker::new(Policy::contract());
    let _ = checker.feed(&content[..content.len().min(SNIFFED_BYTES)]);
    let format = checker.finish().format();
    format.map_or("application/octet-stream", |format| format.media_type())
}

/// The name to save a file under, in both forms (RFC 6266 §4.3, RFC 8187 §3.2). Whatever it holds, it stays in
/// its parameter.
fn disposition(filename: &str) -> HeaderValue {
    let plain: String = filename
        .chars()
        .map(|character| match character {
            '"' | '\\' | '/' | '%' | ';' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != filename {
        value += "; filename*=UTF-8''";
        for byte in filename.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filename_stays_in_its_parameter() {
        for (filename, wanted) in [
            ("slip.png", "attachment; filename=\"slip.png\""),
            ("a b.png", "attachment; filename=\"a b.png\""),
            (
                "受.png",
                "attachment; filename=\"_.png\"; filename*=UTF-8''%E5%8F%97.png",
            ),
            (
                "a\"; x=\"b",
                "attachment; filename=\"a__ x=_b\"; filename*=UTF-8''a%22%3B%20x%3D%22b",
            ),
            (
                "a\r\nSet-Cookie: b",
                "attachment; filename=\"a__Set-Cookie: b\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b",
            ),
            (
                "100%25",
                "attachment; filename=\"100_25\"; filename*=UTF-8''100%2525",
            ),
            ("", "attachment; filename=\"\""),
        ] {
            assert_eq!(disposition(filename).to_str().unwrap(), wanted, "{filename:?}");
        }
    }

    #[test]
    fn only_what_was_signed_opens_and_only_for_a_while() {
        let downloads = Downloads::new(false, Duration::from_secs(60)).unwrap();
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut headers = HeaderMap::new();
        assert!(downloads.links(&headers, now).is_none());
        headers.insert(header::HOST, HeaderValue::from_static("u:p@127.0.0.1"));
        assert!(downloads.links(&headers, now).is_none());
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:4010"));
        let links = downloads.links(&headers, now).unwrap();
        let id: DocumentId = "docu_test_1".parse().unwrap();
        let document = Document {
            object: rebuttal_model::document::DocumentObject::Document,
            livemode: false,
            location: Document::path(&"dspt_test_1".parse().unwrap(), &id),
            id,
            deleted: false,
            filename: "a.png".to_owned(),
            kind: None,
            download_uri: None,
            created_at: now,
        };
        let url = links.to(&document).unwrap();
        let path = url.strip_prefix("http://127.0.0.1:4010").unwrap();
        assert!(downloads.opened(path, now).is_some());
        assert!(downloads.opened(path, now.plus_seconds(59)).is_some());
        assert!(downloads.opened(path, now.plus_seconds(60)).is_none(), "it ends");
        for changed in [
            path.replace("docu_test_1", "docu_test_2"),
            path.replace("dspt_test_1", "dspt_test_2"),
            format!("{path}x"),
            path[..path.len() - 2].to_owned(),
            PREFIX.to_owned(),
        ] {
            assert!(downloads.opened(&changed, now).is_none(), "{changed}");
        }
        let other = Downloads::new(false, Duration::from_secs(60)).unwrap();
        assert!(
            other.opened(path, now).is_none(),
            "every start has a key of its own"
        );
    }
}
