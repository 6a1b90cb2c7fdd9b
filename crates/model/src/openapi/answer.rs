//! What an operation answers: a success, and every refusal of both profiles with an example.

use serde_json::{Map, Value, json};

use super::{
    component::{Body, Shapes},
    ids, parameter, reference,
};
use crate::{
    clause::{self, Clause},
    document::write,
    error::{ApiError, ErrorCode},
    profile::{Profile, Situation},
    version::ApiVersion,
};

/// One way in which a request is refused.
pub(super) struct Refused {
    status: u16,
    /// The name of the example.
    name: String,
    code: String,
    message: &'static str,
    clauses: Vec<&'static Clause>,
    /// Whether a proxy may answer with a page of its own.
    page: bool,
}

impl Refused {
    pub(super) fn new(
        status: u16,
        name: &str,
        code: &ErrorCode,
        message: &'static str,
        clauses: &[&'static Clause],
    ) -> Self {
        Self {
            status,
            name: name.to_owned(),
            code: code.as_str().to_owned(),
            message,
            clauses: clauses.to_vec(),
            page: false,
        }
    }

    /// A request that is not one the operation can read.
    pub(super) fn bad(name: &str, message: &'static str, clauses: &[&'static Clause]) -> Self {
        Self::new(400, name, &ErrorCode::BadRequest, message, clauses)
    }

    /// No such record, or it is another account's.
    pub(super) fn not_found(name: &str, message: &'static str, clauses: &[&'static Clause]) -> Self {
        Self::new(404, name, &ErrorCode::NotFound, message, clauses)
    }

    /// A parameter of a list that is out of its range.
    pub(super) fn bad_parameter() -> Self {
        Self::bad(
            "bad-parameter",
            "limit must be a whole number from 1 to 100",
            &[&clause::list::BAD_PARAMETER],
        )
    }

    /// A version that the API does not have.
    fn bad_version() -> Self {
        Self::bad(
            "bad-version",
            "Omise-Version must be one of 2014-07-27, 2015-11-17, 2017-11-02, 2019-05-29",
            &[],
        )
    }

    /// A client that stopped sending.
    pub(super) fn too_slow() -> Self {
        Self::new(
            408,
            "too-slow",
            &ErrorCode::BadRequest,
            "the body did not arrive in time",
            &[],
        )
    }
}

/// What the two profiles answer in a situation, one example for each answer that they allow.
pub(super) fn by_profile(situation: Situation, clauses: &[&'static Clause]) -> Vec<Refused> {
    let mut refused = Vec::new();
    for profile in Profile::ALL {
        for answer in situation.refusals(profile) {
            // What is allowed without a code of its own is told as the other profile tells it.
            let codes = if answer.codes.is_empty() {
                situation
                    .refusals(Profile::Documented)
                    .first()
                    .map_or(&[][..], |it| it.codes)
            } else {
                answer.codes
            };
            for code in codes {
                refused.push(Refused {
                    status: answer.status,
                    name: format!("{profile}-{}-{}", situation.as_str(), code.replace('_', "-")),
                    code: (*code).to_owned(),
                    message: message(situation, profile),
                    clauses: clauses.to_vec(),
                    page: answer.foreign_body,
                });
            }
        }
    }
    // The most documents are answered alike in both.
    refused.dedup_by(|one, other| situation == Situation::MaxDocuments && one.code == other.code);
    refused
}

fn message(situation: Situation, profile: Profile) -> &'static str {
    match (situation, profile) {
        (Situation::NotOpen, Profile::Documented) => "the dispute is not open",
        (Situation::NotOpen, Profile::Recorded) => "documents list cannot be modified",
        (Situation::BadFormat, Profile::Documented) => "the file must be PNG, JPG or PDF",
        (Situation::BadFormat, Profile::Recorded) => "invalid content-type",
        (Situation::TooLarge, _) => "the file may not exceed 10MB",
        (Situation::MaxDocuments, _) => "the dispute has the most documents that it can have",
    }
}

/// All answers of an operation, by status.
pub(super) fn responses(success: &Value, refused: Vec<Refused>) -> Value {
    let mut responses = Map::new();
    responses.insert("200".to_owned(), success.clone());
    let mut refused = refused;
    refused.push(Refused::bad_version());
    let mut statuses: Vec<_> = refused.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let these: Vec<_> = refused.iter().filter(|it| it.status == status).collect();
        responses.insert(status.to_string(), refusal(status, &these));
    }
    for (status, name) in COMMON {
        responses.insert((*status).to_owned(), reference("responses", name));
    }
    responses.sort_keys();
    responses.into()
}

