//! Refusals: why a request is not served, and what it is told.

use std::borrow::Cow;

use http::StatusCode;
use rebuttal_model::{ErrorCode, Profile, Situation, profile::Refusal as Allowed};

/// Why a request is not served.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// No credentials, or none that open an account.
    Unauthorized,
    /// The request cannot be read, or lacks something.
    BadRequest(Cow<'static, str>),
    /// No such record for this account; names what is missing.
    NotFound(&'static str),
    /// A refusal that the two profiles word differently.
    ByProfile(Situation, Cow<'static, str>),
    /// The API has no such path.
    NoRoute,
    /// The path has other methods.
    WrongMethod {
        /// Those methods.
        allow: &'static str,
    },
    /// The client stopped sending.
    Timeout,
    /// What only this mock answers, and the API would not: about proxies, limits and the like.
    NotInContract(StatusCode, Cow<'static, str>),
    /// What only a server that breaks the contract answers.
    Fault(StatusCode, &'static str, &'static str),
}

impl Refusal {
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::BadRequest(message.into())
    }

    /// The dispute is not open (`upload.dispute-pending`, `destroy.not-open`).
    pub(crate) fn not_open() -> Self {
        Self::ByProfile(Situation::NotOpen, "the dispute is not open".into())
    }

    /// A broken program, as faults show it.
    pub(crate) fn internal() -> Self {
        Self::Fault(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "something went wrong",
        )
    }

    /// Status, code and message.
    pub(crate) fn parts(&self, profile: Profile) -> (StatusCode, ErrorCode, Cow<'static, str>) {
        match self {
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                ErrorCode::AuthenticationFailure,
                "authentication failed".into(),
            ),
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message.clone()),
            Self::NotFound(what) => (
                StatusCode::NOT_FOUND,
                ErrorCode::NotFound,
                format!("the {what} was not found").into(),
            ),
            Self::ByProfile(situation, message) => by_profile(*situation, message.clone(), profile),
            Self::NoRoute => (
                StatusCode::NOT_FOUND,
                ErrorCode::ServiceNotFound,
                "the API has no such path".into(),
            ),
            Self::WrongMethod { allow } => (
                StatusCode::METHOD_NOT_ALLOWED,
                ErrorCode::ServiceNotFound,
                format!("the path takes {allow}").into(),
            ),
            Self::Timeout => (
                StatusCode::REQUEST_TIMEOUT,
                ErrorCode::BadRequest,
                "the body did not arrive in time".into(),
            ),
            Self::NotInContract(status, message) => (*status, ErrorCode::BadRequest, message.clone()),
            Self::Fault(status, code, message) => (
                *status,
                ErrorCode::Unlisted((*code).to_owned()),
                (*message).into(),
            ),
        }
    }
}

fn by_profile(
    situation: Situation,
    message: Cow<'static, str>,
    profile: Profile,
) -> (StatusCode, ErrorCode, Cow<'static, str>) {
    // The recorded answers have fixed words for these two.
    let message = match (situation, profile) {
        (Situation::NotOpen, Profile::Recorded) => "documents list cannot be modified".into(),
        (Situation::BadFormat, Profile::Recorded) => "invalid content-type".into(),
        _ => message,
    };
    let preferred = situation.refusals(profile).first();
    let status = preferred.map_or(400, |refusal| refusal.status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, preferred_code(situation, preferred), message)
}

/// The first code that the profile lists, or the one that fits where it lists none.
fn preferred_code(situation: Situation, preferred: Option<&Allowed>) -> ErrorCode {
    let code = preferred.and_then(|refusal| refusal.codes.first()).copied();
    match (code, situation) {
        (Some("dispute_not_open"), _) => ErrorCode::DisputeNotOpen,
        (Some("documents_locked"), _) => ErrorCode::DocumentsLocked,
        (Some("invalid_file_format"), _) => ErrorCode::InvalidFileFormat,
        (Some("invalid_file_type"), _) => ErrorCode::InvalidFileType,
        (Some("file_too_large"), _) | (None, Situation::TooLarge) => ErrorCode::FileTooLarge,
        (Some("bad_request") | None, _) => ErrorCode::BadRequest,
        (Some(other), _) => ErrorCode::Unlisted(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_has_its_own_words() {
        for (situation, profile, status, code) in [
            (Situation::NotOpen, Profile::Documented, 422, "dispute_not_open"),
            (Situation::NotOpen, Profile::Recorded, 400, "documents_locked"),
            (
                Situation::BadFormat,
                Profile::Documented,
                400,
                "invalid_file_format",
            ),
            (Situation::BadFormat, Profile::Recorded, 400, "invalid_file_type"),
            (Situation::TooLarge, Profile::Documented, 413, "file_too_large"),
            (Situation::TooLarge, Profile::Recorded, 413, "file_too_large"),
            (Situation::MaxDocuments, Profile::Documented, 422, "bad_request"),
        ] {
            let refusal = Refusal::ByProfile(situation, "x".into());
            let (found, found_code, _) = refusal.parts(profile);
            assert_eq!(
                (found.as_u16(), found_code.as_str()),
                (status, code),
                "{situation:?} {profile}"
            );
        }
    }
}
