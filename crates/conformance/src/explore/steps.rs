//! Steps of the suite's own format, from operations.

use rebuttal_model::{Clause, Situation, clause};
use serde_json::{Value, json};

use super::op::{Flaw, Shape};
use crate::scenario::{Alternative, Answer, Credentials, Expect, ListRequest, Step, Target, Upload};

/// The name of the step that lists what is there before anything is done.
pub(super) const BEFORE: &str = "before";

pub(super) fn reference(name: &str, pointer: &str) -> String {
    format!("{{{{{name}{pointer}}}}}")
}

pub(super) fn upload(shape: &Shape) -> Upload {
    Upload {
        file: Some(shape.file).filter(|file| *file != crate::evidence::Sample::Png),
        bytes: shape.bytes,
        filename: shape.filename.map(str::to_owned),
        media_type: shape.media_type.map(str::to_owned),
        kind: shape.kind.map(|kind| kind.as_str().to_owned()),
        kind_first: shape.kind_first,
        ..Upload::default()
    }
}

/// The clause that an upload of this shape is about most.
pub(super) fn clause_of(shape: &Shape) -> &'static Clause {
    use crate::evidence::Sample;
    match shape {
        Shape {
            filename: Some(_), ..
        } => &clause::upload::FILENAME_ECHO,
        Shape { kind: None, .. } => &clause::upload::KIND_OPTIONAL,
        Shape {
            media_type: Some(_), ..
        } => &clause::upload::PART_WITHOUT_TYPE,
        Shape { kind_first: true, .. } => &clause::upload::PART_ORDER,
        Shape {
            file: Sample::Jpeg, ..
        } => &clause::upload::JPG,
        Shape {
            file: Sample::Pdf, ..
        } => &clause::upload::PDF,
        _ => &clause::upload::PNG,
    }
}

/// An upload with a flaw, the clause that refuses it, and how.
pub(super) fn flawed(flaw: Flaw) -> (Upload, &'static Clause, Expect) {
    use crate::evidence::Sample;
    let mut upload = upload(&Shape::plain());
    let bad_request = Expect {
        status: vec![400],
        error: Some("bad_request".to_owned()),
        ..unchanged()
    };
    let any_400 = Expect {
        status: vec![400],
        ..unchanged()
    };
    let (clause, expect) = match flaw {
        Flaw::Format(sample) => {
            upload.file = Some(sample);
            let expect = Expect {
                refused: Some(Situation::BadFormat),
                ..unchanged()
            };
            (&clause::upload::BAD_FORMAT, expect)
        }
        Flaw::Kind(kind) => {
            upload.kind = Some(kind.to_owned());
            (&clause::upload::BAD_KIND, bad_request)
        }
        Flaw::NoFile => {
            upload.no_file = true;
            (&clause::upload::FILE_MISSING, bad_request)
        }
        Flaw::Empty => {
            upload.file = Some(Sample::Empty);
            (&clause::upload::FILE_EMPTY, any_400)
        }
        Flaw::AsText => {
            upload.as_text = true;
            (&clause::upload::FILE_AS_TEXT, any_400)
        }
        Flaw::Broken(breakage) => {
            upload.broken = Some(breakage.to_owned());
            (&clause::upload::BROKEN_MULTIPART, any_400)
        }
    };
    (upload, clause, expect)
}

pub(super) fn unchanged() -> Expect {
    Expect {
        unchanged: true,
        ..Expect::default()
    }
}

/// Another account's, or another dispute's: as if it were not there.
pub(super) fn not_found() -> Expect {
    Expect {
        status: vec![404],
        error: Some("not_found".to_owned()),
        ..Expect::default()
    }
}

pub(super) fn not_open() -> Expect {
    Expect {
        refused: Some(Situation::NotOpen),
        ..unchanged()
    }
}

pub(super) fn answer(answer: Answer, body: impl IntoIterator<Item = (&'static str, Value)>) -> Expect {
    Expect {
        answer: Some(answer),
        body: body
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ..Expect::default()
    }
}

/// The answers to a retrieve of what was destroyed.
pub(super) fn gone() -> Vec<Alternative> {
    vec![
        Alternative {
            label: "a destroyed document is answered 404".to_owned(),
            expect: Expect {
                status: vec![404],
                ..Expect::default()
            },
        },
        Alternative {
            label: "a destroyed document is answered with deleted true".to_owned(),
            expect: answer(Answer::Document, [("deleted", json!(true))]),
        },
    ]
}

/// The answers to a parameter out of range.
pub(super) fn refused_or_clamped(name: &str, value: &str) -> Vec<Alternative> {
    vec![
        Alternative {
            label: format!("{name} {value} is refused"),
            expect: Expect {
                status: vec![400],
                error: Some("bad_request".to_owned()),
                ..Expect::default()
            },
        },
        Alternative {
            label: format!("{name} {value} is put right"),
            expect: answer(Answer::List, []),
        },
    ]
}

pub(super) fn list<'a>(query: impl IntoIterator<Item = (&'a str, String)>) -> Step {
    Step {
        list: Some(ListRequest {
            query: query
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            ..ListRequest::default()
        }),
        ..Step::default()
    }
}

/// A list of everything: whoever made sure that there are at most 100 documents sees them all.
pub(super) fn whole(reverse: bool) -> Step {
    let mut query = vec![("limit", "100".to_owned())];
    if reverse {
        query.push(("order", "reverse_chronological".to_owned()));
    }
    list(query)
}

pub(super) fn target(document: String, dispute: Option<&str>) -> Target {
    Target {
        dispute: dispute.map(|name| reference(name, "")),
        document,
        json: None,
    }
}

/// Whose step it is.
pub(super) fn by_other(step: Step) -> Step {
    Step {
        credentials: Credentials::Other,
        ..step
    }
}
