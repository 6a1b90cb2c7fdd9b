//! How long an answer asks to wait (RFC 9110 §10.2.3): in seconds, or until a date.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// The wait that an answer asks for; `None` where it names none, or in no way that can be read. A date that
/// is past asks for none.
///
/// A date is held against the endpoint's own clock, by the header `Date`, and against `now` only where that is missing:
/// two clocks that differ by a minute make no wait longer. Seconds that fit in no number are the longest wait there is.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let wanted = text(header::RETRY_AFTER).filter(|wanted| !wanted.is_empty())?;
    if wanted.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(Duration::from_secs(wanted.parse().unwrap_or(u64::MAX)))
    } else {
        let answered = text(header::DATE).and_then(date).unwrap_or(now);
        Some(date(wanted)?.duration_since(answered).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_wait_is_read_in_each_form_that_it_can_have() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date");
        for (name, wanted, date, seconds) in [
            ("seconds", "120", None, Some(120)),
            ("seconds, padded", " 7 ", None, Some(7)),
            ("no wait", "0", None, Some(0)),
            ("a date", "Sun, 06 Nov 1994 08:50:07 GMT", None, Some(30)),
            (
                "as RFC 850 has it",
                "Sunday, 06-Nov-94 08:50:07 GMT",
                None,
                Some(30),
            ),
            ("as asctime writes it", "Sun Nov  6 08:50:07 1994", None, Some(30)),
            (
                "a date that is past",
                "Sun, 06 Nov 1994 08:00:00 GMT",
                None,
                Some(0),
            ),
            (
                "by the endpoint's clock, a minute ahead",
                "Sun, 06 Nov 1994 08:50:40 GMT",
                Some("Sun, 06 Nov 1994 08:50:37 GMT"),
                Some(3),
            ),
            (
                "by ours, where the endpoint's cannot be read",
                "Sun, 06 Nov 1994 08:49:40 GMT",
                Some("today"),
                Some(3),
            ),
            ("far too long", "99999999999999999999999", None, Some(u64::MAX)),
            ("a sign", "+5", None, None),
            ("a fraction", "1.5", None, None),
            ("words", "in a minute", None, None),
            ("nothing", "", None, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(wanted));
            if let Some(date) = date {
                headers.insert(header::DATE, HeaderValue::from_static(date));
            }
            let found = retry_after(&headers, now).map(|wait| wait.as_secs());
            assert_eq!(found, seconds, "{name}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
