//! What one member of an object may be.

use crate::{
    dispute::DisputeStatus,
    id::{ChargeId, DisputeId, DocumentId},
    json::Node,
    kind::Kind,
    time::Timestamp,
};

/// What one member of an object may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// Anything: judged elsewhere, or not at all.
    Any,
    /// Exactly this text.
    Const(&'static str),
    /// `true` or `false`.
    Bool,
    /// `true` and nothing else.
    True,
    /// Any text.
    Text,
    /// A text of at least one character.
    NonEmptyText,
    /// A text or null.
    NullableText,
    /// A path that starts with `/` and has no query.
    Path,
    /// A document id.
    DocumentId,
    /// A dispute id.
    DisputeId,
    /// A charge id.
    ChargeId,
    /// UTC, whole seconds, literal `Z`.
    DateTime,
    /// The same, or null.
    NullableDateTime,
    /// An absolute URI (RFC 3986 §4.3).
    Uri,
    /// The same, or null.
    NullableUri,
    /// One of the four kinds, or null.
    NullableKind,
    /// One of the four statuses.
    Status,
    /// A whole number within both bounds.
    Count(u64, u64),
    /// A whole number, of either sign.
    Amount,
    /// Three capitals.
    Currency,
    /// Three letters.
    AnyCaseCurrency,
    /// One of the two orders.
    Order,
    /// The same, or null.
    NullableOrder,
    /// An object.
    Object,
    /// An array.
    Array,
}

impl Rule {
    /// Whether `node` is what the rule asks for.
    pub(super) fn admits(self, node: &Node) -> bool {
        let text = node.as_str();
        match self {
            Self::Any => true,
            Self::Const(wanted) => text == Some(wanted),
            Self::Bool => matches!(node, Node::Bool(_)),
            Self::True => *node == Node::Bool(true),
            Self::Text => text.is_some(),
            Self::NonEmptyText => text.is_some_and(|text| !text.is_empty()),
            Self::NullableText => text.is_some() || *node == Node::Null,
            Self::Path => text.is_some_and(|text| text.starts_with('/') && !text.contains('?')),
            Self::DocumentId => text.is_some_and(|text| text.parse::<DocumentId>().is_ok()),
            Self::DisputeId => text.is_some_and(|text| text.parse::<DisputeId>().is_ok()),
            Self::ChargeId => text.is_some_and(|text| text.parse::<ChargeId>().is_ok()),
            Self::DateTime => text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
            Self::NullableDateTime => *node == Node::Null || Self::DateTime.admits(node),
            Self::Uri => text.is_some_and(is_absolute_uri),
            Self::NullableUri => *node == Node::Null || Self::Uri.admits(node),
            Self::NullableKind => {
                *node == Node::Null || text.is_some_and(|text| text.parse::<Kind>().is_ok())
            }
            Self::Status => text.is_some_and(|text| text.parse::<DisputeStatus>().is_ok()),
            Self::Count(least, most) => node.as_u64().is_some_and(|count| (least..=most).contains(&count)),
            Self::Amount => matches!(node, Node::Number(number) if number.is_i64() || number.is_u64()),
            Self::Currency => is_currency(text, u8::is_ascii_uppercase),
            Self::AnyCaseCurrency => is_currency(text, u8::is_ascii_alphabetic),
            Self::Order => matches!(text, Some("chronological" | "reverse_chronological")),
            Self::NullableOrder => *node == Node::Null || Self::Order.admits(node),
            Self::Object => matches!(node, Node::Object(_)),
            Self::Array => matches!(node, Node::Array(_)),
        }
    }

    /// What the rule asks for, in words.
    pub(super) fn expected(self) -> String {
        match self {
            Self::Any => "any value".to_owned(),
            Self::Const(wanted) => format!("{wanted:?}"),
            Self::Bool => "true or false".to_owned(),
            Self::True => "true".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::NonEmptyText => "a non-empty string".to_owned(),
            Self::NullableText => "a string or null".to_owned(),
            Self::Path => "a path such as /disputes/…, without a query".to_owned(),
            Self::DocumentId => "a document id such as docu_test_…".to_owned(),
            Self::DisputeId => "a dispute id such as dspt_test_…".to_owned(),
            Self::ChargeId => "a charge id such as chrg_test_…".to_owned(),
            Self::DateTime => "a UTC datetime such as 2019-12-31T12:59:59Z".to_owned(),
            Self::NullableDateTime => "a UTC datetime such as 2019-12-31T12:59:59Z, or null".to_owned(),
            Self::Uri => "an absolute URI".to_owned(),
            Self::NullableUri => "an absolute URI or null".to_owned(),
            Self::NullableKind => "one of the four kinds or null".to_owned(),
            Self::Status => "one of open, pending, won, lost".to_owned(),
            Self::Count(least, u64::MAX) => format!("a whole number, at least {least}"),
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
            Self::Amount => "a whole number".to_owned(),
            Self::Currency => "a currency code of three capitals".to_owned(),
            Self::AnyCaseCurrency => "a currency code of three letters".to_owned(),
            Self::Order => "chronological or reverse_chronological".to_owned(),
            Self::NullableOrder => "chronological, reverse_chronological or null".to_owned(),
            Self::Object => "an object".to_owned(),
            Self::Array => "an array".to_owned(),
        }
    }
}

fn is_currency(text: Option<&str>, letter: fn(&u8) -> bool) -> bool {
    text.is_some_and(|text| text.len() == 3 && text.as_bytes().iter().all(letter))
}

/// A scheme, a colon, then at least one character, all of them allowed in a URI (RFC 3986 §2, §4.3).
fn is_absolute_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut bytes = scheme.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && rest.len() > 2
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_admits_and_refuses() {
        for (rule, good, bad) in [
            (Rule::Const("list"), r#""list""#, r#""List""#),
            (Rule::Bool, "false", r#""false""#),
            (Rule::True, "true", "false"),
            (Rule::NonEmptyText, r#""x""#, r#""""#),
            (Rule::NullableText, "null", "0"),
            (Rule::Path, r#""/disputes/a""#, r#""/disputes?limit=1""#),
            (Rule::DocumentId, r#""docu_test_1""#, r#""docu-test-1""#),
            (
                Rule::DateTime,
                r#""2019-12-31T12:59:59Z""#,
                r#""2019-12-31T12:59:59.000Z""#,
            ),
            (Rule::NullableDateTime, "null", r#""""#),
            (
                Rule::NullableUri,
                r#""https://x.example/a?b=%20#c""#,
                r#""/downloads/1""#,
            ),
            (Rule::NullableUri, "null", r#""https://x.example/a b""#),
            (Rule::NullableKind, r#""proof_of_receipt""#, r#""receipt""#),
            (Rule::Count(1, 100), "100", "101"),
            (Rule::Count(0, 5), "0", "0.5"),
            (Rule::Count(0, 5), "3", r#""3""#),
            (Rule::Amount, "-5", "1.5"),
            (Rule::Currency, r#""THB""#, r#""thb""#),
            (Rule::Order, r#""chronological""#, "null"),
            (Rule::NullableOrder, "null", r#""desc""#),
            (Rule::Object, "{}", "[]"),
        ] {
            let parse = |text: &str| Node::parse(text.as_bytes()).unwrap();
            assert!(rule.admits(&parse(good)), "{rule:?} refuses {good}");
            assert!(!rule.admits(&parse(bad)), "{rule:?} admits {bad}");
        }
    }
}
