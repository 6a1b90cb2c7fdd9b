//! What one side of an exchange does otherwise than the contract asks, and where that shows.

use rebuttal_model::{Clause, Level, clause};
use rebuttal_multipart::{Diagnosis, Place, ViolationId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::verdict::Verdict;

/// One side of an exchange.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The one who asks: the SDK.
    Client,
    /// The endpoint.
    Server,
}

impl Side {
    /// The side's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// Something that a side does otherwise than the contract asks.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Finding {
    /// Who.
    pub side: Side,
    /// The clause of the contract that it is about.
    pub clause: &'static str,
    /// How grave it is: MUST where the request cannot do what it is for, or the answer breaks a promise; SHOULD
    /// where it works with some; OBS where it is only worth knowing.
    pub level: Level,
    /// The mistake's own name; of a form that breaks a rule, the id as `rebuttal explain` has it. Null for a server:
    /// its clause is the name.
    pub rule: Option<&'static str>,
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// The section of a standard that it is against; null where only the contract says it.
    pub standard: Option<&'static str>,
    /// Where: a header, a byte of the body, a part, a member by its JSON pointer.
    pub place: String,
    /// What the contract asks for.
    pub expected: String,
    /// What came.
    pub found: String,
    /// What to change; null where that is plain.
    pub hint: Option<String>,
}

/// A mistake that a client can make.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) clause: &'static Clause,
    pub(crate) level: Level,
    pub(crate) what: &'static str,
    hint: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $level:ident $clause:path, $what:literal, $hint:literal;)+) => {
        $(pub(crate) const $name: Rule = Rule {
            id: $id,
            clause: &$clause,
            level: Level::$level,
            what: $what,
            hint: $hint,
        };)+

        /// Every mistake that has a name of its own.
        #[cfg(test)]
        pub(crate) const ALL: &[Rule] = &[$($name,)+];
    };
}

