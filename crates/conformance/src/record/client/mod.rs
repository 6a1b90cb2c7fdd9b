//! Does the client send what the contract asks?
//!
//! The form of an upload is read by the project's strict reader; nothing here asks the validator or the mock.

mod body;
mod content;
mod credentials;
mod form;
mod line;
mod stand_in;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use rebuttal_model::{ApiVersion, Clause, Level, Situation, clause};

pub(super) use self::{
    body::{UploadBody, base_name, clause_of},
    content::Content,
    credentials::{Credentials, Presented},
    form::{Name, Part},
    line::Parameter,
};
use super::{
    finding::{self as rule, Finding},
    route::{Operation, Route},
};

/// A request as it came.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// How the body ended.
    pub(super) end: BodyEnd,
}

/// How a body ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum BodyEnd {
    /// As it should.
    Whole,
    /// The client closed, or broke the framing, for this reason.
    Cut(String),
    /// The client sent nothing for too long.
    Stalled,
    /// It is longer than what is held.
    TooLong,
    /// Nobody read it: the head was enough to refuse.
    Unread,
}

/// What a client did.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) route: Route,
    pub(super) presented: Presented,
    /// The API version that the request names.
    pub(super) version: Option<ApiVersion>,
    pub(super) parameters: Vec<Parameter>,
    /// The body, where it is an upload's.
    pub(super) upload: Option<UploadBody>,
    pub(super) findings: Vec<Finding>,
    /// What an endpoint owes.
    pub(super) due: Due,
}

/// What an endpoint owes to a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Due {
    /// The contract says nothing.
    Nothing,
    /// The success of its operation, where the state of the dispute allows it.
    Success,
    /// A success or a refusal.
    Either,
    /// One of these refusals, the one for the first mistake first.
    Refusal(Vec<Refused>),
}

/// A refusal that a clause asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Refused {
    pub(super) clause: &'static Clause,
    /// The status codes, one of which is right; none where the profile decides.
    pub(super) status: &'static [u16],
    pub(super) code: Option<&'static str>,
    pub(super) situation: Option<Situation>,
}

impl Judged {
    /// Judges a request. `allowed` are the hosts that it may name; `hides` says that it holds a key where none
    /// belongs, so that nothing of its body may be shown.
    pub(super) fn new(sent: &Sent, allowed: &[String], hides: bool) -> Self {
        let route = Route::new(sent.method.as_str(), sent.uri.path());
        let operation = route.operation();
        let mut findings = Vec::new();
        line::path(&sent.method, &sent.uri, &route, &mut findings);
        let Credentials {
            presented,
            findings: of_credentials,
            ..
        } = Credentials::new(&sent.headers);
        findings.extend(of_credentials);
        let parameters = line::parameters(&sent.uri);
        line::query(operation, &parameters, &mut findings);
        let version = line::version(&sent.headers, &mut findings);
        line::manners(&sent.uri, &sent.headers, allowed, &mut findings);
        let mut upload = None;
        match (&sent.end, operation) {
            (BodyEnd::Whole, Operation::Upload) => {
                let mut body = body::upload(&sent.headers, &sent.body, hides);
                findings.append(&mut body.findings);
                upload = Some(body);
            }
            (BodyEnd::Whole, Operation::List | Operation::Retrieve | Operation::Destroy)
                if !sent.body.is_empty() =>
            {
                let found = format!("{} bytes", sent.body.len());
                findings.push(rule::BODY_ON_GET.finding("body", "no body", found));
            }
            (end, _) => findings.extend(unfinished(end, sent)),
        }
        if route == Route::Other {
            // What else the provider has, asks for other things: a token, for one, is made with the public key.
            findings.retain(|finding| finding.rule == Some(rule::KEY_IN_URL.id));
        }
        findings.sort_by_key(|finding| finding.level);
        let mut judged = Self {
            route,
            presented,
            version,
            parameters,
            upload,
            findings,
            due: Due::Nothing,
        };
        judged.due = judged.what_is_due();
        judged
    }

    pub(super) fn operation(&self) -> Operation {
        self.route.operation()
    }

    /// Whether an id in the path is empty: endpoints differ in which path that makes.
    pub(super) fn names_nothing(&self) -> bool {
        match &self.route {
            Route::Documents {
                dispute, document, ..
            } => dispute.is_empty() || document.as_ref().is_some_and(String::is_empty),
            _ => false,
        }
    }

