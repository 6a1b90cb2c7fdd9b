//! Removing a document.

use super::{Clause, Level, Source};
use crate::profile::Situation;

/// Destroy answers the whole document with deleted true (before 2019-05-29: the short form).
pub const ANSWERS_DOCUMENT: Clause = Clause::new(
    "destroy.answers-document",
    Level::Must,
    &[Source::DocumentApi, Source::Recording],
    "destroy answers the whole document with deleted true (before 2019-05-29: the short form)",
);

/// A destroyed document leaves the list, and total drops by one.
pub const GONE_FROM_LIST: Clause = Clause::new(
    "destroy.gone-from-list",
    Level::Should,
    &[Source::Default],
    "a destroyed document leaves the list, and total drops by one",
);

/// Retrieve after destroy answers 404, or 200 with deleted true.
pub const THEN_RETRIEVE: Clause = Clause::new(
    "destroy.then-retrieve",
    Level::Obs,
    &[Source::Default],
    "retrieve after destroy answers 404, or 200 with deleted true",
);

/// A second destroy is answered 404 `not_found`.
pub const TWICE: Clause = Clause::new(
    "destroy.twice",
    Level::Should,
    &[Source::Default],
    "a second destroy is answered 404 not_found",
);

/// Destroy in a pending, won or lost dispute is refused as the profile says, and the document stays.
pub const NOT_OPEN: Clause = Clause::new(
    "destroy.not-open",
    Level::Must,
    &[Source::DocumentApi],
    "destroy in a pending, won or lost dispute is refused as the profile says, and the document stays",
)
.by_profile(Situation::NotOpen);

/// Destroy of an unknown document is answered 404 `not_found`, and nothing is deleted.
pub const UNKNOWN: Clause = Clause::new(
    "destroy.unknown",
    Level::Must,
    &[Source::DocumentApi],
    "destroy of an unknown document is answered 404 not_found, and nothing is deleted",
);

/// Destroy of another account's document is answered 404 `not_found`, and nothing is deleted.
pub const FOREIGN: Clause = Clause::new(
    "destroy.foreign",
    Level::Must,
    &[Source::DocumentApi],
    "destroy of another account's document is answered 404 not_found, and nothing is deleted",
);

/// Destroy of a document under another dispute's path is answered 404 `not_found`, and nothing is deleted.
pub const OTHER_DISPUTE: Clause = Clause::new(
    "destroy.other-dispute",
    Level::Must,
    &[Source::DocumentApi],
    "destroy of a document under another dispute's path is answered 404 not_found, and nothing is deleted",
);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[
    ANSWERS_DOCUMENT,
    GONE_FROM_LIST,
    THEN_RETRIEVE,
    TWICE,
    NOT_OPEN,
    UNKNOWN,
    FOREIGN,
    OTHER_DISPUTE,
];
