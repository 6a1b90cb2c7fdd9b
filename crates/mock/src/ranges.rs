//! Which part of a file is asked for (RFC 9110 §14.2).
//!
//! Left out: several ranges in one answer. A server may answer those with the whole, and this one does.

/// What a `Range` header comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    Whole,
    /// From the first to the last byte, both included.
    Part(u64, u64),
    /// No byte is in the range.
    Beyond,
}

/// Reads a `Range` for something of so many bytes. What is not understood is as good as absent.
pub(crate) fn asked(range: Option<&str>, length: u64) -> Asked {
    let set = range.and_then(|range| {
        let (unit, set) = range.split_once('=')?;
        unit.trim().eq_ignore_ascii_case("bytes").then_some(set.trim())
    });
    let Some((first, last)) = set.and_then(|set| set.split_once('-')) else {
        return Asked::Whole;
    };
    let last_byte = length.wrapping_sub(1);
    match (number(first), number(last)) {
        // The last so many.
        (Number::None, Number::Of(0)) => Asked::Beyond,
        (Number::None, Number::Of(_)) if length == 0 => Asked::Beyond,
        (Number::None, Number::Of(count)) => Asked::Part(length.saturating_sub(count), last_byte),
        (Number::Of(first), Number::Of(last)) if last < first => Asked::Whole,
        (Number::Of(first), Number::None | Number::Of(_)) if first >= length => Asked::Beyond,
        (Number::Of(first), Number::None) => Asked::Part(first, last_byte),
        (Number::Of(first), Number::Of(last)) => Asked::Part(first, last.min(last_byte)),
        _ => Asked::Whole,
    }
}

enum Number {
    None,
    Of(u64),
    Wrong,
}

fn number(text: &str) -> Number {
    let text = text.trim();
    match text.parse() {
        _ if text.is_empty() => Number::None,
        _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => Number::Wrong,
        Ok(number) => Number::Of(number),
        // More digits than any file has bytes.
        Err(_) => Number::Of(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, wanted) in [
            ("bytes=0-0", Asked::Part(0, 0)),
            ("bytes=2-5", Asked::Part(2, 5)),
            ("bytes=2-", Asked::Part(2, 9)),
            ("bytes=2-99", Asked::Part(2, 9)),
            ("bytes=-3", Asked::Part(7, 9)),
            ("bytes=-99", Asked::Part(0, 9)),
            ("Bytes = 1-2", Asked::Part(1, 2)),
            ("bytes=9-99999999999999999999999", Asked::Part(9, 9)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("items=0-1", Asked::Whole),
            ("bytes", Asked::Whole),
            ("", Asked::Whole),
        ] {
            assert_eq!(asked(Some(range), 10), wanted, "{range:?}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Beyond);
        assert_eq!(asked(Some("bytes=-5"), 0), Asked::Beyond);
    }
}
