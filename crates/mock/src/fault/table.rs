//! Every fault: its name, the clause that it breaks, and what goes wrong.

use rebuttal_model::{
    Clause,
    clause::{auth, destroy, document, http, list, retrieve, upload},
};

faults! {
    KeyRefusedOnDestroy "key-refused-on-destroy" breaks auth::BASIC_SECRET_KEY:
        "a valid secret key is refused on destroy";
    MissingKeyAnswers403 "missing-key-answers-403" breaks auth::MISSING_HEADER:
        "a request without Authorization is answered 403";
    MissingKeyAccepted "missing-key-accepted" breaks auth::MISSING_HEADER:
        "a request without Authorization is served";
    ConnectionRemembersKey "connection-remembers-key" breaks auth::MISSING_HEADER:
        "who was let in by one request on a connection is let in by the next";
    QueryNeedsNoKey "query-needs-no-key" breaks auth::MISSING_HEADER:
        "a request without Authorization is served where its path has a query";
    WrongKeyAccepted "wrong-key-accepted" breaks auth::WRONG_KEY:
        "any key that looks like a secret key is taken for the first account's";
    WrongKeyAnswers403 "wrong-key-answers-403" breaks auth::WRONG_KEY:
        "an unknown secret key is answered 403";
    LongerKeyAccepted "longer-key-accepted" breaks auth::WRONG_KEY:
        "a text that begins with a secret key is taken for it";
    LastLetterIgnored "last-letter-ignored" breaks auth::WRONG_KEY:
        "the last letter of a key is not looked at";
    PublicKeyAccepted "public-key-accepted" breaks auth::PUBLIC_KEY:
        "an account's public key works like its secret key";
    PublicKeyAnswers403 "public-key-answers-403" breaks auth::PUBLIC_KEY: "a public key is answered 403";
    MalformedBasicAnswers500 "malformed-basic-answers-500" breaks auth::MALFORMED_BASIC:
        "an Authorization header that cannot be decoded is answered 500";
    BearerAccepted "bearer-accepted" breaks auth::MALFORMED_BASIC:
        "the secret key is taken with the scheme Bearer too";
    ExistenceBeforeKey "existence-before-key" breaks auth::BEFORE_EXISTENCE:
        "an unknown dispute is answered 404 before the key is looked at";
    NoChallenge "no-challenge" breaks auth::CHALLENGE:
        "a 401 carries no WWW-Authenticate";

    PngRefused "png-refused" breaks upload::PNG: "PNG files are refused";
    SlowPiecesRefused "slow-pieces-refused" breaks upload::PNG:
        "an upload that pauses for a fifth of a second is refused";
    JpgRefused "jpg-refused" breaks upload::JPG: "JPEG files are refused";
    JfifRequired "jfif-required" breaks upload::JPG:
        "a JPEG file without JFIF, as cameras write it, is refused";
    PdfRefused "pdf-refused" breaks upload::PDF: "PDF files are refused";
    NewerPdfRefused "newer-pdf-refused" breaks upload::PDF:
        "a PDF file of another version than 1.4 is refused";
    LongBoundaryRefused "long-boundary-refused" breaks upload::PDF:
        "a form whose boundary is longer than 60 characters is refused";
    KindNotEchoed "kind-not-echoed" breaks upload::EACH_KIND: "the kind sent is stored as null";
    KindUnknown "kind-unknown" breaks upload::EACH_KIND: "the kind proof_of_acceptance is refused";
    KindTakenOnce "kind-taken-once" breaks upload::EACH_KIND:
        "a second document of a kind is refused";
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
    FilenameCut "filename-cut" breaks upload::FILENAME_ECHO: "a file name is cut behind 30 characters";
    FilenameMarksDropped "filename-marks-dropped" breaks upload::FILENAME_ECHO:
        "combining marks of a file name are dropped";
    FilenameExtensionDropped "filename-extension-dropped" breaks upload::FILENAME_ECHO:
        "the extension of a file name is dropped";
    FilenameDotDropped "filename-dot-dropped" breaks upload::FILENAME_ECHO:
        "a dot at the beginning of a file name is dropped";
    TakenNameNumbered "taken-name-numbered" breaks upload::FILENAME_ECHO:
        "a file name that the dispute has already gets a number";
    UploadNotAttached "upload-not-attached" breaks upload::ATTACHED:
        "an upload is answered 200 and not stored";
    SameNameReplaced "same-name-replaced" breaks upload::ATTACHED:
        "an upload replaces the document of the same name";
    SameKindReplaced "same-kind-replaced" breaks upload::ATTACHED:
        "an upload replaces the document of the same kind";
    SlowUploadOverwrites "slow-upload-overwrites" breaks upload::ATTACHED:
        "an upload undoes those that were made while it was sent";
    ListCutsName "list-cuts-name" breaks upload::ATTACHED:
        "lists cut a file name behind 40 characters";
    ListOneOfEachKind "list-one-of-each-kind" breaks upload::ATTACHED:
        "lists show the newest document of each kind";
    ListStopsAt25 "list-stops-at-25" breaks upload::ATTACHED:
        "no more than the first 25 documents of a dispute are listed";
    KindlessNotListed "kindless-not-listed" breaks upload::ATTACHED: "lists leave out documents without a kind";
    BusyAnswers409 "busy-answers-409" breaks upload::ATTACHED: "of two uploads at a time one is answered 409";
    NewDocumentDeleted "new-document-deleted" breaks upload::NOT_DELETED:
        "a new document says that it is deleted";
    LocationOfAnother "location-of-another" breaks upload::LOCATION:
        "the location of a new document names an id that does not exist";
    LivemodeTrue "livemode-true" breaks upload::LIVEMODE:
        "a document of test mode says that it is of live mode";
    SameFileSameDocument "same-file-same-document" breaks upload::DISTINCT_IDS:
        "a file that was uploaded before gives the document of then";
    SameFileRefused "same-file-refused" breaks upload::DISTINCT_IDS:
        "a file that the dispute has already is refused";
    DuplicateId "duplicate-id" breaks upload::DISTINCT_IDS:
        "a new document has the id of the one before it";
    IdReused "id-reused" breaks upload::DISTINCT_IDS:
        "a new document has the id of the last one that was destroyed";
    IdOfFilename "id-of-filename" breaks upload::DISTINCT_IDS:
        "a new document has the id of the one of the same name";
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
    FileMissingAnswers422 "file-missing-answers-422" breaks upload::FILE_MISSING:
        "an upload without a file is answered 422";
    FieldNameInAnyCase "field-name-in-any-case" breaks upload::FILE_MISSING:
        "a field named FILE is taken for the file";
    FieldInBracketsTaken "field-in-brackets-taken" breaks upload::FILE_MISSING:
        "a field named file[] is taken for the file";
    EmptyFileAccepted "empty-file-accepted" breaks upload::FILE_EMPTY: "a file of no bytes is accepted";
    EmptyFileAnswers422 "empty-file-answers-422" breaks upload::FILE_EMPTY:
        "a file of no bytes is answered 422";
    FileAsTextAccepted "file-as-text-accepted" breaks upload::FILE_AS_TEXT:
        "a text field called file is taken for a file";
    GifAccepted "gif-accepted" breaks upload::BAD_FORMAT: "GIF files are accepted";
    BmpAccepted "bmp-accepted" breaks upload::BAD_FORMAT: "BMP files are accepted";
    TiffAccepted "tiff-accepted" breaks upload::BAD_FORMAT: "TIFF files are accepted";
    HtmlAccepted "html-accepted" breaks upload::BAD_FORMAT: "HTML files are accepted";
    ZipAccepted "zip-accepted" breaks upload::BAD_FORMAT: "ZIP archives, and so Word documents, are accepted";
    HeicAccepted "heic-accepted" breaks upload::BAD_FORMAT: "HEIC files are accepted";
    SvgAccepted "svg-accepted" breaks upload::BAD_FORMAT: "SVG files are accepted";
    OldGifAccepted "old-gif-accepted" breaks upload::BAD_FORMAT: "GIF files of 1987 are accepted";
    AvifAccepted "avif-accepted" breaks upload::BAD_FORMAT: "AVIF files are accepted";
    RtfAccepted "rtf-accepted" breaks upload::BAD_FORMAT: "RTF files are accepted";
    PostscriptAccepted "postscript-accepted" breaks upload::BAD_FORMAT: "PostScript files are accepted";
    OldWordAccepted "old-word-accepted" breaks upload::BAD_FORMAT: "Word 97 documents are accepted";
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
    KindWithHyphensAccepted "kind-with-hyphens-accepted" breaks upload::BAD_KIND:
        "a kind may have hyphens for underscores";
    BadKindAnswers422 "bad-kind-answers-422" breaks upload::BAD_KIND:
        "a kind outside the list is answered 422";
    NotMultipartAnswers500 "not-multipart-answers-500" breaks upload::NOT_MULTIPART:
        "a body that is not multipart/form-data is answered 500";
    NotMultipartAnswers415 "not-multipart-answers-415" breaks upload::NOT_MULTIPART:
        "a body that is not multipart/form-data is answered 415";
    BrokenMultipartStored "broken-multipart-stored" breaks upload::BROKEN_MULTIPART:
        "the file of a body that is cut short is stored";
    BrokenMultipartAnswers500 "broken-multipart-answers-500" breaks upload::BROKEN_MULTIPART:
        "a body that does not parse is answered 500";
    NoBoundaryAnswers500 "no-boundary-answers-500" breaks upload::BROKEN_MULTIPART:
        "multipart/form-data without a boundary is answered 500";
    CutUploadStored "cut-upload-stored" breaks upload::BROKEN_MULTIPART:
        "an upload whose connection ends too soon is stored as far as it came";
    StalledUploadStored "stalled-upload-stored" breaks upload::BROKEN_MULTIPART:
        "an upload that stalls for half a second is taken for whole";
    StalledUploadAnswers500 "stalled-upload-answers-500" breaks upload::BROKEN_MULTIPART:
        "an upload that stalls for half a second is answered 500";
    UnknownFieldRefused "unknown-field-refused" breaks upload::UNKNOWN_FIELDS:
        "a form field other than file and kind is refused";
    UnknownFileRefused "unknown-file-refused" breaks upload::UNKNOWN_FIELDS:
        "a form with a file under another name is refused";
    UnknownDisputeAnswers500 "unknown-dispute-answers-500" breaks upload::DISPUTE_UNKNOWN:
        "an upload to an unknown dispute is answered 500";
    MalformedIdAnswers400 "malformed-id-answers-400" breaks upload::DISPUTE_MALFORMED_ID:
        "an upload to a malformed dispute id is answered 400";
    DisputeIdInAnyCase "dispute-id-in-any-case" breaks upload::DISPUTE_MALFORMED_ID:
        "a dispute takes uploads under its id in upper case";
    ForeignAnswers403 "foreign-answers-403" breaks upload::DISPUTE_FOREIGN:
        "an upload to another account's dispute is answered 403";
    ForeignTakesUploads "foreign-takes-uploads" breaks upload::DISPUTE_FOREIGN:
        "an upload to another account's dispute is accepted";
    PendingTakesUploads "pending-takes-uploads" breaks upload::DISPUTE_PENDING:
        "an upload to a pending dispute is accepted";
    PendingAnswers409 "pending-answers-409" breaks upload::DISPUTE_PENDING:
        "an upload to a pending dispute is answered 409";
    WonTakesUploads "won-takes-uploads" breaks upload::DISPUTE_WON:
        "an upload to a won dispute is accepted";
    WonAnswers403 "won-answers-403" breaks upload::DISPUTE_WON: "an upload to a won dispute is answered 403";
    LostTakesUploads "lost-takes-uploads" breaks upload::DISPUTE_LOST:
        "an upload to a lost dispute is accepted";
    LostAnswers404 "lost-answers-404" breaks upload::DISPUTE_LOST:
        "an upload to a lost dispute is answered 404";

    CreatedAtWithFraction "created-at-with-fraction" breaks document::SHAPE:
        "created_at has a fraction of a second";
    CreatedAtWithOffset "created-at-with-offset" breaks document::SHAPE:
        "created_at ends in +00:00 in place of Z";
    CreatedAtInLocalTime "created-at-in-local-time" breaks document::SHAPE:
        "created_at is local time, with a Z behind it";
    DeletedMissing "deleted-missing" breaks document::SHAPE: "documents have no member deleted";
    DownloadUriMissing "download-uri-missing" breaks document::SHAPE:
        "documents without a download_uri leave the member out";
    LocationWithHost "location-with-host" breaks document::SHAPE:
        "the location of a document is a URL in place of a path";
    KindEmptyText "kind-empty-text" breaks document::SHAPE:
        "the kind of a document without one is an empty text";
    LivemodeAsText "livemode-as-text" breaks document::SHAPE: "livemode is a string";
    FilenameMissing "filename-missing" breaks document::SHAPE: "documents have no member filename";
    CreatedAnswers201 "created-answers-201" breaks document::ANSWER_STATUS_200:
        "an upload is answered 201";
    DestroyAnswers204 "destroy-answers-204" breaks document::ANSWER_STATUS_200:
        "a destroy is answered 204 without a body";
    DestroyAnswers202 "destroy-answers-202" breaks document::ANSWER_STATUS_200: "a destroy is answered 202";
    AnswersTextHtml "answers-text-html" breaks document::ANSWER_JSON:
        "successes carry Content-Type text/html";
    DuplicateMember "duplicate-member" breaks document::ANSWER_JSON:
        "the member object is written twice";
    DeclaresLatin1 "declares-latin-1" breaks document::ANSWER_JSON:
        "successes declare the charset ISO-8859-1";
    ContentTypeTwice "content-type-twice" breaks document::ANSWER_JSON:
        "successes carry a second Content-Type, text/html";
    ErrorMessageBlank "error-message-blank" breaks document::ERROR_SHAPE: "the message of an error is blank";
    ErrorWithoutObject "error-without-object" breaks document::ERROR_SHAPE:
        "errors have no member object";
    ErrorFragmentUnderscored "error-fragment-underscored" breaks document::ERROR_SHAPE:
        "the fragment of an error's location keeps the underscores of the code";
    ErrorWrapped "error-wrapped" breaks document::ERROR_SHAPE:
        "errors are wrapped in an object with the one member error";
    ErrorWithoutMessage "error-without-message" breaks document::ERROR_SHAPE: "errors have no member message";
    ErrorAsTextHtml "error-as-text-html" breaks document::ERROR_SHAPE:
        "errors are JSON under Content-Type text/html";
    KeyInError "key-in-error" breaks document::ERROR_NO_LEAK:
        "errors repeat the key that was sent";
    TraceInError "trace-in-error" breaks document::ERROR_NO_LEAK:
        "the message of a 400 ends in a stack trace";
    PathInError "path-in-error" breaks document::ERROR_NO_LEAK:
        "the message of a 404 names a file of the server";

    TotalAsText "total-as-text" breaks list::SHAPE: "total is a string";
    ListOrderMissing "list-order-missing" breaks list::SHAPE: "lists have no member order";
    ListLocationWithQuery "list-location-with-query" breaks list::SHAPE:
        "the location of a list repeats the query";
    EmptyListAnswers404 "empty-list-answers-404" breaks list::EMPTY:
        "the list of a dispute without documents is answered 404";
    EmptyListDataNull "empty-list-data-null" breaks list::EMPTY: "the data of an empty list is null";
    ReverseIgnored "reverse-ignored" breaks list::ORDER: "the order asked for is ignored";
    ReverseIgnoredWithFrom "reverse-ignored-with-from" breaks list::ORDER:
        "the order asked for is ignored where from is given";
    NewestFirst "newest-first" breaks list::ORDER: "lists are newest first when no order is asked for";
    ReverseWithinPage "reverse-within-page" breaks list::ORDER:
        "the reverse order turns each page round, and not the whole";
    ReverseBySecond "reverse-by-second" breaks list::ORDER:
        "the reverse order leaves documents of the same second as they are";
    OrderRemembered "order-remembered" breaks list::ORDER:
        "a dispute is listed in the order that was last asked for";
    DestroyMovesLast "destroy-moves-last" breaks list::ORDER:
        "the last document takes the place of one that is destroyed";
    TotalIsPageLength "total-is-page-length" breaks list::LIMIT:
        "total is the number of records on the page";
    LimitIgnored "limit-ignored" breaks list::LIMIT: "pages have 20 records whatever was asked for";
    LimitOffByOne "limit-off-by-one" breaks list::LIMIT: "a page has one record more than the limit";
    LimitOfOneIgnored "limit-of-one-ignored" breaks list::LIMIT: "a limit of 1 counts as none";
    LimitOfHundredCut "limit-of-hundred-cut" breaks list::LIMIT: "a limit of 100 counts as 99";
    TotalOffByOne "total-off-by-one" breaks list::LIMIT: "total is one too many";
    OffsetIgnored "offset-ignored" breaks list::OFFSET: "every page starts at the first record";
    OffsetInPages "offset-in-pages" breaks list::OFFSET: "offset counts pages in place of records";
    OffsetStopsAtTwenty "offset-stops-at-twenty" breaks list::OFFSET:
        "an offset past 20 is taken for 20";
    OffsetFromOne "offset-from-one" breaks list::OFFSET: "an offset counts from one";
    LastRecordDropped "last-record-dropped" breaks list::OFFSET: "the last page lacks its last record";
    FromIgnored "from-ignored" breaks list::FROM_TO: "from does not filter";
    ToIgnored "to-ignored" breaks list::FROM_TO: "to does not filter";
    ToIgnoredWithFrom "to-ignored-with-from" breaks list::FROM_TO: "to does not filter where from is given";
    ToIgnoredInReverse "to-ignored-in-reverse" breaks list::FROM_TO:
        "to does not filter where the reverse order is asked for";
    FilterAfterPage "filter-after-page" breaks list::FROM_TO: "from and to filter a page, and not the whole";
    CrossedBoundsSwapped "crossed-bounds-swapped" breaks list::FROM_TO:
        "from and to change places where from is the later";
    TotalIgnoresFilter "total-ignores-filter" breaks list::FROM_TO:
        "total counts the records outside from and to as well";
    BadParameterAnswers500 "bad-parameter-answers-500" breaks list::BAD_PARAMETER:
        "a list parameter that does not parse is answered 500";
    BadDateAnswers500 "bad-date-answers-500" breaks list::BAD_PARAMETER:
        "a bound that is no date is answered 500";
    DeletedStillListed "deleted-still-listed" breaks list::EXCLUDES_DELETED:
        "destroyed documents are listed with deleted: true";
    UnknownDisputeListsEmpty "unknown-dispute-lists-empty" breaks list::DISPUTE_UNKNOWN:
        "the documents of an unknown dispute are an empty list";
    ForeignDisputeListed "foreign-dispute-listed" breaks list::DISPUTE_FOREIGN:
        "the documents of another account's dispute are listed";
    ListOnlyWhileOpen "list-only-while-open" breaks list::ANY_STATUS:
        "documents are not listed once the dispute is not open";
    ListEmptyWhileLost "list-empty-while-lost" breaks list::ANY_STATUS:
        "the documents of a lost dispute are an empty list";

    RetrieveDropsKind "retrieve-drops-kind" breaks retrieve::SAME_AS_UPLOAD:
        "a retrieved document has a null kind";
    RetrieveThreeTimes "retrieve-three-times" breaks retrieve::SAME_AS_UPLOAD:
        "a document can be retrieved three times, and is not found then";
    RetrieveTouchesCreatedAt "retrieve-touches-created-at" breaks retrieve::SAME_AS_UPLOAD:
        "created_at of a retrieved document is the day after the upload";
    RetrieveLowerCases "retrieve-lower-cases" breaks retrieve::SAME_AS_UPLOAD:
        "the file name of a retrieved document is in lower case";
    RetrieveEscapesName "retrieve-escapes-name" breaks retrieve::SAME_AS_UPLOAD:
        "the file name of a retrieved document is escaped for HTML";
    UnknownDocumentAnswers500 "unknown-document-answers-500" breaks retrieve::UNKNOWN:
        "an unknown document is answered 500";
    MalformedDocumentAnswers400 "malformed-document-answers-400" breaks retrieve::MALFORMED_ID:
        "a malformed document id is answered 400";
    DocumentIdInAnyCase "document-id-in-any-case" breaks retrieve::MALFORMED_ID:
        "a document is retrieved under its id in upper case too";
    ForeignDocumentVisible "foreign-document-visible" breaks retrieve::FOREIGN:
        "another account's document can be retrieved";
    AnyDisputeRetrieves "any-dispute-retrieves" breaks retrieve::OTHER_DISPUTE:
        "a document can be retrieved under any dispute of the account";
    LockedDocumentAnywhere "locked-document-anywhere" breaks retrieve::OTHER_DISPUTE:
        "a document of a dispute that is not open can be retrieved under any dispute of the account";
    RetrieveOnlyWhileOpen "retrieve-only-while-open" breaks retrieve::ANY_STATUS:
        "documents cannot be retrieved once the dispute is not open";
    RetrieveNotWhileWon "retrieve-not-while-won" breaks retrieve::ANY_STATUS:
        "the documents of a won dispute are not found";

    DestroyAnswersLive "destroy-answers-live" breaks destroy::ANSWERS_DOCUMENT:
        "the answer to destroy says deleted: false";
    DestroyAnswersShort "destroy-answers-short" breaks destroy::ANSWERS_DOCUMENT:
        "the answer to destroy is the short one of old versions";
    DestroyTakesSameName "destroy-takes-same-name" breaks destroy::ANSWERS_DOCUMENT:
        "a destroy takes all documents of the same name";
    DestroyForgetsKinds "destroy-forgets-kinds" breaks destroy::ANSWERS_DOCUMENT:
        "a destroy blanks the kinds of the documents that are left";
    DestroyDoesNothing "destroy-does-nothing" breaks destroy::GONE_FROM_LIST:
        "a destroyed document stays";
    DestroyedReappears "destroyed-reappears" breaks destroy::GONE_FROM_LIST:
        "a destroyed document is listed again after the next upload";
    DestroyTwiceAnswers200 "destroy-twice-answers-200" breaks destroy::TWICE:
        "destroying a document again succeeds";
    DestroyTwiceAnswers410 "destroy-twice-answers-410" breaks destroy::TWICE:
        "destroying a document again is answered 410";
    LockedDestroyable "locked-destroyable" breaks destroy::NOT_OPEN:
        "documents of a dispute that is not open can be destroyed";
    RefusedDestroyDestroys "refused-destroy-destroys" breaks destroy::NOT_OPEN:
        "destroy in a dispute that is not open is refused, and destroys";
    RefusedDestroyBlanksKind "refused-destroy-blanks-kind" breaks destroy::NOT_OPEN:
        "destroy in a dispute that is not open is refused, and blanks the kind";
    LockedDestroyAnswers403 "locked-destroy-answers-403" breaks destroy::NOT_OPEN:
        "destroy in a dispute that is not open is answered 403";
    DestroyUnknownAnswers200 "destroy-unknown-answers-200" breaks destroy::UNKNOWN:
        "destroying an unknown document succeeds";
    DestroyUnknownAnswers400 "destroy-unknown-answers-400" breaks destroy::UNKNOWN:
        "destroying an unknown document is answered 400";
    ForeignDestroyable "foreign-destroyable" breaks destroy::FOREIGN:
        "another account's document can be destroyed";
    ForeignDestroyRefusedAndDone "foreign-destroy-refused-and-done" breaks destroy::FOREIGN:
        "destroying another account's document is answered 404, and done";
    AnyDisputeDestroys "any-dispute-destroys" breaks destroy::OTHER_DISPUTE:
        "a document can be destroyed under any dispute of the account";

    NoVersionEcho "no-version-echo" breaks http::VERSION_ECHO: "no answer carries Omise-Version";
    EchoOfTheLatest "echo-of-the-latest" breaks http::VERSION_ECHO:
        "Omise-Version is the latest whatever was asked for";
    OldVersionsIgnored "old-versions-ignored" breaks http::VERSION_2017_SHAPE:
        "every version is answered in the current shape";
    OldDestroyWhole "old-destroy-whole" breaks http::VERSION_2017_SHAPE:
        "older versions get the whole document from destroy";
    ListOf2015Current "list-of-2015-current" breaks http::VERSION_2017_SHAPE:
        "lists of 2015-11-17 have current documents";
    OldestVersionIgnored "oldest-version-ignored" breaks http::VERSION_2014_SHAPE:
        "2014-07-27 is answered in the current shape";
    UnknownRouteAnswersHtml "unknown-route-answers-html" breaks http::UNKNOWN_ROUTE:
        "an unknown path is answered with a page of HTML";
    UnknownRouteAnswers500 "unknown-route-answers-500" breaks http::UNKNOWN_ROUTE:
        "an unknown path is answered 500";
    SlowUploadBlocksAll "slow-upload-blocks-all" breaks http::HEAD_OF_LINE:
        "requests wait until the upload before them is done";
    ExpectAnswers417 "expect-answers-417" breaks http::EXPECT_CONTINUE:
        "Expect: 100-continue is answered 417";
    BodyOnGetRefused "body-on-get-refused" breaks http::BODY_ON_GET:
        "a GET or DELETE with a body is answered 400";
    BodyOnDeleteRefused "body-on-delete-refused" breaks http::BODY_ON_GET:
        "a DELETE with a body is answered 400";
    RefusalLeavesBody "refusal-leaves-body" breaks http::KEEP_ALIVE:
        "after a refused upload the rest of its body is taken for the next request";
    RefusedBodyServed "refused-body-served" breaks http::KEEP_ALIVE:
        "a refused body that looks like a request is served as one";
    AnswersOutOfOrder "answers-out-of-order" breaks http::KEEP_ALIVE:
        "of requests that are sent together the second is answered first";
    AnswerLost "answer-lost" breaks http::KEEP_ALIVE:
        "of requests that are sent together the second gets no answer";
    ChunkedAnswers411 "chunked-answers-411" breaks http::CHUNKED_UPLOAD:
        "an upload without Content-Length is answered 411";
    ChunkedLosesKind "chunked-loses-kind" breaks http::CHUNKED_UPLOAD:
        "an upload without Content-Length loses its kind";
    BothFramingsAnswer500 "both-framings-answer-500" breaks http::CHUNKED_UPLOAD:
        "an upload with both Content-Length and chunked transfer coding is answered 500";
}
