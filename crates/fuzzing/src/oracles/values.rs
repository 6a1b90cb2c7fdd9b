//! The values that bodies are made of, each read from a text.

use std::{fmt::Debug, str::FromStr, time::Duration};

use rebuttal_model::{
    ApiVersion, ChargeId, DisputeId, DisputeStatus, DocumentId, ErrorCode, Format, Kind, Open, Timestamp,
    decode::{self, DecodeError, Limits},
    inspect::{Departure, Subject, Wanted, inspect, is_cut},
    json::{Node, push_pointer},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Reads a value from the text behind the first byte, which chooses what it should be.
///
/// # Panics
///
/// When what is read is not written the same, in JSON or as a text; when a text that the grammar has is refused, or
/// another taken; when what a list does not have is not kept as it came; or when a pointer into a body leads elsewhere.
pub fn model_values(input: &[u8]) {
    let [choice, input @ ..] = input else { return };
    let text = String::from_utf8_lossy(input);
    match choice % 8 {
        0 => identifiers(&text),
        1 => moments(&text),
        2 => words(&text),
        3 => codes(&text),
        4 => places(input),
        5 => counts(input, choice / 8),
        6 => bounds(input, choice / 8),
        _ => dates(input),
    }
}

/// What is read from a text and from a JSON string, or from neither; and what is written is the text.
fn kept<T>(text: &str) -> Option<T>
where
    T: FromStr<Err: ToString> + DeserializeOwned + Serialize + ToString + PartialEq + Debug,
{
    let json = json!(text).to_string();
    let decoded = decode::decode::<T>(json.as_bytes(), Limits::default());
    match (text.parse::<T>(), decoded) {
        (Ok(value), Ok(decoded)) => {
            assert_eq!(value, decoded);
            assert_eq!(value.to_string(), text);
            assert_eq!(serde_json::to_value(&value).expect("JSON"), json!(text));
            Some(value)
        }
        (Err(error), Err(_)) => {
            let told = error.to_string();
            assert!(
                told.starts_with("expected ") && told.chars().count() < 1000,
                "{told}"
            );
            None
        }
        (parsed, decoded) => panic!("{text:?}: {:?} and {decoded:?}", parsed.ok()),
    }
}

fn identifiers(text: &str) {
    let is_suffix = |suffix: &str| {
        !suffix.is_empty()
            && suffix
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    macro_rules! hold {
        ($($id:ident)+) => {$(
            let prefix = $id::PREFIX;
            let rest = text.strip_prefix(prefix);
            let suffix = rest.and_then(|rest| rest.strip_prefix("_test_").or(rest.strip_prefix('_')));
            let wanted = suffix.is_some_and(is_suffix) && text.len() <= rebuttal_model::id::MAX_ID_BYTES;
            let id = kept::<$id>(text);
            assert_eq!(id.is_some(), wanted, "{text:?}");
            if let Some(id) = id {
                let is_test = text[prefix.len()..].starts_with("_test_");
                assert_eq!((id.as_str(), id.as_ref(), id.is_test()), (text, text, is_test));
                assert_eq!($id::with_suffix(is_test, suffix.unwrap_or_default()), Ok(id));
            }
            for test in [false, true] {
                let made = $id::with_suffix(test, text);
                let whole = format!("{prefix}{}_{text}", if test { "_test" } else { "" });
                assert_eq!(made.map(|id| id.to_string()).ok(), whole.parse::<$id>().ok().map(|id| id.to_string()));
            }
        )+};
    }
    hold!(DisputeId DocumentId ChargeId);
}

fn moments(text: &str) {
    let strict = text.parse::<Timestamp>().ok();
    assert!(
        strict.is_none_or(|it| it.to_string() == text),
        "{text:?} is written another way"
    );
    let decoded = decode::decode::<Timestamp>(json!(text).to_string().as_bytes(), Limits::default());
    match Timestamp::parse_tolerant(text) {
        Ok(moment) => {
            assert_eq!(decoded.ok(), Some(moment), "in a body");
            assert!(strict.is_none_or(|it| it == moment), "{text:?} is two moments");
            let written = moment.to_string();
            assert_eq!(written.parse(), Ok(moment), "{text:?}, written {written}");
            assert_eq!(Timestamp::from_unix_seconds(moment.unix_seconds()), moment);
            let past = Timestamp::EPOCH;
            if let Ok(since) = u64::try_from(moment.unix_seconds()) {
                assert_eq!(Timestamp::from_unix(Duration::from_secs(since)), moment);
                assert!(moment >= past);
            } else {
                assert!(moment < past);
            }
            let later = moment.plus_seconds(1);
            assert!(
                later > moment && later.plus_seconds(-1) == moment
                    || later == moment && written.starts_with("9999")
            );
            // Texts of one length in one zone are ordered as the moments are.
            assert_eq!(written < later.to_string(), moment < later);
        }
        Err(error) => {
            assert_eq!(
                (strict, decoded.ok()),
                (None, None),
                "{text:?} is refused by the tolerant reader"
            );
            assert!(error.to_string().starts_with("expected "), "{error}");
        }
    }
}

fn words(text: &str) {
    let kind = kept::<Kind>(text);
    let status = kept::<DisputeStatus>(text);
    let kinds = [
        "cardholder_details",
        "details_of_purchase",
        "proof_of_receipt",
        "proof_of_acceptance",
    ];
    assert_eq!(kind.is_some(), kinds.contains(&text));
    assert_eq!(
        status.is_some(),
        ["open", "pending", "won", "lost"].contains(&text)
    );
    assert_eq!(
        status.is_some_and(DisputeStatus::is_closed),
        ["won", "lost"].contains(&text)
    );
    for it in kind
        .iter()
        .map(|it| it.as_str())
        .chain(status.iter().map(|it| it.as_str()))
    {
        assert_eq!(it, text);
    }
    let version = text.parse::<ApiVersion>().ok();
    assert_eq!(version.map(|it| it.to_string()), version.map(|_| text.to_owned()));
    let json = json!(text).to_string();
    let open: Open<Kind> = decode::decode(json.as_bytes(), Limits::default()).expect("any text");
    assert_eq!(open.listed().copied(), kind);
    assert_eq!(
        serde_json::to_string(&open).expect("JSON"),
        json,
        "kept as it came"
    );
    for format in Format::ALL {
        assert_eq!(format.to_string(), format.name());
        let known = format.extensions().contains(&text);
        assert!(
            !known
                || Format::ALL
                    .iter()
                    .all(|it| *it == format || !it.extensions().contains(&text))
        );
        assert!(!format.media_type().is_empty() && format.media_type() != text || text.contains('/'));
    }
}

const CODES: [&str; 9] = [
    "authentication_failure",
    "bad_request",
    "dispute_not_open",
    "documents_locked",
    "file_too_large",
    "invalid_file_format",
    "invalid_file_type",
    "not_found",
    "service_not_found",
];

fn codes(text: &str) {
    let json = json!(text).to_string();
    let code: ErrorCode = decode::decode(json.as_bytes(), Limits::default()).expect("any text is a code");
    assert_eq!((code.as_str(), code.to_string()), (text, text.to_owned()));
    let listed = !matches!(code, ErrorCode::Unlisted(_));
    assert_eq!(listed, CODES.contains(&text), "{text:?}");
    assert_eq!(
        serde_json::to_string(&code).expect("JSON"),
        json,
        "kept as it came"
    );
}

/// Pointers lead to where they were made, and nowhere else.
fn places(body: &[u8]) {
    let Ok(node) = Node::parse(body) else { return };
    let written = node.to_string();
    assert_eq!(
        Node::parse(written.as_bytes()).expect("what is written is JSON"),
        node
    );
    let value: Value = serde_json::from_str(&written).expect("what is written is JSON");
    visit(&node, &node, "", &value);
    assert!(node.excerpt(40).chars().count() <= 41);
}

fn visit(whole: &Node, node: &Node, pointer: &str, value: &Value) {
    let found = whole.pointer(pointer);
    // Of two members with one name the first is found, and serde_json keeps the last.
    assert!(
        found.is_some_and(|it| it == node),
        "{pointer:?} leads to {found:?}, not {node:?}"
    );
    assert_eq!(node.as_str(), value.as_str());
    assert_eq!(node.as_u64(), value.as_u64());
    assert_eq!(node.as_array().map(<[Node]>::len), value.as_array().map(Vec::len));
    assert_eq!(
        whole.pointer(&format!("{pointer}/no such member")).map(|_| ()),
        node.get("no such member").map(|_| ())
    );
    match node {
        Node::Object(members) => {
            for (index, (name, inner)) in members.iter().enumerate() {
                let alone = members.iter().filter(|(other, _)| other == name).count() == 1;
                let here = push_pointer(pointer, name);
                if alone {
                    visit(whole, inner, &here, &value[name]);
                } else if members[..index].iter().all(|(other, _)| other != name) {
                    assert_eq!(whole.pointer(&here), Some(inner), "the first of two");
                }
            }
        }
        Node::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                visit(whole, inner, &push_pointer(pointer, index), &value[index]);
            }
            assert_eq!(whole.pointer(&push_pointer(pointer, items.len())), None);
        }
        _ => {}
    }
}

