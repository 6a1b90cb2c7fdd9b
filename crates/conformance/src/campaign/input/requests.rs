//! Requests that are no uploads: odd methods, paths, queries, versions, headers and credentials.

use std::collections::BTreeMap;

use rebuttal_model::{
    Clause,
    clause::{auth, http, list, retrieve},
};

use super::{any, refused, texts};
use crate::scenario::{ListRequest, RawRequest, Step};

/// Where the documents are listed.
const DOCUMENTS: &str = "/disputes/{{main}}/documents";

const METHODS: &[&str] = &[
    "PUT", "PATCH", "TRACE", "OPTIONS", "HEAD", "PROPFIND", "MKCOL", "PURGE", "get", "post", "GETS", "X",
];

const PATHS: &[&str] = &[
    "/",
    "//",
    "/.",
    "/..",
    "/disputes",
    "/disputes/",
    "//disputes/{{main}}/documents",
    "/disputes//documents",
    "/disputes/{{main}}/",
    "/disputes/{{main}}//documents",
    "/disputes/{{main}}/documents/",
    "/disputes/{{main}}/documents//",
    "/disputes/{{main}}/DOCUMENTS",
    "/disputes/{{main}}/documents.json",
    "/disputes/{{main}}/documents/%2e%2e/%2e%2e/charges",
    "/Disputes/{{main}}/documents",
    "/.env",
    "/.git/config",
    "/actuator/env",
    "/server-status",
    "/debug/pprof",
    "/v1/disputes",
    "/?",
    "/?a[]=1&a[b]=2&a=3",
    "/%",
    "/*",
];

const VERSIONS: &[&str] = &[
    "",
    "0",
    "2019-05-28",
    "2019-05-30",
    "9999-99-99",
    "2019-13-41",
    "latest",
    "2019-05-29, 2017-11-02",
    "../2019",
    "2019-05-29T00:00:00Z",
    "%00",
    "-1",
];

const CREDENTIALS: &[&str] = &[
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic =",
    "Basic Og==",
    "Basic OjpA",
    "Basic AAAA",
    "Basic /////w==",
    "Bearer",
    "Bearer x",
    "Digest username=\"a\", realm=\"b\"",
    "Negotiate YII=",
    "basic",
    "B",
    ":",
    "Basic Og== Og==",
    "null",
];

