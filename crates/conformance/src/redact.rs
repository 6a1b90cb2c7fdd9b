//! Keeps keys out of everything that is written.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// What stands in place of a key.
const MASK: &str = "***";

/// The shortest text that is masked as a form of a key; shorter ones would mask ordinary words.
const SHORTEST_FORM: usize = 12;

/// The keys of a run, in every form in which they could show.
///
/// `Debug` shows how many there are, and none of them.
#[derive(Clone, Default)]
pub struct Secrets {
    forms: Vec<String>,
}

impl Secrets {
    /// Masks these keys: raw, percent-encoded, and in base64 at each of the three alignments.
    pub fn new<'a>(keys: impl Iterator<Item = &'a str>) -> Self {
        let mut forms = Vec::new();
        for key in keys {
            forms.push(key.to_owned());
            forms.push(key.replace('_', "%5F"));
            forms.push(key.replace('_', "%5f"));
            for lead in 0..3 {
                // The first and last characters mix with what stands beside the key; those between do not.
                let encoded = STANDARD_NO_PAD.encode([&vec![b' '; lead], key.as_bytes()].concat());
                let (start, end) = ((lead * 4).div_ceil(3), encoded.len() - 2);
                forms.push(encoded[start..end].to_owned());
            }
        }
        forms.retain(|form| form.len() >= SHORTEST_FORM);
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self { forms }
    }

    /// The text with every form of every key masked, and everything else that looks like a secret key.
    pub fn mask(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for form in &self.forms {
            if masked.contains(form.as_str()) {
                masked = masked.replace(form.as_str(), MASK);
            }
        }
        mask_lookalikes(&masked)
    }

    /// Whether some form of some key stands in the text.
    pub fn shows_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form.as_str()))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({} forms)", self.forms.len())
    }
}

/// Masks what follows `skey_` or `skey_test_`, whoever's key it is.
fn mask_lookalikes(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("skey_") {
        let body = &rest[at + 5..];
        let infix = if body.starts_with("test_") { 5 } else { 0 };
        let key = body[infix..]
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
            .count();
        let end = at + 5 + infix;
        out.push_str(&rest[..end]);
        if key > 0 {
            out.push_str(MASK);
        }
        rest = &rest[end + key..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

    #[test]
    fn every_form_of_a_key_is_masked() {
        let secrets = Secrets::new([KEY].into_iter());
        for before in ["", "x", "xy", "user:", "Authorization: "] {
            for after in ["", ":", ":x", ": and more"] {
                let plain = format!("{before}{KEY}{after}");
                for shown in [plain.clone(), STANDARD.encode(&plain), plain.replace('_', "%5F")] {
                    assert!(secrets.shows_in(&shown), "{shown}");
                    let masked = secrets.mask(&shown);
                    assert!(!masked.contains("5xuy4w91xqz7d1w9u0t"), "{masked}");
                    assert!(!secrets.shows_in(&masked), "{masked}");
                    // Less than a third of the key can be read back from what is left of the base64.
                    assert!(
                        masked.len() + KEY.len() < shown.len() + 20,
                        "{shown} became {masked}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_stranger_s_key_is_masked_too_and_prose_is_not() {
        let secrets = Secrets::default();
        assert_eq!(
            secrets.mask("skey_test_abc123 and skey_abc"),
            "skey_test_*** and skey_***"
        );
        assert_eq!(
            secrets.mask("expected skey_test_ or skey_"),
            "expected skey_test_ or skey_"
        );
    }
}