rules! {
    NO_CREDENTIALS "no-credentials" Must clause::auth::MISSING_HEADER,
        "no credentials", "send HTTP Basic: the secret key as user name, and an empty password";
    PUBLIC_KEY "public-key" Must clause::auth::PUBLIC_KEY,
        "the public key in place of the secret key", "use the key that begins with skey_; documents are for servers, not for web pages";
    KEY_AS_PASSWORD "key-as-password" Must clause::auth::MALFORMED_BASIC,
        "the key is sent as the password", "the key is the user name: base64 of the key and a colon behind it";
    NOT_BASIC "not-basic" Must clause::auth::MALFORMED_BASIC,
        "another scheme than Basic", "send Authorization: Basic, and base64 of the key and a colon behind it";
    NOT_BASE64 "not-base64" Must clause::auth::MALFORMED_BASIC,
        "credentials that are not base64", "encode the key and a colon behind it in base64, without line breaks";
    NO_COLON "no-colon" Must clause::auth::MALFORMED_BASIC,
        "credentials without a colon", "encode the key and a colon behind it: an empty password needs the colon too";
    EMPTY_USER "empty-user" Must clause::auth::MALFORMED_BASIC,
        "an empty user name", "the secret key is the user name; is the variable set that it is read from?";
    TWO_CREDENTIALS "two-credentials" Must clause::auth::MALFORMED_BASIC,
        "more than one Authorization header", "send one; endpoints disagree on which one counts";
    NOT_A_KEY "not-a-key" Must clause::auth::WRONG_KEY,
        "a user name that is no secret key", "the user name is the secret key, which begins with skey_test_ or skey_";
    KEY_WITH_SPACE "key-with-space" Must clause::auth::WRONG_KEY,
        "white space around the key", "cut it off where the key is read: files end in a line break";
    PASSWORD "password-not-empty" Should clause::auth::BASIC_SECRET_KEY,
        "a password that is not empty", "send an empty password: only the colon";
    KEY_IN_URL "key-in-url" Should clause::auth::BASIC_SECRET_KEY,
        "a key in the URL", "URLs are logged everywhere: send the key in Authorization only, and replace this one";

    UNKNOWN_PATH "unknown-path" Must clause::http::UNKNOWN_ROUTE,
        "a path that the API does not have", "the paths are /disputes/{dispute}/documents and, behind it, /{document}";
    WRONG_METHOD "wrong-method" Must clause::http::UNKNOWN_ROUTE,
        "a method that the path does not have", "upload with POST, list and retrieve with GET, destroy with DELETE";
    NO_DISPUTE_ID "malformed-dispute-id" Must clause::upload::DISPUTE_MALFORMED_ID,
        "a dispute id that cannot be one", "put the id of the dispute there: dspt_test_ or dspt_, then 0-9 and a-z";
    NO_DOCUMENT_ID "malformed-document-id" Must clause::retrieve::MALFORMED_ID,
        "a document id that cannot be one", "put the id of the document there: docu_test_ or docu_, then 0-9 and a-z";
    OTHER_HOST "other-host" Should clause::http::UNKNOWN_ROUTE,
        "the request names another host", "documents are served by the API's host (api.omise.co), not by the vault's";
    BAD_PARAMETER "bad-parameter" Should clause::list::BAD_PARAMETER,
        "a parameter that lists do not take", "from and to are UTC datetimes, offset is at least 0, limit 1 to 100, order (reverse_)chronological";
    KIND_IN_QUERY "kind-in-query" Must clause::upload::EACH_KIND,
        "the kind stands in the query, where nobody reads it", "send it as a field of the form";
    NO_VERSION "no-version" Obs clause::http::VERSION_ECHO,
        "no API version is asked for", "send Omise-Version: 2019-05-29; without it answers change with a setting of the account";
    UNKNOWN_VERSION "unknown-version" Should clause::http::VERSION_ECHO,
        "an API version that does not exist", "send one of 2019-05-29, 2017-11-02, 2015-11-17, 2014-07-27";
    OLD_VERSION "old-version" Obs clause::http::VERSION_ECHO,
        "an older API version is asked for", "documents have other members there; the current version is 2019-05-29";
    BODY_ON_GET "body-on-get" Obs clause::http::BODY_ON_GET,
        "a body where none has a meaning", "send none; parameters of a list belong into the query";

    NO_BODY "no-body" Must clause::upload::NOT_MULTIPART,
        "no body at all", "send multipart/form-data with a part named file";
    JSON_BODY "json-body" Must clause::upload::NOT_MULTIPART,
        "JSON in place of a form", "send multipart/form-data: JSON cannot carry the bytes of a file";
    URLENCODED_BODY "urlencoded-body" Must clause::upload::NOT_MULTIPART,
        "a urlencoded form", "send multipart/form-data: a urlencoded form cannot carry a file";
    RAW_FILE_BODY "raw-file-body" Must clause::upload::NOT_MULTIPART,
        "the bare file in place of a form", "wrap it: multipart/form-data with a part named file";
    OTHER_BODY "other-body" Must clause::upload::NOT_MULTIPART,
        "a body that is no form", "send multipart/form-data with a part named file";
    ENCODED_BODY "encoded-body" Must clause::upload::NOT_MULTIPART,
        "a compressed body", "send the form as it is: nothing says that the API takes Content-Encoding";
    TYPE_MISSING "no-content-type" Must clause::upload::NOT_MULTIPART,
        "a body without Content-Type", "let the HTTP library set Content-Type together with the body";
    WRONG_BOUNDARY "wrong-boundary" Must clause::upload::BROKEN_MULTIPART,
        "the body has another boundary than Content-Type names", "let one library write both, and set no Content-Type by hand";
    CUT_SHORT "cut-short" Must clause::upload::BROKEN_MULTIPART,
        "the client broke off before the body was whole", "look for a timeout, a crash, or a Content-Length that is too large";
    TOO_LARGE_BODY "body-over-limit" Must clause::upload::TOO_LARGE,
        "a body that is too large for any upload", "check the size before sending: a file has at most 10,485,760 bytes";

    NO_FILE "no-file" Must clause::upload::FILE_MISSING,
        "a form without a part named file", "name the part that holds the file: file";
    FILE_AS_TEXT "file-as-text" Must clause::upload::FILE_AS_TEXT,
        "the file is sent as a text field", "give the part a filename: that makes it a file";
    FILE_EMPTY "file-empty" Must clause::upload::FILE_EMPTY,
        "a file without content", "read the file before sending; a stream that was read once is empty the second time";
    FILE_AS_BASE64 "file-as-base64" Must clause::upload::BAD_FORMAT,
        "the file is sent in base64", "send its bytes as they are; multipart needs no encoding";
    FILE_MANGLED "file-mangled" Must clause::upload::BAD_FORMAT,
        "the bytes of the file were converted as if they were text", "read the file as bytes, and never through a string";
    BAD_FORMAT "bad-format" Must clause::upload::BAD_FORMAT,
        "a file that is not PNG, JPG or PDF", "convert it first; a name or a declared type changes nothing";
    FILE_TOO_LARGE "file-too-large" Must clause::upload::TOO_LARGE,
        "a file over the limit", "a file has at most 10,485,760 bytes; check before sending";
    FILE_NEAR_LIMIT "file-near-limit" Obs clause::upload::SIZE_LIMIT_MIB,
        "a file that not every reading of 10MB allows", "stay below 10,000,001 bytes";
    TWO_FILES "two-files" Should clause::upload::FILE_MISSING,
        "more than one part named file", "one document is one file: send an upload for each";
    NAME_IN_A_PATH "filename-with-path" Should clause::upload::FILENAME_ECHO,
        "a filename with folders", "send the last part of the path only";
    NAME_LOST "filename-lost" Should clause::upload::FILENAME_ECHO,
        "letters of the filename were lost on the way", "write the name in UTF-8 as it is";
    NAME_ENCODED "filename-encoded" Should clause::upload::FILENAME_ECHO,
        "the filename is encoded", "write the name in UTF-8 as it is; only quotes and line breaks are escaped";
    TYPE_DIFFERS "declared-type" Obs clause::upload::PART_WITHOUT_TYPE,
        "the declared type is not that of the bytes", "declare image/png, image/jpeg or application/pdf, or nothing: the bytes decide";
    EXTENSION_DIFFERS "extension" Obs clause::upload::FILENAME_ECHO,
        "the extension of the filename is not that of the bytes", "people open the file by its name";
    BAD_KIND "bad-kind" Must clause::upload::BAD_KIND,
        "a kind that is none of the four", "send cardholder_details, details_of_purchase, proof_of_receipt or proof_of_acceptance, to the letter";
    KIND_AS_FILE "kind-as-file" Must clause::upload::BAD_KIND,
        "the kind is sent as a file", "send it as a text field: a part without filename";
    TWO_KINDS "two-kinds" Should clause::upload::BAD_KIND,
        "more than one part named kind", "send one; endpoints disagree on which one counts";
    NO_KIND "no-kind" Obs clause::upload::KIND_OPTIONAL,
        "no kind is sent", "say what the document shows; the one who judges the dispute sees it";
    UNKNOWN_FIELD "unknown-field" Obs clause::upload::UNKNOWN_FIELDS,
        "a field that the API does not know", "it is ignored: leave it out";

    EXPECT_CONTINUE "expect-continue" Obs clause::http::EXPECT_CONTINUE,
        "the client asks before it sends the body", "endpoints may ignore that: go on after a second";
    CHUNKED "chunked" Obs clause::http::CHUNKED_UPLOAD,
        "the body comes in chunks, without a length", "endpoints need not take that: send Content-Length where the size is known";
    AGAIN_AT_ONCE "again-too-soon" Should clause::http::RATE_429,
        "asked again before Retry-After was over", "wait as long as Retry-After says";
}

