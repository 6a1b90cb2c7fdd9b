//! Where schemas and readers differ, and why that stays so.
//!
//! A new difference is either mended or gets a row here; a row that nothing needs fails a test.

use rebuttal_model::{Timestamp, inspect::Departure};
use serde_json::Value;

/// A difference that stays.
pub struct Reviewed {
    /// Why.
    pub why: &'static str,
    /// Whether that explains a case.
    pub explains: fn(&Case<'_>) -> bool,
}

/// A body on which a schema and a reader differ.
#[derive(Debug)]
pub struct Case<'a> {
    /// The body.
    pub value: &'a Value,
    /// What the one that refuses says.
    pub error: String,
    /// The departure that the schema does not have.
    pub departure: Option<&'a Departure>,
}

impl Case<'_> {
    fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.error.contains(word))
    }

    /// Whether the departure is of one of these members.
    fn is_of(&self, members: &[&str]) -> bool {
        let pointer = self.departure.map_or("", |it| it.pointer.as_str());
        members.contains(&pointer.rsplit('/').next().unwrap_or_default())
    }
}

/// What fits the tolerant schema and does not decode.
pub static UNREAD: &[Reviewed] = &[
    Reviewed {
        why: "JSON Schema calls 1.0 an integer; no server of this API writes one so",
        explains: |it| it.says(&["invalid type: floating point"]),
    },
    Reviewed {
        why: "more than a number of 32 or 64 bits counts: format is an annotation in 2020-12",
        explains: |it| it.says(&["invalid value: integer"]),
    },
    Reviewed {
        why: "a day or an offset that no calendar has: format is an annotation in 2020-12",
        explains: |it| it.says(&["date"]),
    },
    Reviewed {
        why: "the same in an answer to destroy, which has two shapes and does not say what kept it from either",
        explains: |it| {
            let is_no_time = |member: &str| {
                let text = it.value[member].as_str();
                text.is_some_and(|text| text.parse::<Timestamp>().is_err())
            };
            it.says(&["enum DestroyAnswer"]) && ["created_at", "created"].into_iter().any(is_no_time)
        },
    },
];

/// What decodes and does not fit the tolerant schema: nothing.
pub static BORNE: &[Reviewed] = &[];

/// What conforms to the schema of its version, and departs.
pub static INSPECTED: &[Reviewed] = &[
    Reviewed {
        why: "a schema compares no two members: livemode with the id, the location with the ids or the code",
        explains: |it| it.is_of(&["livemode", "id", "location", "code"]),
    },
    Reviewed {
        why: "nor does it count a page and hold it against limit and total",
        explains: |it| it.is_of(&["data", "total"]),
    },
    Reviewed {
        why: "JSON Schema calls 1.0 an integer",
        explains: |it| {
            it.departure
                .is_some_and(|it| it.expected.contains("whole number") && it.found.contains(['.', 'e']))
        },
    },
    Reviewed {
        why: "a schema lets be what it does not list; an older version must not have the newer members",
        explains: |it| {
            it.departure
                .is_some_and(|it| it.expected.starts_with("no such member in version"))
        },
    },
    Reviewed {
        why: "the calendar is not a pattern",
        explains: |it| it.is_of(&["created_at", "created", "closed_at", "from", "to"]),
    },
];

/// What departs in nothing, and does not conform to the schema of its version.
pub static SCHEMED: &[Reviewed] = &[Reviewed {
    why: "a server writes it, and no recording of the older version shows that each must",
    explains: |it| it.says(&["\"transaction\" is a required property"]),
}];
