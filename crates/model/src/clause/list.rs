//! Lists of documents and their pages.

use super::{Clause, Level, Source};

/// A list has the stated members, types and defaults.
pub const SHAPE: Clause = Clause::new(
    "list.shape",
    Level::Must,
    &[Source::DocumentApi],
    "a list has the stated members, types and defaults",
);

/// A dispute without documents is answered 200 with no data and a total of 0.
pub const EMPTY: Clause = Clause::new(
    "list.empty",
    Level::Must,
    &[Source::DocumentApi],
    "a dispute without documents is answered 200 with no data and a total of 0",
);

/// Documents come oldest first by default, and in exactly the reverse order on request.
pub const ORDER: Clause = Clause::new(
    "list.order",
    Level::Must,
    &[Source::DocumentApi],
    "documents come oldest first by default, and in exactly the reverse order on request",
);

/// Pages of any allowed limit partition the documents: walking them yields each once, and total stays the same.
pub const LIMIT: Clause = Clause::new(
    "list.limit",
    Level::Must,
    &[Source::DocumentApi],
    "pages of any allowed limit partition the documents: walking them yields each once, and total stays the same",
);

/// Offset skips exactly that many documents of the same order.
pub const OFFSET: Clause = Clause::new(
    "list.offset",
    Level::Must,
    &[Source::DocumentApi],
    "offset skips exactly that many documents of the same order",
);

/// From and to each bound `created_at`, and total counts what is within them.
pub const FROM_TO: Clause = Clause::new(
    "list.from-to",
    Level::Must,
    &[Source::DocumentApi],
    "from and to each bound created_at, and total counts what is within them",
);

/// From and to include a document created at exactly that second.
pub const FROM_TO_INCLUSIVE: Clause = Clause::new(
    "list.from-to-inclusive",
    Level::Obs,
    &[Source::Default],
    "from and to include a document created at exactly that second",
);

/// A limit of 0, below 0, over 100 or not a number, a negative offset, an unknown order or a bad date is answered 400 `bad_request` or clamped, never 5xx.
pub const BAD_PARAMETER: Clause = Clause::new(
    "list.bad-parameter",
    Level::Should,
    &[Source::Default],
    "a limit of 0, below 0, over 100 or not a number, a negative offset, an unknown order or a bad date is answered 400 bad_request or clamped, never 5xx",
);

/// A destroyed document is not listed.
pub const EXCLUDES_DELETED: Clause = Clause::new(
    "list.excludes-deleted",
    Level::Should,
    &[Source::Default],
    "a destroyed document is not listed",
);

/// The list of an unknown dispute is answered 404 `not_found`.
pub const DISPUTE_UNKNOWN: Clause = Clause::new(
    "list.dispute-unknown",
    Level::Must,
    &[Source::DocumentApi],
    "the list of an unknown dispute is answered 404 not_found",
);

/// The list of another account's dispute is answered 404 `not_found`.
pub const DISPUTE_FOREIGN: Clause = Clause::new(
    "list.dispute-foreign",
    Level::Must,
    &[Source::DocumentApi],
    "the list of another account's dispute is answered 404 not_found",
);

/// Documents can be listed while the dispute is pending, won or lost.
pub const ANY_STATUS: Clause = Clause::new(
    "list.any-status",
    Level::Must,
    &[Source::Recording],
    "documents can be listed while the dispute is pending, won or lost",
);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[
    SHAPE,
    EMPTY,
    ORDER,
    LIMIT,
    OFFSET,
    FROM_TO,
    FROM_TO_INCLUSIVE,
    BAD_PARAMETER,
    EXCLUDES_DELETED,
    DISPUTE_UNKNOWN,
    DISPUTE_FOREIGN,
    ANY_STATUS,
];
