//! The clauses that every answer is judged by, whatever its step is about.

use rebuttal_model::{
    ApiVersion, DisputeId, clause,
    inspect::{Subject, Wanted},
};

use super::{
    departures::{departures, shape_clauses},
    ledger::{At, Difference, Ledger},
    seen::Seen,
};
use crate::redact::Secrets;

/// The place of what the body says.
const BODY: &str = "body";

/// Text that only a stack trace has.
const TRACES: &[&str] = &[
    "Traceback (most recent call last)",
    "stack backtrace:",
    "panicked at ",
    "Exception in thread",
    "\tat java.",
    "goroutine ",
    ":line ",
    "\\n    at ",
    "\n    at ",
    ".php on line ",
];

/// Source files, as a stack trace names them: a line number follows.
const SOURCES: &[&str] = &[
    ".rb:",
    ".py:",
    ".py\\\", line ",
    ".py\", line ",
    ".php:",
    ".rs:",
    ".go:",
    ".java:",
    ".js:",
    ".ts:",
];

/// Where servers keep their files.
const FOLDERS: &[&str] = &[
    "/usr/", "/home/", "/var/", "/srv/", "/opt/", "/app/", "/root/", "/tmp/", "/etc/", "C:\\", "D:\\",
];

/// An answer, and what it answers.
pub(crate) struct Asked<'a> {
    pub(crate) seen: &'a Seen,
    /// What a success is; `None` for requests that are none of the four operations.
    pub(crate) success: Option<Subject>,
    pub(crate) version: ApiVersion,
    /// The version that the request named.
    pub(crate) named_version: Option<ApiVersion>,
    pub(crate) dispute: Option<&'a DisputeId>,
    /// Whether it must not show a key even where it is no error.
    pub(crate) robust: bool,
    /// What the request said: a text that the endpoint may repeat without leaking.
    pub(crate) said: &'a dyn Fn() -> String,
}

/// Judges an answer by the clauses that hold everywhere.
pub(crate) fn judge(ledger: &mut Ledger, at: At, asked: &Asked<'_>, secrets: &Secrets) {
    let seen = asked.seen;
    match (asked.success, seen.status) {
        (Some(subject), 200..300) => success(ledger, at, asked, subject),
        (_, 400..) => error(ledger, at, asked, secrets),
        _ => {}
    }
    if asked.robust
        && seen.status < 400
        && let Some(place) = where_key_shows(seen, secrets)
    {
        key_shown(ledger, at, place);
    }
}

fn success(ledger: &mut Ledger, at: At, asked: &Asked<'_>, subject: Subject) {
    let seen = asked.seen;
    let status = &clause::document::ANSWER_STATUS_200;
    if seen.status == 200 {
        ledger.hold(status);
    } else {
        ledger.miss(status, at, Difference::new("status", "200", seen.summary()));
    }
    let echo = seen.header("omise-version");
    let wrong = asked
        .named_version
        .is_some_and(|version| echo != Some(version.as_str()));
    if echo.is_some() && !wrong {
        ledger.hold(&clause::http::VERSION_ECHO);
    } else {
        let expected = asked
            .named_version
            .map_or("the API version of the answer", ApiVersion::as_str);
        let found = echo.map_or_else(|| "no such header".to_owned(), |it| format!("{it:?}"));
        ledger.miss(
            &clause::http::VERSION_ECHO,
            at,
            Difference::new("header omise-version", expected, found),
        );
    }
    if seen.status == 204 {
        return;
    }
    let json = &clause::document::ANSWER_JSON;
    let types = seen.content_types();
    let is_json = seen.media_type().as_deref() == Some("application/json") && seen.is_declared_utf8();
    // Which of two counts, each client decides for itself.
    if !is_json || types.iter().any(|it| *it != types[0]) {
        let quoted: Vec<_> = types.iter().map(|it| format!("{it:?}")).collect();
        let found = if quoted.is_empty() {
            "no such header".to_owned()
        } else {
            quoted.join(" and ")
        };
        ledger.miss(
            json,
            at,
            Difference::new("header content-type", "application/json, in UTF-8", found),
        );
    }
    let wanted = Wanted {
        subject,
        version: asked.version,
        dispute: asked.dispute,
    };
    departures(
        ledger,
        at,
        &wanted,
        &seen.body,
        &shape_clauses(subject, asked.version),
    );
}

