//! What a merchant can do, in other languages: gettext catalogues (`advice/*.po`), whose keys are the English
//! texts, so that what codes share is translated once.
//!
//! Left out: escapes and texts over several lines. A test holds that no catalogue has them.

use std::borrow::Cow;

/// A language that advice is given in.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Language {
    /// English, in which the texts are written.
    #[default]
    English,
    /// Japanese.
    Japanese,
    /// Thai.
    Thai,
}

impl Language {
    /// Every language, the one of the texts themselves first.
    pub const ALL: [Self; 3] = [Self::English, Self::Japanese, Self::Thai];

    /// The tag of BCP 47.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
            Self::Thai => "th",
        }
    }

    /// The catalogue; `None` where nothing needs a translation.
    const fn catalogue(self) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::Japanese => Some(include_str!("../advice/ja.po")),
            Self::Thai => Some(include_str!("../advice/th.po")),
        }
    }
}

/// A text of ours in a language; `None` where the catalogue does not have it.
pub(crate) fn translated(language: Language, english: &str) -> Option<Cow<'static, str>> {
    let Some(catalogue) = language.catalogue() else {
        return Some(english.to_owned().into());
    };
    entries(catalogue).find_map(|(key, text)| {
        if key == english {
            return Some(text.into());
        }
        let (before, name, after) = placeholder(key)?;
        let value = english.strip_prefix(before)?.strip_suffix(after)?;
        Some(text.replace(name, value).into())
    })
}

/// The texts of a catalogue, each with its translation; its head, whose key is empty, is left out.
fn entries(catalogue: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut key = "";
    catalogue.lines().filter_map(move |line| {
        if let Some(text) = quoted(line, "msgid ") {
            key = text;
        }
        let text = quoted(line, "msgstr ")?;
        (!key.is_empty()).then_some((key, text))
    })
}

fn quoted(line: &'static str, keyword: &str) -> Option<&'static str> {
    line.strip_prefix(keyword)?.strip_prefix('"')?.strip_suffix('"')
}

/// A text around its placeholder, which is the middle one of the three.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (start, end) = (text.find('{')?, text.find('}')? + 1);
    Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        code::Code,
        kind::{LEAVE_OUT, WRITE_AS, check_kind},
        other::OtherFormat,
    };

    /// Every text that has to be translated.
    fn texts() -> BTreeSet<&'static str> {
        let codes = Code::ALL.iter().map(|code| code.advice());
        let formats = OtherFormat::ALL.iter().map(|format| format.advice());
        codes.chain(formats).chain([WRITE_AS, LEAVE_OUT]).collect()
    }

    /// What is wrong with a catalogue.
    fn defects(catalogue: &'static str, texts: &BTreeSet<&'static str>) -> Vec<String> {
        let mut defects = Vec::new();
        let mut keys = BTreeSet::new();
        for (key, text) in entries(catalogue) {
            let name = placeholder(key).map(|(_, name, _)| name);
            if !keys.insert(key) {
                defects.push(format!("twice: {key}"));
            }
            if text.trim().is_empty() || text.is_ascii() {
                defects.push(format!("not translated: {key}"));
            }
            if text.contains(['"', '\\']) || name != placeholder(text).map(|(_, name, _)| name) {
                defects.push(format!("an escape, or another placeholder: {key}"));
            }
        }
        defects.extend(texts.difference(&keys).map(|key| format!("missing: {key}")));
        defects.extend(keys.difference(texts).map(|key| format!("surplus: {key}")));
        let pairs = catalogue
            .lines()
            .filter(|line| line.starts_with("msgid "))
            .count();
        let others = catalogue.lines().filter(|line| {
            !(line.is_empty()
                || line.starts_with('#')
                || line.starts_with("msgid \"")
                || line.starts_with("msgstr \""))
        });
        defects.extend(others.map(|line| format!("not understood: {line}")));
        if pairs != keys.len() + 1 {
            defects.push("a msgid without its msgstr, or no head".to_owned());
        }
        defects
    }

    #[test]
    fn catalogues_are_complete_and_have_nothing_else() {
        for language in Language::ALL {
            if let Some(catalogue) = language.catalogue() {
                let defects = defects(catalogue, &texts());
                assert!(defects.is_empty(), "{}: {defects:#?}", language.as_str());
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_catalogue_is_noticed() {
        let catalogue = "msgid \"\"\nmsgstr \"\"\nmsgid \"a {x}\"\nmsgstr \"あ {y}\"\nmsgid \"b\"\nmsgstr \"b\"\n\
            msgid \"b\"\nmsgstr \"い\"\n\"う\"\nmsgid \"c\"\n";
        let found = defects(catalogue, &BTreeSet::from(["b", "d"]));
        for wanted in [
            "another placeholder: a {x}",
            "not translated: b",
            "twice: b",
            "missing: d",
            "surplus: a {x}",
            "not understood: \"う\"",
            "without its msgstr",
        ] {
            assert!(
                found.iter().any(|it| it.contains(wanted)),
                "{wanted} is not among {found:#?}"
            );
        }
    }

    #[test]
    fn advice_is_given_in_each_language_and_what_is_unknown_by_its_code() {
        let finding = check_kind("Proof of receipt").unwrap_err();
        for (language, wanted) in [
            (Language::English, "write it as proof_of_receipt"),
            (Language::Japanese, "proof_of_receipt と書いてください。"),
            (Language::Thai, "เขียนเป็น proof_of_receipt"),
        ] {
            assert_eq!(finding.advice_in(language), wanted);
        }
        let special = finding.advise("a text of its own");
        assert_eq!(special.advice_in(Language::English), "a text of its own");
        assert!(special.advice_in(Language::Japanese).starts_with("4 種類の kind"));
    }
}
