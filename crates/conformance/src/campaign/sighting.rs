//! What one finding is: which promise is broken, and whether another one is the same.

use rebuttal_model::clause;
use schemars::JsonSchema;
use serde::Serialize;

use crate::verdict::Mismatch;

/// The longest signature, in characters.
const MOST_CHARS: usize = 160;

/// What holds for any input.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Promise {
    /// No answer is a 5xx.
    NoServerError,
    /// What is refused, or never came whole, leaves no document behind.
    NothingStored,
    /// No answer shows the key, a stack trace or a path of the server.
    NoLeak,
    /// Errors have the documented shape.
    ErrorShape,
    /// Successes have the documented shape.
    AnswerShape,
    /// An answer comes in time.
    InTime,
    /// An answer comes, is HTTP, and is as long as it says; the next one on the connection answers the next request.
    WholeAnswer,
    /// What no reading makes right is refused.
    Refused,
}

impl Promise {
    /// The promise that a mismatch breaks.
    pub(super) fn of(mismatch: &Mismatch) -> Self {
        let is = |clause: &clause::Clause| mismatch.clause == clause.id;
        let server_error =
            || mismatch.found.starts_with('5') && mismatch.found.get(1..3).is_some_and(is_digits);
        match mismatch.place.as_str() {
            "documents" => Self::NothingStored,
            "connection" => Self::WholeAnswer,
            "time" => Self::InTime,
            "status" if server_error() => Self::NoServerError,
            _ if is(&clause::document::ERROR_NO_LEAK) => Self::NoLeak,
            _ if is(&clause::document::ERROR_SHAPE) => Self::ErrorShape,
            _ if is(&clause::http::KEEP_ALIVE) => Self::WholeAnswer,
            "status" if mismatch.expected.starts_with("a refusal") => Self::Refused,
            _ => Self::AnswerShape,
        }
    }

    /// As a sentence, without its end.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::NoServerError => "no answer is a 5xx",
            Self::NothingStored => "what is refused or cut short leaves no document behind",
            Self::NoLeak => "no answer shows the key, a stack trace or a path of the server",
            Self::ErrorShape => "errors have the documented shape",
            Self::AnswerShape => "successes have the documented shape",
            Self::InTime => "an answer comes in time",
            Self::WholeAnswer => "an answer comes, whole, and is the answer to its request",
            Self::Refused => "what no reading makes right is refused",
        }
    }

    /// In a few words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoServerError => "no 5xx",
            Self::NothingStored => "nothing stored",
            Self::NoLeak => "no leak",
            Self::ErrorShape => "shape of errors",
            Self::AnswerShape => "shape of answers",
            Self::InTime => "in time",
            Self::WholeAnswer => "whole answers",
            Self::Refused => "refused",
        }
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What two findings have in common that are one: clause, place, and what came, without its numbers and ids.
pub(super) fn signature(mismatch: &Mismatch) -> String {
    let found = if mismatch.place == "status" {
        // The first word is the status.
        mismatch.found.clone()
    } else {
        folded(&mismatch.found)
    };
    let text = format!("{} {}: {found}", mismatch.clause, folded(&mismatch.place));
    text.chars().take(MOST_CHARS).collect()
}

/// A text with each number as `N` and each id as its prefix.
fn folded(text: &str) -> String {
    let mut folded = String::new();
    // What stands between quotation marks is the endpoint's, or what was sent to it.
    let outside = text
        .split('"')
        .enumerate()
        .map(|(index, part)| if index % 2 == 0 { part } else { "…" });
    let text = outside.collect::<Vec<_>>().join("\"");
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    for word in text.split_inclusive(|letter: char| !is_part(letter)) {
        let end = word.trim_end_matches(|letter: char| !is_part(letter)).len();
        let (word, behind) = word.split_at(end);
        let prefix = ["docu_", "dspt_"]
            .into_iter()
            .find(|prefix| word.starts_with(prefix));
        if let Some(prefix) = prefix {
            folded.push_str(prefix);
            folded.push('…');
        } else {
            let mut before = ' ';
            for letter in word.chars().map(|it| if it.is_ascii_digit() { 'N' } else { it }) {
                if letter != 'N' || before != 'N' {
                    folded.push(letter);
                }
                before = letter;
            }
        }
        folded.push_str(behind);
    }
    folded
}

#[cfg(test)]
mod tests {
    use rebuttal_model::Level;

    use super::*;

    fn mismatch(clause: &'static str, place: &str, expected: &str, found: &str) -> Mismatch {
        Mismatch {
            clause,
            level: Level::Must,
            step: 1,
            place: place.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
            exchange: None,
            known: None,
        }
    }

    #[test]
    fn a_mismatch_breaks_one_promise() {
        for (clause, place, expected, found, wanted) in [
            (
                "upload.bad-kind",
                "status",
                "a refusal (4xx)",
                "500 internal",
                Promise::NoServerError,
            ),
            (
                "upload.bad-kind",
                "status",
                "a refusal (4xx)",
                "200 with a body",
                Promise::Refused,
            ),
            (
                "upload.bad-kind",
                "documents",
                "the same",
                "docu_test_1 was added",
                Promise::NothingStored,
            ),
            ("error.shape", "/message", "a text", "\"\"", Promise::ErrorShape),
            ("error.no-leak", "body", "no path", "\"/var/\"", Promise::NoLeak),
            (
                "list.shape",
                "time",
                "an answer within 5 ms",
                "9 ms",
                Promise::InTime,
            ),
            (
                "list.shape",
                "connection",
                "an answer",
                "closed",
                Promise::WholeAnswer,
            ),
            (
                "http.keep-alive",
                "status",
                "a success with a list",
                "400",
                Promise::WholeAnswer,
            ),
            (
                "answer.json",
                "header content-type",
                "json",
                "html",
                Promise::AnswerShape,
            ),
        ] {
            let found = Promise::of(&mismatch(clause, place, expected, found));
            assert_eq!(found, wanted, "{clause} {place}");
        }
    }

    #[test]
    fn one_finding_has_one_signature() {
        let of = |place: &str, found: &str| signature(&mismatch("upload.bad-kind", place, "", found));
        let same = of("documents", "docu_test_5xuy was added");
        assert_eq!(same, of("documents", "docu_test_9zz was added"));
        assert_eq!(of("time", "5002 ms"), of("time", "17 ms"));
        assert_eq!(of("/kind", "\"a\" here"), of("/kind", "\"skey_test_1\" here"));
        assert_ne!(of("status", "500 a"), of("status", "503 a"));
        assert_eq!(same, "upload.bad-kind documents: docu_… was added");
    }
}
