//! References in scenario texts: `{{uploaded/id}}`, `{{before/total + 1}}`, `{{first/created_at - 1s}}`,
//! `{{main in upper-case}}`.

use thiserror::Error;

/// A piece of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    Reference(Reference<'a>),
}

/// What stands between `{{` and `}}`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Reference<'a> {
    /// A dispute, a step, or one of [`BUILT_IN`].
    pub(crate) name: &'a str,
    /// The JSON pointer behind the name; empty for the whole.
    pub(crate) pointer: &'a str,
    /// What is done to the value.
    pub(crate) shift: Shift,
}

/// What is done to a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shift {
    None,
    /// Added to a number.
    Count(i64),
    /// Added to a datetime.
    Seconds(i64),
    /// The letters of a text in upper case.
    UpperCase,
}

/// Names that every scenario has: `unknown/dispute` and `unknown/document` are well-formed ids of nothing,
/// `key/livemode` is the mode of the secret key, `key/secret` the key itself; `key/without-colon`,
/// `key/longer`, `key/shorter`, `key/another-ending`, `key/upper-case` and `key/as-password` are Basic credentials
/// that nearly are the key's.
pub(crate) const BUILT_IN: &[&str] = &["unknown", "key"];

/// A text between `{{` and `}}` that is no reference, or one without end.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected a reference such as {{{{step/id}}}} or {{{{step/total + 1}}}}, found {found:?}")]
pub(crate) struct InvalidTemplate {
    found: String,
}

/// Cuts a text into its pieces.
pub(crate) fn parse(text: &str) -> Result<Vec<Part<'_>>, InvalidTemplate> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, after)) = after.split_once("}}") else {
            return Err(InvalidTemplate {
                found: format!("{{{{{after}"),
            });
        };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let reference = reference(inner.trim()).ok_or_else(|| InvalidTemplate {
            found: inner.to_owned(),
        })?;
        parts.push(Part::Reference(reference));
        rest = after;
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

fn reference(text: &str) -> Option<Reference<'_>> {
    let mut words = text.split_ascii_whitespace();
    let path = words.next()?;
    let shift = match (words.next(), words.next()) {
        (None, _) => Shift::None,
        (Some("in"), Some("upper-case")) => Shift::UpperCase,
        (Some(sign @ ("+" | "-")), Some(amount)) => {
            let signed = |digits: &str| {
                digits
                    .parse::<i64>()
                    .ok()
                    .map(|it| if sign == "-" { -it } else { it })
            };
            match amount.strip_suffix('s') {
                Some(digits) => Shift::Seconds(signed(digits)?),
                None => Shift::Count(signed(amount)?),
            }
        }
        _ => return None,
    };
    let name = path.split('/').next()?;
    let valid = !name.is_empty()
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    (valid && words.next().is_none()).then_some(Reference {
        name,
        pointer: &path[name.len()..],
        shift,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_into_pieces() {
        let reference = |name, pointer, shift| Part::Reference(Reference { name, pointer, shift });
        for (text, wanted) in [
            ("", vec![Part::Text("")]),
            ("plain", vec![Part::Text("plain")]),
            ("{{main}}", vec![reference("main", "", Shift::None)]),
            (
                "/disputes/{{main}}/x",
                vec![
                    Part::Text("/disputes/"),
                    reference("main", "", Shift::None),
                    Part::Text("/x"),
                ],
            ),
            (
                "{{before/total + 1}}",
                vec![reference("before", "/total", Shift::Count(1))],
            ),
            (
                "{{ a/created_at - 2s }}",
                vec![reference("a", "/created_at", Shift::Seconds(-2))],
            ),
            (
                "{{main in upper-case}}",
                vec![reference("main", "", Shift::UpperCase)],
            ),
        ] {
            assert_eq!(parse(text), Ok(wanted), "{text:?}");
        }
        for text in [
            "{{",
            "{{a",
            "{{}}",
            "{{a + }}",
            "{{a + x}}",
            "{{a * 2}}",
            "{{a in}}",
            "{{a in lower-case}}",
            "{{a + 1 2}}",
            "{{/id}}",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
