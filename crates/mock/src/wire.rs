//! Answers as they go out: with what the servers before the API add.

use std::time::Duration;

use http::{
    HeaderName, HeaderValue, Response, StatusCode, Version,
    header::{self, InvalidHeaderValue},
};

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
    let status = match response.status() {
        StatusCode::OK => Ok(HeaderValue::from_static("200 OK")),
        other => HeaderValue::try_from(other.to_string()),
    };
    let runtime = seconds(clock.measured(took));
    if let Some(date) = clock.date() {
        response.headers_mut().insert(header::DATE, date);
    }
    for (name, value) in [(STATUS, status), (RUNTIME, runtime)] {
        if let Ok(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
}

/// Seconds, with six digits behind the point.
fn seconds(took: Duration) -> Result<HeaderValue, InvalidHeaderValue> {
    let micros = u32::try_from(took.as_micros()).ok();
    let Some(mut rest) = micros.filter(|micros| *micros < 10_000_000) else {
        return HeaderValue::try_from(format!("{}.{:06}", took.as_secs(), took.subsec_micros()));
    };
    // Every answer has it, and nearly all in this form.
    let mut text = *b"0.000000";
    for place in [7, 6, 5, 4, 3, 2, 0] {
        text[place] += (rest % 10) as u8;
        rest /= 10;
    }
    HeaderValue::from_bytes(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_six_digits_behind_the_point() {
        for (micros, wanted) in [
            (0, "0.000000"),
            (7, "0.000007"),
            (1_234_567, "1.234567"),
            (9_999_999, "9.999999"),
            (10_000_000, "10.000000"),
            (86_400_000_120, "86400.000120"),
        ] {
            assert_eq!(seconds(Duration::from_micros(micros)).unwrap(), wanted);
        }
        assert_eq!(seconds(Duration::from_nanos(1_999)).unwrap(), "0.000001");
    }
}
