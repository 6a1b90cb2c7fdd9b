//! Keeps keys out of messages about a target file, well-formed or not.

use std::{cmp::Reverse, collections::HashMap, ops::Range};

use crate::diagnostic::Defects;

/// The lines of a target file are shown with its problems, but never the keys in them.
pub(super) fn hide_keys(mut defects: Defects) -> Defects {
    let keys = keys(&defects.text);
    let hidden = |text: &str| mask_words(&mask_known(text, &keys));
    defects.text = mask_user(hidden(&mask_values(&defects.text)));
    for problem in &mut defects.problems {
        problem.message = hidden(&problem.message);
        problem.help = problem.help.as_deref().map(hidden);
    }
    defects
}

/// What is shorter than any key: hidden wherever it stands, it would hide half of the file.
const SHORT: usize = 8;

/// What stands where keys belong, as it is written and, where the text is TOML, as it is meant.
fn keys(text: &str) -> Vec<String> {
    let written = key_places(text)
        .into_iter()
        .map(|place| bare(&text[place]).to_owned());
    let file = toml::from_str::<toml::Table>(text).unwrap_or_default();
    let meant = file.get("keys").and_then(toml::Value::as_table);
    let meant = meant.into_iter().flatten().filter_map(|(name, value)| {
        let value = value.as_str().filter(|value| !is_variable_of(name, value))?;
        Some(value.to_owned())
    });
    written.chain(meant).filter(|key| key.len() >= SHORT).collect()
}

/// Masks these keys wherever they stand, the longest of those that begin alike, and keeps their length.
fn mask_known(text: &str, keys: &[String]) -> String {
    let mut known = HashMap::<_, Vec<_>>::new();
    for key in keys {
        known
            .entry(&key.as_bytes()[..SHORT])
            .or_default()
            .push(key.as_bytes());
    }
    for alike in known.values_mut() {
        alike.sort_by_key(|key| Reverse(key.len()));
    }
    let bytes = text.as_bytes();
    let (mut places, mut at) = (Vec::new(), 0);
    while let Some(begins) = bytes.get(at..at + SHORT) {
        let alike = known.get(begins).map(Vec::as_slice).unwrap_or_default();
        let found = alike.iter().find(|key| bytes[at..].starts_with(key));
        if let Some(key) = found {
            places.push(at..at + key.len());
        }
        at += found.map_or(1, |key| key.len());
    }
    masked(text, places, b"\r\n")
}

/// A text with stars at these places, byte for byte, but for these bytes. A place has whole characters.
fn masked(text: &str, places: Vec<Range<usize>>, shown: &[u8]) -> String {
    let mut masked = text.as_bytes().to_vec();
    for byte in places.into_iter().flatten() {
        if !shown.contains(&masked[byte]) {
            masked[byte] = b'*';
        }
    }
    String::from_utf8(masked).unwrap_or_else(|_| "*".repeat(text.len()))
}

/// Masks every word that looks like a key, and keeps its length.
fn mask_words(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let is_key_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let word = rest.bytes().take_while(|byte| is_key_byte(*byte)).count();
        if word == 0 {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            masked.push_str(&rest[..next]);
            at += next;
            continue;
        }
        // Of the same length, so that every span stays right.
        let shown = shown_of(&rest[..word]);
        masked.push_str(&rest[..shown]);
        masked.extend(std::iter::repeat_n('*', word - shown));
        at += word;
    }
    masked
}

/// How much of a word may be shown: up to the beginning of a key, which may stand behind other letters.
fn shown_of(word: &str) -> usize {
    const BEGINNING: usize = 5;
    const KEY: usize = 11;
    let begins = word.starts_with("skey") || word.starts_with("pkey") || is_secret_like(word);
    if begins && word.len() >= KEY {
        return BEGINNING;
    }
    let keys = ["skey_", "pkey_"]
        .into_iter()
        .filter_map(|beginning| word.find(beginning));
    match keys.min() {
        Some(at) if word.len() - at >= KEY => at + BEGINNING,
        _ => word.len(),
    }
}

