//! The rule for `kind`.

use rebuttal_model::Kind;

use crate::{
    code::Code,
    finding::{Finding, Severity},
};

pub(crate) const WRITE_AS: &str = "write it as {kind}";
pub(crate) const LEAVE_OUT: &str = "leave the kind out, or use one of the four";

/// Reads a `kind` as the API does: to the letter (`upload.bad-kind`).
///
/// ```
/// use rebuttal_model::Kind;
/// use rebuttal_validate::{Code, check_kind};
///
/// assert_eq!(check_kind("proof_of_receipt"), Ok(Kind::ProofOfReceipt));
/// let finding = check_kind("Proof of receipt").unwrap_err();
/// assert_eq!(finding.code, Code::BadKind);
/// assert_eq!(finding.advice, "write it as proof_of_receipt");
/// ```
///
/// # Errors
///
/// A finding with the code `bad_kind` where the text is none of the four; another case, blanks around it
/// and the empty text are none of the four.
pub fn check_kind(text: &str) -> Result<Kind, Finding> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(64).collect();
        let finding = Finding::new(Code::BadKind, Severity::Rejection, None, format!("{shown:?}"));
        match (meant(text), text.trim().is_empty()) {
            (Some(kind), _) => finding.advise(WRITE_AS.replace("{kind}", kind.as_str())),
            (None, true) => finding.advise(LEAVE_OUT),
            (None, false) => finding,
        }
    })
}

/// The kind that differs only in case, in blanks around it, or in what joins its words.
fn meant(text: &str) -> Option<Kind> {
    let joined: String = text
        .trim()
        .chars()
        .take(64)
        .map(|c| {
            if matches!(c, ' ' | '-') {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    joined.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_letter_counts_and_the_advice_names_what_was_meant() {
        for kind in Kind::ALL {
            assert_eq!(check_kind(kind.as_str()), Ok(kind));
        }
        for (text, advice) in [
            ("", "leave the kind out, or use one of the four"),
            (" \t", "leave the kind out, or use one of the four"),
            ("proof_of_receipt ", "write it as proof_of_receipt"),
            ("Cardholder-Details", "write it as cardholder_details"),
            (
                "receipt",
                "use one of the four kinds to the letter, or leave the kind out",
            ),
        ] {
            let finding = check_kind(text).unwrap_err();
            assert_eq!(finding.advice, advice, "{text:?}");
            assert_eq!(finding.clause().unwrap().id, "upload.bad-kind");
            assert_eq!((finding.severity, finding.offset), (Severity::Rejection, None));
        }
        assert!(check_kind(&"x".repeat(1 << 20)).unwrap_err().found.len() < 100);
    }
}
