//! Which scenarios of a library run, and which part of them.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    diagnostic::Defects,
    filter::{Filter, nearest_of},
    run::Selector,
    scenario::Library,
};

/// What selects scenarios. Without any of it, all are.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only what one of these means.
    pub only: Vec<Selector>,
    /// All but what one of these means.
    pub skip: Vec<Selector>,
    /// Only what one of these means.
    pub filters: Vec<Filter>,
    /// Only this part of what is left.
    pub shard: Option<Shard>,
}

/// A part of a selection means no scenario at all.
#[derive(Debug, Error)]
pub enum MeansNothing {
    /// A pattern.
    #[error("{flag} {pattern} means no scenario and no clause of one{}", hint(.near.as_deref()))]
    Pattern {
        /// The flag that it was given with.
        flag: &'static str,
        /// The pattern.
        pattern: String,
        /// What may have been meant.
        near: Option<String>,
    },
    /// Operands of an expression.
    #[error(transparent)]
    Operands(Defects),
}

fn hint(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

impl Selection {
    /// The scenarios of a library that are meant; there may be none.
    ///
    /// # Errors
    ///
    /// When a pattern or an operand means no scenario of the library, whatever else is selected: a typo must not
    /// pass for a smaller selection.
    pub fn select(&self, library: Library) -> Result<Library, MeansNothing> {
        for (flag, selectors) in [("--only", &self.only), ("--skip", &self.skip)] {
            for selector in selectors {
                if !library
                    .iter()
                    .any(|(id, scenario)| selector.selects(id, scenario))
                {
                    return Err(nothing(flag, selector, &library));
                }
            }
        }
        for filter in &self.filters {
            filter.check(&library).map_err(MeansNothing::Operands)?;
        }
        let mut library = library;
        library.retain(|id, scenario| {
            let means = |selectors: &[Selector]| selectors.iter().any(|it| it.selects(id, scenario));
            (self.only.is_empty() || means(&self.only))
                && !means(&self.skip)
                && (self.filters.is_empty() || self.filters.iter().any(|it| it.selects(id, scenario)))
                && self.shard.is_none_or(|shard| shard.has(id))
        });
        Ok(library)
    }
}

fn nothing(flag: &'static str, selector: &Selector, library: &Library) -> MeansNothing {
    let covered = library.values().flat_map(|scenario| scenario.covers.iter());
    let names = library.keys().chain(covered).map(String::as_str);
    MeansNothing::Pattern {
        flag,
        pattern: selector.as_str().to_owned(),
        near: nearest_of(selector.as_str(), names).map(str::to_owned),
    }
}

/// One of several parts of a suite that together are the whole, and have nothing in common.
///
/// The part that a scenario belongs to follows from its id alone: whatever else is selected, or comes to the suite,
/// it stays where it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Shard {
    /// Which part, counted from 1.
    pub index: u32,
    /// How many parts there are.
    pub of: u32,
}

/// A text that is no part of anything.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected I/N with I from 1 to N and N at most {MOST_SHARDS}, such as 2/4, found {0:?}")]
pub struct InvalidShard(String);

/// More parts than the suite has scenarios serve nobody.
const MOST_SHARDS: u32 = 1000;

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, InvalidShard> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<u32>().ok()).flatten()
        };
        let shard = text.split_once('/').and_then(|(index, of)| {
            Some(Self {
                index: number(index)?,
                of: number(of)?,
            })
        });
        shard
            .filter(|it| (1..=it.of).contains(&it.index) && it.of <= MOST_SHARDS)
            .ok_or_else(|| InvalidShard(text.to_owned()))
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl Shard {
    /// Whether a scenario belongs to this part.
    pub fn has(self, id: &str) -> bool {
        hash(id) % u64::from(self.of.max(1)) == u64::from(self.index.saturating_sub(1))
    }
}

/// FNV-1a, its bits mixed: ids that begin alike are not neighbours.
pub(crate) fn hash(id: &str) -> u64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    fn selection(only: &[&str], filters: &[&str], shard: Option<&str>) -> Selection {
        Selection {
            only: only.iter().map(|it| it.parse().unwrap()).collect(),
            skip: Vec::new(),
            filters: filters.iter().map(|it| it.parse().unwrap()).collect(),
            shard: shard.map(|it| it.parse().unwrap()),
        }
    }

    #[test]
    fn each_of_several_patterns_must_mean_something() {
        let error = selection(&["upload", "lst"], &[], None).select(embedded().unwrap());
        assert_eq!(
            error.unwrap_err().to_string(),
            "--only lst means no scenario and no clause of one; did you mean `list`?"
        );
        let skip = Selection {
            skip: vec!["no-such-thing".parse().unwrap()],
            ..Selection::default()
        };
        assert!(skip.select(embedded().unwrap()).is_err());
    }

    #[test]
    fn patterns_and_expressions_narrow_each_other() {
        let both = selection(&["upload", "list"], &["tag(large)", "id(list/order)"], None);
        let library = both.select(embedded().unwrap()).unwrap();
        assert!(library.contains_key("list/order") && library.contains_key("upload/ten-mebibytes"));
        let meant = |(id, scenario): (&String, &crate::scenario::Scenario)| {
            id == "list/order" || scenario.every_tag().contains("large")
        };
        assert!(library.iter().all(meant) && library.len() < 30);
    }

    #[test]
    fn shards_are_the_whole_and_have_nothing_in_common() {
        let whole = embedded().unwrap();
        for of in [1, 2, 3, 4, 7, 16] {
            let mut together = Vec::new();
            for index in 1..=of {
                let shard = format!("{index}/{of}");
                let part = selection(&[], &[], Some(&shard)).select(whole.clone()).unwrap();
                let fair = whole.len() / of;
                assert!(
                    part.len() > fair / 2 && part.len() < fair * 2,
                    "{shard} has {} of {}",
                    part.len(),
                    whole.len()
                );
                together.extend(part.into_keys());
            }
            together.sort();
            assert_eq!(together, whole.keys().cloned().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_scenario_stays_in_its_shard() {
        // CI systems run the parts with different builds: these numbers are a promise.
        for (id, of_four) in [("upload/png", 3), ("list/order", 4), ("destroy/twice", 1)] {
            let shard = (1..=4).find(|index| Shard { index: *index, of: 4 }.has(id));
            assert_eq!(shard, Some(of_four), "{id}");
        }
        let narrow = selection(&["list"], &["tag(slow)"], Some("1/2"));
        let wide = selection(&[], &[], Some("1/2"))
            .select(embedded().unwrap())
            .unwrap();
        assert!(
            narrow
                .select(embedded().unwrap())
                .unwrap()
                .keys()
                .all(|id| wide.contains_key(id))
        );
    }

    #[test]
    fn what_is_no_shard() {
        for text in [
            "", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "+1/2", "1/1001", " 1/2",
        ] {
            assert_eq!(text.parse::<Shard>(), Err(InvalidShard(text.to_owned())));
        }
        assert_eq!("2/4".parse::<Shard>().unwrap().to_string(), "2/4");
    }
}
