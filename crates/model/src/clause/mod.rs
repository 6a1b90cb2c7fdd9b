//! The clauses: each a promise that can be checked from outside, as data.
//!
//! Faults, scenarios and mismatches name a clause by its id. Left out: what a clause is tested *with*;
//! the scenarios say that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::profile::Situation;

pub mod auth;
pub mod destroy;
pub mod document;
pub mod http;
pub mod list;
pub mod retrieve;
pub mod upload;

/// How binding a clause is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// An endpoint that breaks it fails.
    Must,
    /// An endpoint that breaks it is warned.
    Should,
    /// What an endpoint does is reported, and is neither right nor wrong.
    Obs,
}

impl Level {
    /// The level in capitals, as RFC 2119 writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Obs => "OBS",
        }
    }
}

/// Where a clause comes from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The page "Upload dispute documents".
    UploadPage,
    /// The page "Document API".
    DocumentApi,
    /// Recorded answers of the live API.
    Recording,
    /// Another official reference page: lists, errors, authentication, versioning, disputes.
    Reference,
    /// RFC 9110, HTTP Semantics.
    Rfc9110,
    /// RFC 9112, HTTP/1.1.
    Rfc9112,
    /// Nothing public says it: a default that this contract chose.
    Default,
}

impl Source {
    /// The source as a reader should see it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::UploadPage => "page \"Upload dispute documents\"",
            Self::DocumentApi => "page \"Document API\"",
            Self::Recording => "recorded answers of the live API",
            Self::Reference => "official reference pages",
            Self::Rfc9110 => "RFC 9110",
            Self::Rfc9112 => "RFC 9112",
            Self::Default => "default of this contract",
        }
    }
}

/// One checkable promise of the contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Clause {
    /// The stable name, `group.what-is-promised`.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Where it comes from, strongest first.
    pub sources: &'static [Source],
    /// What is promised, in one sentence.
    pub statement: &'static str,
    /// The situation whose answer depends on the profile, where it does.
    pub profile: Option<Situation>,
}

impl Clause {
    const fn new(
        id: &'static str,
        level: Level,
        sources: &'static [Source],
        statement: &'static str,
    ) -> Self {
        Self {
            id,
            level,
            sources,
            statement,
            profile: None,
        }
    }

    const fn by_profile(self, situation: Situation) -> Self {
        Self {
            profile: Some(situation),
            ..self
        }
    }

    /// The sources' titles, as one line.
    pub fn cited(&self) -> String {
        self.sources
            .iter()
            .map(|source| source.title())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

const GROUPS: &[&[Clause]] = &[
    auth::ALL,
    upload::ALL,
    document::ALL,
    list::ALL,
    retrieve::ALL,
    destroy::ALL,
    http::ALL,
];

/// Every clause, in the order of the contract.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    GROUPS.iter().copied().flatten()
}

/// The clause with this id.
///
/// ```
/// use rebuttal_model::clause;
///
/// assert_eq!(clause::find("upload.too-large"), Some(&clause::upload::TOO_LARGE));
/// assert_eq!(clause::find("upload.too-big"), None);
/// ```
pub fn find(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_of_the_form_group_dot_promise() {
        let mut seen = BTreeSet::new();
        for clause in all() {
            assert!(seen.insert(clause.id), "{} is there twice", clause.id);
            let (group, name) = clause.id.split_once('.').expect("a dot");
            for word in [group, name] {
                assert!(!word.is_empty(), "{}", clause.id);
                let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                assert!(word.bytes().all(fits), "{}", clause.id);
            }
        }
        assert_eq!(seen.len(), 81);
    }

    #[test]
    fn every_clause_cites_a_source_and_states_one_sentence() {
        for clause in all() {
            assert!(!clause.sources.is_empty(), "{}", clause.id);
            assert!(
                clause.statement.len() > 20 && !clause.statement.ends_with('.'),
                "{}",
                clause.id
            );
        }
    }

    #[test]
    fn a_default_is_never_the_only_reason_for_strictness_without_saying_so() {
        let defaults: Vec<_> = all()
            .filter(|clause| clause.level == Level::Must && clause.sources == [Source::Default])
            .map(|clause| clause.id)
            .collect();
        assert_eq!(
            defaults,
            [
                "auth.before-existence",
                "upload.file-as-text",
                "upload.not-multipart",
                "upload.broken-multipart",
                "error.no-leak"
            ]
        );
    }
}