/// What a page says of itself goes with what is on it, and with what was asked.
fn counts(body: &[u8], choice: u8) {
    let version = ApiVersion::ALL[usize::from(choice) % ApiVersion::ALL.len()];
    let dispute = DisputeId::with_suffix(true, "asked").expect("an identifier");
    let wanted = Wanted {
        dispute: Some(&dispute),
        ..Wanted::new(Subject::DocumentList, version)
    };
    let told = inspect(&wanted, body);
    let bare = inspect(&Wanted::new(Subject::DocumentList, version), body);
    if is_cut(&told) || is_cut(&bare) {
        return;
    }
    let lacks = |it: &&Departure| !told.contains(it);
    assert_eq!(bare.iter().find(lacks), None, "less is told where more was asked");
    let Ok(node) = Node::parse(body) else { return };
    let Some(items) = node.get("data").and_then(Node::as_array) else {
        return;
    };
    let count = items.len() as u64;
    let over = |name: &str| {
        node.get(name)
            .and_then(Node::as_u64)
            .is_some_and(|most| count > most)
    };
    let limited = told
        .iter()
        .filter(|it| it.expected.ends_with("as limit says"))
        .count();
    assert_eq!(limited, usize::from(over("limit")), "{told:?}");
    let total = told
        .iter()
        .filter(|it| it.pointer == "/total" && it.expected.starts_with("at least "))
        .count();
    assert_eq!(total, usize::from(over("total")), "{told:?}");
    let path = format!("/disputes/{dispute}/documents");
    let location = node.get("location").and_then(Node::as_str);
    let elsewhere = location.is_some_and(|it| it != path && it.starts_with('/'));
    let extra = told
        .iter()
        .any(|it| it.pointer == "/location" && it.expected == path);
    assert!(extra || !elsewhere, "another dispute's list: {told:?}");
    assert!(!extra || location != Some(&*path), "{told:?}");
}

