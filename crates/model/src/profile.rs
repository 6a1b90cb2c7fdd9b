//! The two profiles of the contract, and what each answers where they differ.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One of the two readings of the contract that its sources support.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What the two source pages say.
    #[default]
    Documented,
    /// What recorded traffic and the other official pages show.
    Recorded,
}

impl Profile {
    /// Both profiles.
    pub const ALL: [Self; 2] = [Self::Documented, Self::Recorded];

    /// The profile's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Recorded => "recorded",
        }
    }
}

/// A text that names no profile.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected documented or recorded, found {found:?}")]
pub struct UnknownProfile {
    found: String,
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == text)
            .ok_or_else(|| UnknownProfile {
                found: text.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal whose answer depends on the profile.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Situation {
    /// An upload to, or a destroy in, a dispute that is not open.
    NotOpen,
    /// A file that is not PNG, JPG or PDF.
    BadFormat,
    /// A file over the size limit.
    TooLarge,
    /// The maximum number of documents is reached.
    MaxDocuments,
}

/// An answer that a profile allows in a [`Situation`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// The error codes that may come with it; none means any.
    pub codes: &'static [&'static str],
    /// Whether the body may be something else than an Error object, such as a proxy's HTML page.
    pub foreign_body: bool,
}

impl Refusal {
    const fn new(status: u16, codes: &'static [&'static str]) -> Self {
        Self {
            status,
            codes,
            foreign_body: false,
        }
    }

    const fn with_foreign_body(status: u16) -> Self {
        Self {
            status,
            codes: &[],
            foreign_body: true,
        }
    }
}

impl Situation {
    /// Every situation.
    pub const ALL: [Self; 4] = [Self::NotOpen, Self::BadFormat, Self::TooLarge, Self::MaxDocuments];

    /// The situation's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotOpen => "not-open",
            Self::BadFormat => "bad-format",
            Self::TooLarge => "too-large",
            Self::MaxDocuments => "max-documents",
        }
    }

    /// What `profile` allows here, the preferred answer first.
    pub const fn refusals(self, profile: Profile) -> &'static [Refusal] {
        const NOT_OPEN: &[Refusal] = &[Refusal::new(422, &["dispute_not_open"])];
        const LOCKED: &[Refusal] = &[Refusal::new(400, &["documents_locked"])];
        const BAD_FORMAT: &[Refusal] = &[Refusal::new(400, &["invalid_file_format", "bad_request"])];
        const BAD_TYPE: &[Refusal] = &[Refusal::new(400, &["invalid_file_type"])];
        const TOO_LARGE: &[Refusal] = &[Refusal::new(413, &["file_too_large"])];
        const TOO_LARGE_RECORDED: &[Refusal] =
            &[Refusal::with_foreign_body(413), Refusal::with_foreign_body(400)];
        const MAX_DOCUMENTS: &[Refusal] = &[Refusal::new(422, &["bad_request"])];
        match (self, profile) {
            (Self::NotOpen, Profile::Documented) => NOT_OPEN,
            (Self::NotOpen, Profile::Recorded) => LOCKED,
            (Self::BadFormat, Profile::Documented) => BAD_FORMAT,
            (Self::BadFormat, Profile::Recorded) => BAD_TYPE,
            (Self::TooLarge, Profile::Documented) => TOO_LARGE,
            (Self::TooLarge, Profile::Recorded) => TOO_LARGE_RECORDED,
            (Self::MaxDocuments, _) => MAX_DOCUMENTS,
        }
    }
}
