//! Expressions that say which scenarios run: `clause(upload.*) & !tag(large) | id(list/*) & level(must)`.
//!
//! An expression is held against a library before it selects: an operand that means no scenario is a typo, and
//! must not pass for a selection that happens to be smaller.

mod parse;

use std::{ops::Range, str::FromStr};

use rebuttal_model::{Level, clause};

use crate::{
    diagnostic::{Defects, Problem, nearest},
    run::{Selector, glob},
    scenario::{Library, Scenario},
};

/// An expression over scenarios.
///
/// ```
/// use rebuttal_conformance::{Filter, scenario};
///
/// let filter: Filter = "clause(upload.*) & !tag(large)".parse()?;
/// let library = scenario::embedded()?;
/// filter.check(&library)?;
/// assert!(filter.selects("upload/png", &library["upload/png"]));
/// assert!(!filter.selects("upload/ten-mebibytes", &library["upload/ten-mebibytes"]));
///
/// let error = "clause(upload.*) &".parse::<Filter>().unwrap_err();
/// assert_eq!(error.position(error.problems[0].span.start), (1, 19));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    root: Node,
}

/// A part of an expression.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Node {
    /// One of them means it.
    Any(Vec<Node>),
    /// All of them mean it.
    All(Vec<Node>),
    Not(Box<Node>),
    Operand(Operand),
    /// Every scenario.
    Everything,
}

/// `name(pattern)`.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Operand {
    sort: Sort,
    pattern: String,
    /// The bytes of the pattern.
    span: Range<usize>,
}

/// What a pattern is held against.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sort {
    Id,
    Clause,
    Tag,
    Level,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Id, Self::Clause, Self::Tag, Self::Level];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Clause => "clause",
            Self::Tag => "tag",
            Self::Level => "level",
        }
    }
}

impl FromStr for Filter {
    type Err = Defects;

    fn from_str(text: &str) -> Result<Self, Defects> {
        match parse::parse(text) {
            Ok(root) => Ok(Self {
                text: text.to_owned(),
                root,
            }),
            Err(problem) => Err(defects(text, vec![problem])),
        }
    }
}

impl Filter {
    /// Whether a scenario is meant.
    pub fn selects(&self, id: &str, scenario: &Scenario) -> bool {
        self.root.means(id, scenario)
    }

    /// Makes sure that every operand means some scenario of a library.
    ///
    /// # Errors
    ///
    /// Each operand that does not, with what may have been meant.
    pub fn check(&self, library: &Library) -> Result<(), Defects> {
        let mut operands = Vec::new();
        self.root.collect(&mut operands);
        let idle = |operand: &&&Operand| !library.iter().any(|(id, scenario)| operand.means(id, scenario));
        let problems: Vec<_> = operands
            .iter()
            .filter(idle)
            .map(|operand| operand.problem(library))
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(defects(&self.text, problems))
        }
    }
}

fn defects(text: &str, problems: Vec<Problem>) -> Defects {
    Defects {
        path: "--filter".to_owned(),
        text: text.to_owned(),
        problems,
    }
}

impl Node {
    fn means(&self, id: &str, scenario: &Scenario) -> bool {
        match self {
            Self::Any(nodes) => nodes.iter().any(|node| node.means(id, scenario)),
            Self::All(nodes) => nodes.iter().all(|node| node.means(id, scenario)),
            Self::Not(node) => !node.means(id, scenario),
            Self::Operand(operand) => operand.means(id, scenario),
            Self::Everything => true,
        }
    }

    fn collect<'a>(&'a self, operands: &mut Vec<&'a Operand>) {
        match self {
            Self::Any(nodes) | Self::All(nodes) => nodes.iter().for_each(|node| node.collect(operands)),
            Self::Not(node) => node.collect(operands),
            Self::Operand(operand) => operands.push(operand),
            Self::Everything => {}
        }
    }
}

impl Operand {
    fn means(&self, id: &str, scenario: &Scenario) -> bool {
        let pattern = self.pattern.as_str();
        match self.sort {
            Sort::Id => Selector::stands_for(pattern, id),
            Sort::Clause => scenario.covers.iter().any(|it| Selector::stands_for(pattern, it)),
            Sort::Tag => scenario
                .every_tag()
                .iter()
                .any(|tag| glob(pattern.as_bytes(), tag.as_bytes())),
            Sort::Level => scenario
                .clauses()
                .any(|it| it.level.as_str().eq_ignore_ascii_case(pattern)),
        }
    }

    /// It means no scenario: says so, and what may have been meant.
    fn problem(&self, library: &Library) -> Problem {
        let pattern = self.pattern.as_str();
        let (what, near) = match self.sort {
            Sort::Id => (
                "has the id",
                nearest_of(pattern, library.keys().map(String::as_str)),
            ),
            Sort::Clause => (
                "covers the clause",
                nearest_of(pattern, clause::all().map(|it| it.id)),
            ),
            Sort::Tag => {
                let tags = library.values().flat_map(Scenario::every_tag);
                ("has the tag", nearest(pattern, tags))
            }
            Sort::Level => {
                let levels = [Level::Must, Level::Should, Level::Obs].map(Level::as_str);
                (
                    "covers a clause of the level",
                    nearest(&pattern.to_uppercase(), levels.into_iter()),
                )
            }
        };
        let problem = Problem::new(self.span.clone(), format!("no scenario {what} `{pattern}`"));
        match (near, self.sort) {
            (Some(near), _) => problem.help(format!("did you mean `{near}`?")),
            (None, Sort::Tag) => problem.help("`rebuttal conformance --list-tags` prints the tags"),
            (None, Sort::Level) => problem.help("the levels are must, should and obs"),
            (None, _) => problem.help("`rebuttal conformance --list` prints the scenarios and their clauses"),
        }
    }
}

/// The nearest of some names, or of the folders and groups that they stand in.
pub(crate) fn nearest_of<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let names = names.flat_map(|name| {
        let group = name.split_once(['/', '.']).map(|(group, _)| group);
        [Some(name), group].into_iter().flatten()
    });
    nearest(found, names)
}

#[cfg(test)]
mod tests;