/// Masks what stands between `//` and `@` in a URL, and keeps its length.
fn mask_user(text: String) -> String {
    let Some((start, rest)) = text.find("//").map(|at| (at + 2, &text[at + 2..])) else {
        return text;
    };
    let end = rest.find(['"', '\n', '/']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(length) => format!(
            "{}{}{}",
            &text[..start],
            "*".repeat(length),
            &text[start + length..]
        ),
        None => text,
    }
}

/// A long word with digits among its letters, which is not one of our ids.
fn is_secret_like(word: &str) -> bool {
    let known = ["dspt_", "docu_", "chrg_"]
        .iter()
        .any(|prefix| word.starts_with(prefix));
    !known
        && word.len() >= 16
        && word.bytes().any(|it| it.is_ascii_digit())
        && word.bytes().any(|it| it.is_ascii_alphabetic())
}

/// Whether a text can be shown as the name of an environment variable.
pub(super) fn is_variable(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text.bytes().all(known)
}

/// Whether a member of `keys` says where a key is to be found, and is none itself.
fn is_variable_of(name: &str, value: &str) -> bool {
    name.ends_with("_env") && is_variable(value)
}

/// Masks the values that are keys by their place, whatever they look like, and keeps their length.
fn mask_values(text: &str) -> String {
    masked(text, key_places(text), b"\"'\r\n")
}

/// A value without its quotes.
fn bare(value: &str) -> &str {
    value.trim_matches(['"', '\''])
}

