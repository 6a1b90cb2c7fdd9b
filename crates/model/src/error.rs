//! Errors as the API answers them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::schema::ABSOLUTE_URI;

/// Where the provider documents its errors; the code follows as a fragment (`error.shape`).
pub const ERROR_LOCATION: &str = "https://www.omise.co/api-errors";

/// The body of a 4xx or 5xx answer (`error.shape`).
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "Error")]
pub struct ApiError {
    /// Always `error`.
    pub object: ErrorObject,
    /// Where the error is documented; the fragment is the code with `_` written `-`.
    #[schemars(extend("format" = "uri", "pattern" = ABSOLUTE_URI))]
    pub location: String,
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong, for people, in English.
    #[schemars(length(min = 1))]
    pub message: String,
}

/// The constant `error`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(inline)]
pub enum ErrorObject {
    /// `error`
    #[default]
    #[serde(rename = "error")]
    Error,
}

/// What went wrong, for programs; the provider may add codes at any time.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The key is missing, unknown or of the wrong kind.
    AuthenticationFailure,
    /// The request is not one the API can read.
    BadRequest,
    /// The dispute is not open (profile `documented`).
    DisputeNotOpen,
    /// The dispute is not open (profile `recorded`).
    DocumentsLocked,
    /// The file is over the size limit.
    FileTooLarge,
    /// The file is not PNG, JPG or PDF (profile `documented`).
    InvalidFileFormat,
    /// The file is not PNG, JPG or PDF (profile `recorded`).
    InvalidFileType,
    /// There is no such record, or it is another account's.
    NotFound,
    /// There is no such route.
    ServiceNotFound,
    /// A code that the contract does not list, kept as it came.
    #[serde(untagged)]
    Unlisted(String),
}

impl ErrorCode {
    /// The code as it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AuthenticationFailure => "authentication_failure",
            Self::BadRequest => "bad_request",
            Self::DisputeNotOpen => "dispute_not_open",
            Self::DocumentsLocked => "documents_locked",
            Self::FileTooLarge => "file_too_large",
            Self::InvalidFileFormat => "invalid_file_format",
            Self::InvalidFileType => "invalid_file_type",
            Self::NotFound => "not_found",
            Self::ServiceNotFound => "service_not_found",
            Self::Unlisted(code) => code,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl JsonSchema for ErrorCode {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1 })
    }
}

impl ApiError {
    /// An error whose location is made from its code.
    ///
    /// ```
    /// use rebuttal_model::{ApiError, ErrorCode};
    ///
    /// let error = ApiError::new(ErrorCode::NotFound, "the dispute was not found");
    /// assert_eq!(error.location, "https://www.omise.co/api-errors#not-found");
    /// ```
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let location = format!("{ERROR_LOCATION}#{}", fragment(code.as_str()));
        Self {
            object: ErrorObject::Error,
            location,
            code,
            message: message.into(),
        }
    }
}

/// The fragment that belongs to a code (`error.shape`).
pub fn fragment(code: &str) -> String {
    code.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_as_it_is_read() {
        for text in [
            "authentication_failure",
            "documents_locked",
            "not_found",
            "failed_capture",
        ] {
            let code: ErrorCode = serde_json::from_str(&format!("{text:?}")).unwrap();
            assert_eq!(code.as_str(), text);
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("{text:?}"));
            assert_eq!(
                matches!(code, ErrorCode::Unlisted(_)),
                text == "failed_capture",
                "{text}"
            );
        }
    }
}
