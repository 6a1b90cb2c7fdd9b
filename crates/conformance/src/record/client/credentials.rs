//! Who asks: what the contract wants is HTTP Basic with the secret key as user and an empty password.

use base64::Engine;
use http::{HeaderMap, header};
use rebuttal_model::{PublicKey, SecretKey};

use crate::record::{
    finding::{self as rule, Finding, Rule},
    keys::BASE64,
};

/// The header, as findings name it.
const PLACE: &str = "header authorization";

/// What should stand there.
const EXPECTED: &str = "Basic, and base64 of the secret key with a colon behind it";

/// What a request's credentials are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Presented {
    /// None.
    Nothing,
    /// A secret key, in the right place.
    Secret(SecretKey),
    /// The public key.
    Public,
    /// A user that is no key of the form.
    NoKey,
    /// Anything else that is not Basic with a user: in the form in which a scenario can send it, where there is
    /// one.
    Malformed(Option<&'static str>),
}

/// What was found in the headers.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) presented: Presented,
    pub(crate) findings: Vec<Finding>,
    /// Texts that are credentials, keys or not: none of them may show.
    pub(crate) texts: Vec<String>,
}

impl Credentials {
    pub(crate) fn new(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Self {
                presented: Presented::Nothing,
                findings: vec![rule::NO_CREDENTIALS.finding(PLACE, EXPECTED, "no such header")],
                texts: Vec::new(),
            };
        };
        let mut credentials = Self::of(value.as_bytes());
        let more = values.count();
        if more > 0 {
            let found = format!("{} of them", more + 1);
            credentials.presented = Presented::Malformed(None);
            credentials.findings = vec![rule::TWO_CREDENTIALS.finding(PLACE, "one header", found)];
        }
        credentials
    }

    fn of(value: &[u8]) -> Self {
        let value = value.trim_ascii();
        let split = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
        let (scheme, rest) = value.split_at(split);
        let rest = rest.trim_ascii();
        let shown = String::from_utf8_lossy(rest).into_owned();
        let malformed = |rule: &Rule, found: String, form: Option<&'static str>, texts: Vec<String>| Self {
            presented: Presented::Malformed(form),
            findings: vec![rule.finding(PLACE, EXPECTED, found)],
            texts,
        };
        if !scheme.eq_ignore_ascii_case(b"basic") {
            let is_key = |text: &str| text.contains("key_");
            let (found, form) = match str::from_utf8(scheme) {
                // The header is nothing but the key.
                Ok(word) if rest.is_empty() && is_key(word) => {
                    ("the key by itself".to_owned(), Some("{{key/secret}}"))
                }
                Ok(word) if word.len() <= 20 && !is_key(word) => {
                    let bearer = word.eq_ignore_ascii_case("bearer") && is_key(&shown);
                    let with = if is_key(&shown) { ", with the key" } else { "" };
                    (
                        format!("the scheme {word}{with}"),
                        bearer.then_some("Bearer {{key/secret}}"),
                    )
                }
                _ => ("another scheme".to_owned(), None),
            };
            let texts = vec![shown, String::from_utf8_lossy(scheme).into_owned()];
            return malformed(&rule::NOT_BASIC, found, form, texts);
        }
        let decoded = BASE64
            .decode(rest)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(decoded) = decoded.filter(|_| !rest.is_empty()) else {
            let found = if shown.contains("key_") {
                "the key as it is, not encoded".to_owned()
            } else {
                format!("{} bytes that are not base64 of a text", rest.len())
            };
            return malformed(&rule::NOT_BASE64, found, Some("Basic !not-base64!"), vec![shown]);
        };
        let Some((user, password)) = decoded.split_once(':') else {
            let found = "a text without a colon".to_owned();
            let form = Some("Basic {{key/without-colon}}");
            return malformed(&rule::NO_COLON, found, form, vec![shown, decoded]);
        };
        let texts = vec![
            shown.clone(),
            decoded.clone(),
            user.to_owned(),
            password.to_owned(),
        ];
        if user.is_empty() {
            return if password.contains("key_") {
                let found = "an empty user name, and the key as password".to_owned();
                malformed(
                    &rule::KEY_AS_PASSWORD,
                    found,
                    Some("Basic {{key/as-password}}"),
                    texts,
                )
            } else {
                let found = "an empty user name".to_owned();
                malformed(&rule::EMPTY_USER, found, Some("Basic Og=="), texts)
            };
        }
        let (presented, finding) = user_of(user, password);
        Self {
            presented,
            findings: finding.into_iter().collect(),
            texts,
        }
    }
}

