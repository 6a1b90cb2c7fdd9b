//! Messages on their way through: what concerns one connection only stays behind (RFC 9110 §7.6.1).

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request};
use http_body_util::Full;
use serde_json::json;

use crate::transport::{Body, Relayed};

/// A header that says whose answer it is, where the proxy itself answers.
const OWN: HeaderName = HeaderName::from_static("x-rebuttal");

/// The headers of one connection, beside those that `Connection` names.
const OF_A_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Takes out what concerns one connection.
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        // Not what says who asks and what the body is: a client that names those means something else.
        if !matches!(name, header::AUTHORIZATION | header::CONTENT_TYPE | header::HOST) {
            headers.remove(name);
        }
    }
    for name in OF_A_CONNECTION {
        headers.remove(name);
    }
}

/// A request as it goes on. Its answer must come in a coding that can be judged, so none is offered.
pub(super) fn onward(mut head: request::Parts, body: &Bytes) -> (request::Parts, Body) {
    let body = if head.headers.contains_key(header::TRANSFER_ENCODING) {
        Body::Chunked(body.clone().into())
    } else if body.is_empty() && !head.headers.contains_key(header::CONTENT_LENGTH) {
        Body::None
    } else {
        Body::Whole(body.clone().into())
    };
    strip(&mut head.headers);
    if head.headers.contains_key(header::ACCEPT_ENCODING) {
        head.headers
            .insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    (head, body)
}

/// An answer as it goes back.
pub(super) fn back(answer: Relayed, is_head: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    *response.extensions_mut() = answer.extensions;
    strip(response.headers_mut());
    if !is_head {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// An answer of the proxy itself. `message` says what to do.
pub(super) fn own(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({
        "object": "error",
        "location": format!("https://rebuttal.invalid/record#{}", code.replace('_', "-")),
        "code": code,
        "message": format!("{message} (said by rebuttal record, not by the API)"),
    });
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    headers.insert(OWN, HeaderValue::from_static("answered-by-the-proxy"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_a_connection_stays_behind() {
        let mut request = http::Request::new(());
        for (name, value) in [
            ("connection", "close, X-Private, Authorization"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("x-private", "1"),
            ("x-public", "2"),
            ("authorization", "Basic eA=="),
            ("accept-encoding", "gzip, br"),
            ("content-length", "3"),
        ] {
            request
                .headers_mut()
                .append(name, HeaderValue::from_static(value));
        }
        let (head, body) = onward(request.into_parts().0, &Bytes::from_static(b"abc"));
        let mut names: Vec<_> = head.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["accept-encoding", "authorization", "content-length", "x-public"]
        );
        assert_eq!(head.headers["accept-encoding"], "identity");
        assert!(matches!(body, Body::Whole(content) if content.to_bytes() == "abc"));
    }
}
