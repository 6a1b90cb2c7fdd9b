//! Keeps keys out of everything that is written.

mod form;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// What stands in place of a key.
const MASK: &str = "***";

/// The shortest text that is masked as a form of a key; shorter ones would mask ordinary words.
const SHORTEST_FORM: usize = 12;

/// How keys begin that nobody told us of, and what of them is shown: alone, and in test mode.
const PREFIXES: [(&str, [&str; 2]); 2] = [
    ("skey_", ["skey_", "skey_test_"]),
    ("pkey_", ["pkey_", "pkey_test_"]),
];

/// The keys of a run, in every form in which they could show.
///
/// A form is the key itself or its base64 at one of the three alignments; each of its letters may be written
/// as it is, percent-encoded, or escaped as in JSON or HTML, once or several times over.
///
/// `Debug` shows how many there are, and none of them.
#[derive(Clone)]
pub struct Secrets {
    forms: Vec<String>,
    /// The bytes with which something to be masked can begin: most bytes of a report need no other look.
    starts: [bool; 256],
}

impl Default for Secrets {
    /// Masks what looks like a key.
    fn default() -> Self {
        Self::new(std::iter::empty())
    }
}

impl Secrets {
    /// Masks these keys.
    pub fn new<'a>(keys: impl Iterator<Item = &'a str>) -> Self {
        let mut forms = Vec::new();
        for key in keys {
            forms.push(key.to_owned());
            for lead in 0..3 {
                // The first and last characters mix with what stands beside the key; those between do not.
                let encoded = STANDARD_NO_PAD.encode([&vec![b' '; lead], key.as_bytes()].concat());
                let (start, end) = ((lead * 4).div_ceil(3), encoded.len() - 2);
                forms.push(encoded[start..end].to_owned());
            }
        }
        forms.retain(|form| form.len() >= SHORTEST_FORM);
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        let prefixes = PREFIXES.iter().map(|(prefix, _)| *prefix);
        let mut starts = [false; 256];
        for text in forms
            .iter()
            .map(String::as_str)
            .chain(prefixes)
            .chain(form::ESCAPES)
        {
            starts[usize::from(text.as_bytes()[0])] = true;
        }
        Self { forms, starts }
    }

    /// Where something to be masked could begin.
    fn places(&self, text: &str) -> impl Iterator<Item = usize> {
        text.bytes()
            .enumerate()
            .filter(|(_, byte)| self.starts[usize::from(*byte)])
            .map(|(at, _)| at)
    }

    /// The text with every form of every key masked, and everything else that looks like a key.
    pub fn mask(&self, text: &str) -> String {
        let (mut masked, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((start, end, shown)) = self.next(rest) {
            masked.push_str(&rest[..start]);
            masked.push_str(shown);
            masked.push_str(MASK);
            rest = &rest[end..];
        }
        masked + rest
    }

    /// Whether some form of some key stands in the text.
    pub fn shows_in(&self, text: &str) -> bool {
        self.places(text).any(|at| self.form_at(&text[at..]).is_some())
    }

    /// The next text to be masked, from and to; and the beginning of it that may be shown.
    fn next(&self, text: &str) -> Option<(usize, usize, &'static str)> {
        self.places(text).find_map(|at| {
            let here = &text[at..];
            if let Some(length) = self.form_at(here) {
                return Some((at, at + length, ""));
            }
            let (length, shown) = lookalike(here).or_else(|| Some((self.cut_form_at(here)?, "")))?;
            Some((at, at + length, shown))
        })
    }

    /// The length of what is left of a form that somebody cut to have a shorter text: its first letters.
    fn cut_form_at(&self, text: &str) -> Option<usize> {
        let begun = self.forms.iter().map(|form| form::begun(text, form));
        let long = begun.filter(|(letters, _)| *letters >= SHORTEST_FORM);
        long.map(|(_, length)| length).max()
    }

    /// The length of the form that the text begins with.
    fn form_at(&self, text: &str) -> Option<usize> {
        self.forms.iter().find_map(|form| form::length(text, form))
    }
}

