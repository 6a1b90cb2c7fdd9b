//! YAML of data, the same to a byte each time.
//!
//! Whatever a reader of YAML 1.1 would take for something else (`on`, `no`, a date, `1:20`) stands between quotes.

use serde_json::Value;

/// Data as YAML, in block style.
pub fn to_string(data: &Value) -> String {
    let options = serde_saphyr::ser_options! {
        prefer_block_scalars: false,
    };
    // There is no number, text or key in JSON that YAML cannot write; only a writer can fail, and a text cannot.
    serde_saphyr::to_string_with_options(data, options).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What YAML 1.1 or 1.2 reads as something else than a text when it stands plain.
    const TRAPS: &[&str] = &[
        "on",
        "On",
        "OFF",
        "yes",
        "no",
        "NO",
        "y",
        "n",
        "Y",
        "true",
        "False",
        "null",
        "~",
        "",
        "=",
        "<<",
        "2019-05-29",
        "2019-12-31T12:59:59Z",
        "2019-12-31 12:59:59",
        "1:20",
        "190:20:30",
        "1_000",
        "010",
        "0o7",
        "0x1F",
        "0b11",
        "1e3",
        ".5",
        "5.",
        "+1",
        "-0",
        "1.5e+3",
        ".inf",
        "-.INF",
        ".NaN",
        "123",
        "-",
        "?",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "[a]",
        "{a}",
        "---",
        "...",
        " lead",
        "trail ",
        "'",
        "\"",
        "a\nb",
        "a\n\n b\n",
        "tab\t",
        "\u{7f}\u{85}\u{2028}\u{feff}\u{0}",
    ];

    #[test]
    fn what_another_reader_would_misread_is_quoted() {
        let texts: Vec<Value> = TRAPS.iter().map(|text| json!(text)).collect();
        let keys: serde_json::Map<_, _> = TRAPS.iter().map(|text| ((*text).to_owned(), json!(1))).collect();
        let data =
            json!({"texts": texts, "keys": keys, "nothing": [{}, [], null], "numbers": [1, -2, 0.5, 1e30]});
        let text = to_string(&data);
        for line in text
            .lines()
            .filter_map(|line| line.strip_prefix("- "))
            .take(TRAPS.len())
        {
            assert!(line.starts_with(['"', '\'']), "plain: {line}");
        }
        assert_eq!(serde_saphyr::from_str::<Value>(&text).unwrap(), data);
        assert_eq!(to_string(&data), text);
    }

    #[test]
    fn what_needs_no_quotes_has_none() {
        let data = json!({"pattern": "^docu(_test)?_[0-9a-z]+$", "long": "word ".repeat(40).trim_end()});
        let text = to_string(&data);
        assert!(
            text.starts_with("pattern: ^docu(_test)?_[0-9a-z]+$\nlong: word word"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2, "{text}");
    }
}
