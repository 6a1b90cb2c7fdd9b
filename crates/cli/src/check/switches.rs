//! The rules that are switched on the command line, each by its code.

use anyhow::{Result, bail};
use rebuttal_validate::{Code, Policy};

/// Reads a code.
pub(super) fn code(text: &str) -> Result<Code, String> {
    text.parse::<Code>().map_err(|error| match nearest(text) {
        Some(code) => format!("{error}; perhaps {} is meant", code.as_str()),
        None => format!("{error}; schemas/codes.md lists them"),
    })
}

/// The code that is nearest to a text, where one is near enough to be meant.
fn nearest(text: &str) -> Option<Code> {
    let most = 1 + text.len() / 4;
    let text = text.to_ascii_lowercase().replace('-', "_");
    let codes = Code::ALL.iter();
    let distances = codes.map(|code| (strsim::damerau_levenshtein(&text, code.as_str()), *code));
    distances
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, code)| code)
}

/// A policy with its switches.
pub(super) fn switched(base: Policy, allowed: &[Code], warned: &[Code], denied: &[Code]) -> Result<Policy> {
    for (codes, others, names) in [
        (allowed, denied, "--allow and --deny"),
        (allowed, warned, "--allow and --warn"),
        (warned, denied, "--warn and --deny"),
    ] {
        if let Some(code) = codes.iter().find(|code| others.contains(code)) {
            bail!("expected a code once, found {} behind {names}", code.as_str());
        }
    }
    let policy = allowed.iter().fold(base, |policy, code| policy.allow(*code));
    let policy = warned.iter().fold(policy, |policy, code| policy.warn(*code));
    Ok(denied.iter().fold(policy, |policy, code| policy.deny(*code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_answered_with_the_code_that_was_meant() {
        assert_eq!(code("trailing_data"), Ok(Code::TrailingData));
        for (text, wanted) in [
            ("trailing-data", "perhaps trailing_data is meant"),
            ("PDF_JAVASCRIPT", "perhaps pdf_javascript is meant"),
            ("png_truncatd", "perhaps png_truncated is meant"),
            ("all", "schemas/codes.md lists them"),
            ("", "schemas/codes.md lists them"),
        ] {
            let error = code(text).unwrap_err();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }

    #[test]
    fn a_code_has_one_switch() {
        let (a, b) = ([Code::TrailingData], [Code::PdfXfa]);
        let base = Policy::reviewer();
        let wanted = base.allow(a[0]).deny(b[0]);
        assert_eq!(switched(base, &a, &[], &b).unwrap(), wanted);
        for (allowed, warned, denied) in [(&a[..], &[][..], &a[..]), (&a, &a, &[]), (&[], &a, &a)] {
            assert!(switched(base, allowed, warned, denied).is_err());
        }
    }
}
