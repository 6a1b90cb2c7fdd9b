//! Which clauses build on which.

use rebuttal_model::{
    Clause,
    clause::{auth, destroy, document, http, list, retrieve, upload},
};

use crate::verdict::Mismatch;

/// Which differences another broken clause explains.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Explains {
    All,
    /// That a step was refused, or not; what its answer says still counts.
    Status,
    /// That a step was refused because of another request.
    Conflict,
    /// What an answer says; that there was none still counts.
    Value,
    /// What an answer says, but for which document it is.
    Content,
    /// A kind that is there and is another.
    Kind,
    /// A member that is not there.
    Missing,
}

impl Explains {
    pub(super) fn fits(self, difference: Difference) -> bool {
        match self {
            Self::All => true,
            Self::Status => difference.is_of_status(),
            Self::Conflict => difference == Difference::Conflict,
            Self::Value => !difference.is_of_status(),
            Self::Content => !difference.is_of_status() && difference != Difference::Id,
            Self::Kind => difference == Difference::Kind,
            Self::Missing => difference == Difference::Missing,
        }
    }
}

/// What kind of difference a mismatch is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Difference {
    Status,
    /// A status of 409, where another was due.
    Conflict,
    Missing,
    Kind,
    Id,
    Other,
}

impl Difference {
    pub(super) fn of(mismatch: &Mismatch) -> Self {
        let refused = mismatch.place == "answer" && mismatch.found.starts_with(['4', '5']);
        if refused || mismatch.place == "status" {
            if mismatch.found.starts_with("409") {
                Self::Conflict
            } else {
                Self::Status
            }
        } else if mismatch.found == "no such member" {
            Self::Missing
        } else if mismatch.place.ends_with("/kind") {
            Self::Kind
        } else if mismatch.place == "/id" {
            Self::Id
        } else {
            Self::Other
        }
    }

    fn is_of_status(self) -> bool {
        matches!(self, Self::Status | Self::Conflict)
    }
}

/// Clauses, what their checks build on, and how far.
pub(super) type Row = (&'static [&'static Clause], &'static [&'static Clause], Explains);

/// What a document says can be compared only where it can be read.
const READS_DOCUMENTS: &[&Clause] = &[
    &upload::KIND_OPTIONAL,
    &upload::PART_ORDER,
    &upload::FILENAME_ECHO,
    &upload::ATTACHED,
    &upload::NOT_DELETED,
    &upload::LOCATION,
    &upload::LIVEMODE,
    &list::EMPTY,
    &list::ORDER,
    &list::LIMIT,
    &list::OFFSET,
    &list::FROM_TO,
    &list::ANY_STATUS,
    &retrieve::SAME_AS_UPLOAD,
    &retrieve::ANY_STATUS,
    &destroy::ANSWERS_DOCUMENT,
    &http::VERSION_2017_SHAPE,
    &http::VERSION_2014_SHAPE,
];

/// What a list says, likewise.
const READS_LISTS: &[&Clause] = &[
    &upload::ATTACHED,
    &list::EMPTY,
    &list::ORDER,
    &list::LIMIT,
    &list::OFFSET,
    &list::FROM_TO,
    &list::ANY_STATUS,
    &http::VERSION_2017_SHAPE,
    &http::VERSION_2014_SHAPE,
];

const VERSIONS: &[&Clause] = &[&http::VERSION_2017_SHAPE, &http::VERSION_2014_SHAPE];

const FORMATS: &[&Clause] = &[&upload::PNG, &upload::JPG, &upload::PDF];