fn error(ledger: &mut Ledger, at: At, asked: &Asked<'_>, secrets: &Secrets) {
    let seen = asked.seen;
    if seen.is_meant_as_json() {
        let wanted = Wanted::new(Subject::Error, asked.version);
        let shape = &clause::document::ERROR_SHAPE;
        departures(ledger, at, &wanted, &seen.body, &[shape]);
        let message = seen.json.as_ref().and_then(|json| json.get("message")?.as_str());
        // That it is empty is a departure already.
        let is_blank = |text: &str| !text.is_empty() && text.trim().is_empty();
        if let Some(text) = message.filter(|text| is_blank(text) || is_in_other_letters(text)) {
            let difference = Difference::new("/message", "a text in English", format!("{text:?}"));
            ledger.miss(shape, at, difference);
        }
        if seen.media_type().as_deref() != Some("application/json") {
            let found = seen
                .header("content-type")
                .map_or_else(|| "no such header".to_owned(), |it| format!("{it:?}"));
            let difference = Difference::new("header content-type", "application/json", found);
            ledger.miss(shape, at, difference);
        }
    }
    no_leak(ledger, at, asked, secrets);
    if seen.status == 401 {
        let challenge = &clause::auth::CHALLENGE;
        let values = seen
            .headers
            .get_all("www-authenticate")
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut challenges = values.flat_map(|value| value.split(','));
        let value = seen.header("www-authenticate");
        if challenges.any(|challenge| challenge.trim().to_ascii_lowercase().starts_with("basic")) {
            ledger.hold(challenge);
        } else {
            let found = value.map_or_else(|| "no such header".to_owned(), |it| format!("{it:?}"));
            ledger.miss(
                challenge,
                at,
                Difference::new("header www-authenticate", "a Basic challenge", found),
            );
        }
    }
}

/// Whether a text has letters, and none of English.
fn is_in_other_letters(text: &str) -> bool {
    let mut letters = text.chars().filter(|it| it.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(|letter| !letter.is_ascii())
}

/// No error repeats the key, a stack trace or a file path. What the request itself said is no leak, but the key.
fn no_leak(ledger: &mut Ledger, at: At, asked: &Asked<'_>, secrets: &Secrets) {
    let leak = &clause::document::ERROR_NO_LEAK;
    if let Some(place) = where_key_shows(asked.seen, secrets) {
        key_shown(ledger, at, place);
        return;
    }
    let found = texts_of(asked.seen).into_iter().find_map(|(place, text)| {
        // A header may well name a path: a cookie's, or where something else is.
        let found = if place == BODY {
            leaked(&text)
        } else {
            traced(&text)
        };
        let found = found.filter(|found| !(asked.said)().contains(found));
        found.map(|found| (place, found))
    });
    match found {
        Some((place, found)) => {
            let expected = "neither a stack trace nor a file path";
            ledger.miss(
                leak,
                at,
                Difference::new(place, expected, format!("a text with {found:?}")),
            );
        }
        None => ledger.hold(leak),
    }
}

fn key_shown(ledger: &mut Ledger, at: At, place: String) {
    ledger.miss(
        &clause::document::ERROR_NO_LEAK,
        at,
        Difference::new(place, "nothing of the key", "the key (masked here)"),
    );
}

fn where_key_shows(seen: &Seen, secrets: &Secrets) -> Option<String> {
    let mut texts = texts_of(seen).into_iter();
    texts.find_map(|(place, text)| secrets.shows_in(&text).then_some(place))
}

/// All that an answer says, by its place: the reason phrase, each header, and the body.
fn texts_of(seen: &Seen) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let reason = ("reason phrase".to_owned(), seen.reason.clone());
    let headers = seen
        .headers
        .iter()
        .map(|(name, value)| (format!("header {name}"), text(value.as_bytes())));
    let body = (BODY.to_owned(), text(&seen.body));
    [reason].into_iter().chain(headers).chain([body]).collect()
}

/// What in a text only a stack trace or a server's own file system can have said.
fn leaked(text: &str) -> Option<&'static str> {
    // JSON may write a slash as an escape, and must write a backslash so.
    let text = &text.replace("\\/", "/").replace("\\\\", "\\");
    let folder = || {
        FOLDERS.iter().copied().find(|folder| {
            // Within a URL a word or another slash stands before it.
            let mut before = text.match_indices(folder).map(|(at, _)| &text[..at]);
            before
                .any(|head| !head.ends_with(|it: char| it.is_alphanumeric() || matches!(it, '/' | '.' | '-')))
        })
    };
    traced(text).or_else(folder)
}

/// What in a text only a stack trace can have said.
fn traced(text: &str) -> Option<&'static str> {
    let trace = TRACES.iter().copied().find(|trace| text.contains(trace));
    let source = || {
        SOURCES.iter().copied().find(|source| {
            let mut after = text
                .match_indices(source)
                .map(|(at, found)| &text[at + found.len()..]);
            after.any(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
        })
    };
    trace.or_else(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_and_paths_are_told_from_prose() {
        for (text, wanted) in [
            ("undefined method `[]' for nil (documents.rb:41)", Some(".rb:")),
            (r#"{"message":"no such file: \/var\/www\/1.png"}"#, Some("/var/")),
            ("open \"/var/uploads/1.png\": no such file", Some("/var/")),
            (
                "at Api.Parse(Stream s) in D:\\\\build\\\\Upload.cs:line 12",
                Some(":line "),
            ),
            ("goroutine 12 [running]: main.upload()", Some("goroutine ")),
            ("thread 'main' panicked at src/main.rs:1:2", Some("panicked at ")),
            ("see https://www.omise.co/app/errors#not-found", None),
            ("the file name ends in .rb: only PNG, JPG and PDF are taken", None),
            ("dispute dspt_test_1 was not found", None),
        ] {
            assert_eq!(leaked(text), wanted, "{text}");
        }
    }
}
