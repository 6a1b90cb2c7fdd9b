//! What an answer is made of: documents, JSON, errors.

use super::{Clause, Level, Source};

/// Every document answered, alone or in a list, has the members of its version with the stated types, constants and formats.
pub const SHAPE: Clause = Clause::new(
    "document.shape",
    Level::Must,
    &[Source::DocumentApi],
    "every document answered, alone or in a list, has the members of its version with the stated types, constants and formats",
);

/// The four operations succeed with exactly 200, never 201 or 204.
pub const ANSWER_STATUS_200: Clause = Clause::new(
    "answer.status-200",
    Level::Must,
    &[Source::UploadPage, Source::Recording],
    "the four operations succeed with exactly 200, never 201 or 204",
);

/// A success is one JSON object under application/json, with unique member names.
pub const ANSWER_JSON: Clause = Clause::new(
    "answer.json",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi, Source::Recording],
    "a success is one JSON object under application/json, with unique member names",
);

/// Every 4xx and 5xx with a JSON body is an Error object whose location ends in the code as a fragment.
pub const ERROR_SHAPE: Clause = Clause::new(
    "error.shape",
    Level::Must,
    &[Source::Reference, Source::Recording],
    "every 4xx and 5xx with a JSON body is an Error object whose location ends in the code as a fragment",
);

/// No error repeats the key, a stack trace or a file path.
pub const ERROR_NO_LEAK: Clause = Clause::new(
    "error.no-leak",
    Level::Must,
    &[Source::Default],
    "no error repeats the key, a stack trace or a file path",
);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[SHAPE, ANSWER_STATUS_200, ANSWER_JSON, ERROR_SHAPE, ERROR_NO_LEAK];