/// Every row; a clause may be in several.
pub(super) const ROWS: &[Row] = &[
    (
        READS_DOCUMENTS,
        &[&auth::BASIC_SECRET_KEY, &document::ANSWER_JSON, &document::SHAPE],
        Explains::All,
    ),
    (READS_LISTS, &[&list::SHAPE], Explains::All),
    // Its scenarios send twice what was taken once: that it is refused is about nothing else.
    (
        &[&upload::DISTINCT_IDS],
        &[&auth::BASIC_SECRET_KEY, &document::ANSWER_JSON],
        Explains::All,
    ),
    (
        &[&upload::DISTINCT_IDS],
        &[&document::SHAPE, &upload::ATTACHED, &list::LIMIT],
        Explains::Value,
    ),
    // Disputes that take no uploads are shared by scenarios that run at the same time.
    (
        &[
            &upload::DISPUTE_UNKNOWN,
            &upload::DISPUTE_MALFORMED_ID,
            &upload::DISPUTE_FOREIGN,
            &upload::DISPUTE_PENDING,
            &upload::DISPUTE_WON,
            &upload::DISPUTE_LOST,
        ],
        &[&upload::ATTACHED],
        Explains::Conflict,
    ),
    (
        &[&upload::EACH_KIND, &list::SHAPE, &document::SHAPE],
        &[&document::ANSWER_JSON],
        Explains::All,
    ),
    (&[&upload::EACH_KIND], &[&upload::PART_ORDER], Explains::Value),
    (&[&upload::EACH_KIND], &[&document::SHAPE], Explains::Missing),
    (&[&document::SHAPE], &[&upload::EACH_KIND], Explains::Kind),
    (
        FORMATS,
        &[&upload::FILENAME_ECHO, &upload::EACH_KIND, &document::SHAPE],
        Explains::Value,
    ),
    (
        &[&upload::UNKNOWN_FIELDS],
        &[&upload::FILENAME_ECHO, &document::SHAPE],
        Explains::Value,
    ),
    // Most uploads have the kind of the one before them, and the content.
    (
        &[
            &upload::PNG,
            &upload::JPG,
            &upload::PDF,
            &upload::FILENAME_ECHO,
            &document::SHAPE,
        ],
        &[&upload::EACH_KIND, &upload::DISTINCT_IDS],
        Explains::Status,
    ),
    (
        &[
            &upload::EACH_KIND,
            &upload::UNKNOWN_FIELDS,
            &http::HEAD_OF_LINE,
            &http::EXPECT_CONTINUE,
            &http::CHUNKED_UPLOAD,
        ],
        &[&upload::DISTINCT_IDS],
        Explains::Status,
    ),
    (
        &[
            &upload::FILENAME_ECHO,
            &upload::EACH_KIND,
            &upload::KIND_OPTIONAL,
            &upload::PART_ORDER,
        ],
        &[&upload::DISTINCT_IDS],
        Explains::Value,
    ),
    (
        &[
            &upload::KIND_OPTIONAL,
            &upload::FILENAME_ECHO,
            &upload::PART_WITHOUT_TYPE,
        ],
        FORMATS,
        Explains::Status,
    ),
    (
        &[&upload::PART_ORDER],
        &[&upload::FILENAME_ECHO, &upload::BAD_KIND],
        Explains::All,
    ),
    (
        &[&upload::SIZE_LIMIT_INCLUSIVE],
        &[&upload::PART_ORDER],
        Explains::Status,
    ),
    (
        &[&upload::BROKEN_MULTIPART],
        &[&upload::NOT_MULTIPART],
        Explains::All,
    ),
    // The forms that break one rule each have no file.
    (
        &[&upload::BROKEN_MULTIPART],
        &[&upload::FILE_MISSING],
        Explains::Status,
    ),
    (
        &[&upload::ATTACHED, &upload::NOT_DELETED],
        &[&list::LIMIT],
        Explains::Status,
    ),
    (
        &[&upload::ATTACHED],
        &[&retrieve::SAME_AS_UPLOAD],
        Explains::Value,
    ),
    // What was uploaded at once is counted in a list; which of the two is broken, most scenarios tell.
    (
        &[&upload::ATTACHED],
        &[&upload::DISTINCT_IDS, &list::LIMIT],
        Explains::Value,
    ),
    (
        &[&list::FROM_TO, &list::EXCLUDES_DELETED, &destroy::GONE_FROM_LIST],
        &[&upload::DISTINCT_IDS],
        Explains::Value,
    ),
    (&[&http::KEEP_ALIVE], &[&retrieve::UNKNOWN], Explains::Status),
    (
        &[&upload::DISTINCT_IDS],
        &[&upload::FILENAME_ECHO],
        Explains::Content,
    ),
    (
        &[&list::ANY_STATUS],
        &[&upload::ATTACHED, &list::EMPTY],
        Explains::All,
    ),
    (
        &[&list::ORDER, &retrieve::ANY_STATUS],
        &[&upload::ATTACHED],
        Explains::All,
    ),
    // Whether a document is still there is seen by retrieving it.
    (
        &[&retrieve::ANY_STATUS, &destroy::NOT_OPEN],
        &[&retrieve::SAME_AS_UPLOAD],
        Explains::Status,
    ),
    // What is not yet listed is not counted, and appears while something else is looked at.
    (
        &[
            &upload::TOO_LARGE_NOT_STORED,
            &upload::BROKEN_MULTIPART,
            &destroy::UNKNOWN,
            &list::LIMIT,
            &list::OFFSET,
        ],
        &[&upload::ATTACHED],
        Explains::Value,
    ),
    (VERSIONS, &[&upload::ATTACHED], Explains::All),
    // What is destroyed late is gone while something else is looked at.
    (
        &[
            &upload::TOO_LARGE_NOT_STORED,
            &upload::FILE_MISSING,
            &upload::NOT_MULTIPART,
            &upload::BROKEN_MULTIPART,
            &destroy::UNKNOWN,
            &list::OFFSET,
        ],
        &[&destroy::GONE_FROM_LIST],
        Explains::Value,
    ),
    (
        &[&upload::FILE_MISSING, &list::OFFSET],
        &[&list::LIMIT],
        Explains::Value,
    ),
    (&[&list::ORDER], &[&destroy::ANSWERS_DOCUMENT], Explains::Value),
    (&[&list::LIMIT], &[&list::ORDER], Explains::Value),
    (&[&list::LIMIT], &[&list::OFFSET], Explains::Status),
    (&[&list::OFFSET], &[&list::ORDER], Explains::All),
    (
        &[&list::FROM_TO],
        &[&upload::ATTACHED, &list::EMPTY, &list::LIMIT, &list::OFFSET],
        Explains::All,
    ),
    (&[&list::ORDER], &[&list::LIMIT], Explains::Status),
    (&[&list::EMPTY], &[&list::LIMIT], Explains::All),
    (&[&list::EMPTY], &[&list::OFFSET], Explains::Status),
    (
        &[&retrieve::SAME_AS_UPLOAD],
        &[&upload::ATTACHED],
        Explains::Status,
    ),
    (
        &[&retrieve::SAME_AS_UPLOAD],
        &[&upload::DISTINCT_IDS],
        Explains::All,
    ),
    (
        &[&destroy::ANSWERS_DOCUMENT],
        &[&upload::DISTINCT_IDS, &retrieve::SAME_AS_UPLOAD],
        Explains::All,
    ),
    (
        VERSIONS,
        &[&destroy::ANSWERS_DOCUMENT, &retrieve::SAME_AS_UPLOAD],
        Explains::All,
    ),
    (
        &[&http::VERSION_2014_SHAPE],
        &[&http::VERSION_2017_SHAPE],
        Explains::All,
    ),
];
