//! What can be uploaded, where, and what is answered.

use super::{Clause, Level, Source};
use crate::profile::Situation;

/// A PNG file is accepted and answered with a Document.
pub const PNG: Clause = Clause::new(
    "upload.png",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "a PNG file is accepted and answered with a Document",
);

/// A JPG file is accepted and answered with a Document.
pub const JPG: Clause = Clause::new(
    "upload.jpg",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "a JPG file is accepted and answered with a Document",
);

/// A PDF file is accepted and answered with a Document.
pub const PDF: Clause = Clause::new(
    "upload.pdf",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "a PDF file is accepted and answered with a Document",
);

/// Each of the four kinds is accepted and echoed.
pub const EACH_KIND: Clause = Clause::new(
    "upload.each-kind",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "each of the four kinds is accepted and echoed",
);

/// Kind may be omitted from an upload.
pub const KIND_OPTIONAL: Clause = Clause::new(
    "upload.kind-optional",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "kind may be omitted from an upload",
);

/// Kind before file and file before kind give the same result.
pub const PART_ORDER: Clause = Clause::new(
    "upload.part-order",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "kind before file and file before kind give the same result",
);

/// Filename is the name that was sent: ASCII, with spaces, Japanese, Thai.
pub const FILENAME_ECHO: Clause = Clause::new(
    "upload.filename-echo",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "filename is the name that was sent: ASCII, with spaces, Japanese, Thai",
);

/// A new document can be listed and retrieved at once.
pub const ATTACHED: Clause = Clause::new(
    "upload.attached",
    Level::Must,
    &[Source::UploadPage],
    "a new document can be listed and retrieved at once",
);

/// Deleted is false in the answer to an upload.
pub const NOT_DELETED: Clause = Clause::new(
    "upload.not-deleted",
    Level::Must,
    &[Source::UploadPage],
    "deleted is false in the answer to an upload",
);

/// Location can be retrieved and names the same document.
pub const LOCATION: Clause = Clause::new(
    "upload.location",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "location can be retrieved and names the same document",
);

/// Livemode agrees with the key's mode and with the infix of the ids.
pub const LIVEMODE: Clause = Clause::new(
    "upload.livemode",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "livemode agrees with the key's mode and with the infix of the ids",
);

/// Two uploads of the same file give two documents.
pub const DISTINCT_IDS: Clause = Clause::new(
    "upload.distinct-ids",
    Level::Must,
    &[Source::Recording],
    "two uploads of the same file give two documents",
);

/// A file part without Content-Type, or with application/octet-stream, is judged by its bytes.
pub const PART_WITHOUT_TYPE: Clause = Clause::new(
    "upload.part-without-type",
    Level::Must,
    &[Source::Recording],
    "a file part without Content-Type, or with application/octet-stream, is judged by its bytes",
);

/// A valid file of exactly 10,000,000 bytes is accepted.
pub const SIZE_LIMIT_INCLUSIVE: Clause = Clause::new(
    "upload.size-limit-inclusive",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "a valid file of exactly 10,000,000 bytes is accepted",
);

/// A valid file of 10,485,760 bytes is accepted or refused.
pub const SIZE_LIMIT_MIB: Clause = Clause::new(
    "upload.size-limit-mib",
    Level::Obs,
    &[Source::Default],
    "a valid file of 10,485,760 bytes is accepted or refused",
);

/// A file over 10,485,760 bytes is refused with a 4xx of the profile.
pub const TOO_LARGE: Clause = Clause::new(
    "upload.too-large",
    Level::Must,
    &[Source::UploadPage],
    "a file over 10,485,760 bytes is refused with a 4xx of the profile",
)
.by_profile(Situation::TooLarge);

/// A refused file leaves the list of documents unchanged.
pub const TOO_LARGE_NOT_STORED: Clause = Clause::new(
    "upload.too-large-not-stored",
    Level::Must,
    &[Source::UploadPage],
    "a refused file leaves the list of documents unchanged",
);

/// A form without a file part is answered 400 `bad_request`.
pub const FILE_MISSING: Clause = Clause::new(
    "upload.file-missing",
    Level::Must,
    &[Source::UploadPage],
    "a form without a file part is answered 400 bad_request",
);

/// A file of zero bytes is answered 400.
pub const FILE_EMPTY: Clause = Clause::new(
    "upload.file-empty",
    Level::Must,
    &[Source::UploadPage],
    "a file of zero bytes is answered 400",
);

/// A part named file that has no filename is answered 400.
pub const FILE_AS_TEXT: Clause = Clause::new(
    "upload.file-as-text",
    Level::Must,
    &[Source::Default],
    "a part named file that has no filename is answered 400",
);

