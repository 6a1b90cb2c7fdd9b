//! Who may steer a mock.
//!
//! A browser shows pages of strangers, and their scripts can send requests to this machine. What such a request
//! cannot do is lie about its `Origin`, or send JSON to another origin without asking first. And a stranger can
//! own a name that leads to this machine, but no address, no name without a dot and none below `localhost`.

use std::net::IpAddr;

use http::{HeaderMap, Method, StatusCode, header, uri::Authority};

use super::problem::{ControlError, problem};
use crate::{
    auth::{Credentials, credentials},
    service::Service,
};

/// The name of the API itself, under which TLS clients reach the mock; no stranger owns it.
const API_HOST: &str = "api.omise.co";

/// Refuses who may not ask for this.
pub(crate) fn check(method: &Method, headers: &HeaderMap) -> Result<(), ControlError> {
    let host = headers
        .get(header::HOST)
        .map(|host| String::from_utf8_lossy(host.as_bytes()));
    if let Some(host) = &host
        && !is_own_name(host)
    {
        let wanted = "an address, localhost or a name without a dot as Host";
        return Err(refused(wanted, format!("{:?}", brief(host))));
    }
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = String::from_utf8_lossy(origin.as_bytes());
        let is_own = origin
            .strip_prefix("http://")
            .or(origin.strip_prefix("https://"))
            .is_some_and(|authority| host.as_deref() == Some(authority));
        if !is_own {
            return Err(refused(
                "the mock's own Origin, or none",
                format!("{:?}", brief(&origin)),
            ));
        }
    }
    let is_change = *method != Method::GET && *method != Method::HEAD;
    if is_change && let Some(site) = headers.get("sec-fetch-site") {
        let site = String::from_utf8_lossy(site.as_bytes());
        if !matches!(&*site, "same-origin" | "none") {
            return Err(refused(
                "a request of the mock's own page",
                format!("one that is {}", brief(&site)),
            ));
        }
    }
    if matches!(*method, Method::POST | Method::PUT | Method::PATCH) && !is_json(headers) {
        let found = match headers.get(header::CONTENT_TYPE) {
            Some(found) => format!("{:?}", brief(&String::from_utf8_lossy(found.as_bytes()))),
            None => "none".to_owned(),
        };
        let error = problem("", "Content-Type: application/json", found);
        return Err(error
            .status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            .help("a change says that it is JSON, also where it has no body"));
    }
    Ok(())
}

/// Refuses who asks from elsewhere without a secret key of the mock.
pub(crate) fn authenticate(headers: &HeaderMap, service: &Service) -> Result<(), ControlError> {
    let opens = match credentials(headers) {
        Credentials::Basic(user) => service
            .store
            .accounts()
            .any(|(_, account)| account.secret.expose() == user),
        Credentials::Absent | Credentials::Malformed => false,
    };
    if opens {
        return Ok(());
    }
    let wanted = "a secret key of the mock as the user of HTTP Basic, from another machine";
    Err(problem("", wanted, "none that opens it").status(StatusCode::UNAUTHORIZED))
}

fn refused(wanted: &str, found: String) -> ControlError {
    problem("", wanted, found).status(StatusCode::FORBIDDEN)
}

fn is_own_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let name = name.to_ascii_lowercase();
    address.parse::<IpAddr>().is_ok()
        || !name.contains('.')
        || name.ends_with(".localhost")
        || name == API_HOST
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        let essence = value
            .as_bytes()
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
    })
}

fn brief(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_stranger_could_own_are_refused() {
        for (host, wanted) in [
            ("127.0.0.1:4010", true),
            ("[::1]:4010", true),
            ("192.168.1.5", true),
            ("localhost:4010", true),
            ("Mock.localhost", true),
            ("mock:4010", true),
            ("api.omise.co", true),
            ("evil.example", false),
            ("api.omise.co.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example:80", false),
            ("a b", false),
            ("", false),
        ] {
            assert_eq!(is_own_name(host), wanted, "{host}");
        }
    }
}
