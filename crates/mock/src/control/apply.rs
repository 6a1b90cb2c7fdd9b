//! An answer that was ordered in place of what was due.

use http::{HeaderValue, StatusCode, header};
use rebuttal_model::{ApiError, ErrorCode};

use super::wire::OrderedAnswer;
use crate::{
    answer::{Answer, JSON},
    service::Service,
};

/// An ordered answer: an Error object, unless the order has a body.
pub(crate) fn ordered(service: &mut Service, ordered: &OrderedAnswer) -> Answer {
    let status = StatusCode::from_u16(ordered.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut answer = service.blank(status);
    let code = ordered.code.as_deref().unwrap_or(usual_code(ordered.status));
    let message = ordered
        .message
        .as_deref()
        .unwrap_or(usual_message(ordered.status));
    answer.body = match &ordered.body {
        Some(body) => body.clone().into(),
        None => error_object(code, message).into(),
    };
    let media_type = ordered
        .content_type
        .as_deref()
        .and_then(|it| HeaderValue::from_str(it).ok());
    answer
        .headers
        .insert(header::CONTENT_TYPE, media_type.unwrap_or(JSON));
    if let Some(seconds) = ordered.retry_after_seconds {
        answer.headers.insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

fn error_object(code: &str, message: &str) -> String {
    let error = ApiError::new(ErrorCode::Unlisted(code.to_owned()), message);
    serde_json::to_string(&error).unwrap_or_default()
}

/// The code that the API's pages name for a status, or what its name suggests.
fn usual_code(status: u16) -> &'static str {
    match status {
        401 | 403 => "authentication_failure",
        404 => "not_found",
        413 => "file_too_large",
        429 => "too_many_requests",
        503 => "service_unavailable",
        500.. => "internal_error",
        _ => "bad_request",
    }
}

fn usual_message(status: u16) -> &'static str {
    match status {
        429 => "too many requests, try again later",
        500.. => "something went wrong, try again later",
        _ => "the request was refused by order",
    }
}
