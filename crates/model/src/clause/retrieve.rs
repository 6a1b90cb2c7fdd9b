//! One document by its id.

use super::{Clause, Level, Source};

/// Retrieve answers the same members as the upload did; only `download_uri` may appear later.
pub const SAME_AS_UPLOAD: Clause = Clause::new(
    "retrieve.same-as-upload",
    Level::Must,
    &[Source::DocumentApi],
    "retrieve answers the same members as the upload did; only download_uri may appear later",
);

/// An unknown document is answered 404 `not_found`.
pub const UNKNOWN: Clause = Clause::new(
    "retrieve.unknown",
    Level::Must,
    &[Source::DocumentApi],
    "an unknown document is answered 404 not_found",
);

/// A malformed document id is answered 404 `not_found`.
pub const MALFORMED_ID: Clause = Clause::new(
    "retrieve.malformed-id",
    Level::Must,
    &[Source::DocumentApi],
    "a malformed document id is answered 404 not_found",
);

/// A document of another account's dispute is answered 404 `not_found`.
pub const FOREIGN: Clause = Clause::new(
    "retrieve.foreign",
    Level::Must,
    &[Source::DocumentApi],
    "a document of another account's dispute is answered 404 not_found",
);

/// A document under another dispute's path is answered 404 `not_found`.
pub const OTHER_DISPUTE: Clause = Clause::new(
    "retrieve.other-dispute",
    Level::Must,
    &[Source::DocumentApi],
    "a document under another dispute's path is answered 404 not_found",
);

/// A document can be retrieved while its dispute is pending, won or lost.
pub const ANY_STATUS: Clause = Clause::new(
    "retrieve.any-status",
    Level::Must,
    &[Source::Recording],
    "a document can be retrieved while its dispute is pending, won or lost",
);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[
    SAME_AS_UPLOAD,
    UNKNOWN,
    MALFORMED_ID,
    FOREIGN,
    OTHER_DISPUTE,
    ANY_STATUS,
];
