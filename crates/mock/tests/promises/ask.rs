//! Asks the core, as the server does, with a clock that stands still.

use http::{HeaderMap, HeaderValue, Method, header};
use rebuttal_mock::{Answer, Head, Service, Settings, Step, Target, Upload};
use rebuttal_model::{ApiVersion, DisputeId, Timestamp, inspect};
use rebuttal_multipart::{Boundary, Form, Part};
use serde_json::Value;

/// A grey picture of one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\
\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

pub(crate) fn now() -> Timestamp {
    "2020-01-01T00:00:00Z".parse().unwrap()
}

/// A form with these parts: name, filename, content.
pub(crate) fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let form = parts.iter().fold(Form::new(), |form, (name, filename, content)| {
        let part = Part::new(name, *content);
        form.part(match filename {
            Some(filename) => part.filename(filename),
            None => part,
        })
    });
    form.to_vec(&Boundary::new("b").unwrap()).unwrap()
}

pub(crate) fn wanted_error() -> inspect::Wanted<'static> {
    inspect::Wanted::new(inspect::Subject::Error, ApiVersion::default())
}

/// A service and how it is asked.
pub(crate) struct Ask {
    pub(crate) service: Service,
    pub(crate) target: Target,
    pub(crate) with_key: bool,
    pub(crate) content_type: String,
    pub(crate) headers: HeaderMap,
}

impl Ask {
    pub(crate) fn new(settings: Settings) -> Self {
        let service = Service::new(settings, 7, now());
        Self {
            target: service.target("http://127.0.0.1".to_owned()),
            service,
            with_key: true,
            content_type: "multipart/form-data; boundary=b".to_owned(),
            headers: HeaderMap::new(),
        }
    }

    pub(crate) fn get(&mut self, target: &str) -> Answered {
        self.send(&Method::GET, target, b"")
    }

    pub(crate) fn upload(&mut self, dispute: &DisputeId, body: &[u8]) -> Answered {
        self.send(&Method::POST, &format!("/disputes/{dispute}/documents"), body)
    }

    pub(crate) fn send(&mut self, method: &Method, target: &str, body: &[u8]) -> Answered {
        match self.begin(method, target) {
            Step::Answer(answer) => answer,
            Step::Body(mut reader) => match reader.feed(body) {
                Some(answer) => answer,
                None => reader.finish(&mut self.service, now()),
            },
            Step::Upload(mut upload) => {
                // In pieces, as a socket gives them.
                match body.chunks(8192).find_map(|chunk| upload.feed(chunk)) {
                    Some(answer) => answer,
                    None => upload.finish(&mut self.service, now()),
                }
            }
            Step::File(file) => file.read(),
        }
        .into()
    }

    /// The status, where it is known without the body.
    pub(crate) fn head_only(&mut self, method: &Method, target: &str) -> Option<u16> {
        match self.begin(method, target) {
            Step::Answer(answer) => Some(answer.status.as_u16()),
            Step::Body(_) | Step::Upload(_) | Step::File(_) => None,
        }
    }

    pub(crate) fn begin_upload(&mut self, target: &str) -> Box<Upload> {
        match self.begin(&Method::POST, target) {
            Step::Upload(upload) => upload,
            other => panic!("{other:?}"),
        }
    }

    fn begin(&mut self, method: &Method, target: &str) -> Step {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let mut headers = self.headers.clone();
        if self.with_key {
            let user = base64(format!("{}:", self.target.secret.expose()).as_bytes());
            headers.insert(
                header::AUTHORIZATION,
                HeaderValue::from_str(&format!("Basic {user}")).unwrap(),
            );
        }
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(&self.content_type).unwrap(),
        );
        let head = Head {
            method,
            path,
            query,
            headers: &headers,
        };
        self.service.begin(&head, now())
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// An answer, with its parts at hand.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status.as_u16(),
            headers: answer.headers,
            body: answer.body.to_vec(),
        }
    }
}

impl Answered {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The status and the code of the error.
    pub(crate) fn code(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or("no error").to_owned();
        (self.status, code)
    }
}
