//! Answers: what goes back, with the headers that the live API sends.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rebuttal_model::{ApiError, ApiVersion, Profile, error::ERROR_LOCATION};
use serde_json::{Value, json};

use crate::{
    config::{Layout, MemberOrder, TooLargeBody},
    downloads::Links,
    fault::Fault,
    notes::Notes,
    refusal::Refusal,
    service::Settings,
};

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const LATIN_1: HeaderValue = HeaderValue::from_static("application/json; charset=iso-8859-1");
const VARY: HeaderValue = HeaderValue::from_static("Accept-Encoding");
/// The live API names its proxy here.
const SERVER: HeaderValue = HeaderValue::from_static("rebuttal-mock");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache, no-store");
const CHALLENGE: HeaderValue =
    HeaderValue::from_static("Basic realm=\"dispute documents\", charset=\"UTF-8\"");

/// Marks an answer that the contract does not describe, so that nobody takes it for the API's own.
pub(crate) const NOT_IN_CONTRACT: HeaderName = HeaderName::from_static("x-rebuttal-not-in-contract");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// [`rebuttal_model::version::VERSION_HEADER`], known beforehand.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("omise-version");

/// A response: status, headers and body. The length and the date are the server's to add.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The headers, without `Content-Length` and `Date`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What a request that is served gets.
#[derive(Clone, Debug)]
pub(crate) enum Success {
    /// 200 with an object.
    Object(Value),
    /// 200 with an object that is written already, where nothing bends it.
    Written(Vec<u8>),
    /// Another status with an object, as only faults answer.
    ObjectWith(StatusCode, Value),
    /// 204, as only faults and OPTIONS answer; with the methods of the path for OPTIONS.
    Nothing(Option<&'static str>),
}

/// What an answer depends on besides its content.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) version: ApiVersion,
    /// What is noticed on the way, for the journal.
    pub(crate) notes: Notes,
    request_id: [u8; 36],
    /// What makes the links to files, where they are served.
    pub(crate) links: Option<Links>,
    /// The key as it was sent, kept for the one fault that repeats it.
    sent_key: Option<String>,
}

impl Context {
    pub(crate) fn new(settings: Settings, request_id: [u8; 36]) -> Self {
        Self {
            settings,
            version: ApiVersion::default(),
            notes: Notes::default(),
            request_id,
            links: None,
            sent_key: None,
        }
    }

