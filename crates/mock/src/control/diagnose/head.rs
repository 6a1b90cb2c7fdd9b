//! What is wrong with the head of a request.

use std::collections::BTreeSet;

use http::{HeaderMap, Method, header};
use rebuttal_model::{ApiVersion, DisputeId, SecretKey};
use rebuttal_multipart::{ContentType, Mode};

use super::{Request, contract::has_body, diagnosis, of_form};
use crate::{
    answer::VERSION,
    auth::{Credentials, credentials},
    control::{
        problem::nearest,
        shown::{About, Diagnosis, Severity},
        wire::OperationName,
    },
    refusal::Refusal,
    store::Store,
};

/// The parameters of a list.
const PARAMETERS: [&str; 5] = ["from", "limit", "offset", "order", "to"];

pub(super) fn diagnose(request: &Request<'_>, store: Option<&Store>, found: &mut Vec<Diagnosis>) {
    route(request, found);
    if matches!(
        request.noticed.refusal,
        Some(Refusal::Unauthorized | Refusal::LiveKey)
    ) {
        found.extend(credentials_of(request.headers, store));
    }
    if asks_for_unknown_version(request.headers) {
        let versions = ApiVersion::ALL.map(ApiVersion::as_str).join(", ");
        found.push(error(
            "unknown_version",
            "Omise-Version names a version that the API does not have",
            format!("send one of {versions}, or leave the header out"),
        ));
    }
    if let (Some(Refusal::NotFound("dispute")), Some(store)) = (&request.noticed.refusal, store) {
        found.extend(dispute(request, store));
    }
    match request.operation.map(|operation| operation.name) {
        Some(OperationName::Upload) => content_type(request.headers, found),
        Some(OperationName::List | OperationName::ListDisputes) => parameters(request, found),
        Some(OperationName::Retrieve | OperationName::Destroy | OperationName::RetrieveDispute) => {
            body(request, found);
            if request.query.is_some_and(|query| !query.is_empty()) {
                found.push(info(
                    "query_ignored",
                    "the operation takes no parameters",
                    "leave the query out",
                ));
            }
        }
        _ => {}
    }
}

fn error(code: &str, message: impl AsRef<str>, advice: impl Into<String>) -> Diagnosis {
    diagnosis(About::Head, Severity::Error, code, message, advice)
}

fn warning(code: &str, message: impl AsRef<str>, advice: impl Into<String>) -> Diagnosis {
    diagnosis(About::Head, Severity::Warning, code, message, advice)
}

fn info(code: &str, message: impl AsRef<str>, advice: impl Into<String>) -> Diagnosis {
    diagnosis(About::Head, Severity::Info, code, message, advice)
}

fn route(request: &Request<'_>, found: &mut Vec<Diagnosis>) {
    match &request.noticed.refusal {
        Some(Refusal::NoRoute) => {
            let has_prefix = ["/disputes", "/charges"]
                .iter()
                .any(|known| request.path.find(known).is_some_and(|place| place > 0));
            let advice = if has_prefix {
                "the paths of the API have no prefix: they begin with /disputes or /charges"
            } else {
                "the paths of the API begin with /disputes or /charges"
            };
            found.push(error("unknown_path", "the API has no such path", advice));
        }
        Some(Refusal::WrongMethod { allow }) => found.push(error(
            "wrong_method",
            format!("the path does not take {}", request.method),
            format!("it takes {allow}"),
        )),
        _ if request.path.len() > 1 && request.path.ends_with('/') => found.push(info(
            "slash_at_end",
            "the path ends with a slash",
            "the documented paths have none",
        )),
        _ => {}
    }
}

