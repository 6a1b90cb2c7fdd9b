//! Keeps keys out of messages about a target file, well-formed or not.

use std::ops::Range;

use crate::diagnostic::Defects;

/// The lines of a target file are shown with its problems, but never the keys in them.
pub(super) fn hide_keys(mut defects: Defects) -> Defects {
    defects.text = mask_user(mask_words(&mask_values(&defects.text)));
    for problem in &mut defects.problems {
        problem.message = mask_words(&problem.message);
        problem.help = problem.help.as_deref().map(mask_words);
    }
    defects
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

/// Masks the values that are keys by their place, whatever they look like, and keeps their length. The text may
/// be no TOML at all.
fn mask_values(text: &str) -> String {
    let mut masked = text.as_bytes().to_vec();
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
                let inner = text[value.clone()].trim_matches(['"', '\'']);
                if named || placed && !(last.ends_with("_env") && is_variable(inner)) {
                    let shown = |byte: u8| matches!(byte, b'"' | b'\'' | b'\n' | b'\r');
                    masked[value.clone()]
                        .iter_mut()
                        .filter(|byte| !shown(**byte))
                        .for_each(|byte| *byte = b'*');
                }
                at = value.end.max(at + 1);
            }
            _ => at += 1,
        }
    }
    // Every byte of a masked character became a star.
    String::from_utf8(masked).unwrap_or_else(|_| "*".repeat(text.len()))
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
}