/// A file that is not PNG, JPG or PDF by its bytes is refused as the profile says, whatever its name and declared type.
pub const BAD_FORMAT: Clause = Clause::new(
    "upload.bad-format",
    Level::Must,
    &[Source::UploadPage],
    "a file that is not PNG, JPG or PDF by its bytes is refused as the profile says, whatever its name and declared type",
)
.by_profile(Situation::BadFormat);

/// A kind outside the four, also in another case, blank or padded, is answered 400 `bad_request`.
pub const BAD_KIND: Clause = Clause::new(
    "upload.bad-kind",
    Level::Must,
    &[Source::UploadPage],
    "a kind outside the four, also in another case, blank or padded, is answered 400 bad_request",
);

/// A JSON, urlencoded or absent body is answered 400, never 5xx.
pub const NOT_MULTIPART: Clause = Clause::new(
    "upload.not-multipart",
    Level::Must,
    &[Source::Default],
    "a JSON, urlencoded or absent body is answered 400, never 5xx",
);

/// A form without boundary parameter, cut short, or with another boundary is answered 400, never 5xx, and stores nothing.
pub const BROKEN_MULTIPART: Clause = Clause::new(
    "upload.broken-multipart",
    Level::Must,
    &[Source::Default],
    "a form without boundary parameter, cut short, or with another boundary is answered 400, never 5xx, and stores nothing",
);

/// Form fields that the API does not know are ignored.
pub const UNKNOWN_FIELDS: Clause = Clause::new(
    "upload.unknown-fields",
    Level::Should,
    &[Source::Default],
    "form fields that the API does not know are ignored",
);

/// An upload to an unknown dispute is answered 404 `not_found`.
pub const DISPUTE_UNKNOWN: Clause = Clause::new(
    "upload.dispute-unknown",
    Level::Must,
    &[Source::UploadPage],
    "an upload to an unknown dispute is answered 404 not_found",
);

/// An upload to a malformed dispute id is answered 404 `not_found`.
pub const DISPUTE_MALFORMED_ID: Clause = Clause::new(
    "upload.dispute-malformed-id",
    Level::Must,
    &[Source::UploadPage],
    "an upload to a malformed dispute id is answered 404 not_found",
);

/// An upload to another account's dispute is answered 404, the same as to an unknown one.
pub const DISPUTE_FOREIGN: Clause = Clause::new(
    "upload.dispute-foreign",
    Level::Must,
    &[Source::UploadPage],
    "an upload to another account's dispute is answered 404, the same as to an unknown one",
);

/// An upload to a pending dispute is refused as the profile says.
pub const DISPUTE_PENDING: Clause = Clause::new(
    "upload.dispute-pending",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "an upload to a pending dispute is refused as the profile says",
)
.by_profile(Situation::NotOpen);

/// An upload to a won dispute is refused as the profile says.
pub const DISPUTE_WON: Clause = Clause::new(
    "upload.dispute-won",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "an upload to a won dispute is refused as the profile says",
)
.by_profile(Situation::NotOpen);

/// An upload to a lost dispute is refused as the profile says.
pub const DISPUTE_LOST: Clause = Clause::new(
    "upload.dispute-lost",
    Level::Must,
    &[Source::UploadPage, Source::DocumentApi],
    "an upload to a lost dispute is refused as the profile says",
)
.by_profile(Situation::NotOpen);

/// The maximum number of documents, once reached, is answered 422.
pub const MAX_DOCUMENTS: Clause = Clause::new(
    "upload.max-documents",
    Level::Obs,
    &[Source::UploadPage],
    "the maximum number of documents, once reached, is answered 422",
)
.by_profile(Situation::MaxDocuments);

/// The clauses of this group, in the order of the contract.
pub const ALL: &[Clause] = &[
    PNG,
    JPG,
    PDF,
    EACH_KIND,
    KIND_OPTIONAL,
    PART_ORDER,
    FILENAME_ECHO,
    ATTACHED,
    NOT_DELETED,
    LOCATION,
    LIVEMODE,
    DISTINCT_IDS,
    PART_WITHOUT_TYPE,
    SIZE_LIMIT_INCLUSIVE,
    SIZE_LIMIT_MIB,
    TOO_LARGE,
    TOO_LARGE_NOT_STORED,
    FILE_MISSING,
    FILE_EMPTY,
    FILE_AS_TEXT,
    BAD_FORMAT,
    BAD_KIND,
    NOT_MULTIPART,
    BROKEN_MULTIPART,
    UNKNOWN_FIELDS,
    DISPUTE_UNKNOWN,
    DISPUTE_MALFORMED_ID,
    DISPUTE_FOREIGN,
    DISPUTE_PENDING,
    DISPUTE_WON,
    DISPUTE_LOST,
    MAX_DOCUMENTS,
];
