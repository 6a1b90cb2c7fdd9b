//! What becomes of a request before the API sees it: what the API has no part in is answered or refused here.
//!
//! CONNECT leads to the mock itself and to nobody else. Clients without a way to name another host have one to
//! name a proxy. The tunnel ends here: what they take for the API is this mock, with a certificate of its own
//! authority.

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};

use crate::{
    answer::Answer,
    auth::{Credentials, shows_live_key},
    authority::API_HOST,
    connection::Shared,
    metrics,
    notes::Notes,
    service::Service,
    worded,
};

/// What becomes of a request before the API sees it.
pub(crate) enum Gate {
    /// It is the API's.
    Served,
    /// The connection becomes a tunnel to this mock.
    Tunnel,
    /// It is about the mock itself, or refused.
    Answered(Answer),
    /// It is refused, and whatever follows it on the connection.
    Refused(Answer),
}

/// Looks at how a request came.
pub(crate) fn gate<B>(request: &Request<B>, shared: &Shared, encrypted: bool) -> Gate {
    // The library looks at its buffer between two reads, so that one read may bring more than there is room for.
    if head_bytes(request) > shared.limits.head_bytes {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Gate::Refused(worded::refusal(shared, status));
    }
    match proxy(request, shared, encrypted) {
        Gate::Served => {}
        other => return other,
    }
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/healthz" | "/_mock/healthz") => {
            return Gate::Answered(metrics::health());
        }
        (&Method::GET | &Method::HEAD, "/_mock/metrics") => return Gate::Answered(metrics::page(shared)),
        _ => {}
    }
    Gate::Served
}

/// What the head of a request takes at least, in bytes: written without blanks that it may do without.
fn head_bytes<B>(request: &Request<B>) -> usize {
    let target = request.uri();
    let target = target.path_and_query().map_or(0, |it| it.as_str().len());
    let fields = request.headers().iter();
    let fields: usize = fields
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    request.method().as_str().len() + target + "  HTTP/1.1\r\n\r\n".len() + fields
}

/// The answer to what no request to this mock may have, whatever it asks for.
pub(crate) fn refused(
    headers: &HeaderMap,
    shown: &Credentials,
    live_keys: bool,
    service: &mut Service,
    notes: &Notes,
) -> Option<Answer> {
    if !live_keys && shows_live_key(headers, shown) {
        return Some(service.refuse_live_key(notes.clone()));
    }
    is_encoded(headers).then(|| {
        let told = "the mock takes bodies as they are: send no Content-Encoding";
        let mut answer = service.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, told);
        answer
            .headers
            .insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        answer
    })
}

/// Whether a body was compressed, or changed otherwise. None is ever decompressed here.
fn is_encoded(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING);
    codings.iter().any(|value| {
        let value = value.as_bytes().trim_ascii();
        !value.is_empty() && !value.eq_ignore_ascii_case(b"identity")
    })
}

/// What is asked of the mock as a proxy.
fn proxy<B>(request: &Request<B>, shared: &Shared, encrypted: bool) -> Gate {
    let refuse = |status, message: &'static str| Gate::Answered(shared.service().refuse(status, message));
    let Some(tls) = &shared.tls else {
        if request.method() == Method::CONNECT {
            let told = "the mock speaks no TLS: start it with --tls";
            return refuse(StatusCode::NOT_IMPLEMENTED, told);
        }
        return Gate::Served;
    };
    if request.method() != Method::CONNECT {
        if tls.only && !encrypted {
            return refuse(StatusCode::BAD_REQUEST, "the mock takes HTTPS only");
        }
        return Gate::Served;
    }
    let host = request.uri().host().unwrap_or_default();
    if encrypted {
        return refuse(StatusCode::BAD_REQUEST, "expected CONNECT outside of TLS");
    }
    let here = [API_HOST, "localhost", "127.0.0.1", "[::1]"];
    if !here.iter().any(|known| host.eq_ignore_ascii_case(known)) {
        let told = "the mock is no proxy to other hosts: it stands in for api.omise.co";
        return refuse(StatusCode::FORBIDDEN, told);
    }
    Gate::Tunnel
}
