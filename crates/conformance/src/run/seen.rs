//! An answer as the judge sees it.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use rebuttal_model::{ApiVersion, Timestamp, json::Node};

use crate::transport::Response;

/// An answer, with its body read as far as it is JSON.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) json: Option<Node>,
    pub(crate) elapsed: Duration,
}

impl Seen {
    pub(crate) fn new(response: Response, elapsed: Duration) -> Self {
        let json = Node::parse(&response.body).ok();
        Self {
            status: response.status,
            reason: response.reason,
            headers: response.headers,
            body: response.body,
            json,
            elapsed,
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// When the endpoint says that it answered.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        let date = httpdate::parse_http_date(self.header("date")?).ok()?;
        Some(Timestamp::from_unix(date.duration_since(UNIX_EPOCH).ok()?))
    }

    /// The error code, where the body has one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.json.as_ref()?.get("code")?.as_str()
    }

    /// Every value of the header Content-Type.
    pub(crate) fn content_types(&self) -> Vec<&str> {
        let values = self.headers.get_all("content-type").iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    /// The media type, without parameters, in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
        )
    }

    /// Whether no other charset than UTF-8 is declared.
    pub(crate) fn is_declared_utf8(&self) -> bool {
        let value = self
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let charset = value
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("charset="));
        charset.is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
    }

    /// Whether the body is meant as JSON: it is declared so, or it is an object.
    pub(crate) fn is_meant_as_json(&self) -> bool {
        matches!(self.json, Some(Node::Object(_)))
            || !self.body.is_empty()
                && self
                    .media_type()
                    .is_some_and(|it| it == "application/json" || it.ends_with("+json"))
    }

    /// Whether the answer to a request for an older version shows that the endpoint knows the header: it echoes
    /// the version, or at least uses the older names.
    pub(crate) fn takes_version(&self, version: ApiVersion) -> bool {
        let has_old_name = self
            .json
            .as_ref()
            .is_some_and(|json| json.get("created").is_some());
        has_old_name || self.header("omise-version") == Some(version.as_str())
    }

    /// The ids of a list's items, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.json.as_ref().map(ids_of).unwrap_or_default()
    }

    /// The answer in a few words: `404 not_found`, `200 list`, `302 to https://…`.
    pub(crate) fn summary(&self) -> String {
        let status = self.status;
        if let Some(place) = self.header("location").filter(|_| (300..400).contains(&status)) {
            return format!("{status}, a redirect to {place} (not followed)");
        }
        if let Some(code) = self.code() {
            // An endpoint's text never steers the reader's terminal.
            return format!("{status} {}", code.escape_debug());
        }
        if let Some(object) = self
            .json
            .as_ref()
            .and_then(|json| json.get("object"))
            .and_then(Node::as_str)
        {
            return format!("{status} with a body of object {object:?}");
        }
        match self.media_type() {
            _ if self.body.is_empty() => format!("{status} without a body"),
            Some(media_type) => format!("{status} with a body of {media_type}"),
            None => format!("{status} with a body of no type"),
        }
    }
}

/// The ids of a list's items, in order; of a walk, what it collected.
pub(crate) fn ids_of(json: &Node) -> Vec<String> {
    let id = |item: &Node| item.get("id").unwrap_or(item).as_str().map(str::to_owned);
    let items = json
        .get("data")
        .or_else(|| json.get("ids"))
        .and_then(Node::as_array);
    items.unwrap_or_default().iter().filter_map(id).collect()
}

/// A whole number, also one that is written as a text: that its shape is wrong is judged elsewhere.
pub(crate) fn count_of(node: &Node) -> Option<i64> {
    match node {
        Node::Number(number) => number.as_i64(),
        Node::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read() {
        let answered = |date: &'static str| {
            let mut headers = http::HeaderMap::new();
            headers.insert("date", http::HeaderValue::from_static(date));
            let seen = Seen {
                status: 200,
                reason: String::new(),
                headers,
                body: Bytes::new(),
                json: None,
                elapsed: Duration::ZERO,
            };
            seen.date().map(|date| date.to_string())
        };
        let wanted = Some("1994-11-06T08:49:37Z".to_owned());
        assert_eq!(answered("Sun, 06 Nov 1994 08:49:37 GMT"), wanted);
        assert_eq!(answered("Sunday, 06-Nov-94 08:49:37 GMT"), wanted);
        assert_eq!(answered("soon"), None);
    }
}