fn credentials_of(headers: &HeaderMap, store: Option<&Store>) -> Option<Diagnosis> {
    let as_user = "send the secret key as the user of HTTP Basic, with an empty password";
    Some(match credentials(headers) {
        Credentials::Absent => error(
            "no_credentials",
            "the request has no Authorization header",
            as_user,
        ),
        Credentials::Malformed => {
            let mut sent = headers.get_all(header::AUTHORIZATION).iter();
            let (first, second) = (sent.next()?, sent.next());
            let text = String::from_utf8_lossy(first.as_bytes());
            let what = match text.trim().split_once(' ') {
                _ if second.is_some() => "there is more than one Authorization header",
                Some((scheme, _)) if scheme.eq_ignore_ascii_case("basic") => {
                    "what follows Basic is not base64 of a user, a colon and a password"
                }
                Some((scheme, _)) if scheme.eq_ignore_ascii_case("bearer") => {
                    "expected the scheme Basic, found Bearer"
                }
                Some(_) => "expected the scheme Basic, found another",
                None => "expected the word Basic and credentials, found one word",
            };
            error("malformed_credentials", what, as_user)
        }
        Credentials::Basic(user) if user.starts_with("pkey_") => error(
            "public_key",
            "a public key was sent, which opens nothing here",
            "send the secret key, which begins with skey_",
        ),
        Credentials::Basic(user) => match user.parse::<SecretKey>() {
            Ok(key) if key.is_live() => error(
                "live_key",
                "the key is one of live mode, which a mock has no business with",
                "send a key of this mock, as its state names them",
            ),
            Ok(_) => {
                let accounts = store.map_or(0, |store| store.accounts().count());
                error(
                    "unknown_key",
                    format!("the key belongs to none of the {accounts} accounts"),
                    "send a key of this mock, as its state names them; another --seed makes other keys",
                )
            }
            Err(wrong) => error("malformed_key", format!("the user is no key: {wrong}"), as_user),
        },
    })
}

/// Why the dispute of the path was not found, which the API does not say.
fn dispute(request: &Request<'_>, store: &Store) -> Option<Diagnosis> {
    let sent = request.operation?.dispute?;
    let Ok(id) = sent.parse::<DisputeId>() else {
        return Some(error(
            "malformed_dispute_id",
            format!(
                "{:?} is no id of a dispute",
                sent.chars().take(64).collect::<String>()
            ),
            "ids of disputes begin with dspt_test_, and are not escaped",
        ));
    };
    Some(if store.dispute(&id).is_some() {
        error(
            "foreign_dispute",
            "the dispute belongs to another account than the key",
            "send the key of its account; the API says no more than not found",
        )
    } else {
        error(
            "unknown_dispute",
            "the mock has no such dispute",
            "the state names the disputes; after a reset or a restart with another seed they are others",
        )
    })
}

/// Whether the body is declared as a form.
pub(super) fn declares_form(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        let value = value.as_bytes();
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(b"multipart/form-data")
    })
}

fn content_type(headers: &HeaderMap, found: &mut Vec<Diagnosis>) {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        found.push(error(
            "no_content_type",
            "the upload has no Content-Type",
            "send the file as multipart/form-data, and let the client library write the header",
        ));
        return;
    };
    let read = ContentType::read(value.as_bytes(), &Mode::Lenient.into());
    let refused = read.boundary().err();
    found.extend(read.diagnoses().iter().chain(&refused).map(of_form));
}

/// Whether `Omise-Version` is there and names no version.
pub(super) fn asks_for_unknown_version(headers: &HeaderMap) -> bool {
    headers.get(VERSION).is_some_and(|value| {
        let known = value
            .to_str()
            .ok()
            .and_then(|text| text.trim().parse::<ApiVersion>().ok());
        known.is_none()
    })
}

fn parameters(request: &Request<'_>, found: &mut Vec<Diagnosis>) {
    if has_body(request) {
        found.push(warning(
            "parameters_in_body",
            "a list was asked for with a body, which is not looked at",
            "send from, to, offset, limit and order in the query",
        ));
    }
    let mut seen = BTreeSet::new();
    for (name, value) in form_urlencoded::parse(request.query.unwrap_or_default().as_bytes()) {
        let shown: String = name.chars().take(64).collect();
        if !PARAMETERS.contains(&&*name) {
            let advice = nearest(&name, PARAMETERS.into_iter())
                .unwrap_or_else(|| format!("a list takes {}", PARAMETERS.join(", ")));
            let what = format!("the parameter {shown:?} is unknown and was ignored");
            found.push(warning("unknown_parameter", what, advice));
        } else if value.is_empty() {
            let what = format!("the parameter {shown} is empty");
            found.push(warning(
                "empty_parameter",
                what,
                "leave it out, or give it a value",
            ));
        }
        if !seen.insert(shown.clone()) {
            let what = format!("the parameter {shown:?} is there twice; the last one counts");
            found.push(warning("repeated_parameter", what, "send it once"));
        }
        if found.len() > 32 {
            break;
        }
    }
}

fn body(request: &Request<'_>, found: &mut Vec<Diagnosis>) {
    if has_body(request) && matches!(*request.method, Method::GET | Method::HEAD | Method::DELETE) {
        found.push(info(
            "body_ignored",
            format!("a {} came with a body, which is not looked at", request.method),
            "leave it out: proxies on the way may refuse it",
        ));
    }
}