    fn what_is_due(&self) -> Due {
        if self.route == Route::Other || self.names_nothing() {
            return Due::Nothing;
        }
        let upload = self.upload.as_ref();
        let is_broken = upload.is_some_and(|upload| upload.is_broken);
        let refusals: Vec<_> = self
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Must)
            .filter(|finding| is_broken || finding.clause != clause::upload::BROKEN_MULTIPART.id)
            .filter_map(|finding| clause::find(finding.clause))
            .filter_map(Refused::by)
            .collect();
        let by_auth = |refused: &Refused| refused.status == [401];
        if let Some(refused) = refusals.iter().find(|it| by_auth(it)) {
            // Who does not say who asks is told nothing else (`auth.before-existence`), but perhaps that the path
            // leads nowhere.
            let mut first = vec![*refused];
            first.extend(
                refusals
                    .iter()
                    .filter(|it| it.clause == &clause::http::UNKNOWN_ROUTE),
            );
            return Due::Refusal(first);
        }
        if !refusals.is_empty() {
            return Due::Refusal(refusals);
        }
        let is_doubtful = upload.is_some_and(|upload| upload.is_doubtful);
        let leaves_a_choice = |finding: &Finding| {
            finding.rule == Some(rule::BAD_PARAMETER.id)
                || finding.rule == Some(rule::PASSWORD.id)
                || finding.rule == Some(rule::UNKNOWN_VERSION.id)
        };
        if is_doubtful || self.findings.iter().any(leaves_a_choice) {
            Due::Either
        } else {
            Due::Success
        }
    }
}

/// A body that did not come to its end.
fn unfinished(end: &BodyEnd, sent: &Sent) -> Option<Finding> {
    let announced = sent
        .headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let expected = announced.map_or_else(
        || "the whole body".to_owned(),
        |length| format!("{length} bytes, as Content-Length says"),
    );
    let came = sent.body.len();
    let place = format!("body, byte {came}");
    match end {
        BodyEnd::Whole | BodyEnd::Unread => None,
        BodyEnd::Cut(reason) => {
            let found = format!("{came} bytes, then the end: {reason}");
            Some(rule::CUT_SHORT.finding(place, expected, found))
        }
        BodyEnd::Stalled => {
            let found = format!("{came} bytes, then nothing");
            Some(rule::CUT_SHORT.finding(place, expected, found))
        }
        BodyEnd::TooLong => {
            let found = announced.map_or_else(|| "more".to_owned(), |length| format!("{length} bytes"));
            Some(rule::TOO_LARGE_BODY.finding("body", format!("at most {} bytes", super::HELD_BYTES), found))
        }
    }
}

impl Refused {
    /// The refusal that a clause asks for, where it is about one.
    pub(super) fn by(clause: &'static Clause) -> Option<Self> {
        const NOT_IN: &str = "authentication_failure";
        let (status, code): (&[u16], _) = match clause.id {
            "auth.missing-header" | "auth.wrong-key" | "auth.public-key" => (&[401], Some(NOT_IN)),
            "auth.malformed-basic" => (&[401], None),
            "http.unknown-route" => (&[404, 405], None),
            "upload.dispute-malformed-id"
            | "list.dispute-unknown"
            | "retrieve.unknown"
            | "retrieve.malformed-id"
            | "destroy.unknown" => (&[404], Some("not_found")),
            "upload.file-missing" => (&[400], Some("bad_request")),
            "upload.bad-kind"
            | "upload.file-as-text"
            | "upload.file-empty"
            | "upload.not-multipart"
            | "upload.broken-multipart" => (&[400], None),
            "upload.too-large" | "upload.bad-format" => (&[], None),
            _ => return None,
        };
        Some(Self {
            clause,
            status,
            code,
            situation: clause.profile,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Judged {
        let mut sent = Sent {
            method: method.parse().expect("it works"),
            uri: target.parse().expect("it works"),
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            end: BodyEnd::Whole,
        };
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().expect("it works");
            sent.headers.append(name, value.parse().expect("it works"));
        }
        Judged::new(&sent, &[], false)
    }

    const KEY: (&str, &str) = ("authorization", "Basic c2tleV90ZXN0XzV4dXk0dzkxeHF6N2Qxdzl1MHQ6");
    const VERSION: (&str, &str) = ("omise-version", "2019-05-29");
    const UPLOAD: &str = "/disputes/dspt_test_1/documents";

    #[test]
    fn what_an_endpoint_owes_follows_from_what_is_wrong() {
        let json = ("content-type", "application/json");
        for (method, target, headers, body, wanted) in [
            ("GET", UPLOAD, &[KEY, VERSION][..], "", "Success"),
            ("GET", UPLOAD, &[VERSION], "", "auth.missing-header"),
            (
                "GET",
                "/disputes/null/documents",
                &[KEY],
                "",
                "list.dispute-unknown",
            ),
            ("GET", "/disputes/null/documents", &[], "", "auth.missing-header"),
            (
                "GET",
                "/disputes/dspt_test_1/documents?limit=0",
                &[KEY],
                "",
                "Either",
            ),
            ("POST", UPLOAD, &[KEY, json], "{}", "upload.not-multipart"),
            ("PUT", UPLOAD, &[KEY, json], "{}", "http.unknown-route"),
            ("PATCH", "/disputes/dspt_test_1", &[KEY, json], "{}", "Nothing"),
            (
                "POST",
                UPLOAD,
                &[KEY, ("content-type", "multipart/form-data; boundary=b")],
                "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nother\r\n--b--\r\n",
                "upload.file-missing upload.bad-kind",
            ),
        ] {
            let found = match judged(method, target, headers, body).due {
                Due::Refusal(refusals) => {
                    let ids: Vec<_> = refusals.iter().map(|it| it.clause.id).collect();
                    ids.join(" ")
                }
                other => format!("{other:?}"),
            };
            assert_eq!(found, wanted, "{method} {target} {body}");
        }
    }
}
