//! The API versions, chosen by the request header `Omise-Version`.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The header that asks for a version and echoes it (`version.echo`).
pub const VERSION_HEADER: &str = "omise-version";

/// A version of the API, named by its date.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
pub enum ApiVersion {
    /// 2014-07-27, the oldest.
    #[serde(rename = "2014-07-27")]
    V2014_07_27,
    /// 2015-11-17.
    #[serde(rename = "2015-11-17")]
    V2015_11_17,
    /// 2017-11-02.
    #[serde(rename = "2017-11-02")]
    V2017_11_02,
    /// 2019-05-29, the current one.
    #[default]
    #[serde(rename = "2019-05-29")]
    V2019_05_29,
}

impl ApiVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 4] = [
        Self::V2014_07_27,
        Self::V2015_11_17,
        Self::V2017_11_02,
        Self::V2019_05_29,
    ];

    /// The version as the header names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2014_07_27 => "2014-07-27",
            Self::V2015_11_17 => "2015-11-17",
            Self::V2017_11_02 => "2017-11-02",
            Self::V2019_05_29 => "2019-05-29",
        }
    }

    /// Whether objects have the older shape: `created` for `created_at`, no `deleted`, no `download_uri`,
    /// and a short answer to destroy (`version.2017-shape`).
    pub const fn is_legacy(self) -> bool {
        !matches!(self, Self::V2019_05_29)
    }
}

/// A text that names no version of the API.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected one of 2014-07-27, 2015-11-17, 2017-11-02, 2019-05-29, found {found:?}")]
pub struct UnknownVersion {
    found: String,
}

impl FromStr for ApiVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
            .ok_or_else(|| UnknownVersion {
                found: text.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
