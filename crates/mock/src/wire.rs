//! Answers as they go out: with what the servers before the API add.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, Version, header};
use http_body_util::Full;

use crate::{answer::Answer, config::Connections};

/// An answer as HTTP's library takes it.
pub(crate) fn response(answer: Answer, reusable: bool, connections: Connections) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if connections == Connections::Http10 {
        *response.version_mut() = Version::HTTP_10;
    }
    if !reusable || connections != Connections::Kept {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Adds the headers that the live API's servers add.
pub(crate) fn like_the_recorded(response: &mut Response<Full<Bytes>>, took: Duration) {
    const STATUS: HeaderName = HeaderName::from_static("status");
    const RUNTIME: HeaderName = HeaderName::from_static("x-runtime");
    let status = response.status().to_string();
    let runtime = format!("{:.6}", took.as_secs_f64());
    for (name, value) in [(STATUS, status), (RUNTIME, runtime)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}
