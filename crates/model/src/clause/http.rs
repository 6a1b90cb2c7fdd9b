//! Versions, routes and connections.

use super::{Clause, Level, Source};

/// A success carries Omise-Version.
pub const VERSION_ECHO: Clause = Clause::new(
    "version.echo",
    Level::Should,
    &[Source::Recording],
    "a success carries Omise-Version",
);

/// Where the endpoint takes Omise-Version, 2017-11-02 gives the older document and the short answer to destroy.
pub const VERSION_2017_SHAPE: Clause = Clause::new(
    "version.2017-shape",
    Level::Must,
    &[Source::Recording, Source::Reference],
    "where the endpoint takes Omise-Version, 2017-11-02 gives the older document and the short answer to destroy",
);

/// Where the endpoint takes Omise-Version, 2014-07-27 gives the older document and the short answer to destroy.
pub const VERSION_2014_SHAPE: Clause = Clause::new(
    "version.2014-shape",
    Level::Must,
    &[Source::Recording, Source::Reference],
    "where the endpoint takes Omise-Version, 2014-07-27 gives the older document and the short answer to destroy",
);

/// An unknown path or method is answered 404 or 405 with a JSON Error object.
pub const UNKNOWN_ROUTE: Clause = Clause::new(
    "http.unknown-route",
    Level::Should,
    &[Source::Default],
    "an unknown path or method is answered 404 or 405 with a JSON Error object",
);

/// A slow upload does not delay another client's GET.
pub const HEAD_OF_LINE: Clause = Clause::new(
    "http.head-of-line",
    Level::Should,
    &[Source::Default],
    "a slow upload does not delay another client's GET",
);

/// Expect: 100-continue is honoured or ignored, never an error.
pub const EXPECT_CONTINUE: Clause = Clause::new(
    "http.expect-continue",
    Level::Should,
    &[Source::Default],
    "Expect: 100-continue is honoured or ignored, never an error",
);

/// A JSON body on GET or DELETE does not change the answer.
pub const BODY_ON_GET: Clause = Clause::new(
    "http.body-on-get",
    Level::Should,
    &[Source::Recording],
    "a JSON body on GET or DELETE does not change the answer",
);

/// An upload in chunked transfer coding works.
pub const CHUNKED_UPLOAD: Clause = Clause::new(
    "http.chunked-upload",
    Level::Should,
    &[Source::Default],
    "an upload in chunked transfer coding works",
);

/// After any refusal the connection can be used again or is closed cleanly.
pub const KEEP_ALIVE: Clause = Clause::new(
    "http.keep-alive",
    Level::Should,
    &[Source::Rfc9112],
    "after any refusal the connection can be used again or is closed cleanly",
);

/// A 429 carries Retry-After and an Error object.
pub const RATE_429: Clause = Clause::new(
    "rate.429",
    Level::Obs,
    &[Source::Reference],
    "a 429 carries Retry-After and an Error object",
);

/// A 5xx is retried with exponential backoff up to the configured limit, then reported as such.
pub const SERVER_5XX: Clause = Clause::new(
    "server.5xx",
    Level::Obs,
    &[Source::UploadPage],
    "a 5xx is retried with exponential backoff up to the configured limit, then reported as such",
);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[
    VERSION_ECHO,
    VERSION_2017_SHAPE,
    VERSION_2014_SHAPE,
    UNKNOWN_ROUTE,
    HEAD_OF_LINE,
    EXPECT_CONTINUE,
    BODY_ON_GET,
    CHUNKED_UPLOAD,
    KEEP_ALIVE,
    RATE_429,
    SERVER_5XX,
];
