//! The names of the choices that the contract leaves open, for command lines and files.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::config::{
    Connections, Destroyed, DownloadUri, Layout, ListParameters, MemberOrder, Members, OutOfRange,
    TooLargeBody,
};

/// A text that names none of the choices.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected {expected}, found {found:?}")]
pub struct UnknownChoice {
    expected: String,
    found: String,
}

macro_rules! choices {
    ($($choice:ident { $($variant:ident $name:literal)* })*) => {$(
        impl $choice {
            /// Every choice, as it is named.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The name of the choice.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl FromStr for $choice {
            type Err = UnknownChoice;

            fn from_str(text: &str) -> Result<Self, UnknownChoice> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownChoice {
                        expected: Self::NAMES.join(" or "),
                        found: text.chars().take(64).collect(),
                    }),
                }
            }
        }

        impl fmt::Display for $choice {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

choices! {
    Destroyed { NotFound "not-found" Shown "shown" }
    OutOfRange { Refused "refused" Clamped "clamped" }
    DownloadUri { Null "null" Url "dead" Served "served" }
    TooLargeBody { Json "json" Html "html" }
    Layout { Compact "compact" Pretty "pretty" }
    Members { Listed "listed" Extra "extra" }
    MemberOrder { Usual "usual" Reversed "reversed" }
    Connections { Kept "kept" Closed "closed" Http10 "http-1.0" }
    ListParameters { InQuery "in-query" InBody "in-body" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_command_lines_have_the_same_names() {
        macro_rules! same {
            ($($choice:ident)*) => {$(
                for name in $choice::NAMES {
                    let choice: $choice = serde_json::from_value((*name).into()).unwrap();
                    assert_eq!(choice.as_str(), *name);
                }
            )*};
        }
        same!(Destroyed OutOfRange DownloadUri TooLargeBody Layout Members MemberOrder Connections ListParameters);
    }

    #[test]
    fn names_parse_back_and_others_are_told_what_there_is() {
        for name in DownloadUri::NAMES {
            assert_eq!(name.parse::<DownloadUri>().unwrap().as_str(), *name);
        }
        assert_eq!(Destroyed::default().to_string(), "not-found");
        let told = "gone".parse::<Destroyed>().unwrap_err().to_string();
        assert_eq!(told, "expected not-found or shown, found \"gone\"");
    }
}
