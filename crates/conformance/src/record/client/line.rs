//! What the request line and the headers say, but for the credentials and the body's type.

use http::{HeaderMap, Method, Uri, header};
use percent_encoding::percent_decode_str;
use rebuttal_model::{
    ApiVersion, DisputeId, DocumentId, MAX_LIST_LIMIT, Timestamp, clause, version::VERSION_HEADER,
};

use crate::record::{
    finding::{self as rule, Finding},
    keys,
    route::{Operation, Route},
};

/// What a parameter's name and value are.
pub(crate) type Parameter = (String, String);

/// The path and its ids.
pub(super) fn path(method: &Method, uri: &Uri, route: &Route, findings: &mut Vec<Finding>) {
    let target = uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str);
    if !keys::find(target.as_bytes()).is_empty() {
        findings.push(rule::KEY_IN_URL.finding("request line", "no key", "a key (masked here)"));
    }
    match route {
        Route::Documents {
            operation,
            dispute,
            document,
        } => {
            if dispute.parse::<DisputeId>().is_err() {
                let clause = match operation {
                    Operation::Upload => &clause::upload::DISPUTE_MALFORMED_ID,
                    Operation::List => &clause::list::DISPUTE_UNKNOWN,
                    Operation::Retrieve => &clause::retrieve::UNKNOWN,
                    Operation::Destroy | Operation::Other => &clause::destroy::UNKNOWN,
                };
                let finding = rule::NO_DISPUTE_ID.finding(
                    "request line, {dispute}",
                    "dspt_test_ or dspt_, then 0-9 and a-z",
                    odd(dispute),
                );
                findings.push(finding.about(clause));
            }
            if let Some(document) = document.as_ref().filter(|it| it.parse::<DocumentId>().is_err()) {
                let clause = match operation {
                    Operation::Destroy => &clause::destroy::UNKNOWN,
                    _ => &clause::retrieve::MALFORMED_ID,
                };
                let finding = rule::NO_DOCUMENT_ID.finding(
                    "request line, {document}",
                    "docu_test_ or docu_, then 0-9 and a-z",
                    odd(document),
                );
                findings.push(finding.about(clause));
            }
        }
        Route::WrongMethod { allowed } => {
            findings.push(rule::WRONG_METHOD.finding("request line", *allowed, method.as_str()));
        }
        Route::Unknown { meant } => {
            let expected = meant
                .as_ref()
                .map_or_else(|| "/disputes/{dispute}/documents".to_owned(), Clone::clone);
            findings.push(rule::UNKNOWN_PATH.finding("request line", expected, uri.path()));
        }
        Route::Other => {}
    }
}

/// A text that is no id, and what programs mean when they send it.
fn odd(text: &str) -> String {
    match text {
        "" => "nothing, which makes it another path".to_owned(),
        "null" | "None" | "nil" | "undefined" | "NaN" | "[object Object]" => {
            format!("{text:?}, which a variable without a value is written as")
        }
        _ if text.starts_with(['{', ':', '<']) => format!("{text:?}, a place that was not filled in"),
        _ => format!("{text:?}"),
    }
}

