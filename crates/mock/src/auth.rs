//! Who asks: HTTP Basic with the secret key as user.
//!
//! A password is not looked at: the API asks for none, and clients that send one mean the same key.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::{HeaderMap, StatusCode, header};
use rebuttal_model::{PublicKey, SecretKey};

use crate::{
    answer::Context,
    fault::Fault,
    refusal::Refusal,
    store::{Owner, Store},
};

/// Clients differ in whether they pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The account that the request's credentials open (`auth.*`). They are those of these headers.
pub(crate) fn authenticate(
    store: &Store,
    context: &mut Context,
    headers: &HeaderMap,
    shown: Credentials,
) -> Result<Owner, Refusal> {
    let user = match shown {
        Credentials::Basic(user) => user,
        Credentials::Absent if context.has(Fault::MissingKeyAccepted) => return Ok(Owner::FIRST),
        Credentials::Absent if context.has(Fault::MissingKeyAnswers403) => {
            return Err(Refusal::Fault(
                StatusCode::FORBIDDEN,
                "authentication_failure",
                "authentication failed",
            ));
        }
        Credentials::Malformed if context.has(Fault::BearerAccepted) && bearer(headers).is_some() => {
            bearer(headers).unwrap_or_default()
        }
        Credentials::Malformed if context.has(Fault::MalformedBasicAnswers500) => {
            return Err(Refusal::internal());
        }
        Credentials::Absent | Credentials::Malformed => return Err(Refusal::Unauthorized),
    };
    context.remember_key(&user);
    let found = store
        .accounts()
        .find(|(_, account)| {
            account.secret.expose() == user
                || context.has(Fault::PublicKeyAccepted) && account.public.expose() == user
                || context.has(Fault::LastLetterIgnored) && but_for_the_last(account.secret.expose(), &user)
                || context.has(Fault::LongerKeyAccepted) && user.starts_with(account.secret.expose())
        })
        .map(|(owner, _)| owner);
    match found {
        Some(owner) => Ok(owner),
        None if refuses_with_403(context, &user) => Err(Refusal::Fault(
            StatusCode::FORBIDDEN,
            "authentication_failure",
            "authentication failed",
        )),
        None if context.has(Fault::WrongKeyAccepted) && user.parse::<SecretKey>().is_ok() => Ok(Owner::FIRST),
        None => Err(Refusal::Unauthorized),
    }
}

/// Whether two keys of the same length have the same letters but for the last one.
fn but_for_the_last(key: &str, user: &str) -> bool {
    key.len() == user.len()
        && key.as_bytes().split_last().map(|(_, rest)| rest)
            == user.as_bytes().split_last().map(|(_, rest)| rest)
}

fn refuses_with_403(context: &Context, user: &str) -> bool {
    match context.settings.fault {
        Some(Fault::WrongKeyAnswers403) => user.parse::<SecretKey>().is_ok(),
        Some(Fault::PublicKeyAnswers403) => user.parse::<PublicKey>().is_ok(),
        _ => false,
    }
}

/// Whether a key is shown that opens live mode, or looks as if it did: real money has no business here. The
/// credentials are those of these headers.
pub(crate) fn shows_live_key(headers: &HeaderMap, shown: &Credentials) -> bool {
    let live = |text: &str| {
        let suffix = ["skey_", "pkey_"]
            .into_iter()
            .find_map(|prefix| text.strip_prefix(prefix));
        suffix.is_some_and(|suffix| !suffix.starts_with("test_"))
    };
    match shown {
        Credentials::Absent => return false,
        Credentials::Basic(user) => return live(user),
        Credentials::Malformed => {}
    }
    headers.get_all(header::AUTHORIZATION).iter().any(|value| {
        let bearer = value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .map(|(_, token)| token.trim());
        basic_user(value.as_bytes())
            .as_deref()
            .or(bearer)
            .is_some_and(live)
    })
}

/// The token of a Bearer header, which only a fault reads.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

/// What the `Authorization` header holds.
pub(crate) enum Credentials {
    Absent,
    /// Another scheme, not base64, not text, no colon, no user, or more than one header.
    Malformed,
    /// The user.
    Basic(String),
}

pub(crate) fn credentials(headers: &HeaderMap) -> Credentials {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, others) = (values.next(), values.next());
    match (value, others) {
        (None, _) => Credentials::Absent,
        (Some(value), None) => {
            basic_user(value.as_bytes()).map_or(Credentials::Malformed, Credentials::Basic)
        }
        (Some(_), Some(_)) => Credentials::Malformed,
    }
}

fn basic_user(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii();
    let (scheme, rest) = value.split_at(value.iter().position(|byte| *byte == b' ')?);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let decoded = BASE64.decode(rest.trim_ascii()).ok()?;
    let mut text = String::from_utf8(decoded).ok()?;
    text.truncate(memchr::memchr(b':', text.as_bytes())?);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn live_keys_are_seen_in_either_scheme() {
        let basic = |user: &str| format!("Basic {}", BASE64.encode(format!("{user}:")));
        for (value, wanted) in [
            (basic("skey_5xuy4w91xqz7d1w9u0t"), true),
            (basic("pkey_5xuy4w91xqz7d1w9u0t"), true),
            (basic("skey_live_5xuy4w91xqz7d1w9u0t"), true),
            (basic("skey_test_5xuy4w91xqz7d1w9u0t"), false),
            (basic("hunter2"), false),
            ("Bearer skey_5xuy4w91xqz7d1w9u0t".to_owned(), true),
            ("Bearer skey_test_5xuy4w91xqz7d1w9u0t".to_owned(), false),
            ("Basic".to_owned(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            let shown = credentials(&headers);
            assert_eq!(shows_live_key(&headers, &shown), wanted, "{value}");
            headers.append(header::AUTHORIZATION, HeaderValue::from_static("Basic"));
            let shown = credentials(&headers);
            assert_eq!(shows_live_key(&headers, &shown), wanted, "{value}, and more");
        }
    }

    #[test]
    fn basic_is_read_as_clients_write_it() {
        for (value, wanted) in [
            ("Basic a2V5Og==", Some("key")),
            ("Basic a2V5Og", Some("key")),
            ("basic   a2V5Og== ", Some("key")),
            ("Basic a2V5OnNlY3JldA==", Some("key")),
            ("Basic a2V5", None),
            ("Basic Og==", None),
            ("Basic", None),
            ("Basic ", None),
            ("Basic !!!!", None),
            ("Basic gICAOg==", None),
            ("Bearer a2V5Og==", None),
            ("a2V5Og==", None),
            ("", None),
        ] {
            assert_eq!(basic_user(value.as_bytes()).as_deref(), wanted, "{value:?}");
        }
    }
}
