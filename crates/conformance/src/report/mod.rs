//! Reports: one run, written for people, for programs and for CI systems.

mod human;
mod json;
mod junit;

use std::str::FromStr;

use thiserror::Error;

pub use json::schema;

use crate::run::Run;

/// A form of report.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Format {
    /// For people.
    Human,
    /// For programs; its schema is published.
    Json,
    /// For CI systems.
    Junit,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Human, Self::Json, Self::Junit];

    /// The form's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
        }
    }
}

/// A text that names no form of report.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected human, json or junit, found {0:?}")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// A run as text, without any key. The human form has ANSI colours; who writes it to something else than a
/// terminal strips them.
pub fn render(run: &Run, format: Format) -> String {
    let text = match format {
        Format::Human => human::render(&run.report),
        Format::Json => json::render(&run.report),
        Format::Junit => junit::render(&run.report),
    };
    run.secrets.mask(&text)
}