/// The text with stars for whatever looks like a key, each byte for a byte, so that spans stay right.
pub(crate) fn starred(text: &str) -> String {
    let secrets = Secrets::default();
    let (mut starred, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((start, end, _)) = secrets.next(rest) {
        starred.push_str(&rest[..start]);
        starred.extend(std::iter::repeat_n('*', end - start));
        rest = &rest[end..];
    }
    starred + rest
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({} forms)", self.forms.len())
    }
}

/// The length of a text that begins as keys do and goes on, whoever's key it is; and what of it is shown.
fn lookalike(text: &str) -> Option<(usize, &'static str)> {
    let mut known = PREFIXES.iter();
    let (start, shown) = known.find_map(|(prefix, shown)| Some((form::length(text, prefix)?, shown)))?;
    let infix = form::length(&text[start..], "test_").unwrap_or(0);
    let shown = shown[usize::from(infix > 0)];
    let mut end = start + infix;
    let is_part = |letter: u8| letter.is_ascii_digit() || letter.is_ascii_lowercase();
    while let Some((_, length)) = form::letter(&text[end..]).filter(|(letter, _)| is_part(*letter)) {
        end += length;
    }
    (end > start + infix).then_some((end, shown))
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
    fn a_key_that_somebody_cut_is_masked() {
        let secrets = Secrets::new([KEY].into_iter());
        for before in ["", "x", "xy", "Authorization: "] {
            let encoded = STANDARD.encode(format!("{before}{KEY}:"));
            for shown in [format!("{before}{KEY}"), encoded.replace('V', "%56"), encoded] {
                for cut in 1..shown.len() {
                    for end in ["", "…", "\"", "... and more"] {
                        let text = format!("{}{end}", &shown[..cut]);
                        let masked = secrets.mask(&text);
                        // Of the base64 of a key eleven letters, and as many of what stands before it.
                        let most = (before.len() + 1) * 4 / 3 + 3 + 11 + 2 * 4 + end.len();
                        assert!(masked.len() <= most, "{text} became {masked}");
                        assert_eq!(secrets.mask(&masked), masked);
                    }
                }
            }
        }
        assert_eq!(
            secrets.mask("it begins with skey_test_"),
            "it begins with skey_test_"
        );
    }

    #[test]
    fn a_key_is_masked_however_its_letters_are_written() {
        let secrets = Secrets::new([KEY].into_iter());
        let each = |write: &dyn Fn(char) -> String| KEY.chars().map(write).collect::<String>();
        let ways = [
            each(&|it| format!("%{:02X}", it as u32)),
            each(&|it| format!("%{:02x}", it as u32)),
            each(&|it| format!("%25{:02X}", it as u32)),
            each(&|it| format!("\\u{:04x}", it as u32)),
            each(&|it| format!("\\\\u{:04X}", it as u32)),
            each(&|it| format!("&#{};", it as u32)),
            each(&|it| format!("&#x{:x};", it as u32)),
            each(&|it| format!("&#x0{:X};", it as u32)),
            each(&|it| format!("&amp;#{};", it as u32)),
            KEY.replace('_', "&lowbar;"),
            KEY.replace('_', "-"),
            KEY.replace('_', "\\_"),
            KEY.replace('_', "\\u005f").replace("5x", "%35&#120;"),
            STANDARD.encode(format!("{KEY}:")).replace('c', "\\u0063"),
        ];
        for way in ways {
            let masked = secrets.mask(&format!("<{way}>"));
            let short = masked.len() < 14;
            assert!(
                masked.contains("***") && masked.starts_with('<') && short,
                "{way}: {masked}"
            );
        }
    }

    #[test]
    fn a_stranger_s_key_is_masked_too_and_prose_is_not() {
        let secrets = Secrets::default();
        for (text, wanted) in [
            ("skey_test_abc123 and skey_abc", "skey_test_*** and skey_***"),
            ("expected skey_test_ or skey_", "expected skey_test_ or skey_"),
            ("skey%5Ftest%5Fabc123.", "skey_test_***."),
            (
                "100% & 5 \\u00e9 &amp; %zz &#; \\",
                "100% & 5 \\u00e9 &amp; %zz &#; \\",
            ),
            ("ключ skey_ключ %D0%BA", "ключ skey_ключ %D0%BA"),
        ] {
            assert_eq!(secrets.mask(text), wanted);
        }
    }
}