/// Limits are kept to the byte and to the level.
fn bounds(body: &[u8], choice: u8) {
    let mut depth = 0_usize;
    let (mut most, mut rest) = (0, body);
    while let [byte, next @ ..] = rest {
        rest = next;
        match byte {
            b'"' => {
                // To the end of the string, whatever it escapes.
                while let [byte, next @ ..] = rest {
                    rest = if *byte == b'\\' {
                        next.get(1..).unwrap_or_default()
                    } else {
                        next
                    };
                    if *byte == b'"' {
                        break;
                    }
                }
            }
            b'[' | b'{' => {
                depth += 1;
                most = most.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let limits = Limits {
        body_bytes: usize::from(choice) * 4,
        depth: usize::from(choice % 5),
    };
    match decode::decode::<Value>(body, limits) {
        Err(DecodeError::TooLong { limit, found }) => {
            assert_eq!((limit, found), (limits.body_bytes, body.len()));
            assert!(found > limit);
        }
        Err(DecodeError::TooDeep { limit, offset }) => {
            assert!(most > limit && body.len() <= limits.body_bytes, "{most} levels");
            assert!(matches!(body[offset], b'[' | b'{'), "at byte {offset}");
        }
        Err(error @ DecodeError::Json { .. }) => {
            assert!(
                error.to_string().starts_with("expected ") && most <= limits.depth,
                "{error}"
            );
            assert!(serde_json::from_slice::<Value>(body).is_err());
        }
        Ok(value) => {
            assert!(
                most <= limits.depth && body.len() <= limits.body_bytes,
                "{most} levels"
            );
            assert_eq!(
                serde_json::from_slice::<Value>(body).expect("the same reader"),
                value
            );
        }
    }
}

/// Numbers become moments within the years that can be written, in order.
fn dates(input: &[u8]) {
    let (numbers, _) = input.as_chunks::<8>();
    for pair in numbers.windows(2) {
        let [one, other] = [pair[0], pair[1]].map(i64::from_le_bytes);
        let [first, second] = [one, other].map(Timestamp::from_unix_seconds);
        let (low, high) = (-62_167_219_200, 253_402_207_200);
        assert_eq!(first.unix_seconds(), one.clamp(low, high));
        assert_eq!(
            first.cmp(&second),
            one.clamp(low, high).cmp(&other.clamp(low, high))
        );
        assert_eq!(first.to_string().parse(), Ok(first));
        assert_eq!(
            first.plus_seconds(other).unix_seconds(),
            first.unix_seconds().saturating_add(other).clamp(low, high)
        );
        assert_eq!(first.to_string().len(), 20);
    }
}
