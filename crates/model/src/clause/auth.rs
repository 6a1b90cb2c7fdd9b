//! Who is let in.

use super::{Clause, Level, Source};

/// HTTP Basic with the secret key as user name and an empty password is accepted by all four operations.
pub const BASIC_SECRET_KEY: Clause = Clause::new(
    "auth.basic-secret-key",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "HTTP Basic with the secret key as user name and an empty password is accepted by all four operations",
);

/// A request without Authorization is answered 401 `authentication_failure`, on every operation.
pub const MISSING_HEADER: Clause = Clause::new(
    "auth.missing-header",
    Level::Must,
    &[Source::UploadPage],
    "a request without Authorization is answered 401 authentication_failure, on every operation",
);

/// An unknown secret key is answered 401 `authentication_failure`.
pub const WRONG_KEY: Clause = Clause::new(
    "auth.wrong-key",
    Level::Must,
    &[Source::UploadPage],
    "an unknown secret key is answered 401 authentication_failure",
);

/// A public key in place of the secret key is answered 401 `authentication_failure`.
pub const PUBLIC_KEY: Clause = Clause::new(
    "auth.public-key",
    Level::Must,
    &[Source::UploadPage],
    "a public key in place of the secret key is answered 401 authentication_failure",
);

/// Malformed credentials (not base64, no colon, another scheme, an empty user name) are answered 401, never 5xx.
pub const MALFORMED_BASIC: Clause = Clause::new(
    "auth.malformed-basic",
    Level::Must,
    &[Source::UploadPage],
    "malformed credentials (not base64, no colon, another scheme, an empty user name) are answered 401, never 5xx",
);

/// Without valid credentials, an existing and a non-existing dispute get the same answer.
pub const BEFORE_EXISTENCE: Clause = Clause::new(
    "auth.before-existence",
    Level::Must,
    &[Source::Default],
    "without valid credentials, an existing and a non-existing dispute get the same answer",
);

/// A 401 carries WWW-Authenticate with the Basic scheme.
pub const CHALLENGE: Clause = Clause::new(
    "auth.challenge",
    Level::Should,
    &[Source::Rfc9110],
    "a 401 carries WWW-Authenticate with the Basic scheme",
);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[
    BASIC_SECRET_KEY,
    MISSING_HEADER,
    WRONG_KEY,
    PUBLIC_KEY,
    MALFORMED_BASIC,
    BEFORE_EXISTENCE,
    CHALLENGE,
];