fn user_of(user: &str, password: &str) -> (Presented, Option<Finding>) {
    if let Ok(key) = user.parse::<SecretKey>() {
        let finding = (!password.is_empty()).then(|| {
            let found = format!("a password of {} bytes", password.len());
            rule::PASSWORD.finding(PLACE, "an empty password", found)
        });
        return (Presented::Secret(key), finding);
    }
    if user.parse::<PublicKey>().is_ok() {
        let found = "a key that begins with pkey_";
        return (
            Presented::Public,
            Some(rule::PUBLIC_KEY.finding(PLACE, "the secret key as user name", found)),
        );
    }
    let expected = "skey_test_ or skey_, then 0-9 and a-z";
    let trimmed = user.trim();
    let finding = if trimmed != user && trimmed.parse::<SecretKey>().is_ok() {
        let after = user.ends_with(['\n', '\r']);
        let found = if after {
            "a line break behind the key"
        } else {
            "white space around the key"
        };
        rule::KEY_WITH_SPACE.finding(PLACE, expected, found)
    } else if password.parse::<SecretKey>().is_ok() {
        rule::KEY_AS_PASSWORD
            .finding(PLACE, EXPECTED, "another user name, and the key as password")
            .about(&rebuttal_model::clause::auth::WRONG_KEY)
    } else {
        let found = format!("a user name of {} bytes in another form (not shown)", user.len());
        rule::NOT_A_KEY.finding(PLACE, expected, found)
    };
    (Presented::NoKey, Some(finding))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use http::HeaderValue;

    use super::*;

    const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn each_mistake_is_named_and_shows_no_key() {
        let public = KEY.replace("skey", "pkey");
        for (values, wanted) in [
            (vec![basic(&format!("{KEY}:"))], ""),
            (
                vec![
                    basic(&format!("{KEY}:"))
                        .replace("Basic", "basic")
                        .replace('=', ""),
                ],
                "",
            ),
            (vec![basic(&format!("{KEY}:secret"))], "password-not-empty"),
            (vec![], "no-credentials"),
            (vec![basic(&format!("{public}:"))], "public-key"),
            (vec![basic(&format!(":{KEY}"))], "key-as-password"),
            (vec![basic(&format!("api:{KEY}"))], "key-as-password"),
            (vec![basic(KEY)], "no-colon"),
            (vec![basic(":")], "empty-user"),
            (vec![basic(&format!("{KEY}\n:"))], "key-with-space"),
            (vec![basic("undefined:")], "not-a-key"),
            (vec![basic(&format!("{}:", KEY.to_uppercase()))], "not-a-key"),
            (vec![format!("Basic {KEY}:")], "not-base64"),
            (vec!["Basic".to_owned()], "not-base64"),
            (vec!["Basic gICA".to_owned()], "not-base64"),
            (vec![format!("Bearer {KEY}")], "not-basic"),
            (vec![KEY.to_owned()], "not-basic"),
            (vec![basic(KEY), basic(KEY)], "two-credentials"),
        ] {
            let mut headers = HeaderMap::new();
            for value in &values {
                headers.append(
                    header::AUTHORIZATION,
                    HeaderValue::from_str(value).expect("it works"),
                );
            }
            let found = Credentials::new(&headers);
            let rules: Vec<_> = found.findings.iter().filter_map(|it| it.rule).collect();
            assert_eq!(rules.concat(), wanted, "{values:?}");
            let told = format!("{:?}", found.findings);
            assert!(
                !told.contains("5xuy4w") && !told.to_lowercase().contains("c2tlev"),
                "{told}"
            );
        }
    }
}
