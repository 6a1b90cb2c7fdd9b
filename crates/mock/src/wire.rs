//! Answers as they go out: with what the servers before the API add.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Response, Version, header};

use crate::{
    answer::Answer,
    config::Connections,
    control::{self, Manner, Outgoing, clock::LiveClock},
};

/// An answer as HTTP's library takes it.
pub(crate) fn response(
    answer: Answer,
    reusable: bool,
    connections: Connections,
    manner: Manner,
) -> Response<Outgoing> {
    let mut response = Response::new(control::outgoing(answer.body, manner.bytes_per_second));
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

/// Adds the headers that the live API's servers add. By a clock that stands still nothing takes time.
pub(crate) fn like_the_recorded(response: &mut Response<Outgoing>, took: Duration, clock: &LiveClock) {
    const STATUS: HeaderName = HeaderName::from_static("status");
    const RUNTIME: HeaderName = HeaderName::from_static("x-runtime");
    let status = response.status().to_string();
    let took = clock.measured(took);
    let runtime = format!("{}.{:06}", took.as_secs(), took.subsec_micros());
    if let Some(date) = clock.date() {
        response.headers_mut().insert(header::DATE, date);
    }
    for (name, value) in [(STATUS, status), (RUNTIME, runtime)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