/// Headers that some servers act on.
const HEADERS: &[(&str, &str)] = &[
    ("Accept", "text/html"),
    ("Accept", "application/xml;q=0"),
    ("Accept", "*/*;q=9"),
    ("Accept-Encoding", "gzip, br, zstd, x, *;q=0"),
    ("Accept-Language", "xx-XX-x-x,;q=,"),
    ("Accept-Charset", "utf-7"),
    ("Range", "bytes=0-0,1-1,2-2,-1,9999999999999999999-"),
    ("If-Match", "\"x\""),
    ("If-None-Match", "*"),
    ("If-Modified-Since", "yesterday"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("X-HTTP-Method-Override", "TRACE"),
    ("X-Forwarded-For", "127.0.0.1, ::1, ', \""),
    ("X-Forwarded-Host", "example.com:99999"),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Original-URL", "/../../"),
    ("Forwarded", "for=\"_\";;by="),
    ("Cookie", "a; =b; c=\"; d=%00"),
    ("Origin", "null"),
    ("Referer", "//"),
    ("User-Agent", ""),
    ("User-Agent", "() { :;}; echo x"),
    ("Content-Type", "multipart/form-data"),
    ("Content-Encoding", "gzip"),
    ("TE", "trailers, deflate"),
    ("Upgrade-Insecure-Requests", "1"),
    ("Max-Forwards", "0"),
    ("Via", "1.0 a, 1.1 b, 1.1 c"),
    ("Traceparent", "00-zz-zz-zz"),
    ("X-Request-Id", "'\"<x>"),
];

type Entry = (&'static str, Vec<Step>);

pub(super) fn catalogue(shows_key: bool) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    let mut add = |family, step| all.push((family, vec![step]));
    for method in METHODS {
        add("method", request(&http::UNKNOWN_ROUTE, method, DOCUMENTS));
        let document = format!("{DOCUMENTS}/{{{{unknown/document}}}}");
        add("method", request(&http::UNKNOWN_ROUTE, method, &document));
    }
    for path in PATHS {
        add("path", request(&http::UNKNOWN_ROUTE, "GET", path));
    }
    for segment in texts::SEGMENTS {
        add("path", retrieving(segment));
        add(
            "path",
            request(
                &retrieve::MALFORMED_ID,
                "DELETE",
                &format!("{DOCUMENTS}/{segment}"),
            ),
        );
        let path = format!("/disputes/{segment}/documents");
        add("path", request(&list::DISPUTE_UNKNOWN, "GET", &path));
        add("path", request(&http::UNKNOWN_ROUTE, "POST", &path));
    }
    for length in [300, 4_000, 12_000] {
        add("path", retrieving(&"a".repeat(length)));
        let query = format!("{DOCUMENTS}?{}", "a=1&".repeat(length / 4));
        add("query", request(&list::BAD_PARAMETER, "GET", &query));
    }
    for name in ["limit", "offset", "from", "to", "order"] {
        for value in texts::VALUES {
            add("query", listing(name, value));
        }
    }
    for query in [
        "?",
        "?&",
        "?=",
        "?limit",
        "?limit=1&limit=2",
        "?limit[]=1",
        "?limit[$gt]=0",
        "?%00=1",
        "?%ff=%fe",
    ] {
        add(
            "query",
            request(&list::BAD_PARAMETER, "GET", &format!("{DOCUMENTS}{query}")),
        );
    }
    for version in VERSIONS {
        add("version", with_header("Omise-Version", version));
    }
    for (name, value) in HEADERS {
        add("header", with_header(name, value));
    }
    for length in [1_000, 8_000, 30_000] {
        add("header", with_header("X-Long", &"x".repeat(length)));
        add("header", with_header("Cookie", &"a=b; ".repeat(length / 5)));
        add("header", with_header(&"x".repeat(length / 10), "1"));
    }
    for value in CREDENTIALS {
        add("credentials", with_credentials(value));
    }
    for length in [1_000, 20_000] {
        add(
            "credentials",
            with_credentials(&format!("Basic {}", "QUFB".repeat(length / 4))),
        );
    }
    if shows_key {
        let key = "{{key/secret}}";
        add("secret", request(&http::UNKNOWN_ROUTE, "GET", &format!("/{key}")));
        add("secret", listing("limit", key));
        add("secret", retrieving(key));
        add("secret", with_header("Omise-Version", key));
        add("secret", with_header("X-Request-Id", key));
        add("secret", with_credentials(&format!("Digest {key}")));
    }
    all
}

pub(super) fn request(clause: &Clause, method: &str, path: &str) -> Step {
    Step {
        request: Some(RawRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            ..RawRequest::default()
        }),
        ..any(clause)
    }
}

pub(super) fn retrieving(segment: &str) -> Step {
    request(&retrieve::MALFORMED_ID, "GET", &format!("{DOCUMENTS}/{segment}"))
}

pub(super) fn listing(name: &str, value: &str) -> Step {
    Step {
        list: Some(ListRequest {
            query: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            ..ListRequest::default()
        }),
        ..any(&list::BAD_PARAMETER)
    }
}

/// A list that is asked for with one more header.
pub(super) fn with_header(name: &str, value: &str) -> Step {
    let mut step = request(&list::SHAPE, "GET", DOCUMENTS);
    if let Some(request) = &mut step.request {
        request.headers.insert(name.to_owned(), value.to_owned());
    }
    step
}

pub(super) fn with_credentials(value: &str) -> Step {
    Step {
        list: Some(ListRequest::default()),
        authorization: Some(value.to_owned()),
        ..refused(&auth::MALFORMED_BASIC)
    }
}