impl Rule {
    pub(crate) fn finding(
        &self,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Finding {
        Finding {
            side: Side::Client,
            clause: self.clause.id,
            level: self.level,
            rule: Some(self.id),
            what: self.what,
            standard: None,
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
            hint: Some(self.hint.to_owned()),
        }
    }
}

impl Finding {
    /// The same about another clause.
    pub(super) fn about(self, clause: &'static Clause) -> Self {
        Self {
            clause: clause.id,
            ..self
        }
    }

    /// What a reader of forms reports. `level` follows from what servers make of it.
    pub(super) fn of_form(diagnosis: &Diagnosis, level: Level) -> Self {
        let id = diagnosis.id;
        let mut place = match diagnosis.place {
            Place::ContentType => format!("header content-type, byte {}", diagnosis.offset()),
            Place::Body => format!("body, byte {}", diagnosis.offset()),
        };
        if let Some(part) = diagnosis.part {
            place = format!("{place}, in part {}", part + 1);
        }
        let is_type = id == ViolationId::C01;
        let clause = if is_type {
            &clause::upload::NOT_MULTIPART
        } else {
            &clause::upload::BROKEN_MULTIPART
        };
        Self {
            side: Side::Client,
            clause: clause.id,
            level,
            rule: Some(id.as_str()),
            what: id.summary(),
            standard: Some(id.clause()),
            place,
            expected: id.expected().to_owned(),
            found: diagnosis.found.to_string(),
            hint: Some(id.hint().to_owned()),
        }
    }
}

/// What the findings of one side come to.
pub(super) fn verdict<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Verdict {
    let worst = findings.into_iter().map(|finding| finding.level).min();
    match worst {
        Some(Level::Must) => Verdict::Fail,
        Some(Level::Should) => Verdict::Warn,
        Some(Level::Obs) | None => Verdict::Pass,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_mistake_has_a_name_of_its_own_and_says_what_to_do() {
        let mut names = BTreeSet::new();
        for rule in ALL {
            assert!(names.insert(rule.id), "{} is there twice", rule.id);
            assert!(clause::find(rule.clause.id).is_some(), "{}", rule.id);
            assert!(!rule.what.ends_with('.') && rule.hint.len() > 15, "{}", rule.id);
        }
    }

    #[test]
    fn the_gravest_finding_is_the_verdict() {
        let of = |level| Finding {
            level,
            ..NO_KIND.finding("", "", "")
        };
        for (levels, wanted) in [
            (&[][..], Verdict::Pass),
            (&[Level::Obs], Verdict::Pass),
            (&[Level::Obs, Level::Should], Verdict::Warn),
            (&[Level::Should, Level::Must, Level::Obs], Verdict::Fail),
        ] {
            let findings: Vec<_> = levels.iter().map(|level| of(*level)).collect();
            assert_eq!(verdict(&findings), wanted, "{levels:?}");
        }
    }
}
