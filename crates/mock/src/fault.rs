//! Faults: the ways in which the mock can be told to break the contract, one clause at a time.
//!
//! A fault is what a hurried server programmer would get wrong. Left out: slow or broken networks; those
//! break no clause of a server.

use std::{fmt, str::FromStr};

use rebuttal_model::{
    Clause,
    clause::{auth, destroy, document, http, list, retrieve, upload},
};
use thiserror::Error;

macro_rules! faults {
    ($($variant:ident $name:literal breaks $clause:path: $description:literal;)*) => {
        /// One way to break the contract.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Fault {
            $(
                #[doc = concat!("`", $name, "`: ", $description)]
                $variant,
            )*
        }

        impl Fault {
            /// Every fault, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The fault's name, as the command line takes it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The clause that the fault breaks.
            pub const fn clause(self) -> &'static Clause {
                match self {
                    $(Self::$variant => &$clause,)*
                }
            }

            /// What goes wrong, in one sentence.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description,)*
                }
            }
        }
    };
}

faults! {
    KeyRefusedOnDestroy "key-refused-on-destroy" breaks auth::BASIC_SECRET_KEY:
        "a valid secret key is refused on destroy";
    MissingKeyAnswers403 "missing-key-answers-403" breaks auth::MISSING_HEADER:
        "a request without Authorization is answered 403";
    MissingKeyAccepted "missing-key-accepted" breaks auth::MISSING_HEADER:
        "a request without Authorization is served";
    WrongKeyAccepted "wrong-key-accepted" breaks auth::WRONG_KEY:
        "any key that looks like a secret key is taken for the first account's";
    PublicKeyAccepted "public-key-accepted" breaks auth::PUBLIC_KEY:
        "an account's public key works like its secret key";
    MalformedBasicAnswers500 "malformed-basic-answers-500" breaks auth::MALFORMED_BASIC:
        "an Authorization header that cannot be decoded is answered 500";
    ExistenceBeforeKey "existence-before-key" breaks auth::BEFORE_EXISTENCE:
        "an unknown dispute is answered 404 before the key is looked at";
    NoChallenge "no-challenge" breaks auth::CHALLENGE:
        "a 401 carries no WWW-Authenticate";

    PngRefused "png-refused" breaks upload::PNG: "PNG files are refused";
    JpgRefused "jpg-refused" breaks upload::JPG: "JPEG files are refused";
    PdfRefused "pdf-refused" breaks upload::PDF: "PDF files are refused";
    KindNotEchoed "kind-not-echoed" breaks upload::EACH_KIND: "the kind sent is stored as null";
    KindUnknown "kind-unknown" breaks upload::EACH_KIND: "the kind proof_of_acceptance is refused";
    KindRequired "kind-required" breaks upload::KIND_OPTIONAL: "an upload without a kind is refused";
    KindBeforeFileLost "kind-before-file-lost" breaks upload::PART_ORDER:
        "a kind sent before the file is forgotten";
    FilenameLowerCased "filename-lower-cased" breaks upload::FILENAME_ECHO:
        "file names are turned into lower case";
    FilenameAsciiOnly "filename-ascii-only" breaks upload::FILENAME_ECHO:
        "characters outside ASCII are replaced by question marks";
    FilenameMojibake "filename-mojibake" breaks upload::FILENAME_ECHO:
        "the UTF-8 of a file name is read as Latin-1";
    FilenameUnderscored "filename-underscored" breaks upload::FILENAME_ECHO:
        "spaces in a file name become underscores";
    UploadNotAttached "upload-not-attached" breaks upload::ATTACHED:
        "an upload is answered 200 and not stored";
    NewDocumentDeleted "new-document-deleted" breaks upload::NOT_DELETED:
        "a new document says that it is deleted";
    LocationOfAnother "location-of-another" breaks upload::LOCATION:
        "the location of a new document names an id that does not exist";
    LivemodeTrue "livemode-true" breaks upload::LIVEMODE:
        "a document of test mode says that it is of live mode";
    SameFileSameDocument "same-file-same-document" breaks upload::DISTINCT_IDS:
        "a file that was uploaded before gives the document of then";
    DuplicateId "duplicate-id" breaks upload::DISTINCT_IDS:
        "a new document has the id of the one before it";
    IdReused "id-reused" breaks upload::DISTINCT_IDS:
        "a new document has the id of the last one that was destroyed";
    TypeRequired "type-required" breaks upload::PART_WITHOUT_TYPE:
        "a file part without Content-Type, or of application/octet-stream, is refused";
    TenMillionRefused "ten-million-refused" breaks upload::SIZE_LIMIT_INCLUSIVE:
        "a file of exactly 10,000,000 bytes is refused";
    TooLargeAccepted "too-large-accepted" breaks upload::TOO_LARGE:
        "a file over the size limit is accepted";
    TooLargeAnswers500 "too-large-answers-500" breaks upload::TOO_LARGE:
        "a file over the size limit is answered 500";
    RefusedFileStored "refused-file-stored" breaks upload::TOO_LARGE_NOT_STORED:
        "a file whose format or kind is refused is stored all the same";
    FileMissingAnswers500 "file-missing-answers-500" breaks upload::FILE_MISSING:
        "an upload without a file is answered 500";
    FileMissingAccepted "file-missing-accepted" breaks upload::FILE_MISSING:
        "an upload without a file makes a document without content";
    EmptyFileAccepted "empty-file-accepted" breaks upload::FILE_EMPTY: "a file of no bytes is accepted";
    FileAsTextAccepted "file-as-text-accepted" breaks upload::FILE_AS_TEXT:
        "a text field called file is taken for a file";
    GifAccepted "gif-accepted" breaks upload::BAD_FORMAT: "GIF files are accepted";
    TrustsExtension "trusts-extension" breaks upload::BAD_FORMAT:
        "whatever is named .png, .jpg or .pdf is accepted";
    TrustsDeclaredType "trusts-declared-type" breaks upload::BAD_FORMAT:
        "whatever is declared image/png, image/jpeg or application/pdf is accepted";
    BadFormatAnswers415 "bad-format-answers-415" breaks upload::BAD_FORMAT:
        "a file of another format is answered 415";
    BadKindAccepted "bad-kind-accepted" breaks upload::BAD_KIND: "any kind is accepted and echoed";
    KindInAnyCase "kind-in-any-case" breaks upload::BAD_KIND: "a kind in another case is accepted";
    BlankKindAccepted "blank-kind-accepted" breaks upload::BAD_KIND:
        "a blank kind counts as none, and white space around a kind is cut off";
    NotMultipartAnswers500 "not-multipart-answers-500" breaks upload::NOT_MULTIPART:
        "a body that is not multipart/form-data is answered 500";
    BrokenMultipartStored "broken-multipart-stored" breaks upload::BROKEN_MULTIPART:
        "the file of a body that is cut short is stored";
    BrokenMultipartAnswers500 "broken-multipart-answers-500" breaks upload::BROKEN_MULTIPART:
        "a body that does not parse is answered 500";
    UnknownFieldRefused "unknown-field-refused" breaks upload::UNKNOWN_FIELDS:
        "a form field other than file and kind is refused";
    UnknownDisputeAnswers500 "unknown-dispute-answers-500" breaks upload::DISPUTE_UNKNOWN:
        "an upload to an unknown dispute is answered 500";
    MalformedIdAnswers400 "malformed-id-answers-400" breaks upload::DISPUTE_MALFORMED_ID:
        "an upload to a malformed dispute id is answered 400";
    ForeignAnswers403 "foreign-answers-403" breaks upload::DISPUTE_FOREIGN:
        "an upload to another account's dispute is answered 403";
    ForeignTakesUploads "foreign-takes-uploads" breaks upload::DISPUTE_FOREIGN:
        "an upload to another account's dispute is accepted";
    PendingTakesUploads "pending-takes-uploads" breaks upload::DISPUTE_PENDING:
        "an upload to a pending dispute is accepted";
    WonTakesUploads "won-takes-uploads" breaks upload::DISPUTE_WON:
        "an upload to a won dispute is accepted";
    LostTakesUploads "lost-takes-uploads" breaks upload::DISPUTE_LOST:
        "an upload to a lost dispute is accepted";

    CreatedAtWithFraction "created-at-with-fraction" breaks document::SHAPE:
        "created_at has a fraction of a second";
    CreatedAtWithOffset "created-at-with-offset" breaks document::SHAPE:
        "created_at ends in +00:00 in place of Z";
    DeletedMissing "deleted-missing" breaks document::SHAPE: "documents have no member deleted";
    DownloadUriMissing "download-uri-missing" breaks document::SHAPE:
        "documents without a download_uri leave the member out";
    LocationWithHost "location-with-host" breaks document::SHAPE:
        "the location of a document is a URL in place of a path";
    CreatedAnswers201 "created-answers-201" breaks document::ANSWER_STATUS_200:
        "an upload is answered 201";
    DestroyAnswers204 "destroy-answers-204" breaks document::ANSWER_STATUS_200:
        "a destroy is answered 204 without a body";
    AnswersTextHtml "answers-text-html" breaks document::ANSWER_JSON:
        "successes carry Content-Type text/html";
    DuplicateMember "duplicate-member" breaks document::ANSWER_JSON:
        "the member object is written twice";
    ErrorWithoutObject "error-without-object" breaks document::ERROR_SHAPE:
        "errors have no member object";
    ErrorFragmentUnderscored "error-fragment-underscored" breaks document::ERROR_SHAPE:
        "the fragment of an error's location keeps the underscores of the code";
    ErrorWrapped "error-wrapped" breaks document::ERROR_SHAPE:
        "errors are wrapped in an object with the one member error";
    KeyInError "key-in-error" breaks document::ERROR_NO_LEAK:
        "errors repeat the key that was sent";
    TraceInError "trace-in-error" breaks document::ERROR_NO_LEAK:
        "the message of a 400 ends in a stack trace";

    TotalAsText "total-as-text" breaks list::SHAPE: "total is a string";
    ListLocationWithQuery "list-location-with-query" breaks list::SHAPE:
        "the location of a list repeats the query";
    EmptyListAnswers404 "empty-list-answers-404" breaks list::EMPTY:
        "the list of a dispute without documents is answered 404";
    ReverseIgnored "reverse-ignored" breaks list::ORDER: "the order asked for is ignored";
    NewestFirst "newest-first" breaks list::ORDER: "lists are newest first when no order is asked for";
    TotalIsPageLength "total-is-page-length" breaks list::LIMIT:
        "total is the number of records on the page";
    LimitIgnored "limit-ignored" breaks list::LIMIT: "pages have 20 records whatever was asked for";
    LimitOffByOne "limit-off-by-one" breaks list::LIMIT: "a page has one record more than the limit";
    OffsetIgnored "offset-ignored" breaks list::OFFSET: "every page starts at the first record";
    OffsetInPages "offset-in-pages" breaks list::OFFSET: "offset counts pages in place of records";
    OffsetStopsAtTwenty "offset-stops-at-twenty" breaks list::OFFSET:
        "an offset past 20 is taken for 20";
    FromIgnored "from-ignored" breaks list::FROM_TO: "from does not filter";
    ToIgnored "to-ignored" breaks list::FROM_TO: "to does not filter";
    TotalIgnoresFilter "total-ignores-filter" breaks list::FROM_TO:
        "total counts the records outside from and to as well";
    BadParameterAnswers500 "bad-parameter-answers-500" breaks list::BAD_PARAMETER:
        "a list parameter that does not parse is answered 500";
    DeletedStillListed "deleted-still-listed" breaks list::EXCLUDES_DELETED:
        "destroyed documents are listed with deleted: true";
    UnknownDisputeListsEmpty "unknown-dispute-lists-empty" breaks list::DISPUTE_UNKNOWN:
        "the documents of an unknown dispute are an empty list";
    ForeignDisputeListed "foreign-dispute-listed" breaks list::DISPUTE_FOREIGN:
        "the documents of another account's dispute are listed";
    ListOnlyWhileOpen "list-only-while-open" breaks list::ANY_STATUS:
        "documents are not listed once the dispute is not open";

    RetrieveDropsKind "retrieve-drops-kind" breaks retrieve::SAME_AS_UPLOAD:
        "a retrieved document has a null kind";
    RetrieveTouchesCreatedAt "retrieve-touches-created-at" breaks retrieve::SAME_AS_UPLOAD:
        "created_at of a retrieved document is the day after the upload";
    UnknownDocumentAnswers500 "unknown-document-answers-500" breaks retrieve::UNKNOWN:
        "an unknown document is answered 500";
    MalformedDocumentAnswers400 "malformed-document-answers-400" breaks retrieve::MALFORMED_ID:
        "a malformed document id is answered 400";
    ForeignDocumentVisible "foreign-document-visible" breaks retrieve::FOREIGN:
        "another account's document can be retrieved";
    AnyDisputeRetrieves "any-dispute-retrieves" breaks retrieve::OTHER_DISPUTE:
        "a document can be retrieved under any dispute of the account";
    RetrieveOnlyWhileOpen "retrieve-only-while-open" breaks retrieve::ANY_STATUS:
        "documents cannot be retrieved once the dispute is not open";

    DestroyAnswersLive "destroy-answers-live" breaks destroy::ANSWERS_DOCUMENT:
        "the answer to destroy says deleted: false";
    DestroyAnswersShort "destroy-answers-short" breaks destroy::ANSWERS_DOCUMENT:
        "the answer to destroy is the short one of old versions";
    DestroyDoesNothing "destroy-does-nothing" breaks destroy::GONE_FROM_LIST:
        "a destroyed document stays";
    DestroyedReappears "destroyed-reappears" breaks destroy::GONE_FROM_LIST:
        "a destroyed document is listed again after the next upload";
    DestroyTwiceAnswers200 "destroy-twice-answers-200" breaks destroy::TWICE:
        "destroying a document again succeeds";
    LockedDestroyable "locked-destroyable" breaks destroy::NOT_OPEN:
        "documents of a dispute that is not open can be destroyed";
    RefusedDestroyDestroys "refused-destroy-destroys" breaks destroy::NOT_OPEN:
        "destroy in a dispute that is not open is refused, and destroys";
    DestroyUnknownAnswers200 "destroy-unknown-answers-200" breaks destroy::UNKNOWN:
        "destroying an unknown document succeeds";
    ForeignDestroyable "foreign-destroyable" breaks destroy::FOREIGN:
        "another account's document can be destroyed";
    AnyDisputeDestroys "any-dispute-destroys" breaks destroy::OTHER_DISPUTE:
        "a document can be destroyed under any dispute of the account";

    NoVersionEcho "no-version-echo" breaks http::VERSION_ECHO: "no answer carries Omise-Version";
    OldVersionsIgnored "old-versions-ignored" breaks http::VERSION_2017_SHAPE:
        "every version is answered in the current shape";
    OldestVersionIgnored "oldest-version-ignored" breaks http::VERSION_2014_SHAPE:
        "2014-07-27 is answered in the current shape";
    UnknownRouteAnswersHtml "unknown-route-answers-html" breaks http::UNKNOWN_ROUTE:
        "an unknown path is answered with a page of HTML";
    SlowUploadBlocksAll "slow-upload-blocks-all" breaks http::HEAD_OF_LINE:
        "requests wait until the upload before them is done";
    ExpectAnswers417 "expect-answers-417" breaks http::EXPECT_CONTINUE:
        "Expect: 100-continue is answered 417";
    BodyOnGetRefused "body-on-get-refused" breaks http::BODY_ON_GET:
        "a GET or DELETE with a body is answered 400";
    RefusalLeavesBody "refusal-leaves-body" breaks http::KEEP_ALIVE:
        "after a refused upload the rest of its body is taken for the next request";
    ChunkedAnswers411 "chunked-answers-411" breaks http::CHUNKED_UPLOAD:
        "an upload without Content-Length is answered 411";
}

/// A text that names no fault.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected the name of a fault, found {found:?}")]
pub struct UnknownFault {
    found: String,
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.as_str() == text)
            .ok_or_else(|| UnknownFault {
                found: text.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rebuttal_model::{Level, clause};

    use super::*;

    #[test]
    fn names_are_unique_kebab_case_and_parse_back() {
        let mut seen = BTreeSet::new();
        for &fault in Fault::ALL {
            let name = fault.as_str();
            assert!(seen.insert(name), "{name} is there twice");
            assert_eq!(name.parse(), Ok(fault));
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(name.bytes().all(fits), "{name}");
            assert!(!fault.description().ends_with('.'), "{name}");
        }
        assert_eq!(
            "no-such".parse::<Fault>().unwrap_err().to_string(),
            "expected the name of a fault, found \"no-such\""
        );
    }

    #[test]
    fn every_must_and_should_has_a_fault() {
        let broken: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.clause().id).collect();
        let whole: Vec<_> = clause::all()
            .filter(|clause| clause.level != Level::Obs && !broken.contains(clause.id))
            .map(|clause| clause.id)
            .collect();
        assert_eq!(whole, Vec::<&str>::new());
    }
}
