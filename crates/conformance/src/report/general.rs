//! What differs from run to run and says nothing: ids, times and addresses.

/// A text with ids, times and addresses made one.
pub(crate) fn general(text: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-:.".contains(letter);
    let (mut out, mut rest) = (String::new(), text);
    while let Some(letter) = rest.chars().next() {
        let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        if length == 0 {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(length);
        out.push_str(&general_word(word));
        rest = after;
    }
    out
}

fn general_word(word: &str) -> String {
    let core = word.trim_end_matches([':', '.']);
    let tail = &word[core.len()..];
    let id = ["docu_", "dspt_", "chrg_"]
        .iter()
        .find(|prefix| core.starts_with(**prefix));
    let is_time = core.len() >= 20 && core.as_bytes()[10] == b'T' && core.matches('-').count() >= 2;
    let is_uuid = core.len() == 36
        && core.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && core.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit());
    let is_address = core.starts_with("127.0.0.1:") || core.starts_with("localhost:");
    let general = match id {
        Some(prefix) => format!("{prefix}…"),
        None if is_time => "(time)".to_owned(),
        None if is_uuid => "(uuid)".to_owned(),
        None if is_address => "(address)".to_owned(),
        None => core.to_owned(),
    };
    general + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_made_one() {
        assert_eq!(
            general(
                "docu_test_abc123, dspt_9: at 2026-01-02T03:04:05Z. http://127.0.0.1:4010/x \
                 ebda97f2-a24d-47a0-9f76-3a55c2c30598 café 42"
            ),
            "docu_…, dspt_…: at (time). http://(address)/x (uuid) café 42"
        );
    }
}