/// The parameters of a query, decoded.
pub(super) fn parameters(uri: &Uri) -> Vec<Parameter> {
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// The query of an operation.
pub(super) fn query(operation: Operation, parameters: &[Parameter], findings: &mut Vec<Finding>) {
    match operation {
        Operation::List => {
            for (name, value) in parameters {
                let expected = match name.as_str() {
                    "limit" if is_within(value, 1, u64::from(MAX_LIST_LIMIT)) => continue,
                    "limit" => "a whole number from 1 to 100",
                    "offset" if is_within(value, 0, u64::MAX) => continue,
                    "offset" => "a whole number of at least 0",
                    "order" if matches!(value.as_str(), "chronological" | "reverse_chronological") => {
                        continue;
                    }
                    "order" => "chronological or reverse_chronological",
                    "from" | "to" if value.parse::<Timestamp>().is_ok() => continue,
                    "from" | "to" => "a UTC datetime such as 2019-12-31T12:59:59Z",
                    _ => "from, to, offset, limit or order",
                };
                let is_known = matches!(name.as_str(), "limit" | "offset" | "order" | "from" | "to");
                let found = if is_known {
                    format!("{value:?}")
                } else {
                    format!("a parameter {name:?}")
                };
                findings.push(rule::BAD_PARAMETER.finding(format!("query, {name}"), expected, found));
            }
        }
        Operation::Upload => {
            if let Some((_, kind)) = parameters.iter().find(|(name, _)| name == "kind") {
                findings.push(rule::KIND_IN_QUERY.finding(
                    "query, kind",
                    "a field of the form",
                    format!("{kind:?} in the query"),
                ));
            }
        }
        Operation::Retrieve | Operation::Destroy | Operation::Other => {}
    }
}

fn is_within(value: &str, least: u64, most: u64) -> bool {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits && value.parse().is_ok_and(|number| (least..=most).contains(&number))
}

/// The API version that is asked for, where it is one.
pub(super) fn version(headers: &HeaderMap, findings: &mut Vec<Finding>) -> Option<ApiVersion> {
    let place = "header omise-version";
    let Some(value) = headers.get(VERSION_HEADER) else {
        findings.push(rule::NO_VERSION.finding(place, "2019-05-29", "no such header"));
        return None;
    };
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let Ok(version) = text.parse::<ApiVersion>() else {
        let expected = "2019-05-29, 2017-11-02, 2015-11-17 or 2014-07-27";
        findings.push(rule::UNKNOWN_VERSION.finding(place, expected, format!("{text:?}")));
        return None;
    };
    if version.is_legacy() {
        findings.push(rule::OLD_VERSION.finding(place, "2019-05-29", version.as_str()));
    }
    Some(version)
}

/// Which host is named, and how the body is to be sent. `allowed` are the hosts that may well be named.
pub(super) fn manners(uri: &Uri, headers: &HeaderMap, allowed: &[String], findings: &mut Vec<Finding>) {
    let value = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let host = uri.authority().map(http::uri::Authority::as_str).or(value);
    if let Some(host) = host {
        let name = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(host, |(name, _)| name);
        let is_local = name.eq_ignore_ascii_case("localhost")
            || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
        let is_allowed = allowed.iter().any(|it| it.eq_ignore_ascii_case(name));
        if !is_local && !is_allowed {
            let expected = allowed.first().map_or("the API's host", String::as_str);
            findings.push(rule::OTHER_HOST.finding("header host", expected, format!("{name:?}")));
        }
    }
    if headers.contains_key(header::EXPECT) {
        findings.push(rule::EXPECT_CONTINUE.finding("header expect", "no such header", "100-continue"));
    }
    if headers.contains_key(header::TRANSFER_ENCODING) {
        let place = "header transfer-encoding";
        findings.push(rule::CHUNKED.finding(place, "Content-Length", "chunked"));
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn rules(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().filter_map(|it| it.rule).collect()
    }

    #[test]
    fn ids_and_parameters_are_held_against_the_contract() {
        for (method, target, wanted) in [
            ("GET", "/disputes/dspt_test_1/documents", &[][..]),
            (
                "GET",
                "/disputes/dspt_test_1/documents?limit=100&offset=0&order=reverse_chronological&from=2019-12-31T12:59:59Z",
                &[],
            ),
            (
                "GET",
                "/disputes/dspt_test_1/documents?limit=101&offset=-1&order=asc&to=2019-12-31&page=2",
                &["bad-parameter"; 5],
            ),
            ("GET", "/disputes/undefined/documents", &["malformed-dispute-id"]),
            (
                "GET",
                "/disputes/dspt_test_1/documents/",
                &["malformed-document-id"],
            ),
            (
                "DELETE",
                "/disputes/%7Bid%7D/documents/docu_test_1",
                &["malformed-dispute-id"],
            ),
            ("PUT", "/disputes/dspt_test_1/documents", &["wrong-method"]),
            ("POST", "/api/disputes/dspt_test_1/documents", &["unknown-path"]),
            (
                "POST",
                "/disputes/dspt_test_1/documents?kind=x",
                &["kind-in-query"],
            ),
            (
                "GET",
                "/disputes/dspt_test_1/documents/docu_test_1?key=skey_test_1",
                &["key-in-url"],
            ),
        ] {
            let uri: Uri = target.parse().expect("it works");
            let method: Method = method.parse().expect("it works");
            let route = Route::new(method.as_str(), uri.path());
            let mut findings = Vec::new();
            path(&method, &uri, &route, &mut findings);
            query(route.operation(), &parameters(&uri), &mut findings);
            assert_eq!(rules(&findings), wanted, "{target}");
        }
    }

    #[test]
    fn hosts_and_versions() {
        for (host, wanted) in [
            ("127.0.0.1:4010", &[][..]),
            ("localhost", &[]),
            ("[::1]:80", &[]),
            ("api.omise.co", &[]),
            ("vault.omise.co", &["other-host"]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            let mut findings = Vec::new();
            manners(
                &Uri::from_static("/"),
                &headers,
                &["api.omise.co".to_owned()],
                &mut findings,
            );
            assert_eq!(rules(&findings), wanted, "{host}");
        }
        for (value, wanted) in [
            (Some("2019-05-29"), ""),
            (Some("2017-11-02"), "old-version"),
            (Some("v2"), "unknown-version"),
            (None, "no-version"),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(value.map(|value| {
                (
                    http::HeaderName::from_static(VERSION_HEADER),
                    HeaderValue::from_static(value),
                )
            }));
            let mut findings = Vec::new();
            version(&headers, &mut findings);
            assert_eq!(rules(&findings).concat(), wanted, "{value:?}");
        }
    }
}
