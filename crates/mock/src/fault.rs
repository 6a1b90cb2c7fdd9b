//! Faults: the ways in which the mock can be told to break the contract, one clause at a time.
//!
//! A fault is what a hurried server programmer would get wrong. Left out: slow or broken networks; those
//! break no clause of a server.

use std::{fmt, str::FromStr};

use thiserror::Error;

// The module of the table comes after the macro that it is written with.
macro_rules! faults {
    ($($variant:ident $name:literal breaks $clause:path: $description:literal;)*) => {
        /// One way to break the contract.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Fault {
            $(
                #[doc = concat!("`", $name, "`: ", $description)]
                $variant,
            )*
        }

        impl Fault {
            /// Every fault, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The fault's name, as the command line takes it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The clause that the fault breaks.
            pub const fn clause(self) -> &'static Clause {
                match self {
                    $(Self::$variant => &$clause,)*
                }
            }

            /// What goes wrong, in one sentence.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description,)*
                }
            }
        }
    };
}

mod table;

pub use table::Fault;

/// A text that names no fault.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected the name of a fault, found {found:?}")]
pub struct UnknownFault {
    found: String,
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.as_str() == text)
            .ok_or_else(|| UnknownFault {
                found: text.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rebuttal_model::{Level, clause};

    use super::*;

    #[test]
    fn names_are_unique_kebab_case_and_parse_back() {
        let mut seen = BTreeSet::new();
        for &fault in Fault::ALL {
            let name = fault.as_str();
            assert!(seen.insert(name), "{name} is there twice");
            assert_eq!(name.parse(), Ok(fault));
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(name.bytes().all(fits), "{name}");
            assert!(!fault.description().ends_with('.'), "{name}");
        }
        assert_eq!(
            "no-such".parse::<Fault>().unwrap_err().to_string(),
            "expected the name of a fault, found \"no-such\""
        );
    }

    #[test]
    fn every_must_and_should_has_a_fault() {
        let broken: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.clause().id).collect();
        let whole: Vec<_> = clause::all()
            .filter(|clause| clause.level != Level::Obs && !broken.contains(clause.id))
            .map(|clause| clause.id)
            .collect();
        assert_eq!(whole, Vec::<&str>::new());
    }
}
