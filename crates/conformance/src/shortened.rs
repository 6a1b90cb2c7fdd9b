//! Texts cut to what people read.

use std::borrow::Cow;

/// A text, cut behind so many characters where it has more, with an ellipsis that says so.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((cut, _)) => Cow::Owned(format!("{}…", &text[..cut])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so() {
        for (text, wanted) in [("", ""), ("กข", "กข"), ("กขค", "กขค"), ("กขคง", "กขค…")]
        {
            assert_eq!(shortened(text, 3), wanted);
        }
    }
}