fn refusal(status: u16, refused: &[&Refused]) -> Value {
    let mut examples = Map::new();
    let mut clauses: Vec<&Clause> = Vec::new();
    for it in refused {
        let error = ApiError::new(ErrorCode::Unlisted(it.code.clone()), it.message);
        examples.insert(it.name.clone(), json!({ "value": write(&error) }));
        for clause in &it.clauses {
            if !clauses.iter().any(|known| known.id == clause.id) {
                clauses.push(clause);
            }
        }
    }
    let mut content = Map::new();
    content.insert(
        "application/json".to_owned(),
        json!({ "schema": reference("schemas", "Error"), "examples": examples }),
    );
    if refused.iter().any(|it| it.page) {
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
    }
    json!({ "description": description(status), "content": content, "x-clause": ids(&clauses) })
}

const fn description(status: u16) -> &'static str {
    match status {
        404 => "There is no such record, or it is another account's.",
        408 => "The body did not arrive in time.",
        413 => "The file is too large. A proxy may have answered with a page of its own.",
        422 => "The dispute does not take this now.",
        _ => "The request is refused as it is.",
    }
}

/// Answers that each operation may give.
const COMMON: &[(&str, &str)] = &[
    ("401", "Unauthorized"),
    ("429", "TooManyRequests"),
    ("5XX", "ServerError"),
];

pub(super) fn components() -> Value {
    let error = |example: &str, error: &ApiError| {
        let examples = json!({ example: { "value": write(error) } });
        json!({ "application/json": { "schema": reference("schemas", "Error"), "examples": examples } })
    };
    let unauthorized = ApiError::new(ErrorCode::AuthenticationFailure, "authentication failed");
    let unlisted = |code: &str| ErrorCode::Unlisted(code.to_owned());
    let too_many = ApiError::new(unlisted("too_many_requests"), "too many requests");
    let internal = ApiError::new(unlisted("internal_error"), "something went wrong");
    json!({
        "Unauthorized": {
            "description": "No secret key came with the request, or none that opens an account.",
            "headers": { "WWW-Authenticate": reference("headers", "WWW-Authenticate") },
            "content": error("authentication-failure", &unauthorized),
            "x-clause": ids(&[
                &clause::auth::MISSING_HEADER,
                &clause::auth::WRONG_KEY,
                &clause::auth::PUBLIC_KEY,
                &clause::auth::MALFORMED_BASIC,
                &clause::auth::BEFORE_EXISTENCE,
            ]),
        },
        "TooManyRequests": {
            "description": "Too many requests; ask again after the time that Retry-After names.",
            "headers": { "Retry-After": reference("headers", "Retry-After") },
            "content": error("too-many-requests", &too_many),
            "x-clause": ids(&[&clause::http::RATE_429]),
        },
        "ServerError": {
            "description": "The API failed; ask again with exponential backoff.",
            "content": error("internal-error", &internal),
            "x-clause": ids(&[&clause::http::SERVER_5XX]),
        },
    })
}

pub(super) fn headers(versions: &[ApiVersion]) -> Value {
    json!({
        "Omise-Version": {
            "description": "The version whose shapes were answered.",
            "schema": parameter::version(versions),
            "x-clause": ids(&[&clause::http::VERSION_ECHO]),
        },
        "Retry-After": {
            "description": "Seconds to wait, or the moment to wait for (RFC 9110, section 10.2.3).",
            "schema": { "type": "string" },
            "x-clause": ids(&[&clause::http::RATE_429]),
        },
        "WWW-Authenticate": {
            "description": "A challenge of the scheme Basic (RFC 9110, section 11.6.1).",
            "schema": { "type": "string", "pattern": "^[Bb]asic( |$)" },
            "x-clause": ids(&[&clause::auth::CHALLENGE]),
        },
    })
}

/// A success: 200, and never 201 or 204.
pub(super) fn success(shapes: &Shapes, description: &str, body: Body, clauses: &[&Clause]) -> Value {
    let always: &[&Clause] = &[
        &clause::document::ANSWER_STATUS_200,
        &clause::document::ANSWER_JSON,
    ];
    json!({
        "description": description,
        "headers": { "Omise-Version": reference("headers", "Omise-Version") },
        "content": shapes.content(body),
        "x-clause": ids(&[always, clauses].concat()),
    })
}