/// Where the values stand that are keys by their place. The text may be no TOML at all.
fn key_places(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut in_table, mut in_inline) = (0, false, false);
    while let Some(&byte) = text.as_bytes().get(at) {
        let rest = &text.as_bytes()[at..];
        let line_start = at == 0 || text.as_bytes()[at - 1] == b'\n';
        match byte {
            b'[' if line_start => {
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let name: Vec<_> = line
                    .iter()
                    .filter(|it| it.is_ascii_alphanumeric())
                    .copied()
                    .collect();
                in_table = name == b"keys";
                at += line.len();
            }
            b'}' => {
                in_inline = false;
                at += 1;
            }
            b'#' => at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
            b'=' => {
                let name = name_before(&text[..at]);
                let value = value_after(text.as_bytes(), at + 1);
                let is_keys = name == "keys";
                in_inline |= is_keys && text.as_bytes().get(value.start) == Some(&b'{');
                if in_inline && is_keys {
                    at = value.start + 1;
                    continue;
                }
                let last = name.rsplit('.').next().unwrap_or_default();
                let named = ["secret", "other_secret", "public"].contains(&last);
                let placed = in_table || in_inline || name.starts_with("keys.");
                at = value.end.max(at + 1);
                if named || placed && !is_variable_of(last, bare(&text[value.clone()])) {
                    found.push(value);
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// The key before a `=`, without quotes and white space.
fn name_before(text: &str) -> String {
    let line = text.rsplit(['\n', '{', ',']).next().unwrap_or_default();
    line.chars()
        .filter(|letter| !matches!(letter, '"' | '\'' | ' ' | '\t'))
        .collect()
}

/// The bytes of the value that begins here: a string to its closing quote, anything else to the end of its item.
fn value_after(text: &[u8], start: usize) -> Range<usize> {
    let blank = text[start..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let start = start + blank;
    let rest = &text[start..];
    let until = |end: &dyn Fn(u8) -> bool| rest.iter().position(|byte| end(*byte)).unwrap_or(rest.len());
    for quote in [b"\"\"\"", b"'''"] {
        if rest.starts_with(quote) {
            let end = rest[3..].windows(3).position(|window| window == quote);
            return start..start + end.map_or(rest.len(), |end| end + 6);
        }
    }
    let length = match rest.first() {
        // Keys hold no quotes: where one is not closed, the line is the value.
        Some(quote @ (b'"' | b'\'')) => {
            let line = until(&|byte| byte == b'\n');
            let close = rest[1..line].iter().rposition(|byte| byte == quote);
            let first = rest[1..line].iter().position(|byte| byte == quote);
            match (first, close) {
                // Another item follows on the line.
                (Some(first), Some(_)) if rest[first + 2..line].contains(&b'=') => first + 2,
                (_, Some(close)) => close + 2,
                _ => line,
            }
        }
        _ => until(&|byte| matches!(byte, b'\n' | b',' | b'}' | b'#')),
    };
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Problem;

    #[test]
    fn words_that_look_like_keys_are_hidden_behind_their_beginning() {
        for (text, wanted) in [
            ("skey_test_5xuy4w91", "skey_*************"),
            ("skey-less, pkey12345678", "skey-less, pkey1*******"),
            ("chrg_tskey_test_6xuy4w91", "chrg_tskey_*************"),
            ("a.zskey_test_5xuy = 1", "a.zskey_********* = 1"),
            ("skey_short dspt_test_12345678", "skey_short dspt_test_12345678"),
            ("zskey_short", "zskey_short"),
            ("hunter2hunter2hunter2", "hunte****************"),
        ] {
            assert_eq!(mask_words(text), wanted);
        }
    }

    #[test]
    fn what_stands_where_a_key_belongs_is_hidden_whatever_it_looks_like() {
        for (text, wanted) in [
            ("[keys]\nsecret = \"hunter\"\n", "[keys]\nsecret = \"******\"\n"),
            (
                "[keys]\nsecret = hunter # note\nx = 1",
                "[keys]\nsecret = *******# note\nx = *",
            ),
            (
                "[keys]\nsekret = 'a b'\n[disputes]\nopen = [\"d\"]",
                "[keys]\nsekret = '***'\n[disputes]\nopen = [\"d\"]",
            ),
            ("[keys]\nsecret_env = \"KEY_1\"", "[keys]\nsecret_env = \"KEY_1\""),
            (
                "[keys]\nsecret_env = \"hunter!\"",
                "[keys]\nsecret_env = \"*******\"",
            ),
            (
                "keys = { secret = \"a\", public = \"b\" }\nurl = \"c\"",
                "keys = { secret = \"*\", public = \"*\" }\nurl = \"c\"",
            ),
            ("keys.secret = \"schlüssel\"", "keys.secret = \"**********\""),
            (
                "[keys]\nsecret = '''a\nb'''\nurl",
                "[keys]\nsecret = '''*\n*'''\nurl",
            ),
            (
                "[keys]\nsecret = \"never closed\n",
                "[keys]\nsecret = \"************\n",
            ),
            ("url = \"x\"", "url = \"x\""),
        ] {
            let masked = mask_values(text);
            assert_eq!(masked, wanted, "{text}");
        }
    }

    #[test]
    fn what_stands_where_a_key_belongs_is_hidden_at_other_places_too() {
        for (text, message, wanted) in [
            (
                "[keys]\nsecret = \"hunter 22\"\nx = \"hunter\"\n[x]\nurl = \"hunter 222\"\nhunter = 1",
                "unknown key `hunter 22`, not `hunter`",
                (
                    "[keys]\nsecret = \"*********\"\nx = \"******\"\n[x]\nurl = \"*********2\"\nhunter = 1",
                    "unknown key `*********`, not `hunter`",
                ),
            ),
            (
                "[keys]\nsecret = \"hunt\\u0065r22\"\nsecret_env = \"HUNTER_22\"\n[x]\na = \"hunter22\"\nb = \"HUNTER_22\"",
                "hunter22",
                (
                    "[keys]\nsecret = \"*************\"\nsecret_env = \"HUNTER_22\"\n[x]\na = \"********\"\nb = \"HUNTER_22\"",
                    "********",
                ),
            ),
        ] {
            let hidden = hide_keys(Defects {
                path: "target.toml".to_owned(),
                text: text.to_owned(),
                problems: vec![Problem::new(0..0, message)],
            });
            assert_eq!(
                (hidden.text.as_str(), hidden.problems[0].message.as_str()),
                wanted
            );
        }
    }
}