    /// Whether this fault was ordered.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.settings.fault == Some(fault)
    }

    /// The version whose shapes are answered.
    pub(crate) fn shape(&self) -> ApiVersion {
        let ignored = self.has(Fault::OldVersionsIgnored)
            || self.has(Fault::OldestVersionIgnored) && self.version == ApiVersion::V2014_07_27;
        if ignored {
            ApiVersion::default()
        } else {
            self.version
        }
    }

    pub(crate) fn remember_key(&mut self, key: &str) {
        if self.has(Fault::KeyInError) {
            self.sent_key = Some(key.to_owned());
        }
    }

    pub(crate) fn answer(&self, outcome: Result<Success, Refusal>) -> Answer {
        match outcome {
            Ok(success) => self.success(success),
            Err(refusal) => {
                self.notes.refused(&refusal);
                self.refusal(&refusal)
            }
        }
    }

    fn success(&self, success: Success) -> Answer {
        let mut headers = self.headers();
        headers.insert(header::VARY, VARY);
        if !self.has(Fault::NoVersionEcho) {
            let told = if self.has(Fault::EchoOfTheLatest) {
                ApiVersion::default()
            } else {
                self.version
            };
            headers.insert(VERSION, HeaderValue::from_static(told.as_str()));
        }
        let (status, value) = match success {
            Success::Object(value) => (StatusCode::OK, value),
            Success::Written(body) => {
                headers.insert(header::CONTENT_TYPE, JSON);
                return Answer {
                    status: StatusCode::OK,
                    headers,
                    body: body.into(),
                };
            }
            Success::ObjectWith(status, value) => (status, value),
            Success::Nothing(allow) => {
                if let Some(allow) = allow {
                    headers.insert(header::ALLOW, HeaderValue::from_static(allow));
                    headers.insert(NOT_IN_CONTRACT, HeaderValue::from_static("OPTIONS"));
                }
                return Answer {
                    status: StatusCode::NO_CONTENT,
                    headers,
                    body: Bytes::new(),
                };
            }
        };
        let media_type = match self.settings.fault {
            Some(Fault::AnswersTextHtml) => HTML,
            Some(Fault::DeclaresLatin1) => LATIN_1,
            _ => JSON,
        };
        headers.insert(header::CONTENT_TYPE, media_type);
        if self.has(Fault::ContentTypeTwice) {
            headers.append(header::CONTENT_TYPE, HTML);
        }
        let mut body = self.write(&value);
        if self.has(Fault::DuplicateMember) {
            body = body.replacen('{', &format!("{{\"object\":{},", value["object"]), 1);
        }
        Answer {
            status,
            headers,
            body: body.into(),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Answer {
        let mut headers = self.headers();
        let failed = self.has(Fault::UnknownRouteAnswers500) && *refusal == Refusal::NoRoute;
        let internal = Refusal::internal();
        let told = if failed { &internal } else { refusal };
        let (status, code, message) = told.parts(self.settings.profile);
        match refusal {
            Refusal::Unauthorized if !self.has(Fault::NoChallenge) => {
                headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
            }
            Refusal::LiveKey => {
                headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
                headers.insert(NOT_IN_CONTRACT, HeaderValue::from_static("true"));
            }
            Refusal::NoRoute | Refusal::Timeout | Refusal::NotInContract(..) => {
                headers.insert(NOT_IN_CONTRACT, HeaderValue::from_static("true"));
            }
            Refusal::WrongMethod { allow } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allow));
                headers.insert(NOT_IN_CONTRACT, HeaderValue::from_static("true"));
            }
            _ => {}
        }
        let html = match refusal {
            Refusal::ByProfile(..) if status == StatusCode::PAYLOAD_TOO_LARGE => {
                self.settings.profile == Profile::Recorded
                    && self.settings.variants.too_large == TooLargeBody::Html
            }
            Refusal::NoRoute => self.has(Fault::UnknownRouteAnswersHtml),
            _ => false,
        };
        let body = if html {
            headers.insert(header::CONTENT_TYPE, HTML);
            format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n")
        } else {
            let mislabelled = self.has(Fault::ErrorAsTextHtml);
            headers.insert(header::CONTENT_TYPE, if mislabelled { HTML } else { JSON });
            let message = self.tell(status, message.into_owned());
            self.write(&self.error(&ApiError::new(code, message)))
        };
        Answer {
            status,
            headers,
            body: body.into(),
        }
    }

    /// The message, with what the faults that leak add to it.
    fn tell(&self, status: StatusCode, message: String) -> String {
        match &self.sent_key {
            Some(key) => format!("{message} for {key}"),
            None if self.has(Fault::PathInError) && status == StatusCode::NOT_FOUND => {
                format!("{message} in /srv/documents/storage")
            }
            None if self.has(Fault::TraceInError) && status == StatusCode::BAD_REQUEST => {
                format!(
                    "{message}\n\tfrom app/models/document.rb:42:in `create!'\n\tfrom app/api.rb:7:in `call'"
                )
            }
            None => message,
        }
    }

    /// The Error object (`error.shape`).
    fn error(&self, error: &ApiError) -> Value {
        let mut value = json!(error);
        if self.has(Fault::ErrorWithoutMessage)
            && let Some(members) = value.as_object_mut()
        {
            members.remove("message");
        }
        if self.has(Fault::ErrorMessageBlank) {
            value["message"] = " ".into();
        }
        if self.has(Fault::ErrorWithoutObject)
            && let Some(members) = value.as_object_mut()
        {
            members.remove("object");
        }
        if self.has(Fault::ErrorFragmentUnderscored) {
            value["location"] = format!("{ERROR_LOCATION}#{}", error.code).into();
        }
        if self.has(Fault::ErrorWrapped) {
            value = json!({ "error": value });
        }
        value
    }

    /// An answer with nothing but what every one has.
    pub(crate) fn blank(&self, status: StatusCode) -> Answer {
        Answer {
            status,
            headers: self.headers(),
            body: Bytes::new(),
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(header::CACHE_CONTROL, NO_CACHE);
        headers.insert(header::SERVER, SERVER);
        if let Ok(id) = HeaderValue::from_bytes(&self.request_id) {
            headers.insert(REQUEST_ID, id);
        }
        headers
    }

    fn write(&self, value: &Value) -> String {
        let turned;
        let value = match self.settings.variants.order {
            MemberOrder::Usual => value,
            MemberOrder::Reversed => {
                turned = reversed(value);
                &turned
            }
        };
        match self.settings.variants.layout {
            Layout::Compact => format!("{value}"),
            Layout::Pretty => format!("{value:#}\n"),
        }
    }
}

/// A value with the members of every object the other way round.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(name, value)| (name.clone(), reversed(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
